"""What a schematic shows, from a plant file: ways of water between junctions, like ones drawn once as a group of N.

Parallel lanes that look alike from every side (four wells, each with its pump) become one element with four members:
junctions without a name are coloured by what hangs on them until nothing changes, equal colours are one junction.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from plant_models.assembly.assembly import Component, components
from plant_models.assembly.chains import Step, Water, read_chain
from plant_models.assembly.plant_file import PlantText
from plant_models.plant import MODELS_BY_NAME
from twin.points import Model
from twin.symbol import Symbol


@dataclass
class Element:
    """Like components in the same place, drawn as one symbol.

    passage: which way through them, "" where there is one; up, down: junctions (numbers); down -1: a stub
    beside:  groups of components that belong to it without standing in the water: rooms, meters, outdoor coils
    """

    members: tuple[str, ...]
    model: type[Model]
    passage: str
    up: int
    down: int
    beside: list["Beside"] = field(default_factory=list)

    @property
    def symbol(self) -> Symbol:
        """How its kind is drawn."""
        return self.model.symbol or Symbol()

    @property
    def label(self) -> str:
        """`well_1..4` for four wells."""
        return group_name(self.members)


@dataclass(frozen=True)
class Beside:
    """A group of components drawn as a small symbol at an element."""

    members: tuple[str, ...]
    model: type[Model]

    @property
    def symbol(self) -> Symbol:
        """How its kind is drawn."""
        return self.model.symbol or Symbol()


@dataclass(frozen=True)
class Graph:
    """Elements between junctions; `names` holds the junctions that have a name."""

    elements: list[Element]
    names: dict[int, str]


def stem(name: str) -> str:
    """The name without its numbers."""
    return re.sub(r"\d+", "#", name)


def group_name(members: tuple[str, ...]) -> str:
    """One name for like components: `zone_1..8`."""
    if len(members) == 1:
        return members[0]
    first, last = members[0], members[-1]
    number = re.search(r"\d+$", last)
    alike = number is not None and re.sub(r"\d+$", "", first) == last[: number.start()]
    return f"{first}..{number[0]}" if number is not None and alike else f"{first} .. {last}"


def graph(text: PlantText) -> Graph:
    """The groups of a plant file and how water runs between them."""
    parts = components(text, MODELS_BY_NAME)
    water = Water()
    for key, chain in text.file.water.items():
        read_chain(chain, water, text.where("water", key))
    names = water.names()
    steps = _steps(water, parts)
    colours = _colours(steps, names, parts)
    grouped: dict[Any, list[str]] = defaultdict(list)
    for s in steps:
        grouped[colours[s.upstream], colours[s.downstream], stem(s.component), s.passage].append(s.component)
    elements = [
        Element(tuple(members), parts[members[0]].model, passage, up, down)
        for (up, down, _, passage), members in grouped.items()
    ]
    called: dict[int, list[str]] = defaultdict(list)
    for junction, name in names.items():
        if junction in colours:
            called[colours[junction]].append(name)
    one_name = {j: alike[0] if len(alike) == 1 else stem(alike[0]).replace("#", "n") for j, alike in called.items()}
    found = Graph(elements, one_name)
    _add_stubs(found, parts)
    _add_beside(found, parts)
    return found


def _steps(water: Water, parts: dict[str, Component]) -> list[Step]:
    """The steps of all chains; the ways of what meets inside lead to one point, or stand between named junctions."""
    steps: list[Step] = []
    meeting = {name for name, part in parts.items() if part.model.symbol is not None and part.model.symbol.meets}
    inside: dict[str, int] = defaultdict(water.junction)
    for s in water.steps():
        own = parts[s.component].model.ends.get(s.passage, ("", "")) if s.component in meeting else ("", "")
        upstream = inside[s.component] if own[0] else s.upstream
        steps.append(Step(s.component, s.passage, upstream, inside[s.component] if own[1] else s.downstream))
    for name in sorted(meeting):
        for passage in parts[name].passages():
            ends = parts[name].model.ends.get(passage, ("", ""))
            given = [str(parts[name].given.get(end, "")).strip("()").strip() for end in ends]
            if all(given):
                steps.append(Step(name, passage, water.junction(given[0]), water.junction(given[1])))
    return steps


def _colours(steps: list[Step], names: dict[int, str], parts: dict[str, Component]) -> dict[int, int]:
    """A number for every junction, the same for those that cannot be told apart."""
    junctions = sorted({j for s in steps for j in (s.upstream, s.downstream)})
    stems: dict[str, int] = {}
    colours = {j: stems.setdefault(stem(names[j]), len(stems) + 1) if j in names else 0 for j in junctions}
    while True:
        around: dict[int, list[Any]] = {j: [] for j in junctions}
        for s in steps:
            kind = (stem(s.component), parts[s.component].model.table if s.component in parts else "", s.passage)
            around[s.upstream].append(("out", *kind, colours[s.downstream]))
            around[s.downstream].append(("in", *kind, colours[s.upstream]))
        signatures = {j: (colours[j], tuple(sorted(set(around[j])))) for j in junctions}
        numbers: dict[Any, int] = {}
        new = {j: numbers.setdefault(signatures[j], len(numbers)) for j in junctions}
        if len(numbers) == len(set(colours.values())):
            return new
        colours = new


def _add_stubs(found: Graph, parts: dict[str, Component]) -> None:
    """Pressure holdings and the like at the junction that they name."""
    junctions = {name: number for number, name in found.names.items()}
    for part in parts.values():
        if part.model.symbol is not None and part.model.symbol.stub:
            for key in part.model.links:
                name = str(part.given.get(key, "")).strip("()").strip()
                if name in junctions:
                    found.elements.append(Element((part.name,), part.model, "", junctions[name], -1))
                    break


def _add_beside(found: Graph, parts: dict[str, Component]) -> None:
    """Components outside the water, at the element that they name or that names them."""
    drawn = {name: element for element in reversed(found.elements) for name in element.members}
    waiting = {name: part for name, part in parts.items() if name not in drawn and part.model.symbol}
    named_by: dict[str, list[str]] = defaultdict(list)
    for part in parts.values():
        for other in _linked(part):
            named_by[other].append(part.name)
    at: dict[tuple[int, str], list[Component]] = defaultdict(list)
    homes = dict(drawn)
    for _ in range(3):  # a room may belong to a room unit that belongs to a household
        for name, part in list(waiting.items()):
            near = [other for other in (*_linked(part), *named_by[name]) if other in homes]
            if near:
                homes[name] = homes[near[0]]
                at[id(homes[name]), stem(name)].append(part)
                del waiting[name]
    for element in found.elements:
        for (home, _), group in at.items():
            if home == id(element):
                element.beside.append(Beside(tuple(part.name for part in group), group[0].model))


def _linked(part: Component) -> list[str]:
    """The components that a component names in its links."""
    given = [
        str(part.given[key]) for key, link in part.model.links.items() if key in part.given and link.table != "junction"
    ]
    return [text.split(".")[0].split("/")[0] for text in given]
