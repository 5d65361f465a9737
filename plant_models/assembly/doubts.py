"""What a plant file says of its water that cannot be meant, and what is probably not meant."""

from collections.abc import Iterator, Mapping
from typing import Any

import networkx as nx

from plant_models.assembly.assembly import Component
from plant_models.assembly.chains import Step, Water
from plant_models.assembly.water_check import leaks
from twin.errors import Gathered, InputError
from twin.store import Store

_FACTOR = 300.0
"""A flow so many times that of the pumps beside it is written in another unit (L/h for m3/h is 1000)."""
_FLOWS = ("kv", "nominal_flow", "rated_flow")
_BOTH_WAYS = ("ThreeWayValve", "Decoupler", "LayeredTank")
_SOURCES = ("WaterWaterUnit", "Boiler")
_ROOM = "zone"
"""The link of what gives heat to a room."""


def check_instruments(parts: Mapping[str, Component], steps: list[Step], store: Store) -> None:
    """InputError for a component that looks at junctions of two waters, such as a heat meter across an exchanger."""
    waters = _waters(parts, steps, store)
    wrong = Gathered()
    for part in parts.values():
        ends = {end for pair in part.model.ends.values() for end in pair}
        looked = [n for n, one in part.model.links.items() if one.table == "junction" and n not in ends]
        if not looked or not {n for n in looked if n in part.given}:
            continue
        row = store.row(part.name)
        passage = [n for n, one in part.model.links.items() if one.table == "passage" and row[n] >= 0]
        own = [int(store.tables["passage"][int(row[n])].upstream) for n in passage]
        own += [int(row[n]) for n in part.model.links if n in ends and n in part.given]
        with wrong.trying():
            _same_water(part, [n for n in looked if n in part.given], row, own, waters)
    wrong.tell()


def _same_water(part: Component, looked: list[str], row: Any, own: list[int], waters: Mapping[int, int]) -> None:
    at = {name: int(row[name]) for name in looked}
    for name, junction in at.items():
        if own and waters.get(junction) != waters.get(own[0]):
            raise InputError(f"{part.place(name)}: {part.given[name]} lies in another water than {part.name}")
    if len(at) > 1 and len(set(at.values())) == 1:
        raise InputError(f"{part.place(looked[-1])}: {' and '.join(looked)} are one junction; nothing is measured")


def doubts(parts: Mapping[str, Component], water: Water, steps: list[Step], store: Store) -> Iterator[str]:
    """What is allowed and yet probably not meant, in sentences with their places."""
    yield from _swapped(parts, water, steps)
    yield from _against(parts, steps, store)
    yield from _out_of_size(parts, steps, store)


def _swapped(parts: Mapping[str, Component], water: Water, steps: list[Step]) -> Iterator[str]:
    """Heat meters with rooms between return and supply, and between supply and return what heats instead."""
    below: dict[int, list[Step]] = {}
    for step in steps:
        if not leaks(step, parts):
            below.setdefault(step.upstream, []).append(step)
    for part in parts.values():
        if part.model.__name__ != "HeatMeter" or not {"supply", "back"} <= set(part.given):
            continue
        supply, back = (water.junction(str(part.given[name]).strip("() ")) for name in ("supply", "back"))
        behind, before = (_on_the_way(below, *pair) for pair in ((supply, back), (back, supply)))
        rooms = [name for name in sorted(before) if _ROOM in parts[name].model.links]
        heated = any(parts[name].model.__name__ in _SOURCES for name in behind)
        if rooms and heated and not any(_ROOM in parts[name].model.links for name in behind):
            yield (
                f"{part.place('supply')}: the water of {rooms[0]} runs from `back` to `supply`: are the two swapped? "
                "Heating would count as cooling"
            )


def _on_the_way(below: Mapping[int, list[Step]], first: int, last: int) -> set[str]:
    """The components on the way of the water from one junction to another."""
    found: set[str] = set()
    seen, open_ends = {first}, [first]
    while open_ends:
        for step in below.get(open_ends.pop(), []):
            found.add(step.component)
            if step.downstream not in seen and step.downstream != last:
                seen.add(step.downstream)
                open_ends.append(step.downstream)
    return found


def _against(parts: Mapping[str, Component], steps: list[Step], store: Store) -> Iterator[str]:
    """Pumps to which no water comes back, all chains run through as they are written."""
    table = store.tables["passage"]
    held = {row for row, one in enumerate(store.tables["junction"]) if one.held}
    ways: nx.DiGraph[int] = nx.DiGraph()
    pumps: list[tuple[int, int, Step]] = []
    for number, step in enumerate(steps):
        if leaks(step, parts):
            continue
        ends = (int(table[number].upstream), int(table[number].downstream))
        up, down = (-1 if end in held else end for end in ends)
        model = parts[step.component].model
        ways.add_edge(up, down)
        if model.__name__ in _BOTH_WAYS:
            ways.add_edge(down, up)
        if model.drives_water and model.__name__ == "Pump":
            pumps.append((up, down, step))
    circuit = {node: number for number, one in enumerate(nx.strongly_connected_components(ways)) for node in one}
    for up, down, step in pumps:
        if circuit[up] != circuit[down]:
            yield f"{step.where}: no water comes back to {step.component}: is a chain written against its flow?"


def _out_of_size(parts: Mapping[str, Component], steps: list[Step], store: Store) -> Iterator[str]:
    """Flows and flow coefficients far from the flow of the pumps in the same water."""
    waters = _waters(parts, steps, store)
    table = store.tables["passage"]
    pumps: dict[int, list[float]] = {}
    figures: dict[tuple[str, str], tuple[float, int]] = {}
    for number, step in enumerate(steps):
        part, at = parts[step.component], waters.get(int(table[number].upstream), -1)
        row = store.row(part.name)
        if part.model.__name__ == "Pump":
            pumps.setdefault(at, []).append(float(row["rated_flow"]))
            continue
        for name in (*_FLOWS, f"{step.passage}_flow_design"):
            if name in part.given and name in part.model.points and part.model.points[name].unit == "m3/h":
                figures[part.name, name] = (float(row[name]), at)
    for (component, name), (value, at) in figures.items():
        beside = pumps.get(at, [])
        if beside and not min(beside) / _FACTOR < value < sum(beside) * _FACTOR:
            yield (
                f"{parts[component].place(name)}: {value:g} m3/h beside pumps of {min(beside):g} m3/h: "
                "is it given in another unit?"
            )


def _waters(parts: Mapping[str, Component], steps: list[Step], store: Store) -> dict[int, int]:
    """For the row of each junction the number of the water that it belongs to."""
    table = store.tables["passage"]
    ways = [
        (int(table[number].upstream), int(table[number].downstream))
        for number, step in enumerate(steps)
        if not leaks(step, parts)
    ]
    return {node: number for number, one in enumerate(nx.connected_components(nx.Graph(ways))) for node in one}
