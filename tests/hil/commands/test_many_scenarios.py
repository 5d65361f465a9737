"""Several scenarios in one command: one after the other or side by side, with a page and a summary over all."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from hil.cli import main
from twin.recorded import fingerprint

SCENARIO = """\
scenario: {name}
title: "A winter <morning> | {name}"
why: to be run with others
plant: office
clock: {{start: "2026-01-15T08:00:00+08:00", duration: {duration}, scan: 10 s}}
expect:
  - {{id: warm, always: "zone_*.temp > {least} degC"}}
"""
NAMES = ("one", "two", "three")


@pytest.fixture
def files(tmp_path):
    """Three scenarios; the second fails."""

    def write(duration="10 min"):
        found = []
        for number, name in enumerate(NAMES):
            file = tmp_path / f"{name}.yaml"
            file.write_text(SCENARIO.format(name=name, duration=duration, least=40 if number == 1 else 10))
            found.append(str(file))
        return found

    return write


def suites(out):
    root = Xml.parse(out / "junit.xml").getroot()  # noqa: S314  (our own file)
    for suite in root.iter("testsuite"):
        for volatile in ("time", "timestamp"):
            suite.attrib.pop(volatile, None)
    root.attrib.pop("time")
    return Xml.tostring(root)


def table(said):
    return [line for line in said.splitlines() if re.search(r" (pass|fail) ", line)]


def test_side_by_side_gives_the_same_in_the_same_order(tmp_path, files, capsys):
    said = {}
    for out, more in (("serial", ()), ("jobs", ("--jobs", "2"))):
        assert main(["run", *files(), "--out", str(tmp_path / out), *more]) == 1
        said[out] = capsys.readouterr().out
    assert table(said["serial"]) == table(said["jobs"])
    assert suites(tmp_path / "serial") == suites(tmp_path / "jobs")
    for name in NAMES:
        one, other = (tmp_path / out / "office" / name / "recording.parquet" for out in ("serial", "jobs"))
        assert fingerprint(one) == fingerprint(other)
    assert {f"office/{name}: " for name in NAMES} <= {line[: line.find(": ") + 2] for line in said["jobs"].splitlines()}


def test_what_cannot_be_run_beside_others_is_an_error_of_its_own(tmp_path, files, capsys):
    one, two, three = files()
    Path(two).write_text(Path(two).read_text() + "initial: {zone_1.temp: 5000 degC}\n")
    assert main(["run", one, two, three, "--out", str(tmp_path / "runs"), "--jobs", "2"]) == 2
    said = capsys.readouterr().out
    assert "error: two: " in said
    assert "3 scenarios: 1 error, 2 pass" in said


def test_a_controller_from_outside_is_at_one_plant_at_a_time(files, capsys):
    words = ["run", *files(), "--jobs", "2", "--controller", "modbus:127.0.0.1:5020"]
    assert main(words) == 2
    assert "--jobs 2: one controller from outside is at one plant at a time" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "-1", "many"])
def test_jobs_are_a_number(files, capsys, text):
    assert main(["run", *files(), f"--jobs={text}"]) == 2
    assert "--jobs" in capsys.readouterr().err


def started(words, out):
    """The command at work, with the recordings of two runs begun."""
    process = subprocess.Popen([sys.executable, "-m", "hil.cli", *words], stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + 120.0
    while len([file for file in out.glob("office/*/recording.arrows") if file.stat().st_size > 100_000]) < 2:
        assert process.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    return process


def test_a_signal_ends_all_and_what_was_recorded_is_judged(tmp_path, files):
    out = tmp_path / "runs"
    process = started(["run", *files("300 d"), "--jobs", "2", "--record-every", "10", "--out", str(out)], out)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 128 + signal.SIGTERM
    for name in ("one", "two"):
        notes = json.loads((out / "office" / name / "result.json").read_text())["notes"]
        assert "the run was ended by SIGTERM" in notes[0]
    assert not (out / "office" / "three").exists()
    assert "2 scenarios: " in said


def test_a_process_that_is_killed_costs_its_scenario_only(tmp_path, files):
    out = tmp_path / "runs"
    one, two, three = files("300 d")
    for file in (two, three):
        Path(file).write_text(Path(file).read_text().replace("300 d", "5 d"))
    process = started(["run", one, two, three, "--jobs", "2", "--record-every", "10", "--out", str(out)], out)
    marks = out.glob("office/one.runs/*/.geotwin-run")
    os.kill(int(next(marks).read_text().split()[0]), signal.SIGKILL)
    said, _ = process.communicate(timeout=240)
    assert process.returncode == 3
    assert "the process of this run ended without a result (exit code -9)" in said
    assert "3 scenarios: 1 error, 1 fail, 1 pass" in said


def test_the_page_over_all_scenarios_and_the_summary(tmp_path, files, capsys):
    out, summary = tmp_path / "runs", tmp_path / "summary.txt"
    summary.write_text("Before.\n")
    assert main(["run", *files(), "--out", str(out), "--summary", str(summary), "--dut", "ACME, 1.0"]) == 1
    assert f"all scenarios: {out / 'index.html'}" in capsys.readouterr().out
    page = (out / "index.html").read_text()
    links = re.findall(r'href="(office/[^"]+)"', page)
    assert len(links) == 3
    assert all((out / link).is_file() for link in links)
    assert "A winter &lt;morning&gt;" in page
    assert "3 scenarios: 1 fail, 2 pass" in page
    told = summary.read_text()
    assert told.startswith("Before.\n")
    assert "| `office` | `two` | ACME, 1.0 | **fail** |" in told
    assert "- fail: `office/two / warm`: " in told


def test_a_page_of_somebody_else_stays(tmp_path, files, capsys):
    out = tmp_path / "runs"
    out.mkdir()
    (out / "index.html").write_text("<p>mine</p>")
    assert main(["run", *files(), "--out", str(out)]) == 1
    assert "it is there and was not written by geotwin" in capsys.readouterr().out
    assert (out / "index.html").read_text() == "<p>mine</p>"


def test_a_single_scenario_has_no_page_over_all_and_accounts_only_when_asked(tmp_path, files, capsys):
    out = tmp_path / "runs"
    assert main(["run", files()[0], "--out", str(out)]) == 0
    quiet = capsys.readouterr().out
    assert not (out / "index.html").exists()
    assert "report: " in quiet
    assert "energy closes" not in quiet
    assert main(["run", files()[0], "--out", str(out), "--accounts"]) == 0
    told = capsys.readouterr().out
    assert "office/one: energy closes to " in told
    assert "delivered: " in told
    assert "water of well_1 to well_4" in told
