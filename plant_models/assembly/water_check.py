"""Whether the water of a plant can run as its file says: no end that leads nowhere, no loop without a pressure.

A name comes into being by being mentioned, so a typing error makes a junction of its own; what is found here is what
such errors look like.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

import networkx as nx

from plant_models.assembly.assembly import Component
from plant_models.assembly.chains import Step, Water
from twin.errors import Gathered, InputError, near, unknown
from twin.store import Store

_OUTSIDE = -1


def check_ends(parts: Mapping[str, Component], water: Water, steps: list[Step], capped: list[str]) -> None:
    """InputError for every junction that one end only names, and for links to junctions of no chain.

    steps: their junctions as they are after all joining; capped: the names of junctions that may end a way of water
    """
    laid = [step for step in steps if _laid(step, parts)]
    names, ends = water.names(), _ends(laid)
    named = [name for name in names.values() if "/" not in name]
    wrong = Gathered()
    for name in capped:
        with wrong.trying():
            if name not in named:
                raise unknown("junction", name, named, "open")
    for part in parts.values():
        for link, declared in part.model.links.items():
            given = str(part.given.get(link, "")).strip("() ")
            if declared.table == "junction" and given and not ends[water.junction(given)]:
                wrong.parts.append(unknown("junction", given, [n for n in named if n != given], part.place(link)))
    for junction, found in ends.items():
        name = names.get(junction, "")
        if len(found) == 1 and "/" not in name and name not in capped:
            wrong.parts.append(_lonely(name, found[0], water, named))
    for step in laid:
        if step.upstream == step.downstream:
            wrong.parts.append(InputError(f"{step.where}: the water of {step.component} leads back into itself"))
    wrong.tell()


def _ends(steps: Iterable[Step]) -> dict[int, list[Step]]:
    ends: dict[int, list[Step]] = defaultdict(list)
    for step in steps:
        ends[step.upstream].append(step)
        ends[step.downstream].append(step)
    return ends


def _lonely(name: str, step: Step, water: Water, named: Iterable[str]) -> InputError:
    if not name:
        return InputError(
            f"{step.where}: the water of {step.component} leads nowhere: a chain begins and ends at a (junction)"
        )
    nearest = near(name, [other for other in named if other != name])
    hint = f"did you mean ({nearest})?" if nearest else f"a second end, or `open: {name}` in the file, is missing"
    return InputError(
        f"{water.places.get(name, step.where)}: ({name}) is the end of {step.component} only; {hint}", nearest
    )


def check_loops(parts: Mapping[str, Component], steps: list[Step], store: Store, capped: Iterable[int]) -> None:
    """InputError for water that no pressure is given to, and for ways through which none can ever run.

    store: the plant with all components connected; capped: rows of junctions that may end a way of water
    """
    junctions = store.tables["junction"]
    ways = {
        number: (int(one.upstream), int(one.downstream))
        for number, one in enumerate(store.tables["passage"])
        if not leaks(steps[number], parts)
    }
    laid = [number for number in ways if _laid(steps[number], parts)]
    given = {row for row, one in enumerate(junctions) if one.held or one.compliance > 0.0}
    wrong = Gathered()
    for loop in nx.connected_components(nx.Graph(ways.values())):
        through = [steps[number] for number in laid if ways[number][0] in loop]
        if through and not given & loop:
            names = ", ".join(dict.fromkeys(step.component for step in through[:4]))
            wrong.parts.append(
                InputError(
                    f"{through[0].where}: nothing gives a pressure to the water of {names}; "
                    "a closed loop needs a PressureHolding, or a well"
                )
            )
    wrong.tell()
    circulating = {number: way for number, way in ways.items() if _circulates(steps[number], parts)}
    driven = {number for number in circulating if parts[steps[number].component].model.drives_water}
    held = {row for row, one in enumerate(junctions) if one.held}
    for number in _still(circulating, driven, held, set(capped)):
        if number in laid:
            step = steps[number]
            wrong.parts.append(InputError(f"{step.where}: no water can run through {step.component}: it leads nowhere"))
    wrong.tell()


def _still(ways: Mapping[int, tuple[int, int]], driven: set[int], held: set[int], capped: set[int]) -> list[int]:
    """The ways in which water can never run: no circuit, or one that hangs at a single junction and drives nothing.

    All held junctions are one (water may run between them); an open end is one with the part that it ends.
    """
    same, moving = dict.fromkeys(held, _OUTSIDE), {_OUTSIDE}
    for part in nx.connected_components(nx.Graph(ways.values())):
        if part & capped:
            end = min(part - capped, default=_OUTSIDE)
            moving.add(end)
            same |= dict.fromkeys(part & capped, end)
    beside: dict[frozenset[int], list[int]] = defaultdict(list)
    for number, way in ways.items():
        beside[frozenset(same.get(end, end) for end in way)].append(number)
    pairs: nx.Graph[int] = nx.Graph()
    pairs.add_edges_from((min(pair), max(pair)) for pair in beside if len(pair) == 2)
    ends = set(nx.articulation_points(pairs))
    found: list[int] = []
    for block in nx.biconnected_component_edges(pairs):
        inside = [number for pair in block for number in beside[frozenset(pair)]]
        nodes = {end for pair in block for end in pair}
        moved = nodes & moving or driven & set(inside) or not nodes & ends
        if len(inside) == 1 or not moved:
            found += inside
    return sorted(found)


def leaks(step: Step, parts: Mapping[str, Component]) -> bool:
    """True for the leak of a component, which begins behind another of its ways."""
    return any(link.endswith(">") for link in parts[step.component].model.ends.get(step.passage, ()))


def _circulates(step: Step, parts: Mapping[str, Component]) -> bool:
    """False for a way that only holds the pressure: one end is the component's own, the other is given to it."""
    part = parts[step.component]
    return len({link in part.given for link in part.model.ends.get(step.passage, ()) if link}) < 2


def _laid(step: Step, parts: Mapping[str, Component]) -> bool:
    """True for a way that the file lays: one in a chain, or one whose ends the component is given.

    Not one between junctions of its own, such as its leak, or the make-up of a pressure holding.
    """
    part = parts[step.component]
    links = part.model.ends.get(step.passage, ("",))
    return "" in links or all(link in part.given for link in links)
