"""Meters of heat, water and electricity: they only read, and add up what flowed during each tick."""

from typing import Any, ClassVar

from plant_models.water.network import DENSITY, ENOUGH, HEAT_CAPACITY, M3H
from twin.kernel import Rows, kernel
from twin.points import RISES, Model, fault, link, parameter, sensor, state
from twin.symbol import Symbol


class HeatMeter(Model):
    """Heat meter: the flow of a passage times the difference of two junctions' temperatures.

    A sensor at an end of the metered passage is in that passage's own water where it stands.
    Power is positive when the supply is warmer than the return (heating).
    """

    symbol = Symbol("heat_meter")
    energies: ClassVar = {"{name}, heating (meter)": "energy_heating", "{name}, cooling (meter)": "energy_cooling"}
    passage = link("passage", "where the flow is measured")
    supply = link("junction", "where the supply temperature is measured")
    back = link("junction", "where the return temperature is measured")
    error = parameter("1", 0.0, lo=-0.2, hi=0.2, doc="relative error of the flow; class 2: 0.02")
    useful = parameter(
        "1", 1.0, lo=0.0, hi=1.0, doc="1: its heat and cold are what the plant is there for; 0: inner meter"
    )
    fault_swapped = fault(doc="Temperature sensors swapped: heat counts as cold and cold as heat.")
    fault_reversed = fault(doc="Flow sensor mounted against the flow: flow, volume and power of the wrong sign.")
    supply_temp = sensor("degC", 15.0, doc="supply temperature")
    return_temp = sensor("degC", 15.0, doc="return temperature")
    flow = sensor("m3/h", doc="volume flow")
    power = sensor("W", doc="heat power, positive for heating")
    energy_heating = sensor("J", doc="heat delivered since the start", tags=(RISES,))
    energy_cooling = sensor("J", doc="cold delivered since the start", tags=(RISES,))
    volume = sensor("m3", doc="water passed since the start")

    @classmethod
    def settle(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Its thermometers show the water that stands around them."""
        read_heat(tables[cls.table][number : number + 1], tables["passage"], tables["junction"], 0.0)


class WaterMeter(Model):
    """Water meter on a passage."""

    symbol = Symbol("water_meter")
    volumes: ClassVar = {"{name} (meter)": "volume"}
    passage = link("passage", "the metered passage")
    error = parameter("1", 0.0, lo=-0.2, hi=0.2, doc="relative error; class 2: 0.02")
    flow = sensor("m3/h", doc="volume flow")
    volume = sensor("m3", doc="water passed since the start; water running backwards counts down")


class FieldWaterMeter(Model):
    """Water of several components together, such as all that a well field withdraws: each adds its flow every tick."""

    symbol = None
    volumes: ClassVar = {"{name} (meter)": "volume"}
    error = parameter("1", 0.0, lo=-0.2, hi=0.2, doc="relative error; class 2: 0.02")
    flow = sensor("m3/h", doc="volume flow")
    volume = sensor("m3", doc="water passed since the start")
    added = state("kg/s", doc="flow added by components during this tick")


class ElectricityMeter(Model):
    """Electricity meter: the sum of the powers that its consumers add every tick."""

    symbol = None
    energies: ClassVar = {"{name} (meter)": "energy"}
    power = sensor("W", doc="power of all consumers")
    energy = sensor("J", doc="electricity used since the start", tags=(RISES,))


@kernel
def _sensed(passage: Rows, junctions: Rows, place: int) -> float:
    """Temperature of the water at a junction [degC]; at an end of the passage and nearly without flow its own water."""
    temp: float = junctions[place].temp
    if abs(passage.flow) < ENOUGH:
        entrance = passage.upstream if passage.flow >= 0.0 else passage.downstream
        exit = passage.downstream if passage.flow >= 0.0 else passage.upstream
        if place == entrance:
            temp = passage.entering_temp
        elif place == exit:
            temp = passage.leaving_temp
    return temp


@kernel
def read_heat(meters: Rows, passages: Rows, junctions: Rows, dt: float) -> None:
    """Read every heat meter after the temperatures of the tick are known."""
    for i in range(len(meters)):
        meter = meters[i]
        measured = passages[meter.passage].flow * (1.0 + meter.error)
        if meter.fault_reversed > 0.5:
            measured = -measured
        supply = _sensed(passages[meter.passage], junctions, meter.supply)
        back = _sensed(passages[meter.passage], junctions, meter.back)
        meter.supply_temp = supply if meter.fault_swapped < 0.5 else back
        meter.return_temp = back if meter.fault_swapped < 0.5 else supply
        meter.flow = measured * M3H
        meter.power = measured * HEAT_CAPACITY * (meter.supply_temp - meter.return_temp)
        if meter.power > 0.0:
            meter.energy_heating += meter.power * dt
        else:
            meter.energy_cooling -= meter.power * dt
        meter.volume += measured * dt / DENSITY


@kernel
def read_water(meters: Rows, passages: Rows, dt: float) -> None:
    """Read every water meter."""
    for i in range(len(meters)):
        meter = meters[i]
        measured = passages[meter.passage].flow * (1.0 + meter.error)
        meter.flow = measured * M3H
        meter.volume += measured * dt / DENSITY


@kernel
def add_water(meters: Rows, row: int, flow: float) -> None:
    """Add a flow [kg/s] to the field meter in this row for this tick; row -1 is no meter."""
    if row >= 0:
        meters[row].added += flow


@kernel
def read_field(meters: Rows, dt: float) -> None:
    """Read every field meter, after all components have added their flows."""
    for i in range(len(meters)):
        meter = meters[i]
        measured = meter.added * (1.0 + meter.error)
        meter.flow = measured * M3H
        meter.volume += measured * dt / DENSITY
        meter.added = 0.0


@kernel
def clear(meters: Rows) -> None:
    """Start a tick: no electric power yet."""
    for i in range(len(meters)):
        meters[i].power = 0.0


@kernel
def add(meters: Rows, row: int, power: float) -> None:
    """Add a consumer's power [W] to the meter in this row; row -1 is no meter."""
    if row >= 0:
        meters[row].power += power


@kernel
def count(consumers: Rows, meters: Rows) -> None:
    """Add the power of every consumer of a table to the meter that its row is linked to."""
    for i in range(len(consumers)):
        add(meters, consumers[i].meter, consumers[i].power)


@kernel
def integrate(meters: Rows, dt: float) -> None:
    """Book the energy of the tick, after all consumers have added their power."""
    for i in range(len(meters)):
        meters[i].energy += meters[i].power * dt
