"""The way into compiled code: the tables of a plant are made from their addresses, then the driver runs.

Handing some fifty arrays through the interpreter at every call would cost more than the tick itself.
"""

import numpy as np

from plant_models.driver import KINDS, Tables, run
from plant_models.hydraulics import Topology
from plant_models.thermal import Order
from twin.addresses import array_at, grid_at, record
from twin.kernel import Rows, kernel

F8, I8 = np.dtype("f8"), np.dtype("i8")
(
    JUNCTION, PASSAGE, NETWORK, BALANCE, WEATHER, PIPE, TANK, PUMP, VALVE, OVERFLOW, CHECK_VALVE, EXCHANGER, WELL,
    HOLDING, MAP, UNIT, ZONE, FAN_COIL, HEAT_METER, WATER_METER, FIELD_METER, ELECTRICITY,
) = (record(model.dtype) for model in KINDS)  # fmt: skip


@kernel
def tables_at(a: Rows) -> Tables:
    """The arrays at these addresses: tables, then topology, order and weather series."""
    net = Topology(
        array_at(a, 22, I8), array_at(a, 23, I8), array_at(a, 24, I8), array_at(a, 25, I8), array_at(a, 26, I8),
        array_at(a, 27, I8), array_at(a, 28, I8), array_at(a, 29, F8), array_at(a, 30, F8), array_at(a, 31, F8),
        array_at(a, 32, F8), array_at(a, 33, F8), array_at(a, 34, F8), array_at(a, 35, F8), array_at(a, 36, F8),
        array_at(a, 37, F8), array_at(a, 38, F8), array_at(a, 39, F8),
    )  # fmt: skip
    order = Order(
        array_at(a, 40, I8), array_at(a, 41, I8), array_at(a, 42, I8), array_at(a, 43, F8), array_at(a, 44, F8),
        array_at(a, 45, F8), array_at(a, 46, I8), array_at(a, 47, I8), array_at(a, 48, F8), array_at(a, 49, F8),
        array_at(a, 50, I8), array_at(a, 51, I8),
    )  # fmt: skip
    return Tables(
        array_at(a, 0, JUNCTION), array_at(a, 1, PASSAGE), array_at(a, 2, NETWORK), array_at(a, 3, BALANCE),
        array_at(a, 4, WEATHER), array_at(a, 5, PIPE), array_at(a, 6, TANK), array_at(a, 7, PUMP),
        array_at(a, 8, VALVE), array_at(a, 9, OVERFLOW), array_at(a, 10, CHECK_VALVE), array_at(a, 11, EXCHANGER),
        array_at(a, 12, WELL), array_at(a, 13, HOLDING), array_at(a, 14, MAP), array_at(a, 15, UNIT),
        array_at(a, 16, ZONE), array_at(a, 17, FAN_COIL), array_at(a, 18, HEAT_METER), array_at(a, 19, WATER_METER),
        array_at(a, 20, FIELD_METER), array_at(a, 21, ELECTRICITY), net, order, grid_at(a, 52, F8),
    )  # fmt: skip


@kernel
def enter(a: Rows, ticks: int, dt: float) -> None:
    """Run the driver over the arrays at these addresses."""
    run(tables_at(a), ticks, dt)
