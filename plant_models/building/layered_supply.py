"""Layered supply: cool air enters at the floor and leaves warm under the roof.

The profile of the room is Mundt's straight line: floor air (T_f - T_s) / (T_e - T_s) = 1 / (1 + q rho c / A (1/a_r +
1/a_c)), a_r = a_c = 5 W/(m2 K) (Mundt 1996, KTH Stockholm; REHVA Guidebook 1). Warm supply does not layer: it mixes.
"""

import math

from plant_models.building.coil_laws import DRY_AIR
from twin.enumeration import Enumeration
from twin.kernel import Rows, kernel

SUPPLIES = Enumeration("mixing", "layered")
MIXING, LAYERED = SUPPLIES
FILM = 5.0
"""Convective and radiative film at floor and ceiling of Mundt's profile [W/(m2 K)]."""
HEAD_HEIGHT = 1.1
"""Height of the occupied air that `zone.temp` stands for [m]: people who sit."""


@kernel
def floor_share(air_flow: float, area: float) -> float:
    """Mundt's floor air (T_f - T_s) / (T_e - T_s) at an air flow [m3/s] over a floor [m2]."""
    return 1.0 / (1.0 + DRY_AIR * air_flow / area * (2.0 / FILM))


@kernel
def form_layers(u: Rows, zone: Rows, dt: float) -> None:
    """Exhaust and floor air from the room's temperature and the profile, which takes `layer_time` to form."""
    room = zone.temp
    exhaust, floor = room, 1.0
    if u.layered == LAYERED and u.supply_temp < room and u.air_flow > 0.0:
        floor = floor_share(u.air_flow / 3600.0, zone.area)
        occupied = floor + (1.0 - floor) * min(HEAD_HEIGHT / u.height, 1.0)
        exhaust = u.supply_temp + (room - u.supply_temp) / max(occupied, 0.2)
    u.exhaust_temp = exhaust + (u.exhaust_temp - exhaust) * math.exp(-dt / u.layer_time)
    u.floor_temp = room if floor == 1.0 else u.supply_temp + floor * (exhaust - u.supply_temp)
