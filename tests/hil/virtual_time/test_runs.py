"""Runs whose controllers are programs on plant time: the same bytes every time, and faults of the controller itself."""

import json
import re
import sys

import pyarrow.parquet as pq
import pytest

from hil.cli import main
from hil.runs import options
from tests.hil.virtual_time.held import HERE, Stopwatch

SCENARIO = """\
scenario: held
title: Ten minutes of winter
why: to be run by a program
plant: single_well
clock: {start: "2026-01-15T08:00:00+08:00", duration: 10 min, scan: 5 s}
EXTRAexpect:
  - {id: told, always: "rig.heartbeat >= 0 s"}
"""
PROGRAM = f"exec:{sys.executable} {HERE / 'controller.py'} {{host}} {{port}}"
STEADY = f"{PROGRAM} 1000 10"
FAULT = 'timeline:\n  - {at: 3 min, fault: controller.KIND, target: "*", for: 2 min}\n'
ASKING = ("well_pump_1.speed_cmd", "well_pump_1")


class Ran:
    """One run by the command. code: its exit code; said: what it printed; folder: of its results."""

    def __init__(self, folder, capsys, *words, extra="", controllers=(STEADY,), command="run"):
        folder.mkdir()
        file = folder / "held.yaml"
        file.write_text(SCENARIO.replace("EXTRA", extra))
        chosen = [word for one in controllers for word in ("--controller", one)]
        self.code = main([command, str(file), *chosen, *words, "--out", str(folder / "runs")])
        told = capsys.readouterr()
        self.said = told.out + told.err
        self.folder = folder / "runs" / "single_well" / "held"

    def text(self, name):
        return (self.folder / name).read_text()

    @property
    def journal(self):
        """The entries of the journal, without its head."""
        return [json.loads(line) for line in self.text("journal.jsonl").splitlines()[1:]]

    def ends(self):
        """The events of programs that ended."""
        told = json.loads(pq.read_schema(self.folder / "recording.parquet").metadata[b"geotwin"])
        return [event for event in told["events"] if event["kind"] == "controller.ended"]

    def writes(self):
        """When the program wrote the speed [s]."""
        return [one["t_ms"] / 1000 for one in self.journal if (one.get("path"), one.get("source")) == ASKING]

    def same(self):
        """All that has to be the same in every run."""
        recording, bus = (pq.read_table(self.folder / name) for name in ("recording.parquet", "bus.parquet"))
        return recording.to_pydict(), bus.drop_columns(["peer"]).to_pydict(), self.journal, self.text("controller.log")


@pytest.fixture
def ran(tmp_path, capsys, two_ports, monkeypatch):
    """Runs a scenario by the command, in a folder and at ports of its own."""
    monkeypatch.setattr(options, "EXEC_PORT", two_ports)
    return lambda *words, **more: Ran(tmp_path / f"run_{len(list(tmp_path.iterdir()))}", capsys, *words, **more)


def test_every_run_is_the_same(ran):
    first, second, third = ran(), ran(), ran()
    assert first.code == 0, first.said
    assert first.same() == second.same() == third.same()
    assert first.writes() == [10.0 * number for number in range(60)]
    log = first.text("controller.log").splitlines()
    assert log[0] == "       0.000 begun"
    assert re.fullmatch(r" {5}590\.000 59 04\w+ 08:09:50", log[-1])


def test_the_results_say_how_time_passed(ran):
    one = ran()
    assert json.loads(one.text("result.json"))["clock"] == "virtual"
    page = one.text("report.html")
    assert re.search(r"pace.{0,200}?\d+ times real time", page, re.DOTALL)
    assert re.search(r"held.{0,200}?[\d,]+ calls, time moved on [\d,]+ times", page, re.DOTALL)
    assert re.search(r"left to the real clock.{0,200}?no call", page, re.DOTALL)


def test_a_program_that_ends_makes_the_run_an_error(ran):
    one = ran(controllers=[f"{PROGRAM} 5 10"])
    assert one.code == 3
    last = re.escape("controller ended by itself with exit code 4: begun | 0 ")
    assert re.search(last + r".* that was all \(at plant time 50\.000 s\)", " ".join(one.said.split()))
    [event] = one.ends()
    assert (event["t_ms"], event["id"]) == (50000, "controller")
    assert "ended by itself with exit code 4" in event["detail"]
    assert json.loads(one.text("result.json"))["verdict"] == "error"


def test_a_scenario_may_let_it_end(ran):
    one = ran(controllers=[f"{PROGRAM} 5 10"], extra="controller_may_end: true\n")
    assert one.code == 0, one.said
    assert [event["t_ms"] for event in one.ends()] == [50000]


def test_a_frozen_program_is_missed_and_goes_on(ran):
    one = ran(extra=FAULT.replace("KIND", "freeze"))
    assert one.code == 0, one.said
    assert [time for time in one.writes() if 170 <= time <= 310] == [170.0, 300.0, 310.0]
    comm = [(e["t_ms"], e["value"]) for e in one.journal if e.get("path") == "bus.well_pump_1.alarm_comm"]
    assert comm[0] == (231000, 1.0)
    assert comm[1][1] == 0.0
    assert one.text("controller.log").count("begun") == 1
    assert one.same() == ran(extra=FAULT.replace("KIND", "freeze")).same()


def test_a_program_without_power_begins_anew(ran):
    one = ran(extra=FAULT.replace("KIND", "restart"))
    assert one.code == 0, one.said
    assert [time for time in one.writes() if 170 <= time <= 310] == [170.0, 300.0, 310.0]
    log = one.text("controller.log").splitlines()
    assert [line for line in log if "begun" in line] == ["       0.000 begun", "     300.000 begun"]
    devices = [e for e in one.journal if e["t_ms"] == 180000 and e.get("path", "").startswith("well_pump_1")]
    assert devices == [], "it is the controller that has no power, not the pump"
    assert one.same() == ran(extra=FAULT.replace("KIND", "restart")).same()


@pytest.mark.parametrize("kind", ["freeze", "restart"])
def test_the_reference_in_the_process_stands_still_too(kind, ran):
    free, hurt = (ran(controllers=["reference"], extra=extra) for extra in ("", FAULT.replace("KIND", kind)))
    assert (free.code, hurt.code) == (0, 0), hurt.said

    def signs(one):
        return [e["t_ms"] for e in one.journal if e.get("path") == "panel.life_sign" and 180e3 < e["t_ms"] < 300e3]

    assert signs(free) == [240e3]
    assert signs(hurt) == []
    assert any(e["t_ms"] >= 300e3 and e.get("path") == "panel.life_sign" for e in hurt.journal)


def test_a_controller_that_the_rig_does_not_run_cannot_be_frozen(ran, two_ports):
    one = ran(controllers=[f"modbus:127.0.0.1:{two_ports}"], extra=FAULT.replace("KIND", "freeze"))
    assert one.code == 2
    assert one.said.strip() == (
        "geotwin: action_1: controller.freeze is for a controller that the rig runs: one in the process, or "
        "exec:COMMAND on the virtual clock"
    )


def test_two_controllers_share_a_clock(ran):
    one, *more = (ran(controllers=[STEADY, f"{PROGRAM} 1000 15"]) for _ in range(4))
    assert one.code == 0, one.said
    assert set(one.writes()) == {10.0 * n for n in range(60)} | {15.0 * n for n in range(40)}
    assert one.text("controller_2.log").splitlines()[2].startswith("      15.000 1 ")
    for again in more:
        assert one.same() == again.same()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("{hots} {port}", "no placeholder 'hots'; did you mean 'host'?"),
        ("{port:wel_pump_1}", "no placeholder 'port:wel_pump_1'; did you mean 'port:well_pump_1'?"),
        ("{mqtt}", "{mqtt} means nothing here: that line is not open (--mqtt opens one)"),
    ],
)
def test_placeholders_that_mean_nothing(words, told, ran):
    one = ran(controllers=[f"exec:{sys.executable} c.py {words}"])
    assert one.code in (2, 3)
    assert told in " ".join(one.said.split())


def test_a_program_that_is_not_there(ran):
    one = ran(controllers=["exec:./no-such {port}"])
    assert (one.code, one.said.strip()) == (2, "geotwin: exec: './no-such' is not there")


def test_in_real_time_it_is_not_held(ran):
    watch = Stopwatch()
    one = ran("--clock", "realtime", "--speed", "300", controllers=[f"{PROGRAM} 1000 0.05"])
    assert watch.s > 2.0
    assert one.writes(), one.said
    assert "left to the real clock" not in one.text("report.html")
    assert one.text("controller.log").startswith("begun\n")


def test_devices_lie_to_a_program(ran):
    one = ran("--lies", "3", command="torment")
    assert one.code in (0, 1), one.said
    assert one.said.count("modbus.") >= 3


def test_a_broker_on_the_same_clock(ran):
    say = "exec:mosquitto_pub -h {host} -p {port:mqtt} -q 1 -t geotwin/single_well/panel/life_sign/set -m 7"
    one, again = (ran("--mqtt", "embedded", controllers=[say], extra="controller_may_end: true\n") for _ in range(2))
    assert one.code == 0, one.said
    signs = [(e["t_ms"], e["value"]) for e in one.journal if e.get("path") == "panel.life_sign"]
    assert [value for _, value in signs] == [7.0]
    assert one.journal == again.journal


@pytest.mark.nightly
def test_mistakes_are_put_on_the_wire_of_a_program(ran):
    one = ran("--mutants", "3", command="power")
    assert one.code in (0, 1), one.said
    assert "well_pump_1." in one.said
