"""From components to tables: every component a row, every way of water a passage, values checked while written."""

from collections import defaultdict
from typing import Any

import numpy as np

from plant_models.assembly.assembly import Component, told
from plant_models.assembly.chains import Step, Water
from plant_models.assembly.waterways import own_junction
from plant_models.catalogue import catalogue
from plant_models.tick.balance import Balance
from plant_models.water.network import Junction, Network, Passage
from plant_models.weather.weather import Weather
from twin.errors import Gathered, InputError, unknown
from twin.points import COMMAND, FAULT, PARAMETER, SETPOINT, Link, Model, declared_name, fault_name
from twin.rig import Rig
from twin.store import Store
from twin.units import ends, quantity, within

FOLDER = "folder"
"""Unit of a design figure that takes the folder of the plant file."""
SINGLE: dict[type[Model], str] = {Network: "network", Balance: "balance", Weather: "weather", Rig: "rig"}
"""The kinds of which every plant has one row."""
GIVEN = (PARAMETER, SETPOINT, COMMAND, FAULT)
"""Kinds of point that a plant file may give."""


def lay_out(parts: dict[str, Component], water: Water, steps: list[Step]) -> tuple[Store, dict[int, int]]:
    """The store with all rows, and the row number of each junction of the chains."""
    for part in parts.values():
        for name, link in part.model.links.items():
            if link.table == "junction":
                own_junction(part, name, water)
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
    wrong = Gathered()
    for part in parts.values():
        with wrong.trying():
            _fill_row(store, part, water, rows)
    wrong.tell()
    for part in parts.values():
        with wrong.trying(), told(part):
            part.model.connect(store.row(part.name), store.row_number(part.name), store.tables)
    wrong.tell()


def _fill_row(store: Store, part: Component, water: Water, rows: dict[int, int]) -> None:
    """Write the links and parameters of one component."""
    row, wrong = store.row(part.name), Gathered()
    with wrong.trying():
        for name, value in _parameters(part).items():
            point = part.model.point(name, part.where)
            with wrong.trying():
                for one in np.atleast_1d(value):
                    point.check(float(one), part.place(name))
                row[name] = value
    for name, link in part.model.links.items():
        with wrong.trying():
            if link.table == "junction":
                row[name] = rows[water.same(own_junction(part, name, water))]
            elif name in part.model.inner:
                row[name] = store.row_number(f"{part.name}/{name}")
            elif name in part.given:
                row[name] = _linked(store, part, name, link)
    wrong.tell()


def _linked(store: Store, part: Component, name: str, link: Link) -> int:
    target = str(part.given[name]).replace(".", "/")
    if link.table == "passage" and "/" not in target:
        try:
            model = store.model(target)
        except InputError as error:
            raise error.under(part.place(name)) from error
        target = f"{target}/{model.route[0]}"
    if not store.has(target, link.table):
        known = [n for n, model, _ in store.components() if model.table == link.table]
        raise unknown(link.table, target, known, part.place(name))
    return store.row_number(target)


def _parameters(part: Component) -> dict[str, float]:
    """The values of declared points: from the catalogue, then from design figures, then as given."""
    model, figures = part.model, dict[str, Any]()
    values: dict[str, float] = {}
    if "catalogue" in part.given:
        items = catalogue(model.catalogue, part.given["catalogue"], part.folder)
        values.update({k: v for k, v in items.items() if k not in model.links})
    wrong = Gathered()
    for key, given in part.given.items():
        with wrong.trying():
            _read(part, key, given, values, figures)
    wrong.tell()
    figures.update({key: part.folder for key, unit in model.design.items() if unit == FOLDER})
    with told(part):
        sized = model.size(figures)
    values.update({k: v for k, v in sized.items() if k not in values})
    return values


def _read(part: Component, key: str, given: Any, values: dict[str, float], figures: dict[str, Any]) -> None:
    """Take one entry of a component as the value of a point, or as a design figure."""
    model = part.model
    if model.design.get(key, FOLDER) != FOLDER:
        unit = model.design[key]
        place = part.place(key)
        figures[key] = within(quantity(given, unit, place), unit, place, *ends(unit)) if unit else str(given)
    elif key != "catalogue" and key not in model.links:
        name = key if key in model.points else declared_name(key)
        if name not in model.points or (name != key and model.points[name].kind != FAULT):
            raise unknown("parameter", key, allowed(model), part.place(key))
        values[name] = _value(model, name, given, part.place(key))


def allowed(model: type[Model]) -> list[str]:
    """What a plant file may give a component of a kind."""
    own = [name for name, link in model.links.items() if link.table and name not in model.inner]
    points = [fault_name(n) if p.kind == FAULT else n for n, p in model.points.items() if p.kind in GIVEN]
    return [*points, *own, *(figure for figure, unit in model.design.items() if unit != FOLDER)]


def _value(model: type[Model], key: str, given: Any, where: str) -> float:
    point = model.points[key]
    names = {name: float(number) for number, name in point.values.items()}
    if str(given) in names:
        return names[str(given)]
    if names and not str(given).lstrip("+-.")[:1].isdigit():
        raise unknown("value", str(given), names, where)
    value = quantity(given, point.unit, where)
    if names and value not in names.values():
        allowed = ", ".join(f"{number:g} {name}" for name, number in names.items())
        raise InputError(f"{where}: no value {str(given)!r}; allowed: {allowed}")
    return value
