"""Quantities with units, parsed at the edge only: inside the twin a number is in its point's declared unit."""

import math
import re
from functools import cache, lru_cache
from typing import Any

from twin.bounds import ends, within
from twin.errors import InputError

_QUANTITY = re.compile(r"^\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")
_COMMA = re.compile(r"^[-+]?\d*,\d")
_POWER = re.compile(r"\b(mm|cm|dm|km|m|s|K)([23])\b")
_DURATION = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+))\s*(ms|s|min|h|d)(?![a-z])")
_TEMPERATURES, _DIFFERENCES = ("degC", "degF"), ("K", "delta_degC", "delta_degF")
_SECONDS = {"ms": 0.001, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}


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
