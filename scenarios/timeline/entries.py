"""The lines of a timeline as a user writes them: set, ramp, fault, clear."""

from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PrivateAttr, model_validator

from scenarios.expressions.moments import Moment
from scenarios.expressions.text import Expression
from scenarios.file_types import Duration, EventId, Formula, Line, Moments, Whole
from twin.errors import InputError, unknown
from twin.faults import SENSOR, VALUE_FAULTS, FaultKind
from twin.yaml_lines import FileModel, Map, check_keys, place_of, validate


class When(FileModel):
    """A condition that starts an action, once it has held for a time."""

    held: Formula
    for_: Duration = Field(default=0.0, alias="for")


def _when(given: Any) -> Any:
    return given if isinstance(given, dict | When) else When(held=given)


def _fixed_moment(moment: Moment) -> Moment:
    if moment.condition is not None:
        where = f"{moment.where}: " if moment.where else ""
        raise InputError(f"{where}{moment.text!r} is neither a time nor an id; a condition goes under `when`")
    return moment


class Entry(FileModel):
    """One line of the timeline: when (`at` or `when`), and what; `times` times in all, `every` so long, where given."""

    KEY: ClassVar[str] = ""
    must_end: ClassVar[bool] = False
    """Whether it has to be over before it can happen again."""

    id: EventId | None = None
    at: Annotated[Moments, AfterValidator(_fixed_moment)] | None = None
    when: Annotated[When, BeforeValidator(_when, json_schema_input_type=When | str)] | None = None
    every: Duration | None = Field(default=None, description="it happens again after this time")
    times: Whole | None = Field(default=None, description="how often it happens in all", ge=2)
    _where: str = PrivateAttr("")

    @model_validator(mode="after")
    def _one_start(self) -> "Entry":
        if (self.at is None) == (self.when is None):
            raise ValueError("give either `at` or `when`")
        if (self.every is None) != (self.times is None):
            raise ValueError("`every` and `times` go together, such as every: 2 h, times: 4")
        if self.every is None:
            return self
        if self.at is None:
            raise ValueError("`when` fires once; `every` repeats what has `at`")
        if self.every <= (self.length_s or 0.0):
            raise ValueError("`every` is not longer than what it repeats")
        if self.must_end and not self.has_end:
            raise ValueError("a fault that is repeated needs `for`")
        return self

    @property
    def repeats_s(self) -> list[float]:
        """How long after the first time it happens [s], in order, beginning with 0."""
        return [number * (self.every or 0.0) for number in range(self.times or 1)]

    @property
    def where(self) -> str:
        """`file:line:column`, or the id where it comes from no file."""
        return self._where or self.id or self.KEY

    def placed(self, where: str) -> "Entry":
        """The entry itself, knowing its place in the file."""
        self._where = where
        return self

    def later(self, by_s: float, last_s: float) -> Self:
        """The entry so much later [s], where it has a time of its own above 0; not beyond the end of the scenario."""
        if self.at is None or not self.at.time_s:
            return self
        moved = replace(self.at, time_s=min(self.at.time_s + by_s, max(last_s - self.repeats_s[-1], self.at.time_s)))
        new = self.model_copy(update={"at": moved})
        new._where = self._where
        return new

    @property
    def length_s(self) -> float | None:
        """How long it lasts [s], None where that is not known beforehand or it has no end."""
        return None

    @property
    def has_end(self) -> bool:
        """True where the entry itself says how long it lasts."""
        return self.length_s is not None


class SetEntry(Entry):
    """Set a point to a value."""

    KEY: ClassVar[str] = "set"
    set: Line
    to: Formula


class RampEntry(Entry):
    """Lead a point to a value over a time."""

    KEY: ClassVar[str] = "ramp"
    ramp: Line
    from_: Formula | None = Field(default=None, alias="from")
    to: Formula
    over: Duration
    shape: Literal["linear", "smoothstep"] = "linear"

    @property
    def length_s(self) -> float | None:
        return self.over


class ClearEntry(Entry):
    """End the fault of that id."""

    KEY: ClassVar[str] = "clear"
    clear: EventId


class FaultEntry(Entry):
    """Begin a fault; a physical one names its point, any other has a target and parameters of its own."""

    model_config = ConfigDict(extra="allow")
    KEY: ClassVar[str] = "fault"
    must_end: ClassVar[bool] = True
    fault: Line
    target: Line | None = None
    to: Formula | None = None
    over: Duration = 0.0
    for_: Duration | None = Field(default=None, alias="for")

    @classmethod
    def keys(cls, given: Map) -> list[str]:
        """Parameters of a value fault are known here; those of the bench's faults only to the bench."""
        kind = fault_kind(given["fault"]) if isinstance(given.get("fault"), str) else None
        if kind is None and "target" in given:
            return [str(key) for key in given]
        return super().keys(given) + ([parameter.name for parameter in kind.parameters] if kind is not None else [])

    @property
    def parameters(self) -> dict[str, Any]:
        """The keys that belong to the kind of fault."""
        return dict(self.model_extra or {})

    @property
    def physical(self) -> bool:
        """True for a fault point of a component."""
        return self.target is None and not self.fault.startswith(SENSOR)

    @property
    def length_s(self) -> float | None:
        return self.for_

    def needed_to(self) -> Expression:
        """The value of a physical fault; InputError where it is missing."""
        if self.to is None:
            raise InputError(f"{self.where}: the physical fault {str(self.fault)!r} needs `to`, such as to: 0.3")
        return self.to

    def needed_target(self) -> str:
        """What is faulty; InputError where it is missing."""
        if self.target is None:
            raise InputError(f"{self.where}: the fault {str(self.fault)!r} needs a target, such as supply.temp")
        return self.target


def fault_kind(name: str) -> FaultKind | None:
    """The kind of value fault for `sensor.offset`, None for any other; InputError with the nearest name."""
    if not name.startswith(SENSOR):
        return None
    kind = name.removeprefix(SENSOR)
    if kind not in VALUE_FAULTS:
        raise unknown("fault", str(name), [SENSOR + known for known in VALUE_FAULTS], place_of(name))
    return VALUE_FAULTS[kind]


ENTRIES: dict[str, type[Entry]] = {kind.KEY: kind for kind in (SetEntry, RampEntry, FaultEntry, ClearEntry)}


def read_entry(given: Any) -> Any:
    """An entry by its one action key; anything but a mapping of a file is left to pydantic."""
    if not isinstance(given, Map):
        return given
    keys = [key for key in ENTRIES if key in given]
    if len(keys) != 1:
        if not keys:
            check_keys(
                given, [*ENTRIES, "id", "at", "when", "to", "over", "for", "target", "from", "shape", "every", "times"]
            )
        raise InputError(
            f"{given.where}: expected exactly one of {', '.join(ENTRIES)}, got {', '.join(keys) or 'none'}"
        )
    return validate(ENTRIES[keys[0]], given).placed(given.where)


AnyEntry = Annotated[SetEntry | RampEntry | FaultEntry | ClearEntry, BeforeValidator(read_entry)]
