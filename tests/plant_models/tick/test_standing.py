"""What instruments show of water that stands, against closed forms; the heat that standing water loses."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from plant_models.plant import Plant
from plant_models.water.network import HEAT_CAPACITY

LOOP = "  loop: (return) > pump > heater > (supply) > riser > back > (return)"
PARTS = """
  pump:    {model: Pump, catalogue: circulation_18m3h, drive: dol}
  heater:  {model: Boiler, kind: electric, rated_capacity: 60 kW, rated_flow: 18 m3/h}
  riser:   {model: Pipe, dn_mm: 80 mm, length_m: 80 m, nominal_flow: 18 m3/h, ambient: 5 degC, u_loss: 2 W/(m K)}
  back:    {model: Pipe, dn_mm: 80 mm, length_m: 80 m, nominal_flow: 18 m3/h, ambient: 5 degC, u_loss: 2 W/(m K)}
  meter:   {model: HeatMeter, passage: riser, supply: (supply), back: (return)}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (return), supply: (supply), back: (return)}
"""
HALF_A_DAY = 12 * 3600


def stopped(plant: Plant) -> Plant:
    """The loop after two hours at 60 degC, then left alone for half a day."""
    for path, value in (("pump.enable_cmd", 1.0), ("heater.enable_cmd", 1.0), ("heater.leaving_temp_sp", 60.0)):
        plant.store.write(path, value)
    plant.advance(7200)
    assert plant.store.read("meter.supply_temp") == pytest.approx(60.0, abs=0.5)
    for path in ("pump.enable_cmd", "heater.enable_cmd"):
        plant.store.write(path, 0.0)
    plant.advance(HALF_A_DAY)
    return plant


@pytest.fixture
def still(plant_of: Callable[..., Plant]) -> Plant:
    return stopped(plant_of(PARTS, LOOP, temp=20.0))


def test_a_stopped_plant_shows_the_water_that_stands_in_its_pipes(still: Plant, validation: Any) -> None:
    water = math.pi / 4.0 * 0.08**2 * 80.0 * 1000.0
    closed = 5.0 + 55.0 * math.exp(-HALF_A_DAY * 2.0 * 80.0 / (water * HEAT_CAPACITY))
    validation(
        "water of 60 degC that stands for 12 h in a pipe of 80 mm, 2 W/(m K) to 5 degC: the meter shows",
        "closed form, docs/physics/water.md#standing-water",
        expected=closed, got=still.store.read("meter.supply_temp"), tolerance=0.1, unit="degC",
    )  # fmt: skip
    assert still.store.read("riser/passage.leaving_temp") == pytest.approx(closed, abs=0.1)
    assert still.store.read("holding.loop_temp") < 25.0


def test_a_stopped_boiler_and_pump_cool_towards_their_room(still: Plant) -> None:
    """The boiler loses 0.05 W/(K kg), the pump 0.2 W/(K kg)."""
    boiler = 20.0 + 40.0 * math.exp(-HALF_A_DAY * 0.05 / HEAT_CAPACITY)
    assert still.store.read("heater.leaving_temp") == pytest.approx(boiler, abs=0.5)
    assert still.store.read("heater.entering_temp") == pytest.approx(boiler, abs=0.5)
    pump = 20.0 + 40.0 * math.exp(-HALF_A_DAY * 0.2 / HEAT_CAPACITY)
    assert still.store.read("pump/passage.temp") == pytest.approx(pump, abs=0.5)


def test_readings_do_not_touch_the_account_of_energy(still: Plant) -> None:
    assert still.balance()["energy_residual"] < 1e-6
    assert still.balance()["water_residual"] < 1e-6


def test_readings_move_on_by_steps_when_the_water_stops(plant_of: Callable[..., Plant]) -> None:
    """No jump of more than the fitting allows: what was shown at the stop is left with a time constant of 200 s."""
    plant = plant_of(PARTS, LOOP, temp=20.0)
    for path, value in (("pump.enable_cmd", 1.0), ("heater.enable_cmd", 1.0), ("heater.leaving_temp_sp", 60.0)):
        plant.store.write(path, value)
    plant.advance(7200)
    plant.store.write("pump.enable_cmd", 0.0)
    plant.store.write("heater.enable_cmd", 0.0)
    before = plant.store.read("supply.temp")
    for _ in range(600):
        plant.advance(1)
        now = plant.store.read("supply.temp")
        assert abs(now - before) < 0.5
        before = now


def test_a_drip_does_not_outweigh_the_water_that_stands(plant_of: Callable[..., Plant]) -> None:
    """A valve that passes some 0.02 g/s of hot water: the fitting behind it shows the cold pipe it stands in."""
    parts = """
  pump:    {model: Pump, catalogue: circulation_18m3h, drive: dol}
  heater:  {model: Boiler, kind: electric, rated_capacity: 60 kW, rated_flow: 18 m3/h}
  hot:     {model: Pipe, dn_mm: 50 mm, length_m: 100 m, ambient: 20 degC}
  drip:    {model: Valve, kv: 10 m3/h, leakage: 1e-4}
  cold:    {model: Pipe, dn_mm: 80 mm, length_m: 80 m, ambient: 5 degC, u_loss: 2 W/(m K)}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (return)}
"""
    ring = "  ring: (return) > pump > heater > (supply) > hot > (return)"
    loop = f"{ring}\n  side: (supply) > drip > (behind) > cold > (return)"
    plant = plant_of(parts, loop, temp=20.0)
    for path, value in (("pump.enable_cmd", 1.0), ("heater.enable_cmd", 1.0), ("heater.leaving_temp_sp", 60.0)):
        plant.store.write(path, value)
    plant.advance(6 * 3600)
    flow = plant.store.read("drip/passage.flow")
    assert 1e-5 < flow < 5e-4
    assert plant.store.read("supply.temp") > 55.0
    assert plant.store.read("cold/passage.entering_temp") < 30.0
    assert plant.store.read("behind.temp") < 30.0
    assert plant.balance()["energy_residual"] < 1e-6
