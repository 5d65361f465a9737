"""Quantities with units, parsed at the edge only: inside the twin a number is in its point's declared unit."""

import math
import re
from functools import cache, lru_cache
from typing import Any

from twin.errors import InputError

_QUANTITY = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")
_COMMA = re.compile(r"^[-+]?\d*,\d")
_POWER = re.compile(r"\b(mm|cm|dm|km|m|s|K)([23])\b")
_DURATION = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+))\s*(ms|s|min|h|d)(?![a-z])")
_TEMPERATURES, _DIFFERENCES = ("degC", "degF"), ("K", "delta_degC", "delta_degF")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}

CENTURY_S = 3.2e9
_WIDEST, SMALLEST = 1e12, 1e-25
_ENDS = {
    "1": (-1e9, 1e9), "%": (-1000.0, 1000.0), "ppm": (0.0, 1e6), "mg/L": (0.0, 1e6),
    "degC": (-273.15, 2000.0), "K": (-2000.0, 2000.0), "K/d": (-1000.0, 1000.0),
    "s": (-CENTURY_S, CENTURY_S), "ms": (-1e3 * CENTURY_S, 1e3 * CENTURY_S), "h": (-876_600.0, 876_600.0),
    "d": (0.0, 36_525.0), "year": (0.0, 1000.0), "1/h": (0.0, 1000.0),
    "m": (-20_000.0, 20_000.0), "mm": (0.0, 1e5), "m2": (0.0, 1e7), "m3": (0.0, 1e8), "m/s": (0.0, 1000.0),
    "kg": (0.0, 1e9), "kg/m2": (0.0, 1e5), "kg/m3": (0.0, 30_000.0), "kg/(h m2)": (0.0, 1e4), "kg/J": (0.0, 1.0),
    "kg/s": (-1e6, 1e6), "m3/h": (-1e6, 1e6), "L/h": (0.0, 1e9), "mm/h": (0.0, 1e4),
    "Pa": (-1e8, 1e8), "kPa": (-1e5, 1e5), "kPa/(m3/h)": (0.0, 1e6),
    "W": (-1e9, 1e9), "W/K": (0.0, 1e9), "W/m2": (0.0, 1e5), "W/m": (-1e4, 1e4), "W/(m K)": (0.0, 1e4),
    "W/(m2 K)": (0.0, 1e6), "J": (-1e18, 1e18), "J/K": (0.0, 1e13), "J/(K m2)": (0.0, 1e9), "J/(kg K)": (0.0, 1e5),
    "m2 K/W": (0.0, 1000.0), "m K/W": (0.0, 1000.0),
    "m/(m3/h)": (-1e4, 0.0), "m/(m3/h)**2": (-1e4, 0.0), "m/(m3/h)**3": (-1e4, 0.0),
    "W/(m3/h)": (-1e6, 1e6), "W/(m3/h)**2": (-1e6, 1e6), "W/(m3/h)**3": (-1e6, 1e6),
}  # fmt: skip
"""What a number of a unit may be at all: ends far beyond any plant, where a declaration names none of its own. They
keep out a slip of the keyboard or an attack, such as a mass of 1e21 kg, before it becomes an infinity."""


@cache
def _registry() -> Any:
    import pint  # noqa: PLC0415  (half a second to import: only when a unit has to be converted)

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def _unit(text: str) -> str:
    text = text.strip().replace("%", "percent")
    return _POWER.sub(r"\1**\2", text) if text not in ("", "1") else "dimensionless"


@lru_cache(maxsize=4096)
def convert(value: float, unit: str, to: str) -> float:
    """The value given in `unit`, expressed in `to`. Raises InputError where the two do not fit together."""
    if unit == to:
        return value
    registry = _registry()
    try:
        converted = float(registry.Quantity(value, _unit(unit)).to(_unit(to)).magnitude)
    except Exception as error:  # pint raises a dozen kinds, from TokenError to AssertionError, for one user mistake
        raise InputError(f"{value:g} {unit} is not a quantity in {to or '1'}") from error
    return round(converted, 12) if math.isfinite(converted) else converted


@lru_cache(maxsize=1024)
def is_unit(unit: str) -> bool:
    """True for what `convert` can take: degC, kW, m3/h, %, 1."""
    try:
        _registry().parse_units(_unit(unit))
    except Exception:
        return False
    return True


def quantity(given: object, unit: str, where: str = "") -> float:
    """A quantity as a user writes it ("16 m3/h", "-15 degC", "0.5"), as a number in `unit`.

    A bare number is taken only for a dimensionless point: a forgotten unit is the commonest silent mistake.
    """
    prefix = f"{where}: " if where else ""
    if isinstance(given, bool):
        if unit in ("", "1"):
            return float(given)
        raise InputError(f"{prefix}got {given}, expected a quantity in {unit}")
    _refuse_comma(given, prefix)
    match = _QUANTITY.match(str(given))
    if match is None:
        expected = "a number, such as '12'" if unit in ("", "1") else f"a number with a unit, such as '12 {unit}'"
        raise InputError(f"{prefix}{given!r} is not a quantity; expected {expected}")
    value, given_unit = float(match[1]), match[2]
    if not math.isfinite(value):
        raise InputError(f"{prefix}{given!r} is not a finite number")
    if 0.0 < abs(value) < SMALLEST:
        raise InputError(f"{prefix}{given!r} is nearer to 0 than {SMALLEST:g}; write 0")
    if not given_unit:
        if unit in ("", "1"):
            return within(value, "1", where or repr(given), *ends("1"))
        raise InputError(f"{prefix}{given!r} has no unit; expected a quantity in {unit}, such as '{given} {unit}'")
    if (given_unit in _DIFFERENCES) != (unit in _DIFFERENCES) and {given_unit, unit} & set(_TEMPERATURES):
        kind = "temperature" if unit in _TEMPERATURES else "temperature difference"
        raise InputError(f"{prefix}{given!r} is not a {kind}; expected it in {unit}")
    try:
        converted = convert(value, given_unit, unit)
    except InputError as error:
        raise InputError(f"{prefix}{error}") from error
    most = max(map(abs, ends(unit)))
    return within(converted, unit, where or repr(given), -most, most)


def _refuse_comma(given: object, prefix: str) -> None:
    """InputError for a decimal comma, which would end a number where it stands."""
    text = str(given).strip()
    if _COMMA.match(text):
        raise InputError(f"{prefix}{given!r} has a decimal comma; write {text.replace(',', '.', 1)!r}")


def seconds(given: object, where: str = "") -> float:
    """A duration as a user writes it ("90 s", "2 h 10 min", "3 d"), in seconds."""
    text = str(given).strip()
    _refuse_comma(given, f"{where}: " if where else "")
    parts = _DURATION.findall(text)
    if not parts or _DURATION.sub("", text).strip():
        prefix = f"{where}: " if where else ""
        raise InputError(f"{prefix}{given!r} is not a duration; expected such as '90 s', '2 h 10 min' or '3 d'")
    total = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    return within(total, "s", f"{where + ': ' if where else ''}{text!r}", *ends("s"))


def ends(unit: str) -> tuple[float, float]:
    """The lowest and highest number of a unit that is taken anywhere."""
    return _ENDS.get(unit, (-_WIDEST, _WIDEST))


def within(value: float, unit: str, where: str, low: float, high: float) -> float:
    """The value itself when it is finite and between the two; else InputError, with its unit."""
    if not (math.isfinite(value) and low <= value <= high):
        sign = "" if unit == "1" else f" {unit}"
        raise InputError(f"{where}: {value:g}{sign} is outside {low:g} .. {high:g}{sign}")
    return value
