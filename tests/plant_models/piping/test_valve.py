"""Valves: strokes, end switches, characteristics and faults; check and overflow valves through the solver."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from plant_models.piping import check_valve, overflow_valve, valve
from plant_models.piping.check_valve import CheckValve
from plant_models.piping.overflow_valve import OverflowValve
from plant_models.piping.valve import Valve
from plant_models.plant import Plant
from plant_models.water.hydraulics import solve, topology
from plant_models.water.network import M3H, Junction, Network, Passage
from twin.store import Store


class Rig:
    """One valve between two held pressures, 1 bar apart at first."""

    def __init__(self, model: type = Valve, **given: float) -> None:
        self.store = Store({model: ["v"], Junction: ["a", "b"], Passage: ["v/passage"], Network: ["network"]})
        self.tables = self.store.tables
        self.tables["junction"]["held"] = 1.0
        self.store.row("a").pressure = 1e5
        passage = self.store.row("v/passage")
        passage.upstream, passage.downstream = 0, 1
        self.v = self.store.row("v")
        self.v.passage = 0
        for name, value in given.items():
            self.v[name] = value
        model.connect(self.v, 0, self.tables)  # type: ignore[attr-defined]
        self.topology = topology(self.tables["junction"], self.tables["passage"])

    def solve(self) -> None:
        t = self.tables
        solve(t["junction"], t["passage"], t["network"], self.topology, 1.0)

    def run(self, seconds: float, dt: float = 1.0) -> Any:
        t = self.tables
        for _ in range(round(seconds / dt)):
            valve.actuate(t["valve"], t["passage"], t["network"], dt)
            if t["network"][0].moved > 0.0:
                self.solve()
            valve.sense(t["valve"], t["passage"], t["junction"])
        return self.v


@pytest.mark.parametrize("dt", [0.5, 1.0, 5.0])
def test_stroke_and_end_switches(dt: float) -> None:
    rig = Rig()
    rig.run(dt, dt)
    assert (rig.v.closed_proof, rig.v.open_proof) == (1.0, 0.0)
    rig.v.position_cmd = 1.0
    assert rig.run(45, dt).position == pytest.approx(0.5)
    assert (rig.v.closed_proof, rig.v.open_proof, rig.v.power) == (0.0, 0.0, 5.0)
    assert rig.run(45, dt).position == pytest.approx(1.0)
    assert rig.run(5, dt).open_proof == 1.0
    assert (rig.v.power, rig.v.energy) == (0.0, pytest.approx(450.0, abs=5.0 * dt))
    assert rig.v.flow == pytest.approx(100.0, rel=1e-4)


@pytest.mark.parametrize(
    ("characteristic", "half"), [(0, 0.5), (1, (math.sqrt(50.0) - 1.0) / 49.0), (2, 1.0 - math.sqrt(0.5))]
)
def test_flow_at_half_travel(characteristic: float, half: float) -> None:
    rig = Rig(characteristic=characteristic, start_position=0.5)
    assert rig.run(1).flow == pytest.approx(100.0 * (1e-4 + (1.0 - 1e-4) * half), rel=1e-3)
    rig.v.position_cmd = 0.0
    assert rig.run(90).flow < 0.02


def test_open_close_and_three_point_drives() -> None:
    rig = Rig(drive=1.0, stroke_time=30.0)
    rig.v.open_cmd = 1.0
    assert rig.run(31).open_proof == 1.0
    rig.v.open_cmd = 0.0
    assert rig.run(31).closed_proof == 1.0
    rig = Rig(drive=2.0)
    rig.v.open_cmd = 1.0
    assert rig.run(30).position == pytest.approx(1.0 / 3.0)
    rig.v.close_cmd = 1.0
    assert rig.run(30).position == pytest.approx(1.0 / 3.0)
    rig.v.open_cmd = 0.0
    assert rig.run(15).position == pytest.approx(1.0 / 6.0)


def test_starts_where_it_was_told_and_stays() -> None:
    assert Rig(start_position=1.0, drive=1.0).run(10).open_proof == 1.0
    assert Rig(start_position=0.4).run(10).position == 0.4


@pytest.mark.parametrize(
    ("fault", "value", "position", "opened", "closed"),
    [
        ("stuck", 1, 0.5, 0, 0),
        ("stuck_at", 0.3, 0.3, 0, 0),
        ("stuck_at", 0.001, 0.0, 0, 1),
        ("slow", 2, 0.5 + 30 / 90 / 3, 0, 0),
        ("reversed", 1, 0.5 - 30 / 90, 0, 0),
        ("power", 1, 0.5, 0, 0),
        ("open_switch", 2, 0.5 + 30 / 90, 1, 0),
        ("closed_switch", 2, 0.5 + 30 / 90, 0, 1),
    ],
)
def test_faults_while_opening(fault: str, value: float, position: float, opened: float, closed: float) -> None:
    """Half open and told to open: the state 30 s later (60 s for the positions where it sticks)."""
    rig = Rig(start_position=0.5)
    rig.v.position_cmd, rig.v[f"fault_{fault}"] = 1.0, value
    v = rig.run(60 if fault == "stuck_at" else 30)
    assert v.position == pytest.approx(position)
    assert (v.open_proof, v.closed_proof) == (opened, closed)


def test_lost_end_switch_with_the_right_position() -> None:
    rig = Rig(fault_open_switch=1.0, fault_closed_switch=1.0)
    assert rig.run(1).closed_proof == 0.0
    rig.v.position_cmd = 1.0
    assert (rig.run(100).position, rig.v.open_proof) == (1.0, 0.0)


@pytest.mark.parametrize(("spring", "position"), [(0, 0.5), (1, 0.0), (2, 1.0)])
def test_power_loss_with_and_without_a_spring(spring: float, position: float) -> None:
    v = Rig(start_position=0.5, spring=spring, fault_power=1.0).run(60)
    assert (v.position, v.power) == (pytest.approx(position), 0.0)


def test_leak_by_passes_water_behind_a_made_switch() -> None:
    v = Rig(fault_leak_by=0.05).run(5)
    assert v.flow == pytest.approx(5.01, rel=1e-3)
    assert v.closed_proof == 1.0


def test_solved_again_only_when_it_moves() -> None:
    rig = Rig()
    rig.run(1)
    solutions = float(rig.tables["network"][0].solutions)
    rig.run(50)
    assert rig.tables["network"][0].solutions == solutions
    rig.v.position_cmd = 1.0
    rig.run(10)
    assert rig.tables["network"][0].solutions == solutions + 10.0


def test_check_valve_and_its_faults() -> None:
    rig = Rig(CheckValve)
    t = rig.tables

    def flow(pressure: float) -> float:
        rig.store.row("a").pressure = pressure
        check_valve.actuate(t["checkvalve"], t["passage"], t["network"])
        rig.solve()
        check_valve.sense(t["checkvalve"], t["passage"])
        return float(rig.v.flow)

    assert flow(1e5) == pytest.approx(100.0, rel=1e-4)
    assert flow(-1e5) == pytest.approx(0.0, abs=1e-3)
    rig.v.fault_stuck_open = 1.0
    assert flow(-1e5) == pytest.approx(-100.0, rel=1e-4)
    rig.v.fault_stuck_closed = 0.99
    assert flow(1e5) == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("dt", [0.5, 1.0, 10.0])
def test_overflow_valve_settles_where_its_curve_meets_the_pump(dt: float) -> None:
    """A pump of 1 bar - 2000 m m Pa against the valve alone: drop = 60 kPa + 20 kPa y and m = kv y sqrt(drop)."""
    store = Store({OverflowValve: ["v"], Junction: ["a", "b"], Passage: ["pump", "v/passage"], Network: ["network"]})
    t = store.tables
    v, pump, passage = store.row("v"), store.row("pump"), store.row("v/passage")
    store.row("b").held, v.passage = 1.0, 1
    pump.upstream, pump.downstream, passage.upstream, passage.downstream = 1, 0, 0, 1
    pump.quadratic, pump.lift_0 = 2000.0, 1e5
    OverflowValve.connect(v, 0, t)
    shape = topology(t["junction"], t["passage"])
    for _ in range(200):
        if t["network"][0].moved > 0.0:
            solve(t["junction"], t["passage"], t["network"], shape, dt)
        overflow_valve.actuate(t["overflowvalve"], t["passage"], t["junction"], t["network"], dt)
    overflow_valve.sense(t["overflowvalve"], t["passage"], t["junction"])
    assert v.drop == pytest.approx(60e3 + 20e3 * v.opening, abs=20.0)
    assert v.flow == pytest.approx(25.0 * (1e-4 + (1 - 1e-4) * v.opening) * math.sqrt(v.drop / 1e5), rel=1e-3)
    assert v.drop == pytest.approx(1e5 - 2000.0 * (v.flow / M3H) ** 2, rel=1e-3)
    assert 0.1 < v.opening < 0.9
    assert t["network"][0].moved == 0.0


def test_a_tight_valve_lets_nothing_through_and_opens_again() -> None:
    rig = Rig(leakage=0.0, kv=250.0)
    assert abs(rig.run(200).flow) < 1e-6
    rig.v.position_cmd = 1.0
    assert rig.run(200).flow == pytest.approx(250.0, rel=1e-3)


def test_two_loops_behind_a_tight_changeover_valve_keep_their_pressures(plant_of: Callable[..., Plant]) -> None:
    """Half a day at 0.5 bar between them; through a usual seat they would have drawn level within it."""
    parts = """
  valve: {model: Valve, kv: 250 m3/h, characteristic: butterfly, drive: open_close, SEAT}
  a:     {model: Pipe, dn_mm: 80 mm, length_m: 20 m}
  b:     {model: Pipe, dn_mm: 80 mm, length_m: 20 m}
  h_one: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (one), initial_pressure: 2.8 bar}
  h_two: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (other), initial_pressure: 2.3 bar}
"""
    left = {}
    for seat in ("seat: rate_a", "leakage: 1e-4"):
        plant = plant_of(parts.replace("SEAT", seat), "  way: (one) > a > valve > b > (other)\nopen: (one), (other)")
        plant.advance(12 * 3600)
        left[seat] = plant.store.read("h_one.pressure") - plant.store.read("h_two.pressure")
    assert left["seat: rate_a"] == pytest.approx(5e4, rel=0.02)
    assert left["leakage: 1e-4"] < 2e3
