"""Two rigs of one name, what a bench leaves at a broker, and how it is cleared."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from hil import cli
from hil.lines.mqtt.broker import LocalBroker
from hil.lines.mqtt.payloads import Topics
from hil.lines.mqtt.settings import MqttSettings
from hil.lines.mqtt.traces import clear
from twin.errors import RigError

TOP = "geotwin/office"
STRANGE = {
    "homeassistant/sensor/other/temp/config": json.dumps({"availability_topic": "geotwin/office_2/availability"}),
    "homeassistant/sensor/broken/temp/config": "{",
    "homeassistant/sensor/list/temp/config": "[1]",
    "geotwin/office_2/hp_1": "{}",
    "geotwin/officer": "1",
}
"""Retained topics of others."""


@pytest.mark.parametrize("version", ["3.1.1", "5"])
def test_a_second_rig_of_one_name_is_refused_before_it_says_anything(version: str, make_bench: Any, watch: Any) -> None:
    async def check() -> None:
        async with LocalBroker("mosquitto") as broker:
            settings = replace(broker.settings, version=version)
            async with make_bench(settings) as first:
                first.tick()
                await first.transport.link.sent()
                user = await asyncio.to_thread(watch, broker.settings, "#")
                await user.wait(lambda: user.on(f"{TOP}/time"))
                before = len(user.messages)
                with pytest.raises(RigError, match=f"another rig is online as {TOP} at the MQTT broker 127"):
                    async with make_bench(settings, client_id="of-its-own"):
                        pass
                with pytest.raises(RigError, match="another rig is online"):
                    await asyncio.to_thread(clear, settings, Topics("office"), "homeassistant")
                async with make_bench(settings, root="beside"):  # another root is another name
                    pass
                user.send("end", "1")
                await user.wait(lambda: user.on("end"))
                after = [m.topic for m in user.messages[before:] if m.topic.startswith(TOP)]
                assert set(after) == {f"{TOP}/presence"}
                assert (first.transport.link.connections, first.transport.health().sentence) == (1, "")
            user.close()

    asyncio.run(check())


def test_one_that_is_said_to_be_online_but_does_not_answer_is_gone(
    with_broker: Any, make_bench: Any, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hil.lines.mqtt.traces.ANSWER_WITHIN", 0.2)

    async def check(settings: MqttSettings) -> None:
        user = await asyncio.to_thread(watch, settings, f"{TOP}/hp_1/#")
        user.send(f"{TOP}/availability", "online", retain=True)
        async with make_bench(settings) as bench:
            bench.tick()
            await user.wait(lambda: user.messages)

    with_broker(check)


def test_rigs_that_start_at_the_same_moment_know_of_each_other(
    make_bench: Any, watch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hil.lines.mqtt.transport.arrive", lambda *_: 0)  # neither has seen the other

    async def check() -> None:
        async with LocalBroker("mosquitto") as broker, make_bench(broker.settings, client_id="a") as first:
            user = await asyncio.to_thread(watch, broker.settings, f"{TOP}/presence")
            async with make_bench(broker.settings, client_id="b"):
                await user.wait(lambda: user.messages)
                async with asyncio.timeout(10):
                    while "another rig came as geotwin/office" not in first.transport.health().sentence:
                        await asyncio.sleep(0.01)
            user.close()

    asyncio.run(check())


def test_what_a_bench_of_before_left_is_cleared_at_the_start(with_broker: Any, make_bench: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        user = await asyncio.to_thread(watch, settings)
        config = json.dumps({"availability_topic": f"{TOP}/availability"})
        left = {
            f"{TOP}/source_meter": "{}",
            f"{TOP}/source_meter/energy": "1",
            f"{TOP}/hp_1/old_point": "1",
            "homeassistant/sensor/geotwin_office_source_meter/energy/config": config,
        }
        for topic, payload in (left | STRANGE).items():
            user.send(topic, payload, retain=True)
        async with make_bench(settings) as bench:
            bench.tick()
            await bench.transport.link.sent()
            assert bench.transport.where().endswith("topics geotwin/office/... (4 of a bench of before cleared)")
            late = await asyncio.to_thread(watch, settings, "#")
            await late.wait(lambda: len(late.messages) >= 8 + 8 + 3 + len(STRANGE))
            assert set(left).isdisjoint(message.topic for message in late.messages)
            assert set(STRANGE) <= {message.topic for message in late.messages}
        async with make_bench(settings, discovery=False) as quiet:
            assert quiet.transport.where().endswith("(8 of a bench of before cleared)")

    with_broker(check)


def test_the_command_clears_all_of_a_plant_and_nothing_else(
    capsys: pytest.CaptureFixture[str], make_bench: Any, watch: Any
) -> None:
    async def check() -> None:
        async with LocalBroker("mosquitto") as broker:
            user = await asyncio.to_thread(watch, broker.settings)
            for topic, payload in STRANGE.items():
                user.send(topic, payload, retain=True)
            async with make_bench(broker.settings) as bench:
                bench.tick()
            words = ["mqtt", "clear", "office", "--mqtt", str(broker.settings)]
            assert await asyncio.to_thread(cli.main, [*words, "--dry-run"]) == 0
            listed = capsys.readouterr().out.splitlines()
            assert len(listed) == 8 + 8 + 3
            assert await asyncio.to_thread(cli.main, words) == 0
            assert capsys.readouterr().out == "cleared 11 topics of geotwin/office and 8 configs below homeassistant\n"
            late = await asyncio.to_thread(watch, broker.settings, "#")
            late.send("end", "1")
            await late.wait(lambda: late.on("end"))
            assert {message.topic for message in late.messages} == {*STRANGE, "end"}
            for one in (user, late):
                one.close()

    asyncio.run(check())


def test_the_command_asks_for_a_broker(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["mqtt", "clear", "office"]) == 2
    assert cli.main(["mqtt", "clear", "office", "--mqtt", "embedded"]) == 2
    assert capsys.readouterr().err.count("which broker? give --mqtt HOST:PORT") == 2
