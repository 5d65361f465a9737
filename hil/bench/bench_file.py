"""The bench file: which device serves which component, at which port and unit id."""

from dataclasses import replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from hil.bus.device_file import parse_device, read_device
from hil.bus.device_map import DeviceMap
from hil.bus.unit import Unit
from plant_models.assembly.chains import expand
from plant_models.assembly.plant_file import PlantText, for_plant, read_plant
from twin.errors import InputError, unknown
from twin.yaml_lines import FileModel, Map, load, validate

DEVICES = resources.files("hil") / "devices"
BENCHES = resources.files("hil") / "benches"

IDS, MOST_UNITS = 247, 100 * 247
"""Unit ids of one port; a range such as 1-508 goes on at the ports behind it: unit 248 is unit 1 of the next one."""


class UnitEntry(FileModel):
    """One line of a bench: `unit: 1-4` with `component: pump_[1-4]` stands for four units of the same device."""

    unit: Annotated[
        str, Field(description="unit id 1-247, or a range such as 1-4; beyond 247 it goes on at the next port")
    ]
    device: Annotated[str, Field(description="name of a ready device, or a file .yaml or .csv beside this one")]
    component: Annotated[str, Field(description="component of the plant, or as many as there are units")]
    port: Annotated[str, Field(description="TCP port; the first port of the bench where it is left out")] = ""


class BenchFile(FileModel):
    """A bench: the plant it belongs to, and its units."""

    bench: str
    plant: str
    port: Annotated[int, Field(ge=1, le=65535, description="first TCP port")] = 5020
    units: Annotated[tuple[UnitEntry, ...], Field(min_length=1)]


def ready_devices() -> dict[str, Any]:
    """The device files that ship, by name."""
    return dict(sorted((f.name.removesuffix(".yaml"), f) for f in DEVICES.iterdir() if f.name.endswith(".yaml")))


@cache
def ready_device(name: str) -> DeviceMap:
    """A device that ships; InputError with the nearest name."""
    devices = ready_devices()
    if name not in devices:
        raise unknown("device", name, devices)
    return parse_device(devices[name].read_text(encoding="utf-8"), devices[name].name)


def read_bench(plant_or_path: str, first_port: int | None = None) -> list[Unit]:
    """The units of a plant's own bench, or of a bench file; ports moved so that they begin at `first_port`.

    plant_or_path: a ready plant, a plant file that is based on one, or a bench file
    """
    file, tree, folder = _file(plant_or_path)
    units = _units(file, tree, folder)
    if first_port is None:
        return units
    if not 0 <= first_port <= 65535:
        raise InputError(f"port {first_port} is outside 0 .. 65535")
    moved = first_port - min(unit.port for unit in units)
    return [replace(unit, port=unit.port + moved) for unit in units]


def plant_of(plant_or_path: str) -> str:
    """The plant that a bench belongs to: its name or, for a bench of a plant file, the file."""
    return _file(plant_or_path)[0].plant


def _file(plant_or_path: str) -> tuple[BenchFile, Map, Path]:
    path = Path(plant_or_path)
    plant: PlantText | None = None
    if path.suffix in (".yaml", ".yml"):
        try:
            tree = load(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read the bench file {plant_or_path!r}: {error}") from error
        if "bench" not in tree and "plant" in tree:
            plant = PlantText(tree)
    else:
        plant = read_plant(plant_or_path)
    if plant is None:
        return validate(BenchFile, tree), tree, path.parent
    found = for_plant("bench", BENCHES, plant.lineage)
    tree = load(found.read_text(encoding="utf-8"), f"bench {found.name}")
    return validate(BenchFile, tree).model_copy(update={"plant": plant_or_path}), tree, path.parent


def _units(file: BenchFile, tree: Map, folder: Path) -> list[Unit]:
    units: list[Unit] = []
    taken: dict[tuple[int, int], str] = {}
    for entry, place in zip(file.units, tree["units"], strict=True):
        numbers = (
            [int(n) for n in expand(f"[{entry.unit}]", place.where)] if "-" in entry.unit else [_unit(entry, place)]
        )
        names = expand(entry.component, place.where)
        if len(numbers) != len(names):
            raise InputError(f"{place.where}: {len(numbers)} unit ids for {len(names)} components")
        local = Path(entry.device).suffix in (".yaml", ".yml", ".csv")
        device = read_device(folder / entry.device) if local else ready_device(entry.device)
        first = int(entry.port) if entry.port else file.port
        for count, name in zip(numbers, names, strict=True):
            if not 1 <= count <= (MOST_UNITS if len(numbers) > 1 else IDS):
                raise InputError(f"{place.where}: unit id {count} is outside 1 .. {IDS}")
            port, number = first + (count - 1) // IDS, (count - 1) % IDS + 1
            if (port, number) in taken:
                raise InputError(f"{place.where}: unit {number} of port {port} serves {taken[port, number]} already")
            taken[port, number] = name
            units.append(Unit(name, port, number, device, name))
    return units


def _unit(entry: UnitEntry, place: Map) -> int:
    if not entry.unit.isdigit():
        raise InputError(
            f"{place.where}: unit {entry.unit!r} is not a unit id; expected 1 .. 247 or a range such as 1-4"
        )
    return int(entry.unit)
