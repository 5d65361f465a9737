"""`geotwin map`: the register and topic list of a bench."""

import argparse
from typing import Any

from hil.bench.bench_file import plant_of, read_bench
from hil.bus.map_export import Placement, map_csv, map_markdown, map_yaml
from hil.commands.option_types import port
from hil.mqtt.payloads import Topics
from plant_models.assembly.plant_file import read_plant

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
    units = read_bench(options.plant, options.modbus_port)
    topics = Topics(read_plant(plant_of(options.plant)).file.plant)
    placements = [
        Placement(u.port, u.unit, u.device.device, u.device, u.component, topics.state(u.name)) for u in units
    ]
    print(FORMATS[options.format](placements), end="")
    return 0
