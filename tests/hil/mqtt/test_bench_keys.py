"""A broker that the bench file names, and MQTT 5, with a real mosquitto."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench, read_line_keys
from hil.bus.transport import Served
from hil.lines.mqtt.broker import LocalBroker
from hil.runs.ports import opened
from plant_models.plant import build

BENCH = """\
bench: here
plant: single_well
mqtt: {{host: 127.0.0.1, port: {port}, root: site/a, client_id: cellar, version: 5, period: 2 s, only_changes: no,
  discovery_prefix: ha}}
units:
  - {{unit: 247, device: rig, component: rig}}
"""
START = datetime(2026, 1, 15, tzinfo=UTC)


def served(folder: Path, port: int, clock: list[int]) -> Served:
    """A bench whose file names the broker, at a time that the test moves."""
    path = folder / "bench.yaml"
    path.write_text(BENCH.format(port=port))
    units = read_bench(str(path))
    bench = Bench(build("single_well", START), units, START)
    return Served(
        bench.bus, "single_well", lambda: clock[0], bench.plant.instant, keys=read_line_keys(str(path), units)
    )


def test_the_bench_file_names_the_broker_and_what_is_published(tmp_path: Path, watch: Any) -> None:
    top, clock = "site/a/single_well", [0]

    async def check() -> None:
        async with LocalBroker("mosquitto") as broker:
            user = await asyncio.to_thread(watch, broker.settings, "#")
            async with opened(served(tmp_path, broker.port, clock), {}) as (line,):
                assert line.where().endswith(f"port {broker.port}, topics site/a/single_well/...")
                for clock[0] in range(0, 5000, 1000):
                    line.publish()
                await line.link.sent()
            await user.wait(lambda: len(user.on(f"{top}/availability")) == 2)
            assert [json.loads(message.text)["ms"] for message in user.on(f"{top}/time")] == [0, 2000, 4000]
            assert len(user.on(f"{top}/rig/speed")) == 3  # not only what has changed
            prefixes = {message.topic.split("/")[0] for message in user.messages}
            assert prefixes == {"site", "ha"}
            user.close()

    asyncio.run(check())


def test_a_run_in_no_hurry_of_its_own_asks_no_broker_that_nobody_named(tmp_path: Path) -> None:
    async def check() -> None:
        async with opened(served(tmp_path, 1, [0]), {}, unasked=False) as lines:
            assert lines == []

    asyncio.run(check())


def test_mqtt_5_over_a_restart_of_the_broker(make_bench: Any, watch: Any) -> None:
    async def check() -> None:
        async with LocalBroker("mosquitto") as broker:
            async with make_bench(replace(broker.settings, version="5")) as bench:
                for number in range(500):  # many more than mosquitto lets be under way
                    bench.bus[1] = number
                    bench.tick()
                await bench.transport.link.sent()
                await broker.stop()
                bench.bus[1] = 501.0
                bench.tick()
                await broker.start()
                user = await asyncio.to_thread(watch, broker.settings, "#")
                await user.wait(lambda: user.on("geotwin/office/hp_1/energy"))
                user.send("geotwin/office/hp_1/speed_cmd/set", "0.25")
                user.send("geotwin/office/hp_1/speed_cmd/set", "fast")
                await bench.until(lambda: bench.written)
                await user.wait(lambda: user.on("geotwin/office/hp_1/speed_cmd/error"))
                assert bench.written == [("speed_cmd", 0.25)]
                assert user.on("geotwin/office/hp_1/energy")[-1].text == "501"
                assert (bench.transport.link.dropped, bench.transport.link.connections) == (0, 2)
            await user.wait(lambda: user.on("geotwin/office/availability")[-1].text == "offline")
            user.close()

    asyncio.run(check())
