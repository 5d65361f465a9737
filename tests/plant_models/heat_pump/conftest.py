"""One water/water unit between two waters of given entering temperature; run as a script it prints a fingerprint."""

import hashlib
import math
from collections.abc import Callable
from typing import Any

import pytest

from plant_models.heat_pump import air_coil
from plant_models.heat_pump.air_coil import AirCoil
from plant_models.heat_pump.performance_map import PerformanceMap, fill_map, load_map
from plant_models.heat_pump.rating import fit_coil, fit_passages, rate_unit, take_roles
from plant_models.heat_pump.water_water_unit import WaterWaterUnit, actuate, exchange, sense
from plant_models.water.hydraulics import LEAST_LOSS
from plant_models.water.network import HEAT_CAPACITY, M3H, Junction, Network, Passage
from plant_models.weather.psychrometrics import dew_point, vapour_pressure
from plant_models.weather.weather import Weather
from twin.store import Store


class Rig:
    """A unit of 648.2 kW at 7/50 unless told otherwise; flows are nominal and the waters enter at 12/45 degC.

    The exchangers are stirred masses, advanced here by the exact solution of dT/dt = (m/M)(T_in - T) + Q/(M c): a
    stand-in for the thermal network. With changeover=1 `evaporator` is the source and `condenser` the load.
    recovery: entering temperature of a second condenser's or desuperheater's water, where there is to be one
    """

    def __init__(
        self, entering: tuple[float, float] = (12.0, 45.0), map: str = "screw_r134a", recovery: float | None = None,
        **parameters: float,
    ) -> None:  # fmt: skip
        names = ["evaporator", "condenser"] + ([] if recovery is None else ["recovery"])
        self.store = Store(
            {WaterWaterUnit: ["hp"], Passage: names, PerformanceMap: ["map"], Network: ["network"], **self.more()}
        )
        tables = self.store.tables
        self.units, self.passages, self.maps = (tables[n] for n in ("waterwaterunit", "passage", "performancemap"))
        self.unit, self.map, self.network = self.units[0], self.maps[0], tables["network"]
        self.evaporator, self.condenser = self.passages[0], self.passages[1]
        fill_map(self.map, load_map(map))
        if parameters.get("changeover"):
            self.unit.source, self.unit.load, self.unit.map = 0, 1, 0
        else:
            self.unit.evaporator, self.unit.condenser, self.unit.map = 0, 1, 0
        if recovery is not None:
            self.unit.recovery, self.recovery = 2, self.passages[2]
        if "scale" not in parameters:
            parameters.setdefault("rated_heating_capacity", 648.2e3)
        for name, value in parameters.items():
            self.store.write(f"hp.{name}", value)
        for passage, temp in zip(self.passages, (*entering, recovery), strict=False):
            passage.entering_temp = passage.temp = passage.leaving_temp = temp
        if "aircoil" in tables:
            tables["aircoil"][0].air = 0
        take_roles(self.unit, tables)
        rate_unit(self.unit, self.map)
        self.nominal = (float(self.unit.nominal_evaporator_flow), float(self.unit.nominal_condenser_flow))
        fit_passages(self.unit, self.passages)
        fit_coil(self.unit, 0, tables)
        self.unit.freeze_sensor_temp = entering[0]
        self.flow(1.0, 1.0, 1.0)
        self.time = 0.0
        sense(self.units, self.passages)

    def more(self) -> dict[Any, list[str]]:
        """Further components of the rig."""
        return {}

    def flow(self, evaporator: float, condenser: float, recovery: float = 0.0) -> None:
        """Set the flows as fractions of nominal."""
        self.evaporator.flow = evaporator * self.nominal[0] / M3H
        self.condenser.flow = condenser * self.nominal[1] / M3H
        if len(self.passages) > 2:
            self.recovery.flow = recovery * self.unit.nominal_recovery_flow / M3H

    def flat_map(self, cooling: float, power: float) -> None:
        """A map of the same values everywhere [W], for closed forms."""
        self.map.cooling_capacity[:], self.map.power[:] = cooling, power

    def tick(self, dt: float = 1.0) -> None:
        actuate(self.units, self.passages, self.network, dt)
        exchange(self.units, self.passages, self.maps, dt)
        self.advance_waters(dt)
        sense(self.units, self.passages)
        self.time += dt

    def advance_waters(self, dt: float) -> None:
        """The exact solution of every stirred mass over one tick."""
        for passage in self.passages:
            if passage.flow == 0.0:
                passage.temp += passage.heat * dt / (passage.mass * HEAT_CAPACITY)
            else:
                steady = passage.entering_temp + passage.heat / (passage.flow * HEAT_CAPACITY)
                passage.temp = steady + (passage.temp - steady) * math.exp(-passage.flow * dt / passage.mass)
                passage.leaving_temp = passage.temp

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
        self.unit.enable_cmd, self.unit.leaving_temp_sp = 1.0, 1.0 if self.unit.mode_cmd == 1.0 else 65.0
        self.until(lambda unit: unit.capacity == 1.0)
        return self.run(120.0)


class AirRig(Rig):
    """An air-source unit of 90 kW at A7/W35 with its coil; the water enters at 30 degC, the air as `outdoors` says."""

    def __init__(self, outdoor: float = 7.0, humidity: float = 0.8, **parameters: float) -> None:
        super().__init__(
            (outdoor, 30.0), map="air_scroll_r410a", changeover=1.0, steps=2.0,
            **{"rated_heating_capacity": 90e3, **parameters},
        )  # fmt: skip
        self.outdoors(outdoor, humidity)

    def more(self) -> dict[Any, list[str]]:
        return {AirCoil: ["coil"], Junction: ["intake", "outlet"], Weather: ["weather"]}

    def outdoors(self, temp: float, humidity: float) -> None:
        """Temperature [degC] and relative humidity of the outdoor air."""
        weather = self.store.tables["weather"][0]
        weather.outdoor_temp, weather.dew_point = temp, dew_point(humidity * vapour_pressure(temp))

    def flow(self, evaporator: float, condenser: float, recovery: float = 0.0) -> None:  # noqa: ARG002
        """The water's flow; that of the air is the coil's."""
        self.condenser.flow = condenser * self.nominal[1] / M3H

    def tick(self, dt: float = 1.0) -> None:
        table = self.store.tables
        coils, weather, junctions = table["aircoil"], table["weather"], table["junction"]
        self.coil = coils[0]
        self.coil.intake, self.coil.outlet = 0, 1
        actuate(self.units, self.passages, self.network, dt)
        air_coil.actuate(coils, self.units, weather, self.passages, junctions, self.network, dt)
        self.evaporator.flow = self.evaporator.lift_0 / (self.evaporator.linear + LEAST_LOSS)
        self.evaporator.entering_temp = junctions[0].temp
        exchange(self.units, self.passages, self.maps, dt)
        air_coil.exchange(coils, weather, self.passages, dt)
        before = float(self.evaporator.temp)
        self.advance_waters(dt)
        p = self.evaporator  # the exact mean of the tick, as the thermal network has it
        p.leaving_temp = p.entering_temp + (p.heat - p.mass * HEAT_CAPACITY * (p.temp - before) / dt) / (
            p.flow * HEAT_CAPACITY
        )
        sense(self.units, self.passages)
        air_coil.sense(coils, self.passages)
        self.time += dt


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
    air = AirRig(0.0, 0.95, defrost_interval=900.0).full_load()
    digest.update(air.run(1000.0).store.values.tobytes())
    for rig in (Rig((30.0, 12.0), changeover=1.0, mode_cmd=1.0), Rig((12.0, 30.0), recovery=45.0, recovery_cmd=0.4)):
        rig.full_load()
        rig.unit.mode_cmd = 0.0
        digest.update(rig.run(300.0).store.values.tobytes())
    return digest.hexdigest()


@pytest.fixture
def rig() -> type[Rig]:
    """The class of rigs."""
    return Rig


@pytest.fixture
def air_rig() -> type[AirRig]:
    """The class of rigs with air as their source."""
    return AirRig


@pytest.fixture
def fingerprint_here() -> str:
    """The fingerprint as this process computes it."""
    return fingerprint()


if __name__ == "__main__":
    print(fingerprint())
