"""Every kind of component, and the tables that a plant has of them."""

from collections import namedtuple
from typing import Any, get_args, get_type_hints

from plant_models.building.air_handler import AirHandlingUnit
from plant_models.building.fan_coil import FanCoil
from plant_models.building.hot_water import HotWaterDraw
from plant_models.building.panel import Panel
from plant_models.building.pool import Pool
from plant_models.building.radiant_floor import RadiantFloor
from plant_models.building.radiator import Radiator
from plant_models.building.zone import Zone
from plant_models.equipment.boiler import Boiler
from plant_models.equipment.cooling_tower import CoolingTower
from plant_models.equipment.decoupler import Decoupler
from plant_models.equipment.plate_exchanger import PlateExchanger
from plant_models.equipment.tank import LayeredTank
from plant_models.ground.borehole import BoreholeField
from plant_models.ground.well import SingleWell
from plant_models.heat_pump.air_coil import AirCoil
from plant_models.heat_pump.performance_map import PerformanceMap
from plant_models.heat_pump.water_water_unit import WaterWaterUnit
from plant_models.households.household import Household
from plant_models.households.room_unit import RoomUnit
from plant_models.piping.check_valve import CheckValve
from plant_models.piping.holding import PressureHolding
from plant_models.piping.meters import ElectricityMeter, FieldWaterMeter, HeatMeter, WaterMeter
from plant_models.piping.overflow_valve import OverflowValve
from plant_models.piping.pipe import Pipe
from plant_models.piping.pump import Pump
from plant_models.piping.temperature_sensor import TemperatureSensor
from plant_models.piping.three_way_valve import ThreeWayValve
from plant_models.piping.valve import Valve
from plant_models.tick.balance import Balance
from plant_models.tick.order import Order
from plant_models.water.hydraulics import Topology
from plant_models.water.network import Junction, Network, Passage
from plant_models.weather.weather import Weather
from twin.addresses import Array, Layout, record
from twin.points import Model
from twin.rig import Rig

MODELS: tuple[type[Model], ...] = (
    Junction, Passage, Network, Balance, Weather, Pipe, LayeredTank, Pump, Valve, OverflowValve, CheckValve,
    PlateExchanger, SingleWell, PressureHolding, PerformanceMap, WaterWaterUnit, Zone, FanCoil,
    HeatMeter, WaterMeter, FieldWaterMeter, ElectricityMeter, BoreholeField, Household, RoomUnit, Pool, CoolingTower,
    Boiler, AirCoil, HotWaterDraw, AirHandlingUnit, RadiantFloor, Panel, ThreeWayValve,
    TemperatureSensor, Decoupler, Radiator,
    Rig,
)  # fmt: skip
"""Every kind of component; a new one gets its place here and in the phases (plant_models.tick.driver)."""

Tables: Any = namedtuple("Tables", ("series", "net", "order", *(model.table for model in MODELS)))  # type: ignore[misc]
Tables.__doc__ = (
    "What the weather and the network solvers need, then all tables of a plant, by the names of their kinds."
)


def _arrays(kind: Any) -> Layout:
    """The layout of a tuple of arrays, from what its class says of them."""
    dtypes = (get_args(get_args(hint)[1])[0] for hint in get_type_hints(kind).values())
    return Layout(kind, tuple(Array(dtype) for dtype in dtypes))


LAYOUT = Layout(
    Tables,
    (Array("f8", 2), _arrays(Topology), _arrays(Order), *(Array(record(model.dtype)) for model in MODELS)),
)
"""How compiled code knows the tables of every plant."""
