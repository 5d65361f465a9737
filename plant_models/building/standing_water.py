"""Water that stands in the coils and floors of rooms, and what it gives to the room that it stands in
(docs/physics/water.md#standing-water)."""

import math

from plant_models.building.zone import give_heat
from plant_models.water.network import HEAT_CAPACITY, STANDING_LOSS
from twin.kernel import Rows, kernel

STANDS = 0.005
"""Share of the rated flow below which the water of a coil in an air stream, or of a floor, counts as standing."""
STANDING_FILM = 0.02
"""Share of the rated flow at which the film of flowing water would be that of standing water."""


@kernel
def lose_to_room(passage: Rows, zones: Rows, zone: int, dt: float) -> float:
    """Give what the water of an insulated coil loses in dt [s] to its room, out of the passage; that heat [J]."""
    loss: float = STANDING_LOSS * passage.mass * (passage.temp - zones[zone].temp)
    passage.heat -= loss
    give_heat(zones, zone, loss * dt)
    return loss * dt


@kernel
def towards(passage: Rows, conductance: float, temp: float, dt: float) -> float:
    """Heat [W] that stirred water gives to what is at a temperature [degC] and stays so for dt [s], exactly."""
    capacity = passage.mass * HEAT_CAPACITY
    if capacity <= 0.0:
        return 0.0
    return capacity * (1.0 - math.exp(-conductance * dt / capacity)) * (passage.temp - temp) / dt  # type: ignore[no-any-return]
