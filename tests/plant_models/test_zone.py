"""Rooms against closed forms, an independent integrator and ISO 13790's own algebra."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from plant_models import zone as rooms
from plant_models.sun import Floats
from plant_models.weather import Weather
from plant_models.zone import Zone, give_heat, stored_energy, zone_parameters
from twin.errors import InputError
from twin.store import Store


def make(outdoor: float = -7.6, **parameters: float) -> tuple[Any, Any]:
    """One room and its weather: Monday 00:00, constant outdoors, no gains unless given."""
    tables = Store({Zone: ["room"], Weather: ["weather"]}).tables
    room = tables["zone"][0]
    room.gains_always = room.gains_occupied = 0.0
    for name, value in parameters.items():
        room[name] = value
    tables["weather"][0].outdoor_temp = outdoor
    return tables["zone"], tables["weather"]


def network(room: Any, ventilation: float) -> tuple[Floats, Floats]:
    """A and the gain of the outdoor temperature, set up anew from the three heat balances of physics.md 1.14."""
    h_is, h_ms, h_w, h_em = (
        room.conductance_air, room.conductance_mass, room.conductance_windows, room.conductance_fabric,
    )  # fmt: skip
    full = np.array([[-h_is - ventilation, h_is, 0.0], [h_is, -h_is - h_ms - h_w, h_ms], [0.0, h_ms, -h_ms - h_em]])
    outside = np.array([ventilation, h_w, h_em])
    keep, drop = [0, 2], [1]
    inner = full[np.ix_(keep, drop)] / full[1, 1]
    reduced = full[np.ix_(keep, keep)] - inner @ full[np.ix_(drop, keep)]
    forced = outside[keep] - (inner * outside[1])[:, 0]
    capacity = np.array([room.capacity_air, room.capacity_mass])
    return reduced / capacity[:, None], forced / capacity


@pytest.mark.parametrize("dt", [1.0, 7.0, 60.0, 600.0, 3600.0, 14400.0])
def test_one_resistance_one_capacity_after_four_hours(dt: float) -> None:
    ventilation = 150.0
    table, sky = make(
        capacity_air=5e6, conductance_air=0.0, conductance_windows=0.0, volume=100.0,
        air_changes=ventilation * 3600.0 / rooms.AIR_HEAT / 100.0, step_s=dt,
    )  # fmt: skip
    passed = 0.0
    while passed < 14400.0 - 1e-6:
        rooms.advance(table, sky, dt)
        passed += dt
    exact = -7.6 + 27.6 * math.exp(-passed * 150.0 / 5e6)
    assert table[0].temp == pytest.approx(exact, abs=1e-9)
    if passed == 14400.0:
        assert table[0].temp == pytest.approx(10.318, abs=5e-4), "physics.md 3.7"


@pytest.mark.parametrize("step", [60.0, 3600.0])
def test_a_step_agrees_with_an_independent_integrator(step: float) -> None:
    table, sky = make(3.0, temp=24.0, mass_temp=19.0, step_s=step, **zone_parameters(450.0, heaviness="heavy"))
    table[0].gains_always = table[0].gains_occupied = 0.0
    watts = 9000.0
    a, outside = network(table[0], rooms.AIR_HEAT * 1350.0 * 0.5 / 3600.0)
    forced = outside * 3.0 + np.array([watts / table[0].capacity_air, 0.0])
    x = np.array([24.0, 19.0])
    count = 3000
    h = 10.0 * step / count
    for _ in range(count):
        k1 = a @ x + forced
        k2 = a @ (x + 0.5 * h * k1) + forced
        k3 = a @ (x + 0.5 * h * k2) + forced
        k4 = a @ (x + h * k3) + forced
        x = x + h / 6.0 * (k1 + 2 * k2 + 2 * k3 + k4)
    for _ in range(10):
        give_heat(table, 0, watts * step)
        rooms.advance(table, sky, step)
    assert [table[0].temp, table[0].mass_temp] == pytest.approx(x, abs=1e-8)


def test_energy_closes_to_rounding_while_everything_changes() -> None:
    table, sky = make(5.0, radiant_share=0.4, air_changes_occupied=1.5, **zone_parameters(450.0, heaviness="heavy"))
    rng = np.random.default_rng(7)
    start = stored_energy(table[0])
    for k in range(20000):
        sky[0].outdoor_temp = rng.uniform(-15.0, 35.0)
        sky[0].irradiance_south = rng.uniform(0.0, 900.0)
        sky[0].hour, sky[0].weekday = (k / 60.0) % 24.0, (k // 1440) % 7
        table[0].window_open = float(k % 777 < 100)
        give_heat(table, 0, rng.uniform(-20e3, 40e3) * 10.0)
        rooms.advance(table, sky, 10.0)
    room = table[0]
    left = stored_energy(room) - start - (room.heat_from_emitter + room.gains - room.heat_to_outside)
    assert abs(left) <= 1e-9 * (abs(room.heat_from_emitter) + room.gains + abs(room.heat_to_outside))
    assert room.gains > 0.0
    assert abs(room.heat_to_outside) > 1e8


def test_nothing_happens_between_steps_and_heat_is_spent_as_its_mean() -> None:
    table, sky = make()
    before = table.copy()
    for _ in range(59):
        give_heat(table, 0, 500.0)
        rooms.advance(table, sky, 1.0)
    assert table[0].temp == before[0].temp
    assert table[0].incoming == 59 * 500.0
    give_heat(table, 0, 500.0)
    rooms.advance(table, sky, 1.0)
    assert table[0].incoming == 0.0
    assert table[0].heat == pytest.approx(500.0)
    at_once, _ = make()
    give_heat(at_once, 0, 30000.0)
    rooms.advance(at_once, sky, 60.0)
    assert at_once[0].temp == pytest.approx(table[0].temp, abs=1e-12)


@pytest.mark.parametrize(
    ("area", "load", "heaviness"), [(20.0, 70.0, "medium"), (450.0, 65.0, "heavy"), (30.0, 90.0, "light")]
)
def test_the_design_load_holds_the_design_temperature(area: float, load: float, heaviness: str) -> None:
    parameters = zone_parameters(area, design_load=load, heaviness=heaviness)
    table, sky = make(-7.6, step_s=86400.0, temp=10.0, mass_temp=10.0, **parameters)
    table[0].gains_always = table[0].gains_occupied = 0.0
    for _ in range(200):
        give_heat(table, 0, area * load * 86400.0)
        rooms.advance(table, sky, 86400.0)
    assert table[0].temp == pytest.approx(18.0, abs=1e-6)
    if area == 20.0:
        assert area * load / 25.6 == pytest.approx(55.0, abs=0.5), "village room of physics.md 1.14"


def test_the_cold_snap_of_2016_at_design_capacity_ends_where_physics_says(validation: Any) -> None:
    """physics.md 4.3: at exactly the design capacity and -14.2 degC the room settles at 11.4 degC."""
    table, sky = make(-14.2, step_s=86400.0, **zone_parameters(20.0, design_load=70.0))
    table[0].gains_always = table[0].gains_occupied = 0.0
    for _ in range(100):
        give_heat(table, 0, 1400.0 * 86400.0)
        rooms.advance(table, sky, 86400.0)
    case = "zone at its design capacity, -14.2 degC outdoors: steady air"
    validation(case, "physics.md 4.3", expected=11.4, got=table[0].temp, tolerance=0.01, unit="degC")


def test_an_open_window_cools_the_air_within_minutes_and_not_the_mass() -> None:
    table, sky = make(-7.6, temp=20.0, mass_temp=20.0)
    shut, _ = make(-7.6, temp=20.0, mass_temp=20.0)
    table[0].window_open = 1.0
    for _ in range(30):
        rooms.advance(table, sky, 60.0)
        rooms.advance(shut, sky, 60.0)
    assert table[0].update_ventilation == pytest.approx(10.0 * shut[0].update_ventilation), "0.5 to 5 changes an hour"
    assert shut[0].temp - table[0].temp > 3.0
    assert shut[0].mass_temp - table[0].mass_temp < 1.0


def test_a_sensor_in_the_sun_misleads_the_thermostat_only() -> None:
    table, sky = make(20.0)
    table[0].sensor_in_sun = 1.0
    rooms.advance(table, sky, 60.0)
    assert table[0].measured_temp == pytest.approx(table[0].temp + 3.0)
    assert table[0].temp == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("hour", "weekday", "first", "last", "only", "people"),
    [
        (7.99, 0, 8, 18, 1, 0.0), (8.0, 0, 8, 18, 1, 1.0), (17.99, 4, 8, 18, 1, 1.0), (18.0, 4, 8, 18, 1, 0.0),
        (12.0, 5, 8, 18, 1, 0.0), (12.0, 6, 8, 18, 0, 1.0), (3.0, 6, 17, 7, 0, 1.0), (12.0, 2, 17, 7, 0, 0.0),
        (23.0, 6, 0, 0, 0, 1.0),
    ],
)  # fmt: skip
def test_people_come_by_hour_and_weekday(
    hour: float, weekday: float, first: float, last: float, only: float, people: float
) -> None:
    table, sky = make(20.0, occupied_from=first, occupied_to=last, weekdays_only=only, gains_occupied=100.0)
    sky[0].hour, sky[0].weekday = hour, weekday
    rooms.advance(table, sky, 60.0)
    assert table[0].occupancy == people
    gained = table[0].gains
    table[0].occupancy_surge = 1.0
    rooms.advance(table, sky, 60.0)
    assert table[0].occupancy == people + 2.0
    assert table[0].gains > gained + 60.0 * 150.0


def test_the_plant_file_sizes_a_room_by_its_facades() -> None:
    sized = Zone.size({"area": 100.0, "window_west": 12.0, "heaviness": "heavy", "window_g": 0.5})
    assert sized["aperture_west"] == pytest.approx(6.0)
    assert sized["aperture_south"] == 0.0
    assert sized["capacity_mass"] == pytest.approx(26e6)
    assert {name for name in sized if name not in Zone.points} == set()
    for name, value in zone_parameters(20.0).items():
        assert Zone.points[name].default == pytest.approx(value, rel=1e-3), name


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"heaviness": "havy"}, "did you mean 'heavy'"),
        ({"windows": {"souht": 2.0}}, "did you mean 'south'"),
        ({"windows": {"south": 40.0}}, "leaves no share for the walls"),
        ({"design_load": 5.0}, "leaves no share for the walls"),
        ({"height": -1.0}, "must be positive"),
    ],
)
def test_a_room_that_cannot_be_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        zone_parameters(20.0, **given)


TRAJECTORY = """
import hashlib
from plant_models import zone as rooms
from plant_models.sun import Floats
from plant_models.weather import Weather
from plant_models.weather import Weather, advance_weather, set_up, weather
from twin.store import Store
from datetime import datetime
store = Store({rooms.Zone: ["a", "b"], Weather: ["w"]})
zones, sky = store.tables["zone"], store.tables["weather"]
series = weather("beijing_january_2016_shape", datetime(2016, 1, 21, 5, 30), 2 * 86400.0)
set_up(sky[0], series)
for name, value in rooms.zone_parameters(450.0, heaviness="heavy").items():
    zones[1][name] = value
for k in range(4000):
    advance_weather(sky, series.values, 10.0)
    rooms.give_heat(zones, k % 2, 12345.6 + k)
    zones[0].window_open = float(k > 3000)
    rooms.advance(zones, sky, 10.0)
print(hashlib.sha256(store.values.tobytes()).hexdigest())
"""


def test_compiled_and_plain_python_give_the_same_bits(printed_both_ways: Callable[[str], set[str]]) -> None:
    digests = printed_both_ways(TRAJECTORY)
    assert len(digests) == 1
