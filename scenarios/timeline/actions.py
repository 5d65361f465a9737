"""What a timeline makes happen: typed actions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from scenarios.expressions.binding import Term


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


@dataclass(frozen=True)
class StartFault:
    """Begin a fault.

    fault:  `physical` (target: the fault point, parameters: {"to": its value}), a kind of value fault with the prefix
            `sensor.` (target: the point), or a name from the fault kinds of the bench (target: as the bench names it)
    parameters: numbers, as the kind of fault parsed them
    ramp_s: it grows in over this time [s]
    """

    id: str
    start: Start
    fault: str
    target: str
    parameters: Mapping[str, Any]
    ramp_s: float = 0.0


@dataclass(frozen=True)
class EndFault:
    """End the faults of that id; a physical fault goes back to 0."""

    id: str
    start: Start


Action = SetPoint | Ramp | StartFault | EndFault


class FaultKinds(Protocol):
    """A kind of fault that reads its own parameters, such as twin.faults.FaultKind."""

    def parse(self, given: Mapping[str, object], point_unit: str, where: str) -> Mapping[str, Any]:
        """The parameters as numbers; InputError where one is wrong."""
