"""`geotwin check`: whether files are right, and all that is wrong with them."""

import argparse
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hil.bench.bench import Bench
from hil.bench.bench_file import plant_of, read_bench
from hil.bench.bus_link import BusLink
from hil.books.factors import read_factors
from hil.bus.maps.device_file import read_device
from hil.bus.unit import Unit
from hil.controllers.registry import check_configuration, controller
from hil.plain_text import one_line
from hil.runs.options import NONE, RunOptions
from hil.runs.run import Run
from hil.tables.comparing import differences
from hil.tables.device_text import settled
from hil.tables.table_file import read_table
from hil.tables.words import MappingFile, read_mapping
from plant_models.assembly.plant_file import PlantText
from plant_models.plant import SAMPLE_START, Plant, build
from scenarios import load
from twin.errors import Gathered, InputError
from twin.yaml_lines import Map, read

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d+)(:(?P<column>\d+))?: (?P<message>.*)", re.DOTALL)


@dataclass
class Found:
    """What was found in one file: what it is when it is right, and what is wrong or doubtful."""

    file: str
    what: str = ""
    wrong: list[InputError] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    check: argparse.ArgumentParser = commands.add_parser(
        "check",
        help="check files of yours: plants, devices, benches, scenarios, configurations, factors",
        description="Check files of yours; all mistakes of all files are told.",
    )
    check.add_argument("file", nargs="+", metavar="FILE", help="a .yaml of any kind, or a device .csv")
    check.add_argument("--format", choices=("text", "json"), default="text", help="json: for editors (default: text)")
    check.add_argument("--against", metavar="TABLE", help="compare a device file with the maker's table")
    check.add_argument("--mapping", metavar="FILE", help="what the words of that table mean")
    check.set_defaults(act=act_check)


def act_check(options: argparse.Namespace) -> int:
    """Check every file; all of them are looked at, and 2 is returned when one is wrong."""
    results = [checked(name) for name in options.file]
    if options.against:
        if len(results) > 1:
            raise InputError("--against compares one device file with a table")
        _compare(results[0], Path(options.against), read_mapping(options.mapping) if options.mapping else MappingFile())
    if options.format == "json":
        print(json.dumps([entry for result in results for entry in _entries(result)], indent=1))
    else:
        for result in results:
            print("\n".join(_lines(result)))
    return 2 if any(result.wrong for result in results) else 0


def checked(name: str) -> Found:
    """One file, checked as far as it can be read."""
    found = Found(name)
    gathered = Gathered()
    with gathered.trying():
        found.what, found.doubtful = _checked(name)
    found.wrong = gathered.parts
    return found


def _compare(found: Found, path: Path, own: MappingFile) -> None:
    """Add what the maker's table says otherwise, and what of it a device file leaves out."""
    if found.wrong:
        return
    device = read_device(Path(found.file))
    table = read_table(path, own)
    _, made = settled(table, device.device, device.source)
    wrong, left = differences(device, table, made)
    found.wrong = [InputError(text) for text in wrong]
    found.doubtful += left


def _lines(result: Found) -> list[str]:
    if result.wrong:
        return [one_line(f"{result.file}: wrong: {part}") for part in result.wrong]
    right = f"{result.file}: {result.what}, right"
    return [one_line(line) for line in (right, *(f"{result.file}: doubtful: {text}" for text in result.doubtful))]


def _entries(result: Found) -> list[dict[str, Any]]:
    """Mistakes for an editor: file, line, column (from 1), message, the name meant, and what is allowed where known."""
    wrong = [("error", str(part), part.nearest, part.allowed) for part in result.wrong]
    doubtful: list[tuple[str, str, str, tuple[str, ...]]] = [("warning", text, "", ()) for text in result.doubtful]
    found = []
    for severity, text, nearest, allowed in (*wrong, *doubtful):
        place = _PLACE.match(text)
        found.append(
            {
                "file": place["file"] if place else result.file,
                "line": int(place["line"]) if place else 1,
                "column": int(place["column"] or 1) if place else 1,
                "severity": severity,
                "message": place["message"] if place else text,
                "nearest": nearest,
                "allowed": list(allowed),
            }
        )
    return found


def _checked(name: str) -> tuple[str, list[str]]:
    """What the file is, when it is right, and what is doubtful in it."""
    path = Path(name)
    if path.suffix == ".csv":
        return _device(name, Map())
    tree = read(path, name=name)
    for keys, check in _KINDS:
        if keys & set(tree):
            return check(name, tree)
    raise InputError(
        f"{tree.where}: neither a scenario, a plant, a bench, a device, a configuration, factors nor a mapping: none "
        "of their keys is there (scenario, components, based_on, units, registers, program, factors, columns)"
    )


def _scenario(name: str, tree: Map) -> tuple[str, list[str]]:  # noqa: ARG001  (all kinds are checked by one call)
    run = Run(load(name), RunOptions(controller=NONE))
    return f"a scenario with {len(run.scenario.expect)} criteria", run.scenario.warnings(run.bench.directory)


def _device(name: str, tree: Map) -> tuple[str, list[str]]:  # noqa: ARG001
    return f"a device of {len(read_device(Path(name)).registers)} registers", []


def _factors(name: str, tree: Map) -> tuple[str, list[str]]:  # noqa: ARG001
    return f"{len(read_factors(name).listed)} factors of the savings report", []


def _plant(name: str, tree: Map) -> tuple[str, list[str]]:
    text = PlantText(tree)
    plant = Plant(text, SAMPLE_START, 86400.0)
    return f"a plant of {len(plant.parts)} components", plant.doubts + _without_bench(text, name)


def _bench(name: str, tree: Map) -> tuple[str, list[str]]:  # noqa: ARG001
    units = read_bench(name)
    bench = Bench(build(plant_of(name), SAMPLE_START, 86400.0), units, SAMPLE_START)
    return f"a bench of {len(bench.bus.units)} units", _twice(units)


def _twice(units: list[Unit]) -> list[str]:
    """The components that a bench serves by one and the same device at two units."""
    first: dict[tuple[str, str], Unit] = {}
    found = []
    for unit in units:
        other = first.setdefault((unit.component, unit.device.device), unit)
        if other is not unit and unit.component:
            found.append(
                f"{unit.where}: unit {other.unit} of port {other.port} serves {unit.component} in the same way"
            )
    return found


def _configuration(name: str, tree: Map) -> tuple[str, list[str]]:  # noqa: ARG001
    """What a configuration is: it is tried on the plant that it names."""
    program, plant = check_configuration(name)
    bench = Bench(build(plant, SAMPLE_START, 86400.0), read_bench(plant), SAMPLE_START)
    controller(name, BusLink(bench.bus), plant)
    return f"a controller configuration for the program {program!r} on {plant}", []


def _mapping(name: str, tree: Map) -> tuple[str, list[str]]:  # noqa: ARG001
    return f"a mapping of {len(read_mapping(name).columns)} columns", []


def _without_bench(text: PlantText, name: str) -> list[str]:
    """What a plant without a bench needs to be put on the bus; InputError where the one that it names is wrong."""
    try:
        read_bench(name)
    except InputError as error:
        if text.bench():
            raise
        return [str(part) for part in error.parts]
    return []


_KINDS: list[tuple[set[str], Callable[[str, Map], tuple[str, list[str]]]]] = [
    ({"scenario"}, _scenario),
    ({"columns"}, _mapping),
    ({"device", "registers"}, _device),
    ({"factors"}, _factors),
    ({"program"}, _configuration),
    ({"components", "based_on"}, _plant),
    ({"units", "bench"}, _bench),
]
"""By the keys that tell one kind of file from another: what checks it, from its name and tree."""
