"""A scenario: its file, its checks against a plant, and the judging of a recording."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field, PlainValidator, PrivateAttr, WithJsonSchema, model_validator

from scenarios.based_on import standalone, whole
from scenarios.criteria.criterion import Criterion
from scenarios.criteria.funnel import Funnel
from scenarios.criteria.kinds import AnyCriterion
from scenarios.criteria.verdict import ERROR, PASS, Outcome
from scenarios.doubts import check_moments, doubts
from scenarios.expressions.series import condition_series
from scenarios.expressions.term import Term
from scenarios.expressions.text import ENDING
from scenarios.expressions.wildcards import bind_single
from scenarios.file_types import Duration, Formula, Label, Line, Name, PlantName, Whole, setting
from scenarios.limits import Limits
from scenarios.phrases import said
from scenarios.precondition import Precondition
from scenarios.ready import ready_file
from scenarios.recording import Directory, Recording
from scenarios.timeline.actions import Action, FaultKinds
from scenarios.timeline.entries import AnyEntry
from scenarios.timeline.timeline import Timeline, points
from scenarios.vary import Variation, Vary
from twin.errors import Gathered, InputError, unknown
from twin.files import read_text
from twin.yaml_lines import FileModel, place_of, validate
from twin.yaml_lines import load as load_yaml

_FIRST_YEAR, _LAST_YEAR = 1971, 2084
"""Of a start: what the weather of a design year covers, and every clock of a controller can show."""


def _start(given: Any) -> datetime:
    where = place_of(given)
    try:
        start = given if isinstance(given, datetime) else datetime.fromisoformat(str(given))
    except ValueError:
        start = None
    if start is None or start.tzinfo is None:
        prefix = f"{where}: " if where else ""
        example = "2026-01-15T04:00:00+01:00"
        raise InputError(f"{prefix}{str(given)!r} is not a date and time with its offset, such as {example}")
    if not _FIRST_YEAR <= start.year <= _LAST_YEAR:
        prefix = f"{where}: " if where else ""
        raise InputError(f"{prefix}a start in the year {start.year} is outside {_FIRST_YEAR} .. {_LAST_YEAR}")
    return start


class Clock(FileModel):
    """The time of a scenario. scan: how often the controller runs; tick: how often the plant is advanced.

    start: a moment; its offset counts, and the plant shows it as the local standard time of its site.
    """

    start: Annotated[datetime, PlainValidator(_start), WithJsonSchema({"type": "string", "format": "date-time"})]
    duration: Duration
    seed: Whole = 0
    scan: Duration = 1.0
    tick: Duration = 1.0


class Stop(FileModel):
    """A condition at which the run is ended at once, and the verdict that it means."""

    if_: Formula = Field(alias="if")
    verdict: Literal["fail", "error", "inconclusive"] = "fail"

    def judge(self, recording: Recording) -> Iterator[Outcome]:
        """An outcome where the condition came."""
        term = bind_single(self.if_, recording)
        true = condition_series(term, recording).true
        if true.any():
            at_s = float(recording.time_s[int(np.argmax(true))])
            sentence = f"The run is stopped if {self.if_.text}"
            detail = f"stopped at {said(at_s)}"
            yield Outcome("stop", self.verdict, sentence, at_s=at_s, signals=tuple(term.reads()), detail=detail)


def _requirements(given: Any) -> Any:
    """The list form ({id, text}) as a mapping."""
    if not isinstance(given, list):
        return given
    found: dict[str, Any] = {}
    for item in given:
        if not isinstance(item, dict) or set(item) != {"id", "text"}:
            raise InputError(f"{getattr(item, 'where', '')}: a requirement has an id and a text".lstrip(": "))
        if item["id"] in found:
            raise InputError(f"{place_of(item['id'])}: the requirement {str(item['id'])!r} is given twice")
        found[item["id"]] = item["text"]
    return found


class Requirement(FileModel):
    """The list form of a requirement."""

    id: Label
    text: Line


Requirements = Annotated[
    dict[Label, Line], BeforeValidator(_requirements, json_schema_input_type=dict[Label, Line] | list[Requirement])
]


class Scenario(FileModel):
    """A scenario as its file says it; see the documentation of the scenario language."""

    scenario: Name
    based_on: Line | None = Field(default=None, description="a ready scenario, or a file beside this one, taken over")
    remove: list[Line] = Field(default_factory=list, description="ids that are not taken over from there")
    title: Line
    why: Line
    requirements: Requirements = Field(default_factory=dict)
    plant: PlantName
    weather: Line | None = None
    clock: Clock
    warm_up: Duration = 0.0
    vary: Vary = Field(default_factory=Vary)
    limits: Limits = Field(default_factory=Limits)
    initial: dict[Line, Formula] = Field(default_factory=dict)
    precondition: list[Precondition] = Field(default_factory=list)
    timeline: list[AnyEntry] = Field(default_factory=list)
    controller_may_end: bool = Field(
        default=False, description="a program that is the controller may end by itself; else the run is an error"
    )
    expect: list[AnyCriterion] = Field(min_length=1)
    stop: Stop | None = None
    _steps: Timeline = PrivateAttr()
    _text: str = PrivateAttr("")

    @model_validator(mode="after")
    def _consistent(self) -> "Scenario":
        self._steps = Timeline(list(self.timeline), self.clock.duration)
        if self.warm_up >= self.clock.duration or self.clock.tick <= 0 or self.clock.scan < self.clock.tick:
            raise ValueError("expected warm_up < duration, and 0 < tick <= scan")
        ids: set[str] = set()
        wrong = Gathered()
        for criterion in self.expect:
            with wrong.trying():
                self._check_criterion(criterion, ids)
        for precondition in self.precondition:
            with wrong.trying():
                if precondition.at is not None and precondition.at.event:
                    self._steps.check_moment(precondition.at.event, precondition.at.ending, precondition.at.where)
        wrong.tell()
        return self

    def _check_criterion(self, criterion: Criterion, ids: set[str]) -> None:
        """Its id, requirement and moments; ids: those of the criteria before it."""
        where = place_of(criterion.id) or self.scenario
        if criterion.id in ids:
            raise InputError(f"{where}: the criterion {str(criterion.id)!r} is given twice")
        ids.add(criterion.id)
        if criterion.requirement is not None and criterion.requirement not in self.requirements:
            place = place_of(criterion.requirement) or where
            raise unknown("requirement", str(criterion.requirement), self.requirements, place)
        for moment in criterion.moments().values():
            if moment.event:
                self._steps.check_moment(moment.event, moment.ending, moment.where or where)
        check_moments(criterion, self._steps, self.warm_up)
        conditions = [moment.condition for moment in criterion.moments().values()]
        for expression in (*criterion.formulas().values(), *(one for one in conditions if one is not None)):
            for event in expression.events():
                id_, ending = event.path.removesuffix(ENDING), event.path.endswith(ENDING)
                self._steps.check_moment(id_, ending, expression.where or where)

    @property
    def text(self) -> str:
        """The file as it was read, or where it needs others beside it, what stands for itself; empty without a file."""
        return self._text

    def varied(self, variation: Variation) -> "Scenario":
        """The scenario as a seed has moved it in time."""
        clock = self.clock.model_copy(update={"start": self.clock.start + timedelta(seconds=variation.start_s)})
        last = self.clock.duration
        timeline = [entry.later(variation.events_s, last) for entry in self.timeline]
        new = self.model_copy(update={"clock": clock, "timeline": timeline})
        new._steps = Timeline(list(timeline), last)
        return new

    def actions(self, directory: Directory, kinds: Mapping[str, FaultKinds] | None = None) -> list[Action]:
        """The timeline as plain actions. kinds: the fault kinds of the bench by name, such as `modbus.no_reply`."""
        return self._steps.actions(directory, kinds or {})

    def initial_values(self, directory: Directory) -> dict[str, float]:
        """The points to set before the start, in their own units."""
        found, wrong = {}, Gathered()
        for path, given in self.initial.items():
            with wrong.trying():
                for point in points(path, directory, place_of(path) or given.where):
                    found[point] = setting(given, point, directory)
        wrong.tell()
        return found

    def place(self, id_: str) -> str:
        """Where the line of the timeline with that id, as actions bear it, stands in the file."""
        return self._steps.places.get(id_, id_)

    def stop_condition(self, directory: Directory) -> Term | None:
        """The condition at which the run is ended, bound (see LiveCondition)."""
        return None if self.stop is None else bind_single(self.stop.if_, directory)

    def warnings(self, directory: Directory) -> list[str]:
        """What is allowed and yet probably not meant, in sentences."""
        found = list(doubts(self.expect, self._steps, self.requirements, self.warm_up))
        for criterion in self.expect:
            terms = [term for instance in criterion.bind(directory) for term in instance.values()]
            paths = dict.fromkeys(path for term in terms for path in term.own_means())
            if paths:
                where = place_of(criterion.id) or criterion.id
                found.append(
                    f"{where}: {criterion.id} compares {', '.join(paths)} with its own mean of the last minutes, which "
                    "follows it down to nothing; compare with before(..) or at_trigger(..)"
                )
        return found

    def check(self, directory: Directory, kinds: Mapping[str, FaultKinds] | None = None) -> tuple[str, ...]:
        """Check every name and unit against a plant; returns the paths that judging needs recorded."""
        wrong = Gathered()
        terms: list[Term] = []
        with wrong.trying():
            self.initial_values(directory)
        with wrong.trying():
            self.actions(directory, kinds)
        for precondition in self.precondition:
            with wrong.trying():
                terms.append(bind_single(precondition.held, directory))
        with wrong.trying():
            stop = self.stop_condition(directory)
            terms += [stop] if stop is not None else []
        for criterion in self.expect:
            with wrong.trying():
                terms += [term for instance in criterion.bind(directory) for term in instance.values()]
        wrong.tell()
        return tuple(dict.fromkeys(path for term in terms for path in term.reads()))


def load(path_or_name: str | Path) -> Scenario:
    """A scenario from a file, or from the library as `plant/scenario`; without a plant, the office's.

    Raises InputError with file, line and column.
    """
    path = Path(path_or_name)
    if path.suffix not in (".yaml", ".yml"):
        path = ready_file(str(path_or_name))
    return read(read_text(path), str(path))


def read(text: str, name: str) -> Scenario:
    """A scenario from its text; `name` stands for the file in messages."""
    tree = load_yaml(text, name)
    found = whole(tree)
    scenario = validate(Scenario, found)
    alone = found is tree and not any(isinstance(criterion, Funnel) for criterion in scenario.expect)
    scenario._text = text if alone else standalone(found)
    return scenario


def judge(scenario: Scenario, recording: Recording, whatever: bool = False) -> list[Outcome]:
    """The outcomes of a recording: preconditions, criteria in the order of the file, and the stop where it came.

    The verdict of the scenario is `worst(outcome.verdict for outcome in outcomes)`. After an unmet precondition nothing
    else is said about the controller: its criteria are not exercised, unless they are to be judged whatever it was.
    """
    begin, end = scenario.warm_up, scenario.clock.duration
    outcomes = [one.judge(recording, number, end) for number, one in enumerate(scenario.precondition, 1)]
    if whatever or all(outcome.verdict == PASS for outcome in outcomes):
        outcomes += [criterion.judge(recording, begin, end) for criterion in scenario.expect]
    else:
        outcomes += [criterion.unjudged("a precondition was not met") for criterion in scenario.expect]
    if scenario.stop is not None:
        try:
            outcomes += scenario.stop.judge(recording)
        except InputError as error:
            outcomes.append(Outcome("stop", ERROR, detail=str(error)))
    return outcomes
