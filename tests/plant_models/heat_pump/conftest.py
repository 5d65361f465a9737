"""One water/water unit between two waters of given entering temperature; run as a script it prints a fingerprint."""

import hashlib
import math
from collections.abc import Callable
from typing import Any

import pytest

from plant_models.network import HEAT_CAPACITY, M3H, Passage
from plant_models.performance_map import PerformanceMap, fill_map, load_map
from plant_models.unit_rating import fit_passages, rate_unit
from plant_models.water_water_unit import WaterWaterUnit, actuate, exchange, sense
from twin.store import Store


class Rig:
    """A unit of 648.2 kW at 7/50 unless told otherwise; flows are nominal and the waters enter at 12/45 degC.

    The exchangers are stirred masses, advanced here by the exact solution of dT/dt = (m/M)(T_in - T) + Q/(M c): a
    stand-in for the thermal network.
    """

    def __init__(self, entering: tuple[float, float] = (12.0, 45.0), **parameters: float) -> None:
        self.store = Store({WaterWaterUnit: ["hp"], Passage: ["evaporator", "condenser"], PerformanceMap: ["screw"]})
        tables = self.store.tables
        self.units, self.passages, self.maps = (tables[n] for n in ("waterwaterunit", "passage", "performancemap"))
        self.unit, (self.evaporator, self.condenser), self.map = self.units[0], self.passages, self.maps[0]
        fill_map(self.map, load_map("screw_r134a"))
        self.unit.evaporator, self.unit.condenser, self.unit.map = 0, 1, 0
        if "scale" not in parameters:
            parameters.setdefault("rated_heating_capacity", 648.2e3)
        for name, value in parameters.items():
            self.store.write(f"hp.{name}", value)
        rate_unit(self.unit, self.map)
        fit_passages(self.unit, self.evaporator, self.condenser)
        for passage, temp in zip(self.passages, entering, strict=True):
            passage.entering_temp = passage.temp = passage.leaving_temp = temp
        self.unit.freeze_sensor_temp = entering[0]
        self.flow(1.0, 1.0)
        self.time = 0.0
        sense(self.units, self.passages)

    def flow(self, evaporator: float, condenser: float) -> None:
        """Set both flows as fractions of nominal."""
        self.evaporator.flow = evaporator * self.unit.nominal_evaporator_flow / M3H
        self.condenser.flow = condenser * self.unit.nominal_condenser_flow / M3H

    def flat_map(self, cooling: float, power: float) -> None:
        """A map of the same values everywhere [W], for closed forms."""
        self.map.cooling_capacity[:], self.map.power[:] = cooling, power

    def tick(self, dt: float = 1.0) -> None:
        actuate(self.units, dt)
        exchange(self.units, self.passages, self.maps, dt)
        for passage in self.passages:
            if passage.flow == 0.0:
                passage.temp += passage.heat * dt / (passage.mass * HEAT_CAPACITY)
            else:
                steady = passage.entering_temp + passage.heat / (passage.flow * HEAT_CAPACITY)
                passage.temp = steady + (passage.temp - steady) * math.exp(-passage.flow * dt / passage.mass)
                passage.leaving_temp = passage.temp
        sense(self.units, self.passages)
        self.time += dt

    def run(self, seconds: float, dt: float = 1.0) -> "Rig":
        for _ in range(round(seconds / dt)):
            self.tick(dt)
        return self

    def until(self, condition: Callable[[Any], bool], limit: float = 7200.0, dt: float = 1.0) -> float:
        """Run until the condition of the unit holds; the seconds that took, or a failure at the limit."""
        start = self.time
        while not condition(self.unit):
            assert self.time - start < limit, f"nothing happened within {limit:g} s"
            self.tick(dt)
        return self.time - start

    def full_load(self) -> "Rig":
        """Enable, load all steps and settle."""
        self.unit.enable_cmd, self.unit.leaving_temp_sp = 1.0, 60.0 if self.unit.mode_cmd == 0.0 else 1.0
        self.until(lambda unit: unit.capacity == 1.0)
        return self.run(120.0)


def fingerprint() -> str:
    """The bits of a unit's numbers after starts, steps, trips and faults of all kinds."""
    digest = hashlib.sha256()
    for part_load in (0.0, 1.0, 2.0):
        rig = Rig(part_load=part_load, min_off=120.0, fault_delay=60.0, step_time=20.0)
        rig.unit.enable_cmd, rig.unit.leaving_temp_sp = 1.0, 49.3
        rig.run(250.0)
        rig.flow(0.83, 0.71)
        rig.unit.condenser_fouling, rig.unit.refrigerant_leak = 1.7, 0.06
        rig.run(60.0, dt=0.5)
        rig.flow(0.0, 1.0)
        rig.run(30.0)
        rig.flow(1.0, 1.0)
        rig.run(200.0)
        digest.update(rig.store.values.tobytes())
    return digest.hexdigest()


@pytest.fixture
def rig() -> type[Rig]:
    """The class of rigs."""
    return Rig


@pytest.fixture
def fingerprint_here() -> str:
    """The fingerprint as this process computes it."""
    return fingerprint()


if __name__ == "__main__":
    print(fingerprint())
