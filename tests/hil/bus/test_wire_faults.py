"""Faults of a line reach the transports: one entry in a table, known to scenarios, to the console and to the lists."""

import asyncio
from datetime import datetime

import pytest

from hil import cli
from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bus.wire_fault_kinds import WIRE_FAULTS, WireFaultKind
from hil.runs.console import Console
from hil.runs.folder import fresh_folder
from hil.runs.options import RunOptions
from hil.runs.run import Run
from plant_models.plant import build
from scenarios import read
from twin.errors import InputError
from twin.faults import FaultParameter
from twin.recorded import open_recording

START = datetime(2026, 1, 15)  # noqa: DTZ001
SCENARIO = """\
scenario: silent
title: A meter that does not answer
why: to see a fault of a line reach the bus
plant: single_well
clock: {start: "2026-01-15T08:00:00+08:00", duration: 3 min}
timeline:
  - {at: 1 min, fault: probe.slow, target: TARGET, delay: 250 ms, for: 30 s, id: slow}
expect:
  - {id: any, always: weather.outdoor_temp > -60 degC}
"""


@pytest.fixture
def slow(monkeypatch):
    """A kind of fault that only this test has."""
    kind = WireFaultKind(
        "probe.slow",
        "Answers come late.",
        (FaultParameter("delay", "s", "how late", lo=0.0, hi=60.0),),
        aims=lambda unit: unit.name != "rig",
    )
    monkeypatch.setitem(WIRE_FAULTS, "probe.slow", kind)
    return kind


def made(target: str = "load_meter", text: str = SCENARIO) -> Run:
    return Run(read(text.replace("TARGET", target), "silent.yaml"), RunOptions())


def test_a_scenario_puts_it_on_the_line_for_its_time_and_records_it(slow, tmp_path):
    run, seen = made(), {}
    wire = run.bench.bus.wire
    run.bench.schedule.every(
        10_000, 1, lambda: seen.update({run.bench.schedule.now_s: [(f.units, f.parameters) for f in wire.active]})
    )
    asyncio.run(run.play(fresh_folder(tmp_path, "silent"), lambda _: None))
    there = [(frozenset({"load_meter"}), {"delay": 0.25})]
    assert [time for time, active in seen.items() if active == there] == [70.0, 80.0, 90.0]
    assert [time for time, active in seen.items() if active] == [70.0, 80.0, 90.0]
    began, ended = (e for e in open_recording(tmp_path / "silent").events if e.id == "slow")
    assert (began.time_s, began.kind, began.detail) == (60.0, "probe.slow", "probe.slow on load_meter: delay 0.25")
    assert (ended.time_s, ended.on) == (90.0, False)


@pytest.mark.parametrize("wired", [False, True])
def test_a_device_out_of_reach_shows_the_truth_to_whoever_is_on_another_line(slow, wired):
    bench = made().bench
    bench.bus.away.wired = wired
    bench.bus.refresh(0.0)
    slot = bench.bus.slot("load_meter.supply_temp")
    end = bench.bus.wire.start("modbus.no_reply", "load_meter", {})
    bench.store.values[bench.bus.points[slot.place].source] = shown = 33.0
    bench.bus.refresh(0.0)
    assert (bench.bus.values[slot.place] == shown) == wired
    end()
    bench.bus.refresh(0.0)
    assert bench.bus.values[slot.place] == shown


def test_a_star_is_every_unit_that_can_have_it(slow):
    bench = made().bench
    end = bench.bus.wire.start("probe.slow", "*", {"delay": 1.0})
    (fault,) = bench.bus.wire.active
    assert fault.units == {unit.name for unit in bench.bus.units} - {"rig"}
    end()
    end()
    assert bench.bus.wire.active == ()


@pytest.mark.parametrize(
    ("target", "old", "new", "message"),
    [
        ("load_metre", "", "", "no unit on the bus 'load_metre'; did you mean 'load_meter'"),
        ("rig", "", "", "no unit on the bus 'rig'"),
        ("load_meter", "delay: 250 ms", "delay: 250 degC", "degC"),
        ("load_meter", "delay: 250 ms", "delay: 90 s", "up to 60 s"),
        ("load_meter", "delay: 250 ms", "late: 1 s", "no parameter of fault 'probe.slow' 'late'"),
        ("load_meter", "delay: 250 ms, ", "", "needs 'delay'"),
        ("load_meter", "probe.slow", "probe.slot", "no fault 'probe.slot'; did you mean 'probe.slow'"),
    ],
)
def test_what_cannot_be_is_refused_before_the_run(slow, target, old, new, message):
    with pytest.raises(InputError, match=message):
        made(target, SCENARIO.replace(old, new) if old else SCENARIO)


def test_the_console_and_the_list_know_it(slow, capsys):
    bench = Bench(build("single_well", START), read_bench("single_well"), START)
    bench.every(1000, lambda: None)
    said: list[str] = []
    console = Console(bench, lambda: "", said.append)
    console.say("fault probe.slow target load_meter delay 2 s")
    bench.schedule.run(2000)
    assert [fault.parameters for fault in bench.bus.wire.active] == [{"delay": 2.0}]
    console.say("active")
    assert said[-1] == "c1: probe.slow on load_meter"
    console.say("clear c1")
    bench.schedule.run(4000)
    assert bench.bus.wire.active == ()
    assert cli.main(["list", "faults"]) == 0
    assert "Answers come late." in capsys.readouterr().out
