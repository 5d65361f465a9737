"""A plant's devices on MQTT: states out, commands in, plant time and the sync of a lockstep run.

The topics of a device come from its register list, the same that makes its Modbus side. docs/mqtt.md describes them.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from hil.bus.address import Address
from hil.bus.transport import Health
from hil.bus.wire_fault_kinds import kind_on
from hil.bus.wire_faults import ActiveWireFault, WireFaults
from hil.lines.mqtt.broker import ForeignBroker, LocalBroker
from hil.lines.mqtt.device import MqttDevice
from hil.lines.mqtt.discovery import discovery
from hil.lines.mqtt.link import OFFLINE, ONLINE, MqttLink
from hil.lines.mqtt.outage import Outage
from hil.lines.mqtt.outbox import Message
from hil.lines.mqtt.payloads import (
    RESERVED,
    Topics,
    device_json,
    error_json,
    read_command,
    read_sync,
    time_json,
    timestamp,
)
from hil.lines.mqtt.settings import Publication
from hil.lines.mqtt.topic_faults import LINE, Outgoing, TopicFaults, in_json, written
from hil.lines.mqtt.traces import ASK, HERE, arrive
from twin.errors import InputError, unknown

START = datetime(2000, 1, 1, tzinfo=UTC)
DEFAULTS = Publication()

_log = logging.getLogger(__name__)


class MqttTransport:
    """The MQTT side of a bench (a Transport: start, publish, stop).

    refused counts the messages that were no valid command; `link.dropped` those that did not fit the queue.
    """

    line = "mqtt"

    def __init__(
        self,
        broker: LocalBroker | ForeignBroker,
        topics: Topics,
        devices: Sequence[MqttDevice],
        now: Callable[[], int],
        *,
        start: datetime = START,
        publication: Publication = DEFAULTS,
        on_sync: Callable[[int | None], None] | None = None,
        queue_limit: int = 20_000,
        expire_after: int = 0,
        wire: WireFaults | None = None,
    ) -> None:
        """now: plant time [ms], which is 0 at `start`.

        on_sync: called with the plant time [ms] that a controller says it has answered, or None
        wire: faults of the line; none by default
        expire_after: seconds after which Home Assistant takes a value that was not renewed for none; 0 for never
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
        self._cleared = 0
        self._identity, self._rival = secrets.token_hex(8), False
        told, prefix = devices if publication.discovery else (), publication.discovery_prefix
        self._configs = [
            config
            for device in told
            for config in discovery(topics, device.name, device.device, device.announced(expire_after), prefix)
        ]
        self._due: int | None = None
        client_id = publication.client_id or topics.top.replace("/", "-")
        self.link = MqttLink(broker.settings, client_id, topics.of_plant("availability"), queue_limit)
        self.link.subscriptions = [topics.commands(), topics.of_plant("sync"), topics.of_plant("presence")]
        self.link.on_message = self._receive
        self.link.on_online = self._introduce
        self._wire = wire or WireFaults([])
        self._faults = TopicFaults(self._wire, self._send)
        self._outage = Outage(broker, self.link)

    async def start(self) -> None:
        """Clear what a bench of before has left, connect and introduce the devices.

        RigError where the broker cannot be reached, or another rig is there under the same name.
        """
        prefix = self._publication.discovery_prefix
        kept = self._own_topics().__contains__
        self._cleared = await asyncio.to_thread(arrive, self.link.settings, self.topics, prefix, kept)
        await self.link.start()
        self._wire.changed.append(self._changed)

    def _changed(self, fault: ActiveWireFault, begins: bool) -> None:
        """A fault of the line begins or ends."""
        kind = kind_on(LINE, fault.kind.name)
        if kind == "down":
            self._outage.begin() if begins else self._outage.end()
        elif kind == "session_lost":
            if begins:
                self._outage.renew()
        elif kind == "offline":
            self.link.word = OFFLINE if begins else ONLINE
            self.link.publish(self.link.availability, self.link.word, retain=True)
        elif kind:
            if begins:
                self._faults.begin(fault, list(self.devices.values()))
            else:
                self._faults.end(fault)
            for name in fault.units & self.devices.keys():
                self.devices[name].forget()

    def _own_topics(self) -> set[str]:
        """What this bench publishes with the retain flag, and commands to its points: those it refuses by itself."""
        of_points = [
            (device.name, register.name) for device in self.devices.values() for register in device.device.registers
        ]
        states = {self.topics.state(*pair) for pair in of_points} | {self.topics.state(name) for name in self.devices}
        commands = {self.topics.command(*pair) for pair in of_points}
        return states | commands | {self.topics.of_plant(name) for name in RESERVED} | dict(self._configs).keys()

    async def stop(self) -> None:
        """Send what waits, say `offline`, leave."""
        if self._changed in self._wire.changed:
            self._wire.changed.remove(self._changed)
        await self._outage.settled()
        self._faults.close()
        await self.link.stop()

    def where(self) -> str:
        """The broker and the topics."""
        settings = self.link.settings
        left = f" ({self._cleared} of a bench of before cleared)" * (self._cleared > 0)
        return (
            f"publishes over MQTT: broker at {settings.host}, port {settings.port}, topics {self.topics.top}/...{left}"
        )

    def address(self) -> Address:
        """The broker's."""
        return Address(self.link.settings.host, self.link.settings.port)

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
            f"another rig came as {self.topics.top} to the MQTT broker" * self._rival,
        ]
        return "; ".join(filter(None, said))

    def publish(self) -> None:
        """Called once per tick, after the bus vector was refreshed: queue the states that are due."""
        self._outage.check()
        now = self._now()
        if self.link.held:
            return
        if self._due is None or now >= self._due:
            self._due = now - now % self._period + self._period if self._period else now
            self._publish_states(now)

    def _publish_states(self, now: int) -> None:
        """Points, then the device's JSON, then, last of all, the time: whoever has that has the states."""
        for device in self.devices.values():
            lies = self._faults.active and self._faults.lies(device.name)
            changed = device.changes() if self._publication.only_changes and not lies else device.shown
            if changed:
                self._publish_device(device, set(changed), now, self._faults.shown(device) if lies else device.values())
        ts = timestamp(self._start, now + self._faults.skew_ms())
        self.link.publish(self.topics.of_plant("time"), time_json(ts, now), retain=True)

    def _publish_device(self, device: MqttDevice, changed: set[int], now: int, shown: list[Any]) -> None:
        registers = device.device.registers
        messages = [
            Outgoing(registers[i], Message(self.topics.state(device.name, registers[i].name), written(one), True))
            for i, one in zip(device.shown, shown, strict=True)
            if i in changed
        ]
        ts = timestamp(self._start, now + self._faults.skew_ms(device.name))
        whole = device_json(device.names, [in_json(one) for one in shown], ts, device.sequence)
        messages.append(Outgoing(None, Message(self.topics.state(device.name), whole, True)))
        device.sequence += 1
        if self._faults.active:
            self._faults.send(device.name, messages)
        else:
            for _, message in messages:
                self._send(message)

    def _send(self, message: Message) -> None:
        self.link.publish(*message)

    def _introduce(self) -> None:
        """After every connection: a broker without persistence has forgotten what was retained."""
        self.link.publish(self.topics.of_plant("presence"), f"{HERE} {self._identity}", retain=False)
        for topic, payload in self._configs:
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
            if topic == self.topics.of_plant("presence"):
                self._meet(bytes(payload[:64]).decode("utf-8", "replace"), retained)
                return
            device, number = self._addressed(topic)
            register = device.device.registers[number]
            if self._faults.silent(device.name, register):
                return
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

    def _meet(self, said: str, retained: bool) -> None:
        """Answer a rig that asks who is here, and know another one by its identity."""
        word, _, identity = said.partition(" ")
        if retained:
            return
        if word == ASK:
            self.link.publish(self.topics.of_plant("presence"), f"{HERE} {self._identity}", retain=False)
        elif word == HERE and identity != self._identity and not self._rival:
            self._rival = True
            _log.warning("another rig has come as %s to the MQTT broker at %s", self.topics.top, self.link.settings)

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
