"""Laws of coils between water and air: counterflow, and how dry the heat of a wet surface is."""

import math

from plant_models.constants import AIR_DENSITY, AIR_HEAT, EVAPORATION_HEAT
from plant_models.equipment.counterflow import BALANCED, counterflow_effectiveness
from plant_models.weather.psychrometrics import humidity_ratio, vapour_pressure
from twin.kernel import kernel

DRY_AIR = AIR_DENSITY * AIR_HEAT
"""Heat capacity of the blown air [J/(m3 K)]."""
SURFACE_OFF_WATER = 0.21
"""Where a coil's surface lies between entering water and room; so the rating 7 degC, 27/19 degC is 3/4 sensible."""
LEAST_SHARE = 0.3
"""Least sensible share of a wet coil."""


@kernel
def effectiveness(ua: float, air: float, water: float) -> float:
    """Effectiveness of a counterflow coil between two streams [W/K]; 0 where one of them stands."""
    least, most = min(air, water), max(air, water)
    if least <= 0.0:
        return 0.0
    return counterflow_effectiveness(ua / least, least / most)


@kernel
def coil_conductance(sensible: float, air: float, water: float, difference: float) -> float:
    """UA [W/K] of a counterflow coil that moves `sensible` [W] at an entering temperature difference [K]."""
    least, most = min(air, water), max(air, water)
    reached = min(sensible / (least * difference), 0.95)
    ratio = least / most
    if 1.0 - ratio < BALANCED:
        return least * reached / (1.0 - reached)
    return least * math.log((1.0 - ratio * reached) / (1.0 - reached)) / (1.0 - ratio)


@kernel
def sensible_share(water: float, room: float, dew_point: float, ratio: float) -> float:
    """Sensible share of the heat that a coil takes from air of a humidity ratio [kg/kg]; 1 on a dry or a warm coil.

    Heat and vapour pass from the air to the wet surface in the proportion of their differences (Lewis' law, factor 1),
    the straight line of the psychrometric chart. Source: ASHRAE Handbook Fundamentals 2021, Mass Transfer.
    """
    if water >= room:
        return 1.0
    surface = water + SURFACE_OFF_WATER * (room - water)
    if surface >= dew_point:
        return 1.0
    dry = AIR_HEAT * (room - surface)
    wet = EVAPORATION_HEAT * max(ratio - humidity_ratio(vapour_pressure(surface)), 0.0)
    return max(dry / max(dry + wet, 1e-9), LEAST_SHARE)
