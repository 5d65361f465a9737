"""Rooms start on the steady profile of the first day: nothing in the building gives or takes heat for days on end."""

from datetime import datetime
from typing import Any

import numpy as np
import pytest

from plant_models.building import zone as rooms
from plant_models.building.steady_start import first_day, mean_occupancy, settle_rooms
from plant_models.building.zone import Zone, give_heat
from plant_models.building.zone_sizing import zone_parameters
from plant_models.plant import build
from plant_models.weather.weather import Weather, weather
from plant_models.weather.weather_series import COLUMNS, Series
from tests.plant_models.stored import stored_energy
from twin.store import Store

FRIDAY = datetime(2026, 1, 16)  # noqa: DTZ001  (local standard time)
COLD = np.array([-7.6, 0.0, 0.0, 0.0, 0.0, 0.0])
SUNNY = np.array([2.0, 120.0, 150.0, 60.0, 20.0, 60.0])


def make(**given: float) -> tuple[Any, Any]:
    tables = Store({Zone: ["room"], Weather: ["weather"]}).tables
    for name, value in (zone_parameters(450.0, heaviness="heavy") | {"temp": 20.0} | given).items():
        tables["zone"][0][name] = value
    return tables["zone"], tables["weather"]


@pytest.mark.parametrize("day", [COLD, SUNNY], ids=["cold", "sunny"])
@pytest.mark.parametrize("share", [0.0, 0.4, 1.0])
def test_the_profile_does_not_move_while_its_day_holds(day: Any, share: float) -> None:
    """The emitter's heat is what is lost less what is gained; with it nothing changes, whatever its radiant share."""
    zones, sky = make(
        radiant_share=share, aperture_walls=3.0, aperture_east=5.0, occupied_to=8.0, radiant_to_surface=0.2
    )
    room = zones[0]
    settle_rooms(zones, sky, day)
    sky[0].outdoor_temp, sky[0].global_irradiance = day[0], day[1]
    sky[0].irradiance_south, sky[0].irradiance_west, sky[0].irradiance_north, sky[0].irradiance_east = day[2:]
    sky[0].weekday = 0.0
    profile = [room.temp, room.surface_temp, room.mass_temp, room.wall_temp]
    ventilation = 1.2 * 1014.0 * 1350.0 * 0.5 / 3600.0
    lost = ventilation * (20.0 - day[0]) + room.conductance_windows * (room.surface_temp - day[0])
    lost += room.conductance_fabric * (room.wall_temp - day[0])
    sun = room.aperture_south * day[2] + room.aperture_north * day[4] + 5.0 * day[5] + 3.0 * day[1]
    watts = lost - sun - room.gains_always - room.gains_occupied
    for _ in range(2000):
        give_heat(zones, 0, watts * 60.0)
        rooms.advance(zones, sky, 60.0)
    assert [room.temp, room.surface_temp, room.mass_temp, room.wall_temp] == pytest.approx(profile, abs=1e-6)


def test_walls_stand_between_room_and_outside() -> None:
    """At design conditions without gains: the heat through the walls is the same on both sides of their mass."""
    zones, sky = make(gains_always=0.0, gains_occupied=0.0)
    settle_rooms(zones, sky, COLD)
    room = zones[0]
    assert -7.6 < room.wall_temp < room.surface_temp < 20.0
    assert room.mass_temp == pytest.approx(room.surface_temp)
    inside = room.conductance_walls * (room.surface_temp - room.wall_temp)
    assert inside == pytest.approx(room.conductance_fabric * (room.wall_temp + 7.6))
    through_air = 450.0 * 65.0 / 25.6 * 27.6
    lost = 1.2 * 1014.0 * 1350.0 * 0.5 / 3600.0 * 27.6 + room.conductance_windows * (room.surface_temp + 7.6) + inside
    assert lost == pytest.approx(through_air, rel=1e-6), "65 W/m2 at 25.6 K by design"


def test_people_count_by_their_hours() -> None:
    zones, _ = make(occupied_from=8.0, occupied_to=18.0)
    assert mean_occupancy(zones[0], 0.0, 2.0) == pytest.approx(10.0 / 24.0)
    assert mean_occupancy(zones[0], 18.0, 4.0) == 0.0, "from Friday 18:00 on"
    assert mean_occupancy(zones[0], 12.0, 4.0) == pytest.approx(6.0 / 24.0)
    assert mean_occupancy(zones[0], 12.0, 6.0) == pytest.approx(4.0 / 24.0), "Monday morning"


def test_the_first_day_is_24_hours_or_as_far_as_the_file_goes() -> None:
    values = np.arange(49.0)[:, None] * np.ones(len(COLUMNS))
    long = Series(np.ascontiguousarray(values), 3600.0, FRIDAY, 1800.0)
    assert first_day(long)[0] == pytest.approx(0.5 + 11.9167, abs=1e-3)
    short = Series(np.ascontiguousarray(values[:3]), 3600.0, FRIDAY)
    assert first_day(short)[0] == pytest.approx(1.0)
    assert first_day(weather("beijing_heating_design_day", FRIDAY, 86400.0)) == pytest.approx([-7.6, 0, 0, 0, 0, 0])


def test_a_plant_starts_settled_and_its_walls_give_nothing() -> None:
    """Held at 20 degC on a day of -7.6 degC, rooms store as much as at the start; warm walls gave 6 % of the heat."""
    plant = build("office", FRIDAY, 86400.0, "beijing_heating_design_day")
    zones, sky = plant.store.tables["zone"], plant.store.tables["weather"]
    assert (zones.wall_temp < zones.temp - 3.0).all()
    shares = []
    for warm in (False, True):
        zones.temp = 20.0
        plant.settle()
        if warm:
            zones.mass_temp = zones.wall_temp = zones.surface_temp = 20.0
        before, given = sum(map(stored_energy, zones)), 0.0
        for minute in range(1440):
            sky[0].hour = minute / 60.0
            for k in range(len(zones)):
                watts = 25e3 + 100e3 * (20.0 - zones[k].temp)
                give_heat(zones, k, watts * 60.0)
                given += watts * 60.0
            rooms.advance(zones, sky, 60.0)
        shares.append((before - sum(map(stored_energy, zones))) / given)
    assert abs(shares[0]) < 0.01
    assert shares[1] > 0.05
