"""Moist air in a few lines: Magnus' vapour pressure, humidity ratio, enthalpy and wet bulb at one atmosphere.

Magnus' coefficients: Alduchov and Eskridge 1996, J. Appl. Meteorol. 35:601 (0.4 % from -40 to 50 degC, over water).
Enthalpy and the psychrometer: ASHRAE Handbook Fundamentals, chapter Psychrometrics.
"""

import math

from twin.kernel import kernel

ATMOSPHERE = 101325.0
"""Pressure of the air [Pa]."""
EVAPORATION_HEAT = 2.501e6
"""Heat of evaporation at 0 degC [J/kg]."""
PSYCHROMETER = 66.5
"""Constant of the ventilated psychrometer at one atmosphere [Pa/K]."""


@kernel
def vapour_pressure(temp: float) -> float:
    """Pressure of saturated vapour over water at temp [degC], in Pa; the vapour pressure of air at its dew point."""
    held = min(max(temp, -80.0), 120.0)
    return 610.94 * math.exp(17.625 * held / (held + 243.04))


@kernel
def dew_point(pressure: float) -> float:
    """Temperature [degC] at which vapour of this pressure [Pa] is saturated."""
    x = math.log(max(pressure, 0.1) / 610.94)
    return 243.04 * x / (17.625 - x)


@kernel
def humidity_ratio(pressure: float) -> float:
    """Water per dry air [kg/kg] at a vapour pressure [Pa]."""
    held = min(pressure, 0.5 * ATMOSPHERE)
    return 0.62198 * held / (ATMOSPHERE - held)


@kernel
def partial_pressure(ratio: float) -> float:
    """Vapour pressure [Pa] of air with so much water per dry air [kg/kg]."""
    return ATMOSPHERE * max(ratio, 0.0) / (0.62198 + max(ratio, 0.0))


@kernel
def air_enthalpy(temp: float, ratio: float) -> float:
    """Enthalpy of moist air per kg of dry air [J/kg], above dry air and water at 0 degC."""
    return 1006.0 * temp + ratio * (EVAPORATION_HEAT + 1860.0 * temp)


@kernel
def wet_bulb(temp: float, dew: float) -> float:
    """Wet-bulb temperature [degC] of air at temp with a dew point [degC]: e_s(t) = e + 66.5 Pa/K (temp - t)."""
    vapour = vapour_pressure(min(dew, temp))
    t = min(dew, temp) + (temp - min(dew, temp)) / 3.0
    for _ in range(6):
        saturated = vapour_pressure(t)
        slope = saturated * 17.625 * 243.04 / ((t + 243.04) * (t + 243.04)) + PSYCHROMETER
        t -= (saturated - vapour - PSYCHROMETER * (temp - t)) / slope
    return t
