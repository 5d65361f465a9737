"""The configuration file of a controller: which program it runs, what it is wired to, and the numbers it changes.

program:  plant_room
wiring:   which registers' devices play which part; each program says which parts it knows
settings: only what differs from the program's own numbers, with units
"""

from dataclasses import dataclass, fields, replace
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args, get_type_hints

from pydantic import BeforeValidator, Field

from plant_models.assembly.chains import expand
from plant_models.assembly.plant_file import for_plant, read_plant
from twin.errors import InputError, unknown
from twin.units import ends, quantity, seconds, within
from twin.yaml_lines import FileModel, Map, Seq, load, read, validate

CONFIGURATIONS = resources.files("hil") / "controllers" / "configurations"
S = TypeVar("S")


def _names(given: Any) -> Any:
    """`v1, v3` and `well_[1-4]` as the names they stand for."""
    if not isinstance(given, str):
        return given
    return tuple(name for part in given.split(",") for name in expand(part.strip(), getattr(given, "where", "")))


Names = Annotated[tuple[str, ...], BeforeValidator(_names, json_schema_input_type=str)]


class ConfigurationFile(FileModel):
    """A configuration as its file says it; wiring and settings are read by the program."""

    controller: str = Field(description="plant that the configuration is for")
    program: str = Field(description="plant_room, ...")
    about: str = ""
    wiring: dict[str, Any] = Field(default_factory=dict)
    settings: dict[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True)
class Configuration:
    """A configuration with the places of its entries, for messages."""

    program: str
    tree: Map

    @property
    def plant(self) -> str:
        """The plant that it is for: a ready one, or a plant file beside the configuration."""
        named = self.tree["controller"]
        return str(named.beside()) if named.endswith((".yaml", ".yml")) else named

    def where(self, key: str) -> str:
        """The place of an entry of the file."""
        return str(getattr(self.tree.get(key, self.tree), "where", self.tree.where))

    def part(self, key: str) -> Map:
        """`wiring` or `settings`, empty where the file has none."""
        found = self.tree.get(key)
        if isinstance(found, Map):
            return found
        empty = Map()
        empty.source, empty.line, empty.column = self.tree.source, self.tree.line, self.tree.column
        return empty


def configuration(plant_or_path: str) -> Configuration:
    """The configuration of a plant (a ready one, or a plant file), or a configuration file of the user's."""
    path = Path(plant_or_path)
    if path.suffix in (".yaml", ".yml") and (tree := read(path)).get("controller") is not None:
        return _checked(tree)
    lineage = read_plant(plant_or_path).lineage
    try:
        found = for_plant("controller configuration for", CONFIGURATIONS, lineage)
    except InputError as error:
        raise InputError(
            f"the plant {lineage[0]!r} has no configuration for the reference controller: write one (docs/plants.md) "
            "and give --controller my_controller.yaml, or modbus:HOST:PORT for a controller of yours, or none"
        ) from error
    return _checked(load(found.read_text(encoding="utf-8"), f"configuration {found.name}"))


def _checked(tree: Map) -> Configuration:
    return Configuration(validate(ConfigurationFile, tree).program, tree)


def numbered(program: S, given: Map) -> S:
    """The settings of a program (a dataclass) with those of the file in place of its own."""
    hints = get_type_hints(type(program), include_extras=True)
    names = {field.name for field in fields(program)}  # type: ignore[arg-type]
    changed = {}
    for key, value in given.items():
        if key not in names:
            raise unknown("setting", str(key), names, key.where)
        changed[str(key)] = _value(hints[key], value, f"{value.where}: {key}")
    return replace(program, **changed)  # type: ignore[type-var]


def _value(kind: Any, given: Any, where: str) -> Any:
    """A number in the unit of its type, or as many of them as the type has."""
    if kind is int:
        return int(_number(given, "1", where))
    if kind is float:
        return _number(given, "1", where)
    parts = get_args(kind)
    if hasattr(kind, "__metadata__"):
        unit = kind.__metadata__[0]
        return seconds(given, where) if unit == "s" else _number(given, unit, where)
    if not isinstance(given, Seq) or len(given) != len(parts):
        raise InputError(f"{where}: expected a list of {len(parts)}, got {given!r}")
    return tuple(_value(part, one, where) for part, one in zip(parts, given, strict=True))


def _number(given: Any, unit: str, where: str) -> float:
    return within(quantity(given, unit, where), unit, where, *ends(unit))
