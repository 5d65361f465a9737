"""`geotwin schema`: the JSON Schema of a kind of file, for editors."""

import argparse
import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from hil.bench.bench_file import BenchFile
from hil.books.factors import FactorsFile
from hil.bus.maps.device_map import DeviceMap
from hil.commands.plant_schema import plant_schema
from hil.controllers.registry import PROGRAMS
from hil.controllers.settings.configuration import ConfigurationFile
from hil.tables.words import MappingFile
from scenarios.json_schema import scenario_schema

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    schema: argparse.ArgumentParser = commands.add_parser(
        "schema",
        help="the JSON Schema of a kind of file, for editors",
        description="Prints a JSON Schema (draft 2020-12); with it an editor completes and checks as you write.",
    )
    schema.add_argument("kind", choices=tuple(KINDS), help="kind of file")
    schema.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Print the schema."""
    print(json.dumps(any_scalar(KINDS[options.kind]()), indent=1, sort_keys=True))
    return 0


def any_scalar(schema: Any) -> Any:
    """A schema that takes a plain value however YAML reads it: the rig reads all of them as text (12, on, 1e3)."""
    if isinstance(schema, list):
        return [any_scalar(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    new = {key: any_scalar(value) for key, value in schema.items()}
    kinds = new.get("type", [])
    given = {kinds} if isinstance(kinds, str) else set(kinds)
    if given & {"string", "integer", "number"} and "enum" not in new:
        new["type"] = ["string", "number", "boolean", *sorted(given & {"null"})]
    return new


def _of(model: Any) -> Callable[[], dict[str, Any]]:
    return lambda: {"$schema": DRAFT, **model.model_json_schema(by_alias=True, mode="validation")}


def configuration_schema() -> dict[str, Any]:
    """The schema of a configuration: wiring and settings are those of its program."""
    schema = _of(ConfigurationFile)()
    schema["properties"]["program"]["enum"] = list(PROGRAMS)
    schema["allOf"] = [_program(name, kinds["reference"]) for name, kinds in PROGRAMS.items()]
    return schema


def _program(name: str, kind: Any) -> dict[str, Any]:
    wiring = kind.parts.model_json_schema(by_alias=True, ref_template=f"#/$defs/{name}/{{model}}")
    wiring.pop("$defs", None)
    settings = {
        "type": "object",
        "properties": {field.name: {"description": f"default {field.default!r}"} for field in fields(kind.numbers)},
        "additionalProperties": False,
    }
    parts = {"type": "object", "properties": dict.fromkeys(wiring["properties"], True), "additionalProperties": False}
    keys = {"wiring": parts, "settings": settings}
    return {"if": {"properties": {"program": {"const": name}}}, "then": {"properties": keys}}


KINDS: dict[str, Callable[[], dict[str, Any]]] = {
    "plant": lambda: {"$schema": DRAFT, **plant_schema()},
    "bench": _of(BenchFile),
    "device": _of(DeviceMap),
    "scenario": scenario_schema,
    "configuration": configuration_schema,
    "factors": _of(FactorsFile),
    "mapping": _of(MappingFile),
}
