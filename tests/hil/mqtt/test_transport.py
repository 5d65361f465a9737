"""States, commands, discovery and the last will, with a real mosquitto and a real amqtt."""

import asyncio
import json
import math
import random
import signal
import socket
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bus.transport import Served, running
from hil.lines.mqtt.broker import LocalBroker
from hil.lines.mqtt.line import mqtt_transport
from hil.lines.mqtt.settings import MqttSettings
from plant_models.plant import build

TOP = "geotwin/office"


def test_states_and_discovery_reach_a_late_subscriber(with_broker: Any, make_bench: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        async with make_bench(settings) as bench:
            bench.tick(90_500)
            await bench.transport.link.sent()
            late = await asyncio.to_thread(watch, settings, "#")
            await late.wait(lambda: len(late.messages) >= 8 + 8 + 3)
            assert all(message.retained for message in late.messages)
            [state] = late.on(f"{TOP}/hp_1")
            assert json.loads(state.text) == {
                "ts": "2000-01-01T00:01:30.500Z",
                "seq": 0,
                "points": {
                    "supply_temp": 45.23, "energy": 1200.5, "running": True, "state": "heating",
                    "supply_temp_sp": 40, "enable_cmd": False, "mode_cmd": "heat", "speed_cmd": 0.5,
                },
            }  # fmt: skip
            texts = {m.topic.removeprefix(f"{TOP}/hp_1/"): m.text for m in late.messages if m.topic.count("/") == 3}
            assert texts == {
                "supply_temp": "45.23", "energy": "1200.5", "running": "1", "state": "heating",
                "supply_temp_sp": "40", "enable_cmd": "0", "mode_cmd": "heat", "speed_cmd": "0.5",
            }  # fmt: skip
            assert late.on(f"{TOP}/availability")[0].text == "online"
            assert json.loads(late.on(f"{TOP}/time")[0].text) == {"ts": "2000-01-01T00:01:30.500Z", "ms": 90500}
            configs = [json.loads(m.text) for m in late.messages if m.topic.startswith("homeassistant/")]
            assert len({config["unique_id"] for config in configs}) == 8

    with_broker(check)


def test_commands_beyond_what_may_wait_for_the_plant_are_refused_and_told(monkeypatch: Any, watch: Any) -> None:
    monkeypatch.setattr("twin.journal.MOST_WAITING", 20)
    start = datetime(2026, 1, 15)  # noqa: DTZ001
    bench = Bench(build("single_well", start), read_bench("single_well"), start)
    served = Served(bench.bus, "single_well", lambda: 0, bench.plant.instant)
    top = "geotwin/single_well"

    async def check() -> None:
        async with LocalBroker("mosquitto") as broker, running(mqtt_transport(served, broker)) as transport:
            user = await asyncio.to_thread(watch, broker.settings, f"{top}/+/+/error")
            for _ in range(30):
                user.send(f"{top}/source_pump_1/speed_cmd/set", "50")
            await user.wait(lambda: len(user.messages) == 10)
            assert {json.loads(message.text)["error"] for message in user.messages} == {
                "'speed_cmd': it is busy: too many writes wait for the plant"
            }
            assert transport.health().refused == 10
            assert len(bench.bus.inbox.take(0)) == 20
            user.close()

    asyncio.run(check())


def test_a_client_without_a_matching_subscription_gets_nothing(with_broker: Any, make_bench: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        async with make_bench(settings) as bench:
            everything = await asyncio.to_thread(watch, settings, "#")
            bench.tick()
            await everything.wait(lambda: everything.on(f"{TOP}/time"))
            other = await asyncio.to_thread(watch, settings, "elsewhere/#")
            everything.send("elsewhere/end", "1")
            await other.wait(lambda: other.on("elsewhere/end"))
            assert [message.topic for message in other.messages] == ["elsewhere/end"]

    with_broker(check)


def test_only_changes_are_sent_and_nan_is_no_change(with_broker: Any, make_bench: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        async with make_bench(settings, discovery=False) as bench:
            seen = await asyncio.to_thread(watch, settings, f"{TOP}/hp_1/#")
            bench.bus[0] = math.nan
            bench.tick()
            bench.tick()
            bench.bus[1] = 1201.0
            bench.tick()
            bench.tick(400)  # not due before the next full second
            await bench.transport.link.sent()
            await seen.wait(lambda: len(seen.messages) >= 9 + 2)
            assert [m.text for m in seen.on(f"{TOP}/hp_1/supply_temp")] == ["None"]
            assert [m.text for m in seen.on(f"{TOP}/hp_1/energy")] == ["1200.5", "1201"]
            documents = [json.loads(m.text) for m in seen.on(f"{TOP}/hp_1")]
            assert [document["seq"] for document in documents] == [0, 1]
            assert documents[1]["points"]["supply_temp"] is None

    with_broker(check)


def test_commands_arrive_in_the_unit_and_resolution_of_the_register(
    with_broker: Any, make_bench: Any, watch: Any
) -> None:
    async def check(settings: MqttSettings) -> None:
        async with make_bench(settings) as bench:
            user = await asyncio.to_thread(watch, settings)
            orders = [
                ("supply_temp_sp", "45.26"), ("supply_temp_sp", "20"), ("enable_cmd", "ON"), ("enable_cmd", "false"),
                ("mode_cmd", "cool"), ("mode_cmd", "1"), ("mode_cmd", '"off"'), ("speed_cmd", "7.5"),
            ]  # fmt: skip
            for point, text in orders:
                user.send(f"{TOP}/hp_1/{point}/set", text)
            await bench.until(lambda: len(bench.written) == len(orders))
            names, values = zip(*bench.written, strict=True)
            assert list(names) == [point for point, _ in orders]
            assert list(values) == [453 * 0.1, 200 * 0.1, 1.0, 0.0, 2.0, 1.0, 0.0, 1.0]  # clamped: on_bad_write
            assert bench.transport.refused == 0

    with_broker(check)


def test_sync_answers_the_time_message(with_broker: Any, make_bench: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        async with make_bench(settings) as bench:
            controller = await asyncio.to_thread(watch, settings, f"{TOP}/time")
            bench.tick(60_000)
            await controller.wait(lambda: controller.messages)
            controller.send(f"{TOP}/hp_1/speed_cmd/set", "0.25")
            controller.send(f"{TOP}/sync", str(json.loads(controller.messages[-1].text)["ms"]))
            controller.send(f"{TOP}/sync", "")
            await bench.until(lambda: len(bench.answered) == 2)
            assert bench.answered == [60_000, None]
            assert bench.written == [("speed_cmd", 0.25)]

    with_broker(check)


def hostile(top: str) -> list[tuple[str, bytes]]:
    """Commands that no point can take, and topics that are none."""
    noise = random.Random(7)
    sp = f"{top}/hp_1/supply_temp_sp/set"
    texts = ["", "nan", "NaN", "Infinity", "-inf", "1e999", "true", "null", "[1]", '{"value": 40}', "40 degC", "0x28"]
    texts += ["4" * 300, "[" * 250, "19.9", "55.1", "heat", "40;41", "１e1x"]
    orders = [(sp, text.encode()) for text in texts]
    orders += [(sp, b"\xff" + noise.randbytes(noise.randrange(1, 300))) for _ in range(50)]
    orders += [(sp, b"9" * 200_000)]
    orders += [(f"{top}/hp_1/mode_cmd/set", b"3"), (f"{top}/hp_1/mode_cmd/set", b"haet")]
    orders += [(f"{top}/hp_1/enable_cmd/set", b"2"), (f"{top}/hp_1/supply_temp/set", b"20")]
    orders += [(f"{top}/{device}/{point}/set", b"1") for device, point in (
        ("hp_2", "enable_cmd"), ("hp_1", "enable"), ("", ""), ("hp_1", "__class__"), ("hp_1", "x" * 3000),
        ("$SYS", "x"), ("hp_1", "\U0001f600"),
    )]  # fmt: skip
    return [*orders, (f"{top}/sync", b"-1"), (f"{top}/sync", b"\x80"), (f"{top}/sync", b"9" * 4000)]


def test_malformed_commands_are_answered_and_do_no_harm(with_broker: Any, make_bench: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        async with make_bench(settings) as bench:
            user = await asyncio.to_thread(watch, settings, f"{TOP}/+/+/error", f"{TOP}/error")
            orders = hostile(TOP)
            for topic, payload in orders:
                await asyncio.to_thread(user.send, topic, payload)
            await user.wait(lambda: len(user.messages) == len(orders))
            user.send(f"{TOP}/hp_1/supply_temp_sp/set", "21.5")
            await bench.until(lambda: bench.written)
            assert bench.written == [("supply_temp_sp", 215 * 0.1)]
            assert bench.transport.refused == len(orders)
            answers = [json.loads(message.text) for message in user.messages]
            assert all(len(message.text) < 1000 for message in user.messages)
            assert "'hp_2'; did you mean 'hp_1'?" in next(a["error"] for a in answers if "hp_2" in a["error"])
            assert "did you mean 'heat'?" in next(a["error"] for a in answers if a["got"] == "haet")

    with_broker(check)


def test_retained_commands_are_not_obeyed(with_broker: Any, make_bench: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        user = await asyncio.to_thread(watch, settings, f"{TOP}/hp_1/speed_cmd/error")
        user.send(f"{TOP}/hp_1/speed_cmd/set", "1", retain=True)
        async with make_bench(settings) as bench:
            await user.wait(lambda: user.messages)
            assert "retained" in user.messages[0].text
            assert bench.written == []

    with_broker(check)


def test_2000_commands_and_2000_states_keep_their_order(with_broker: Any, make_bench: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        async with make_bench(settings, discovery=False) as bench:
            user = await asyncio.to_thread(watch, settings, f"{TOP}/hp_1")

            def order() -> None:
                for i in range(2000):
                    user.client.publish(f"{TOP}/hp_1/speed_cmd/set", str(i / 2048), qos=1)

            orders = asyncio.create_task(asyncio.to_thread(order))
            for _ in range(2000):
                bench.bus[1] += 1.0
                bench.tick()
                await asyncio.sleep(0)
            await orders
            await user.wait(lambda: len(user.messages) >= 2000)
            await bench.until(lambda: len(bench.written) >= 2000)
            assert [value for _, value in bench.written] == [i / 2048 for i in range(2000)]
            documents = [json.loads(message.text) for message in user.messages]
            assert [(d["seq"], d["points"]["energy"]) for d in documents] == [(i, 1201.5 + i) for i in range(2000)]
            assert bench.transport.link.dropped == 0

    with_broker(check)


CHILD = """
import asyncio, sys
import numpy as np
from hil.lines.mqtt.broker import ForeignBroker
from hil.lines.mqtt.settings import MqttSettings
from hil.bus.maps.device_file import parse_device
from hil.lines.mqtt.payloads import Topics
from hil.lines.mqtt.transport import MqttDevice, MqttTransport

async def main():
    text = "device: d\\nsource: s\\nregisters: [{table: ir, address: 0, name: t}]"
    device = MqttDevice("d", parse_device(text, "d.yaml"), np.zeros(1), print)
    broker = ForeignBroker(MqttSettings(port=int(sys.argv[1])))
    await MqttTransport(broker, Topics("office"), [device], lambda: 0).start()
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_the_last_will_is_sent_when_the_process_is_killed(with_broker: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        seen = await asyncio.to_thread(watch, settings, f"{TOP}/availability")
        child = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, str(settings.port))
        await seen.wait(lambda: seen.messages)
        child.send_signal(signal.SIGKILL)
        await child.wait()
        await seen.wait(lambda: len(seen.messages) == 2)
        late = await asyncio.to_thread(watch, settings, f"{TOP}/availability")
        await late.wait(lambda: late.messages)
        assert [message.text for message in seen.messages] == ["online", "offline"]
        assert [(message.text, message.retained) for message in late.messages] == [("offline", True)]

    with_broker(check)


def test_a_stopped_bench_says_offline_and_leaves_no_session(with_broker: Any, make_bench: Any, watch: Any) -> None:
    async def check(settings: MqttSettings) -> None:
        async with make_bench(settings):
            pass
        user = await asyncio.to_thread(watch, settings, f"{TOP}/availability")
        await user.wait(lambda: user.messages)
        assert [message.text for message in user.messages] == ["offline"]
        user.send(f"{TOP}/hp_1/speed_cmd/set", "1")
        async with make_bench(settings) as again:
            user.send(f"{TOP}/hp_1/speed_cmd/set", "0.5")
            await again.until(lambda: again.written)
            assert again.written == [("speed_cmd", 0.5)]

    with_broker(check)


def test_nagle_is_off(with_broker: Any, make_bench: Callable[..., Any]) -> None:
    async def check(settings: MqttSettings) -> None:
        async with make_bench(settings) as bench:
            sock = bench.transport.link._client.socket()
            assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1

    with_broker(check)
