"""The command as a person types it: words, exit codes, and plain messages instead of tracebacks."""

import csv
import errno
import io
import json
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from hil.bus.map_export import HEADER
from hil.cli import main
from hil.commands import list as listing

SHORT = """\
scenario: short
title: Two minutes
why: to see the command at work
requirements: {REQ-1: "Rooms stay warm", REQ-2: "Rooms stay cold"}
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 2 min, scan: 10 s}
initial: {"zone_*.temp": 19 degC}
expect:
  - {id: warm, requirement: REQ-1, always: "zone_*.temp > 10 degC"}
"""
COLD = '  - {id: cold, requirement: REQ-2, always: "zone_*.temp < 10 degC"}\n'
LATE = "  - {id: late, requirement: REQ-2, after: rising(hp_1.running), within: 1 h, that: hp_2.running}\n"


def say(capsys, *words):
    code = main([str(word) for word in words])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def scenario(tmp_path):
    def write(text=SHORT):
        file = tmp_path / "short.yaml"
        file.write_text(text)
        return file

    return write


def test_the_lists(capsys):
    for what, expected in [
        ("plants", "office"), ("devices", "heat_pump"), ("scenarios", "office/cold_snap"), ("faults", "sensor.drift"),
        ("faults", "WaterWaterUnit.fault_refrigerant_leak"),
    ]:  # fmt: skip
        code, out, _ = say(capsys, "list", what)
        assert code == 0
        assert expected in out


def test_a_run_writes_all_its_files_and_passes(capsys, scenario, tmp_path):
    code, out, err = say(capsys, "run", scenario(), "--out", tmp_path / "runs")
    assert code == 0, out + err
    folder = tmp_path / "runs" / "office" / "short"
    assert {file.name for file in folder.iterdir()} == {
        "result.json", "junit.xml", "report.html", "recording.parquet", "journal.jsonl", "scenario.yaml",
        ".geotwin-run",
    }  # fmt: skip
    assert json.loads((folder / "result.json").read_text())["verdict"] == "pass"
    assert "warm" in out
    assert "report.html" in out


@pytest.mark.parametrize(("more", "expected"), [(COLD, 1), (LATE, 4)])
def test_the_exit_code_is_the_verdict(capsys, scenario, tmp_path, more, expected):
    code, out, _ = say(capsys, "run", scenario(SHORT + more), "--out", tmp_path / "runs")
    assert code == expected, out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("run", "cold_snip"), "did you mean 'cold_snap'?"),
        (("run", "cold_snip", "--plant", "office"), "no scenario 'cold_snip' of the plant 'office'"),
        (("run", "office/cold_snip"), "did you mean 'office/cold_snap'?"),
        (("run", "ofice/cold_snap"), "did you mean 'office'?"),
        (("run", "office/cold_snap", "--plant", "other"), "but --plant says 'other'"),
        (("run", "ofice"), "did you mean 'office'?"),
        (("run", "missing.yaml"), "missing.yaml: cannot be read"),
        (("run", "cold_snap", "office/cold_snap"), "two of these scenarios have one name"),
        (("run", "cold_snap", "--controller", "referense"), "did you mean 'reference'?"),
        (("run", "cold_snap", "--controller", "modbus:here"), "is not HOST:PORT"),
        (("run", "cold_snap", "--controller", "modbus:127.0.0.1:99999"), "is not HOST:PORT"),
        (("run", "cold_snap", "--controller", "modbus:127.0.0.1:5020", "--clock", "free"), "needs --clock realtime"),
        (("run", "cold_snap", "--speed", "0"), "--speed: 0 is outside"),
        (("run", "cold_snap", "--record-every", "-1"), "--record-every: -1 is outside"),
        (("serve", "office", "--speed", "-1"), "--speed: -1 is outside"),
        (("run", "cold_snap", "--bench", "absent.yaml"), "cannot be read"),
        (("run", "cold_snap", "--speed", "nan"), "--speed: nan is outside"),
        (("run", "cold_snap", "--out", "/proc/none"), "cannot write results"),
        (("serve", "ofice"), "did you mean 'office'?"),
        (("serve", "office", "--start", "noon"), "is not a time"),
        (("serve", "office", "--modbus-port", "70000"), "'70000' is outside 0 .. 65535"),
        (("serve", "office", "--modbus-port", "-1"), "--modbus-port: '-1' is outside"),
        (("serve", "office", "--modbus-port", "9" * 5000), "is outside 0 .. 65535"),
        (("serve", "office", "--for", "nan"), "--for: nan is outside"),
        (("serve", "office", "--for", "soon"), "--for: 'soon' is not a number"),
        (("serve", "office", "--speed", "inf"), "--speed: inf is outside"),
        (("serve", "office", "--host", ""), "--host: '' is not a host"),
        (("serve", "office", "--host", "a..b"), "'a..b' is not a host"),
        (("serve", "office", "--host", "10.0.0"), "'10.0.0' is not a host"),
        (("serve", "office", "--host", "x" * 300), "is not a host"),
        (("serve", "office", "--start", "9999-12-31T23:59-08:00"), "the year 9999 is outside"),
        (("serve", "office", "--start", "0001-01-01T00:00+08:00"), "the year 1 is outside"),
        (("serve", "office", "--mqtt", ":1883"), "--mqtt: ':1883' is no address of a broker"),
        (("map", "office", "--modbus-port", "65535"), "the last unit of the bench would be on port 65536"),
        (("run", "cold_snap", "--seed", "9" * 30), "--seed: '99"),
        (("run", "cold_snap", "--seed", "-1"), "--seed: '-1' is outside"),
        (("run", "cold_snap", "--seed", "1.5"), "or not a whole number"),
        (("run", "cold_snap", "--record-every", "nan"), "--record-every: nan is outside"),
        (("run", "cold_snap", "--controller", "modbus::5020"), "':5020' is not HOST:PORT"),
        (("run", "cold_snap", "--controller", "modbus:...:5020"), "'...' is not a host"),
        (("controller", "reference", "--modbus", "127.0.0.1:5020", "--scan", "nan"), "--scan: nan is outside"),
        (("controller", "reference", "--modbus", "127.0.0.1:5020", "--scan", "0"), "--scan: 0 is outside"),
        (("frobnicate",), "invalid choice: 'frobnicate'"),
        (("run",), "the following arguments are required: SCENARIO"),
        (("controller", "referense", "--modbus", "127.0.0.1:5020"), "did you mean 'reference'?"),
        (("map", "ofice"), "did you mean 'office'?"),
    ],
)
def test_bad_input_is_told_in_a_line_and_gives_2(capsys, words, message):
    code, _, err = say(capsys, *words)
    assert code == 2
    assert message in err
    assert "Traceback" not in err
    assert err.startswith("geotwin: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("zone_*.temp > 10", "zone_9.temp > 10", "short.yaml:9:"),
        ("degC\"}", "kW\"}", "short.yaml:9:"),
        ("duration: 2 min", "duration: 2", "short.yaml:6:"),
        ("expect:", "expact:", "short.yaml:8:1"),
        ("title: Two minutes", "title: [", "short.yaml:"),
        ("REQ-1, always", "REQ-9, always", "short.yaml:9:"),
        ("plant: office", "plant: factory", "factory"),
    ],
)  # fmt: skip
def test_check_points_to_the_line(capsys, scenario, old, new, place):
    assert old in SHORT
    code, out, _ = say(capsys, "check", scenario(SHORT.replace(old, new)))
    assert code == 2
    assert place in out
    assert "wrong" in out


def test_check_accepts_what_is_right(capsys, scenario):
    code, out, _ = say(capsys, "check", scenario(), "plant_models/plants/office.yaml", "hil/benches/office.yaml",
                       "hil/devices/heat_pump.yaml", "hil/controllers/configurations/office.yaml")  # fmt: skip
    assert code == 0, out
    assert out.count("right") == 5


def test_check_looks_at_all_files(capsys, scenario, tmp_path):
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [1, 2")
    code, out, _ = say(capsys, "check", broken, scenario(), tmp_path / "absent.yaml")
    assert code == 2
    said = out.splitlines()
    assert any(line.endswith("right") for line in said)
    assert {line.partition(":")[0] for line in said if ": wrong: " in line} == {
        str(broken), str(tmp_path / "absent.yaml"),
    }  # fmt: skip


def test_the_map_in_its_three_formats(capsys):
    _, out, _ = say(capsys, "map", "office", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert tuple(rows[0]) == HEADER
    found = [row for row in rows if (row["port"], row["unit"], row["name"]) == ("5020", "21", "enable_cmd")]
    assert found[0]["point"] == "hp_1.enable_cmd"
    assert (found[0]["table"], found[0]["address"]) == ("hr", "0")
    _, out, _ = say(capsys, "map", "office", "--format", "yaml", "--modbus-port", "1502")
    assert {device["port"] for device in yaml.safe_load(out)} == {1502, 1503}
    _, out, _ = say(capsys, "map", "office")
    assert "| hr" in out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_run_that_is_ended_from_outside_is_judged_on_what_there_is(tmp_path, number):
    """In the middle of a run in real time: recording, result and report are there, the exit code says which signal."""
    from twin.recorded import open_recording

    file = tmp_path / "short.yaml"
    file.write_text(SHORT.replace("2 min", "10 h"))
    out = tmp_path / "runs"
    process = subprocess.Popen(
        [sys.executable, "-m", "hil.cli", "run", str(file), "--clock", "realtime", "--speed", "60", "--out", str(out)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    stream = out / "office" / "short" / "recording.arrows"
    try:
        until = time.monotonic() + 120.0
        sizes = [0]
        while sizes[-1] < (sizes[1] if len(sizes) > 1 else 0) + 50_000 and time.monotonic() < until:
            assert process.poll() is None, process.communicate()
            time.sleep(0.1)
            if stream.exists() and stream.stat().st_size != sizes[-1]:
                sizes.append(stream.stat().st_size)
        process.send_signal(number)
        out_text, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 128 + number
    assert "Traceback" not in err
    folder = out / "office" / "short"
    assert len(open_recording(folder).time_s) > 3
    assert f"the run was ended by {number.name} after" in out_text
    result = json.loads((folder / "result.json").read_text())
    assert result["verdict"] == "error"
    assert {one["id"]: one["verdict"] for one in result["criteria"]} == {"warm": "inconclusive"}
    assert (folder / "report.html").exists()
    assert "ended by" in (folder / "junit.xml").read_text()


def test_a_taken_port_ends_serve_with_3(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, _, err = say(capsys, "serve", "office", "--modbus-port", port, "--for", "1")
    assert code == 3
    assert str(port) in err


def test_serve_stops_after_its_time(capsys, two_ports):
    code, out, _ = say(capsys, "serve", "office", "--modbus-port", two_ports, "--for", "0.5", "--speed", "10")
    assert code == 0
    assert f"port {two_ports}" in out


OWN_BENCH = """\
bench: mine
plant: office
port: 5020
units:
  - {unit: 21-22, device: heat_pump, component: "hp_[1-2]"}
  - {unit: 247, device: rig, component: rig}
"""


def test_a_bench_of_the_users_own(capsys, scenario, tmp_path):
    bench = tmp_path / "bench.yaml"
    bench.write_text(OWN_BENCH)
    code, out, _ = say(capsys, "map", bench, "--format", "csv")
    assert code == 0
    assert {row["unit"] for row in csv.DictReader(io.StringIO(out))} == {"21", "22", "247"}
    out_folder = tmp_path / "runs"
    code, out, _ = say(capsys, "run", scenario(), "--bench", bench, "--controller", "none", "--out", out_folder)
    assert code == 0, out
    code, _, err = say(capsys, "run", scenario(), "--bench", bench, "--out", out_folder)
    assert code == 2
    assert "no register 'panel.season_selector'" in err


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("unit: 247", "unit: 22", "hr 0 of rig is taken by hp_2, which has the same port and unit id 22"),
        ("unit: 247", "unit: 256", "unit id 256 is outside 0 .. 255"),
        ("unit: 21-22", "unit: 21-23", "3 unit ids for 2 components"),
        ("device: heat_pump", "device: heat_pomp", "did you mean 'heat_pump'?"),
        ('"hp_[1-2]"', '"hp_[2-3]"', "no component 'hp_3'"),
        ("device: rig, component: rig", "device: rig, component: panel", "it has no point plant_time, local_time"),
    ],
)
def test_a_wrong_bench_is_told_with_its_place(capsys, tmp_path, old, new, message):
    bench = tmp_path / "bench.yaml"
    bench.write_text(OWN_BENCH.replace(old, new))
    code, out, _ = say(capsys, "check", bench)
    assert code == 2
    assert message in out


def test_what_nobody_foresaw_is_an_error_of_the_rig(capsys, monkeypatch):
    """Exit 3 with one sentence and a file to send, never the 1 that means: a requirement failed."""

    def broken(_options):
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(listing, "act_list", broken)
    code, out, err = say(capsys, "list", "plants")
    assert (code, out) == (3, "")
    assert len(err.splitlines()) == 1
    assert "an error of the rig, not of a controller: ZeroDivisionError: division by zero" in err
    file = Path(re.search(r"please send (\S+) to", err)[1])
    text = file.read_text()
    file.unlink()
    assert "Traceback" in text
    assert text.splitlines()[0].startswith("geotwin ")


def test_a_full_disk_is_told_as_one(capsys, monkeypatch):
    def full(_options):
        raise OSError(errno.ENOSPC, "No space left on device", "runs/office/recording.parquet")

    monkeypatch.setattr(listing, "act_list", full)
    code, _, err = say(capsys, "list", "plants")
    assert code == 3
    assert "the disk is full (runs/office/recording.parquet); what was written until now is kept" in err
