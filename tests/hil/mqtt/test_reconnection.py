"""The broker goes away in the middle, comes back, was never there, or is no broker."""

import asyncio
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hil.lines.mqtt.client
import hil.lines.mqtt.link
from hil.lines.mqtt.broker import LocalBroker
from hil.lines.mqtt.presence import Presence
from hil.lines.mqtt.settings import MqttSettings
from twin.errors import RigError

TOP = "geotwin/office"


class PersistentMosquitto(LocalBroker):
    """A mosquitto that keeps sessions and retained messages over a restart, as a plant's own broker does."""

    def __init__(self, folder: Path) -> None:
        super().__init__("mosquitto")
        self.folder = folder

    def _command(self, port: int, folder: Path) -> list[str]:
        command = super()._command(port, folder)
        config = self.folder / "mosquitto.conf"
        text = Path(command[-1]).read_text().replace("persistence false", "persistence true")
        config.write_text(f"{text}user root\npersistence_location {self.folder}/\nmax_queued_messages 100000\n")
        return [*command[:-1], str(config)]


def first_arrivals(values: list[Any]) -> list[Any]:
    """Without the repetitions that QoS 1 allows."""
    return list(dict.fromkeys(values))


def test_nothing_is_lost_over_a_restart_of_the_broker(tmp_path: Path, make_bench: Any, watch: Any) -> None:
    async def check() -> None:
        async with PersistentMosquitto(tmp_path) as broker, make_bench(broker.settings, discovery=False) as bench:
            user = await asyncio.to_thread(watch, broker.settings, f"{TOP}/hp_1", client_id="user")

            async def both(first: int, last: int) -> None:
                for i in range(first, last):
                    bench.bus[1] = i
                    bench.tick()
                    user.client.publish(f"{TOP}/hp_1/speed_cmd/set", str(i / 2048), qos=1)
                    await asyncio.sleep(0)

            await both(0, 1000)
            await broker.stop()
            await both(1000, 2000)
            await broker.start()
            await user.wait(lambda: user.messages and json.loads(user.messages[-1].text)["points"]["energy"] == 1999)
            await bench.until(lambda: bench.written and bench.written[-1][1] == 1999 / 2048)
            states = [json.loads(message.text)["points"]["energy"] for message in user.messages]
            assert first_arrivals(states) == list(range(2000))
            assert first_arrivals([value for _, value in bench.written]) == [i / 2048 for i in range(2000)]
            assert bench.transport.link.connections == 2
            health = bench.transport.health()
            assert (health.losses, health.lost_now_s, health.dropped) == (1, 0.0, 0)
            assert health.lost_s > 0.0
            assert health.sentence.startswith(f"the MQTT broker at {broker.settings} was away once, ")
            user.close()

    asyncio.run(check())


@pytest.mark.parametrize("kind", ["mosquitto", "amqtt"])
def test_a_broker_that_has_forgotten_everything_is_told_again(kind: str, make_bench: Any, watch: Any) -> None:
    async def check() -> None:
        async with LocalBroker(kind) as broker, make_bench(broker.settings) as bench:
            bench.tick()
            await bench.transport.link.sent()
            await broker.stop()
            await broker.start()
            user = await asyncio.to_thread(watch, broker.settings, "#")
            await user.wait(lambda: user.on(f"{TOP}/time") and user.on(f"{TOP}/availability"))
            assert user.on(f"{TOP}/hp_1/supply_temp")[0].text == "45.23"
            assert len({m.topic for m in user.messages if m.topic.startswith("homeassistant/")}) == 8
            user.send(f"{TOP}/hp_1/speed_cmd/set", "0.5")
            await bench.until(lambda: bench.written)
            user.close()

    asyncio.run(check())


def test_a_full_queue_drops_the_oldest_and_counts(make_bench: Any, watch: Any) -> None:
    async def check() -> None:
        more = {"discovery": False, "queue_limit": 100}
        async with LocalBroker("mosquitto") as broker, make_bench(broker.settings, **more) as bench:
            bench.tick()
            await bench.transport.link.sent()
            await broker.stop()
            for i in range(1000):
                bench.bus[1] = i
                bench.tick()
            link = bench.transport.link
            assert link.dropped >= 3000 - 103 - hil.lines.mqtt.client.IN_FLIGHT
            assert (
                link.waiting <= 103 + hil.lines.mqtt.client.IN_FLIGHT
            )  # three topics, of which the latest is kept anyway
            health = bench.transport.health()
            assert health.dropped == link.dropped
            assert 0.0 < health.lost_now_s <= health.lost_s
            await broker.start()
            user = await asyncio.to_thread(watch, broker.settings, f"{TOP}/hp_1/energy")
            await user.wait(lambda: user.messages and user.messages[-1].text == "999")
            user.close()

    asyncio.run(check())


def test_a_flood_of_refused_commands_drives_no_states_out_of_the_queue(make_bench: Any, watch: Any) -> None:
    async def check() -> None:
        more = {"discovery": False, "queue_limit": 100}
        async with LocalBroker("mosquitto") as broker, make_bench(broker.settings, **more) as bench:
            user = await asyncio.to_thread(watch, broker.settings, f"{TOP}/#")
            for _ in range(1000):
                bench.transport.link.on_message(f"{TOP}/hp_1/speed_cmd/set", b"fast", False)
            bench.tick()
            assert bench.transport.refused == 1000
            assert bench.transport.link.dropped == 0
            await user.wait(lambda: user.on(f"{TOP}/time"))
            assert 0 < len(user.on(f"{TOP}/hp_1/speed_cmd/error")) <= 50
            user.close()

    asyncio.run(check())


def test_absences_add_up_and_count_from_the_last_sign_of_life() -> None:
    now = 100.0
    presence = Presence(lambda: now)
    presence.back()
    now = 130.0
    presence.heard()
    now = 175.0  # nothing came for 45 s: the keep-alive gives up
    presence.lost()
    presence.lost()
    assert (presence.now_s(), presence.total_s(), presence.losses) == (45.0, 45.0, 1)
    now = 180.0
    presence.back()
    now = 200.0
    assert (presence.now_s(), presence.total_s(), presence.losses) == (0.0, 50.0, 1)
    presence.lost()
    now = 201.0
    assert (presence.now_s(), presence.total_s(), presence.losses) == (21.0, 71.0, 2)


def test_no_broker_at_the_start(make_bench: Any) -> None:
    async def check() -> None:
        broker = LocalBroker("mosquitto")
        await broker.start()
        await broker.stop()
        bench = make_bench(broker.settings)
        with pytest.raises(RigError, match=rf"no MQTT broker at 127\.0\.0\.1:{broker.port}: .*refused"):
            async with bench:
                pass

    asyncio.run(check())


def test_stop_is_right_after_a_failed_start(make_bench: Any) -> None:
    async def check() -> None:
        async with make_bench(MqttSettings(port=1)) as bench:
            await bench.transport.stop()

    with pytest.raises(RigError, match="no MQTT broker"):
        asyncio.run(check())


async def serve(answer: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Any]) -> asyncio.Server:
    """A server that speaks something else."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    return await asyncio.start_server(handle, "127.0.0.1", 0)


def port_of(server: asyncio.Server) -> int:
    """Where it listens."""
    return int(server.sockets[0].getsockname()[1])


def test_a_server_that_never_answers(make_bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hil.lines.mqtt.client, "CONNECT_TIMEOUT", 0.3)

    async def check() -> None:
        async with await serve(lambda reader, _: reader.read(-1)) as server:
            with pytest.raises(RigError, match="accepts connections but does not answer"):
                async with make_bench(MqttSettings(port=port_of(server))):
                    pass

    asyncio.run(check())


def test_a_broker_that_sends_garbage_is_left_and_tried_again(make_bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hil.lines.mqtt.link, "BACK_OFF", (0.01, 0.02))
    monkeypatch.setattr("hil.lines.mqtt.transport.arrive", lambda *_: 0)
    noise = random.Random(3)
    visits = 0

    async def check() -> None:
        enough = asyncio.Event()

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            nonlocal visits
            await reader.read(1000)
            writer.write(b"\x20\x02\x00\x00")
            visits += 1
            if visits == 1:
                await reader.read(-1)
            writer.write(noise.randbytes(500) + b"\xff" * 500)
            await writer.drain()
            if visits == 20:
                enough.set()

        async with await serve(answer) as server, make_bench(MqttSettings(port=port_of(server))):
            await asyncio.wait_for(enough.wait(), 20)

    asyncio.run(check())


def test_a_broker_that_sends_garbage_from_the_first_moment(make_bench: Any) -> None:
    noise = random.Random(5)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1000)
        writer.write(b"\x20\x02\x00\x00" + noise.randbytes(500) + b"\xff" * 500)
        await writer.drain()

    async def check() -> None:
        for _ in range(20):
            async with await serve(answer) as server:
                with pytest.raises(RigError, match="MQTT broker"):
                    async with make_bench(MqttSettings(port=port_of(server))):
                        pass

    asyncio.run(check())
