"""What a suite can see: mutants on the bus, the matrix, and the command that tries them."""

import json
import socket
from datetime import datetime

import pytest

from hil import cli
from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.bus_link import BusLink
from hil.campaigns.campaign import Kept
from hil.campaigns.case import OWN, Case, Seen, run_case
from hil.campaigns.drawing import drawn, in_reach
from hil.campaigns.matrix import ANY, matrix
from hil.campaigns.mutant import KINDS, READS, WRITES, Mutant
from hil.campaigns.tampering import Restarting, Tampering
from hil.campaigns.use import Use
from hil.runs.options import RunOptions
from plant_models.plant import build
from scenarios import read

START = datetime(2026, 1, 15, 8)  # noqa: DTZ001
SCENARIO = """\
scenario: morning
title: A quarter of an hour
why: to be tried
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 15 min, scan: 5 s}
warm_up: 5 min
requirements: {REQ-1: water flows to the rooms, REQ-2: the standby pump rests, REQ-3: air is no ice}
expect:
  - {id: flow, requirement: REQ-1, always: "load_meter.flow > 10 m3/h"}
  - {id: source, requirement: REQ-2, never: source_pump_2.running}
  - {id: never, requirement: REQ-3, always: "weather.outdoor_temp > -60 degC"}
"""


@pytest.fixture
def bench():
    made = Bench(build("office", START, 86400.0), read_bench("office"), START)
    made.bus.inbox.queue.clear()
    made.every(1000, lambda: None)
    made.schedule.run(0)
    return made


def orders(bench, mutant, *given, until_s=0.0):
    """What reaches the plant of commands given as (register, value), by path; then time passes."""
    Tampering(mutant).attach(bench, 0.0, 3600.0)
    link, found = BusLink(bench.bus), []
    put = bench.bus.inbox.put
    bench.bus.inbox.put = lambda path, value, source: (found.append((path, value)), put(path, value, source))
    for name, value in given:
        link.write(link.place(name), value)
    if until_s:
        bench.schedule.run(round(until_s * 1000))
    return found


@pytest.mark.parametrize(
    ("mutant", "given", "arrives"),
    [
        (Mutant("lost", "well_pump_1.enable_cmd"), 1.0, []),
        (Mutant("inverted", "well_pump_1.enable_cmd"), 1.0, [("well_pump_1.enable_cmd", 0.0)]),
        (Mutant("inverted", "well_pump_1.speed_cmd"), 30.0, [("well_pump_1.speed_cmd", 0.7)]),
        (Mutant("scaled", "well_pump_1.speed_cmd"), 80.0, [("well_pump_1.speed_cmd", 0.08)]),
        (Mutant("scaled", "hp_1.leaving_temp_sp"), 45.0, []),
        (Mutant("shifted", "well_pump_1.speed_cmd", "well_pump_1.reset_cmd"), 1.0, [("well_pump_1.reset_cmd", 1.0)]),
        (Mutant("swapped", "well_pump_1.speed_cmd", "well_pump_2.speed_cmd"), 80.0, [("well_pump_2.speed_cmd", 0.8)]),
        (Mutant("swapped", "well_pump_2.speed_cmd", "well_pump_1.speed_cmd"), 80.0, [("well_pump_2.speed_cmd", 0.8)]),
        (Mutant("lost", "well_pump_2.enable_cmd"), 1.0, [("well_pump_1.enable_cmd", 1.0)]),
    ],
    ids=lambda value: value.name if isinstance(value, Mutant) else "",
)
def test_what_arrives_of_a_command(bench, mutant, given, arrives):
    name = "well_pump_1.speed_cmd" if mutant.kind == "swapped" else mutant.register.replace("pump_2", "pump_1")
    found = orders(bench, mutant, (name, given))
    assert [(path, pytest.approx(value)) for path, value in arrives] == found


def test_commands_that_stay_come_late_or_come_again(bench):
    command = "well_pump_1.enable_cmd"
    assert orders(bench, Mutant("stuck", command), (command, 1.0), (command, 0.0)) == [(command, 1.0)] * 2


@pytest.mark.parametrize(("kind", "before", "after"), [("late", 299, 301), ("repeated", 119, 121)])
def test_a_command_at_another_time(bench, kind, before, after):
    command = "well_pump_1.enable_cmd"
    now = [(command, 1.0)] if kind == "repeated" else []
    found = orders(bench, Mutant(kind, command), (command, 1.0), until_s=before)
    assert found == now
    bench.schedule.run(after * 1000)
    assert found == [*now, (command, 1.0)]


@pytest.mark.parametrize("kind", READS)
def test_a_read_shows_something_else(bench, kind):
    name = "source_meter.supply_temp"
    slot, other = bench.bus.slot(name), bench.bus.slot("source_meter.return_temp")
    Tampering(Mutant(kind, name, "source_meter.return_temp")).attach(bench, 60.0, 3600.0)
    source, seen = int(bench.bus.points[slot.place].source), []
    for second in range(0, 1201, 60):
        bench.store.values[source] = 10.0 + second / 100.0
        bench.bus.refresh(float(second))
        seen.append(float(bench.bus.values[slot.place]))
    expected = {
        "stale": [*[10.0] * 10, *(10.0 + second / 100.0 for second in range(0, 601, 60))],
        "frozen": [10.0, *[10.6] * 20],
        "biased": [13.0 + second / 100.0 for second in range(0, 1201, 60)],
        "neighbour": [float(bench.bus.values[other.place])] * 21,
    }
    assert seen == pytest.approx(expected[kind], abs=0.01)


def test_a_controller_starts_anew_without_memory():
    class Counting:
        def __init__(self):
            self.scans = 0

        def scan(self, _time_s):
            self.scans += 1

    made = []
    controller = Restarting(lambda: made.append(Counting()) or made[-1], [10.0, 20.0])
    for second in range(30):
        controller.scan(float(second))
    assert [one.scans for one in made] == [10, 10, 10]


def test_mutants_are_drawn_over_all_registers_and_kinds(bench):
    reads = {f"well_{n}.leaving_temp" for n in (1, 2)} | {"source_meter.flow", "source_pump_1.running"}
    writes = {f"well_pump_{n}.enable_cmd" for n in (1, 2)} | {"source_pump_1.speed_cmd", "panel.life_sign"}
    use = Use(frozenset(reads), frozenset(writes))
    found = drawn(use, bench.bus, 60, 1)
    assert found == drawn(use, bench.bus, 60, 1)
    assert drawn(use, bench.bus, 20, 1) != drawn(use, bench.bus, 20, 2)
    few = drawn(use, bench.bus, 9, 1)
    assert {one.register for one in few} == reads | writes | {""}
    assert {one.kind for one in found} == set(KINDS) - {"word_swapped"}, "no command of these has two words"
    assert len({one.name for one in found}) == len(found) > 35
    assert all(one.other for one in found if one.kind in ("swapped", "shifted", "neighbour"))
    assert all(one.kind in WRITES for one in found if one.register in writes)


def test_a_mutant_runs_where_it_can_make_a_difference():
    use = Use(frozenset({"a.temp"}), frozenset({"b.cmd"}))
    assert in_reach(Mutant("lost", "b.cmd"), use)
    assert in_reach(Mutant("biased", "a.temp"), use)
    assert in_reach(Mutant("restarted"), use)
    assert not in_reach(Mutant("lost", "a.temp"), use)
    assert not in_reach(Mutant("biased", "b.cmd"), use)


def seen(who, failed, writes, about=None):
    verdicts = {name: "fail" if name in failed else "pass" for name in ("flow", "source", "never")}
    return Seen("office/morning", who, verdicts, writes, about or {})


def test_the_matrix_says_who_was_caught_by_what_and_what_nobody_saw():
    lost, bias, lamp = (
        Mutant("lost", "source_pump_1.speed_cmd"),
        Mutant("biased", "hp_1.power"),
        Mutant("late", "panel.alarm"),
    )
    all_seen = [
        seen(OWN, ["never"], "0"),
        seen("none", ["flow", "source", "never"], "1"),
        seen("sleepy", ["source"], "2"),
        seen(lost.name, ["source"], "3", {"source": ("source_meter.flow",)}),
        seen(bias.name, ["flow"], "4", {"flow": ("load_meter.flow",)}),
        seen(lamp.name, [], "0"),
    ]
    others = {"none": ("nothing", ANY), "sleepy": ("sleeps", ("REQ-2",))}
    found = matrix({"office/morning": read(SCENARIO, "m.yaml")}, all_seen, [lost, bias, lamp], others)
    assert {row.who: row.said for row in found.rows} == {
        "none": "caught", "sleepy": "caught", lost.name: "caught", bias.name: "caught by another requirement",
        lamp.name: "no effect",
    }  # fmt: skip
    assert found.failing == ["office/morning: never"]
    assert found.silent == []
    assert found.sentence().startswith("4 of 4 that make a difference were caught (100 %), 3 of them by")


def test_a_case_is_run_judged_and_kept(tmp_path):
    scenario = read(SCENARIO, "m.yaml")
    own = run_case(Case(scenario, "office/morning", OWN), RunOptions())
    assert own.failed == []
    assert {"source_pump_1.enable_cmd", "panel.life_sign"} <= own.use.written
    assert "source_meter.supply_temp" in own.use.read
    mutant = Mutant("lost", "source_pump_1.enable_cmd")
    other = run_case(Case(scenario, "office/morning", mutant.name, mutant), RunOptions())
    assert "source" in other.failed
    assert other.writes != own.writes
    case = Case(scenario, "office/morning", OWN)
    Kept(tmp_path, "reference").add(case, own)
    with (tmp_path / "power.jsonl").open("a") as file:
        file.write('{"case": ["cut')
    assert Kept(tmp_path, "reference").find(case) == own
    assert Kept(tmp_path, "another").find(case) is None
    changed = read(SCENARIO.replace("15 min", "16 min"), "m.yaml")
    assert Kept(tmp_path, "reference").find(Case(changed, "office/morning", OWN)) is None


def test_the_command_tries_prints_and_goes_on(tmp_path, capsys):
    file = tmp_path / "morning.yaml"
    file.write_text(SCENARIO)
    words = ["power", str(file), "--mutants", "5", "--jobs", "2", "--out", str(tmp_path / "out")]
    code = cli.main(words)
    said = capsys.readouterr().out
    assert code == 1, said
    assert "failed nobody: office/morning: never" in said
    assert "that make a difference were caught" in said
    assert "What this suite can see" in (tmp_path / "out" / "power.html").read_text()
    tried = json.loads((tmp_path / "out" / "office" / "morning.tried.json").read_text())
    assert {"none", "hold"} < set(tried["controllers"])
    assert cli.main(words) == 1
    again = capsys.readouterr().out
    assert " left)" not in again, "what was run is known"
    assert again.splitlines()[-3:] == said.splitlines()[-3:]


def test_a_run_of_the_controller_that_breaks_ends_the_campaign_and_is_not_kept(tmp_path, capsys):
    file = tmp_path / "morning.yaml"
    file.write_text(SCENARIO)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = [
            "power",
            str(file),
            "--controller",
            f"modbus:127.0.0.1:{port}",
            "--exec",
            "true",
            "--out",
            str(tmp_path),
        ]
        assert cli.main(words) == 3
    said = capsys.readouterr()
    assert "office/morning: the run of the controller under test broke: " in said.err
    assert f"port {port}" in said.err
    assert not (tmp_path / "power.jsonl").exists(), "a run that broke is tried again the next time"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["cold_snap", "--controller", "modbus:127.0.0.1:5020"], "every run needs a controller of its own"),
        (["cold_snap", "household_5_6/steady_winter_day"], "a controller runs one plant"),
        (["cold_snap", "--controller", "referense"], "did you mean 'reference'"),
    ],
)
def test_what_cannot_be_tried_is_refused(words, message, tmp_path, capsys):
    assert cli.main(["power", *words, "--out", str(tmp_path)]) == 2
    assert message in capsys.readouterr().err
