"""What Home Assistant accepts of a discovery config, as a table, and what of a config breaks it.

Sources: home-assistant.io/integrations/mqtt ("MQTT discovery", "Discovery topic") and its pages sensor.mqtt,
binary_sensor.mqtt, number.mqtt, select.mqtt, switch.mqtt, text.mqtt ("Configuration variables");
developers.home-assistant.io/docs/core/entity/sensor and .../number ("Available device classes", "Available state
classes"). All configs of the ready plants but the villages were also put through the discovery schemas of the package
homeassistant 2024.3.3, which took them; it does not install beside this project (it pins what both need).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

TOPIC = re.compile(r"homeassistant/(\w+)/([a-zA-Z0-9_-]+)/([a-zA-Z0-9_-]+)/config")
COMMON = {
    "name": str, "unique_id": str, "availability_topic": str, "device": dict, "origin": dict,
    "state_topic": str, "command_topic": str,
}  # fmt: skip
OWN: dict[str, dict[str, Any]] = {
    "sensor": {"unit_of_measurement": str, "device_class": str, "state_class": str, "options": list,
               "suggested_display_precision": int, "expire_after": int},
    "binary_sensor": {"payload_on": str, "payload_off": str, "expire_after": int},
    "switch": {"payload_on": str, "payload_off": str},
    "number": {"unit_of_measurement": str, "device_class": str, "min": (int, float), "max": (int, float),
               "step": (int, float), "mode": str},
    "select": {"options": list},
    "text": {"max": int},
}  # fmt: skip
"""The keys of each kind of entity that we use, with their types."""
NEEDED = {
    "sensor": "state_topic", "binary_sensor": "state_topic", "switch": "command_topic", "number": "command_topic",
    "select": "command_topic", "text": "command_topic",
}  # fmt: skip
MEASURED, COUNTED = "measurement", ("total", "total_increasing")
CLASSES: dict[str, tuple[set[str], tuple[str, ...]]] = {
    "temperature": ({"°C", "°F", "K"}, (MEASURED,)),
    "power": ({"W", "kW"}, (MEASURED,)),
    "energy": ({"Wh", "kWh", "MWh", "MJ", "GJ"}, COUNTED),
    "pressure": ({"Pa", "hPa", "kPa", "bar", "mbar"}, (MEASURED,)),
    "voltage": ({"V", "mV"}, (MEASURED,)),
    "current": ({"A", "mA"}, (MEASURED,)),
    "frequency": ({"Hz", "kHz", "MHz", "GHz"}, (MEASURED,)),
    "volume_flow_rate": ({"m³/h", "L/min"}, (MEASURED,)),
    "volume": ({"m³", "L", "mL"}, COUNTED),
    "duration": ({"d", "h", "min", "s", "ms"}, (MEASURED, *COUNTED)),
    "distance": ({"km", "m", "cm", "mm"}, (MEASURED, *COUNTED)),
    "speed": ({"m/s", "km/h"}, (MEASURED,)),
    "irradiance": ({"W/m²"}, (MEASURED,)),
}
"""Device classes: the units of each, and the state classes that a sensor of it may have."""


def broken(topic: str, payload: str) -> list[str]:
    """Every rule that a config breaks, in words; empty for one that Home Assistant takes."""
    match = TOPIC.fullmatch(topic)
    if match is None or match[1] not in OWN:
        return [f"no discovery topic: {topic}"]
    return list(_broken(match[1], json.loads(payload)))


def _broken(kind: str, config: dict[str, Any]) -> Iterator[str]:
    known = COMMON | OWN[kind]
    yield from (f"{kind} has no {key}" for key in config if key not in known)
    yield from (f"{key} is no {known[key]}" for key in config if not isinstance(config[key], known.get(key, object)))
    if NEEDED[kind] not in config:
        yield f"{kind} without {NEEDED[kind]}"
    if not config["device"].get("identifiers") or not config["origin"].get("name"):
        yield "a device needs identifiers, an origin a name"
    yield from _class_broken(kind, config)
    yield from _range_broken(kind, config)


def _class_broken(kind: str, config: dict[str, Any]) -> Iterator[str]:
    device_class, unit = config.get("device_class"), config.get("unit_of_measurement")
    if device_class == "enum":
        if kind != "sensor" or unit or "state_class" in config or not config["options"]:
            yield "an enum is a sensor with options and nothing else"
    elif device_class is not None:
        units, counts = CLASSES[device_class]
        if unit not in units:
            yield f"{device_class} in {unit}"
        if config.get("state_class", counts[0]) not in counts:
            yield f"{device_class} as {config['state_class']}"
    if config.get("state_class", MEASURED) not in (MEASURED, *COUNTED):
        yield f"state class {config['state_class']}"


def _range_broken(kind: str, config: dict[str, Any]) -> Iterator[str]:
    if kind == "number" and not (config["min"] < config["max"] and config["step"] >= 0.001):
        yield f"number from {config['min']} to {config['max']} in steps of {config['step']}"
    if kind in ("switch", "binary_sensor") and config["payload_on"] == config["payload_off"]:
        yield "on and off are the same"
    if kind == "text" and not 0 < config["max"] <= 255:
        yield f"text of {config['max']} characters"
    options = config.get("options", ["-"])
    if kind == "select" and len(set(options)) != len(options):
        yield "options that are the same"
    yield from (f"option {option!r}" for option in options if not _is_state(option))


def _is_state(option: str) -> bool:
    return 0 < len(option) <= 255 and option.lower() not in ("none", "unknown", "unavailable")
