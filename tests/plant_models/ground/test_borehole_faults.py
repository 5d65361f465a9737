"""What goes wrong with boreholes, what the account says then, and the same bits compiled and plain."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from plant_models.assembly.plant_file import PlantText
from plant_models.ground import borehole_wall
from plant_models.ground.borehole import BoreholeField
from plant_models.piping import pipe
from plant_models.plant import Plant
from plant_models.water.network import HEAT_CAPACITY, M3H
from twin.yaml_lines import load

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
LOOP = """\
plant: loop
title: Six boreholes that warm a cold duct
source: test
site: {weather: beijing_design_year, ground_temp: 14.5 degC}
components:
  field: {model: BoreholeField, field: 2x3, boreholes: 6, depth: 100 m, spacing: 5 m}
  pump: {model: Pump, catalogue: il_80_220, drive: vfd}
  duct: {model: Pipe, dn_mm: 50 mm, length_m: 100 m, u_loss: 20 W/(m K), ambient: 1 degC}
  holding: {model: PressureHolding, loop: (back), supply: (out), loop_volume: 1 m3}
water:
  ring: (back) > pump > field > (out) > duct > (back)
"""
FAULTS = [
    ("fault_blocked", 0.5), ("fault_leak", 500.0), ("fault_air", 1.0), ("fault_ground", -3.0), ("fault_grout", 1.0),
    ("fault_fouling", 1.0), ("fault_freeze", 0.9),
]  # fmt: skip


def plant(speed: float = 0.6) -> Plant:
    loop = Plant(PlantText(load(LOOP, "loop.yaml")), START, 86400.0)
    loop.store.write("pump.enable_cmd", 1.0)
    loop.store.write("pump.speed_cmd", speed)
    return loop


def test_a_plant_draws_on_its_boreholes_and_the_account_closes() -> None:
    loop = plant()
    loop.advance(6 * 3600)
    store = loop.store
    flow, entering, leaving = (store.read(f"field.{name}") for name in ("flow", "entering_temp", "leaving_temp"))
    assert 1.0 < flow < 12.0
    assert entering < leaving < store.read("field.wall_temp") < 14.5
    heat = flow / M3H * HEAT_CAPACITY * (leaving - entering)
    assert store.read("field.ground_heat") == pytest.approx(heat, rel=0.01)
    assert loop.balance()["energy_residual"] < 1e-7
    assert loop.balance()["water_residual"] < 1e-7


def test_the_account_closes_while_faults_come_and_go() -> None:
    loop = plant()
    for name, value in FAULTS:
        loop.advance(300)
        loop.store.write(f"field.{name}", value)
        loop.advance(1200)
        loop.store.write(f"field.{name}", 0.0)
    loop.advance(300)
    assert loop.balance()["energy_residual"] < 1e-7
    assert loop.balance()["water_residual"] < 1e-6
    assert loop.balance()["failures"] == 0.0
    assert {name for name, _ in FAULTS} == {n for n, p in BoreholeField.points.items() if p.kind == "fault"}


def test_a_leak_is_made_up() -> None:
    tight, leaking = plant(), plant()
    leaking.store.write("field.fault_leak", 200.0)
    for loop in (tight, leaking):
        loop.advance(3600)
    assert leaking.store.read("field/leak_way.flow") * 3600.0 == pytest.approx(200.0, rel=0.25)
    assert leaking.store.read("holding.starts") > tight.store.read("holding.starts")


def test_boreholes_drop_out_one_by_one(field_rig: Any) -> None:
    rig = field_rig("2x3", kg_s=1.5)
    whole = rig.settle(5.0, 1800.0)
    power = float(rig.field.ground_heat)
    rig.field.fault_blocked = 0.1
    rig.tick(5.0)
    assert rig.field.in_service == 5.0
    rig.field.fault_blocked = 0.5
    rig.network[0].moved = 0.0
    half = rig.settle(5.0, 1800.0)
    assert rig.field.in_service == 3.0
    assert rig.network[0].moved == 1.0
    assert half < whole - 0.5
    assert 0.5 * power < rig.field.ground_heat < 0.8 * power
    assert rig.pipes[0].water == pytest.approx(3.0 * 106.19, rel=1e-3), "the delay is that of three boreholes"
    rig.field.fault_blocked = 1.0
    rig.tick(5.0)
    assert rig.passage.quadratic > 1e12, "shut"


def test_dead_boreholes_leave_the_others_more_heat_to_give(field_rig: Any) -> None:
    """At once by n / (n - 1); in the long run the field as a whole gives the same heat as before."""
    falls = {}
    for blocked in (0.0, 0.5):
        rig = field_rig("2x3", kg_s=1.5, fault_blocked=blocked)
        for hours in (3.0, 5 * 8760.0):
            rig = field_rig("2x3", kg_s=1.5, fault_blocked=blocked)
            rig.settle(14.5, 60.0)
            rig.field.responses = 0.0
            rig.field.ground_heat, rig.field.since = 12e3, hours * 3600.0
            borehole_wall.step_wall(rig.field)
            falls[blocked, hours] = float(14.5 - rig.field.wall_temp)
    assert falls[0.5, 3.0] == pytest.approx(2.0 * falls[0.0, 3.0], rel=0.02)
    assert 1.2 < falls[0.5, 5 * 8760.0] / falls[0.0, 5 * 8760.0] < 1.6


def test_air_lock_grout_fouling_and_cold_ground_weaken_the_exchange(field_rig: Any) -> None:
    def after(**faults: float) -> Any:
        rig = field_rig()
        rig.hold_wall(14.5)
        for name, value in faults.items():
            rig.field[name] = value
        rig.settle(5.0, 1800.0)
        return rig

    healthy = after()
    gain = healthy.passage.leaving_temp - 5.0
    air = after(fault_air=1.0)
    assert air.passage.leaving_temp - 5.0 == pytest.approx(0.5 * gain, rel=1e-6)
    assert air.passage.linear * 0.125 + air.passage.quadratic * 0.125**2 == pytest.approx(
        healthy.passage.linear * 0.25 + healthy.passage.quadratic * 0.25**2, rel=1e-9
    ), "half the flow at the same pressure"
    grout = after(fault_grout=1.0)
    assert grout.field.resistance == pytest.approx(2.0 * healthy.field.resistance, rel=1e-9)
    assert grout.passage.leaving_temp < healthy.passage.leaving_temp - 1.0
    healthy.pipes[0].fault_blockage = 2.0
    loss = float(healthy.passage.quadratic)
    pipe.actuate(healthy.pipes, healthy.passages, healthy.network)
    assert healthy.passage.quadratic == 3.0 * loss, "faults of the pipe in the ground come on top"
    assert after(fault_fouling=1.0).field.resistance > 1.05 * healthy.field.resistance
    cold = after(fault_ground=-4.0)
    assert cold.passage.leaving_temp == pytest.approx(5.0 + gain * 5.5 / 9.5, abs=0.05)


def test_water_below_its_freezing_point_blocks_the_tubes_and_glycol_does_not(field_rig: Any) -> None:
    rig, protected = field_rig(), field_rig(brine=2.0, brine_share=0.3, freezing_point=-12.8)
    for field in (rig, protected):
        field.hold_wall(2.0)
        field.settle(-6.0, 600.0)
    assert rig.field.freezing == 1.0
    assert protected.field.freezing == protected.field.ice == 0.0
    rig.settle(-6.0, 2400.0)
    assert rig.field.ice == 1.0
    assert rig.passage.quadratic > 1e12, "shut"
    rig.passage.flow = 0.0
    rig.settle(-6.0, 3700.0)
    assert rig.field.freezing == rig.field.ice == 0.0
    assert rig.passage.linear < 1e6


PROGRAM = f"""
import hashlib, sys
sys.path.insert(0, {str(Path(__file__).parent)!r})
from conftest import FieldRig
rig = FieldRig("2x3", kg_s=1.5)
for second in range(4000):
    rig.passage.flow = 1.5 if second % 1000 < 800 else (0.0 if second % 2000 < 1000 else -0.4)
    rig.field.fault_blocked = 0.4 if 1500 < second < 2500 else 0.0
    rig.field.fault_grout = 1e-3 * (second // 500)
    rig.tick(4.0 + (second % 77) * 0.1)
assert rig.field.ground_energy > 1e7
print(hashlib.sha256(rig.store.values.tobytes()).hexdigest())
"""


def test_compiled_and_plain_agree_to_the_bit(printed_both_ways: Callable[[str], set[str]]) -> None:
    assert len(printed_both_ways(PROGRAM)) == 1
