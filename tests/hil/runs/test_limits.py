"""A rig that did not keep what it promised says so: lag, skipped time, lost brokers, dropped messages are errors."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from hil.bus.transport import Health
from hil.cli import main
from hil.runs.limits import Watch
from scenarios.limits import Limits, with_limits
from twin.clock import MOST_STRETCHES, Lag, Realtime
from twin.errors import InputError

SCENARIO = """\
scenario: short
title: Two hours of winter
why: to be halted
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 2 h, scan: 10 s}
expect:
  - {id: warm, always: "zone_*.temp > 10 degC"}
"""


@pytest.fixture
def started(tmp_path):
    """Start a paced run of SCENARIO; returns its process once it records, and the folder of its results."""
    processes = []

    def start(*words, text=SCENARIO):
        file, folder = tmp_path / "short.yaml", tmp_path / "runs" / "office" / "short"
        file.write_text(text)
        command = [sys.executable, "-m", "hil.cli", "run", str(file), "--clock", "realtime", "--out"]
        process = subprocess.Popen(
            [*command, str(tmp_path / "runs"), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        processes.append(process)
        until = time.monotonic() + 120.0
        while not ((folder / "recording.arrows").exists() and (folder / "recording.arrows").stat().st_size > 300_000):
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() < until
            time.sleep(0.05)
        return process, folder

    yield start
    for process in processes:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def halted(process, seconds):
    os.kill(process.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGCONT)
    said, _ = process.communicate(timeout=240)
    return said


def test_a_run_that_was_halted_is_an_error_with_what_and_when(started):
    process, folder = started("--speed", "600")
    said = halted(process, 7.0)
    assert process.returncode == 3, said
    result = json.loads((folder / "result.json").read_text())
    assert result["verdict"] == "error"
    late, skipped = result["notes"]
    assert late.startswith("the rig was late by up to ")
    assert "beyond the limit of 5 s of real time, since 2026-01-15 " in late
    assert skipped.startswith("the rig could not follow and skipped ")
    assert result["timing"]["lag_worst_ms"] > 6000.0
    assert result["timing"]["skipped_s"] > 6.0 * 600.0
    assert [one["verdict"] for one in result["criteria"]] == ["pass"], "what was recorded is judged all the same"
    assert "Lag of the rig, the worst of each stretch" in (folder / "report.html").read_text()


def test_limits_of_the_command_go_before_those_of_the_scenario(started):
    text = SCENARIO.replace("expect:", "limits: {lag: 1 s, skipped: 20 s}\nexpect:")
    process, folder = started("--speed", "600", "--limit", "lag=60 s", "--limit", "skipped = 12 h", text=text)
    said = halted(process, 2.0)
    assert process.returncode == 0, said
    assert json.loads((folder / "result.json").read_text())["timing"]["skipped_s"] > 60.0


def test_a_run_whose_broker_is_killed_is_an_error(started, mosquitto):
    broker, port = mosquitto
    process, folder = started("--speed", "300", "--mqtt", f"127.0.0.1:{port}", "--limit", "lost=1 s")
    broker.kill()
    said, _ = process.communicate(timeout=240)
    assert process.returncode == 3, said
    notes = json.loads((folder / "result.json").read_text())["notes"]
    assert any(note.startswith("a line was without its connection for ") for note in notes), notes


@pytest.fixture
def mosquitto():
    """A broker, and the port at which it listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    broker = subprocess.Popen(["mosquitto", "-p", str(port)], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 20.0
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
            break
        time.sleep(0.05)
    yield broker, port
    broker.kill()
    broker.wait()


class Line:
    """A line that fared as it says."""

    def __init__(self, health):
        self.said = health

    def health(self):
        return self.said


def test_dropped_messages_count_and_the_first_moment_is_kept():
    line = Line(Health())
    watch = Watch(Limits(), Realtime(1.0), [line], 3600.0)
    watch.look(10.0)
    line.said = Health(dropped=3, losses=1, lost_s=2.0)
    watch.look(65.0)
    line.said = Health(dropped=9, losses=1, lost_s=2.0)
    watch.look(90.0)
    (said,) = watch.complaints(datetime(2026, 1, 15, 8, tzinfo=UTC))
    assert said.startswith("messages dropped: 9, beyond the limit of 0, since 2026-01-15 08:01:05 of plant time")
    assert watch.timing()["messages_dropped"] == 9.0


def test_a_hundredth_of_a_run_may_be_skipped_and_a_minute_of_a_short_one():
    assert Limits().most_skipped_s(600.0) == 60.0
    assert Limits().most_skipped_s(86400.0) == pytest.approx(864.0)
    assert Limits(skipped="3 s").most_skipped_s(86400.0) == 3.0


@pytest.mark.parametrize(
    ("given", "told"),
    [("lagg=3 s", "did you mean 'lag'"), ("lag", "''"), ("lag=3", "'3'"), ("dropped=-1", "whole number")],
)
def test_a_limit_that_is_none_is_refused(given, told, capsys):
    with pytest.raises(InputError, match=told):
        with_limits(Limits(), [given])
    assert main(["run", "cold_snap", "--limit", given]) == 2
    said = capsys.readouterr().err
    assert "--limit" in said
    assert said.count("\n") == 1


def test_lag_over_time_keeps_the_worst_of_every_stretch_however_long_the_run():
    lag = Lag()
    for second in range(10_000):
        lag.note(0.4 if second == 7_777 else 0.001, second * 1000)
    over_time = lag.over_time()
    assert len(over_time) <= MOST_STRETCHES
    assert [end for end, worst in over_time if worst > 300.0] == [7_792.0], "the stretch of 16 s that holds it"
    assert over_time[-1][0] >= 9_999.0
