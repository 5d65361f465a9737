"""The protections against the times and limits of docs/physics/heat-pumps.md#protections."""

from typing import Any

import pytest

from plant_models.heat_pump.states import ALARM, LOCKOUT, OFF, PRE, RUN


def stopped(unit: Any) -> bool:
    return bool(unit.contactor < 0.5)


def reset(bench: Any) -> None:
    bench.unit.reset_cmd = 0.0
    bench.tick()
    bench.unit.reset_cmd = 1.0
    bench.tick()


@pytest.mark.parametrize("side", [(0.59, 1.0), (1.0, 0.59), (0.0, 1.0), (-1.0, 1.0)])
@pytest.mark.parametrize(("delay", "dt"), [(5.0, 1.0), (8.0, 1.0), (5.0, 0.1)])
def test_loss_of_flow_trips_after_its_delay(rig: Any, side: tuple[float, float], delay: float, dt: float) -> None:
    """The switch point is 60 % of nominal; one tick passes until the switch is seen."""
    bench = rig(flow_delay=delay).full_load()
    bench.flow(*side)
    assert bench.until(stopped, dt=dt) == pytest.approx(delay + dt, abs=0.5 * dt)
    unit = bench.unit
    assert (unit.state, unit.alarm_flow, unit.alarm, unit.retries, unit.frozen) == (ALARM, 1.0, 1.0, 1.0, 0.0)


def test_a_short_loss_of_flow_is_ridden_through(rig: Any) -> None:
    bench = rig().full_load()
    bench.flow(0.0, 1.0)
    bench.run(4.0)
    bench.flow(1.0, 1.0)
    bench.run(60.0)
    assert (bench.unit.state, bench.unit.alarm) == (RUN, 0.0)


def test_the_flow_trip_protects_the_evaporator(rig: Any) -> None:
    """docs/physics/heat-pumps.md#protections: the delay of the switch is the margin; the run-down after the trip must
    not freeze it either."""
    bench = rig().full_load()
    bench.flow(0.0, 1.0)
    coldest = min(bench.run(1.0).evaporator.temp for _ in range(60))
    assert 0.0 < coldest < 3.0


@pytest.mark.parametrize(("mass", "expected"), [(80.0, 4.8), (120.0, 7.2), (200.0, 12.0)])
def test_freezing_time_without_flow(rig: Any, mass: float, expected: float, validation: Any) -> None:
    """docs/physics/heat-pumps.md#protections: at 488 kW the standing water goes from 7 to 0 degC in 4.8/7.2/12.0 s."""
    bench = rig(scale=1.0, evaporator_mass=mass, freeze_water_temp=-99.0, freeze_refrigerant_temp=-99.0)
    bench.flat_map(488e3, 160e3)
    bench.full_load()
    bench.unit.evaporator_switch_stuck = 1.0
    bench.evaporator.temp = 7.0
    bench.flow(0.0, 1.0)
    begun = bench.time
    while bench.evaporator.temp > 0.0:
        before, time = float(bench.evaporator.temp), bench.time
        bench.tick(0.1)
    crossing = time + 0.1 * before / (before - bench.evaporator.temp)
    validation(f"{mass:g} kg of standing water at 488 kW: from 7 to 0 degC in", "m c dT / Q",
               expected=mass * 4190.0 * 7.0 / 488e3, got=crossing - begun, tolerance=0.05, unit="s")  # fmt: skip
    assert crossing - begun == pytest.approx(expected, abs=0.03)


def test_water_below_freezing_for_five_seconds_is_damage_for_good(rig: Any) -> None:
    """A flow switch that is always made: the water passes -0.5 degC, the compressor runs, tubes burst after 5 s."""
    bench = rig().full_load()
    unit = bench.unit
    unit.evaporator_switch_stuck = 1.0
    bench.flow(0.0, 1.0)
    while bench.evaporator.temp >= -0.5:
        bench.tick()
    assert bench.until(lambda u: u.frozen > 0.5) == pytest.approx(5.0, abs=1.0)
    bench.run(2.0)
    assert (unit.state, unit.alarm_frozen, unit.alarm_lockout, unit.running) == (LOCKOUT, 1.0, 1.0, 0.0)
    bench.flow(1.0, 1.0)
    bench.run(1300.0)
    reset(bench)
    bench.run(60.0)
    assert (unit.state, unit.frozen, unit.alarm_frozen, unit.running) == (LOCKOUT, 1.0, 1.0, 0.0)


def test_cold_source_trips_freeze_protection_at_once_into_lockout(rig: Any) -> None:
    """One try only; no damage; reset by hand starts it again."""
    bench = rig(min_off=60.0).full_load()
    unit = bench.unit
    bench.evaporator.entering_temp = 7.0
    bench.until(stopped)
    assert unit.freeze_sensor_temp < 3.0
    assert (unit.state, unit.alarm_freeze, unit.alarm_lockout, unit.frozen) == (LOCKOUT, 1.0, 1.0, 0.0)
    bench.evaporator.entering_temp = 12.0
    bench.run(2000.0)
    assert unit.state == LOCKOUT
    reset(bench)
    assert (unit.alarm, unit.alarm_freeze, unit.alarm_lockout, unit.retries) == (0.0, 0.0, 0.0, 0.0)
    bench.until(lambda u: u.running > 0.5, limit=60.0)


def test_loss_of_condenser_flow_ends_in_high_pressure(rig: Any) -> None:
    """docs/physics/heat-pumps.md#refrigerant-side: the condenser water warms by 0.7-1.4 K/s, high pressure trips after
    10-20 s."""
    bench = rig().full_load()
    unit = bench.unit
    unit.condenser_switch_stuck = 1.0
    bench.flow(1.0, 0.0)
    warm = float(bench.condenser.temp)
    bench.run(5.0)
    assert 0.7 < (bench.condenser.temp - warm) / 5.0 < 1.4
    assert 10.0 <= 5.0 + bench.until(stopped) <= 20.0
    assert (unit.alarm_hp, unit.alarm_flow, unit.state) == (1.0, 0.0, ALARM)
    assert unit.condensing_pressure > 1.8e6


def test_high_pressure_trips_at_once(rig: Any) -> None:
    bench = rig(hp_cut_out=1.5e6).full_load()
    bench.condenser.entering_temp = 55.0
    bench.until(lambda u: u.condensing_pressure > 1.5e6)
    assert bench.until(stopped) == 1.0


def test_low_pressure_is_ignored_for_120_s_then_persists_30_s(rig: Any) -> None:
    bench = rig(lp_cut_out=600e3)
    unit = bench.unit
    unit.enable_cmd, unit.leaving_temp_sp = 1.0, 60.0
    bench.until(lambda u: u.running > 0.5)
    assert bench.until(stopped) == pytest.approx(150.0, abs=1.5)
    assert unit.alarm_lp == 1.0
    bench = rig().full_load()
    bench.unit.lp_cut_out = 600e3
    bench.run(29.0)
    bench.unit.lp_cut_out = 0.0
    bench.tick()
    bench.unit.lp_cut_out = 600e3
    assert bench.until(stopped) == 30.0


def test_the_third_trip_in_a_row_locks_out(rig: Any) -> None:
    """Retries wait for the off time; a reset by hand, on its edge only, lets it start again."""
    bench = rig(lp_cut_out=600e3)
    unit, begun = bench.unit, []
    unit.enable_cmd, unit.leaving_temp_sp = 1.0, 60.0
    for retry in (1.0, 2.0, 3.0):
        bench.until(lambda u: u.running > 0.5)
        begun.append(bench.time)
        bench.until(stopped)
        assert unit.retries == retry
        assert unit.state == (LOCKOUT if retry == 3.0 else ALARM)
    assert begun[1] - begun[0] == pytest.approx(150.0 + 1200.0 + 20.0, abs=4.0)
    unit.lp_cut_out = 290e3
    bench.run(5000.0)
    assert (unit.state, unit.alarm_lockout, unit.starts) == (LOCKOUT, 1.0, 3.0)
    reset(bench)
    assert (unit.alarm_lockout, unit.alarm_lp, unit.alarm, unit.retries) == (0.0, 0.0, 0.0, 0.0)
    bench.until(lambda u: u.running > 0.5, limit=30.0)
    unit.lp_cut_out = 600e3
    bench.until(stopped)
    bench.run(100.0)
    assert unit.state == ALARM


def test_a_long_run_forgets_earlier_trips(rig: Any) -> None:
    bench = rig(min_off=0.0).full_load()
    bench.flow(0.0, 1.0)
    bench.run(10.0)
    bench.flow(1.0, 1.0)
    bench.until(lambda u: u.state == RUN)
    assert (bench.unit.retries, bench.unit.alarm) == (1.0, 0.0)
    assert bench.run(1850.0).unit.retries == 0.0


def test_flow_never_proven_is_a_flow_alarm_that_retries_after_300_s(rig: Any) -> None:
    bench = rig()
    unit = bench.unit
    unit.enable_cmd, unit.leaving_temp_sp = 1.0, 60.0
    bench.flow(0.0, 1.0)
    assert bench.until(lambda u: u.alarm_flow > 0.5) == pytest.approx(181.0, abs=1.0)
    assert (unit.state, unit.starts) == (ALARM, 0.0)
    assert bench.until(lambda u: u.state == OFF) == pytest.approx(300.0, abs=1.0)
    assert unit.alarm == 0.0
    bench.tick()
    assert unit.state == PRE


def test_no_retry_while_the_cause_is_there(rig: Any) -> None:
    bench = rig(min_off=0.0).full_load()
    unit = bench.unit
    unit.phase_loss = 1.0
    bench.tick()
    assert (unit.running, unit.alarm_phase, unit.state) == (0.0, 1.0, ALARM)
    bench.run(1000.0)
    assert unit.state == ALARM
    unit.phase_loss = 0.0
    bench.run(60.0)
    assert (unit.state, unit.running) == (RUN, 1.0)
