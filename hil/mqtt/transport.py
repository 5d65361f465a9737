"""A plant's devices on MQTT: states out, commands in, plant time and the sync of a lockstep run.

The topics of a device come from its register list, the same that makes its Modbus side. docs/mqtt.md describes them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.bus.bus_vector import write_limits
from hil.bus.maps.device_map import DeviceMap
from hil.bus.transport import Health
from hil.bus.unit_image import UnitImage
from hil.mqtt.discovery import discovery
from hil.mqtt.link import MqttLink
from hil.mqtt.payloads import (
    Limits,
    Topics,
    check_name,
    device_json,
    error_json,
    json_value,
    read_command,
    read_sync,
    text_value,
    time_json,
    timestamp,
)
from hil.mqtt.settings import MqttSettings, Publication
from twin.errors import InputError, unknown

START = datetime(2000, 1, 1, tzinfo=UTC)
DEFAULTS = Publication()


@dataclass
class MqttDevice:
    """One device of the plant on MQTT.

    name:     of this device, one level of its topics, such as `hp_1`
    device:   its register list
    bus:      its elements of the bus vector, one per register, in engineering units (a view: read when published)
    on_write: called with the register's number and the value [uom] for every accepted command, in order, on the loop's
              thread; it may refuse with InputError
    image:    what holds the texts and whole numbers of 64 bits that clients have written; None where there is none
    limits:   lowest and highest value to write for each register, as a Binding has them; by default the register's own
    """

    name: str
    device: DeviceMap
    bus: NDArray[np.float64]
    on_write: Callable[[int, float | str], None]
    limits: Sequence[Limits] = ()
    image: UnitImage | None = None
    sequence: int = 0
    _last: NDArray[np.int64] | None = field(default=None, repr=False)
    _told: dict[int, int | bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        check_name("device name", self.name)
        self.limits = self.limits or tuple(write_limits(register) for register in self.device.registers)
        registers = self.device.registers
        self.shown = [i for i, r in enumerate(registers) if r.readable and (r.type != "string" or r.writable)]
        self.names = [self.device.registers[i].name for i in self.shown]
        self.numbers = {register.name: i for i, register in enumerate(self.device.registers)}

    def forget(self) -> None:
        """Take every value as changed at the next `changes`."""
        self._last = None

    def changes(self) -> list[int]:
        """The registers, out of those shown, whose bits differ from the last time this was asked: NaN equals NaN."""
        bits = np.ascontiguousarray(self.bus, np.float64).view(np.int64).copy()
        last, self._last = self._last, bits
        stored, told = ({} if self.image is None else dict(self.image.stored)), self._told
        self._told = stored
        if last is None:
            return self.shown
        if stored == told and np.array_equal(bits, last):
            return []
        return [i for i in self.shown if bits[i] != last[i] or stored.get(i) != told.get(i)]

    def value(self, number: int, shown: float) -> Any:
        """A register as JSON has it; `shown` is its element of the bus vector."""
        register = self.device.registers[number]
        if register.type == "string":
            return register.text if self.image is None else self.image.text(number)
        exact = None if self.image is None else self.image.stored.get(number)
        plain = isinstance(exact, int) and register.scale == 1.0 and register.offset == 0.0
        return exact if plain else json_value(register, shown)


class MqttTransport:
    """The MQTT side of a bench (a Transport: start, publish, stop).

    refused counts the messages that were no valid command; `link.dropped` those that did not fit the queue.
    """

    def __init__(
        self,
        settings: MqttSettings,
        topics: Topics,
        devices: Sequence[MqttDevice],
        now: Callable[[], int],
        *,
        start: datetime = START,
        publication: Publication = DEFAULTS,
        on_sync: Callable[[int | None], None] | None = None,
        queue_limit: int = 20_000,
    ) -> None:
        """now: plant time [ms], which is 0 at `start`.

        on_sync: called with the plant time [ms] that a controller says it has answered, or None
        """
        self.topics = topics
        self.devices = {device.name: device for device in devices}
        if len(self.devices) != len(devices):
            raise InputError("two MQTT devices have the same name; a name stands for one device")
        self.refused = 0
        self._now = now
        self._start = start
        self._period = round(publication.period * 1000)
        self._publication = publication
        self._on_sync = on_sync
        self.commands = 0
        self._due: int | None = None
        client_id = publication.client_id or topics.top.replace("/", "-")
        self.link = MqttLink(settings, client_id, topics.of_plant("availability"), queue_limit)
        self.link.subscriptions = [topics.commands(), topics.of_plant("sync")]
        self.link.on_message = self._receive
        self.link.on_online = self._introduce

    async def start(self) -> None:
        """Connect and introduce the devices; RigError where the broker cannot be reached."""
        await self.link.start()

    async def stop(self) -> None:
        """Send what waits, say `offline`, leave."""
        await self.link.stop()

    def where(self) -> str:
        """The broker and the topics."""
        settings = self.link.settings
        return f"publishes over MQTT: broker at {settings.host}, port {settings.port}, topics {self.topics.top}/..."

    def status(self) -> str:
        """What did not fit the queue, where there was anything."""
        return f"MQTT messages dropped {self.link.dropped}" if self.link.dropped else ""

    def complaints(self) -> list[str]:
        """Nobody is seen to listen to a broker; whoever commands is."""
        return [] if self.commands else ["no command came over MQTT"]

    def health(self) -> Health:
        """How long the broker was away, and what was dropped and refused."""
        away = self.link.presence
        lost_now_s, lost_s = away.now_s(), away.total_s()
        said = self._told(lost_s, away.losses)
        return Health(lost_s, lost_now_s, away.losses, self.link.dropped, self.refused, said)

    def _told(self, lost_s: float, losses: int) -> str:
        said = [
            f"the MQTT broker at {self.link.settings} was away {_times(losses)}, {lost_s:.1f} s in all" * (losses > 0),
            f"{self.link.dropped} MQTT messages were dropped" * (self.link.dropped > 0),
            f"{self.refused} MQTT commands were refused" * (self.refused > 0),
        ]
        return "; ".join(filter(None, said))

    def publish(self) -> None:
        """Called once per tick, after the bus vector was refreshed: queue the states that are due."""
        now = self._now()
        if self._due is None or now >= self._due:
            self._due = now - now % self._period + self._period if self._period else now
            self._publish_states(now)

    def _publish_states(self, now: int) -> None:
        """Points, then the device's JSON, then, last of all, the time: whoever has that has the states."""
        ts = timestamp(self._start, now)
        for device in self.devices.values():
            changed = device.changes() if self._publication.only_changes else device.shown
            if changed:
                self._publish_device(device, changed, ts)
        self.link.publish(self.topics.of_plant("time"), time_json(ts, now), retain=True)

    def _publish_device(self, device: MqttDevice, changed: list[int], ts: str) -> None:
        registers, values = device.device.registers, device.bus.tolist()
        for i in changed:
            topic = self.topics.state(device.name, registers[i].name)
            self.link.publish(topic, text_value(device.value(i, values[i])), retain=True)
        shown = [device.value(i, values[i]) for i in device.shown]
        payload = device_json(device.names, shown, ts, device.sequence)
        device.sequence += 1
        self.link.publish(self.topics.state(device.name), payload, retain=True)

    def _introduce(self) -> None:
        """After every connection: a broker without persistence has forgotten what was retained."""
        if self._publication.discovery:
            prefix = self._publication.discovery_prefix
            for device in self.devices.values():
                for topic, payload in discovery(self.topics, device.name, device.device, device.limits, prefix):
                    self.link.publish(topic, payload, retain=True)
        if self._due is not None:
            for device in self.devices.values():
                device.forget()
            self._publish_states(self._now())

    def _receive(self, topic: str, payload: Any, retained: bool) -> None:
        """Any message that came: a command, a sync, or something to refuse. Never raises for what it holds."""
        answer = self.topics.of_plant("error")
        try:
            if topic == self.topics.of_plant("sync"):
                self._sync(payload, retained)
                return
            device, number = self._addressed(topic)
            register = device.device.registers[number]
            answer = self.topics.error(device.name, register.name)
            if retained:
                raise InputError("a retained command is an old one; send commands without the retain flag")
            device.on_write(number, read_command(register, payload, device.limits[number]))
            self.commands += 1
        except InputError as error:
            self.refused += 1
            if not self.link.crowded:  # a flood of refusals drives no states out of the queue
                ts = timestamp(self._start, self._now())
                self.link.publish(answer, error_json(ts, payload, str(error)), retain=False)

    def _addressed(self, topic: str) -> tuple[MqttDevice, int]:
        levels = self.topics.addressed(topic)
        if levels is None:
            raise InputError("not a topic of this plant")
        device, point = levels
        if device not in self.devices:
            raise unknown("device", device[:80], self.devices)
        found = self.devices[device]
        if point not in found.numbers:
            raise unknown("point", point[:80], found.numbers, device)
        return found, found.numbers[point]

    def _sync(self, payload: Any, retained: bool) -> None:
        if retained:
            raise InputError("a retained sync is an old one; send it without the retain flag")
        answered = read_sync(payload)
        if self._on_sync is None:
            raise InputError("this run is not in lockstep; nothing waits for a sync")
        self._on_sync(answered)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
