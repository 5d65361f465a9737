"""The plant file: what stands in the plant room, and how the water runs. Read here, assembled in `assembly`."""

from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import Field

from twin.errors import InputError, unknown
from twin.yaml_lines import FileModel, Map, load, validate

READY = resources.files("plant_models") / "plants"


class Site(FileModel):
    """Where the plant stands: the weather (a name or a file) and the ground."""

    weather: str = "beijing_design_year"
    ground_temp: str = "14.5 degC"


class PlantFile(FileModel):
    """A plant: components by name (`well_[1-4]` stands for four), and the chains of water that join them."""

    plant: str = Field(description="name of the plant")
    title: str = Field(description="one line for lists and reports")
    source: str = Field(description="where the figures come from")
    about: str = Field("", description="a paragraph for the plant's page")
    site: Site = Site()
    tick: str = Field("1 s", description="length of a tick, 0.1 s to 10 s")
    components: dict[str, dict[str, Any]] = Field(description="name: {model: Kind, parameter: quantity, ...}")
    water: dict[str, str] = Field(default_factory=dict, description="name: chain of components, as water flows")


class PlantText:
    """A plant file with the places of its entries, for messages."""

    def __init__(self, tree: Map) -> None:
        self.tree = tree
        self.file = validate(PlantFile, tree)

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


def ready_plants() -> dict[str, Any]:
    """The plants that ship, by name."""
    found = {f.name.removesuffix(".yaml"): f for f in READY.iterdir() if f.name.endswith(".yaml")}
    return dict(sorted(found.items()))


def read_plant(name_or_path: str) -> PlantText:
    """A ready plant by its name, or a file of the user's; InputError names the nearest, or the place."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        try:
            return PlantText(load(path.read_text(encoding="utf-8"), str(path)))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the plant file {name_or_path!r}: {error}") from error
    plants = ready_plants()
    if name_or_path not in plants:
        raise unknown("plant", name_or_path, plants)
    found = plants[name_or_path]
    return PlantText(load(found.read_text(encoding="utf-8"), found.name))
