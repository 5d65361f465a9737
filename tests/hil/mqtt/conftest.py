"""A small device on MQTT, and a client of its own (paho's thread, not ours) that sees what a user would see."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from hil.bus.maps.device_file import parse_device
from hil.bus.unit import Unit
from hil.bus.wire_faults import WireFaults
from hil.lines.mqtt.broker import ForeignBroker, LocalBroker
from hil.lines.mqtt.payloads import Topics
from hil.lines.mqtt.settings import MqttSettings, Publication
from hil.lines.mqtt.transport import MqttDevice, MqttTransport

PATIENCE = 10.0  # [s] until a test gives up; none waits that long when it passes

UNIT = """
device: unit
source: made up for the tests
registers:
  - {table: ir, address: 0, name: supply_temp, type: int16, scale: 0.01, uom: degC}
  - {table: ir, address: 2, name: energy, type: float32, uom: kWh}
  - {table: di, address: 0, name: running, type: bool}
  - {table: ir, address: 4, name: state, type: enum, values: {0: "off", 1: heating, 2: defrost}}
  - {table: hr, address: 0, name: supply_temp_sp, type: int16, scale: 0.1, uom: degC, access: rw, min: 20, max: 55}
  - {table: co, address: 0, name: enable_cmd, type: bool, access: rw}
  - {table: hr, address: 1, name: mode_cmd, type: enum, access: rw, values: {0: "off", 1: heat, 2: cool}}
  - {table: hr, address: 2, name: speed_cmd, type: float32, access: rw, min: 0, max: 1, on_bad_write: clamp}
"""
PUBLISHED = {field.name for field in fields(Publication)}


@dataclass
class Message:
    """One message as the watching client got it."""

    topic: str
    text: str
    retained: bool


class Watcher:
    """A client in paho's own thread that keeps everything it is sent."""

    def __init__(self, settings: MqttSettings, *filters: str, client_id: str = "") -> None:
        self.messages: list[Message] = []
        self.sessions: list[bool] = []
        self._filters = filters
        self._news = threading.Condition()
        self._subscribed = threading.Event()
        self.client = Client(CallbackAPIVersion.VERSION2, client_id, clean_session=not client_id)
        self.client.max_queued_messages_set(0)
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._connect
        self.client.on_message = self._message
        self.client.on_subscribe = lambda *_: self._subscribed.set()
        self.client.on_socket_open = lambda _c, _u, s: s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.client.connect(settings.host, settings.port)
        self.client.loop_start()
        assert not filters or self._subscribed.wait(PATIENCE)

    def _connect(self, _client: Client, _userdata: Any, flags: Any, *_: Any) -> None:
        self.sessions.append(flags.session_present)
        for topic in self._filters:
            self.client.subscribe(topic, qos=1)

    def _message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        with self._news:
            self.messages.append(Message(message.topic, message.payload.decode(), message.retain))
            self._news.notify_all()

    def on(self, topic: str) -> list[Message]:
        """What came on one topic, in order."""
        with self._news:
            return [message for message in self.messages if message.topic == topic]

    async def wait(self, condition: Callable[[], object]) -> None:
        """Until the condition holds; checked whenever a message has come."""

        def block() -> None:
            with self._news:
                assert self._news.wait_for(condition, PATIENCE), self.messages[-3:]

        await asyncio.to_thread(block)

    def send(self, topic: str, payload: str | bytes, retain: bool = False) -> None:
        """Send at QoS 1 and wait until the broker has it."""
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(PATIENCE)

    def close(self) -> None:
        """Leave."""
        self.client.disconnect()
        self.client.loop_stop()


class Bench:
    """A transport with one device `hp_1` of plant `office`, whose bus and clock the test moves."""

    def __init__(self, settings: MqttSettings, **more: Any) -> None:
        self.device_map = parse_device(UNIT, "unit.yaml")
        self.bus = np.array([45.23, 1200.5, 1.0, 1.0, 40.0, 0.0, 1.0, 0.5])
        self.now = 0
        self.written: list[tuple[str, float]] = []
        self.answered: list[int | None] = []
        self.settings = settings
        self.news = asyncio.Event()
        names = [register.name for register in self.device_map.registers]

        def write(number: int, value: float) -> None:
            self.written.append((names[number], value))
            self.news.set()

        def sync(ms: int | None) -> None:
            self.answered.append(ms)
            self.news.set()

        self.device = MqttDevice("hp_1", self.device_map, self.bus, write)
        publication = Publication(**{name: more.pop(name) for name in PUBLISHED & set(more)})
        self.wire = WireFaults([Unit("hp_1", 502, 1, self.device_map, "hp_1")], seed=1)
        self.transport = MqttTransport(
            more.pop("broker", None) or ForeignBroker(settings),
            Topics("office", publication.root),
            [self.device],
            lambda: self.now,
            publication=publication,
            wire=self.wire,
            **{"on_sync": sync} | more,
        )

    async def until(self, condition: Callable[[], object]) -> None:
        """Until the condition holds; checked whenever a command or a sync has come."""
        async with asyncio.timeout(PATIENCE):
            while not condition():
                self.news.clear()
                await self.news.wait()

    def tick(self, ms: int = 1000) -> None:
        """Let plant time pass and publish."""
        self.now += ms
        self.transport.publish()


@asynccontextmanager
async def run_bench(settings: MqttSettings, **more: Any) -> AsyncIterator[Bench]:
    """A started bench."""
    bench = Bench(settings, **more)
    await bench.transport.start()
    try:
        yield bench
    finally:
        await bench.transport.stop()


@pytest.fixture
def make_bench() -> Callable[..., Any]:
    """`async with make_bench(settings) as bench`."""
    return run_bench


@pytest.fixture
def watchers() -> Iterator[list[Watcher]]:
    """The clients of a test; closed at its end, or before the broker leaves."""
    made: list[Watcher] = []
    yield made
    for watcher in made:
        watcher.close()


@pytest.fixture
def watch(watchers: list[Watcher]) -> Callable[..., Watcher]:
    """Make a Watcher that is closed after the test."""

    def make(*args: Any, **more: Any) -> Watcher:
        watchers.append(Watcher(*args, **more))
        return watchers[-1]

    return make


@pytest.fixture(params=["mosquitto", "amqtt"])
def with_broker(
    request: pytest.FixtureRequest, watchers: list[Watcher]
) -> Callable[[Callable[[MqttSettings], Awaitable[None]]], None]:
    """Run an async test against each of the two local brokers."""

    def run(test: Callable[[MqttSettings], Awaitable[None]]) -> None:
        async def within() -> None:
            async with LocalBroker(request.param) as broker:
                await test(broker.settings)
                for watcher in watchers:
                    watcher.close()

        asyncio.run(within())

    return run
