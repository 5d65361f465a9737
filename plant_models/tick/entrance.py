"""The way into compiled code: the tables of a plant are made from their addresses, then the driver runs.

Handing some seventy arrays through the interpreter at every call would cost more than the tick itself.
"""

import numpy as np

from plant_models.tick.driver import KINDS, Tables, run
from plant_models.tick.thermal import Order
from plant_models.water.hydraulics import Topology
from twin.addresses import array_at, grid_at, record
from twin.kernel import Rows, kernel

F8, I8 = np.dtype("f8"), np.dtype("i8")
(
    JUNCTION, PASSAGE, NETWORK, BALANCE, WEATHER, PIPE, TANK, PUMP, VALVE, OVERFLOW, CHECK_VALVE, EXCHANGER, WELL,
    HOLDING, MAP, UNIT, ZONE, FAN_COIL, HEAT_METER, WATER_METER, FIELD_METER, ELECTRICITY, BOREHOLE, HOUSEHOLD,
    ROOM_UNIT, POOL, COOLING_TOWER, BOILER, AIR_COIL, HOT_WATER, AIR_HANDLER, RADIANT_FLOOR,
) = (record(model.dtype) for model in KINDS)  # fmt: skip


@kernel
def tables_at(a: Rows) -> Tables:
    """The arrays at these addresses: weather series, topology and order, then the tables; a new kind comes last."""
    net = Topology(
        array_at(a, 1, I8), array_at(a, 2, I8), array_at(a, 3, I8), array_at(a, 4, I8), array_at(a, 5, I8),
        array_at(a, 6, I8), array_at(a, 7, I8), array_at(a, 8, F8), array_at(a, 9, F8), array_at(a, 10, F8),
        array_at(a, 11, F8), array_at(a, 12, F8), array_at(a, 13, F8), array_at(a, 14, F8), array_at(a, 15, F8),
        array_at(a, 16, F8), array_at(a, 17, F8), array_at(a, 18, F8),
    )  # fmt: skip
    order = Order(
        array_at(a, 19, I8), array_at(a, 20, I8), array_at(a, 21, I8), array_at(a, 22, F8), array_at(a, 23, F8),
        array_at(a, 24, F8), array_at(a, 25, I8), array_at(a, 26, I8), array_at(a, 27, F8), array_at(a, 28, F8),
        array_at(a, 29, I8), array_at(a, 30, I8),
    )  # fmt: skip
    return Tables(
        grid_at(a, 0, F8), net, order, array_at(a, 31, JUNCTION), array_at(a, 32, PASSAGE), array_at(a, 33, NETWORK),
        array_at(a, 34, BALANCE), array_at(a, 35, WEATHER), array_at(a, 36, PIPE), array_at(a, 37, TANK),
        array_at(a, 38, PUMP), array_at(a, 39, VALVE), array_at(a, 40, OVERFLOW), array_at(a, 41, CHECK_VALVE),
        array_at(a, 42, EXCHANGER), array_at(a, 43, WELL), array_at(a, 44, HOLDING), array_at(a, 45, MAP),
        array_at(a, 46, UNIT), array_at(a, 47, ZONE), array_at(a, 48, FAN_COIL), array_at(a, 49, HEAT_METER),
        array_at(a, 50, WATER_METER), array_at(a, 51, FIELD_METER), array_at(a, 52, ELECTRICITY),
        array_at(a, 53, BOREHOLE), array_at(a, 54, HOUSEHOLD), array_at(a, 55, ROOM_UNIT), array_at(a, 56, POOL),
        array_at(a, 57, COOLING_TOWER), array_at(a, 58, BOILER), array_at(a, 59, AIR_COIL),
        array_at(a, 60, HOT_WATER), array_at(a, 61, AIR_HANDLER), array_at(a, 62, RADIANT_FLOOR),
    )  # fmt: skip


@kernel
def enter(a: Rows, ticks: int, dt: float) -> None:
    """Run the driver over the arrays at these addresses."""
    run(tables_at(a), ticks, dt)
