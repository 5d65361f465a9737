"""Faults of a line: what goes wrong between a device and its controller, for every protocol that knows the kind.

A kind is one entry in WIRE_FAULTS. While a fault is present it stands among the active ones of the bus, where each
transport looks for those that concern it; without any, looking costs one test of an empty tuple.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hil.bus.unit import Unit
from twin.errors import InputError, unknown
from twin.faults import FaultKind


@dataclass(frozen=True)
class WireFaultKind(FaultKind):
    """A kind of fault of a line; its name has the place before a dot: `modbus.no_reply`.

    aims: whether it can be put on a unit of the bench; by default on every one
    """

    aims: Callable[[Unit], bool] = field(default=lambda _: True, kw_only=True)


WIRE_FAULTS: dict[str, WireFaultKind] = {}
"""Every kind of fault of a line by its full name; scenarios, console and lists read it."""


@dataclass(frozen=True, eq=False)
class ActiveWireFault:
    """A fault that is present: its kind, the units it is on, and its numbers."""

    kind: WireFaultKind
    units: frozenset[str]
    parameters: Mapping[str, Any]


class WireFaults:
    """The faults that are on the lines of a bench; `active` is what transports look at."""

    def __init__(self, units: Sequence[Unit]) -> None:
        """units: all units of the bench; a fault aims at one by its name, or at all with `*`."""
        self._units = units
        self.active: tuple[ActiveWireFault, ...] = ()

    def check(self, kind: str, target: str, where: str) -> None:
        """InputError where there is no such kind or nothing that it can be put on."""
        if kind not in WIRE_FAULTS:
            raise unknown("fault", kind, WIRE_FAULTS, where)
        names = [unit.name for unit in self._units if WIRE_FAULTS[kind].aims(unit)]
        if target != "*" and target not in names:
            raise unknown("unit on the bus", target, [*names, "*"], where)
        if not names:
            raise InputError(f"{where}: no unit of the bench can have the fault {kind!r}")

    def start(self, kind: str, target: str, parameters: Mapping[str, Any]) -> Callable[[], None]:
        """Put a fault, checked before, on the line; what is returned takes it off again, once."""
        what = WIRE_FAULTS[kind]
        units = frozenset(unit.name for unit in self._units if target in ("*", unit.name) and what.aims(unit))
        fault = ActiveWireFault(what, units, dict(parameters))
        self.active = (*self.active, fault)

        def end() -> None:
            self.active = tuple(one for one in self.active if one is not fault)

        return end
