"""The names a scenario may use on a bench: the points of the plant, and `bus.` before those that a device shows."""

from collections.abc import Iterable, Mapping

from hil.bench.line_signals import LineSignals
from hil.bus.bus import Bus
from hil.bus.maps.register import Register
from plant_models.assembly.start import initial
from twin.errors import InputError, unknown
from twin.points import COMMAND, FAULT, PARAMETER, SETPOINT, STATE, Model, Point
from twin.store import Store

BUS = "bus."
SETTABLE = (COMMAND, SETPOINT, STATE, PARAMETER)
"""Kinds that a scenario may set; sensors, proofs and alarms follow from the plant, but for an operator's switches."""


class BenchDirectory:
    """Points and shown registers of a bench, for checking and binding a scenario (scenarios.Directory)."""

    def __init__(self, store: Store, bus: Bus) -> None:
        """Everything is looked up when asked for; nothing of the plant is copied."""
        self.store = store
        self._shown = bus.shown()
        self.lines = LineSignals(bus)
        self._points: dict[str, Point] = dict(store.paths())

    def unit(self, path: str) -> str:
        """The unit of a point, or of the register that shows it; InputError with the nearest name."""
        if self.on_line(path):
            return self.lines.unit(path.removeprefix(BUS))
        if path.startswith(BUS):
            return self._register(path)[1].uom
        return self.store.point(path).unit

    def paths(self) -> Iterable[str]:
        """Every point, and every shown one with its prefix."""
        yield from self._points
        for path in self._shown:
            yield BUS + path
        for name in self.lines.names():
            if name not in self._shown:
                yield BUS + name

    def values(self, path: str) -> Mapping[int, str]:
        """The names of the numbers of an enumeration: on the bus those of the device."""
        if self.on_line(path):
            return {}
        if not path.startswith(BUS):
            return self.store.point(path).values
        register = self._register(path)[1]
        return register.values or (self.store.point(path.removeprefix(BUS)).values if register.point else {})

    def check_set(self, path: str, value: float, at_start: bool = False) -> None:
        """InputError where a scenario may not set a point: what follows from the plant is never set.

        at_start: under `initial`, where a component may name points that it can really begin at
        """
        point, model = self.store.point(path), self.store.model(path.split(".", 1)[0])
        name = path.rsplit(".", 1)[1]
        settable = point.kind in SETTABLE or may_fault(point) or name in model.switches
        if not settable and not (at_start and initial(model, name)):
            raise InputError(f"{path} is {_named(point.kind)}; it follows from the plant{_instead(model, at_start)}")
        point.check(value, path)

    def on_line(self, path: str) -> bool:
        """Whether a path tells what was asked over a line (hil.bench.line_signals), not what a register shows."""
        name = path.removeprefix(BUS)
        return path.startswith(BUS) and name not in self._shown and name in self.lines

    def place(self, path: str) -> int:
        """Where a `bus.` path stands in the bus vector."""
        return self._register(path)[0]

    def _register(self, path: str) -> tuple[int, Register]:
        point = path.removeprefix(BUS)
        if point not in self._shown:
            raise unknown("register on the bus for", point, [*self._shown, *self.lines.names()], path)
        return self._shown[point]


def may_fault(point: Point) -> bool:
    """True for a physical fault that a component declares."""
    return point.kind == FAULT


def _instead(model: type[Model], at_start: bool) -> str:
    """What a scenario may give in place of a point that follows from the plant."""
    if not at_start:
        return ""
    if not model.initial:
        return ": give what it follows from, such as a command, a set point or the temperature of its water"
    return f": a {model.__name__} begins at {', '.join(model.initial)}, and at its commands, set points and states"


def _named(kind: str) -> str:
    """A kind of point with its article."""
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"
