"""What the faults of a line do to the topics of devices: to the values they show and the messages that carry them."""

import asyncio
import json
import random
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from hil.bus.fault_scope import Request
from hil.bus.maps.register import Register
from hil.bus.wire_fault_kinds import kind_on
from hil.bus.wire_faults import ActiveWireFault, WireFaults
from hil.lines.mqtt.device import MqttDevice
from hil.lines.mqtt.outbox import Message
from hil.lines.mqtt.payloads import text_value

LINE = "mqtt"
SILENT = ("no_reply", "restart")
VALUES = ("no_value", "stale", "wrong_type")
_ALL_WORDS = 65536


class Mistyped(NamedTuple):
    """A value written as something else. text: on its own topic; value: in the JSON of its device."""

    text: str
    value: Any


class Outgoing(NamedTuple):
    """A message and the register it is about, None for the JSON of a device."""

    register: Register | None
    message: Message


class TopicFaults:
    """Stands between the devices and the outbox while a fault of the line is present."""

    def __init__(self, wire: WireFaults, send: Callable[[Message], None]) -> None:
        """send: where messages go from here"""
        self._wire, self._send = wire, send
        self._draw = random.Random(wire.seed)
        self._then: dict[ActiveWireFault, dict[str, list[Any]]] = {}
        self._held: dict[str, list[Message]] = {}
        self._late: deque[tuple[float, Message]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def active(self) -> bool:
        """Whether anything is other than it should be."""
        return bool(self._wire.active or self._late)

    def begin(self, fault: ActiveWireFault, devices: Sequence[MqttDevice]) -> None:
        """Remember what the devices of a fault show as it begins."""
        if kind_on(LINE, fault.kind.name) == "stale":
            self._then[fault] = {one.name: one.values() for one in devices if one.name in fault.units}

    def end(self, fault: ActiveWireFault) -> None:
        """Forget that, and send what was held."""
        self._then.pop(fault, None)
        if kind_on(LINE, fault.kind.name) == "reordered":
            for name in fault.units & self._held.keys():
                for message in self._held.pop(name):
                    self._send(message)

    def close(self) -> None:
        """Nothing is late any more."""
        if self._timer is not None:
            self._timer.cancel()
        self._late.clear()

    def silent(self, unit: str, register: Register) -> bool:
        """Whether a command to a register does not reach its device."""
        return any(kind in SILENT and self._meets(fault, register) for kind, fault in self._on(unit))

    def lies(self, unit: str) -> bool:
        """Whether a device shows other values than it has."""
        return any(kind in VALUES for kind, _ in self._on(unit))

    def skew_ms(self, unit: str = "") -> int:
        """How much too late the clock of a device is; of the plant, where it is on all devices [ms]."""
        found = 0.0
        for fault in self._wire.active:
            if kind_on(LINE, fault.kind.name) == "clock_skew" and (unit in fault.units or (not unit and fault.all)):
                found += fault.parameters["by"] * 1000.0
        return round(found)

    def shown(self, device: MqttDevice) -> list[Any]:
        """The value of every register that a device shows, as it shows it now; some may be Mistyped."""
        found = device.values()
        for kind, fault in self._on(device.name):
            for place, number in enumerate(device.shown if kind in VALUES else ()):
                register = device.device.registers[number]
                if not self._meets(fault, register):
                    continue
                if kind == "stale":
                    found[place] = self._then[fault][device.name][place]
                else:
                    how = fault.parameters["as"] if kind == "wrong_type" else ""
                    found[place] = mistyped(how, register, found[place]) if how else None
        return found

    def send(self, unit: str, messages: Sequence[Outgoing]) -> None:
        """Send the messages of one publication of a device through the faults that meet them."""
        before, later = self._held.pop(unit, []), list[Message]()
        for register, message in messages:
            met = {kind: fault for kind, fault in self._on(unit) if self._meets(fault, register)}
            if met.keys() & set(SILENT):
                continue
            changed = self._changed(message, met)
            if "reordered" in met and not before:
                later.append(changed)
                continue
            for _ in range(2 if "duplicate" in met else 1):
                self._pass(changed, met.get("delay"))
        for message in before:
            self._pass(message, None)
        if later:
            self._held[unit] = later

    def _on(self, unit: str) -> Iterator[tuple[str, ActiveWireFault]]:
        for fault in self._wire.active:
            kind = kind_on(LINE, fault.kind.name)
            if kind and unit in fault.units:
                yield kind, fault

    def _meets(self, fault: ActiveWireFault, register: Register | None) -> bool:
        unit = next(iter(fault.units))
        if register is None:
            return fault.meets(Request(unit, 0, "", 0, _ALL_WORDS, 0))
        return fault.meets(Request(unit, 0, register.table, register.address, register.words, 0))

    def _changed(self, message: Message, met: dict[str, ActiveWireFault]) -> Message:
        payload = message.payload
        if met.keys() & {"truncated", "garbage"}:
            payload = payload if isinstance(payload, bytes) else payload.encode()
            payload = payload[: round(met["truncated"].parameters["bytes"])] if "truncated" in met else payload
            count = round(met["garbage"].parameters["bytes"]) if "garbage" in met else 0
            payload = self._draw.randbytes(count) + payload
        return Message(message.topic, payload, message.retain and "not_retained" not in met)

    def _pass(self, message: Message, delay: ActiveWireFault | None) -> None:
        """Send a message at its time, behind all that is late already."""
        if delay is None and not self._late:
            self._send(message)
            return
        due = asyncio.get_running_loop().time()
        if delay is not None:
            numbers, size = delay.parameters, len(message.payload)
            due += numbers["delay"] + self._draw.random() * numbers["jitter"] + size * numbers["per_byte"]
        self._late.append((max(due, self._late[-1][0]) if self._late else due, message))
        self._wake()

    def _wake(self) -> None:
        loop = asyncio.get_running_loop()
        while self._late and self._late[0][0] <= loop.time():
            self._send(self._late.popleft()[1])
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(self._late[0][0], self._wake) if self._late else None


def mistyped(how: str, register: Register, value: Any) -> Mistyped:
    """A value written as something else than it is; how: a choice of `mqtt.wrong_type`."""
    text = written(value)
    if how == "nan":
        return Mistyped("nan", float("nan"))
    if how == "quoted":
        return Mistyped(json.dumps(text), text)
    if how == "list":
        return Mistyped(f"[{text}]", [text])
    other = {"text": "n/a", "comma": text.replace(".", ","), "unit": f"{text} {register.uom}", "empty": ""}[how]
    return Mistyped(other, other)


def written(value: Any) -> str:
    """A value on its own topic."""
    return value.text if isinstance(value, Mistyped) else text_value(value)


def in_json(value: Any) -> Any:
    """A value in the JSON of its device."""
    return value.value if isinstance(value, Mistyped) else value
