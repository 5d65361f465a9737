"""Pressures at their floor: vapour at high and throttled places, air from wells and vessels that have run dry."""

from collections.abc import Callable
from datetime import datetime

import pytest

from plant_models.plant import Plant, build
from plant_models.water.network import GRAVITY_HEAD

HIGH = """
  pump:    {model: Pump, catalogue: circulation_18m3h, drive: dol}
  heater:  {model: Boiler, kind: electric, rated_capacity: 200 kW, rated_flow: 18 m3/h}
  riser:   {model: Pipe, dn_mm: 80 mm, length_m: 40 m, nominal_flow: 18 m3/h, ambient: 20 degC}
  down:    {model: Pipe, dn_mm: 80 mm, length_m: 40 m, nominal_flow: 18 m3/h, ambient: 20 degC}
  holding: {model: PressureHolding, volume: 400 L, loop_volume: 2 m3, loop: (a), initial_pressure: 1.3 bar,
            precharge: 1 bar, enable_cmd: 0}
"""
ROUND = "  loop: (a) > pump > heater > riser > (roof) > down > (a)"


def absolute(plant: Plant, junction: str) -> float:
    """Absolute pressure at a junction [Pa]."""
    row = plant.store.row(junction)
    return float(row.pressure - GRAVITY_HEAD * row.elevation + 101325.0)


@pytest.mark.parametrize(("degrees", "saturated"), [(20.0, 2339.0), (60.0, 19946.0), (80.0, 47414.0)])
def test_no_place_is_below_the_vapour_pressure_of_its_water(
    plant_of: Callable[..., Plant], degrees: float, saturated: float
) -> None:
    """A roof 30 m up in a loop held at 1.3 bar would be at 0.6 bar below nothing; saturation pressures: IAPWS IF97."""
    plant = plant_of(HIGH, ROUND, temp=20.0)
    plant.store.row("roof").elevation = 30.0
    for path, value in (
        ("holding.enable_cmd", 0.0), ("pump.enable_cmd", 1.0), ("heater.enable_cmd", float(degrees > 20.0)),
        ("heater.leaving_temp_sp", degrees),
    ):  # fmt: skip
        plant.store.write(path, value)
    plant.advance(7200 if degrees > 20.0 else 300)
    assert plant.store.read("roof.temp") == pytest.approx(degrees, abs=1.0)
    assert absolute(plant, "roof") == pytest.approx(saturated, rel=0.06)
    assert plant.store.read("network.pockets") == 1.0
    assert plant.store.read("network.boiling") == 1.0
    assert plant.store.read("pump.flow") > 10.0
    plant.store.row("roof").elevation = 5.0
    plant.advance(60)
    assert absolute(plant, "roof") > saturated + 2e4
    assert (plant.store.read("network.pockets"), plant.store.read("network.boiling")) == (0.0, 0.0)


def test_the_floor_follows_the_water_while_nothing_else_moves(plant_of: Callable[..., Plant]) -> None:
    """Standing water that is made hotter from one tick to the next, with the network at rest."""
    plant = plant_of(HIGH, ROUND, temp=20.0)
    plant.store.row("roof").elevation = 30.0
    plant.advance(60)
    cold = absolute(plant, "roof")
    for pipe in ("riser", "down"):
        plant.store.row(pipe).excess[:] += 40.0
        plant.store.row(pipe).content += 40.0 * plant.store.row(pipe).water
    plant.advance(900)
    assert cold == pytest.approx(2339.0, rel=0.06)
    assert absolute(plant, "roof") > 4.0 * cold


def test_a_well_pump_above_its_water_sucks_air_and_delivers_nothing() -> None:
    plant = build("single_well", datetime(2026, 1, 15), 86400.0)  # noqa: DTZ001
    read, write = plant.store.read, plant.store.write
    write("well_pump_1.enable_cmd", 1.0)
    write("well_pump_1.speed_cmd", 1.0)
    plant.advance(900)
    flow = read("well_1.flow")
    name = [n for n, _, _ in plant.store.components()][int(plant.store.row("well_1/extraction").downstream)]
    assert flow > 5.0
    write("well_1.level_drop", 40.0)
    plant.advance(60)
    assert read("well_1.alarm_dry") == read("well_pump_1.alarm_cavitation") == 1.0
    assert read("well_1.flow") == pytest.approx(0.0, abs=0.01)
    assert absolute(plant, name) == pytest.approx(101325.0, abs=0.1)
    assert read("well_pump_1.head") < read("well_pump_1.head_0")
    write("well_1.level_drop", 0.0)
    plant.advance(1200)
    assert read("well_1.flow") == pytest.approx(flow, rel=0.02)
    assert read("well_pump_1.alarm_cavitation") == read("network.drained") == 0.0


BASIN = """
  tower:   {model: CoolingTower, heat_rejection: 200 kW}
  suction: {model: Pipe, dn_mm: 100 mm, length_m: 5 m}
  pump:    {model: Pump, catalogue: il_80_220, drive: dol, check_valve: 1}
"""


@pytest.mark.parametrize("water", ["(basin) > pump", "(basin) > suction > (inlet) > pump"])
def test_an_empty_basin_gives_air_up_to_the_first_pump(plant_of: Callable[..., Plant], water: str) -> None:
    parts = "\n".join(line for line in BASIN.splitlines() if "suction" in water or "suction" not in line)
    plant = plant_of(parts, f"  loop: {water} > tower > (basin)", start="2026-07-15T12:00")
    read = plant.store.read
    plant.store.write("pump.enable_cmd", 1.0)
    plant.advance(120)
    flow = read("pump.flow")
    assert flow > 30.0
    plant.store.write("tower.fault_float_shut", 1.0)
    plant.store.row("tower").level = 0.0
    plant.advance(60)
    assert abs(read("pump.flow")) < 0.01
    assert read("pump.alarm_cavitation") == read("tower.alarm_level") == 1.0
    if "suction" in water:
        assert absolute(plant, "inlet") == pytest.approx(101325.0, abs=0.1)
    plant.store.write("tower.fault_float_shut", 0.0)
    plant.advance(600)
    assert read("pump.flow") == pytest.approx(flow, rel=1e-3)
    assert read("pump.alarm_cavitation") == 0.0


def test_a_pool_leaks_no_more_than_it_holds_and_then_gives_air(plant_of: Callable[..., Plant]) -> None:
    parts = """
  pool: {model: Pool, area: 20 m2, depth: 0.4 m, rated_flow: 15 m3/h, make_up_rate: 5 m3/h}
  pump: {model: Pump, catalogue: circulation_18m3h, drive: dol, check_valve: 1}
"""
    plant = plant_of(parts, "  loop: (basin) > pump > pool > (basin)", start="2026-07-15T12:00")
    read = plant.store.read
    plant.store.write("pump.enable_cmd", 1.0)
    plant.store.write("pool.fault_float_shut", 1.0)
    plant.store.write("pool.fault_leak", 20.0)
    plant.advance(600)
    assert read("pump.flow") > 10.0
    plant.advance(3600)
    assert read("pool.leaked") == pytest.approx(20.0 * 0.4, rel=0.02)
    assert abs(read("pump.flow")) < 0.01
    plant.store.write("pool.fault_float_shut", 0.0)
    plant.store.write("pool.fault_leak", 0.0)
    plant.advance(3 * 3600)
    assert read("pump.flow") > 10.0
