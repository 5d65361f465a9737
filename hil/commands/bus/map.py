"""`geotwin map`: the register and topic list of a bench."""

import argparse
from typing import Any

from hil.bench.bench import Bench
from hil.bench.bench_file import plant_of, read_bench, read_line_keys
from hil.bus.map_export import Placement, map_csv, map_markdown, map_yaml
from hil.commands.option_types import port
from hil.lines.mqtt.payloads import Topics
from hil.lines.mqtt.settings import Publication
from hil.reports.asked_for import asked_for
from plant_models.plant import SAMPLE_START, build

FORMATS = {"csv": map_csv, "yaml": map_yaml, "md": map_markdown}


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    mapping: argparse.ArgumentParser = commands.add_parser("map", help="the register and topic list of a plant's bench")
    mapping.add_argument("plant", metavar="PLANT", help="name from `geotwin list plants`, a plant file or a bench file")
    mapping.add_argument("--format", choices=tuple(FORMATS), default="md", help="csv, yaml or md (default: md)")
    mapping.add_argument("--modbus-port", type=port, metavar="P", help="first port, as given to serve")
    mapping.set_defaults(act=act_map)


def act_map(options: argparse.Namespace) -> int:
    """Print the register list."""
    plant_name = plant_of(options.plant)
    plant = build(plant_name, SAMPLE_START, 86400.0)
    units = read_bench(options.plant, options.modbus_port)
    bench = Bench(plant, units, plant.start)
    bench.refresh()
    topics = Topics(plant.name, Publication.of(read_line_keys(options.plant, units)["mqtt"]).root)
    placements = [
        Placement(
            unit.port, unit.unit, unit.device.device, unit.device, unit.component, topics.state(unit.name),
            image.limits, image.bus.tolist(),
        )
        for unit, image in zip(bench.bus.units, bench.bus.images, strict=True)
    ]  # fmt: skip
    print(FORMATS[options.format](placements), end="")
    if options.format == "md":
        print(asked_for(plant_name, [unit.component for unit in bench.bus.units]), end="")
    return 0
