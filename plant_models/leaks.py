"""Leaks: water that leaves the network at a junction, driven by the pressure there (physics.md 1.5).

Several components may leak at one junction, so each keeps what it draws itself and changes the sum by the difference.
"""

import math

from plant_models.network import GRAVITY_HEAD
from twin.kernel import Rows, kernel

RATED_PRESSURE = 2.5e5
"""Gauge pressure [Pa] at which a leak has its nominal flow."""
OPENING = 0.2
"""Share of its nominal flow by which a leak grows in a tick, so that pressure and leak find each other."""
SAME = 1e-3
"""A relative change of a leak that is not worth solving the network again."""
DRY = 1e-9
"""Leak [kg/s] below which nothing flows any more."""


@kernel
def leak(junction: Rows, network: Rows, size: float, before: float) -> float:
    """Set one component's leak at a junction for this tick; returns what it draws [kg/s], its `before` of next time.

    size: nominal leak [L/h] at 0.25 MPa; the flow follows the root of the gauge pressure of the last tick
    before: what the component draws so far [kg/s]
    """
    if size <= 0.0 and before == 0.0:
        return 0.0
    nominal = size / 3600.0
    gauge = junction.pressure - GRAVITY_HEAD * junction.elevation
    wanted = nominal * math.sqrt(gauge / RATED_PRESSURE) if gauge > 0.0 else min(nominal, 0.5 * before)
    flow = min(wanted, before + OPENING * nominal)
    if flow < DRY:
        flow = 0.0
    if abs(flow - before) <= SAME * before and flow > 0.0:
        return before
    if flow != before:
        junction.draw += flow - before
        network[0].moved = 1.0
    return flow
