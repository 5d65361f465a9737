"""Moist air in a few lines: Magnus' vapour pressure, humidity ratio, enthalpy and wet bulb at one atmosphere.

Magnus' coefficients: Alduchov and Eskridge 1996, J. Appl. Meteorol. 35:601 (0.4 % from -40 to 50 degC, over water).
Enthalpy and the psychrometer: ASHRAE Handbook Fundamentals, chapter Psychrometrics.
"""

import math

from plant_models.constants import AIR_HEAT, ATMOSPHERE, EVAPORATION_HEAT
from twin.kernel import kernel

MAGNUS, SLOPE, BASE = 610.94, 17.625, 243.04
"""Coefficients of Magnus' law: [Pa], [1], [degC]."""
MOLAR_RATIO = 0.62198
"""Molar mass of water over that of dry air."""
VAPOUR_HEAT = 1860.0
"""Specific heat of vapour [J/(kg K)]."""
PSYCHROMETER = 66.5
"""Constant of the ventilated psychrometer at one atmosphere [Pa/K]."""


@kernel
def vapour_pressure(temp: float) -> float:
    """Pressure of saturated vapour over water at temp [degC], in Pa; the vapour pressure of air at its dew point."""
    held = min(max(temp, -80.0), 120.0)
    return MAGNUS * math.exp(SLOPE * held / (held + BASE))


@kernel
def dew_point(pressure: float) -> float:
    """Temperature [degC] at which vapour of this pressure [Pa] is saturated."""
    x = math.log(max(pressure, 0.1) / MAGNUS)
    return BASE * x / (SLOPE - x)


@kernel
def humidity_ratio(pressure: float) -> float:
    """Water per dry air [kg/kg] at a vapour pressure [Pa]."""
    held = min(pressure, 0.5 * ATMOSPHERE)
    return MOLAR_RATIO * held / (ATMOSPHERE - held)


@kernel
def partial_pressure(ratio: float) -> float:
    """Vapour pressure [Pa] of air with so much water per dry air [kg/kg]."""
    return ATMOSPHERE * max(ratio, 0.0) / (MOLAR_RATIO + max(ratio, 0.0))


@kernel
def air_enthalpy(temp: float, ratio: float) -> float:
    """Enthalpy of moist air per kg of dry air [J/kg], above dry air and water at 0 degC."""
    return AIR_HEAT * temp + ratio * (EVAPORATION_HEAT + VAPOUR_HEAT * temp)


@kernel
def wet_bulb(temp: float, dew: float) -> float:
    """Wet-bulb temperature [degC] of air at temp with a dew point [degC]: e_s(t) = e + 66.5 Pa/K (temp - t)."""
    vapour = vapour_pressure(min(dew, temp))
    t = min(dew, temp) + (temp - min(dew, temp)) / 3.0
    for _ in range(6):
        saturated = vapour_pressure(t)
        slope = saturated * SLOPE * BASE / ((t + BASE) * (t + BASE)) + PSYCHROMETER
        t -= (saturated - vapour - PSYCHROMETER * (temp - t)) / slope
    return t
