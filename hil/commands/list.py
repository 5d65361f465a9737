"""`geotwin list`: what there is."""

import argparse
from collections.abc import Callable, Iterator
from typing import Any

from rich.table import Table

from hil.bench.bench_file import ready_device, ready_devices
from hil.bench.scenario_choice import scenarios_of
from hil.bus.wire_fault_kinds import WIRE_FAULTS
from hil.commands.verdict_table import PLAIN_WIDTH, console_for
from hil.controllers.registry import described
from hil.reports.model_page import first_line, kinds
from hil.runs.options import HOLD, NONE
from plant_models.assembly.plant_file import read_plant, ready_plants
from plant_models.tick.kinds import MODELS
from scenarios import load
from twin.faults import SENSOR, VALUE_FAULTS
from twin.points import FAULT, fault_name


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    listing: argparse.ArgumentParser = commands.add_parser(
        "list", help="what there is: plants, models, devices, scenarios, faults, controllers"
    )
    listing.add_argument("what", choices=tuple(LISTS))
    listing.set_defaults(act=act_list)


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
    yield NONE, "No controller: all commands stay as the plant file starts them."
    yield HOLD, "Does its work as the reference until judging begins (warm_up), then leaves everything as it is."


def _faults() -> Iterator[tuple[str, str]]:
    for kind in VALUE_FAULTS.values():
        needs = ", ".join(parameter.name for parameter in kind.parameters)
        yield SENSOR + kind.name, kind.sentence + (f" Parameters: {needs}." if needs else "")
    for line in WIRE_FAULTS.values():
        yield line.name, line.sentence
    for model in MODELS:
        for name, point in model.points.items():
            if point.kind == FAULT:
                yield f"{model.__name__}.{fault_name(name)}", f"{point.doc} ({point.lo:g} .. {point.hi:g} {point.unit})"


def _models() -> Iterator[tuple[str, str]]:
    for name, model in kinds().items():
        yield name, first_line(model)


LISTS: dict[str, Callable[[], Iterator[tuple[str, str]]]] = {
    "plants": _plants,
    "devices": _devices,
    "scenarios": _scenarios,
    "faults": _faults,
    "controllers": _controllers,
    "models": _models,
}
