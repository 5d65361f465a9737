"""Where water freezes: a loop with brine in its boreholes holds brine everywhere (docs/physics/water.md#ice)."""

from typing import Any

from plant_models.ground.borehole import BoreholeField
from plant_models.water.brine import WATER
from plant_models.water.network import Passage

TIGHT = 1e11
"""Linear loss [Pa s/kg] from which on a way, such as that of a leak, joins no waters."""


def spread_brine(tables: dict[str, Any]) -> None:
    """Give all passages that share the water of a borehole field with brine its freezing point, or a lower own one."""
    passages = tables[Passage.table]
    for field in tables.get(BoreholeField.table, ()):
        if field.brine == WATER:
            continue
        reached = {int(passages[field.passage].upstream)}
        filled: set[int] = set()
        while True:
            more = {number for number, p in enumerate(passages) if _joins(p, reached)} - filled
            if not more:
                break
            filled |= more
            reached |= {int(end) for number in more for end in (passages[number].upstream, passages[number].downstream)}
        for number in filled:
            passages[number].freezing_temp = min(passages[number].freezing_temp, field.freezing_point)


def _joins(passage: Any, reached: set[int]) -> bool:
    """Whether a passage is open to the water at one of these junctions."""
    return passage.linear < TIGHT and (int(passage.upstream) in reached or int(passage.downstream) in reached)
