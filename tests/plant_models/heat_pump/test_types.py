"""Every type of unit: energy closes in every tick, and every protection of docs/physics/heat-pumps.md#protections
acts."""

from collections.abc import Callable
from typing import Any

import pytest

from plant_models.heat_pump.states import ALARM, LOCKOUT

GROUND, HOT = (12.0, 45.0), (25.0, 12.0)
TYPES: dict[str, tuple[tuple[float, float], dict[str, Any]]] = {
    "steps": (GROUND, {}),
    "slide": (GROUND, {"part_load": 1.0}),
    "variable speed": (GROUND, {"part_load": 2.0}),
    "reversible, heating": (GROUND, {"changeover": 1.0}),
    "reversible, cooling": (HOT, {"changeover": 1.0, "mode_cmd": 1.0}),
    "second condenser": ((12.0, 25.0), {"recovery": 40.0, "recovery_cmd": 0.5}),
    "recovery mode": ((12.0, 25.0), {"recovery": 40.0, "mode_cmd": 2.0}),
    "desuperheater": (GROUND, {"recovery": 45.0, "recovery_type": 1.0}),
    "R410A on/off": ((10.0, 30.0), {"map": "geolia_17", "scale": 1.0, "steps": 1.0}),
    "large screw": ((12.0, 30.0), {"map": "carrier_30xw_1012", "scale": 1.0}),
    "barocaloric": ((12.0, 30.0), {"map": "barocaloric", "scale": 1.0, "part_load": 2.0}),
}


def made(rig: Any, kind: str, **more: float) -> Any:
    entering, parameters = TYPES[kind]
    return rig(entering, **{**parameters, **more})


def cold_side(bench: Any) -> int:
    return int(bench.unit.evaporator)


def warm_side(bench: Any) -> int:
    return 2 if bench.unit.mode == 2.0 else int(bench.unit.condenser)


def no_flow(side: Callable[[Any], int], stuck: str = "") -> Callable[[Any], None]:
    def act(bench: Any) -> None:
        bench.passages[side(bench)].flow = 0.0
        if stuck:
            bench.unit[stuck] = 1.0

    return act


def cold_source(bench: Any) -> None:
    bench.passages[cold_side(bench)].entering_temp = 4.0


def hot_sink(bench: Any) -> None:
    bench.passages[warm_side(bench)].entering_temp = 75.0


def put(**values: float) -> Callable[[Any], None]:
    def act(bench: Any) -> None:
        for name, value in values.items():
            bench.store.write(f"hp.{name}", value)

    return act


PROTECTIONS: dict[str, tuple[Callable[[Any], None], str, float]] = {
    "loss of cold water": (no_flow(cold_side), "alarm_flow", 10.0),
    "loss of warm water": (no_flow(warm_side), "alarm_flow", 10.0),
    "refrigerant lost": (put(refrigerant_leak=0.6), "alarm_lp", 60.0),
    "sink too hot": (hot_sink, "alarm_hp", 120.0),
    "source too cold": (cold_source, "alarm_freeze", 120.0),
    "no oil": (put(oil_failure=1.0), "alarm_oil", 20.0),
    "phase lost": (put(phase_loss=1.0), "alarm_phase", 2.0),
}
NO_REFRIGERANT = {"refrigerant lost", "sink too hot"}


@pytest.mark.parametrize("kind", TYPES)
def test_every_protection_of_every_type(rig: Any, kind: str) -> None:
    for name, (act, alarm, limit) in PROTECTIONS.items():
        if kind == "barocaloric" and name in NO_REFRIGERANT:
            continue
        bench = made(rig, kind, lp_bypass=0.0, freeze_refrigerant_temp=-12.2).full_load()
        act(bench)
        if name == "source too cold":
            bench.unit.freeze_water_temp = bench.unit.evaporator_leaving_temp
        bench.until(lambda u, alarm=alarm: u[alarm] > 0.5, limit=limit)
        bench.run(2.0)
        assert bench.unit.contactor == 0.0, name
        assert bench.unit.state == (LOCKOUT if alarm == "alarm_freeze" else ALARM), name
        assert bench.unit.frozen == 0.0, name


@pytest.mark.parametrize("kind", TYPES)
def test_heat_given_is_heat_taken_plus_power(rig: Any, kind: str) -> None:
    """docs/physics/water.md#closure: exact (1e-12) in every tick, through start, load, a trip and the run-down."""
    bench = made(rig, kind, step_time=20.0)
    unit = bench.unit
    unit.enable_cmd, unit.leaving_temp_sp = 1.0, 1.0 if unit.mode_cmd == 1.0 else 65.0
    for second in range(330):
        if second == 300:
            bench.passages[int(unit.evaporator)].flow = 0.0
        bench.tick()
        assert sum(float(p.heat) for p in bench.passages) == pytest.approx(unit.power, rel=1e-12, abs=1e-7)
        assert unit.heating_capacity == pytest.approx(unit.cooling_capacity + unit.power, rel=1e-12, abs=1e-9)
    assert unit.alarm_flow == 1.0
    assert unit.heating_energy == pytest.approx(unit.cooling_energy + unit.energy, rel=1e-12)


@pytest.mark.parametrize("kind", TYPES)
def test_minimum_times_and_power_failure_of_every_type(rig: Any, kind: str) -> None:
    """1200 s off between two runs; after a power failure 300 s and the unit's own delay."""
    bench = made(rig, kind, restart_stagger=37.0).full_load()
    unit = bench.unit
    unit.enable_cmd = 0.0
    bench.run(20.0)
    unit.enable_cmd = 1.0
    bench.tick()
    assert (unit.refused_starts, unit.waiting) == (1.0, 1.0)
    assert unit.start_in == pytest.approx(1180.0, abs=3.0)
    unit.since_stop = 86400.0
    unit.supply_loss = 1.0
    bench.run(200.0)
    assert unit.power == 0.0
    unit.supply_loss = 0.0
    bench.tick()
    assert unit.start_in == pytest.approx(336.0, abs=2.0)


def test_burst_tubes_resist_the_water_for_good(rig: Any) -> None:
    """docs/physics/heat-pumps.md#protections: the frozen flag is permanent; 40 % of the tubes blocked leave 1/0.6^2 of
    the resistance."""
    bench = rig(evaporator_switch_stuck=1.0).full_load()
    before = float(bench.evaporator.quadratic)
    bench.network[0].moved = 0.0
    bench.flow(0.0, 1.0)
    bench.until(lambda u: u.frozen > 0.5, limit=60.0)
    bench.run(3.0)
    assert bench.evaporator.quadratic == pytest.approx(before / 0.36, rel=1e-12)
    assert bench.network[0].moved == 1.0
    assert bench.run(60.0).evaporator.quadratic == pytest.approx(before / 0.36, rel=1e-12)


def test_loss_of_communication_holds_the_last_orders_or_stops(rig: Any) -> None:
    bench = rig().full_load()
    unit = bench.unit
    unit.comm_loss, unit.enable_cmd, unit.capacity_limit_cmd = 1.0, 0.0, 0.25
    assert (bench.run(600.0).unit.running, unit.stage, unit.alarm_comm) == (1.0, 4.0, 1.0)
    unit.comm_timeout = 900.0
    bench.until(lambda u: u.running < 0.5, limit=310.0)
    assert unit.alarm_comm == 1.0
    unit.comm_loss = 0.0
    assert bench.run(2.0).unit.alarm_comm == 0.0


def test_what_is_speculative_says_so(rig: Any) -> None:
    assert made(rig, "barocaloric").unit.speculative == 1.0
    assert made(rig, "steps").unit.speculative == 0.0
