"""Where water boils: its saturation at the pressure it is under (docs/physics/water.md#boiling)."""

import math

from plant_models.constants import ATMOSPHERE
from plant_models.water.network import GRAVITY_HEAD, STIRRED
from plant_models.weather.psychrometrics import dew_point, vapour_pressure
from twin.kernel import Rows, kernel

COLDEST = 20.0
"""Below this temperature [degC] no water of a plant boils unless its pressure is at the floor that pumps leave it."""
LIQUID = 99.0
"""Up to this temperature [degC] no water boils at the pressure of the air or above."""


@kernel
def pressure(junction: Rows) -> float:
    """Absolute pressure at a junction [Pa]."""
    return junction.pressure - GRAVITY_HEAD * junction.elevation + ATMOSPHERE  # type: ignore[no-any-return]


@kernel
def saturation_temp(junction: Rows) -> float:
    """Temperature [degC] at which water boils at the pressure of a junction."""
    return max(COLDEST, dew_point(pressure(junction)))


@kernel
def boils_at(p: Rows, junctions: Rows, warmest: float) -> float:
    """Temperature [degC] at which the water of a passage boils, or any above the warmest of it where that is far off.

    Stirred water is at the pressure of its entrance, pipes and tanks at the higher one of their ends: at the lower a
    pocket of vapour may stand, whose pressure follows the water (plant_models.water.cavities). Between two pockets no
    pressure is known that the water would have to keep. An endless `warmest` asks for the steam that is there.
    """
    if warmest <= COLDEST:
        return warmest + 1.0
    end = junctions[p.upstream]
    here = pressure(end)
    if p.kind != STIRRED:
        other = junctions[p.downstream]
        if pressure(other) > here:
            end, here = other, pressure(other)
        if here <= vapour_pressure(end.temp) + 1.0 and math.isfinite(warmest):
            return warmest + 1.0
    if warmest <= LIQUID and here >= ATMOSPHERE:
        return warmest + 1.0
    return max(COLDEST, dew_point(here))
