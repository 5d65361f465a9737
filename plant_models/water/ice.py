"""Ice in water that stands: how much of it blocks a passage, and the points by which components show it
(docs/physics/water.md#ice)."""

from plant_models.constants import FUSION_HEAT
from plant_models.water.network import HEAT_CAPACITY
from twin.kernel import Rows, kernel
from twin.points import alarm, sensor

BLOCKING, FREE = 0.05, 0.025
"""Share of ice from which a passage is blocked, and at which it is free again (docs/physics/water.md#ice)."""

UNDERCOOLING = 0.5
"""Ice bursts the tubes of an evaporator when without it the water would be so much below freezing [K]."""


class Icing:
    """Points of a component whose water may freeze."""

    ice_share = sensor("1", doc="share of the water inside that is ice")
    alarm_ice = alarm(doc="ice blocks the component: no water passes until it has thawed")


@kernel
def undercooled(passage: Rows) -> float:
    """Temperature [degC] that stirred water would have if its ice were water: below freezing while there is ice."""
    return passage.temp - passage.ice / (passage.mass * HEAT_CAPACITY)  # type: ignore[no-any-return]


@kernel
def block(passage: Rows, water: float) -> float:
    """Share of ice in so much water [kg], and whether it blocks the passage; 1 where that has changed, else 0."""
    passage.ice_share = passage.ice / (water * FUSION_HEAT)
    before: float = passage.blocked
    if passage.ice_share >= BLOCKING:
        passage.blocked = 1.0
    elif passage.ice_share <= FREE:
        passage.blocked = 0.0
    return 1.0 if passage.blocked != before else 0.0


@kernel
def show(components: Rows, passages: Rows, network: Rows) -> None:
    """Tell of the ice in the passage of every component of a kind; nothing to do while no water freezes."""
    if network[0].icy == 0.0 and network[0].was_icy == 0.0:
        return
    for i in range(len(components)):
        passage = passages[components[i].passage]
        components[i].ice_share, components[i].alarm_ice = passage.ice_share, passage.blocked
