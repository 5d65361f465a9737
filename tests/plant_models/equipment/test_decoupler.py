"""Four-port buffers: the mixing of a hydraulic separator, loops that do not feel each other, layers, accounts."""

import math
from collections.abc import Callable
from itertools import pairwise

import pytest

from plant_models.plant import Plant
from plant_models.water.network import DENSITY, HEAT_CAPACITY
from twin.errors import InputError

PARTS = """
  source_pump: {model: Pump, catalogue: circulation_18m3h, drive: vfd, check_valve: 1}
  boiler:      {model: Boiler, kind: electric, rated_capacity: 150 kW, rated_flow: 18 m3/h}
  load_pump:   {model: Pump, catalogue: circulation_18m3h, drive: vfd, check_valve: 1}
  load:        {model: Pipe, dn_mm: 65 mm, length_m: 60 m, ambient: 20 degC, u_loss: 30 W/(m K)}
  decoupler:   {model: Decoupler, volume: VOLUME, MORE}
  top:         {model: TemperatureSensor, passage: decoupler.layer_1}
  holding:     {model: PressureHolding, volume: 200 L, loop_volume: 2 m3, loop: (source return)}
"""
WATER = """
  source: decoupler.source_return > (source return) > source_pump > boiler > decoupler.source_supply
  load: decoupler.load_supply > (supply) > load_pump > load > (return) > decoupler.load_return
"""


def make(
    plant_of: Callable[..., Plant], volume: str = "0.2 m3", more: str = "ambient: 20 degC", **given: float
) -> Plant:
    plant = plant_of(PARTS.replace("VOLUME", volume).replace("MORE", more), WATER, temp=20.0)
    for pump in ("source_pump", "load_pump"):
        plant.store.write(f"{pump}.enable_cmd", 1.0)
    plant.store.write("boiler.enable_cmd", 1.0)
    plant.store.write("boiler.leaving_temp_sp", 70.0)
    for path, value in given.items():
        plant.store.write(path.replace("__", "."), value)
    return plant


@pytest.mark.parametrize(("source", "load"), [(0.4, 0.8), (0.5, 0.9), (0.8, 0.4), (0.9, 0.5)])
def test_it_mixes_as_a_separator_does(
    plant_of: Callable[..., Plant], validation: Callable[..., None], source: float, load: float
) -> None:
    """Load takes more: its supply is the mixture of all of the source's water and of its own return. Source sends more:
    the load has the source's temperature, and the source's return is the mixture."""
    plant = make(plant_of, source_pump__speed_cmd=source, load_pump__speed_cmd=load)
    plant.advance(6 * 3600)
    read = plant.store.read
    given, taken = read("decoupler.source_flow"), read("decoupler.load_flow")
    hot, back = read("boiler.leaving_temp"), read("load/passage.leaving_temp")
    supply, sent_back = hot, back
    if taken > given:
        supply = (given * hot + (taken - given) * back) / taken
    else:
        sent_back = (taken * back + (given - taken) * hot) / given
    ratio = f"pump speeds {source:g} in the source loop, {load:g} in the load loop"
    validation(
        f"decoupler, supply of the load and return of the source, {ratio}",
        "balances of heat and water over the vessel, closed form",
        expected=[supply, sent_back], got=[read("supply.temp"), read("source return.temp")], tolerance=0.3, unit="degC",
        note="what is left is the loss of the vessel and conduction between its layers",
    )  # fmt: skip
    assert abs(given - taken) > 2.0
    assert read("decoupler.down_flow") == pytest.approx(given - taken, abs=1e-6)
    assert plant.balance()["energy_residual"] < 1e-6
    assert plant.balance()["water_residual"] < 1e-6


def test_the_pumps_of_one_loop_do_not_feel_those_of_the_other(plant_of: Callable[..., Plant]) -> None:
    plant = make(plant_of, source_pump__speed_cmd=0.8, load_pump__speed_cmd=0.8)
    plant.advance(600)
    flow = plant.store.read("load_pump.flow")
    assert flow > 5.0
    plant.store.write("source_pump.enable_cmd", 0.0)
    plant.advance(600)
    assert plant.store.read("load_pump.flow") == pytest.approx(flow, rel=1e-4)
    assert plant.store.read("decoupler.down_flow") == pytest.approx(-flow, rel=0.01)
    assert abs(plant.store.read("decoupler.source_flow")) < 0.01 * flow
    drop = plant.store.read("decoupler/level_0.pressure") - plant.store.read("decoupler/level_10.pressure")
    assert abs(drop) < 10.0, "Pa, from top to bottom with all the flow in between"


def test_warm_water_lies_above_cold_and_charges_from_the_top(plant_of: Callable[..., Plant]) -> None:
    """A buffer of 4 m3 without load: the first water is at the top while the bottom is still as cold as it was."""
    plant = make(plant_of, "4 m3", source_pump__speed_cmd=0.5, load_pump__enable_cmd=0.0)
    plant.advance(900)
    layers = list(plant.store.row("decoupler").layers)
    assert all(above > below - 0.05 for above, below in pairwise(layers))
    assert plant.store.read("decoupler.top_temp") > plant.store.read("decoupler.bottom_temp") + 3.0
    assert plant.store.read("top.temp") == pytest.approx(plant.store.read("decoupler.top_temp"), abs=1.0)
    plant.advance(6 * 3600)
    assert plant.store.read("decoupler.bottom_temp") == pytest.approx(70.0, abs=1.0)


def test_water_warmer_below_rises_and_the_heat_stays(plant_of: Callable[..., Plant]) -> None:
    plant = make(plant_of, source_pump__enable_cmd=0.0, load_pump__enable_cmd=0.0, boiler__enable_cmd=0.0)
    plant.advance(10)
    for k in range(1, 11):
        plant.store.row(f"decoupler/layer_{k}").temp = 45.0 if k == 10 else 20.0
    plant.store.row("balance").audits = 0.0
    plant.advance(2)
    assert list(plant.store.row("decoupler").layers) == pytest.approx([22.5] * 10, abs=0.01)
    plant.advance(600)
    assert plant.balance()["energy_residual"] < 1e-6


@pytest.mark.parametrize("tick", [0.5, 1.0, 10.0])
def test_standing_water_loses_to_the_room(plant_of: Callable[..., Plant], tick: float) -> None:
    """exp(-t U/(rho c)): with 1.5 W/(K m3) about 1.4 kWh a day and m3 at 40 K; what was lost is what is gone."""
    plant = make(plant_of, source_pump__enable_cmd=0.0, load_pump__enable_cmd=0.0, boiler__enable_cmd=0.0)
    plant.tick_s = tick
    for k in range(1, 11):
        plant.store.row(f"decoupler/layer_{k}").temp = 60.0
    hours = 12
    plant.advance(round(hours * 3600 / tick))
    left = 40.0 * math.exp(-hours * 3600.0 * 1.5 / (DENSITY * HEAT_CAPACITY))
    assert list(plant.store.row("decoupler").layers) == pytest.approx([20.0 + left] * 10, abs=1e-3)
    gone = (40.0 - left) * 0.2 * DENSITY * HEAT_CAPACITY
    assert plant.store.read("decoupler.lost") == pytest.approx(gone, rel=1e-3)


def test_torn_baffles_and_water_too_fast_are_seen(plant_of: Callable[..., Plant]) -> None:
    plant = make(plant_of, "1 m3", "diameter: 0.08 m", source_pump__speed_cmd=0.9, load_pump__speed_cmd=0.3)
    plant.advance(300)
    fastest = plant.store.read("decoupler.source_flow") / 3600.0 / (0.25 * math.pi * 0.08**2)
    assert plant.store.read("decoupler.beyond") == pytest.approx(fastest - 0.2, abs=1e-6)
    assert plant.store.read("decoupler.beyond") > 0.1
    plant.store.write("decoupler.fault_stirred", 1.0)
    plant.advance(60)
    layers = plant.store.row("decoupler").layers
    assert max(layers) - min(layers) < 1.5


@pytest.mark.parametrize(
    ("more", "water", "said"),
    [
        ("load_supply_height: 0.1", WATER, "load_supply_height must lie above load_return_height"),
        ("ambient: 20 degC", WATER + "  more: (x) > decoupler > (y)", "no passage 'decoupler.passage'"),
        (
            "ambient: 20 degC",
            WATER.replace("decoupler.source_supply", "decoupler.source_supply > (x)"),
            "chain ends at",
        ),
    ],
)
def test_ports_that_lead_nowhere_are_refused(plant_of: Callable[..., Plant], more: str, water: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        plant_of(PARTS.replace("VOLUME", "0.2 m3").replace("MORE", more), water)
