"""Stirred water at its saturation: what is given to it beyond makes steam, not hotter water.

The heat of the steam stays with the water that made it, as `steam`, and comes back when it condenses, so energy closes.
Source: docs/physics/water.md#boiling.
"""

from plant_models.constants import ATMOSPHERE
from plant_models.water.network import GRAVITY_HEAD, HEAT_CAPACITY, STIRRED
from plant_models.weather.psychrometrics import dew_point
from twin.kernel import Rows, kernel

COLDEST = 20.0
"""Below this temperature [degC] no water of a plant boils unless its pressure is at the floor that pumps leave it."""


@kernel
def saturation_temp(junction: Rows) -> float:
    """Temperature [degC] at which water boils at the pressure of a junction."""
    absolute = junction.pressure - GRAVITY_HEAD * junction.elevation + ATMOSPHERE
    return max(COLDEST, dew_point(absolute))


@kernel
def limit(passages: Rows, junctions: Rows, network: Rows, dt: float) -> None:
    """Keep all stirred water at or below its saturation; counts the passages that boil, and the time that any does."""
    boiling = network[0].pockets
    for i in range(len(passages)):
        p = passages[i]
        if p.kind != STIRRED or (p.temp <= COLDEST and p.steam == 0.0):
            continue
        saturated = saturation_temp(junctions[p.upstream])
        if p.temp <= saturated and p.steam == 0.0:
            continue
        capacity = p.mass * HEAT_CAPACITY
        beyond = p.steam + (p.temp - saturated) * capacity
        p.steam = max(beyond, 0.0)
        p.temp = saturated + min(beyond, 0.0) / capacity
        if p.steam > 0.0:
            boiling += 1.0
    network[0].boiling = boiling
    if boiling > 0.0:
        network[0].boiled += dt
