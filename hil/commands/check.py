"""`geotwin check`: whether files are right, and what is wrong with them."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bus.device_file import read_device
from hil.controllers.registry import check_configuration
from hil.runs.options import RunOptions
from hil.runs.run import Run
from plant_models.assembly.plant_file import PlantText
from plant_models.plant import Plant, build
from scenarios import load
from twin.errors import InputError
from twin.yaml_lines import load as load_yaml

SAMPLE_START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    check: argparse.ArgumentParser = commands.add_parser(
        "check",
        help="check files of yours: plants, devices, benches, scenarios, configurations",
        description="Check files of yours.",
    )
    check.add_argument("file", nargs="+", metavar="FILE", help="a .yaml of any kind, or a device .csv")
    check.set_defaults(act=act_check)


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
        warnings = run.scenario.warnings(run.bench.directory)
        return "\n".join((f"a scenario with {len(run.scenario.expect)} criteria, right", *warnings))
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
