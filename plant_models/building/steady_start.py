"""Where walls, mass and surfaces of a room stand at the start: on the steady profile of the first day.

A room that starts with walls as warm as its air gives 6 to 11 % of the first winter day's heat out of the building.
So the plant begins as if the first day had always been: its mean weather and mean gains held for ever, the air held at
its start by the emitter. The closed form of the room's network (docs/decisions/0007-rooms.md), one unknown.
"""

import math
from typing import Any

import numpy as np

from plant_models.building.zone import Zone, occupancy
from plant_models.building.zone_sizing import ROOM_AIR_HEAT
from plant_models.weather.sun import Floats
from plant_models.weather.weather_series import Series
from twin.kernel import Rows, kernel

DAY = 86400.0
_INSTANTS = 144
FIRST_DAY = (
    "outdoor_temp", "global_irradiance", "irradiance_south", "irradiance_west", "irradiance_north", "irradiance_east",
)  # fmt: skip
"""What is averaged over the first day, in order."""


def first_day(series: Series) -> Floats:
    """Means of `FIRST_DAY` over the 24 hours from the start, or as far as the series goes."""
    places = (series.offset_s + np.arange(_INSTANTS) * (DAY / _INSTANTS)) / series.step_s
    places = places[places <= max(len(series.values) - 1.0, places[0])]
    rows = np.arange(len(series.values))
    means = [math.fsum(np.interp(places, rows, series.column(name)).tolist()) / len(places) for name in FIRST_DAY]
    return np.array(means, np.float64)


def settle(tables: dict[str, Any], day: Floats) -> None:
    """Put all rooms of a plant onto the steady profile of the first day; their air stays as warm as it is."""
    if Zone.table in tables:
        settle_rooms(tables[Zone.table], tables["weather"], day)


@kernel
def mean_occupancy(zone: Rows, hour: float, weekday: float) -> float:
    """People in the room by its schedule, mean of the 24 hours from that hour and weekday on."""
    people = 0.0
    for k in range(144):
        now = hour + k / 6.0
        later = now >= 24.0
        day = weekday + 1.0 if later else weekday
        people += occupancy(zone, now - 24.0 if later else now, day if day < 7.0 else 0.0)
    return people / 144.0


@kernel
def settle_rooms(zones: Rows, weather: Rows, day: Rows) -> None:
    """Surface, mass and walls of every room from its heat balances without change in time.

    day: means as `FIRST_DAY`; the shift of the weather's row is added to the outdoor temperature
    """
    sky = weather[0]
    outdoor = day[0] + sky.temp_shift
    for i in range(len(zones)):
        zone = zones[i]
        people = mean_occupancy(zone, sky.hour, sky.weekday)
        inner = zone.gains_always + zone.gains_occupied * people
        changes = zone.air_changes + zone.air_changes_occupied * people
        ventilation = ROOM_AIR_HEAT * zone.volume * changes / 3600.0
        solar = zone.aperture_south * day[2] + zone.aperture_west * day[3]
        solar += zone.aperture_north * day[4] + zone.aperture_east * day[5]
        _settle_room(zone, outdoor, ventilation, inner, solar, zone.aperture_walls * day[1])


@kernel
def _settle_room(zone: Rows, outdoor: float, ventilation: float, inner: float, solar: float, on_walls: float) -> None:
    """The steady surface temperature from the balances of surface and air, then mass and walls behind it."""
    a, w, fabric = zone.conductance_air, zone.conductance_walls, zone.conductance_fabric
    early = zone.radiant_to_surface * (0.5 * inner + solar)
    spread = 0.5 * inner + solar - early
    to_mass, to_walls = zone.radiant_to_mass * spread, (1.0 - zone.radiant_to_mass) * spread + on_walls
    behind = w + fabric
    through = w * fabric / behind if behind > 0.0 else 0.0
    out = through + zone.conductance_windows
    heat = to_mass + early + (w / behind * to_walls if behind > 0.0 else 0.0) + out * outdoor
    needed = ventilation * (zone.temp - outdoor) - 0.5 * inner
    star = zone.temp
    if zone.radiant_share > 0.999:
        star = zone.temp + needed / a if a > 0.0 else zone.temp
    elif a + out > 0.0:
        radiant = zone.radiant_share / (1.0 - zone.radiant_share)
        star = (a * zone.temp + heat + radiant * (needed + a * zone.temp)) / (a + out + radiant * a)
    zone.surface_temp = star
    zone.mass_temp = star + to_mass / zone.conductance_mass if zone.conductance_mass > 0.0 else zone.temp
    zone.wall_temp = (w * star + fabric * outdoor + to_walls) / behind if behind > 0.0 else zone.temp
    zone.operative_temp = 0.3 * zone.temp + 0.7 * star
    zone.measured_temp = zone.temp
