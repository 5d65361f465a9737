"""Faults of the line on MQTT, as a client of somebody else's sees them."""

import asyncio
import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from hil.bus.wire_fault_kinds import WIRE_FAULTS
from hil.lines.mqtt.broker import LocalBroker
from twin.errors import InputError, RigError

TOP = "geotwin/office"
SEEN = ("no_reply", "delay", "truncated", "duplicate", "garbage", "stale", "no_value", "reordered", "not_retained")
SEEN += ("wrong_type", "clock_skew", "session_lost", "offline", "down", "restart")


@contextlib.contextmanager
def fault(bench: Any, name: str, target: str = "hp_1", **given: object) -> Iterator[None]:
    """A fault of the line while it lasts."""
    kind = WIRE_FAULTS[f"mqtt.{name}"]
    bench.wire.check(kind.name, target, "test")
    end = bench.wire.start(kind.name, target, kind.parse(given, "1", "test"), name)
    try:
        yield
    finally:
        end()


def with_bench(test: Any, make_bench: Any, watch: Any, topics: str = f"{TOP}/#", kind: str = "mosquitto") -> None:
    """Run a test with a bench on a broker of its own, and a client that sees everything below the plant."""

    async def run() -> None:
        async with LocalBroker(kind) as broker, make_bench(broker.settings, discovery=False, broker=broker) as bench:
            seen = await asyncio.to_thread(watch, broker.settings, topics)
            bench.tick()
            await seen.wait(lambda: seen.on(f"{TOP}/time"))
            await test(bench, seen)
            seen.close()

    asyncio.run(run())


async def ticked(bench: Any, seen: Any) -> list[tuple[str, str, bool]]:
    """What one publication sends, in order, up to the plant's time."""
    begin, times = len(seen.messages), len(seen.on(f"{TOP}/time"))
    bench.tick()
    await seen.wait(lambda: len(seen.on(f"{TOP}/time")) > times)
    return [(m.topic.removeprefix(f"{TOP}/"), m.text, m.retained) for m in seen.messages[begin:]]


def test_every_kind_of_the_line_is_looked_at_here() -> None:
    assert {f"mqtt.{name}" for name in SEEN} == {name for name in WIRE_FAULTS if name.startswith("mqtt.")}


@pytest.mark.parametrize("name", ["no_reply", "restart"])
def test_a_silent_device_sends_nothing_and_takes_nothing(name: str, make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        with fault(bench, name):
            bench.bus[0] = 46.0
            assert [topic for topic, *_ in await ticked(bench, seen)] == ["time"]
            seen.send(f"{TOP}/hp_1/mode_cmd/set", "cool")
            seen.send(f"{TOP}/sync", "2000")
            await bench.until(lambda: bench.answered)
            assert (bench.written, bench.transport.refused) == ([], 0)
        back = await ticked(bench, seen)
        assert {("hp_1/supply_temp", "46", False), ("hp_1/mode_cmd", "heat", False)} <= set(back)
        seen.send(f"{TOP}/hp_1/mode_cmd/set", "cool")
        await bench.until(lambda: bench.written == [("mode_cmd", 2.0)])

    with_bench(test, make_bench, watch)


def test_single_messages_and_commands_can_be_chosen(make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        with fault(bench, "no_reply", table="ir", addresses="0-1"):
            bench.bus[:2] = 47.0, 1300.0
            topics = [topic for topic, *_ in await ticked(bench, seen)]
            assert {"hp_1/supply_temp", "hp_1/energy", "hp_1"} & set(topics) == {"hp_1/energy", "hp_1"}
        with fault(bench, "no_reply", table="hr", addresses="1", count="1"):
            seen.send(f"{TOP}/hp_1/mode_cmd/set", "cool")
            seen.send(f"{TOP}/hp_1/enable_cmd/set", "on")
            await bench.until(lambda: bench.written == [("enable_cmd", 1.0)])

    with_bench(test, make_bench, watch)


def test_values_that_lie(make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        with fault(bench, "stale"):
            bench.bus[:2] = 48.0, 1400.0
            sent = dict(m[:2] for m in await ticked(bench, seen))
            assert sent["hp_1/supply_temp"] == "45.23"
            assert json.loads(sent["hp_1"])["points"]["energy"] == 1200.5
        sent = dict(m[:2] for m in await ticked(bench, seen))
        assert (sent["hp_1/supply_temp"], json.loads(sent["hp_1"])["points"]["energy"]) == ("48", 1400)
        with fault(bench, "no_value", table="ir", addresses="0"):
            sent = dict(m[:2] for m in await ticked(bench, seen))
            points = json.loads(sent["hp_1"])["points"]
            assert (sent["hp_1/supply_temp"], points["supply_temp"], points["energy"]) == ("None", None, 1400)
        assert dict(m[:2] for m in await ticked(bench, seen))["hp_1/supply_temp"] == "48"

    with_bench(test, make_bench, watch)


@pytest.mark.parametrize(
    ("how", "text", "value"),
    [
        ("text", "n/a", '"n/a"'),
        ("nan", "nan", "NaN"),
        ("comma", "45,23", '"45,23"'),
        ("quoted", '"45.23"', '"45.23"'),
        ("unit", "45.23 degC", '"45.23 degC"'),
        ("empty", "", '""'),
        ("list", "[45.23]", '["45.23"]'),
    ],
)
def test_values_of_another_type(how: str, text: str, value: str, make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        with fault(bench, "wrong_type", table="ir", addresses="0", **{"as": how}):
            sent = dict(m[:2] for m in await ticked(bench, seen))
            assert sent["hp_1/supply_temp"] == text
            assert f'"supply_temp":{value},"energy":1200.5' in sent["hp_1"]
        sent = dict(m[:2] for m in await ticked(bench, seen))
        assert sent["hp_1/supply_temp"] == "45.23"

    with_bench(test, make_bench, watch)


def test_messages_twice_cut_and_behind_garbage(make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        bench.bus[0] = 49.0
        with fault(bench, "duplicate"):
            sent = await ticked(bench, seen)
            assert [text for topic, text, _ in sent if topic == "hp_1/supply_temp"] == ["49", "49"]
            (first, second) = [text for topic, text, _ in sent if topic == "hp_1"]
            assert first == second
        with fault(bench, "truncated", bytes="20"):
            sent = dict(m[:2] for m in await ticked(bench, seen))
            assert sent["hp_1"] == '{"ts":"2000-01-01T00'
        raw: list[bytes] = []
        seen.client.on_message = lambda _c, _u, message: raw.append(message.payload)
        with fault(bench, "garbage", bytes="4", table="ir", addresses="0"):
            bench.tick()
            async with asyncio.timeout(10.0):
                while not any(payload.endswith(b"49") for payload in raw):
                    await asyncio.sleep(0.01)
        assert len(next(payload for payload in raw if payload.endswith(b"49"))) == 6

    with_bench(test, make_bench, watch)


def test_late_messages_keep_their_order(make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        before = len(seen.on(f"{TOP}/hp_1"))
        with fault(bench, "delay", delay="200 ms", jitter="100 ms"):
            for _ in range(3):
                bench.bus[1] += 1.0
                sent = await ticked(bench, seen)
                assert [topic for topic, *_ in sent if topic != "time"] == []
        await seen.wait(lambda: len(seen.on(f"{TOP}/hp_1")) == before + 3)
        assert [json.loads(m.text)["seq"] for m in seen.on(f"{TOP}/hp_1")] == list(range(before + 3))

    with_bench(test, make_bench, watch)


def test_the_old_after_the_new(make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        with fault(bench, "reordered"):
            for _ in range(4):
                bench.bus[1] += 1.0
                await ticked(bench, seen)
        assert [json.loads(m.text)["seq"] for m in seen.on(f"{TOP}/hp_1")] == [0, 2, 1, 4, 3]
        assert [m.text for m in seen.on(f"{TOP}/hp_1/energy")][-4:] == ["1202.5", "1201.5", "1204.5", "1203.5"]
        with fault(bench, "reordered", count="1"):
            await ticked(bench, seen)
        bench.tick()
        await seen.wait(lambda: seen.on(f"{TOP}/hp_1/energy")[-1].text == "1204.5")

    with_bench(test, make_bench, watch)


def test_who_comes_later_gets_what_was_retained_before(make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        with fault(bench, "not_retained"):
            bench.bus[0] = 50.0
            assert ("hp_1/supply_temp", "50", False) in await ticked(bench, seen)
            later = await asyncio.to_thread(watch, bench.settings, f"{TOP}/hp_1/supply_temp")
            await later.wait(lambda: later.messages)
            assert [(m.text, m.retained) for m in later.messages] == [("45.23", True)]
        await ticked(bench, seen)
        latest = await asyncio.to_thread(watch, bench.settings, f"{TOP}/hp_1/supply_temp")
        await latest.wait(lambda: latest.messages)
        assert latest.messages[0].text == "50"

    with_bench(test, make_bench, watch)


def test_a_clock_that_is_wrong(make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        bench.bus[0] = 51.0
        with fault(bench, "clock_skew", by="1 h"):
            sent = dict(m[:2] for m in await ticked(bench, seen))
            assert json.loads(sent["hp_1"])["ts"] == "2000-01-01T01:00:02.000Z"
            assert json.loads(sent["time"]) == {"ts": "2000-01-01T00:00:02.000Z", "ms": 2000}
        bench.bus[0] = 52.0
        with fault(bench, "clock_skew", target="*", by="-90 s"):
            sent = dict(m[:2] for m in await ticked(bench, seen))
            assert json.loads(sent["hp_1"])["ts"] == "1999-12-31T23:58:33.000Z"
            assert json.loads(sent["time"]) == {"ts": "1999-12-31T23:58:33.000Z", "ms": 3000}

    with_bench(test, make_bench, watch)


def test_said_to_be_offline(make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        topic = f"{TOP}/availability"
        with fault(bench, "offline", target="*"):
            await seen.wait(lambda: seen.on(topic)[-1].text == "offline")
            bench.bus[0] = 53.0
            assert ("hp_1/supply_temp", "53", False) in await ticked(bench, seen)
        await seen.wait(lambda: seen.on(topic)[-1].text == "online")

    with_bench(test, make_bench, watch)


@pytest.mark.parametrize("kind", ["mosquitto", "amqtt"])
def test_the_broker_is_down_and_comes_back(kind: str, make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        with fault(bench, "down", target="*"):
            await bench.transport._outage.settled()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection(bench.settings.host, bench.settings.port)
            bench.bus[0] = 54.0
            for _ in range(50):
                bench.tick()
        await seen.wait(lambda: [m.text for m in seen.on(f"{TOP}/hp_1/supply_temp")][-1] == "54")
        seen.send(f"{TOP}/hp_1/mode_cmd/set", "cool")
        await bench.until(lambda: bench.written == [("mode_cmd", 2.0)])
        health = bench.transport.health()
        assert (health.losses, health.lost_s, health.dropped) == (0, 0.0, 0)

    with_bench(test, make_bench, watch, kind=kind)


def test_a_broker_that_has_forgotten_its_sessions(make_bench: Any, watch: Any) -> None:
    async def test(bench: Any, seen: Any) -> None:
        seen.send(f"{TOP}/someone", "was here", retain=True)
        sleeper = await asyncio.to_thread(watch, bench.settings, f"{TOP}/note", client_id="sleeper")
        sleeper.close()
        kept = await asyncio.to_thread(watch, bench.settings, f"{TOP}/note", client_id="sleeper")
        assert kept.sessions == [True]
        kept.close()
        with fault(bench, "session_lost", target="*"):
            await bench.transport._outage.settled()
        latest = await asyncio.to_thread(watch, bench.settings, f"{TOP}/#")
        await latest.wait(lambda: latest.on(f"{TOP}/hp_1/energy"))
        assert latest.on(f"{TOP}/someone") == []
        again = await asyncio.to_thread(watch, bench.settings, f"{TOP}/time", client_id="sleeper")
        assert again.sessions == [False]

    with_bench(test, make_bench, watch)


def test_the_broker_of_somebody_else_stays(make_bench: Any, watch: Any) -> None:
    async def check() -> None:
        async with LocalBroker("mosquitto") as broker, make_bench(broker.settings, discovery=False) as bench:
            seen = await asyncio.to_thread(watch, broker.settings, f"{TOP}/#")
            bench.tick()
            await seen.wait(lambda: seen.on(f"{TOP}/time"))
            with fault(bench, "down", target="*"):
                await seen.wait(lambda: seen.on(f"{TOP}/availability")[-1].text == "offline")
            await seen.wait(lambda: seen.on(f"{TOP}/availability")[-1].text == "online")
            assert bench.transport.health().losses == 0
            with pytest.raises(RigError, match="is not the rig's"), fault(bench, "session_lost", target="*"):
                pass
            seen.close()

    asyncio.run(check())


@pytest.mark.parametrize(
    ("name", "target", "given", "message"),
    [
        ("down", "hp_1", {}, "mqtt.down is of the whole line; write target"),
        ("wrong_type", "hp_1", {"as": "word"}, "no as 'word'"),
        ("no_reply", "hp_1", {"function": "3"}, "no parameter of fault 'mqtt.no_reply' 'function'"),
        ("clock_skew", "hp_1", {}, "needs 'by'"),
    ],
)
def test_what_makes_no_sense_is_refused(
    name: str, target: str, given: dict[str, str], message: str, make_bench: Any
) -> None:
    async def check() -> None:
        async with LocalBroker("mosquitto") as broker, make_bench(broker.settings, discovery=False) as bench:
            with pytest.raises(InputError, match=message), fault(bench, name, target, **given):
                pass

    asyncio.run(check())
