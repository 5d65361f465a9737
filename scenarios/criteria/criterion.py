"""What every criterion has in common: its key, its names, its judged span, and how wildcards are judged one by one."""

from abc import abstractmethod
from dataclasses import dataclass, replace
from typing import ClassVar, Literal

import numpy as np

from scenarios.criteria.verdict import (
    ERROR,
    FAIL,
    INCONCLUSIVE,
    NOT_EXERCISED,
    ORDER,
    WARN,
    Limit,
    Outcome,
    worst_outcome,
)
from scenarios.expressions.binding import bind_condition, bind_number
from scenarios.expressions.moments import Moment, occurrences
from scenarios.expressions.series import Condition, condition_series, event_times, freeze, number_series
from scenarios.expressions.term import Term
from scenarios.expressions.text import Expression, Operation
from scenarios.expressions.wildcards import captures, fix
from scenarios.file_types import Line, Name
from scenarios.recording import Directory, Floats, Recording
from scenarios.windows import held_index
from twin.errors import InputError
from twin.yaml_lines import FileModel

_STILL_TO_COME = "the recording ends before the time in which it could still be decided"


@dataclass(frozen=True)
class Span:
    """The judged time [s]: from `begin_s` to `end_s` (planned); the recording is known up to `known_s`."""

    begin_s: float
    end_s: float
    known_s: float


def judged_span(recording: Recording, begin_s: float = 0.0, end_s: float | None = None) -> Span:
    """The span of a recording; the last value holds as long as the one before it, within the planned end."""
    time = recording.time_s
    begin, last = max(begin_s, float(time[0])), float(time[-1])
    if end_s is None:
        return Span(begin, last, last)
    step = last - float(time[-2]) if time.size > 1 else 0.0
    return Span(begin, end_s, min(end_s, last + step))


@dataclass(frozen=True)
class Frame:
    """One instance of a criterion (its wildcards fixed) in front of a recording."""

    recording: Recording
    span: Span
    terms: dict[str, Term]

    def condition(self, role: str) -> Condition:
        """The condition of that role at every time of the recording."""
        return condition_series(self.terms[role], self.recording)

    def number(self, role: str) -> Floats:
        """The number of that role at every time of the recording."""
        return number_series(self.terms[role], self.recording)

    def times_of(self, moment: Moment, role: str) -> Floats:
        """When a moment came, from the beginning of the judged time on [s]."""
        times = occurrences(moment, self.terms.get(role), self.recording)
        return times[(times >= self.span.begin_s) & (times <= self.span.end_s)]

    def grid(self, extra: Floats) -> tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """The times of the recording within the span, its ends and the extra moments, and the index held at each."""
        time, low, high = self.recording.time_s, self.span.begin_s, self.span.known_s
        inside = time[(time >= low) & (time <= high)]
        times = np.unique(np.concatenate((inside, [low], extra[(extra >= low) & (extra <= high)])))
        return times, held_index(time, times)

    @property
    def triggered(self) -> bool:
        """True where a formula compares with what was before the trigger."""
        return any(term.triggered for term in self.terms.values())

    def frozen(self, trigger_s: float) -> "Frame":
        """The frame for one trigger [s]: what was before it is known now."""
        if not self.triggered:
            return self
        terms = {role: freeze(term, self.recording, trigger_s) for role, term in self.terms.items()}
        return replace(self, terms=terms)

    def bounds(self) -> tuple["Frame", "Frame"]:
        """The frame with what lies behind the end of the recording as bad and as good as it may become."""
        worst, best = ({role: term.hoping(hope) for role, term in self.terms.items()} for hope in (False, True))
        return replace(self, terms=worst), replace(self, terms=best)

    def events(self) -> dict[str, None]:
        """The events of the timeline that the instance counts from, each once."""
        return dict.fromkeys(event for term in self.terms.values() for event in term.events())

    def signals(self) -> tuple[str, ...]:
        """Every path that the instance reads."""
        return tuple(dict.fromkeys(path for term in self.terms.values() for path in term.reads()))


class Criterion(FileModel):
    """A criterion: what must hold, for which requirement, and how grave it is when it does not."""

    KEY: ClassVar[str] = ""
    NUMBERS: ClassVar[tuple[str, ...]] = ()
    TRIGGER: ClassVar[str] = ""
    """The role of the moment that at_trigger(..) and before(..) look at."""

    id: Name
    requirement: Line | None = None
    severity: Literal["fail", "warn"] = "fail"
    sentence: Line | None = None

    @abstractmethod
    def formulas(self) -> dict[str, Expression]:
        """The expressions of the criterion by role; those of NUMBERS are numbers, all others conditions."""

    def moments(self) -> dict[str, Moment]:
        """The moments that the criterion refers to, by role."""
        return {}

    @abstractmethod
    def say(self) -> str:
        """The criterion as an English sentence."""

    @abstractmethod
    def judge_one(self, frame: Frame) -> Outcome:
        """The outcome for one instance."""

    def check_units(self, terms: dict[str, Term]) -> None:
        """InputError where a limit does not fit its formula."""

    def bind(self, directory: Directory) -> list[dict[str, Term]]:
        """The expressions bound to names and units, once for each instance of the wildcards."""
        roles = self.formulas()
        formulas, moments = set(roles), self.moments()
        roles |= {role: m.condition for role, m in moments.items() if m.condition is not None}
        bound = []
        for capture in captures(list(roles.values()), directory):
            fixed = {role: fix(expression, capture, directory) for role, expression in roles.items()}
            terms = {
                role: (bind_number if role in self.NUMBERS else bind_condition)(
                    expression, directory, role in formulas and self.TRIGGER in moments
                )
                for role, expression in fixed.items()
            }
            self.check_units(terms)
            bound.append(terms)
        return bound

    def judge(self, recording: Recording, begin_s: float = 0.0, end_s: float | None = None) -> Outcome:
        """The outcome on a recording, judged from begin_s to end_s (its planned end; else the recording's own) [s].

        A signal that was not recorded or does not fit gives the verdict error.
        """
        try:
            span = judged_span(recording, begin_s, end_s)
            frames = [Frame(recording, span, terms) for terms in self.bind(recording)]
            shared = set(frames[0].signals()).intersection(*(frame.signals() for frame in frames))
            outcome = worst_outcome(self._told(frame, shared if len(frames) > 1 else None) for frame in frames)
        except InputError as error:
            outcome = Outcome(self.id, ERROR, detail=str(error))
        verdict = WARN if outcome.verdict == FAIL and self.severity == "warn" else outcome.verdict
        return replace(
            outcome,
            id=self.id,
            verdict=verdict,
            severity=self.severity,
            requirement=self.requirement or "",
            sentence=self.sentence or self.say(),
        )

    def _told(self, frame: Frame, shared: set[str] | None) -> Outcome:
        """The outcome for one instance; of several it says which one, by what it reads and others do not."""
        outcome, signals = self._judge(frame), frame.signals()
        name = next((path for path in signals if path not in shared), "") if shared is not None else ""
        detail = f"{name}: {outcome.detail}" if name and outcome.detail else name or outcome.detail
        return replace(outcome, signals=signals, detail=detail)

    def _judge(self, frame: Frame) -> Outcome:
        """The outcome for one instance; of one that counts from events there is none where none of them came."""
        events = list(frame.events())
        if events and not any(event_times(event, frame.recording).size for event in events):
            return self.not_exercised(f"{' and '.join(events)} never came")
        if not any(term.looks_ahead for term in frame.terms.values()):
            return self.judge_one(frame)
        worst, best = sorted(map(self.judge_one, frame.bounds()), key=lambda one: -ORDER.index(one.verdict))
        if worst.verdict == best.verdict:
            return worst_outcome((worst, best))
        return replace(worst, verdict=INCONCLUSIVE, margin=None, violation=None, detail=_STILL_TO_COME)

    def unjudged(self, why: str) -> Outcome:
        """The outcome where nothing may be said about the controller."""
        return replace(
            self.not_exercised(why),
            severity=self.severity,
            requirement=self.requirement or "",
            sentence=self.sentence or self.say(),
        )

    def not_exercised(self, detail: str) -> Outcome:
        """The outcome of a criterion that had nothing to judge."""
        return Outcome(self.id, NOT_EXERCISED, detail=detail)


def opposite(expression: Expression) -> Expression:
    """`not` of an expression, in the same place."""
    return replace(expression, root=Operation("not", (expression.root,), 0))


def limits_of(term: Term, holds: bool = True) -> tuple[Limit, ...]:
    """The limits that a condition sets to single signals, as lines for a plot: (path, low, high)."""
    if term.op == "not":
        return limits_of(term.operands[0], not holds)
    if term.op in ("and", "or"):
        return _merged([limit for operand in term.operands for limit in limits_of(operand, holds)])
    if term.op not in ("<", "<=", ">", ">="):
        return ()
    left, right = term.operands
    if left.op == "constant":
        left, right, holds = right, left, not holds
    if left.op != "read" or right.op != "constant":
        return ()
    return ((left.path, right.value, None) if (term.op in (">", ">=")) is holds else (left.path, None, right.value),)


def _merged(limits: list[Limit]) -> tuple[Limit, ...]:
    """A low and a high limit of one signal as one entry."""
    found: dict[str, Limit] = {}
    for path, low, high in limits:
        _, lower, upper = found.get(path, (path, None, None))
        found[path] = (path, lower if low is None else low, upper if high is None else high)
    return tuple(found.values())
