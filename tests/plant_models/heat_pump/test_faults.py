"""What an engineer would see of each physical fault: the sign and the size of its effect."""

from typing import Any

import pytest

from plant_models.heat_pump.states import ALARM, LOCKOUT, OFF, RUN
from plant_models.heat_pump.water_water_unit import WaterWaterUnit


def settled(rig: Any, **faults: float) -> Any:
    """A unit at full load with that fault since the last 120 s, away from the edges of its map."""
    bench = rig((16.0, 35.0)).full_load()
    for name, value in faults.items():
        bench.store.write(f"hp.{name}", value)
    return bench.run(120.0).unit


def test_every_fault_says_what_it_looks_like() -> None:
    faults = [point for point in WaterWaterUnit.points.values() if point.kind == "fault"]
    assert len(faults) >= 12
    assert all(point.doc.endswith(".") and len(point.doc) > 30 for point in faults)


def test_refrigerant_leak(rig: Any) -> None:
    """Capacity (1 - x), low pressure and COP down; half the charge gone ends in low pressure."""
    healthy, leaking = settled(rig), settled(rig, refrigerant_leak=0.1)
    assert leaking.cooling_capacity / healthy.cooling_capacity == pytest.approx(0.9, abs=0.03)
    assert leaking.evaporating_pressure < healthy.evaporating_pressure
    assert leaking.cop < 0.98 * healthy.cop
    assert leaking.alarm == 0.0
    bench = rig().full_load()
    bench.unit.refrigerant_leak = 0.5
    bench.until(lambda unit: unit.alarm > 0.5, limit=300.0)
    assert (bench.unit.alarm_lp, bench.unit.alarm_hp, bench.unit.alarm_flow) == (1.0, 0.0, 0.0)


def test_condenser_fouling(rig: Any) -> None:
    """docs/physics/heat-pumps.md#refrigerant-side: approach + 4 K; power +2.2 %/K at 7/35-50 (by the map), capacity
    -0.9 %/K."""
    clean, fouled = settled(rig), settled(rig, condenser_fouling=4.0)
    rise = (fouled.condensing_temp - fouled.condenser_leaving_temp) - (
        clean.condensing_temp - clean.condenser_leaving_temp
    )
    assert rise == pytest.approx(4.0, abs=1e-3)
    assert 1.06 < fouled.power / clean.power < 1.16
    assert 0.95 < fouled.cooling_capacity / clean.cooling_capacity < 0.98
    assert fouled.condensing_pressure > 1.08 * clean.condensing_pressure


def test_evaporator_fouling(rig: Any) -> None:
    """4 K colder refrigerant: capacity about -3.7 %/K less what the warmer leaving water gives back."""
    clean, fouled = settled(rig), settled(rig, evaporator_fouling=4.0)
    fall = (clean.evaporating_temp - clean.evaporator_leaving_temp) - (
        fouled.evaporating_temp - fouled.evaporator_leaving_temp
    )
    assert fall == pytest.approx(4.0, abs=1e-3)
    assert 0.84 < fouled.cooling_capacity / clean.cooling_capacity < 0.92
    assert fouled.evaporator_leaving_temp > clean.evaporator_leaving_temp


def test_expansion_valve_stuck(rig: Any) -> None:
    """docs/physics/heat-pumps.md#refrigerant-side: capacity -30 % (the warmer leaving water gives a little back), low
    pressure sinks."""
    healthy, starved = settled(rig), settled(rig, expansion_valve_stuck=1.0)
    assert 0.70 <= starved.cooling_capacity / healthy.cooling_capacity < 0.76
    assert starved.evaporating_pressure < healthy.evaporating_pressure
    assert starved.cop < 0.85 * healthy.cop


def test_stuck_stage(rig: Any) -> None:
    """Neither the limit nor the temperature moves the slide; a restart begins at the stuck capacity."""
    bench = rig(min_off=0.0).full_load()
    unit = bench.unit
    unit.stuck_stage, unit.capacity_limit_cmd = 1.0, 0.25
    assert (bench.run(300.0).unit.stage, unit.capacity) == (4.0, 1.0)
    unit.enable_cmd = 0.0
    bench.run(120.0)
    assert unit.stage == 0.0
    unit.enable_cmd = 1.0
    bench.until(lambda u: u.state == RUN)
    assert unit.stage == 4.0


def test_contactor_weld(rig: Any) -> None:
    """Commanded off it goes on at the lowest step; even a trip cannot stop it, and without flow it freezes."""
    bench = rig().full_load()
    unit = bench.unit
    unit.contactor_weld, unit.enable_cmd = 1.0, 0.0
    bench.run(300.0)
    assert (unit.state, unit.running, unit.stage) == (OFF, 1.0, 1.0)
    assert unit.cooling_capacity > 100e3
    bench.flow(0.0, 1.0)
    bench.run(120.0)
    assert (unit.frozen, unit.running, unit.state) == (1.0, 1.0, LOCKOUT)
    assert bench.run(7200.0).evaporator.temp > -45.0
    unit.supply_loss = 1.0
    bench.run(60.0)
    assert (unit.running, unit.power) == (0.0, 0.0)


def test_oil_failure(rig: Any) -> None:
    """Trips 15 s after every start, locked out at the third."""
    bench = rig(min_off=60.0)
    unit = bench.unit
    unit.enable_cmd, unit.leaving_temp_sp, unit.oil_failure = 1.0, 60.0, 1.0
    bench.until(lambda u: u.running > 0.5)
    assert bench.until(lambda u: u.running < 0.5) == pytest.approx(15.0, abs=1.0)
    assert (unit.state, unit.alarm_oil) == (ALARM, 1.0)
    bench.until(lambda u: u.state == LOCKOUT)
    assert unit.starts == 3.0


def test_phase_loss(rig: Any) -> None:
    """Stops at once, cannot start, and not even a welded contactor runs it."""
    bench = rig().full_load()
    bench.unit.phase_loss = bench.unit.contactor_weld = 1.0
    bench.run(60.0)
    assert (bench.unit.running, bench.unit.alarm_phase, bench.unit.power) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize(("lie", "at_rest", "at_work"), [(1.0, 1.0, 1.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0)])
def test_run_proof_lies(rig: Any, lie: float, at_rest: float, at_work: float) -> None:
    bench = rig()
    bench.unit.running_lie = lie
    bench.run(5.0)
    assert (bench.unit.running, bench.unit.power) == (at_rest, 0.0)
    bench.full_load()
    assert bench.unit.running == at_work
    assert bench.unit.power > 150e3


def test_flow_switches_lie(rig: Any) -> None:
    """Never made: no start. Always made at the evaporator: loss of flow freezes instead of tripping."""
    bench = rig()
    bench.unit.enable_cmd, bench.unit.leaving_temp_sp, bench.unit.condenser_switch_stuck = 1.0, 60.0, -1.0
    bench.until(lambda u: u.alarm_flow > 0.5)
    assert bench.unit.starts == 0.0
    bench = rig().full_load()
    bench.unit.evaporator_switch_stuck = 1.0
    bench.flow(0.0, 1.0)
    bench.until(lambda u: u.frozen > 0.5, limit=60.0)
    assert bench.unit.alarm_flow == 0.0


def test_wrong_mode(rig: Any) -> None:
    """Told to heat, it looks at the evaporator water: that is colder than a heating set point, so it never runs."""
    bench = rig()
    bench.unit.enable_cmd, bench.unit.leaving_temp_sp, bench.unit.wrong_mode = 1.0, 50.0, 1.0
    bench.run(600.0)
    assert (bench.unit.mode, bench.unit.running) == (1.0, 0.0)
    assert bench.unit.leaving_temp == bench.unit.evaporator_leaving_temp
