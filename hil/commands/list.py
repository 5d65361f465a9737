"""`geotwin list`, `check`, `plant` and `map`: what there is, whether files are right, pages and register lists."""

import argparse
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from hil.bench.bench import Bench
from hil.bench.bench_file import plant_of, read_bench, ready_device, ready_devices
from hil.bench.scenario_choice import scenarios_of
from hil.bus.device_map import read_device
from hil.bus.map_export import Placement, map_csv, map_markdown, map_yaml
from hil.commands.verdict_table import PLAIN_WIDTH, console_for
from hil.controllers import check_configuration, described
from hil.mqtt.payloads import Topics
from hil.reports.plant_page import write_page
from hil.runs.options import RunOptions
from hil.runs.run import Run
from plant_models.assembly.plant_file import PlantText, read_plant, ready_plants
from plant_models.plant import Plant, build
from plant_models.tick.driver import MODELS
from scenarios import load
from twin.errors import InputError
from twin.faults import VALUE_FAULTS
from twin.points import FAULT
from twin.yaml_lines import load as load_yaml

SAMPLE_START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
FORMATS = {"csv": map_csv, "yaml": map_yaml, "md": map_markdown}


def add_to(commands: Any) -> None:
    """Add the four commands and their options."""
    listing: argparse.ArgumentParser = commands.add_parser(
        "list", help="what there is: plants, devices, scenarios, faults, controllers"
    )
    listing.add_argument("what", choices=tuple(LISTS))
    listing.set_defaults(act=act_list)
    check: argparse.ArgumentParser = commands.add_parser(
        "check",
        help="check files of yours: plants, devices, benches, scenarios, configurations",
        description="Check files of yours.",
    )
    check.add_argument("file", nargs="+", metavar="FILE", help="a .yaml of any kind, or a device .csv")
    check.set_defaults(act=act_check)
    page: argparse.ArgumentParser = commands.add_parser("plant", help="write the page and the schematic of a plant")
    page.add_argument("plant", metavar="PLANT", help="name from `geotwin list plants`, or a plant file")
    page.add_argument("--out", type=Path, default=Path(), metavar="DIR", help="folder for both files (default: here)")
    page.set_defaults(act=act_plant)
    mapping: argparse.ArgumentParser = commands.add_parser("map", help="the register and topic list of a plant's bench")
    mapping.add_argument("plant", metavar="PLANT", help="name from `geotwin list plants`, or a bench file")
    mapping.add_argument("--format", choices=tuple(FORMATS), default="md", help="csv, yaml or md (default: md)")
    mapping.add_argument("--modbus-port", type=int, metavar="P", help="first port, as given to serve")
    mapping.set_defaults(act=act_map)


def act_list(options: argparse.Namespace) -> int:
    """Print a table of what there is."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for number in range(2):
        table.add_column(no_wrap=number == 0, overflow="fold")
    for name, text in LISTS[options.what]():
        table.add_row(name, text)
    console_for(PLAIN_WIDTH).print(table)
    return 0


def _plants() -> Iterator[tuple[str, str]]:
    for name in ready_plants():
        yield name, read_plant(name).file.title


def _devices() -> Iterator[tuple[str, str]]:
    for name in ready_devices():
        device = ready_device(name)
        yield name, f"{len(device.registers)} registers; {device.source}"


def _scenarios() -> Iterator[tuple[str, str]]:
    for plant in ready_plants():
        for name, full in scenarios_of(plant).items():
            yield f"{plant}/{name}", load(full).title


def _controllers() -> Iterator[tuple[str, str]]:
    yield from described().items()


def _faults() -> Iterator[tuple[str, str]]:
    for kind in VALUE_FAULTS.values():
        needs = ", ".join(parameter.name for parameter in kind.parameters)
        yield f"sensor.{kind.name}", kind.sentence + (f" Parameters: {needs}." if needs else "")
    for model in MODELS:
        for name, point in model.points.items():
            if point.kind == FAULT:
                yield f"{model.__name__}.{name}", f"{point.doc} ({point.lo:g} .. {point.hi:g} {point.unit})"


LISTS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "plants": _plants,
    "devices": _devices,
    "scenarios": _scenarios,
    "faults": _faults,
    "controllers": _controllers,
}


def act_check(options: argparse.Namespace) -> int:
    """Check every file; all of them are looked at, and 2 is returned when one is wrong."""
    wrong = 0
    for name in options.file:
        try:
            print(f"{name}: {_checked(name)}")
        except InputError as error:
            wrong += 1
            print(f"{name}: wrong: {error}")
    return 2 if wrong else 0


def _checked(name: str) -> str:
    """What the file is, when it is right."""
    path = Path(name)
    if path.suffix == ".csv":
        return f"a device of {len(read_device(path).registers)} registers, right"
    try:
        tree = load_yaml(path.read_text(encoding="utf-8"), name)
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}") from error
    if "scenario" in tree:
        run = Run(load(path), RunOptions())
        return f"a scenario with {len(run.scenario.expect)} criteria, right"
    if "device" in tree:
        return f"a device of {len(read_device(path).registers)} registers, right"
    if "bench" in tree:
        units = read_bench(name)
        plant = build(str(tree["plant"]), SAMPLE_START, 86400.0)
        Bench(plant, units, SAMPLE_START)
        return f"a bench of {len(units)} units, right"
    if "program" in tree:
        return f"a controller configuration for the program {check_configuration(name)!r}, right"
    if "components" in tree or "based_on" in tree:
        plant = Plant(PlantText(tree), SAMPLE_START, 86400.0)
        return f"a plant of {len(plant.parts)} components, right"
    raise InputError("neither a scenario, a plant, a bench, a device nor a configuration: none of their keys is there")


def act_plant(options: argparse.Namespace) -> int:
    """Write the page of a plant."""
    page = write_page(options.plant, options.out)
    print(f"{page}, {page.with_suffix('.svg')}")
    return 0


def act_map(options: argparse.Namespace) -> int:
    """Print the register list."""
    units = read_bench(options.plant, options.modbus_port)
    topics = Topics(read_plant(plant_of(options.plant)).file.plant)
    placements = [
        Placement(u.port, u.unit, u.device.device, u.device, u.component, topics.state(u.name)) for u in units
    ]
    print(FORMATS[options.format](placements), end="")
    return 0
