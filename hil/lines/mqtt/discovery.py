"""Home Assistant discovery: one retained config per point, so that a plant appears there with nothing typed in.

Source: the conventions of heat-pump bridges, docs/fieldbus.md#home-assistant; Home Assistant's MQTT discovery
documentation. What it accepts is written down as a table in tests/hil/mqtt/home_rules.py.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import INTEGER
from hil.lines.mqtt.home_units import COUNTED_ONLY, home_unit
from hil.lines.mqtt.payloads import Limits, Topics

SMALLEST_STEP = 0.001  # Home Assistant refuses a smaller one
WIDEST = 1e9  # and its default range is 1..100, so a range is always given
LONGEST_STATE = 255  # characters
TOTAL, RISING = "total", "total_increasing"
NO_STATES = ("none", "unknown", "unavailable")
"""Words that are no states of an enumeration to Home Assistant."""
_ON_OFF = {"on": True, "off": False}


@dataclass(frozen=True)
class Announced:
    """A point as Home Assistant is to know it.

    limits:       what may be written [uom]
    counts:       TOTAL for what adds up, RISING for what never falls, "" for what is no counter
    expire_after: a value that is not renewed within so many seconds is no longer valid; 0 for never
    """

    register: Register
    limits: Limits
    counts: str = ""
    expire_after: int = 0


def discovery(
    topics: Topics, name: str, device: DeviceMap, points: Sequence[Announced], prefix: str = "homeassistant"
) -> list[tuple[str, str]]:
    """Topic and payload of every point of a device; strings that cannot be written are constants and have none.

    name: of this device in the plant; prefix: what Home Assistant listens to
    """
    shown = [point for point in points if point.register.type != "string" or point.register.writable]
    found = [_entity(topics, name, device, point) for point in shown]
    return [(f"{prefix}/{topic}", payload) for topic, payload in found]


def _entity(topics: Topics, name: str, device: DeviceMap, point: Announced) -> tuple[str, str]:
    register = point.register
    node, own = _identifier(f"{topics.root}_{topics.plant}_{name}"), _identifier(register.name)
    config: dict[str, Any] = {
        "name": register.name.replace("_", " "),
        "unique_id": f"{node}_{own}",
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
    kind, more = _kind(point)
    if kind in ("sensor", "binary_sensor") and point.expire_after:
        more["expire_after"] = point.expire_after
    return f"{kind}/{node}/{own}/config", json.dumps(config | more, ensure_ascii=False)


def _kind(point: Announced) -> tuple[str, dict[str, Any]]:
    """The kind of entity and what only that kind says of itself."""
    register = point.register
    if register.type in ("bool", "bit"):
        return "switch" if register.writable else "binary_sensor", {"payload_on": "1", "payload_off": "0"}
    if register.type == "string":
        return "text", {"max": min(2 * register.words, LONGEST_STATE)}
    if register.values:
        return _enumeration(register)
    unit, device_class = home_unit(register.uom)
    more: dict[str, Any] = {"unit_of_measurement": unit} if unit else {}
    low, high = max(point.limits[0], -WIDEST), min(point.limits[1], WIDEST)
    if register.writable and low < high:
        step = abs(register.scale) if register.kind.kind == INTEGER else SMALLEST_STEP
        span = {"min": _plain(low), "max": _plain(high), "step": _plain(max(step, SMALLEST_STEP)), "mode": "box"}
        return "number", more | ({"device_class": device_class} if device_class else {}) | span
    if device_class:
        more["device_class"] = device_class
    if state_class := point.counts or ("" if device_class in COUNTED_ONLY else "measurement"):
        more["state_class"] = state_class
    if register.kind.kind == INTEGER:
        more["suggested_display_precision"] = _decimals(register.scale)
    return "sensor", more


def _enumeration(register: Register) -> tuple[str, dict[str, Any]]:
    """On and off are a switch; other names a choice, of those that Home Assistant takes as states."""
    names = list(dict.fromkeys(register.values.values()))
    switched = {_ON_OFF.get(name.lower()): name for name in names}
    if len(names) == 2 and set(switched) == {True, False}:
        payloads = {"payload_on": switched[True], "payload_off": switched[False]}
        return ("switch", payloads) if register.writable else ("binary_sensor", payloads)
    options = [name for name in names if _is_state(name)]
    if register.writable:
        return "select", {"options": options}
    if len(options) < len(names):
        return "sensor", {}
    return "sensor", {"device_class": "enum", "options": options}


def _is_state(name: str) -> bool:
    plain = name.strip() == name.strip('"') == name
    return plain and len(name.encode()) <= LONGEST_STATE and name.lower() not in NO_STATES


def _plain(number: float) -> int | float:
    """A number as it would be printed: 20, not 20.0, and 3276.7, not 3276.7000000000003."""
    shortest = float(f"{number:.15g}")
    return int(shortest) if shortest.is_integer() else shortest


def _decimals(scale: float) -> int:
    """Decimals that a register shows: those of its scale."""
    digits = f"{scale:.9f}".rstrip("0").partition(".")[2]
    return min(len(digits), 6)


def _identifier(text: str) -> str:
    """The text with letters, digits, _ and - only, and as distinct as it was but for the levels of a topic."""
    levels = text.replace("/", "_")
    return re.sub(r"[^A-Za-z0-9_-]", lambda found: f"-{ord(found[0]):x}-", levels)
