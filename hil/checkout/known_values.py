"""The known values to which the register of an instrument is driven, so that a controller's screen can be compared."""

import math
from collections.abc import Sequence

from hil.bus.bus_vector import write_limits
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import TEXT
from twin.points import Point
from twin.units import convert

MOST_STATES = 8
_PARTS = (0.1, 0.5, 0.9)
_USUAL = {
    "degC": (-20.0, 80.0),
    "K": (0.0, 20.0),
    "Pa": (0.0, 600_000.0),
    "W": (0.0, 200_000.0),
    "J": (0.0, 3.6e12),
    "m3": (0.0, 100_000.0),
    "m3/h": (0.0, 40.0),
    "kg/s": (0.0, 10.0),
    "s": (0.0, 3.6e7),
    "ppm": (0.0, 2000.0),
}
"""What instruments of a plant room show, in the unit of the point."""
_OTHER, _SHARE = (0.0, 100.0), (0.0, 1.0)
_PERCENT = ("%", "percent")


def known_values(register: Register, point: Point | None) -> list[float]:
    """Values to drive a register to [its unit], as a client will decode them, none twice; empty for what is fixed.

    point: what it shows; None for a register of the controller's own
    """
    if point is None or register.constant or register.kind.kind == TEXT:
        return []
    if register.type in ("bool", "bit"):
        return [1.0, 0.0]
    if register.values:
        return [float(number) for number in list(register.values)[:MOST_STATES]]
    low, high = _span(register, point)
    raw = [low + part * (high - low) for part in _PARTS]
    return list(dict.fromkeys(register.quantised(_plain(value)) for value in raw))


def _span(register: Register, point: Point) -> tuple[float, float]:
    """Where the values lie: what is usual for the unit, within what the point and the register can be."""
    usual = _SHARE if register.uom in _PERCENT else _USUAL.get(point.unit, _OTHER)
    low, high = (max(usual[0], point.span[0]), min(usual[1], point.span[1]))
    if low >= high:
        low, high = point.span
    in_uom = sorted(convert(end, point.unit, register.uom) for end in (low, high))
    least, most = write_limits(register.model_copy(update={"min": None, "max": None}))
    return max(in_uom[0], least), min(in_uom[1], most)


def _plain(value: float) -> float:
    """The value with three digits: easily compared on a screen."""
    if value == 0.0 or not math.isfinite(value):
        return value
    return round(value, 2 - math.floor(math.log10(abs(value))))


def written(register: Register, values: Sequence[float]) -> str:
    """Values as a person writes them: the names of states, else numbers in the unit of the register."""
    return ", ".join(register.values.get(round(value), f"{value:.7g}") for value in values)
