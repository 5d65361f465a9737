"""Range of the source water, discharge temperature, and the start order of large units
(docs/physics/heat-pumps.md#protections)."""

from typing import Any

import pytest

from plant_models.heat_pump.states import ALARM, LOCKOUT, RUN

WATER, LOOP = 1.0, 2.0


@pytest.mark.parametrize(
    ("check", "entering", "trips"),
    [(0.0, 9.5, False), (WATER, 9.5, True), (WATER, 10.5, False), (WATER, 25.5, True), (LOOP, 9.5, False),
     (LOOP, 25.5, True)],
)  # fmt: skip
def test_source_water_out_of_its_range_trips_after_a_minute(rig: Any, check: float, entering: float, trips: bool):
    """GB/T 19409 by docs/physics/heat-pumps.md#protections: ground water 10-25 degC; a ground loop 5-25 degC in
    heating."""
    bench = rig(source_check=check).full_load()
    bench.evaporator.entering_temp = entering
    bench.run(55.0)
    assert bench.unit.state == RUN
    bench.run(20.0)
    assert (bench.unit.state, bench.unit.alarm_source) == ((ALARM, 1.0) if trips else (RUN, 0.0))


@pytest.mark.parametrize(("entering", "trips"), [(9.0, True), (30.0, False), (41.0, True)])
def test_a_ground_loop_takes_heat_from_10_to_40_degc(rig: Any, entering: float, trips: bool) -> None:
    bench = rig((12.0, 20.0), source_check=LOOP, mode_cmd=1.0, leaving_temp_sp=5.0).full_load()
    bench.condenser.entering_temp = entering
    bench.run(120.0)
    assert bool(bench.unit.alarm_source > 0.5) == trips


def test_the_unit_tries_again_and_locks_out_at_the_third_time(rig: Any) -> None:
    bench = rig(source_check=WATER, min_off=120.0, fault_delay=60.0, max_starts=8.0).full_load()
    bench.evaporator.entering_temp = 8.5
    bench.until(lambda u: u.alarm_lockout > 0.5, limit=3000.0)
    assert (bench.unit.state, bench.unit.retries) == (LOCKOUT, 3.0)


def test_hot_discharge_gas_trips(rig: Any) -> None:
    bench = rig().full_load()
    hot = float(bench.unit.discharge_temp)
    assert 50.0 < hot < bench.unit.discharge_limit
    bench.unit.discharge_limit = hot - 1.0
    bench.run(4.0)
    assert bench.unit.state == RUN
    bench.run(4.0)
    assert (bench.unit.state, bench.unit.alarm_discharge) == (ALARM, 1.0)


def test_a_large_unit_starts_evaporator_pump_condenser_pump_oil_compressor(rig: Any) -> None:
    """Evaporator pump, 5 s later condenser pump, flow proven, 15 s of oil pressure, 10 s later the compressor."""
    bench = rig(condenser_pump_delay=5.0, pre_lubrication=25.0, flow_bypass=0.0)
    bench.flow(1.0, 0.0)
    bench.unit.enable_cmd, bench.unit.leaving_temp_sp = 1.0, 65.0
    requested = bench.until(lambda u: u.pump_request > 0.5)
    bench.until(lambda u: u.condenser_pump_request > 0.5)
    assert bench.time - requested == pytest.approx(5.0, abs=1.0)
    bench.run(20.0)
    assert bench.unit.contactor == 0.0
    bench.flow(1.0, 1.0)
    proven = bench.time
    bench.until(lambda u: u.contactor > 0.5, limit=60.0)
    assert bench.time - proven == pytest.approx(25.0, abs=2.0)


def test_a_large_unit_does_not_start_without_oil(rig: Any) -> None:
    bench = rig(condenser_pump_delay=5.0, pre_lubrication=25.0)
    bench.unit.oil_failure = 1.0
    bench.unit.enable_cmd, bench.unit.leaving_temp_sp = 1.0, 65.0
    bench.run(90.0)
    assert (bench.unit.starts, bench.unit.alarm_oil) == (0.0, 1.0)
