"""Water of another temperature than the ground's at the start: in one passage, or in all that a loop holds.

Nothing of it is booked: accounts count from after the start (docs/scenario-language.md#start).
"""

from typing import Any

from plant_models.piping.pipe import fill
from plant_models.water.network import LAYERED, PLUG


def fill_passage(number: int, temp: float, tables: dict[str, Any]) -> None:
    """Give all water in a passage one temperature [degC]: its pipe's parcels, its tank's layers, or what it stirs."""
    passage = tables["passage"][number]
    if passage.kind == PLUG:
        pipe = tables["pipe"][int(passage.store)]
        fill(pipe, temp, float(pipe.water))
    elif passage.kind == LAYERED:
        tank = tables["layeredtank"][int(passage.store)]
        tank.layers[:] = temp
        tank.temp = tank.top_temp = tank.middle_temp = tank.bottom_temp = temp
    passage.temp = passage.entering_temp = passage.leaving_temp = temp


def fill_loop(start: int, temp: float, tables: dict[str, Any]) -> None:
    """Give all water of a loop one temperature [degC], from a junction of it on.

    The loop ends at a closed valve, and where water has a temperature of its own: at ground water, make-up tank, drain
    and the outside. The other side of a plate is another loop.
    """
    passages, junctions, closed = tables["passage"], tables["junction"], _closed(tables)
    ways: dict[int, list[int]] = {}
    for number, passage in enumerate(passages):
        for end in (int(passage.upstream), int(passage.downstream)):
            ways.setdefault(end, []).append(number)
    reached, found = [start], {start}
    for junction in reached:
        junctions[junction].temp = temp
        for number in ways.get(junction, ()):
            ends = {int(passages[number].upstream), int(passages[number].downstream)}
            if number in closed or any(junctions[end].given_temp > 0.0 for end in ends):
                continue
            fill_passage(number, temp, tables)
            reached += sorted(ends - found)
            found |= ends


def _closed(tables: dict[str, Any]) -> set[int]:
    """The passages of valves, and the ways of three-way valves, that are closed."""
    closed = {int(valve.passage) for valve in tables.get("valve", ()) if valve.position <= 0.0}
    for valve in tables.get("threewayvalve", ()):
        closed |= {int(valve.way_a)} if valve.position <= 0.0 else set()
        closed |= {int(valve.way_b)} if valve.position >= 1.0 else set()
    return closed
