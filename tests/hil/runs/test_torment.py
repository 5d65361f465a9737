"""Lies are drawn by a seed, spread over the scenario, told on the wire, and listed with what became of them."""

import json
import re
import socket
import sys

import pytest

from hil.bus.wire_fault_kinds import CONTROLLER_FAULTS, WIRE_FAULTS
from hil.cli import main
from hil.runs.torment import _KINDS, lies, tormented
from scenarios import load, read
from twin.errors import InputError

UNITS = ["hp_1", "hp_2", "load_meter"]
SCENARIO = """\
scenario: short
title: Half an hour of winter
why: to be lied to
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 30 min, scan: 5 s}
expect:
  - {id: warm, always: "zone_*.temp > 10 degC"}
"""


def free(port):
    """Whether nobody listens at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


def test_every_kind_of_the_line_is_among_the_lies():
    drawn = {f"{line}.{kind}" for line, kinds in _KINDS.items() for kind in kinds}
    apart = {"modbus.close_after", "modbus.few_connections", "mqtt.session_lost", *CONTROLLER_FAULTS}
    assert drawn == WIRE_FAULTS.keys() - apart


@pytest.mark.parametrize("line", _KINDS)
def test_the_seed_draws_them_and_every_kind_comes_once_before_one_comes_twice(line):
    scenario, count = load("office/cold_snap"), len(_KINDS[line])
    told = lies(scenario, UNITS, 7, count, 60.0, line)
    assert told == lies(scenario, UNITS, 7, count, 60.0, line)
    assert told != lies(scenario, UNITS, 8, count, 60.0, line)
    assert sorted(re.search(rf"{line}\.(\w+)", lie.line)[1] for lie in told) == sorted(_KINDS[line])
    tormented(scenario, told)
    times = [float(re.search(r"at: (\d+) s", lie.line)[1]) for lie in told]
    assert times == sorted(times)
    assert times[0] >= scenario.warm_up
    assert times[-1] < scenario.clock.duration


@pytest.mark.parametrize(
    "timeline",
    [
        "",
        "timeline:\n  - {at: 1 min, set: panel.alarm_reset, to: 1}\n",
        "timeline:   # with a remark\n\n# and another\n- {at: 1 min, set: panel.alarm_reset, to: 1}\n",
    ],
)
def test_lies_go_into_any_timeline(timeline):
    scenario = read(SCENARIO.replace("expect:", f"{timeline}expect:"), "short.yaml")
    told = tormented(scenario, lies(scenario, UNITS, 1, 5, 1.0, "modbus"))
    assert len(told.timeline) == len(scenario.timeline) + 5
    again = read(told.text, "again")
    assert [entry.id for entry in again.timeline] == [entry.id for entry in told.timeline], "it can be judged again"


def test_a_timeline_in_one_line_is_told():
    scenario = read(SCENARIO.replace("expect:", "timeline: []\nexpect:"), "short.yaml")
    with pytest.raises(InputError, match="write an entry a line"):
        tormented(scenario, lies(scenario, UNITS, 1, 5, 1.0, "modbus"))


def test_a_controller_in_the_process_has_no_wire(capsys):
    assert main(["torment", "cold_snap", "--controller", "reference"]) == 2
    assert "there is no wire to lie on" in capsys.readouterr().err


def test_a_controller_is_lied_to_and_what_it_did_is_listed(tmp_path, capsys):
    file, out = tmp_path / "short.yaml", tmp_path / "runs"
    file.write_text(SCENARIO)
    port = next(port for port in range(21000, 29000, 2) if free(port) and free(port + 1))
    program = f"{sys.executable} -m hil.cli controller reference --modbus {{host}}:{{port}} --scan 5"
    code = main(
        ["torment", str(file), "--controller", f"modbus:127.0.0.1:{port}", "--speed", "60", "--lies", "8",
         "--exec", program, "--out", str(out)]
    )  # fmt: skip
    said = capsys.readouterr().out
    assert code == 0, said
    folder = out / "office" / "short"
    assert json.loads((folder / "result.json").read_text())["verdict"] == "pass"
    assert len(re.findall(r"modbus\.\w+ on ", said)) == 8
    report = (folder / "report.html").read_text()
    assert "Lies told to the controller" in report
    assert report.count("modbus.") >= 8
