"""The bench file: which device serves which component, at which port and unit id."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from importlib import resources
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field

from hil.bench.line_keys import MqttKeys, PortKeys, port_settings
from hil.bus.maps.device_file import parse_device, read_device
from hil.bus.maps.device_map import DeviceMap
from hil.bus.unit import ANY, Unit, joined, moved, side_by_side
from plant_models.assembly.chains import expand
from plant_models.assembly.plant_file import PlantText, for_plant, read_plant
from twin.errors import Gathered, InputError, unknown
from twin.yaml_lines import FileModel, Map, load, read, validate, written

DEVICES = resources.files("hil") / "devices"
BENCHES = resources.files("hil") / "benches"

_LAST_PORT, _LAST_ID, _ID = 65535, 255, re.compile(r"[0-9]{1,5}")
IDS, MOST_UNITS = 247, 100 * 247
"""Unit ids of one port; a range such as 1-508 goes on at the ports behind it: unit 248 is unit 1 of the next one."""


class UnitEntry(FileModel):
    """One line of a bench: `unit: 1-4` with `component: pump_[1-4]` stands for four units of the same device."""

    unit: Annotated[
        str,
        Field(
            description="unit id 0-255, a range such as 1-4 (beyond 247 it goes on at the next port), or `any` for a "
            "device that answers to every one on its port; lines with one unit id are parts of one device"
        ),
    ]
    device: Annotated[str, Field(description="name of a ready device, or a file .yaml or .csv beside this one")]
    component: Annotated[
        str,
        Field(description="component of the plant, or as many as there are units; none for whole paths of points"),
    ] = ""
    name: Annotated[
        str,
        Field(description="what the device is called in topics and conditions; its component where left out"),
    ] = ""
    port: Annotated[str, Field(description="TCP port; the first port of the bench where it is left out")] = ""


class BenchFile(FileModel):
    """A bench: the plant it belongs to, its units, and how they are reached."""

    bench: Annotated[str, Field(pattern=written(r"^[^\n\r]{1,200}$", "a name of one line"))]
    plant: str
    port: Annotated[int, Field(ge=1, le=65535, description="first TCP port")] = 5020
    ports: Annotated[
        dict[str, PortKeys], Field(description="how Modbus ports behave: by number, or a range such as 5020-5023")
    ] = {}  # noqa: RUF012  (a model copies it)
    mqtt: MqttKeys = MqttKeys()
    units: Annotated[tuple[UnitEntry, ...], Field(min_length=1)]


def ready_devices() -> dict[str, Any]:
    """The device files that ship, by name."""
    return dict(sorted((f.name.removesuffix(".yaml"), f) for f in DEVICES.iterdir() if f.name.endswith(".yaml")))


def ready_device(name: str, where: str = "") -> DeviceMap:
    """A device that ships; InputError with the nearest name. where: the place that names it"""
    devices = ready_devices()
    if name not in devices:
        raise unknown("device", name, devices, where)
    return _parsed(name)


@cache
def _parsed(name: str) -> DeviceMap:
    devices = ready_devices()
    return parse_device(devices[name].read_text(encoding="utf-8"), devices[name].name)


def read_bench(plant_or_path: str, first_port: int | None = None) -> list[Unit]:
    """The units of a plant's own bench, or of a bench file; ports moved so that they begin at `first_port`.

    plant_or_path: a ready plant, a plant file that is based on one, or a bench file
    """
    file, tree, folder = _file(plant_or_path)
    units = _units(file, tree, folder)
    if file.ports:
        port_settings(file.ports, tree["ports"], units, 0)
    if first_port is None:
        return units
    if not 0 <= first_port <= 65535:
        raise InputError(f"port {first_port} is outside 0 .. 65535")
    return moved(units, first_port)


def read_line_keys(plant_or_path: str, units: Sequence[Unit]) -> dict[str, Any]:
    """What the bench file says of each line, by the line's name; `units` are those of `read_bench`, moved or not."""
    file, tree, folder = _file(plant_or_path)
    ports: dict[int, dict[str, Any]] = {}
    if file.ports:
        own = _units(file, tree, folder)
        by = min(unit.port for unit in units) - min(unit.port for unit in own)
        ports = port_settings(file.ports, tree["ports"], own, by)
    return {"mqtt": file.mqtt.plain(folder), "modbus": ports}


def plant_of(plant_or_path: str) -> str:
    """The plant that a bench belongs to: its name or, for a bench of a plant file, the file."""
    return _file(plant_or_path)[0].plant


def _file(plant_or_path: str) -> tuple[BenchFile, Map, Path]:
    """The bench of a plant, or the file itself, with the folder in which its devices are looked for."""
    path = Path(plant_or_path)
    if path.suffix in (".yaml", ".yml"):
        tree = _tree(path)
        if not {"components", "based_on"} & set(tree):
            bench, plant_named = validate(BenchFile, tree), tree["plant"]
            if plant_named.endswith((".yaml", ".yml")):
                plant_named = plant_named.beside()
            return bench.model_copy(update={"plant": plant_named}), tree, path.parent
        plant = PlantText(tree)
    else:
        plant = read_plant(plant_or_path)
    own = plant.bench()
    if own:
        tree, folder = _tree(Path(own), plant.where("bench")), Path(own).parent
        _check_plant(tree, plant)
    else:
        tree, folder = _ready_bench(plant), path.parent
    return validate(BenchFile, tree).model_copy(update={"plant": plant_or_path}), tree, folder


def _check_plant(tree: Map, plant: PlantText) -> None:
    """InputError where the bench that a plant file names is for another plant."""
    given, namer = tree.get("plant", ""), plant.tree["bench"].source
    beside = str(given).endswith((".yaml", ".yml"))
    same = Path(given.beside()).resolve() == Path(namer).resolve() if beside else given in plant.lineage
    if given and not same:
        raise InputError(f"{given.where}: the bench is for {str(given)!r}, but {namer} names it")


def _tree(path: Path, where: str = "") -> Map:
    return read(path, where)


def _ready_bench(plant: PlantText) -> Map:
    try:
        found = for_plant("bench", BENCHES, plant.lineage)
    except InputError as error:
        raise InputError(
            f"{plant.where('plant')}: the plant {plant.file.plant!r} has no bench: write one (docs/devices.md) and "
            "name it in the plant file (bench: my_bench.yaml), or give --bench my_bench.yaml"
        ) from error
    return load(found.read_text(encoding="utf-8"), f"bench {found.name}")


def _units(file: BenchFile, tree: Map, folder: Path) -> list[Unit]:
    units: list[Unit] = []
    named: dict[str, str] = {}
    wrong = Gathered()
    for entry, place in zip(file.units, tree["units"], strict=True):
        with wrong.trying():
            for unit in _line(entry, place, file.port, folder):
                own = unit
                if unit.name in named and not entry.name:
                    own = replace(unit, name=f"{unit.name}_unit_{unit.unit if unit.unit != ANY else 'any'}")
                if own.name in named:
                    raise InputError(f"{place.where}: the name {own.name} is taken in {named[own.name]}; give a `name`")
                named[own.name] = place.where
                units.append(own)
    wrong.tell()
    units = side_by_side(units)
    for _, group in groupby(units, lambda unit: (unit.port, unit.unit)):
        with wrong.trying():
            joined(list(group))
    wrong.tell()
    return units


def _line(entry: UnitEntry, place: Map, first_port: int, folder: Path) -> Iterator[Unit]:
    """The units of one line of a bench."""
    numbers = _numbers(entry, place)
    where = getattr(place.get("device"), "where", place.where)
    local = Path(entry.device).suffix in (".yaml", ".yml", ".csv")
    device = read_device(folder / entry.device, where) if local else ready_device(entry.device, where)
    components = expand(entry.component, place.where) if entry.component else [""] * len(numbers)
    names = expand(entry.name, place.where) if entry.name else [name or device.device for name in components]
    for found, what in ((components, "components"), (names, "names")):
        if len(numbers) != len(found):
            raise InputError(f"{place.where}: {len(numbers)} unit ids for {len(found)} {what}")
    first = _port(entry, place) if entry.port else first_port
    for count, name, component in zip(numbers, names, components, strict=True):
        if len(numbers) == 1:
            yield Unit(name, first, count, device, component, place.where)
            continue
        if not 1 <= count <= MOST_UNITS:
            raise InputError(f"{place.where}: unit id {count} is outside 1 .. {MOST_UNITS}")
        port = first + (count - 1) // IDS
        if port > _LAST_PORT:
            raise InputError(f"{place.where}: port {port} is outside 1 .. {_LAST_PORT}")
        yield Unit(name, port, (count - 1) % IDS + 1, device, component, place.where)


def _port(entry: UnitEntry, place: Map) -> int:
    if not _ID.fullmatch(entry.port) or not 1 <= int(entry.port) <= _LAST_PORT:
        where = getattr(place.get("port"), "where", place.where)
        raise InputError(f"{where}: port {entry.port!r} is not a TCP port; expected 1 .. {_LAST_PORT}")
    return int(entry.port)


def _numbers(entry: UnitEntry, place: Map) -> list[int]:
    """The unit ids of a line."""
    if entry.unit == "any":
        return [ANY]
    first, dash, last = entry.unit.partition("-")
    if not _ID.fullmatch(first) or (dash and not _ID.fullmatch(last)):
        raise InputError(
            f"{place.where}: unit {entry.unit!r} is not a unit id; expected 0 .. {_LAST_ID}, a range such as 1-4, or "
            "any"
        )
    if not dash and int(first) > _LAST_ID:
        raise InputError(f"{place.where}: unit id {first} is outside 0 .. {_LAST_ID}")
    return [int(n) for n in expand(f"[{entry.unit}]", place.where)] if dash else [int(first)]
