"""A household of two rooms on a large tank of water at a chosen temperature: room units at work in a whole plant."""

from datetime import datetime

import pytest

from plant_models.assembly.plant_file import PlantText
from plant_models.plant import Plant
from twin.yaml_lines import load

HOUSE = """
plant: test_house
title: A household on a tank
source: tests
site: {{weather: beijing_heating_design_day, ground_temp: {water} degC}}
components:
  tank:      {{model: LayeredTank, volume: 200 m3}}
  pump:      {{model: Pump, catalogue: il_80_220, drive: vfd}}
  throttle:  {{model: Valve, kv: 3 m3/h, drive: modulating}}
  holding:   {{model: PressureHolding, loop: (return), loop_volume: 1 m3}}
  house:     {{model: Household, meter: power, step_s: {step} s}}
  zone_[1-2]: {{model: Zone, area: 20 m2, design_load: 70 W/m2, temp: {room} degC}}
  room_[1-2]: {{model: RoomUnit, household: house, zone: "zone_[1-2]", catalogue: dnv_i_56, share: 0.5{more}}}
  power:     {{model: ElectricityMeter}}
water:
  loop: (return) > tank > pump > throttle > house > (return)
"""


class House:
    """The plant, with short ways to its rows."""

    def __init__(self, water: float = 10.0, room: float = 18.0, step: float = 1.0, more: str = "") -> None:
        text = HOUSE.format(water=water, room=room, step=step, more=more)
        self.plant = Plant(PlantText(load(text, "house.yaml")), datetime(2026, 1, 15), 86400.0)  # noqa: DTZ001
        self.house, self.power = self.plant.store.row("house"), self.plant.store.row("power")
        self.units = [self.plant.store.row("room_1"), self.plant.store.row("room_2")]
        self.zones = [self.plant.store.row("zone_1"), self.plant.store.row("zone_2")]
        self.pump, throttle = self.plant.store.row("pump"), self.plant.store.row("throttle")
        self.pump.enable_cmd, self.pump.speed_cmd = 1.0, 0.8
        throttle.position_cmd = throttle.position = 1.0
        self.passage = self.plant.store.tables["passage"][self.house.passage]

    def run(self, seconds: float) -> "House":
        self.plant.advance(round(seconds))
        return self


@pytest.fixture
def house():
    """The class of test households."""
    return House
