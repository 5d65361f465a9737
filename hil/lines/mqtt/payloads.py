"""What stands on the bus: topics, states as text and JSON, and the reading of commands. Pure functions.

Everything that comes from the bus is hostile until `read_command` or `read_sync` has read it; they raise InputError
with a sentence for whoever sent it, and nothing else. docs/mqtt.md describes the same for users.
"""

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hil.bus.maps.register import Register
from hil.bus.maps.register_types import INTEGER
from twin.errors import InputError, nearest

RESERVED = ("availability", "error", "presence", "sync", "time")
Limits = tuple[float, float]
LONGEST_COMMAND = 256  # bytes
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_ALL_DIGITS = 1e15  # from here on 15 digits would lose some of a whole number
_ON_OFF = {"1": 1.0, "on": 1.0, "true": 1.0, "0": 0.0, "off": 0.0, "false": 0.0}


@dataclass(frozen=True)
class Topics:
    """The topics of one plant, all below `root/plant`."""

    plant: str
    root: str = "geotwin"

    def __post_init__(self) -> None:
        check_name("topic level", self.plant)
        for level in self.root.split("/"):
            check_name("topic level", level, reserved=())

    @property
    def top(self) -> str:
        """What all topics of the plant begin with."""
        return f"{self.root}/{self.plant}"

    def of_plant(self, name: str) -> str:
        """`availability`, `presence`, `time`, `sync` or `error` of the plant."""
        return f"{self.top}/{name}"

    def state(self, device: str, point: str = "") -> str:
        """Where a device's JSON stands, or one point's value."""
        return f"{self.top}/{device}/{point}" if point else f"{self.top}/{device}"

    def command(self, device: str, point: str) -> str:
        """Where a point is written."""
        return f"{self.top}/{device}/{point}/set"

    def error(self, device: str, point: str) -> str:
        """Where a refused command is answered."""
        return f"{self.top}/{device}/{point}/error"

    def commands(self) -> str:
        """The filter that all commands match."""
        return f"{self.top}/+/+/set"

    def addressed(self, topic: str) -> tuple[str, str] | None:
        """Device and point that a command topic names, or None where it is no command topic of this plant."""
        if not topic.startswith(self.top + "/"):
            return None
        levels = topic[len(self.top) + 1 :].split("/")
        return (levels[0], levels[1]) if len(levels) == 3 and levels[2] == "set" else None


def check_name(what: str, name: str, reserved: Sequence[str] = RESERVED) -> None:
    """InputError unless the name can be one level of a topic."""
    if not _NAME.fullmatch(name) or name in reserved:
        but = f", and none of {', '.join(reserved)}" if reserved else ""
        raise InputError(
            f"{what} {name!r} cannot be part of an MQTT topic; allowed: letters, digits, '_', '-' and '.'{but}"
        )


def timestamp(start: datetime, now: int) -> str:
    """Plant time as ISO 8601 in UTC with milliseconds; `now` [ms] since `start`."""
    moment = (start + timedelta(milliseconds=now)).astimezone(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def json_value(register: Register, value: float) -> Any:
    """A point in a device's JSON: a number, true/false, the name of an enum's number, or null for "no value"."""
    if not math.isfinite(value) or register.unknown(value):
        return None
    if register.type in ("bool", "bit"):
        return value != 0.0
    if register.type == "enum":
        return register.values.get(round(value), round(value))
    shortest = float(f"{value:.15g}")  # 45.230000000000004 is an artefact of scaling
    if abs(value) < _ALL_DIGITS:
        return int(shortest) if shortest.is_integer() else shortest
    return int(value) if register.kind.kind == INTEGER and value.is_integer() else shortest


def text_value(shown: Any) -> str:
    """A point on its own topic, from what JSON has: the number, `1`/`0`, a name, or `None` for "no value"."""
    if shown is None:
        return "None"
    return str(int(shown)) if isinstance(shown, bool) else str(shown)


def device_json(names: list[str], values: list[Any], ts: str, seq: int) -> str:
    """All points of a device in one message, with plant time and a number that grows by one per message."""
    return json.dumps({"ts": ts, "seq": seq, "points": dict(zip(names, values, strict=True))}, separators=(",", ":"))


def time_json(ts: str, now: int) -> str:
    """The plant's time, for people and (as milliseconds since the start) for `sync`."""
    return json.dumps({"ts": ts, "ms": now}, separators=(",", ":"))


def error_json(ts: str, got: bytes | bytearray, message: str) -> str:
    """The answer to a refused command: what came (its beginning) and what is wrong with it."""
    shown = bytes(got[:64]).decode("utf-8", "backslashreplace") + ("..." if len(got) > 64 else "")
    return json.dumps({"ts": ts, "got": shown, "error": message}, separators=(",", ":"))


def read_command(register: Register, payload: bytes | bytearray, limits: Limits) -> float | str:
    """The value that a command gives a point, in the point's unit and as exactly as its register can hold it.

    limits: lowest and highest value [uom], `hil.bus_vector.write_limits`
    Raises InputError for everything that is not a value of the point. A number outside the limits is refused, or
    clamped where the register says `on_bad_write: clamp`.
    """
    if not register.writable:
        raise InputError(f"{register.name!r} is read only")
    text = _text(payload)
    if register.type == "string":
        return text
    if register.type in ("bool", "bit"):
        if text.lower() not in _ON_OFF:
            raise InputError(f"{register.name!r} is 1 or 0 (also on/off, true/false)")
        return _ON_OFF[text.lower()]
    if register.values:
        return _enum_number(register, text)
    return _limited(register, _number(register, text), limits)


def read_sync(payload: bytes | bytearray) -> int | None:
    """The plant time [ms] that a controller has answered, or None where it does not say."""
    text = _text(payload)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,15}", text):
        raise InputError("sync takes the `ms` of the time message that was answered, or nothing")
    return int(text)


def _text(payload: bytes | bytearray) -> str:
    if len(payload) > LONGEST_COMMAND:
        raise InputError(f"the payload has {len(payload)} bytes; at most {LONGEST_COMMAND} are read")
    try:
        text = bytes(payload).decode("utf-8").strip()
    except UnicodeDecodeError:
        raise InputError("the payload is not text in UTF-8") from None
    quoted = len(text) >= 2 and text[0] == text[-1] == '"'
    return text[1:-1] if quoted else text


def _number(register: Register, text: str) -> float:
    try:
        value = json.loads(text, parse_int=float)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, bool) or not isinstance(value, float) or not math.isfinite(value):
        raise InputError(f"{register.name!r} takes a finite number in {register.uom}, such as 21.5")
    return value


def _enum_number(register: Register, text: str) -> float:
    """The number of a name; a number itself where no name looks like one."""
    named = {name: number for number, name in register.values.items()}
    if not any(name.strip().lstrip("+-").isdigit() for name in named):
        named |= {str(number): number for number in register.values}
    if text not in named:
        raise InputError(f"{register.name!r} has no value {text[:40]!r}{nearest(text, register.values.values())}")
    return float(named[text])


def _limited(register: Register, value: float, limits: Limits) -> float:
    low, high = limits
    if not low <= value <= high:
        if register.on_bad_write != "clamp":
            raise InputError(f"{register.name!r}: {value:g} {register.uom} is outside {low:g} .. {high:g}")
        value = min(max(value, low), high)
    return register.quantised(value)
