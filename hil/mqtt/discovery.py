"""Home Assistant discovery: one retained config per point, so that a plant appears there with nothing typed in.

Source: the conventions of heat-pump bridges, docs/fieldbus.md#home-assistant; Home Assistant's MQTT discovery
documentation.
"""

import json
from collections.abc import Sequence
from typing import Any

from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import INTEGER
from hil.mqtt.payloads import Limits, Topics

PREFIX = "homeassistant"
SMALLEST_STEP = 0.001  # Home Assistant refuses a smaller one
WIDEST = 1e9  # and its default range is 1..100, so a range is always given

# uom: (unit as Home Assistant writes it, device class). K has no class: Home Assistant would turn a difference of
# 5 K, as a temperature, into -268 degC.
_UNITS: dict[str, tuple[str | None, str | None]] = {
    "1": (None, None),
    "degC": ("°C", "temperature"),
    "W": ("W", "power"),
    "kW": ("kW", "power"),
    "J": ("J", "energy"),
    "MJ": ("MJ", "energy"),
    "Wh": ("Wh", "energy"),
    "kWh": ("kWh", "energy"),
    "MWh": ("MWh", "energy"),
    "Pa": ("Pa", "pressure"),
    "kPa": ("kPa", "pressure"),
    "mbar": ("mbar", "pressure"),
    "bar": ("bar", "pressure"),
    "V": ("V", "voltage"),
    "A": ("A", "current"),
    "Hz": ("Hz", "frequency"),
    "m3/h": ("m³/h", "volume_flow_rate"),
    "l/min": ("L/min", "volume_flow_rate"),
    "l/s": ("L/s", "volume_flow_rate"),
    "m3": ("m³", "volume"),
    "l": ("L", "volume"),
    "s": ("s", "duration"),
    "min": ("min", "duration"),
    "h": ("h", "duration"),
}


def discovery(
    topics: Topics, name: str, device: DeviceMap, limits: Sequence[Limits], prefix: str = PREFIX
) -> list[tuple[str, str]]:
    """Topic and payload of every point of a device; strings are constants and have none.

    name: of this device in the plant; limits: what may be written to each register, in the registers' order
    """
    pairs = zip(device.registers, limits, strict=True)
    shown = [(register, span) for register, span in pairs if register.type != "string" or register.writable]
    found = [_entity(topics, name, device, register, span) for register, span in shown]
    return [(f"{prefix}/{topic}", payload) for topic, payload in found]


def _entity(topics: Topics, name: str, device: DeviceMap, register: Register, span: Limits) -> tuple[str, str]:
    node = _identifier(f"{topics.root}_{topics.plant}_{name}")
    config: dict[str, Any] = {
        "name": register.name.replace("_", " "),
        "unique_id": f"{node}_{register.name}",
        "availability_topic": topics.of_plant("availability"),
        "device": {
            "identifiers": [node],
            "name": f"{topics.plant} {name}",
            "manufacturer": device.identity.vendor if device.identity else "geotwin",
            "model": device.identity.product if device.identity else device.device,
        },
        "origin": {"name": "geotwin"},
    }
    if register.readable:
        config["state_topic"] = topics.state(name, register.name)
    if register.writable:
        config["command_topic"] = topics.command(name, register.name)
    kind, more = _kind(register, span)
    return f"{kind}/{node}/{register.name}/config", json.dumps(config | more, ensure_ascii=False)


def _kind(register: Register, span: Limits) -> tuple[str, dict[str, Any]]:
    """The kind of entity and what only that kind says of itself."""
    if register.type in ("bool", "bit"):
        return "switch" if register.writable else "binary_sensor", {"payload_on": "1", "payload_off": "0"}
    if register.type == "string":
        return "text", {"max": 2 * register.words}
    if register.values:
        options = list(register.values.values())
        if register.writable:
            return "select", {"options": options}
        return "sensor", {"device_class": "enum", "options": options}
    unit, device_class = _UNITS.get(register.uom, (register.uom, None))
    shown = {"unit_of_measurement": unit, "device_class": device_class}
    more: dict[str, Any] = {key: value for key, value in shown.items() if value}
    if not register.writable:
        return "sensor", more | {"state_class": "total_increasing" if device_class == "energy" else "measurement"}
    low, high = span
    step = abs(register.scale) if register.kind.kind == INTEGER else SMALLEST_STEP
    return "number", more | {
        "min": max(low, -WIDEST),
        "max": min(high, WIDEST),
        "step": max(step, SMALLEST_STEP),
        "mode": "box",
    }


def _identifier(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "_-" else "_" for letter in text)
