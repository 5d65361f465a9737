"""The driver: one compiled function that advances any plant by n ticks, and the order in which kernels run in a tick.

`run` is written once for all plants; a kind that a plant does not have is an empty table and costs nothing. Compiled
code is entered through plant_models.tick.entrance.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plant_models.building import air_handler, fan_coil, hot_water, pool, radiant_floor, zone
from plant_models.building.air_handler import AirHandlingUnit
from plant_models.building.hot_water import HotWaterDraw
from plant_models.building.panel import Panel
from plant_models.building.pool import Pool
from plant_models.building.radiant_floor import RadiantFloor
from plant_models.equipment import boiler, cooling_tower, plate_exchanger
from plant_models.equipment.boiler import Boiler
from plant_models.equipment.cooling_tower import CoolingTower
from plant_models.equipment.tank import LayeredTank
from plant_models.ground import borehole, well
from plant_models.heat_pump import air_coil, water_water_unit
from plant_models.heat_pump.performance_map import PerformanceMap
from plant_models.households import household
from plant_models.households.room_unit import RoomUnit
from plant_models.piping import check_valve, holding, meters, overflow_valve, pipe, pump, valve
from plant_models.tick import thermal
from plant_models.tick.balance import Balance, audit
from plant_models.water.hydraulics import Topology, solve
from plant_models.water.network import Junction, Network, Passage
from plant_models.weather import weather
from twin.kernel import Rows, kernel
from twin.points import Model
from twin.rig import Rig

MODELS: tuple[type[Model], ...] = (
    Junction, Passage, Network, Balance, weather.Weather, pipe.Pipe, LayeredTank, pump.Pump, valve.Valve,
    overflow_valve.OverflowValve, check_valve.CheckValve, plate_exchanger.PlateExchanger, well.SingleWell,
    holding.PressureHolding, PerformanceMap, water_water_unit.WaterWaterUnit, zone.Zone, fan_coil.FanCoil,
    meters.HeatMeter, meters.WaterMeter, meters.FieldWaterMeter, meters.ElectricityMeter,
    borehole.BoreholeField, household.Household, RoomUnit, Pool, CoolingTower, Boiler,
    air_coil.AirCoil, HotWaterDraw, AirHandlingUnit, RadiantFloor, Panel, Rig,
)  # fmt: skip
"""Every kind of component; a new one gets its place here, in `Tables`, in the entrance and in the phases below."""
KINDS = MODELS[:-2]
"""The kinds that have kernels, in the order of `Tables`."""


class Tables(NamedTuple):
    """What the weather and the network solvers need, then all tables of a plant by kind."""

    series: NDArray[np.float64]
    net: Topology
    order: thermal.Order
    junction: Rows
    passage: Rows
    network: Rows
    balance: Rows
    weather: Rows
    pipe: Rows
    tank: Rows
    pump: Rows
    valve: Rows
    overflow: Rows
    check_valve: Rows
    exchanger: Rows
    well: Rows
    holding: Rows
    map: Rows
    unit: Rows
    zone: Rows
    fan_coil: Rows
    heat_meter: Rows
    water_meter: Rows
    field_meter: Rows
    electricity: Rows
    borehole: Rows
    household: Rows
    room_unit: Rows
    pool: Rows
    cooling_tower: Rows
    boiler: Rows
    air_coil: Rows
    hot_water: Rows
    air_handler: Rows
    radiant_floor: Rows


@kernel
def actuate(t: Tables, dt: float) -> None:
    """Drives, strokes, thermostats and protections move, from what was sensed in the last tick."""
    weather.advance_weather(t.weather, t.series, dt)
    water_water_unit.actuate(t.unit, t.passage, t.network, dt)
    air_coil.actuate(t.air_coil, t.unit, t.weather, t.passage, t.junction, t.network, dt)
    pump.actuate(t.pump, t.passage, t.network, dt)
    valve.actuate(t.valve, t.passage, t.network, dt)
    overflow_valve.actuate(t.overflow, t.passage, t.junction, t.network, dt)
    check_valve.actuate(t.check_valve, t.passage, t.network)
    pipe.actuate(t.pipe, t.passage, t.network)
    plate_exchanger.actuate(t.exchanger, t.passage, t.network)
    fan_coil.actuate(t.fan_coil, t.zone, t.passage, t.network, dt)
    well.actuate(t.well, t.passage, t.junction, t.network, dt)
    household.advance(t.household, t.room_unit, t.zone, t.weather, t.passage, t.network, dt)
    boiler.actuate(t.boiler, dt)
    cooling_tower.actuate(t.cooling_tower, t.passage, t.network, dt)
    hot_water.actuate(t.hot_water, t.passage, t.weather, t.network)
    air_handler.actuate(t.air_handler, t.passage, t.network, dt)
    radiant_floor.actuate(t.radiant_floor, t.zone, t.passage, t.network, dt)
    holding.actuate(t.holding, t.passage, t.junction, t.network, dt)
    borehole.actuate(t.borehole, t.passage, t.pipe, t.network, t.balance, dt)


@kernel
def flow(t: Tables, dt: float) -> None:
    """Solve the network where something has moved."""
    if t.network[0].moved > 0.0:
        solve(t.junction, t.passage, t.network, t.net, dt)
        thermal.arrange(t.passage, t.junction, t.order, dt)


@kernel
def exchange(t: Tables, dt: float) -> None:
    """Heat into all passages, from the temperatures of the last tick, then the water carries it on."""
    pump.exchange(t.pump, t.passage, dt)
    plate_exchanger.exchange(t.exchanger, t.passage, dt)
    well.exchange(t.well, t.passage, t.junction)
    borehole.exchange(t.borehole, t.passage, t.pipe)
    water_water_unit.exchange(t.unit, t.passage, t.map, dt)
    air_coil.exchange(t.air_coil, t.weather, t.passage, dt)
    fan_coil.exchange(t.fan_coil, t.zone, t.passage, dt)
    boiler.exchange(t.boiler, t.passage, dt)
    cooling_tower.exchange(t.cooling_tower, t.passage, t.weather, dt)
    pool.exchange(t.pool, t.passage, t.zone, t.weather, dt)
    air_handler.exchange(t.air_handler, t.zone, t.passage, t.weather, dt)
    radiant_floor.exchange(t.radiant_floor, t.zone, t.passage, dt)
    thermal.advance(t.passage, t.junction, t.pipe, t.tank, t.balance, t.order, dt)
    zone.advance(t.zone, t.weather, dt)


@kernel
def sense(t: Tables, dt: float) -> None:
    """What instruments, proofs and meters show at the end of the tick."""
    pump.sense(t.pump, t.passage, t.junction, dt)
    valve.sense(t.valve, t.passage, t.junction)
    overflow_valve.sense(t.overflow, t.passage, t.junction)
    check_valve.sense(t.check_valve, t.passage)
    well.sense(t.well, t.passage, t.junction, t.field_meter, dt)
    water_water_unit.sense(t.unit, t.passage)
    air_coil.sense(t.air_coil, t.passage)
    fan_coil.sense(t.fan_coil, t.passage)
    boiler.sense(t.boiler, t.passage)
    cooling_tower.sense(t.cooling_tower, t.passage, t.weather)
    pool.sense(t.pool, t.passage)
    hot_water.sense(t.hot_water, t.passage, dt)
    air_handler.sense(t.air_handler, t.zone, t.passage)
    radiant_floor.sense(t.radiant_floor, t.passage)
    holding.sense(t.holding, t.passage, t.junction, dt)
    borehole.sense(t.borehole, t.passage, t.pipe, dt)
    plate_exchanger.sense(t.exchanger, t.passage, t.junction, dt)
    pipe.sense(t.pipe, t.passage, dt)
    meters.read_heat(t.heat_meter, t.passage, t.junction, dt)
    meters.read_water(t.water_meter, t.passage, dt)
    meters.read_field(t.field_meter, dt)
    meters.clear(t.electricity)
    meters.count(t.pump, t.electricity)
    meters.count(t.valve, t.electricity)
    meters.count(t.unit, t.electricity)
    meters.count(t.air_coil, t.electricity)
    meters.count(t.fan_coil, t.electricity)
    meters.count(t.household, t.electricity)
    meters.count(t.holding, t.electricity)
    meters.count(t.boiler, t.electricity)
    meters.count(t.cooling_tower, t.electricity)
    meters.count(t.air_handler, t.electricity)
    meters.integrate(t.electricity, dt)


AUDIT_PERIOD = 60.0
"""Time between two audits of the energy account [s]."""


@kernel
def run(t: Tables, ticks: int, dt: float) -> None:
    """Advance the plant by so many ticks of dt [s]."""
    for _ in range(ticks):
        actuate(t, dt)
        flow(t, dt)
        exchange(t, dt)
        sense(t, dt)
        audit(t.passage, t.pipe, t.tank, t.balance, dt, AUDIT_PERIOD)


PHASES = (actuate, flow, exchange, sense)
