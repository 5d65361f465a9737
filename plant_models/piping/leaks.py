"""Leaks: a way for the water of a component to the outside, driven by the pressure there
(docs/physics/piping.md#leaks).

A component that may leak declares the passage `leak_way` and the junction `outside`, with `ends` such as ("passage>",
"outside"). The way is part of the network, so flow and pressure find each other, however large the leak.
"""

from typing import Any

from plant_models.water.network import GRAVITY_HEAD
from twin.kernel import Rows, kernel

SHUT = 1e15
"""Linear loss [Pa s/kg] of a tight component to the outside."""
TIGHT = 1e-8
"""Least opening [1] of a valve that is closed and tight, where its loss goes with one over the square of the opening:
what passes is less than what carries heat."""
RATED_PRESSURE = 2.5e5
"""Gauge pressure [Pa] at which a leak has its nominal flow."""


def prepare(row: Any, tables: dict[str, Any]) -> None:
    """Shut the way of a tight component; the outside has the pressure of the air at its height."""
    if row.leak_way < 0:
        return
    way, outside = tables["passage"][int(row.leak_way)], tables["junction"][int(row.outside)]
    way.check, way.linear = 1.0, SHUT
    outside.held = outside.given_temp = 1.0
    outside.pressure = GRAVITY_HEAD * tables["junction"][int(way.upstream)].elevation


@kernel
def leak(way: Rows, network: Rows, size: float) -> None:
    """Set a leak of so many L/h at 0.25 MPa; its flow follows the root of the gauge pressure."""
    flow = size / 3600.0
    way.linear = 0.0 if flow > 0.0 else SHUT
    way.quadratic = RATED_PRESSURE / (flow * flow) if flow > 0.0 else 1.0
    network[0].moved = 1.0
