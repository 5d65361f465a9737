"""A controller that is on the broker only: no Modbus port, and plant time begins with its first command."""

import asyncio
import subprocess
import sys

from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read

SCENARIO = """\
scenario: short
title: Ten minutes with whoever is on the broker
why: to be run over MQTT alone
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 10 min, scan: 5 s}
expect:
  - {id: warm, always: "zone_1.temp > 10 degC"}
"""
TOP = "geotwin/office"


def test_plant_time_begins_with_the_first_command(tmp_path, with_broker, watch):
    async def test(settings):
        client = watch(settings, f"{TOP}/availability", f"{TOP}/rig/plant_time")
        options = RunOptions(controller="mqtt", clock="realtime", speed=600.0, lines={"mqtt": settings}, out=tmp_path)
        run = Run(read(SCENARIO, "short.yaml"), options)
        playing = asyncio.create_task(run.play(tmp_path, lambda _: None))
        await client.wait(lambda: client.on(f"{TOP}/availability"))
        await asyncio.sleep(1.5)  # longer than the whole run takes at this speed
        assert run.bench.schedule.now_ms == 0
        await asyncio.to_thread(client.send, f"{TOP}/panel/life_sign/set", "1")
        result = await playing
        assert (result.verdict, result.notes) == ("pass", ())
        assert result.timing["simulated_s"] == 600.0

    with_broker(test)


def test_nobody_commands(tmp_path, with_broker):
    async def test(settings):
        options = RunOptions(
            controller="mqtt", clock="realtime", speed=600.0, lines={"mqtt": settings}, out=tmp_path, wait_s=0.1
        )
        result = await Run(read(SCENARIO, "short.yaml"), options).play(tmp_path, lambda _: None)
        assert result.verdict == "error"
        assert result.notes[0] == "no command came over MQTT; the plant waited 0.1 s for it (--wait)"

    with_broker(test)


def test_a_program_is_told_where_the_configured_broker_is(tmp_path, with_broker):
    (tmp_path / "short.yaml").write_text(SCENARIO)
    program = f"mosquitto_pub -h {{host}} -p {{port}} -q 1 -t {TOP}/panel/life_sign/set -m 1"

    async def test(settings):
        words = [
            "run",
            str(tmp_path / "short.yaml"),
            "--out",
            str(tmp_path / "runs"),
            "--controller",
            "mqtt",
            "--mqtt",
            str(settings),
            "--speed",
            "600",
        ]
        words += ["--limit", "lag=60s", "--limit", "skipped=1h", "--exec", program]
        done = await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "hil.cli", *words], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    with_broker(test)
