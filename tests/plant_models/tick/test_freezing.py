"""Water that freezes where it stands: Stefan's time, the heat of fusion there and back, and what ice blocks."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from plant_models.equipment.tank import LayeredTank
from plant_models.plant import Plant
from plant_models.tick.balance import stored_energy
from plant_models.tick.boiling import saturation_temp
from plant_models.water.network import HEAT_CAPACITY, Network

FUSION = 333.6e3
LOOP = """
  pump:    {model: Pump, catalogue: il_80_220, drive: dol, standing_loss: 0 W/(K kg)}
  pipe:    {model: Pipe, dn_mm: 50 mm, length_m: 20 m, nominal_flow: 8 m3/h, ambient: -10 degC, u_loss: 2 W/(m K)}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (a)}
"""
WATER = "  loop: (a) > pump > pipe > (a)"
PIPE_WATER = 0.25 * math.pi * 0.05**2 * 20.0 * 1000.0
STANDING = {
    "vessel": ("{model: LayeredTank, volume: 0.1 m3, loss_rate: 100 W/(K m3), ambient: -10 degC}", 100.0, 10.0),
    "pump_2": ("{model: Pump, catalogue: il_80_220, room_temp: -10 degC}", 20.0, 4.0),
    "boiler": ("{model: Boiler, kind: gas, rated_capacity: 100 kW, room_temp: -10 degC}", 50.0, 2.5),
    "tube": ("{model: Pipe, dn_mm: 100 mm, length_m: 10 m, ambient: -10 degC, u_loss: 1 W/(m K)}", 78.54, 10.0),
}


def energy(plant: Plant) -> float:
    tables = plant.store.tables
    none = np.zeros(0, LayeredTank.dtype).view(np.recarray)
    return float(stored_energy(tables["passage"], tables["pipe"], tables.get("layeredtank", none)))


def until(plant: Plant, path: str, wanted: float, most_s: int) -> float:
    """Seconds until a point is at least so much."""
    for second in range(most_s):
        if plant.store.read(path) >= wanted:
            return float(second)
        plant.advance(1)
    raise AssertionError(f"{path} is {plant.store.read(path)} after {most_s} s")


def test_a_pipe_freezes_in_the_time_that_stefan_gives(plant_of: Callable[..., Plant], validation: Any) -> None:
    """Cooling first, M c/UA ln(15/10); then m L/(UA dT) for all its water, and a twentieth of that until it is shut."""
    plant = plant_of(LOOP, WATER, temp=5.0)
    cooling = PIPE_WATER * HEAT_CAPACITY / 40.0 * math.log(15.0 / 10.0)
    freezing = PIPE_WATER * FUSION / (40.0 * 10.0)
    begun = until(plant, "network.icy", 1.0, 3000)
    shut = until(plant, "pipe.alarm_ice", 1.0, 3000)
    assert plant.store.read("pipe.ice_share") == pytest.approx(0.05, rel=0.01)
    solid = shut + until(plant, "pipe.ice_share", 1.0, 40000)
    validation(
        "standing pipe at -10 degC: from 5 degC to the first ice, from there until it is shut and all ice",
        "Stefan's problem, lumped: M c/UA ln(15/10) and m L/(UA dT), docs/physics/water.md#ice",
        expected=[cooling, 0.05 * freezing, freezing], got=[begun, shut, solid], tolerance="0.2 %", unit="s",
    )  # fmt: skip
    plant.advance(12 * 3600)
    assert plant.store.read("pipe/passage.leaving_temp") == pytest.approx(-10.0, abs=0.1), "all ice: it gets colder"
    assert plant.store.read("pipe.ice_share") == 1.0
    assert plant.balance()["energy_residual"] < 1e-6


@pytest.mark.parametrize("name", STANDING)
def test_wherever_water_stands_ice_grows_by_what_the_cold_takes(plant_of: Callable[..., Plant], name: str) -> None:
    """From 0 degC on: UA 10 K of heat are UA 10 K / L of ice, and no water gets colder than that."""
    part, water, conductance = STANDING[name]
    plant = plant_of(f"  {name}: {part}\n{LOOP}", WATER.replace("> pump >", f"> {name} > pump >"), temp=0.0)
    plant.store.row("pipe").ambient = 10.0
    plant.advance(7200)
    share = conductance * 10.0 * 7200.0 / (water * FUSION)
    assert plant.store.read(f"{name}.ice_share") == pytest.approx(share, rel=0.01)
    assert plant.store.read(f"{name}.alarm_ice") == (1.0 if share >= 0.05 else 0.0)
    assert plant.store.read(f"{name}/passage.leaving_temp") == pytest.approx(0.0, abs=1e-3)
    assert plant.store.read("network.icy") == 1.0


def test_ice_takes_its_heat_with_it_and_gives_it_back(plant_of: Callable[..., Plant]) -> None:
    """A night at -10 degC and the thaw: stored = - lost to rounding in both, and the thaw takes as long by its own."""
    plant = plant_of(LOOP, WATER, temp=0.0)
    balance, pipe = plant.store.row("balance"), plant.store.row("pipe")
    before = energy(plant)
    plant.advance(8 * 3600)
    ice = plant.store.read("pipe.ice_share") * PIPE_WATER * FUSION
    assert ice == pytest.approx(8 * 3600 * 400.0, rel=2e-4), (
        "a tick cools by 1 s x 40 W/K over M c, then is brought back"
    )
    assert energy(plant) - before == pytest.approx(-balance.lost, rel=1e-12)
    pipe.ambient = 5.0
    thawed = 0
    while plant.store.read("network.icy") > 0.0:
        plant.advance(60)
        thawed += 60
    assert thawed == pytest.approx(ice / (40.0 * 5.0), abs=61.0)
    assert (plant.store.read("pipe.ice_share"), plant.store.read("pipe.alarm_ice")) == (0.0, 0.0)
    assert energy(plant) - before == pytest.approx(-balance.lost, abs=1e-6 * ice)
    assert plant.store.read("pipe/passage.ice") == 0.0
    assert plant.balance()["frozen_s"] > 8 * 3600


def test_a_frozen_pipe_is_a_shut_end_for_its_pump_until_it_thaws(plant_of: Callable[..., Plant]) -> None:
    plant = plant_of(LOOP, WATER, temp=5.0)
    store = plant.store
    store.write("pump.enable_cmd", 1.0)
    plant.advance(60)
    free, head = store.read("pump.flow"), store.read("pump.head")
    store.write("pump.enable_cmd", 0.0)
    plant.advance(4 * 3600)
    assert store.read("pipe.alarm_ice") == 1.0
    store.write("pump.enable_cmd", 1.0)
    plant.advance(60)
    assert abs(store.read("pump.flow")) < 1e-6 * free
    assert store.read("pump.head") == pytest.approx(17.2185, rel=1e-3), "its head at no flow"
    assert store.read("network.failures") == 0.0
    store.row("pipe").ambient = 20.0
    until(plant, "pump.flow", 0.5 * free, 20000)
    assert store.read("pipe.ice_share") <= 0.025
    plant.advance(60)
    assert store.read("pump.flow") == pytest.approx(free, rel=1e-6)
    assert store.read("pump.head") == pytest.approx(head, rel=1e-6)


def test_brine_in_the_boreholes_keeps_the_whole_loop_from_freezing_until_its_own_point(
    plant_of: Callable[..., Plant],
) -> None:
    """30 % propylene glycol freezes at -12.8 degC (Melinder 2010): the pipe of the same loop too, others at 0 degC."""
    parts = f"""{LOOP}
  field: {{model: BoreholeField, field: 2x3_7.5m, depth: 100 m, fluid: propylene glycol 30 %}}
  other_pump: {{model: Pump, catalogue: il_80_220}}
  other: {{model: Pipe, dn_mm: 50 mm, length_m: 20 m, ambient: -10 degC, u_loss: 2 W/(m K)}}
  other_holding: {{model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (b)}}
"""
    water = "  loop: (a) > pump > field > pipe > (a)\n  two: (b) > other_pump > other > (b)"
    plant = plant_of(parts, water, temp=2.0)
    plant.advance(8 * 3600)
    assert plant.store.read("pipe/passage.leaving_temp") < -9.0
    assert (plant.store.read("pipe.ice_share"), plant.store.read("other.alarm_ice")) == (0.0, 1.0)
    plant.store.row("pipe").ambient = -25.0
    plant.advance(4 * 3600)
    assert plant.store.read("pipe/passage.leaving_temp") == pytest.approx(-12.8, abs=0.3)
    assert plant.store.read("pipe.ice_share") > 0.0


def test_water_that_flows_past_the_cold_leaves_at_zero_and_the_rest_is_ice(plant_of: Callable[..., Plant]) -> None:
    """A tank at 0.5 degC, a duct that takes more than the water brings: what is missing makes ice on its way."""
    parts = LOOP.replace("u_loss: 2 W/(m K)", "u_loss: 50 W/(m K)").replace("ambient: -10", "ambient: -50")
    parts += "  tank: {model: LayeredTank, volume: 5 m3, loss_rate: 0 W/(K m3)}\n"
    parts += "  throttle: {model: Valve, kv: 2.4 m3/h, start_position: 1}\n"
    plant = plant_of(parts, "  loop: (a) > tank > pump > throttle > pipe > (a)", temp=0.5)
    plant.store.write("throttle.position_cmd", 1.0)
    plant.store.write("pump.enable_cmd", 1.0)
    pipe = plant.store.row("pipe/passage")
    before, lost = energy(plant), float(plant.store.row("balance").lost)
    while plant.store.read("pipe.alarm_ice") == 0.0:
        plant.advance(1)
        assert pipe.leaving_temp >= 0.0
        assert plant.store.row("pump/passage").temp >= 0.0
    balance = plant.store.row("balance")
    assert energy(plant) - before == pytest.approx(balance.heat + balance.advected - balance.lost + lost, rel=1e-9)
    plant.advance(60)
    assert abs(pipe.flow) < 1e-9


@pytest.mark.parametrize("name", ["pipe", "tank"])
def test_pipes_and_tanks_boil_at_their_pressure_and_give_the_heat_back(
    plant_of: Callable[..., Plant], name: str
) -> None:
    """170 degC at some 2 bar above the air: held at 137 degC, the rest is steam, which condenses as the water cools."""
    parts = (
        LOOP.replace("ambient: -10", "ambient: 20")
        + "  tank: {model: LayeredTank, volume: 1 m3, loss_rate: 0 W/(K m3)}\n"
    )
    plant = plant_of(parts, "  loop: (a) > pump > pipe > tank > (a)", temp=20.0)
    passage: Any = plant.store.row(f"{name}/passage")

    def heat_up(kelvin: float) -> None:
        if name == "tank":
            plant.store.row("tank").layers += kelvin
        else:
            pipe = plant.store.row("pipe")
            pipe.excess += kelvin / pipe.decay
            pipe.content += pipe.water * kelvin / pipe.decay
            passage.warmest += kelvin

    plant.advance(60)
    held = energy(plant)
    heat_up(150.0)
    added = energy(plant) - held
    plant.advance(1)
    boils = saturation_temp(plant.store.row("a"))
    assert 120.0 < boils < 145.0
    assert plant.store.read("network.boiling") == 1.0
    assert passage.leaving_temp == pytest.approx(boils, abs=2.0)
    assert passage.steam == pytest.approx((170.0 - boils) / 150.0 * added, rel=0.05)
    assert energy(plant) - held == pytest.approx(added, rel=1e-3)
    heat_up(-100.0)
    plant.advance(1)
    assert passage.steam == 0.0
    assert energy(plant) - held == pytest.approx(added / 3.0, rel=1e-3)
    plant.advance(1)
    assert plant.store.read("network.boiling") == 0.0


def test_ice_and_steam_are_said_to_be_outside_the_law_of_liquid_water() -> None:
    assert Network.points["icy"].law.startswith("liquid water")
    assert Network.points["boiling"].law.startswith("liquid water")
