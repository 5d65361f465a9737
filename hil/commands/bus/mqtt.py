"""`geotwin mqtt clear`: take away what a bench has left at a broker."""

import argparse
from typing import Any

from hil.bench.bench_file import plant_of, read_bench, read_line_keys
from hil.lines.mqtt.line import EMBEDDED, add_option, mqtt_wish
from hil.lines.mqtt.payloads import Topics
from hil.lines.mqtt.settings import MqttSettings, Publication
from hil.lines.mqtt.traces import clear
from plant_models.assembly.plant_file import read_plant
from twin.errors import InputError


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    about = "Clears the retained topics of a plant from a broker, and what told Home Assistant of it."
    mqtt: argparse.ArgumentParser = commands.add_parser("mqtt", help="clear what a bench has left at a broker")
    words = mqtt.add_subparsers(dest="word", required=True, metavar="WORD")
    clearing: argparse.ArgumentParser = words.add_parser("clear", help=about, description=about)
    clearing.add_argument("plant", metavar="PLANT", help="ready plant, a plant file or a bench file")
    add_option(clearing)
    clearing.add_argument("--dry-run", action="store_true", help="list the topics and leave them")
    clearing.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Clear, or list what would be cleared."""
    plant = read_plant(plant_of(options.plant)).file.plant
    keys = read_line_keys(options.plant, read_bench(options.plant))["mqtt"]
    publication = Publication.of(keys)
    topics = Topics(plant, publication.root)
    left = clear(_broker(options.mqtt, keys), topics, publication.discovery_prefix, options.dry_run)
    if options.dry_run:
        print("\n".join(left))
        return 0
    own = sum(topic.startswith(f"{topics.top}/") for topic in left)
    print(f"cleared {own} topics of {topics.top} and {len(left) - own} configs below {publication.discovery_prefix}")
    return 0


def _broker(text: str | None, keys: dict[str, Any]) -> MqttSettings:
    wish = mqtt_wish(text)
    if isinstance(wish, MqttSettings):
        return wish
    if text == EMBEDDED or not keys.get("host"):
        raise InputError("which broker? give --mqtt HOST:PORT, or a bench file that names one (mqtt: with a host)")
    return MqttSettings.of(keys)
