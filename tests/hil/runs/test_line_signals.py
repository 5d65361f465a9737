"""What was asked over a line, judged by the criteria of a scenario: with a real client, and where no line is open."""

import asyncio
import contextlib
import json
import threading
import time

import pytest
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

from hil.bench.line_signals import SIGNALS
from hil.bus.address import Address
from hil.cli import main
from hil.reports.files import write_files
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read
from twin.errors import InputError
from twin.recorded import fingerprint, open_recording

HEAD = """\
scenario: bus
title: Ten minutes on the bus
why: to judge what was asked
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 10 min, scan: 5 s}
"""
FAULT = """\
timeline:
  - {at: 4 min, fault: modbus.no_reply, target: hp_1, for: 2 min, id: gone}
"""
EXPECT = """\
expect:
  - {id: polled, always: "bus.hp_1.silence < 30 s"}
  - {id: asked, count: "rising(bus.hp_1.requests >= 10)", at_least: 1}
  - {id: recovers, after: gone.end, within: 4 min, that: "rate(bus.hp_1.answers) > 0 1/s"}
  - {id: worn, always: "mean(rate(bus.hp_1.leaving_temp_sp.writes), 1 min) < 0.5 1/min"}
  - {id: each, always: "mean(rate(bus.*.*.writes), 1 min) < 0.5 1/min"}
  - {id: no-exceptions, never: "bus.hp_[1-2].exceptions > 0"}
  - {id: quiet, always: "bus.hp_2.requests == 0"}
"""
ROOM = "  - {id: cold, never: weather.outdoor_temp > 60 degC}\n"


def run_of(tmp_path, text, port=None):
    lines = {"modbus": Address("127.0.0.1", port)} if port else {}
    over = {"controller": "modbus", "clock": "realtime", "speed": 60.0} if port else {}
    return Run(read(text, "bus.yaml"), RunOptions(lines=lines, out=tmp_path, **over))


def played(run, folder):
    folder.mkdir(parents=True)
    return asyncio.run(run.play(folder, lambda _: None))


def poll(port, unit, address, stop):
    client = ModbusTcpClient("127.0.0.1", port=port, timeout=0.2, retries=0)
    while not stop.is_set():
        with contextlib.suppress(ModbusException, OSError):
            if client.connect():
                client.read_input_registers(0, count=4, device_id=unit)
                client.write_register(address, 400 + int(time.monotonic() * 20) % 20, device_id=unit)
        stop.wait(0.02)
    client.close()


@pytest.fixture
def polled(tmp_path, two_ports):
    """A run over which a client of another library polls a heat pump and writes its set point all the time."""
    run = run_of(tmp_path, HEAD + FAULT + EXPECT, two_ports)
    [unit] = [one for one in run.bench.bus.units if one.name == "hp_1"]
    [register] = [one for one in unit.device.registers if one.name == "leaving_temp_sp"]
    stop = threading.Event()
    thread = threading.Thread(target=poll, args=(unit.port, unit.unit, register.address, stop))
    thread.start()
    try:
        return played(run, tmp_path / "run")
    finally:
        stop.set()
        thread.join()


def test_the_traffic_of_a_real_client_is_judged(polled, tmp_path):
    verdicts = {outcome.id: outcome.verdict for outcome in polled.outcomes}
    assert verdicts == {
        "polled": "fail",  # silent for two minutes, while its requests are not answered
        "asked": "pass",
        "recovers": "pass",
        "worn": "fail",
        "each": "fail",
        "no-exceptions": "pass",
        "quiet": "pass",
    }
    [each] = [outcome for outcome in polled.outcomes if outcome.id == "each"]
    assert each.detail.startswith("bus.hp_1.leaving_temp_sp.writes: violated for ")
    recording = open_recording(tmp_path / "run")
    assert recording.unit("bus.hp_1.silence") == "s"
    assert recording.signal("bus.hp_1.silence").max() >= 100.0
    for name in ("requests", "answers"):
        assert (recording.signal(f"bus.hp_1.{name}")[1:] >= recording.signal(f"bus.hp_1.{name}")[:-1]).all()


def test_report_and_result_say_what_the_controller_did(polled, tmp_path, capsys):
    folder = tmp_path / "run"
    write_files(polled, folder)
    result = json.loads((folder / "result.json").read_text())
    [controller] = result["bus"]
    [device] = controller["devices"]
    assert device["device"] == "hp_1"
    assert device["written"] == ["leaving_temp_sp int16"]
    assert controller["faults"]["gone"] == controller["unanswered"] > 0
    page = (folder / "report.html").read_text()
    assert "On the bus" in page
    assert "enable_cmd" in page
    (folder / "result.json").unlink()
    assert main(["judge", str(folder)]) == 1
    assert json.loads((folder / "result.json").read_text())["bus"] == result["bus"]
    assert main(["pcap", str(folder)]) == 0
    capsys.readouterr()
    assert (folder / "bus.pcap").stat().st_size > 1000


def test_without_a_line_nothing_is_said_about_it(tmp_path):
    result = played(run_of(tmp_path, HEAD + FAULT + EXPECT + ROOM), tmp_path / "run")
    assert {outcome.id: outcome.verdict for outcome in result.outcomes} == {
        **dict.fromkeys(("polled", "asked", "recovers", "worn", "each", "no-exceptions", "quiet"), "not exercised"),
        "cold": "pass",
    }
    assert "no line was open" in result.outcomes[0].detail
    assert result.bus is None
    assert not (tmp_path / "run" / "bus.parquet").exists()


def test_an_open_line_changes_no_bit_of_a_recording(tmp_path, two_ports):
    prints = set()
    for name, lines in (("alone", {}), ("open", {"modbus": Address("127.0.0.1", two_ports)})):
        run = Run(read(HEAD + "expect:\n" + ROOM, "bus.yaml"), RunOptions(lines=lines, out=tmp_path))
        played(run, tmp_path / name)
        prints.add(fingerprint(tmp_path / name / "recording.parquet"))
    assert len(prints) == 1


@pytest.mark.parametrize("name", ["hp_1.request", "hp_1.running_1.writes", "hp_9.silence"])
def test_a_name_that_is_none_is_refused(tmp_path, name):
    with pytest.raises(InputError, match=r"unknown register on the bus|no register on the bus"):
        run_of(tmp_path, HEAD + f'expect:\n  - {{id: x, never: "bus.{name} > 3"}}\n')


def test_no_register_of_a_ready_bench_hides_a_signal_of_its_line(tmp_path):
    bus = run_of(tmp_path, HEAD + "expect:\n" + ROOM).bench.bus
    assert not {f"{unit.name}.{name}" for unit in bus.units for name in SIGNALS} & set(bus.shown())
