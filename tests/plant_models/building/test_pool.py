"""Pools: the holding load, evaporation against other formulas, winter and summer out of doors, and closed accounts."""

from typing import Any

import pytest

from plant_models.building import pool as pools
from plant_models.constants import EVAPORATION_HEAT, FUSION_HEAT
from plant_models.water.network import HEAT_CAPACITY
from plant_models.weather.psychrometrics import humidity_ratio, vapour_pressure
from tests.plant_models.stored import stored_vapour

HALL = """\
  hall: {model: Zone, area: 2000 m2, height: 8 m, design_load: 60 W/m2}
  pool: {model: Pool, hall: hall, area: 1400 m2, depth: 1.6 m}
  pump: {model: Pump, catalogue: il_80_220}
"""
POND = """\
  pool: {model: Pool, area: 800 m2, depth: 0.6 m, rated_flow: 60 m3/h, ground_conductance: 100 W/K}
  pump: {model: Pump, catalogue: il_80_220}
"""
RING = "  filter: (basin) > pump > pool > (basin)"


@pytest.fixture
def hall(plant_of: Any) -> Any:
    plant = plant_of(HALL, RING, temp=28.0)
    plant.store.row("hall").temp = plant.store.row("hall").surface_temp = plant.store.row("hall").mass_temp = 28.0
    return plant


def surface(plant: Any, temp: float) -> float:
    """Heat that the surface loses [W] at a water temperature, as it is now."""
    t = plant.store.tables
    return float(pools._surface(t["pool"][0], temp, t["zone"], t["weather"][0]))


def test_the_hall_pool_is_held_by_about_350_kw(hall: Any, validation: Any) -> None:
    """S7: 350 kW hold the temperature, make-up and walls included (docs/physics/buildings.md#pools: 0.25 kW/m2, 1400
    m2)."""
    hall.store.row("pool").fresh_water = 5.0
    room = hall.store.row("hall")  # air of 16.5 degC dew point, held by its dehumidification
    room.humidity_ratio, room.vapour_capacity = humidity_ratio(vapour_pressure(16.5)), 1e6
    hall.store.row("weather").hour = 12.0
    hall.advance(12 * 3600 + 120)
    loss = hall.store.read("pool.loss") / 1e3
    source = "docs/plants/documents.md#s7, docs/physics/buildings.md#pools"
    validation("pool of 1400 m2: heat that holds it", source, expected=350.0, got=loss, tolerance="10 %", unit="kW")
    per_hour = 350e3 * 3600 / (1400 * 1.6 * 1000 * HEAT_CAPACITY)
    assert per_hour == pytest.approx(0.134, abs=0.002), "9.4 GJ/K: 0.13 K/h"


def test_the_hall_takes_up_what_evaporates(hall: Any) -> None:
    """The pool pays the latent heat, the hall's air gets the vapour and becomes humid."""
    room, pool = hall.store.row("hall"), hall.store.row("pool")
    room.vapour_occupied = room.vapour_always = 0.0
    before, humid = stored_vapour(room), float(room.humidity)
    hall.advance(6 * 3600)
    assert room.humidity > humid + 0.2
    assert room.vapour_gained + room.incoming_vapour == pytest.approx(pool.evaporated, rel=1e-9)
    lost = room.vapour_to_outside + room.vapour_to_surfaces
    assert stored_vapour(room) - before == pytest.approx(room.vapour_gained - lost, abs=1e-6)


def test_evaporation_lies_between_the_still_and_the_public_pool_of_vdi_2089() -> None:
    """VDI 2089 gives 5 (still) and 20 (public) g/(h m2 mbar) of vapour pressure difference."""
    per_pascal = pools.film(0.1) / EVAPORATION_HEAT * 3600.0 * 1000.0 * 100.0
    assert 5.0 < 0.5 * per_pascal < 1.0 * per_pascal < 20.0
    assert 0.5 * per_pascal == pytest.approx(7.0, rel=0.05), "7 g/(h m2 mbar): unused, uncovered in VDI 2089 of 2010"


def test_convection_is_that_of_mcadams() -> None:
    """5.7 + 3.8 v W/(m2 K) over plane surfaces; the film by Bowen's ratio must lie near at usual winds."""
    for wind in (0.0, 1.0, 3.0):
        assert pools.film(wind) * pools.PSYCHROMETER == pytest.approx(5.7 + 3.8 * wind, rel=0.3)


@pytest.mark.parametrize("wind", [0.0, 2.0, 4.0])
def test_an_idle_pool_evaporates_as_open_water_does_by_penman(wind: float, validation: Any) -> None:
    """Penman 1948: 0.26 (1 + 0.54 u_2) mm a day per hPa; u_2 is 0.75 u_10, the wind at the water 0.5 u_10, F 0.74."""
    ours = 0.74 * pools.film(0.5 * wind) * 100.0 * 86400.0 / 2.45e6
    penman = 0.26 * (1.0 + 0.54 * 0.75 * wind)
    case = f"evaporation of an idle outdoor pool a day and hPa, {wind:g} m/s at 10 m"
    validation(case, "Penman 1948", expected=penman, got=ours, tolerance=0.15 * penman, unit="mm")


def test_a_pond_without_ground_comes_to_the_equilibrium_temperature_of_its_weather(
    plant_of: Any, validation: Any
) -> None:
    """Edinger's equilibrium: no net flux. 12.4 degC, dew point 4.4, 2 m/s, no sun, by other formulas than the model's.

    Evaporation by Penman, convection by Bowen's 0.61 hPa/K, sky by Swinbank (0.94e-5 T^6), clouds as in the model.
    """
    pond = plant_of(POND.replace("100 W/K", "0 W/K"), RING, temp=14.0, weather="beijing_heating_design_day")
    pool = pond.store.row("pool")
    pool.activity_idle = pool.activity_open = 0.74
    pond.store.row("weather").temp_shift = 20.0
    for _ in range(10):
        pond.advance(86400)

    def net(t: float) -> float:
        vapour = (vapour_pressure(t) - vapour_pressure(4.4)) / 100.0
        exchange = 0.26 * (1.0 + 0.54 * 1.5) * 2.45e6 / 86400.0
        clear = 0.94e-5 * 285.55**2
        sky = clear + (1.0 - clear) * 0.8 * 0.4
        long_waves = 0.95 * 5.67e-8 * ((t + 273.15) ** 4 - sky * 285.55**4)
        return exchange * (vapour + 0.61 * (t - 12.4) / 0.74) + long_waves

    low, high = 0.0, 15.0
    for _ in range(50):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if net(middle) > 0.0 else (middle, high)
    case = "equilibrium temperature of a pond at 12.4 degC, dew point 4.4 degC, 2 m/s, no sun"
    validation(case, "Edinger, Penman, Swinbank", expected=low, got=float(pool.temp), tolerance=0.7, unit="degC")
    assert abs(pool.loss) < 1e3


def test_dew_falls_on_cold_water(plant_of: Any) -> None:
    """Water at 18 degC in air of 23.9 degC dew point: 900 Pa the other way, as much heat as from warm water."""
    pond = plant_of(POND, RING, start="2026-07-15", temp=18.0, weather="beijing_summer_design_day")
    pond.advance(3600)
    pool = pond.store.row("pool")
    expected = 800.0 * 0.5 * pools.film(1.0) * (vapour_pressure(pool.temp) - vapour_pressure(23.9))
    assert pool.evaporation * EVAPORATION_HEAT / 3600.0 == pytest.approx(expected, rel=0.02)
    assert pool.evaporation < -20.0
    closes(pond, 18.0)


def test_a_cover_a_crowd_and_a_torn_cover(hall: Any) -> None:
    row = hall.store.row("pool")
    hall.store.row("weather").hour = 12.0
    surface(hall, 28.0)
    in_use = float(row.evaporation)
    row.fault_crowd = 1.0
    surface(hall, 28.0)
    assert row.evaporation == pytest.approx(1.67 * in_use)
    row.fault_crowd, row.cover_cmd = 0.0, 1.0
    surface(hall, 28.0)
    assert row.evaporation == pytest.approx(0.05 * in_use)
    row.fault_cover = 1.0
    surface(hall, 28.0)
    assert row.evaporation == in_use


def test_a_clear_winter_sky_is_20_k_colder_than_the_air() -> None:
    """Brunt's sky over dry air at -5 degC radiates as a body of -25..-15 degC: 70..110 W/m2 less than the ground."""
    assert 70.0 < pools.sky_loss(-5.0, -5.0, -12.0, 0.0) < 110.0
    assert pools.sky_loss(-5.0, -5.0, -12.0, 1.0) < 0.35 * pools.sky_loss(-5.0, -5.0, -12.0, 0.0)


def closes(plant: Any, before: float) -> None:
    """Energy and water accounts of the pool, and of the plant."""
    pool, water = plant.store.row("pool"), plant.store.row("pool/passage")
    gained = water.mass * HEAT_CAPACITY * (water.temp - before)
    pumped = plant.store.row("pump").energy * plant.store.row("pump").heat_share
    heat = -pool.lost_energy + FUSION_HEAT * pool.ice + pumped
    assert gained == pytest.approx(heat, abs=1e-9 * pool.lost_energy + 1e5)
    level = pool.made_up + pool.rained - pool.evaporated / 1000.0 - pool.leaked - pool.overflowed
    assert pool.level * pool.area == pytest.approx(level, abs=1e-6)
    assert plant.balance()["energy_residual"] < 1e-6


def test_a_pond_freezes_in_january_and_the_ice_carries_the_latent_heat(plant_of: Any) -> None:
    """Stefan: 3.5 cm/sqrt(K d) x sqrt(120 K d) is 0.4 m of ice in 30 days at -4 degC: the most it can be."""
    pond = plant_of(POND, RING, temp=2.0)
    for day in range(30):
        pond.advance(86400)
        if day == 0:
            assert pond.store.read("pool.temp") < 2.0
    pool = pond.store.row("pool")
    assert pool.alarm_ice == 1.0
    assert 0.03 < pool.ice_thickness < 0.4
    assert -0.01 < pool.temp < 1.0
    closes(pond, 2.0)
    pond.store.row("weather").temp_shift = 25.0
    for _ in range(60):
        pond.advance(86400)
    assert pool.ice == 0.0
    assert pool.temp > 0.0


def test_a_pond_gets_warm_in_summer_until_algae_grow(plant_of: Any) -> None:
    pond = plant_of(POND, RING, start="2026-06-25", temp=22.0)
    for _ in range(25):
        pond.advance(86400)
    assert 22.0 < pond.store.read("pool.temp") < 32.0
    assert pond.store.read("pool.alarm_algae") == 1.0
    closes(pond, 22.0)


@pytest.mark.parametrize(
    ("fault", "value", "seen"),
    [
        ("fault_leak", 20.0, lambda p: p.alarm_level == 1.0),
        ("fault_float_open", 1.0, lambda p: p.overflowed > 50.0 and p.loss > 300e3),
        ("fault_float_shut", 1.0, lambda p: p.level < -5e-4 and p.made_up == 0.0),
        ("fault_flow_switch", 1.0, lambda p: p.flow_ok == 1.0),
        ("", 0.0, lambda p: abs(p.level) < 6e-3 and p.flow_ok == 0.0 and p.alarm_level == 0.0),
    ],
)
def test_faults_of_the_basin(hall: Any, fault: str, value: float, seen: Any) -> None:
    pool = hall.store.row("pool")
    if fault:
        pool[fault] = value
    hall.advance(12 * 3600)
    assert seen(pool)


def test_saturated_air_takes_no_water(hall: Any) -> None:
    hall.store.row("hall").dew_point = 28.0
    surface(hall, 28.0)
    assert hall.store.read("pool.evaporation") == pytest.approx(0.0, abs=1e-6)
    assert vapour_pressure(28.0) == pytest.approx(3783.0, rel=0.003)
