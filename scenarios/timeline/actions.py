"""What a timeline makes happen: typed actions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Literal, Protocol

from scenarios.expressions.term import Term
from twin.event import POINT_FAULT
from twin.faults import SENSOR


@dataclass(frozen=True)
class Start:
    """When an action begins; exactly one of the three is given.

    at_s:  seconds from the start of the scenario [s]
    when:  a bound condition that has held for hold_s [s]; it fires once (see LiveCondition)
    after: the id of another action, at whose begin (or end, with `ending`) plus offset_s [s] it starts
    """

    at_s: float | None = None
    when: Term | None = None
    hold_s: float = 0.0
    after: str = ""
    ending: bool = False
    offset_s: float = 0.0

    def later(self, by_s: float) -> "Start":
        """The same so much later [s], where it is a time or follows an action."""
        if self.at_s is not None:
            return replace(self, at_s=self.at_s + by_s)
        return replace(self, offset_s=self.offset_s + by_s)


@dataclass(frozen=True)
class SetPoint:
    """Write a value (in the unit of the point) once."""

    id: str
    start: Start
    point: str
    value: float


@dataclass(frozen=True)
class Ramp:
    """Lead a point from one value to another; begin None: from the value it has then."""

    id: str
    start: Start
    point: str
    begin: float | None
    end: float
    over_s: float
    shape: Literal["linear", "smoothstep"] = "linear"

    def value(self, begin: float, elapsed_s: float) -> float:
        """The value after some time [s] from `begin` on; the end value from over_s on."""
        share = 1.0 if elapsed_s >= self.over_s else max(elapsed_s / self.over_s, 0.0)
        if self.shape == "smoothstep":
            share = share * share * (3.0 - 2.0 * share)
        return begin + (self.end - begin) * share


class Stage(Protocol):
    """What the actions of a timeline act on: a plant with its instruments and lines."""

    def write(self, path: str, value: float) -> None:
        """Give a point a value."""

    def meaning(self, path: str) -> str:
        """What a point is, in words."""

    def fail_sensor(self, fault: "FailSensor") -> Callable[[], None]:
        """Begin a fault of an instrument; what is returned ends it."""

    def fail_wire(self, fault: "FailWire") -> Callable[[], None]:
        """Begin a fault of a line; what is returned ends it."""


@dataclass(frozen=True)
class FailPoint:
    """Begin a fault in the plant: its point grows from 0 to `value` over ramp_s [s]; at its end it goes back to 0."""

    id: str
    start: Start
    point: str
    value: float
    ramp_s: float = 0.0
    among: tuple[tuple[str, str], ...] = ()
    """Of several equals: what must be true of one, such as pump_1.running, and its point; `point` is the first's."""

    kind: ClassVar[str] = POINT_FAULT

    def met(self, read: Callable[[str], float]) -> "FailPoint | None":
        """The fault on the first of several equals for which the condition holds now; None where it holds for none."""
        if not self.among:
            return self
        chosen = next((point for condition, point in self.among if read(condition) > 0.5), None)
        return None if chosen is None else replace(self, point=chosen, among=())

    @property
    def subject(self) -> str:
        """What is faulty, for a list of present faults."""
        return self.point

    def level(self, elapsed_s: float) -> float:
        """The value of the point after some time [s]."""
        return self.value * (elapsed_s / self.ramp_s if self.ramp_s > 0.0 else 1.0)

    def begin(self, stage: Stage) -> Callable[[], None]:
        """Nothing at once: whoever carries it out leads the point along `level`; what is returned ends it."""
        return lambda: stage.write(self.point, 0.0)

    def sentence(self, stage: Stage) -> str:
        """What happens, for a person."""
        return f"{self.point} = {self.value:g}: {stage.meaning(self.point)}"


@dataclass(frozen=True)
class FailSensor:
    """Begin a fault of an instrument: a kind of value fault (twin.faults) on a point, growing in over ramp_s [s]."""

    id: str
    start: Start
    fault: str
    point: str
    parameters: Mapping[str, float]
    ramp_s: float = 0.0

    @property
    def kind(self) -> str:
        """The kind as lists and recordings show it: `sensor.offset`."""
        return SENSOR + self.fault

    @property
    def subject(self) -> str:
        """What is faulty, for a list of present faults."""
        return f"{self.kind} on {self.point}"

    def begin(self, stage: Stage) -> Callable[[], None]:
        """Put it on the instrument; what is returned ends it."""
        return stage.fail_sensor(self)

    def sentence(self, stage: Stage) -> str:  # noqa: ARG002  (every fault is asked alike)
        """What happens, for a person."""
        return self.subject + _listed(self.parameters)


@dataclass(frozen=True)
class FailWire:
    """Begin a fault of a line (hil.bus.wire_faults); kind: its full name; target: as that kind of fault names it."""

    id: str
    start: Start
    kind: str
    target: str
    parameters: Mapping[str, Any]

    @property
    def subject(self) -> str:
        """What is faulty, for a list of present faults."""
        return f"{self.kind} on {self.target}"

    def begin(self, stage: Stage) -> Callable[[], None]:
        """Put it on the line; what is returned ends it."""
        return stage.fail_wire(self)

    def sentence(self, stage: Stage) -> str:  # noqa: ARG002  (likewise)
        """What happens, for a person."""
        return self.subject + _listed(self.parameters)


@dataclass(frozen=True)
class EndFault:
    """End the faults of that id."""

    id: str
    start: Start


Fault = FailPoint | FailSensor | FailWire
Action = SetPoint | Ramp | Fault | EndFault


def _listed(parameters: Mapping[str, Any]) -> str:
    told = {name: value if isinstance(value, str) else f"{value:g}" for name, value in parameters.items()}
    return ": " + ", ".join(f"{name} {value}" for name, value in told.items()) if told else ""


class FaultKinds(Protocol):
    """A kind of fault that reads its own parameters, such as twin.faults.FaultKind."""

    def parse(self, given: Mapping[str, object], point_unit: str, where: str) -> Mapping[str, Any]:
        """The parameters as numbers; InputError where one is wrong."""
