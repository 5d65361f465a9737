"""The JSON Schema of the scenario file, for editors. `python -m scenarios.json_schema` writes it anew."""

import json
from pathlib import Path
from typing import Any

from scenarios.scenario import Scenario

STORED = Path(__file__).parent / "schema" / "scenario.schema.json"


def scenario_schema() -> dict[str, Any]:
    """The schema of a scenario file (draft 2020-12)."""
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    _or_based_on(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _or_based_on(schema: dict[str, Any]) -> None:
    """What a scenario takes over it need not give itself: then only its name and its base are required."""
    needed, properties = schema.pop("required"), schema["properties"]
    part = {key: value for key, value in schema["$defs"]["Clock"].items() if key != "required"}
    clock, properties["clock"] = properties["clock"], True
    schema["if"] = {"required": ["based_on"]}
    schema["then"] = {"required": ["scenario"], "properties": {"clock": part}}
    schema["else"] = {"required": needed, "properties": {"clock": clock, "remove": False}}


def schema_text() -> str:
    """The schema as it is stored."""
    return json.dumps(scenario_schema(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    STORED.write_text(schema_text())
