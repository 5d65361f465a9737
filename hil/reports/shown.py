"""How result files say things: trade units, sensible digits, plant time, and text that cannot hurt its reader."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from hil.plain_text import plain
from scenarios.phrases import said
from twin.units import convert

_TRADE = {"W": "kW", "J": "kWh"}
_SIGNS = {"degC": "°C", "m3/h": "m³/h", "m3": "m³", "percent": "%", "W/m2": "W/m²", "1": ""}
BAR_FROM = 50_000.0
"""Pressures up to this size [Pa] are shown in kPa, greater ones in bar."""


@dataclass(frozen=True)
class Scale:
    """From the unit of a point to the one shown: shown = number * factor + offset."""

    unit: str
    factor: float = 1.0
    offset: float = 0.0

    def of(self, number: float) -> float:
        """The number as shown."""
        return number * self.factor + self.offset


def trade_scale(unit: str, largest: float) -> Scale:
    """The trade's unit for numbers up to a size [unit]: kW, kWh, °C, m³/h, kPa or bar; any other stays as it is."""
    to = ("kPa" if abs(largest) < BAR_FROM else "bar") if unit == "Pa" else _TRADE.get(unit, unit)
    sign = _SIGNS.get(to, plain(to))
    if to == unit:
        return Scale(sign)
    offset = convert(0.0, unit, to)
    return Scale(sign, convert(1.0, unit, to) - offset, offset)


def digits(number: float) -> str:
    """Three digits that count, whole numbers from 1000 on."""
    if not math.isfinite(number):
        return "not known"
    return f"{number:.0f}" if abs(number) >= 1000 else f"{number:.3g}"


def shown(number: float | None, unit: str) -> str:
    """A number with the trade's unit: `-1.25 K`, `12.4 kW`, `2 min 5 s`; a dash where there is none."""
    if number is None:
        return "–"
    if not math.isfinite(number):
        return "not known"
    if unit == "s":
        return said(number)
    scale = trade_scale(unit, number)
    return f"{digits(scale.of(number))} {scale.unit}".strip()


def plant_time(start: datetime, at_s: float | None) -> str:
    """`day 1 06:10:00`: the plant's own clock, day 1 being the day of the start; a dash where there is no time."""
    if at_s is None or not math.isfinite(at_s):
        return "–"
    moment = start + timedelta(seconds=round(at_s))
    return f"day {(moment.date() - start.date()).days + 1} {moment:%H:%M:%S}"


def finite(number: float | None) -> float | None:
    """The number, None where it is none (NaN, infinite): JSON has no word for those."""
    return None if number is None or not math.isfinite(number) else float(number)
