"""The reference controller through winter, summer and the change between them, in a whole office."""

from typing import Any

import numpy as np
import pytest

UNITS = ("hp_1", "hp_2")
PUMPS = ("source_pump_1", "source_pump_2", "load_pump_1", "load_pump_2")
POSITIONS = tuple(f"v{number}.position" for number in range(1, 9))
ZONES = tuple(f"zone_{number}.temp" for number in range(1, 9))
CHANGE = (*POSITIONS, *(f"{pump}.running" for pump in PUMPS), *(f"{unit}.running" for unit in UNITS),
          "panel.season", "panel.alarm_changeover", "panel.alarm")  # fmt: skip


def no_complaints(office: Any) -> None:
    """No unit tripped, was asked to start within its minimum off time, or stopped within its minimum on time."""
    for unit in UNITS:
        assert office.read(f"{unit}.retries") == 0.0
        assert office.read(f"{unit}.refused_starts") == 0.0
        assert office.read(f"{unit}.short_runs") == 0.0
        assert office.read(f"{unit}.frozen") == 0.0
    assert office.plant.balance()["failures"] == 0.0


def curve(outdoor: Any) -> Any:
    """50 degC at -7.6, 35 degC at +10 (docs/sequences/sources.md#weather-curve)."""
    return np.interp(outdoor, [-7.6, 10.0], [50.0, 35.0])


def test_winter_day_from_cold_water_to_steady_operation(office: Any) -> None:
    watch = (*ZONES, "load_meter.supply_temp", "weather.outdoor_temp", "hp_1.running", "hp_2.running", "panel.alarm",
             "hp_1.starts_last_hour", "hp_2.starts_last_hour", *POSITIONS)  # fmt: skip
    plant = office("reference", "2026-01-15", watch=watch)
    for number in range(1, 9):
        plant.set(**{f"zone_{number}__temp": 19.0, f"zone_{number}__mass_temp": 19.0})
    plant.run(24)
    no_complaints(plant)
    assert plant.first("hp_1.running", lambda on: on > 0.5) < 900.0  # valves, pumps, flow proof, start sequence
    assert plant.first("hp_2.running", lambda on: on > 0.5) < 2700.0  # 15 - 45 min of full load
    steady = plant.times > 4 * 3600.0
    off_curve = (plant.at("load_meter.supply_temp") - curve(plant.at("weather.outdoor_temp")))[steady]
    assert abs(off_curve.mean()) < 1.0
    assert np.abs(off_curve).max() < 5.0
    for zone in ZONES:
        assert plant.at(zone)[steady].min() > 18.8
        assert plant.at(zone)[steady].max() < 21.2
    assert plant.at("panel.alarm").max() == 0.0
    assert max(plant.at(f"{unit}.starts_last_hour").max() for unit in UNITS) <= 3.0
    assert [plant.read(path) for path in POSITIONS] == [1.0, 0.0] * 4
    assert plant.read("panel.season") == 1.0


def test_summer_design_days_keep_the_rooms_cool(office: Any) -> None:
    watch = (*ZONES, "load_meter.supply_temp", "panel.alarm", "hp_1.evaporator_leaving_temp")
    plant = office("reference", "2026-07-15", "beijing_summer_design_day", watch=watch)
    plant.set(panel__season_selector=2.0)
    for number in range(1, 9):
        plant.set(**{f"zone_{number}__{node}_temp": 26.0 for node in ("surface", "mass", "wall")})
        plant.set(**{f"zone_{number}__temp": 26.0})
    plant.run(36)
    no_complaints(plant)
    steady = plant.times > 3 * 3600.0
    for zone in ZONES:
        assert plant.at(zone)[steady].min() > 23.0
        assert plant.at(zone)[steady].max() < 26.0
    assert plant.at("panel.alarm").max() == 0.0
    assert 6.0 < plant.at("load_meter.supply_temp")[steady].mean() < 10.5
    assert [plant.read(path) for path in POSITIONS] == [0.0, 1.0] * 4
    assert plant.read("hp_1.mode_cmd") == 1.0
    assert plant.read("panel.season") == 2.0


@pytest.fixture(params=["no demand", "running"])
def spring(office: Any, request: pytest.FixtureRequest) -> Any:
    """The office in winter operation, just before the season is changed; a unit that runs has seen out 10 min.

    A unit that its own thermostat has just started again is stopped by the change before its minimum on time.
    """
    plant = office("reference", "2026-04-05", watch=CHANGE)
    plant.run(2)
    if request.param == "running":
        plant.set(weather__temp_shift=-12.0)
        plant.run(1)
        while any(0.0 < plant.read(f"{unit}.on_time") * plant.read(f"{unit}.running") < 600.0 for unit in UNITS):
            plant.run(1 / 60)
        assert plant.read("hp_1.running") + plant.read("hp_2.running") > 0.0
    return plant


def test_seasonal_changeover_takes_its_steps_in_order(spring: Any) -> None:
    start = spring.now
    spring.set(panel__season_selector=2.0, weather__temp_shift=14.0)
    spring.run(1.2)
    done = spring.first("panel.season", lambda season: season == 2.0, after=start) - start
    assert 600.0 <= done <= 2700.0
    pumping = np.sum([spring.at(f"{pump}.running") for pump in PUMPS], axis=0) > 0.0
    assert not (spring.overlaps() & pumping).any()
    changing = (spring.times > start) & (spring.times < start + done)
    moving = changing & (spring.at("v1.position") < 0.99) & (spring.at("v2.position") < 0.99)
    assert moving.any()
    assert not (pumping & moving).any()
    compressors = spring.at("hp_1.running") + spring.at("hp_2.running")
    assert compressors[changing & (spring.times > start + 700.0)].max() == 0.0  # 600 s on may have to be seen out
    assert compressors[moving].max() == 0.0
    assert spring.at("panel.alarm").max() == 0.0
    assert [spring.read(path) for path in POSITIONS] == [0.0, 1.0] * 4
    no_complaints(spring)


def test_the_units_cool_after_the_change(office: Any) -> None:
    plant = office("reference", "2026-07-01", watch=("hp_1.running", "hp_2.running", "hp_1.cooling_capacity"))
    plant.run(1)
    for number in range(1, 9):
        plant.set(**{f"zone_{number}__{node}_temp": 26.0 for node in ("surface", "mass", "wall")})
        plant.set(**{f"zone_{number}__temp": 26.0})
    start = plant.now
    plant.set(panel__season_selector=2.0)
    plant.run(3)
    released = start + 2700.0
    running = plant.at("hp_1.running") + plant.at("hp_2.running")
    assert running[(plant.times > start + 60.0) & (plant.times < start + 1200.0)].max() == 0.0
    assert running[plant.times > released].max() >= 1.0
    assert plant.read("load_meter.supply_temp") < 13.0
    no_complaints(plant)


@pytest.mark.parametrize(("valve", "fault"), [("v3", "fault_stuck_at"), ("v4", "fault_stuck_at"),
                                              ("v1", "fault_closed_switch"), ("v8", "fault_open_switch")])  # fmt: skip
def test_a_valve_that_does_not_arrive_breaks_the_change_off(office: Any, valve: str, fault: str) -> None:
    plant = office("reference", "2026-04-05", watch=(*CHANGE, f"{valve}.open_cmd"))
    plant.run(2)
    winter_valve = valve in ("v1", "v3")
    plant.set(panel__season_selector=2.0)
    plant.set(**{f"{valve}__{fault}": 0.5 if fault == "fault_stuck_at" else 1.0})
    start = plant.now
    plant.run(2)
    ordered = plant.first(f"{valve}.open_cmd", lambda cmd: cmd == (0.0 if winter_valve else 1.0), after=start)
    alarm = plant.first("panel.alarm_changeover", lambda on: on > 0.5, after=start)
    assert 0.0 < alarm - ordered <= 180.0
    after = plant.times > ordered
    for name in (*PUMPS, *UNITS):
        assert plant.at(f"{name}.running")[after].max() == 0.0
    assert plant.read("panel.season") == 3.0

    plant.set(**{f"{valve}__{fault}": 0.0}, panel__alarm_reset=1.0)
    plant.run(0.05)
    plant.set(panel__alarm_reset=0.0)
    plant.run(1)
    assert plant.read("panel.season") == 2.0
    assert plant.read("panel.alarm_changeover") == 0.0


def test_season_off_stops_everything_after_the_overrun(office: Any) -> None:
    watch = ("hp_1.running", "load_pump_1.running", "load_pump_2.running", "source_meter.flow")
    plant = office("reference", "2026-01-15", watch=watch)
    plant.run(1)
    start = plant.now
    plant.set(panel__season_selector=0.0)
    plant.run(0.5)
    stopped = plant.first("hp_1.running", lambda on: on < 0.5, after=start)
    still = plant.first("source_meter.flow", lambda flow: flow < 1.0, after=start)
    assert 120.0 <= still - stopped <= 300.0
    assert plant.read("panel.season") == 0.0
    assert plant.read("fan_coil_1.mode_cmd") == 0.0
    no_complaints(plant)
