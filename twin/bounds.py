"""What a number of a unit may be at all: ends far beyond any plant, where a declaration names none of its own.

They keep out what is a slip of the keyboard or an attack, such as a mass of 1e21 kg, before it becomes an infinity.
"""

import math

from twin.errors import InputError

CENTURY_S = 3.2e9
_WIDEST = 1e12
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


def ends(unit: str) -> tuple[float, float]:
    """The lowest and highest number of a unit that is taken anywhere."""
    return _ENDS.get(unit, (-_WIDEST, _WIDEST))


def within(value: float, unit: str, where: str, low: float, high: float) -> float:
    """The value itself when it is finite and between the two; else InputError, with its unit."""
    if not (math.isfinite(value) and low <= value <= high):
        sign = "" if unit == "1" else f" {unit}"
        raise InputError(f"{where}: {value:g}{sign} is outside {low:g} .. {high:g}{sign}")
    return value
