"""The way into compiled code: the tables of a plant are made from their addresses, then the driver runs.

Handing some seventy arrays through the interpreter at every call would cost more than the tick itself.
"""

from plant_models.tick.driver import run
from plant_models.tick.kinds import LAYOUT
from twin.addresses import tuple_at
from twin.kernel import Rows, kernel

tables_at = tuple_at(LAYOUT)
"""The tables of a plant behind the addresses of their arrays, in compiled code only."""


@kernel
def enter(a: Rows, ticks: int, dt: float) -> None:
    """Run the driver over the arrays at these addresses."""
    run(tables_at(a), ticks, dt)
