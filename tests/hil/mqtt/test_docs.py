"""Every example of docs/mqtt.md, run against a real broker."""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hil.lines.mqtt.payloads
from hil.bus.maps.device_file import parse_device
from hil.lines.mqtt.broker import ForeignBroker
from hil.lines.mqtt.payloads import Topics
from hil.lines.mqtt.settings import MqttSettings
from hil.lines.mqtt.transport import MqttDevice, MqttTransport

PAGE = (Path(__file__).parents[3] / "docs" / "mqtt.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
STATES, COMMANDS, REFUSALS, SYNC = [text for kind, text in BLOCKS if kind == "text"]
[DEVICE] = [text for kind, text in BLOCKS if kind == "yaml"]
[CONFIG] = [text for kind, text in BLOCKS if kind == "json"]


def lines(block: str) -> list[tuple[str, str]]:
    """Topic and payload of each line."""
    return [tuple(line.split(maxsplit=1)) for line in block.splitlines()]  # type: ignore[misc]


class Example:
    """The page's device, at the instant that the page shows."""

    def __init__(self, settings: MqttSettings) -> None:
        self.written: list[tuple[int, float]] = []
        self.answered: list[int | None] = []
        bus = np.array([45.23, 1200.5, 1.0, 40.0, 1.0, 0.5])
        device = parse_device(DEVICE, "heat_pump.yaml")
        hp = MqttDevice("hp_1", device, bus, lambda number, value: self.written.append((number, value)))
        self.transport = MqttTransport(
            ForeignBroker(settings), Topics("office"), [hp], lambda: 90_000, on_sync=self.answered.append
        )


def test_the_pages_examples(with_broker: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        example = Example(settings)
        await example.transport.start()
        try:
            example.transport.publish()
            await example.transport.link.sent()
            user = await asyncio.to_thread(watch, settings, "#")
            await states_and_discovery(user)
            await orders(user, example)
        finally:
            await example.transport.stop()

    with_broker(check)


async def states_and_discovery(user: Any) -> None:
    expected = dict(lines(STATES))
    await user.wait(lambda: len(user.messages) >= len(expected) + 6)
    assert {m.topic: m.text for m in user.messages if m.topic.startswith("geotwin/")} == expected
    [topic] = re.findall(r"`(homeassistant/.*/config)`", PAGE)
    [message] = user.on(topic)
    assert json.loads(message.text) == json.loads(CONFIG)


async def orders(user: Any, example: Example) -> None:
    for topic, payload in lines(COMMANDS):
        user.send(topic, payload)
    refused = lines(REFUSALS)
    for topic, payload in refused[::2]:
        user.send(topic, payload)
    await user.wait(lambda: sum(m.topic.endswith("/error") for m in user.messages) == len(refused) // 2)
    answers = [(m.topic, json.loads(m.text)["error"]) for m in user.messages if m.topic.endswith("/error")]
    assert answers == refused[1::2]
    for topic, payload in lines(SYNC):
        user.send(topic, payload)
    user.send("geotwin/office/sync", "none")  # its refusal shows that the sync before it was read
    await user.wait(lambda: sum(m.topic == "geotwin/office/error" for m in user.messages) == 2)
    assert example.written == [(3, 455 * 0.1), (4, 2.0), (4, 2.0), (5, 0.25), (5, 1.0)]
    assert example.answered == [90_000]


@pytest.mark.parametrize("name", hil.lines.mqtt.payloads.RESERVED)
def test_the_page_names_every_topic_of_the_plant(name: str) -> None:
    assert f"/{name}" in PAGE
