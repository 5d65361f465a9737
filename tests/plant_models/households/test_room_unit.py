"""Room units: the rating points of the catalogue, thermostat and valve, protections and faults
(docs/physics/heat-pumps.md#room-units)."""

import pytest

from plant_models.catalogue import catalogue
from plant_models.households.room_unit import RoomUnit, carnot_efficiency, perform
from plant_models.households.states import ALARMS, STATES
from plant_models.water.network import HEAT_CAPACITY
from twin.store import Store

RATED = {"dnv_i_56": 3.73, "dnw_i_35_35": 3.70, "dnv_i_75": 3.80, "dnv_i_280an8": 3.33}
"""COP of each set (docs/physics/heat-pumps.md#room-units)."""


def unit(item="dnv_i_56", **points):
    row = Store({RoomUnit: ["unit"]}).row("unit")
    for name, value in (catalogue("room_units", item) | points).items():
        row[name] = value
    row.rated_cooling = 0.9 * row.rated_heating
    row.efficiency = carnot_efficiency(row)
    row.speed = points.get("speed", 1.0)
    return row


def settled(row, room, water, flow=None, ratio=0.0104):
    for _ in range(50):
        perform(row, room, ratio, water, row.rated_flow if flow is None else flow, water)
    return row


@pytest.mark.parametrize(("item", "cop"), RATED.items())
def test_rating_points(item, cop, validation):
    row = settled(unit(item), 20.0, 10.0)
    assert row.capacity == pytest.approx(row.rated_heating, rel=1e-12)
    assert row.power == pytest.approx(row.rated_power, rel=1e-9)
    validation(f"room unit {item}, water 10 degC, room 20 degC: COP", "docs/plants/documents.md#s5",
               expected=cop, got=row.capacity / row.power, tolerance=0.005)  # fmt: skip
    assert row.source_heat == row.capacity - row.power
    fall = row.source_heat / (row.rated_flow * HEAT_CAPACITY)
    assert row.leaving_temp == pytest.approx(10.0 - fall, abs=1e-6)
    assert fall == pytest.approx(3.0 if item == "dnv_i_280an8" else 3.9, abs=0.05)


def test_capacity_follows_the_linear_map():
    rated = settled(unit(), 20.0, 10.0).capacity
    assert settled(unit(), 20.0, 14.0).capacity / rated == pytest.approx(1.10)
    assert settled(unit(), 25.0, 10.0).capacity / rated == pytest.approx(0.97)


def test_cooling_is_the_mirror_image():
    row = settled(unit(heating=0.0), 27.0, 25.0)
    assert row.capacity == pytest.approx(-row.rated_cooling)
    assert row.source_heat == pytest.approx(row.capacity - row.power), "the water takes the electricity too"
    assert row.leaving_temp > 25.0
    assert 3.5 < -row.capacity / row.power < 6.5
    assert settled(unit(heating=0.0), 27.0, 15.0).capacity < row.capacity, "colder water, more cooling"


def test_part_load_is_more_efficient_than_full_load():
    full, part = settled(unit(), 20.0, 10.0), settled(unit(speed=0.4), 20.0, 10.0)
    assert part.capacity == pytest.approx(0.4 * full.capacity)
    assert 1.1 < (part.capacity / part.power) / (full.capacity / full.power) < 1.7


def test_a_cold_room_is_heated_and_the_valve_closes_with_the_compressor(house):
    at = house(room=19.0).run(2 * 3600)
    unit = at.units[0]
    assert unit.starts >= 1.0
    assert unit.running == unit.valve_open == 1.0
    assert 0.2 <= unit.speed < 1.0, "the inverter has come down to what the room loses"
    assert abs(unit.room_temp - 20.0) < 0.6
    unit.enable_cmd = 0.0
    at.run(3)
    assert unit.running == unit.valve_open == unit.power == unit.capacity == 0.0
    assert STATES.names[int(unit.status_code)] == "off"


def test_minimum_off_time_is_kept(house):
    at = house(room=18.0).run(200)
    unit = at.units[0]
    assert unit.running == 1.0
    unit.temp_sp = 24.0
    unit.enable_cmd = 0.0
    at.run(10)
    unit.enable_cmd = 1.0
    at.run(165)
    assert (unit.running, unit.calling, STATES.names[int(unit.status_code)]) == (0.0, 1.0, "waiting")
    at.run(20)
    assert unit.running == 1.0


def test_an_on_off_unit_switches_within_its_hysteresis(house):
    at = house(room=20.0, more=", drive: on_off").run(3600)
    seen = []
    for _ in range(180):
        at.run(60)
        seen.append((at.units[0].speed, at.zones[0].temp))
    assert {speed for speed, _ in seen} <= {0.0, 1.0}
    assert {0.0, 1.0} <= {speed for speed, _ in seen}
    assert 19.0 < min(temp for _, temp in seen) < max(temp for _, temp in seen) < 21.5


def test_cooling_cools_the_room_and_warms_the_water(house):
    at = house(room=28.0, water=18.0)
    for unit in at.units:
        unit.mode_cmd, unit.temp_sp = 2.0, 25.0
    at.run(100)
    assert at.units[0].capacity < 0.0
    assert at.house.heat < 0.0
    assert at.house.leaving_temp > at.house.entering_temp
    assert at.zones[0].temp < 28.0
    assert at.house.energy_cooling > 0.0
    assert at.house.energy_heating == 0.0


def stopped(at, code):
    unit = at.units[0]
    assert ALARMS.names[int(unit.alarm_code)] == code
    assert unit.alarm == 1.0
    assert unit.running == 0.0


def test_lost_flow_stops_within_the_delay_and_starts_again_after_the_minimum_off_time(house):
    at = house(room=18.0).run(300)
    at.pump.enable_cmd = 0.0
    at.run(35)
    stopped(at, "flow")
    at.pump.enable_cmd = 1.0
    at.run(260)
    assert at.units[0].running == 1.0
    at.run(700)
    assert at.units[0].alarm == 0.0, "a sound run ends the alarm"


def test_a_stuck_valve_lets_no_unit_start(house):
    at = house(room=18.0)
    at.units[0].valve_stuck = 1.0
    at.run(300)
    stopped(at, "flow")
    assert at.units[1].running == 1.0


def test_cold_water_unloads_in_stages_then_stops_and_comes_back(house):
    at = house(room=16.0, water=7.0).run(400)
    unit = at.units[0]
    assert unit.warning_low_source == 1.0
    assert unit.speed <= 0.5
    colder = house(room=16.0, water=4.3).run(400)
    unit = colder.units[0]
    stopped(colder, "low_source")
    assert unit.calling == 1.0, "it asks for water, to see whether it is warm enough again"
    colder.run(3600)
    assert unit.running == 0.0
    colder.plant.store.row("tank").layers[:] = 9.0
    colder.run(600)
    assert unit.running == 1.0
    assert unit.locked == 0.0


def test_freezing_locks_out_until_the_reset(house):
    at = house(room=16.0, water=2.5).run(300)
    stopped(at, "freeze")
    at.plant.store.row("tank").layers[:] = 10.0
    at.run(1200)
    assert at.units[0].running == 0.0
    for unit in at.units:
        unit.reset_cmd = 1.0
    at.run(300)
    assert at.units[0].running == 1.0


def test_water_freezing_inside_is_damage_for_good(house):
    at = house(room=16.0).run(300)
    at.passage.temp = -2.0
    at.run(2)
    assert STATES.names[int(at.units[0].status_code)] == "frozen"
    at.units[0].reset_cmd = 1.0
    at.run(600)
    assert at.units[0].frozen == 1.0
    assert at.units[0].running == 0.0


def test_three_stops_by_the_compressor_lock_the_unit_out(house):
    at = house(room=17.0)
    at.units[0].compressor_failed = 1.0
    at.run(900)
    stopped(at, "compressor")
    assert at.units[0].locked == 1.0
    assert at.units[0].starts == 3.0
    assert at.units[0].calling == 0.0


@pytest.mark.parametrize(("fault", "code"), [("refrigerant_leak", "low_pressure"), ("filter_blocked", "high_pressure")])
def test_a_grave_fault_ends_in_its_protection(house, fault, code):
    at = house(room=16.0 if code == "low_pressure" else 27.0)
    for unit in at.units:
        unit[fault] = 0.9 if code == "low_pressure" else 1.0
        unit.dirty_coil = 0.0 if code == "low_pressure" else 1.0
        unit.temp_sp = 32.0
    at.run(300)
    stopped(at, code)


@pytest.mark.parametrize("fault", ["filter_blocked", "dirty_coil", "refrigerant_leak"])
def test_what_soils_costs_capacity_and_efficiency(fault):
    sound, faulty = settled(unit(), 20.0, 10.0), settled(unit(**{fault: 0.5}), 20.0, 10.0)
    assert faulty.capacity < sound.capacity
    assert faulty.capacity / faulty.power < sound.capacity / sound.power


def test_a_blocked_strainer_takes_water_and_temperature(house):
    at = house(room=17.0)
    at.units[0].low_flow = 0.4
    at.run(300)
    assert at.units[0].water_flow < 0.75 * at.units[1].water_flow
    assert at.units[0].leaving_temp < at.units[1].leaving_temp


@pytest.mark.parametrize(("given", "used"), [(45.0, 32.0), (-3.0, 16.0), (21.5, 21.5)])
def test_set_points_out_of_range_are_clamped(house, given, used):
    at = house()
    at.units[0].remote_sp = given
    at.run(3)
    assert at.units[0].used_sp == used


def test_a_thermostat_that_reads_too_high_leaves_the_room_cold(house):
    at = house(room=19.0)
    at.units[0].sensor_offset = 3.0
    at.run(6 * 3600)
    assert at.zones[0].temp < at.zones[1].temp - 1.5
