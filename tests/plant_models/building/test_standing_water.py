"""Water that stands in coils, floors and households takes the temperature of its room, and freezes in a cold one."""

import math
from collections.abc import Callable
from typing import Any

import pytest

from plant_models.building.standing_water import lose_to_room, towards
from plant_models.building.zone import Zone
from plant_models.plant import Plant
from plant_models.water.network import HEAT_CAPACITY, Passage
from twin.store import Store

FUSION = 333.6e3
PARTS = """
  pump:    {model: Pump, catalogue: il_80_220}
  pipe:    {model: Pipe, dn_mm: 50 mm, length_m: 20 m, nominal_flow: 8 m3/h, ambient: 10 degC}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (a)}
  room:    {model: Zone, area: 20 m2, design_load: 70 W/m2, temp: TEMP degC}
"""
WATER = "  loop: (a) > pump > pipe > emitter > (a)"
EMITTERS = {
    "fan coil": "  emitter: {model: FanCoil, zone: room, leak: 1e-6}",
    "air handler": "  emitter: {model: AirHandlingUnit, zone: room, mass: 60 kg, leak: 1e-6, enable_cmd: 0}",
    "household": "  emitter: {model: Household}\n  unit: {model: RoomUnit, household: emitter, zone: room,"
    " catalogue: dnv_i_56, enable_cmd: 0}",
}


def in_room(plant_of: Callable[..., Plant], emitter: str, room: float, water: float) -> Plant:
    """Pump at rest, water of one temperature, and a room of another."""
    plant = plant_of(f"{PARTS.replace('TEMP', str(room))}{emitter}", WATER, temp=water)
    plant.store.row("pipe").ambient = water
    return plant


def hold(plant: Plant, temp: float, hours: float) -> None:
    """Let time pass in a room that stays at a temperature."""
    zone: Any = plant.store.row("room")
    for _ in range(round(60 * hours)):
        zone.temp = zone.surface_temp = zone.mass_temp = zone.wall_temp = temp
        plant.advance(60)


def test_a_coil_cools_to_its_room_and_what_it_loses_is_in_the_room() -> None:
    """0.05 W/(K kg): 23.3 h until 1/e of the difference is left; not towards 20 degC but towards the room's 5 degC."""
    store = Store({Passage: ["coil"], Zone: ["room"]})
    coil, zones = store.row("coil"), store.tables["zone"]
    coil.mass, coil.temp, zones[0].temp = 3.0, 20.0, 5.0
    given = 0.0
    for _ in range(round(HEAT_CAPACITY / 0.05 / 60.0)):
        coil.heat = 0.0
        given += lose_to_room(coil, zones, 0, 60.0)
        coil.temp += coil.heat * 60.0 / (coil.mass * HEAT_CAPACITY)
    assert coil.temp == pytest.approx(5.0 + 15.0 / math.e, abs=0.01)
    assert given == pytest.approx(3.0 * HEAT_CAPACITY * (20.0 - coil.temp), rel=1e-9)
    assert zones[0].incoming == pytest.approx(given, rel=1e-12)


def test_water_against_a_slab_follows_the_closed_form_at_any_tick() -> None:
    store = Store({Passage: ["pipes"]})
    for dt in (1.0, 10.0, 600.0):
        pipes = store.row("pipes")
        pipes.mass, pipes.temp = 90.0, 20.0
        for _ in range(round(600.0 / dt)):
            pipes.temp -= towards(pipes, 2000.0, -5.0, dt) * dt / (90.0 * HEAT_CAPACITY)
        assert pipes.temp == pytest.approx(-5.0 + 25.0 * math.exp(-2000.0 * 600.0 / (90.0 * HEAT_CAPACITY)), rel=1e-9)


@pytest.mark.parametrize("name", EMITTERS)
def test_a_room_warms_and_cools_the_water_that_stands_in_it(plant_of: Callable[..., Plant], name: str) -> None:
    """12 h at 30 degC: the water is on its way there from 10 degC, and the room has given what it has got."""
    plant = in_room(plant_of, EMITTERS[name], 30.0, 10.0)
    hold(plant, 30.0, 12.0)
    passage: Any = plant.store.row("emitter/passage")
    assert passage.temp == pytest.approx(30.0 - 20.0 * math.exp(-0.05 * 43200.0 / HEAT_CAPACITY), abs=0.1)
    assert passage.energy == pytest.approx(passage.mass * HEAT_CAPACITY * (passage.temp - 10.0), rel=0.01)
    counter = {"fan coil": "heat_to_room", "air handler": "room_energy", "household": "energy_standing"}[name]
    assert plant.store.read(f"emitter.{counter}") == pytest.approx(-passage.energy, rel=2e-3)
    assert plant.balance()["energy_residual"] < 1e-6


@pytest.mark.parametrize("name", EMITTERS)
def test_water_in_a_frozen_room_freezes_and_shuts_the_emitter(plant_of: Callable[..., Plant], name: str) -> None:
    """0.05 W/(K kg) x 10 K over 333.6 kJ/kg: 0.54 % an hour, shut in the tenth."""
    plant = in_room(plant_of, EMITTERS[name], -10.0, 0.0)
    hold(plant, -10.0, 8.0)
    assert plant.store.read("emitter.ice_share") == pytest.approx(0.05 * 10.0 * 8 * 3600 / FUSION, rel=0.02)
    assert plant.store.read("emitter.alarm_ice") == 0.0
    hold(plant, -10.0, 2.0)
    assert plant.store.read("emitter.alarm_ice") == 1.0
    assert plant.store.row("emitter/passage").temp == 0.0


def test_a_floor_in_a_frozen_slab_freezes_within_minutes(plant_of: Callable[..., Plant]) -> None:
    """90 kg on 24 W/(m2 K) x 100 m2: 12 kW at -5 degC, 1.5 MJ until it is shut; water gives what the slab has got."""
    floor = "  emitter: {model: RadiantFloor, zone: room, area: 100 m2, leak: 1e-6}"
    plant = in_room(plant_of, floor, -5.0, 0.0)
    row: Any = plant.store.row("emitter")
    row.core_temp = row.surface_temp = -5.0
    film = 1.0 / (1.0 / 5.5 - 1.0 / 21.0 - 1.0 / 10.8)
    plant.advance(60)
    assert row.ice_share == pytest.approx(film * 100.0 * 5.0 * 60.0 / (90.0 * FUSION), rel=0.05)
    plant.advance(120)
    assert row.alarm_ice == 1.0
    assert row.water_energy == pytest.approx(plant.store.row("emitter/passage").ice, rel=1e-6)
