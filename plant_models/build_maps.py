"""Build the shipped performance maps with CoolProp: `python -m plant_models.build_maps` (needs the extra `maps`).

The cycle of physics.md 1.8: one R134a displacement of 690 m3/h (volumetric efficiency included), refrigerant 2 K from
the leaving waters, suction superheated 5 K, liquid subcooled 5 K, overall efficiency 0.740 - 0.075 (PR - 2.68) within
0.50 .. 0.78; all compressor power goes into the refrigerant. Maps are data: nothing imports this module at run time.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from CoolProp import __version__ as coolprop_version
from CoolProp.CoolProp import PropsSI

from plant_models.performance_map import MAPS, ZERO_CELSIUS

REFRIGERANT = "R134a"
DISPLACEMENT = 690.0
APPROACH, SUPERHEAT, SUBCOOLING = 2.0, 5.0, 5.0
EVAPORATOR = (4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20)
CONDENSER = (25, 30, 35, 40, 45, 50, 55)
HEADER = """\
# name: screw_r134a
# source: computed with CoolProp {version} by plant_models/build_maps.py from the cycle of physics.md 1.8
# cycle: {refrigerant}, suction {displacement:g} m3/h, superheat 5 K, subcooling 5 K
# efficiency: 0.740 - 0.075 (PR - 2.68) within 0.50 .. 0.78, motor included
# range: water leaving the evaporator 4..20 degC, leaving the condenser 25..55 degC, full load, nominal flows
# units: degC, degC, W, W, degC, Pa absolute, Pa absolute
# approach: {approach:g} K
# saturation: {saturation}
# saturation law: ln(p/Pa) = a + b/T + c T + d T T with T in K, fitted -25..85 degC
"""
COLUMNS = (
    "evaporator_leaving_temp", "condenser_leaving_temp", "cooling_capacity", "power", "discharge_temp",
    "evaporating_pressure", "condensing_pressure",
)  # fmt: skip


def saturation_pressure(temp: float) -> float:
    """Saturation pressure of the refrigerant [Pa] at temp [degC]."""
    return float(PropsSI("P", "T", temp + ZERO_CELSIUS, "Q", 0, REFRIGERANT))


def cycle(evap_temp: float, cond_temp: float) -> tuple[float, ...]:
    """The columns behind the two leaving temperatures [degC]: Q_e, P [W], discharge [degC], both pressures [Pa]."""
    low, high = saturation_pressure(evap_temp - APPROACH), saturation_pressure(cond_temp + APPROACH)
    suction = ("P", low, "T", evap_temp - APPROACH + SUPERHEAT + ZERO_CELSIUS, REFRIGERANT)
    mass_flow = DISPLACEMENT / 3600.0 * PropsSI("D", *suction)
    enthalpy = PropsSI("H", *suction)
    ideal = PropsSI("H", "P", high, "S", PropsSI("S", *suction), REFRIGERANT)
    efficiency = min(0.78, max(0.50, 0.740 - 0.075 * (high / low - 2.68)))
    work = (ideal - enthalpy) / efficiency
    liquid = PropsSI("H", "P", high, "T", cond_temp + APPROACH - SUBCOOLING + ZERO_CELSIUS, REFRIGERANT)
    discharge = PropsSI("T", "P", high, "H", enthalpy + work, REFRIGERANT) - ZERO_CELSIUS
    return mass_flow * (enthalpy - liquid), mass_flow * work, discharge, low, high


def saturation_fit() -> Sequence[float]:
    """a, b, c, d of the saturation law, least squares in ln p, -25 .. 85 degC; within 0.04 % of CoolProp."""
    kelvin = np.linspace(-25.0, 85.0, 111) + ZERO_CELSIUS
    logs = np.log([saturation_pressure(t - ZERO_CELSIUS) for t in kelvin])
    terms = np.column_stack((np.ones_like(kelvin), 1.0 / kelvin, kelvin, kelvin * kelvin))
    return [float(c) for c in np.linalg.lstsq(terms, logs, rcond=None)[0]]


def map_text() -> str:
    """The whole file screw_r134a.csv."""
    header = HEADER.format(
        version=coolprop_version,
        refrigerant=REFRIGERANT,
        displacement=DISPLACEMENT,
        approach=APPROACH,
        saturation=" ".join(f"{c:.9g}" for c in saturation_fit()),
    )
    lines = [",".join(COLUMNS)]
    for evap_temp in EVAPORATOR:
        for cond_temp in CONDENSER:
            q, p, discharge, low, high = cycle(evap_temp, cond_temp)
            lines.append(f"{evap_temp},{cond_temp},{q:.0f},{p:.0f},{discharge:.2f},{low:.0f},{high:.0f}")
    return header + "\n".join(lines) + "\n"


def write_map(folder: Path = MAPS) -> Path:
    """Write the map into the folder; the path written."""
    path = folder / "screw_r134a.csv"
    path.write_text(map_text(), encoding="utf-8")
    return path


if __name__ == "__main__":
    print(write_map())
