"""The start sequence, the timers and the staging against the figures of docs/physics/heat-pumps.md#sequence."""

from typing import Any

import pytest

from plant_models.heat_pump.states import OFF, PRE, RUN, START, STOPPING


def running(unit: Any) -> bool:
    return bool(unit.running > 0.5)


def stopped(unit: Any) -> bool:
    return bool(unit.running < 0.5)


def started(rig: Any, **parameters: float) -> Any:
    bench = rig(**parameters)
    bench.unit.enable_cmd, bench.unit.leaving_temp_sp = 1.0, 60.0
    bench.until(running)
    return bench


def test_start_proves_flow_and_stop_keeps_the_pumps_running(rig: Any) -> None:
    bench = rig()
    unit = bench.unit
    assert (unit.state, unit.pump_request) == (OFF, 0.0)
    unit.enable_cmd, unit.leaving_temp_sp = 1.0, 60.0
    bench.tick()
    assert (unit.state, unit.pump_request, unit.running) == (PRE, 1.0, 0.0)
    assert bench.until(running) == 20.0
    assert (unit.state, unit.stage, unit.starts) == (START, 1.0, 1.0)
    assert bench.until(lambda u: u.state == RUN) == 15.0
    unit.enable_cmd = 0.0
    bench.tick()
    assert (unit.state, unit.running, unit.pump_request, unit.stage) == (STOPPING, 0.0, 1.0, 0.0)
    assert bench.until(lambda u: u.state == OFF) == 60.0
    assert unit.pump_request == 0.0
    assert unit.run_hours == pytest.approx(15.0 / 3600.0, abs=1.1 / 3600.0)


def test_no_start_before_flow_is_proven(rig: Any) -> None:
    bench = rig()
    bench.unit.enable_cmd, bench.unit.leaving_temp_sp = 1.0, 60.0
    bench.flow(1.0, 0.5)
    bench.run(100.0)
    assert (bench.unit.state, bench.unit.condenser_flow_ok) == (PRE, 0.0)
    bench.flow(1.0, 0.61)
    assert bench.until(running) <= 2.0


def test_water_running_backwards_proves_no_flow(rig: Any) -> None:
    bench = rig()
    bench.unit.enable_cmd, bench.unit.leaving_temp_sp = 1.0, 60.0
    bench.flow(-1.0, 1.0)
    bench.run(60.0)
    assert (bench.unit.state, bench.unit.evaporator_flow_ok, bench.unit.condenser_flow_ok) == (PRE, 0.0, 1.0)


@pytest.mark.parametrize("dt", [0.1, 1.0])
def test_minimum_off_time_is_honoured_and_the_request_counted(rig: Any, dt: float) -> None:
    """Off 1200 s between two runs; the controller asked after 30 s."""
    bench = started(rig)
    unit = bench.unit
    bench.run(700.0)
    unit.enable_cmd = 0.0
    bench.tick(dt)
    off_since = bench.time - dt
    assert unit.short_runs == 0.0
    bench.run(30.0)
    unit.enable_cmd = 1.0
    bench.tick(dt)
    assert (unit.short_cycle, unit.refused_starts, unit.start_requests) == (1.0, 1.0, 2.0)
    assert unit.waiting == 1.0
    assert unit.start_in == pytest.approx(1170.0, abs=2.0)
    bench.until(lambda u: u.state == PRE, dt=dt)
    assert bench.time - off_since == pytest.approx(1200.0, abs=2.0 * dt)
    bench.until(running, dt=dt)
    assert (unit.short_cycle, unit.waiting, unit.starts) == (0.0, 0.0, 2.0)


def test_a_patient_controller_is_not_counted(rig: Any) -> None:
    bench = started(rig, min_off=300.0).run(700.0)
    bench.unit.enable_cmd = 0.0
    bench.run(301.0)
    bench.unit.enable_cmd = 1.0
    bench.tick()
    assert (bench.unit.short_cycle, bench.unit.refused_starts, bench.unit.waiting) == (0.0, 0.0, 0.0)
    assert bench.until(running) == 20.0


def test_three_starts_an_hour(rig: Any) -> None:
    """With a short off time the fourth start waits until the first is an hour old."""
    bench = rig(min_off=60.0)
    unit, begun = bench.unit, []
    unit.leaving_temp_sp = 60.0
    for _ in range(4):
        unit.enable_cmd = 1.0
        bench.until(running)
        begun.append(bench.time)
        bench.run(100.0)
        unit.enable_cmd = 0.0
        bench.run(100.0)
    assert begun[2] - begun[0] < 600.0
    assert begun[3] - begun[0] == pytest.approx(3600.0 + 20.0, abs=2.0)
    assert unit.starts_last_hour == 3.0
    assert unit.short_runs == 4.0
    bench.run(3700.0)
    assert unit.starts_last_hour == 0.0


def test_a_stop_within_the_minimum_on_time(rig: Any) -> None:
    """The order is obeyed and counted; a unit that holds its minimum on time stays at the lowest step."""
    bench = started(rig).run(200.0)
    bench.unit.enable_cmd = 0.0
    bench.tick()
    assert (bench.unit.running, bench.unit.short_runs) == (0.0, 1.0)
    bench = started(rig, min_on_holds=1.0)
    begun = bench.time
    bench.run(200.0)
    assert bench.unit.stage == 3.0
    bench.unit.enable_cmd = 0.0
    bench.tick()
    assert (bench.unit.running, bench.unit.stage) == (1.0, 1.0)
    bench.until(stopped)
    assert bench.time - begun == pytest.approx(600.0, abs=2.0)


@pytest.mark.parametrize(("crankcase", "expected"), [(0.0, 337.0), (86400.0, 86400.0)])
def test_power_failure_restarts_its_timers(rig: Any, crankcase: float, expected: float) -> None:
    """10 minutes without mains, then 300 s and this unit's own 37 s; or the crankcase heated for 24 h."""
    bench = started(rig, restart_stagger=37.0, crankcase_time=crankcase, crankcase_power=150.0, min_off=0.0).run(700.0)
    unit = bench.unit
    unit.supply_loss = 1.0
    bench.run(600.0)
    assert (unit.running, unit.state, unit.power, unit.alarm) == (0.0, OFF, 0.0, 0.0)
    unit.supply_loss = 0.0
    bench.tick()
    assert unit.power == 150.0
    assert unit.start_in == pytest.approx(expected, abs=1.5)
    unit.powered = expected - 10.0
    assert bench.until(running) == pytest.approx(30.0, abs=1.0)


def test_a_change_of_mode_stops_the_unit_first(rig: Any) -> None:
    bench = started(rig, min_off=0.0).run(300.0)
    unit = bench.unit
    unit.mode_cmd, unit.leaving_temp_sp = 1.0, 5.0
    bench.tick()
    assert (unit.running, unit.mode) == (0.0, 0.0)
    bench.until(lambda u: u.mode == 1.0)
    assert bench.until(running) == pytest.approx(240.0 + 20.0, abs=2.0)
    assert unit.leaving_temp == unit.evaporator_leaving_temp


def test_staging_holds_the_set_point(rig: Any) -> None:
    """A step every 90 s below the band, none within it; a lower set point unloads step by step."""
    bench = started(rig)
    unit = bench.unit
    unit.leaving_temp_sp = 49.0
    bench.until(lambda u: u.state == RUN)
    times = [bench.until(lambda u, n=n: u.stage == n) for n in (2.0, 3.0)]
    assert times == [90.0, 90.0]
    bench.run(900.0)
    assert unit.stage == 3.0
    assert abs(unit.leaving_temp - unit.leaving_temp_sp) <= unit.deadband
    unit.leaving_temp_sp = 46.5
    bench.run(600.0)
    assert unit.stage in (1.0, 2.0)
    assert abs(unit.leaving_temp - unit.leaving_temp_sp) <= unit.deadband


def test_variable_speed_settles_within_the_band(rig: Any) -> None:
    bench = started(rig, part_load=2.0)
    bench.unit.leaving_temp_sp = 48.0
    bench.run(1500.0)
    before = bench.unit.capacity
    assert abs(bench.unit.leaving_temp - 48.0) <= bench.unit.deadband
    assert bench.run(300.0).unit.capacity == before


def test_own_thermostat_stops_after_the_minimum_on_time_and_starts_again(rig: Any) -> None:
    bench = started(rig)
    unit, begun = bench.unit, bench.time
    bench.run(60.0)
    unit.leaving_temp_sp = 42.0
    bench.until(stopped)
    assert bench.time - begun == pytest.approx(600.0, abs=2.0)
    bench.run(1300.0)
    assert (unit.state, unit.waiting) == (OFF, 0.0)
    bench.condenser.entering_temp = 40.0
    assert bench.until(running) < 60.0
    assert (unit.start_requests, unit.starts) == (1.0, 2.0)


def test_oil_return_at_variable_speed(rig: Any) -> None:
    """After 7 h at low speed the unit runs fast for 8 minutes."""
    bench = started(rig, part_load=2.0, oil_interval=600.0)
    unit = bench.unit
    unit.capacity_limit_cmd = 0.4
    waited = bench.until(lambda u: u.oil_return > 0.5)
    assert waited == pytest.approx(600.0 + 15.0, abs=3.0)
    bench.run(200.0)
    assert unit.capacity == pytest.approx(1.0, abs=0.01)
    assert bench.until(lambda u: u.oil_return < 0.5) == pytest.approx(280.0, abs=2.0)
    assert bench.run(200.0).unit.capacity == pytest.approx(0.4, abs=0.01)


def test_a_snapshot_continues_with_the_same_bits(rig: Any) -> None:
    bench = started(rig).run(100.0)
    saved = bench.store.snapshot()
    first = bench.run(400.0).store.snapshot()
    bench.store.restore(saved)
    assert bench.run(400.0).store.snapshot().tobytes() == first.tobytes()
