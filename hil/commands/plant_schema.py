"""The JSON Schema of a plant file: every kind of component with what may be given to it, for editors."""

from typing import Any

from plant_models.assembly.plant_file import PlantFile
from plant_models.assembly.rows import allowed
from plant_models.tick.kinds import MODELS
from twin.points import FAULT, Model, fault_name

_TEXT = {"type": ["string", "number", "boolean", "null"]}


def plant_schema() -> dict[str, Any]:
    """The schema of a plant file (draft 2020-12)."""
    schema = PlantFile.model_json_schema(by_alias=True, mode="validation")
    schema["properties"]["components"] = {
        "type": "object",
        "description": "name: {model: Kind, parameter: quantity, ...}; null takes one of `based_on` away",
        "additionalProperties": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/varied"}, *_kinds()]},
    }
    schema["properties"]["water"]["additionalProperties"] = {"type": ["string", "null"]}
    schema.setdefault("$defs", {})["varied"] = {
        "type": "object",
        "description": "what differs from the component of `based_on`",
        "properties": {"model": False},
        "additionalProperties": _TEXT,
    }
    schema["required"] = ["plant", "title"]
    return schema


def _kinds() -> list[dict[str, Any]]:
    return [_kind(model.__name__, model) for model in sorted(MODELS, key=lambda model: model.__name__)]


def _kind(name: str, model: type[Model]) -> dict[str, Any]:
    """A component of one kind."""
    points = {fault_name(n) if p.kind == FAULT else n: p for n, p in model.points.items()}
    properties: dict[str, Any] = {"model": {"const": name}}
    for key in allowed(model):
        point = points.get(key)
        properties[key] = dict(_TEXT)
        if point is not None:
            properties[key]["description"] = f"[{point.unit}] {point.doc}".strip()
    if model.catalogue:
        properties["catalogue"] = {"type": "string"}
    return {"type": "object", "properties": properties, "required": ["model"], "additionalProperties": _TEXT}
