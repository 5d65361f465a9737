"""From a plant file to tables: every component a row, every way for water a passage, all checked while building."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from plant_models.assembly.chains import Step, Water, expand, lanes, read_chain
from plant_models.assembly.plant_file import PlantText, folder_of
from plant_models.catalogue import catalogue
from plant_models.tick.balance import Balance
from plant_models.water.network import Junction, Network, Passage
from plant_models.weather.weather import Weather
from twin.errors import InputError, unknown
from twin.points import FAULT, Link, Model, declared_name
from twin.rig import Rig
from twin.store import Store
from twin.units import quantity

FOLDER = "folder"
"""Unit of a design figure that takes the folder of the plant file."""
SINGLE: dict[type[Model], str] = {Network: "network", Balance: "balance", Weather: "weather", Rig: "rig"}
"""The kinds of which every plant has one row."""


class Component:
    """One component of a plant file: its name, Model, and what the file gives for it."""

    def __init__(self, name: str, model: type[Model], given: dict[str, Any], where: str) -> None:
        self.name, self.model, self.given, self.where = name, model, given, where

    @property
    def folder(self) -> Path | None:
        """Folder of the file that it is written in; None for a ready plant."""
        return folder_of(self.where)

    def passages(self) -> list[str]:
        """The names of the links to passages."""
        return [name for name, link in self.model.links.items() if link.table == "passage" and name not in self.given]


def components(text: PlantText, models: dict[str, type[Model]]) -> dict[str, Component]:
    """All components of the file, ranges expanded; a range inside a value runs along with that of the name."""
    found: dict[str, Component] = {}
    for key, entry in text.file.components.items():
        where = text.where("components", key)
        given = dict(entry)
        kind = str(given.pop("model", ""))
        if kind not in models:
            raise unknown("model", kind, models, where)
        names = expand(key, where)
        values = {str(name): lanes(str(value), key, f"{where}: {name}: ") for name, value in given.items()}
        for number, name in enumerate(names):
            if name in found:
                raise InputError(f"{where}: a component {name!r} is already there")
            own = {point: many[number] for point, many in values.items()}
            found[name] = Component(name, models[kind], own, where)
    for part in list(found.values()):
        _imply(part, found, {model.table: model for model in models.values()})
    return found


def _imply(part: Component, found: dict[str, Component], models: dict[str, type[Model]]) -> None:
    """Add the component behind a link that names shipped data, such as a performance map, unless it is there."""
    if "catalogue" in part.given:
        with _told(part):
            items = catalogue(part.model.catalogue, part.given["catalogue"], part.folder)
        part.given = {**{k: v for k, v in items.items() if k in part.model.links}, **part.given}
    for name, figure in part.model.implied.items():
        file = str(part.given.get(name, ""))
        target = file.removesuffix(".csv")
        if target != file:
            part.given = part.given | {name: target}
        if target and target not in found:
            found[target] = Component(target, models[part.model.links[name].table], {figure: file}, part.where)
        elif target != file and str(found[target].given.get(figure, "")) != file:
            raise InputError(f"{part.where}: {part.name}.{name}: a component {target!r} is already there")


def waterways(text: PlantText, parts: dict[str, Component]) -> tuple[Water, list[Step]]:
    """The junctions and steps of all chains, with the own junctions of components added."""
    water = Water()
    for key, chain in text.file.water.items():
        read_chain(chain, water, text.where("water", key))
    own: list[Step] = []
    for step in list(water.steps()):
        if step.component not in parts:
            raise unknown("component", step.component, parts, text.where("water"))
        own += _ways(step, parts[step.component], water)
    for part in parts.values():
        done = {s.passage for s in own if s.component == part.name}
        for passage in part.passages():
            if passage not in done and passage not in part.model.optional:
                own += _own_way(part, passage, water, own)
    resolved = [Step(s.component, s.passage, water.same(s.upstream), water.same(s.downstream)) for s in own]
    seen = set()
    for s in resolved:
        if (s.component, s.passage) in seen:
            raise InputError(f"{parts[s.component].where}: water runs through {s.component}.{s.passage} twice")
        seen.add((s.component, s.passage))
    return water, resolved


def _ways(step: Step, part: Component, water: Water) -> list[Step]:
    """The passages behind one name in a chain: the one it names, or the route of the component."""
    route = (step.passage,) if step.passage else part.model.route
    ways = []
    for number, passage in enumerate(route):
        if passage not in part.passages():
            raise unknown("passage", f"{step.component}.{passage}", part.passages(), part.where)
        own = part.model.ends.get(passage, ("", ""))
        upstream = _own_junction(part, own[0], water) if own[0] else step.upstream
        downstream = _own_junction(part, own[1], water) if own[1] else step.downstream
        if len(route) > 1 and ((number == 0 and own[0]) or (number == len(route) - 1 and own[1])):
            raise InputError(
                f"{part.where}: {part.model.__name__} declares a route that does not begin or end in the chain"
            )
        ways.append(Step(step.component, passage, upstream, downstream))
    return ways


def _own_way(part: Component, passage: str, water: Water, steps: list[Step]) -> list[Step]:
    """The step of a passage that stands in no chain; none where it joins an absent one (`primary>`)."""
    behind = {f"{s.passage}>": s.downstream for s in steps if s.component == part.name}
    ends = part.model.ends.get(passage, ("", ""))
    if "" in ends:
        raise InputError(f"{part.where}: {part.name}.{passage} stands in no water chain")
    if any(end.endswith(">") and end not in behind for end in ends):
        return []
    upstream, downstream = (behind[end] if end in behind else _own_junction(part, end, water) for end in ends)
    return [Step(part.name, passage, upstream, downstream)]


def _own_junction(part: Component, link: str, water: Water) -> int:
    """The junction behind a link of the component: the one the plant file names, or its own."""
    given = str(part.given.get(link, ""))
    return water.junction(given.strip("()").strip() if given else f"{part.name}/{link}")


def lay_out(parts: dict[str, Component], water: Water, steps: list[Step]) -> tuple[Store, dict[int, int]]:
    """The store with all rows, and the row number of each junction of the chains."""
    for part in parts.values():
        for name, link in part.model.links.items():
            if link.table == "junction":
                _own_junction(part, name, water)
    names = water.names()
    for s in steps:
        for junction, side in ((s.upstream, "before"), (s.downstream, "after")):
            names.setdefault(junction, f"{side} {s.component}/{s.passage}")
    rows: dict[type[Model], list[str]] = defaultdict(list)
    rows[Junction] = list(names.values())
    rows[Passage] = [f"{s.component}/{s.passage}" for s in steps]
    for model, name in SINGLE.items():
        rows[model] = [name]
    for part in parts.values():
        rows[part.model].append(part.name)
        for name, model in part.model.inner.items():
            rows[model].append(f"{part.name}/{name}")
    return Store(rows), {junction: number for number, junction in enumerate(names)}


def fill(store: Store, parts: dict[str, Component], water: Water, steps: list[Step], rows: dict[int, int]) -> None:
    """Write links and parameters, then let every component connect itself."""
    for number, s in enumerate(steps):
        passage = store.tables["passage"][number]
        passage.upstream, passage.downstream = rows[s.upstream], rows[s.downstream]
        passage.kind = 0
        store.row(s.component)[s.passage] = number
    for part in parts.values():
        row = store.row(part.name)
        for name, value in _parameters(part).items():
            point = part.model.point(name, part.where)
            row[name] = value if point.count > 1 else point.check(value, f"{part.where}: {part.name}.{name}")
        for name, link in part.model.links.items():
            if link.table == "junction":
                row[name] = rows[water.same(_own_junction(part, name, water))]
            elif name in part.model.inner:
                row[name] = store.row_number(f"{part.name}/{name}")
            elif name in part.given:
                row[name] = _linked(store, part, name, link)
    for part in parts.values():
        with _told(part):
            part.model.connect(store.row(part.name), store.row_number(part.name), store.tables)


@contextmanager
def _told(part: Component) -> Iterator[None]:
    """An error of the component's own says which component of which line it is."""
    try:
        yield
    except InputError as error:
        raise InputError(f"{part.where}: {part.name}: {error}") from error


def _linked(store: Store, part: Component, name: str, link: Link) -> int:
    target = str(part.given[name]).replace(".", "/")
    if link.table == "passage" and "/" not in target:
        model = store.model(target)
        target = f"{target}/{model.route[0]}"
    where = f"{part.where}: {part.name}.{name}"
    if not store.has(target, link.table):
        known = [n for n, model, _ in store.components() if model.table == link.table]
        raise unknown(link.table, target, known, where)
    return store.row_number(target)


def _parameters(part: Component) -> dict[str, float]:
    """The values of declared points: from the catalogue, then from design figures, then as given."""
    model, figures = part.model, dict[str, Any]()
    values: dict[str, float] = {}
    if "catalogue" in part.given:
        items = catalogue(model.catalogue, part.given["catalogue"], part.folder)
        values.update({k: v for k, v in items.items() if k not in model.links})
    for key, given in part.given.items():
        where = f"{part.where}: {part.name}.{key}"
        if model.design.get(key, FOLDER) != FOLDER:
            unit = model.design[key]
            figures[key] = quantity(given, unit, where) if unit else str(given)
        elif key != "catalogue" and key not in model.links:
            known = [*model.points, *model.links, *model.design]
            name = key if key in model.points else declared_name(key)
            if name not in model.points or (name != key and model.points[name].kind != FAULT):
                raise unknown("parameter", key, known, f"{part.where}: {part.name}")
            values[name] = _value(model, name, given, where)
    figures.update({key: part.folder for key, unit in model.design.items() if unit == FOLDER})
    with _told(part):
        sized = model.size(figures)
    values.update({k: v for k, v in sized.items() if k not in values})
    return values


def _value(model: type[Model], key: str, given: Any, where: str) -> float:
    point = model.points[key]
    names = {name: float(number) for number, name in point.values.items()}
    if str(given) in names:
        return names[str(given)]
    return quantity(given, point.unit, where)
