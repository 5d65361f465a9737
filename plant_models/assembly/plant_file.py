"""The plant file: what stands in the plant room, and how the water runs. Read here, assembled in `assembly`.

A file may be a variant: `based_on` names another plant (a ready one, or a file beside it), then what differs follows.
"""

from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from plant_models.weather.site import Site, read_time_zone
from plant_models.weather.weather import weather_path
from twin.errors import InputError, unknown
from twin.units import quantity
from twin.yaml_lines import FileModel, Map, load, place_of, read, validate, written

_MOST_BASES = 20
READY = resources.files("plant_models") / "plants"


class SiteEntry(FileModel):
    """Where the plant stands: the weather (a name or a file beside this one), the ground, the place on the map.

    Latitude, longitude and time zone stand together or not at all; without them an EPW file's own place, else Beijing.
    """

    weather: str = "beijing_design_year"
    ground_temp: str = "14.5 degC"
    latitude: str = Field(default="", description="degrees north, such as 39.8")
    longitude: str = Field(default="", description="degrees east, such as 116.467; west is negative")
    time_zone: str = Field(default="", description="offset of the local standard time from UTC, such as +08:00")


class PlantFile(FileModel):
    """A plant: components by name (`well_[1-4]` stands for four), and the chains of water that join them."""

    plant: str = Field(
        pattern=written(r"^[\w-]{1,100}$", "a name: letters, digits, - and _"), description="name of the plant"
    )
    based_on: str = Field("", description="plant that this one is a variant of: a ready one, or a file beside this one")
    title: str = Field(description="one line for lists and reports")
    source: str = Field(description="where the figures come from")
    about: str = Field("", description="a paragraph for the plant's page")
    scenarios: Literal["", "inherited"] = Field(
        "", description="inherited: has those of the plant it is based on, though its bench is its own"
    )
    speculative: bool = Field(False, description="true: a laboratory result, marked so wherever the title is shown")
    bench: str = Field("", description="bench file beside this one, for `geotwin serve` and `geotwin run`")
    site: SiteEntry = Field(default_factory=SiteEntry)
    tick: str = Field("1 s", description="length of a tick, 0.1 s to 10 s")
    components: dict[str, dict[str, Any]] = Field(description="name: {model: Kind, parameter: quantity, ...}")
    unrecorded: str = Field(
        "", description="components, such as `room_*, zone_*`, recorded only where a criterion asks"
    )
    water: dict[str, str] = Field(default_factory=dict, description="name: chain of components, as water flows")
    open: str = Field("", description="junctions, such as `(spare flange), (drain)`, at which a way of water may end")


class PlantText:
    """A plant file with the places of its entries, for messages.

    lineage: the plant's name, then the names of the plants that it is based on, nearest first
    """

    def __init__(self, tree: Map) -> None:
        self.tree, bases = _whole(tree, (tree.source,))
        file = validate(PlantFile, self.tree)
        self.file = file.model_copy(update={"title": f"{file.title} (speculative)"}) if file.speculative else file
        self.lineage = (file.plant, *bases)

    def where(self, *path: str) -> str:
        """`office.yaml:12:7` of an entry."""
        found: Any = self.tree
        where = self.tree.where
        for key in path:
            marked = next((k for k in found if k == key), None)
            if marked is None:
                break
            where = getattr(marked, "where", where)
            found = found[key]
        return where

    def capped(self) -> list[str]:
        """The junctions at which a way of water may end."""
        return [name for given in self.file.open.split(",") if (name := given.strip("() "))]

    def bench(self) -> str:
        """The bench file that the plant names, beside the file that names it; empty where it names none."""
        given = self.tree.get("bench", "")
        return str(given.beside()) if given else ""

    def weather(self) -> str:
        """The weather of the site: a built-in name, or the path of a file beside the one that names it."""
        given = self.tree.get("site", Map()).get("weather", self.file.site.weather)
        return weather_path(str(given), getattr(given, "source", ""))

    def site(self) -> Site | None:
        """The place on the map, where the file names it."""
        entry, where = self.file.site, self.where("site")
        given = (entry.latitude, entry.longitude, entry.time_zone)
        if not any(given):
            return None
        if not all(given):
            raise InputError(f"{where}: latitude, longitude and time_zone stand together or not at all")
        latitude = quantity(entry.latitude, "1", self.where("site", "latitude"))
        longitude = quantity(entry.longitude, "1", self.where("site", "longitude"))
        offset = read_time_zone(entry.time_zone, self.where("site", "time_zone"))
        return Site(latitude, longitude, offset).check(where)


def ready_plants() -> dict[str, Any]:
    """The plants that ship, by name."""
    found = {f.name.removesuffix(".yaml"): f for f in READY.iterdir() if f.name.endswith(".yaml")}
    return dict(sorted(found.items()))


def read_plant(name_or_path: str) -> PlantText:
    """A ready plant by its name, or a file of the user's; InputError names the nearest, or the place."""
    return PlantText(_tree(name_or_path))


def folder_of(where: str) -> Path | None:
    """Folder of the plant file in a place such as `my/plant.yaml:12:7`; None for a ready plant, which has none."""
    source = Path(where.rsplit(":", 2)[0])
    return None if source.stem in ready_plants() and not source.is_file() else source.parent


def _tree(name_or_path: str, where: str = "") -> Map:
    """The tree of a plant; where: the place that names it, which a name from a file knows itself."""
    where = where or place_of(name_or_path)
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return read(path, where)
    plants = ready_plants()
    if name_or_path not in plants:
        found = unknown("plant", name_or_path, plants, where)
        own = "" if found.nearest else f"; a file of yours is named with its ending, such as {name_or_path}.yaml"
        raise InputError(f"{found}{own}", found.nearest, found.allowed)
    ready = plants[name_or_path]
    return load(ready.read_text(encoding="utf-8"), ready.name)


def _whole(tree: Map, seen: tuple[str, ...]) -> tuple[Map, tuple[str, ...]]:
    """A file with what it is based on underneath, and the names of the plants that it is based on."""
    base = tree.get("based_on")
    if base is None:
        return tree, ()
    beside = str(base.beside() if Path(base).suffix in (".yaml", ".yml") else base)
    under = _tree(beside, base.where)
    if under.source in seen:
        raise InputError(f"{base.where}: {tree.source} is based on itself, by way of {', '.join((*seen[1:], beside))}")
    if len(seen) > _MOST_BASES:
        raise InputError(f"{base.where}: based on more than {_MOST_BASES} plants, one by way of the other")
    under, bases = _whole(under, (*seen, under.source))
    return varied(under, tree, "plant"), (str(under.get("plant", beside)), *bases)


REMOVED = "null"


def varied(under: Map, over: Map, what: str) -> Map:
    """A mapping with another one's entries over its own, mapping by mapping; `null` takes an entry away.

    A component given with its `model` replaces the one beneath it as a whole. Every entry keeps its place.
    """
    new = {str(key): key for key in over}
    merged = Map()
    merged.source, merged.line, merged.column = over.source, over.line, over.column
    for key, value in under.items():
        if key not in new:
            merged[key] = value
        elif over[key] != REMOVED:
            both = isinstance(value, Map) and isinstance(over[key], Map) and "model" not in over[key]
            merged[new[str(key)]] = varied(value, over[key], str(key)) if both else over[key]
    for key, value in over.items():
        if key not in under:
            if value == REMOVED or (what == "components" and isinstance(value, Map) and "model" not in value):
                raise unknown(f"entry of {what}", str(key), under, key.where)
            merged[key] = value
    return merged


def for_plant(what: str, folder: Any, lineage: tuple[str, ...]) -> Any:
    """The .yaml file in a folder of ready files that is for a plant, or for the nearest plant that it is based on."""
    ready = {file.name.removesuffix(".yaml"): file for file in folder.iterdir() if file.name.endswith(".yaml")}
    for name in lineage:
        if name in ready:
            return ready[name]
    raise unknown(what, lineage[0], ready)
