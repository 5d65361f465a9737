"""Units as Home Assistant writes them, and the device class that goes with each.

Source: Home Assistant, developer documentation, "Sensor entity", table of device classes (developers.home-assistant.io/
docs/core/entity/sensor); of its units those that releases since 2024.3 take, so that no older one refuses a config.
"""

from functools import cache

from twin.errors import InputError
from twin.units import convert

_UNITS: dict[str, tuple[str, str | None]] = {
    "degC": ("°C", "temperature"),
    "W": ("W", "power"),
    "kW": ("kW", "power"),
    "MJ": ("MJ", "energy"),
    "GJ": ("GJ", "energy"),
    "Wh": ("Wh", "energy"),
    "kWh": ("kWh", "energy"),
    "MWh": ("MWh", "energy"),
    "Pa": ("Pa", "pressure"),
    "kPa": ("kPa", "pressure"),
    "mbar": ("mbar", "pressure"),
    "bar": ("bar", "pressure"),
    "mV": ("mV", "voltage"),
    "V": ("V", "voltage"),
    "mA": ("mA", "current"),
    "A": ("A", "current"),
    "Hz": ("Hz", "frequency"),
    "kHz": ("kHz", "frequency"),
    "m3/h": ("m³/h", "volume_flow_rate"),
    "l/min": ("L/min", "volume_flow_rate"),
    "l": ("L", "volume"),
    "m3": ("m³", "volume"),
    "ms": ("ms", "duration"),
    "s": ("s", "duration"),
    "min": ("min", "duration"),
    "h": ("h", "duration"),
    "d": ("d", "duration"),
    "mm": ("mm", "distance"),
    "cm": ("cm", "distance"),
    "m": ("m", "distance"),
    "km": ("km", "distance"),
    "m/s": ("m/s", "speed"),
    "W/m2": ("W/m²", "irradiance"),
    "K": ("K", None),  # as a temperature, a difference of 5 K would be shown as -268 degC
    "J": ("J", None),
    "kJ": ("kJ", None),
    "l/s": ("L/s", None),
    "l/h": ("L/h", None),
    "%": ("%", None),
    "ppm": ("ppm", None),
}
COUNTED_ONLY = ("energy", "volume")
"""Classes that take counters only: nothing of them may be called a measurement."""


@cache
def home_unit(uom: str) -> tuple[str, str | None]:
    """The unit and the device class for a unit however it is spelled (m^3/h, °C, litre/minute); itself where unknown.

    The unit is empty for plain numbers, the class None where none fits.
    """
    if uom in ("", "1"):
        return "", None
    if uom in _UNITS:
        return _UNITS[uom]
    for unit, shown in _UNITS.items():
        if _same(uom, unit):
            return shown
    return uom, None


def _same(uom: str, unit: str) -> bool:
    """Whether both mean the same: both ends of a span of 1 are alike."""
    try:
        return all(abs(convert(value, uom, unit) - value) < 1e-9 for value in (0.0, 1.0))
    except InputError:
        return False
