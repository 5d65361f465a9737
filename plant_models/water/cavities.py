"""Pressures that water cannot have: below its vapour pressure, and at an inlet that stands in air.

Where a solution would put a junction below the vapour pressure of its water, a pocket of vapour holds it there: that is
what is read, and what pumps and exchangers see. A vessel that has run empty, or a well whose level is below the inlet
of its pump, gives air: the pressure there is that of the air, and so up to the first pump, which loses its head.
Source: docs/physics/water.md#vapour-and-air.
"""

from plant_models.constants import ATMOSPHERE
from plant_models.water.network import AIR_COMES, ENOUGH, GRAVITY_HEAD
from plant_models.weather.psychrometrics import vapour_pressure
from twin.kernel import Rows, kernel

SURE = 90.0
"""Water up to this temperature [degC] does not boil at the pressure of the air or above."""


@kernel
def hold(junctions: Rows, passages: Rows, network: Rows) -> None:
    """Put the floor under all pressures that the solver found; held ones and vessels have one of their own.

    Counts the `pockets` of vapour, for which the network is solved again in the next tick, since they follow their
    temperature, and the `suspects` that may come there as their water gets warmer.
    """
    if network[0].drained > 0.0 or network[0].airy > 0.0:
        _spread_air(junctions, passages, network)
    pockets, suspects = 0.0, 0.0
    for j in range(len(junctions)):
        junction = junctions[j]
        if junction.held > 0.5 or junction.compliance > 0.0:
            continue
        level = GRAVITY_HEAD * junction.elevation
        gauge = junction.pressure - level
        if junction.air > 0.0:
            junction.pressure = level
        elif gauge < 0.0 or junction.temp > SURE:
            suspects += 1.0
            least = vapour_pressure(junction.temp) - ATMOSPHERE
            if gauge < least:
                junction.pressure = level + least
                pockets += 1.0
    network[0].pockets, network[0].suspects = pockets, suspects
    if pockets > 0.0:
        network[0].moved = 1.0


@kernel
def empty(junction: Rows, network: Rows, dry: float) -> None:
    """A vessel or well tells that it gives air at this junction (1), or water again (0)."""
    if junction.air == dry:
        return
    junction.air = dry
    network[0].drained += 1.0 if dry > 0.5 else -1.0
    network[0].moved = 1.0


@kernel
def _spread_air(junctions: Rows, passages: Rows, network: Rows) -> None:
    """Air goes where the water would have gone, up to the first pump; it leaves when no vessel is empty any more."""
    carried = 0.0
    for j in range(len(junctions)):
        if junctions[j].air == AIR_COMES:
            junctions[j].air = AIR_COMES if network[0].drained > 0.0 else 0.0
            carried += junctions[j].air
    for e in range(len(passages)):
        p = passages[e]
        if abs(p.flow) < ENOUGH or p.lift_2 > 0.0:
            continue
        source, target = (p.upstream, p.downstream) if p.flow > 0.0 else (p.downstream, p.upstream)
        beyond = junctions[target]
        if junctions[source].air > 0.0 and beyond.air == 0.0 and beyond.held < 0.5 and beyond.compliance == 0.0:
            beyond.air = AIR_COMES
            carried += AIR_COMES
    network[0].airy = carried
