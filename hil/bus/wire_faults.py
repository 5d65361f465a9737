"""Faults of a line while they are present (hil.bus.wire_fault_kinds has the kinds).

They stand among the active ones of the bus, where each transport looks for those that concern it; without any, looking
costs one test of an empty tuple.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hil.bus.fault_scope import SCOPE, Request, Scope
from hil.bus.unit import Unit
from hil.bus.wire_fault_kinds import AWAY, RESTART, WIRE_FAULTS, WireFaultKind
from twin.errors import InputError, unknown


@dataclass(eq=False)
class ActiveWireFault:
    """A fault that is present: its kind, the units it is on, its numbers and words, and how many requests it met.

    id:  of the line of the timeline it comes from
    all: whether it is on all units
    """

    kind: WireFaultKind
    units: frozenset[str]
    parameters: Mapping[str, Any]
    scope: Scope = field(default_factory=Scope)
    id: str = ""
    all: bool = False

    @property
    def name(self) -> str:
        """Its id, or its kind where it has none."""
        return self.id or self.kind.name

    @property
    def whole(self) -> bool:
        """Whether it acts on every request."""
        return not any(name in self.parameters for name in SCOPE)

    def meets(self, request: Request) -> bool:
        """Whether it acts on a request; it is asked once for each, since it counts and draws."""
        return request.unit in self.units and self.scope.meets(request)


class WireFaults:
    """The faults that are on the lines of a bench; `active` is what transports look at.

    changed: called with a fault and whether it begins, for transports that have to do something then
    """

    def __init__(self, units: Sequence[Unit], seed: int = 0) -> None:
        """units: all units of the bench; a fault aims at one by its name, or at all with `*`. seed: of the run."""
        self._units, self.seed = units, seed
        self.active: tuple[ActiveWireFault, ...] = ()
        self.changed: list[Callable[[ActiveWireFault, bool], None]] = []

    def check(self, kind: str, target: str, where: str) -> None:
        """InputError where there is no such kind or nothing that it can be put on."""
        if kind not in WIRE_FAULTS:
            raise unknown("fault", kind, WIRE_FAULTS, where)
        if WIRE_FAULTS[kind].whole and target != "*":
            raise InputError(f'{where}: {kind} is of the whole line; write target: "*" instead of {target!r}')
        names = [unit.name for unit in self._units if WIRE_FAULTS[kind].aims(unit)]
        if target != "*" and target not in names:
            raise unknown("unit on the bus", target, [*names, "*"], where)
        if not names:
            raise InputError(f"{where}: no unit of the bench can have the fault {kind!r}")

    def start(self, kind: str, target: str, parameters: Mapping[str, Any], ident: str = "") -> Callable[[], None]:
        """Put a fault, checked before, on the line; what is returned takes it off again, once. ident: of its line."""
        what = WIRE_FAULTS[kind]
        units = frozenset(unit.name for unit in self._units if target in ("*", unit.name) and what.aims(unit))
        scope = Scope.of(parameters, self.seed, f"{kind} {target}")
        fault = ActiveWireFault(what, units, dict(parameters), scope, ident, target == "*")
        self.active = (*self.active, fault)
        self._tell(fault, True)

        def end() -> None:
            if fault in self.active:
                self.active = tuple(one for one in self.active if one is not fault)
                self._tell(fault, False)

        return end

    def away(self) -> frozenset[str]:
        """The units that are out of reach, whole."""
        away = [fault for fault in self.active if fault.kind.name != RESTART and fault.whole]
        gone = [fault.units for fault in away if fault.kind.name.partition(".")[2] in AWAY]
        return frozenset[str]().union(*gone)

    def _tell(self, fault: ActiveWireFault, begins: bool) -> None:
        for told in self.changed:
            told(fault, begins)
