"""The bus vector: one float per register of every device, in the register's unit, exactly as a client would decode it.

`publish` computes the whole vector in one pass from the numbers of the plant (after sensor faults): unit, scale, range
and rounding of every register applied. Words are made from it only when somebody asks (hil.bus.unit_image), and an
in-process controller reads the same floats.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import FLOAT32, INTEGER, TEXT
from hil.bus.states import states
from twin.errors import Gathered, InputError
from twin.faults import SHORTED
from twin.kernel import Rows, kernel
from twin.points import WRITABLE, Point, declared_name
from twin.store import Store
from twin.units import convert

POINT = np.dtype(
    (
        np.record,
        [("source", "i8"), ("kind", "i8"), ("states", "i8"), ("states_end", "i8")]
        + [("down", "i8"), ("guarded", "i8")]
        + [(name, "f8") for name in ("gain", "bias", "scale", "offset", "lo", "hi", "turns_at")]
        + [(name, "f8") for name in ("missing", "short", "over", "under")],
    )
)
"""A row per register. source: index in the plant's vector, -1 for none; value [uom] = plant value * gain + bias.
states: for an enumeration, its rows in the table of STATES, from there to before states_end.
down, turns_at: of a counter (Register.rounded_down, turns_at); missing to under: raw numbers for "no value", which no
measured value shows where `guarded`."""
STATE = np.dtype((np.record, [("code", "f8"), ("raw", "f8")]))
"""A row per number of an enumeration. code: the number of the point; raw: the number on the bus that stands for it."""

_WHOLE = 4503599627370496.0  # 2**52: a float64 of that size is an integer already
_PROBE = 1e12
_LARGEST = -SHORTED
_SLACK = 1e-9
"""A counter this little below a step has reached it: 0.3 is 2.9999999999999996 steps of 0.1."""


@kernel
def shown(value: float, point: Rows, states: Rows) -> float:
    """What a register of that POINT row shows [uom] for a plant value in the unit of its point.

    An enumeration shows the first number that stands for the state, `missing` where none does.
    """
    if point.states < point.states_end:
        for i in range(point.states, point.states_end):
            if states[i].code == value:
                return float(states[i].raw)
        return float(point.missing)
    if not -_LARGEST < value <= _LARGEST:
        return float(_valueless(value, point) * point.scale + point.offset)
    raw = (value * point.gain + point.bias - point.offset) / point.scale
    if point.kind == INTEGER:
        raw = _whole(raw, point)
    else:
        raw = min(max(raw, point.lo), point.hi)
        if point.kind == FLOAT32:
            raw = float(np.float32(raw))
    return raw * point.scale + point.offset  # type: ignore[no-any-return]


@kernel
def _valueless(value: float, point: Rows) -> float:
    """The raw number for an instrument that shows no value (twin.faults)."""
    if value == math.inf:
        return point.over  # type: ignore[no-any-return]
    if value == -math.inf:
        return point.under  # type: ignore[no-any-return]
    return point.short if value == -_LARGEST else point.missing  # type: ignore[no-any-return]


@kernel
def _whole(raw: float, point: Rows) -> float:
    """A raw number rounded, turned round where it is a part of a counter, and kept from looking like "no value"."""
    if abs(raw) < _WHOLE:
        raw = math.floor(raw + _SLACK) if point.down else float(round(raw))
    if point.turns_at > 0.0:
        raw = raw - math.floor(raw / point.turns_at) * point.turns_at
    raw = min(max(raw, point.lo), point.hi)
    if point.guarded:
        for _ in range(4):
            if raw in (point.missing, point.short, point.over, point.under):
                raw = raw - 1.0 if raw > 0.0 else raw + 1.0
    return raw


@kernel
def publish(values: Any, bus: Any, points: Rows, states: Rows) -> None:
    """Fill `bus` from the plant's `values`, for every row that has a source, with the bits of `Register.quantised`."""
    for i in range(len(points)):
        if points[i].source >= 0:
            bus[i] = shown(values[points[i].source], points[i], states)


@dataclass(frozen=True)
class Binding:
    """A device bound to a component: a POINT row, the path of the point (or "") and the write limits of each register.

    Rows of several bindings are joined with `np.concatenate` into the table of the whole bus; a register's element of
    the bus vector is its row.
    """

    device: DeviceMap
    component: str
    points: Rows
    paths: tuple[str, ...]
    limits: tuple[tuple[float, float], ...]
    ranges: tuple[tuple[float, float], ...]
    states: tuple[Mapping[int, float], ...]

    def to_point(self, register: int, value: float) -> float:
        """A written value [uom] in the unit of the point, inside the range declared for the point."""
        if self.states[register]:
            return self.states[register][round(value)]
        gain, bias = self._laws[register]
        lo, hi = self.ranges[register]
        return min(max((value - bias) / gain, lo), hi)

    @cached_property
    def _laws(self) -> list[tuple[float, float]]:
        """Gain and bias of every register, as plain floats."""
        return list(zip(self.points.gain.tolist(), self.points.bias.tolist(), strict=True))


def bind(device: DeviceMap, component: str, store: Store) -> Binding:
    """Bind every register of a device to the points of a component.

    Raises InputError where a point does not exist, its unit does not fit, or a client could write what no controller
    commands (a register with access w on anything but a command or a set point).
    """
    points = plain_points(device.registers)
    _check_kind(device, component, store)
    wrong = Gathered()
    bound: list[_Bound] = []
    for row, register in zip(points, device.registers, strict=True):
        with wrong.trying():
            bound.append(_bind_one(row, register, component, store, f"{device.device}.{register.name}"))
    wrong.tell()
    paths, limits, ranges, named = zip(*bound, strict=True)
    return Binding(device, component, points, paths, limits, ranges, named)


def _check_kind(device: DeviceMap, component: str, store: Store) -> None:
    """InputError where there is no such component, or it has not half of the points that the device shows of it."""
    named = [register.point.split("[")[0] for register in device.registers if register.own]
    if named and not component:
        raise InputError(f"the device {device.device!r} shows points of one component: say which with `component`")
    if len(named) < 2:
        return
    model = store.model(component)
    missing = [point for point in named if not {point, declared_name(point)} & set(model.points)]
    if 2 * len(missing) > len(named):
        listed = ", ".join(dict.fromkeys(missing))
        raise InputError(
            f"the device {device.device!r} does not fit {component}, a {model.__name__}: it has no point {listed}"
        )


_Bound = tuple[str, tuple[float, float], tuple[float, float], Mapping[int, float]]


def _bind_one(row: Any, register: Register, component: str, store: Store, where: str) -> _Bound:
    """Fill the POINT row of a register; its path, the limits of writing, the range of its point, and its states."""
    named: Mapping[int, float] = {}
    span = (-math.inf, math.inf)
    path = path_of(register, component)
    if path:
        point = _point(store, path, register, where)
        row.source = store.index(path)
        span = point.span
        if register.values:
            named = states(register, point, where)
        else:
            row.gain, row.bias = conversion(point.unit, register.uom, where)
    raw = (float(min(named)), float(max(named))) if named else span
    limits = write_limits(register, float(row.gain), float(row.bias), raw)
    if limits[0] > limits[1]:
        raise InputError(f"{where}: min and max lie outside the range of {path}")
    return path, limits, span, named


def path_of(register: Register, component: str) -> str:
    """The path of the point behind a register; empty where it has none."""
    return f"{component}.{register.point}" if register.own else register.point


def state_rows(bindings: Sequence[Binding]) -> Rows:
    """The table of STATE rows of all enumerations; says in the POINT rows of the bindings where theirs stand."""
    rows: list[tuple[float, float]] = []
    for binding in bindings:
        for row, named in zip(binding.points, binding.states, strict=True):
            row.states = len(rows)
            rows += [(code, float(raw)) for raw, code in named.items()]
            row.states_end = len(rows)
    return np.array(rows, STATE).view(np.recarray)


def plain_points(registers: Sequence[Register]) -> Rows:
    """POINT rows without a source: scale, offset and raw range of each register."""
    points = np.zeros(len(registers), POINT).view(np.recarray)
    for row, register in zip(points, registers, strict=True):
        kind = register.kind
        row.source, row.kind, row.gain = -1, kind.kind, 1.0
        row.scale, row.offset = register.scale, register.offset
        row.lo, row.hi = kind.lo, kind.hi
        row.down, row.turns_at, row.guarded = register.rounded_down, register.turns_at, register.guarded
        told = register.sentinels
        row.missing, row.short, row.over, row.under = told["broken"], told["short"], told["over"], told["under"]
    return points


def conversion(unit: str, uom: str, where: str = "") -> tuple[float, float]:
    """Gain and bias of value in `uom` = value in `unit` * gain + bias, such as (1.8, 32) from degC to degF."""
    if unit == uom:
        return 1.0, 0.0
    try:
        bias = convert(0.0, unit, uom)
        gain = (convert(_PROBE, unit, uom) - bias) / _PROBE  # convert() keeps 12 decimals: J to GWh needs a big probe
    except InputError as error:
        raise error.under(where) from error
    return float(f"{gain:.14g}"), bias


def write_limits(
    register: Register, gain: float = 1.0, bias: float = 0.0, span: tuple[float, float] = (-math.inf, math.inf)
) -> tuple[float, float]:
    """The lowest and highest value [uom] a client may write: the register's own min and max within the point's range.

    Both are numbers the register can hold (0.3 is 3 * 0.1 for a client), so a comparison needs no tolerance.
    gain, bias: from the unit of the point to uom; span: the range of the point in its own unit
    """
    if register.kind.kind == TEXT:
        return 0.0, 0.0
    lo, hi = sorted(end * gain + bias for end in span)
    lo = lo if register.min is None else max(lo, register.min)
    hi = hi if register.max is None else min(hi, register.max)
    return register.quantised(lo), register.quantised(hi)


def _point(store: Store, path: str, register: Register, where: str) -> Point:
    try:
        point = store.point(path)
        store.index(path)
    except InputError as error:
        raise error.under(where) from error
    if register.writable and point.kind not in WRITABLE:
        raise InputError(
            f"{where}: access is {register.access}, but {path} is a {point.kind}; a client may only read it"
        )
    return point
