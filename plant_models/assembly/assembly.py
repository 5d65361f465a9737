"""The components of a plant file, ranges expanded, with what stands in the file for each of them."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from plant_models.assembly.chains import expand, lanes
from plant_models.assembly.plant_file import PlantText, folder_of
from plant_models.catalogue import catalogue
from twin.errors import Gathered, InputError, unknown
from twin.points import Model

_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
_RANGE = re.compile(r"\[\d+-\d+\]")
MOST_COMPONENTS = 50_000
NAME_RULE = "it begins with a letter; letters, digits and _ follow, and a range such as [1-4]"
RESERVED = {
    "weather": "every plant has its weather",
    "rig": "every plant has the rig itself",
    "network": "every plant has its network of water",
    "balance": "every plant has its accounts",
    "bus": "`bus.` in a scenario is what the controller reads",
}
"""Names that no component of a plant file may have, and why."""


class Component:
    """One component of a plant file: its name, Model, and what the file gives for it."""

    def __init__(
        self, name: str, model: type[Model], given: dict[str, Any], where: str, places: Mapping[str, str] | None = None
    ) -> None:
        """places: where each entry of `given` stands in the file"""
        self.name, self.model, self.given, self.where = name, model, given, where
        self._places = places or {}

    @property
    def folder(self) -> Path | None:
        """Folder of the file that it is written in; None for a ready plant."""
        return folder_of(self.where)

    def place(self, key: str) -> str:
        """`office.yaml:12:30: hp_1.map`: where an entry stands, and its name, for messages."""
        return f"{self._places.get(key, self.where)}: {self.name}.{key}"

    def passages(self) -> list[str]:
        """The names of the links to passages."""
        return [name for name, link in self.model.links.items() if link.table == "passage" and name not in self.given]


def components(text: PlantText, models: dict[str, type[Model]]) -> dict[str, Component]:
    """All components of the file, ranges expanded; a range inside a value runs along with that of the name."""
    found: dict[str, Component] = {}
    wrong = Gathered()
    for key, entry in text.file.components.items():
        with wrong.trying():
            _add(found, key, entry, text.where("components", key), models)
    wrong.tell()
    for part in list(found.values()):
        with wrong.trying():
            _imply(part, found, {model.table: model for model in models.values()})
    wrong.tell()
    return found


def _add(
    found: dict[str, Component], key: str, entry: Mapping[str, Any], where: str, models: dict[str, type[Model]]
) -> None:
    """Add the components of one line of the file."""
    if _NAME.fullmatch(_RANGE.sub("1", key)) is None:
        raise InputError(f"{where}: {key!r} is not a name of components: {NAME_RULE}")
    if key in RESERVED:
        raise InputError(f"{where}: the name {key!r} is taken: {RESERVED[key]}")
    given = dict(entry)
    kind = given.pop("model", "")
    if str(kind) not in models:
        raise unknown("model", str(kind), models, getattr(kind, "where", where))
    names = expand(key, where)
    places = {str(name): getattr(value, "where", where) for name, value in given.items()}
    values = {str(name): lanes(str(value), key, f"{places[str(name)]}: {name}: ") for name, value in given.items()}
    for number, name in enumerate(names):
        if name in found:
            raise InputError(f"{where}: a component {name!r} is already there")
        own = {point: many[number] for point, many in values.items()}
        if len(found) >= MOST_COMPONENTS:
            raise InputError(f"{where}: more than {MOST_COMPONENTS:,} components")
        found[name] = Component(name, models[str(kind)], own, where, places)


def _imply(part: Component, found: dict[str, Component], models: dict[str, type[Model]]) -> None:
    """Add the component behind a link that names shipped data, such as a performance map, unless it is there."""
    if "catalogue" in part.given:
        with told(part):
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


@contextmanager
def told(part: Component) -> Iterator[None]:
    """An error of the component's own says which component of which line it is."""
    try:
        yield
    except InputError as error:
        raise error.under(f"{part.where}: {part.name}") from error
