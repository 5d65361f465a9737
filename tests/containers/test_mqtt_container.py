"""The MQTT transport against the broker that users run: the eclipse-mosquitto image."""

import asyncio
import json
import os
from collections.abc import Iterator

import numpy as np
import pytest
from paho.mqtt import publish, subscribe
from paho.mqtt.client import MQTTMessage

os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")  # read when testcontainers is imported

from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from hil.bus.maps.device_file import parse_device
from hil.lines.mqtt.broker import ForeignBroker
from hil.lines.mqtt.payloads import Topics
from hil.lines.mqtt.settings import MqttSettings
from hil.lines.mqtt.transport import MqttDevice, MqttTransport

pytestmark = pytest.mark.container

DEVICE = """
device: pump
source: made up for the tests
registers:
  - {table: ir, address: 0, name: flow, type: float32, uom: m3/h}
  - {table: hr, address: 0, name: speed_cmd, type: float32, access: rw, min: 0, max: 1}
"""


@pytest.fixture(scope="module")
def container() -> Iterator[DockerContainer]:
    running = LogMessageWaitStrategy("mosquitto version .* running")
    with DockerContainer("eclipse-mosquitto:2").with_exposed_ports(1883).waiting_for(running) as started:
        yield started


@pytest.fixture
def settings(container: DockerContainer) -> MqttSettings:
    return MqttSettings(container.get_container_host_ip(), int(container.get_exposed_port(1883)))


def retained(settings: MqttSettings, topic: str) -> str:
    """What another client is given when it subscribes."""
    message = subscribe.simple(topic, qos=1, hostname=settings.host, port=settings.port)
    assert isinstance(message, MQTTMessage)
    return message.payload.decode()


def test_states_commands_and_availability(settings: MqttSettings) -> None:
    written: list[tuple[int, float]] = []
    received = asyncio.Event()

    def write(number: int, value: float) -> None:
        written.append((number, value))
        received.set()

    async def check() -> None:
        device = MqttDevice("pump_1", parse_device(DEVICE, "pump.yaml"), np.array([16.5, 0.0]), write)
        transport = MqttTransport(ForeignBroker(settings), Topics("office"), [device], lambda: 60_000)
        await transport.start()
        transport.publish()
        await transport.link.sent()
        state = await asyncio.to_thread(retained, settings, "geotwin/office/pump_1")
        assert json.loads(state)["points"] == {"flow": 16.5, "speed_cmd": 0}
        topic = "geotwin/office/pump_1/speed_cmd/set"
        await asyncio.to_thread(publish.single, topic, "0.75", 1, hostname=settings.host, port=settings.port)
        await asyncio.wait_for(received.wait(), 10)
        assert written == [(1, 0.75)]
        await transport.stop()
        assert await asyncio.to_thread(retained, settings, "geotwin/office/availability") == "offline"

    asyncio.run(check())
