"""Water between ice and steam: none that is liquid is colder than it freezes or hotter than it boils.

What is taken from water at its freezing point makes ice, what is given to water at its boiling point makes steam. The
heat of both stays with the passage that made it and comes back when the ice melts and the steam condenses, so energy
closes. One law for stirred water, pipes and tanks. Source: docs/physics/water.md#ice, #boiling.
"""

import math

from plant_models.constants import FUSION_HEAT
from plant_models.equipment import tank
from plant_models.piping import parcels
from plant_models.tick.boiling import LIQUID, boils_at
from plant_models.water.ice import block
from plant_models.water.network import DENSITY, HEAT_CAPACITY, LAYERED, PASSES, PLUG, STIRRED
from twin.kernel import Rows, kernel

ABOVE, BELOW = 1.0, -1.0
"""Which water gives or takes the heat: that above a temperature, or that below."""


@kernel
def _move(p: Rows, pipes: Rows, tanks: Rows, to: float, most: float, side: float) -> float:
    """Heat [J], `most` at most, that brings the water of a passage on one side of a temperature [degC] to it."""
    if p.kind == PLUG:
        return parcels.move(pipes[p.store], to, most, side)
    if p.kind == LAYERED:
        return tank.move(tanks[p.store], to, most, side)
    capacity = p.mass * HEAT_CAPACITY
    over: float = side * (p.temp - to) * capacity
    if over <= 0.0:
        return 0.0
    p.temp = to if over <= most else p.temp - side * most / capacity
    return min(over, most)


@kernel
def _cool(p: Rows, pipes: Rows, tanks: Rows, heat: float) -> None:
    """Take heat [J] from all water of a passage alike."""
    if p.kind == PLUG:
        parcels.cool(pipes[p.store], heat)
    elif p.kind == LAYERED:
        tank.cool(tanks[p.store], heat)
    else:
        p.temp -= heat / (p.mass * HEAT_CAPACITY)


@kernel
def _content(p: Rows, pipes: Rows, tanks: Rows) -> float:
    """Water in a passage [kg]."""
    if p.kind == PLUG:
        return pipes[p.store].water  # type: ignore[no-any-return]
    if p.kind == LAYERED:
        return tanks[p.store].volume * DENSITY  # type: ignore[no-any-return]
    return p.mass  # type: ignore[no-any-return]


@kernel
def _freeze(p: Rows, pipes: Rows, tanks: Rows) -> float:
    """Let water below its freezing point freeze, and water above melt the ice; 1 where the passage opens or shuts.

    Where all is ice, it gets colder.
    """
    p.ice += _move(p, pipes, tanks, p.freezing_temp, math.inf, BELOW)
    p.ice = max(0.0, p.ice - _move(p, pipes, tanks, p.freezing_temp, p.ice, ABOVE))
    water = _content(p, pipes, tanks)
    full = water * FUSION_HEAT
    if p.ice > full:
        _cool(p, pipes, tanks, p.ice - full)
        p.ice = full
    return block(p, water)


@kernel
def _boil(p: Rows, pipes: Rows, tanks: Rows, saturated: float) -> float:
    """Let water above its saturation boil, and water below condense the steam; 1 while there is steam."""
    boiled = _move(p, pipes, tanks, saturated, math.inf, ABOVE)
    p.steam += boiled
    p.steam = max(0.0, p.steam - _move(p, pipes, tanks, saturated, p.steam, BELOW))
    return 1.0 if boiled + p.steam > 0.0 else 0.0


@kernel
def _span(p: Rows, pipes: Rows, tanks: Rows) -> tuple[float, float]:
    """Temperatures [degC] that no water of a passage is below or above; found anew where they leave liquid water."""
    if p.kind == STIRRED:
        return p.temp, p.temp
    if p.kind == LAYERED:
        layers = tanks[p.store].layers
        return layers[tank.LAYERS - 1], layers[0]
    pipe = pipes[p.store]
    if p.coldest < p.freezing_temp or p.warmest > LIQUID:
        p.coldest, p.warmest = parcels.extremes(pipe)
    return min(p.coldest, pipe.ambient), max(p.warmest, pipe.ambient)


@kernel
def limit(passages: Rows, junctions: Rows, pipes: Rows, tanks: Rows, network: Rows, dt: float) -> None:
    """Keep all water between freezing and boiling after a tick of dt [s]; counts the passages with ice and steam."""
    boiling, icy, frozen = network[0].pockets, 0.0, 0.0
    for i in range(len(passages)):
        p = passages[i]
        if p.kind == PASSES or (p.kind == LAYERED and tanks[p.store].passage != i):
            continue
        low, high = _span(p, pipes, tanks)
        if (low < p.freezing_temp or p.ice > 0.0) and p.mass > 0.0:
            if _freeze(p, pipes, tanks) > 0.0:
                network[0].moved = 1.0
                if p.kind == LAYERED and tanks[p.store].draw >= 0:
                    passages[tanks[p.store].draw].blocked = p.blocked
            icy += 1.0 if p.ice > 0.0 else 0.0
            frozen += p.blocked
        saturated = boils_at(p, junctions, high if p.steam == 0.0 else math.inf)
        if high > saturated or p.steam > 0.0:
            boiling += _boil(p, pipes, tanks, saturated)
    _count(network, boiling, icy, frozen, dt)


@kernel
def _count(network: Rows, boiling: float, icy: float, frozen: float, dt: float) -> None:
    """The figures of the network as a whole, and the time in which any water boiled or blocked its passage."""
    network[0].was_icy = network[0].icy
    network[0].boiling, network[0].icy, network[0].frozen = boiling, icy, frozen
    if boiling > 0.0:
        network[0].boiled += dt
    if frozen > 0.0:
        network[0].frozen_time += dt
