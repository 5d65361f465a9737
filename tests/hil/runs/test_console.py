"""The console of `serve`: what is typed happens at the next tick, what is wrong is told, nothing else changes."""

import asyncio
import io
import re
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from hil import cli
from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.runs.console import LONGEST_LINE, MOST_LINES, Console, lines_of
from plant_models.plant import build

START = datetime(2026, 1, 15)  # noqa: DTZ001
DOCS = Path(__file__).parents[3] / "docs"


class Desk:
    """A console at a plant, with what it said."""

    def __init__(self) -> None:
        self.bench = Bench(build("office", START), read_bench("office"), START)
        self.bench.every(1000, lambda: None)
        self.bench.schedule.run(0)
        self.said: list[str] = []
        self.console = Console(self.bench, lambda: "fine", self.said.append)

    def type(self, *lines: str, run_s: float = 2.0) -> list[str]:
        """Type lines, let time pass, and return what was said."""
        self.said.clear()
        for line in lines:
            assert self.console.say(line)
        if run_s > 0.0:
            self.bench.schedule.run(self.bench.schedule.now_ms + round(1000 * run_s))
        return self.said


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_switch_is_turned_at_the_next_tick(desk):
    assert desk.type("set panel.season_selector to summer") == ["c1: panel.season_selector = summer"]
    assert desk.type("read panel.season_selector") == ["panel.season_selector = 2 (summer)"]


def test_a_physical_fault_begins_ends_and_can_be_cleared(desk):
    said = desk.type("fault source_pump_1.fault_trip", "active")
    assert said[0] == "c1: source_pump_1.fault_trip"
    assert re.match(r"\d+ s: c1 begins: source_pump_1.fault_trip = 1: ", said[1])
    assert desk.bench.read("source_pump_1.fault_trip") == 1.0
    desk.type("clear c1")
    assert desk.bench.read("source_pump_1.fault_trip") == 0.0
    assert desk.type("active") == ["no fault is present"]
    desk.type("fault well_1.seal_leak to 0.2 over 100 s for 150 s", run_s=50.0)
    assert 0.05 < desk.bench.read("well_1.seal_leak") < 0.15
    desk.type("", run_s=60.0)
    assert desk.bench.read("well_1.seal_leak") == pytest.approx(0.2)
    desk.type("", run_s=60.0)
    assert desk.bench.read("well_1.seal_leak") == 0.0


def test_a_sensor_reads_wrong_on_the_bus_only(desk):
    desk.type("fault sensor.offset target load_meter.supply_temp offset 3 K")
    true = desk.bench.read("load_meter.supply_temp")
    assert desk.bench.read("bus.load_meter.supply_temp") == pytest.approx(true + 3.0, abs=0.1)
    assert "c1 ends" in "".join(desk.type("clear all"))
    true = desk.bench.read("load_meter.supply_temp")
    assert desk.bench.read("bus.load_meter.supply_temp") == pytest.approx(true, abs=0.1)


def test_a_fault_of_the_line_is_put_on_chosen_requests(desk):
    desk.type("fault modbus.no_reply target source_meter table ir addresses 0-3 count 5")
    desk.type("fault modbus.few_connections target * most 2 when_full oldest")
    first, second = desk.bench.bus.wire.active
    assert (first.scope.table, first.scope.last, first.scope.count) == ("ir", 3, 5.0)
    assert second.parameters == {"most": 2.0, "when_full": "oldest"}


def test_find_and_read_are_bounded(desk):
    assert any("seal_leak (fault): seal leaks" in line for line in desk.type("find seal"))
    assert len(desk.type("find e")) == 41
    assert len(desk.type("read zone_[1-8].temp")) == 8
    assert desk.type("find xyzzy") == ["nothing has 'xyzzy' in its name or meaning"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("sett panel.season_selector to summer", "no word 'sett'; did you mean 'set'?"),
        ("set", "set: what?"),
        ("set panel.season_selector", "to"),
        ("set panel.season_selector to", "'to' needs a value"),
        ("set panel.season_selector to sumer", "sumer"),
        ("set hp_1.power to 3 kW", "follows from the plant"),
        ("set hp_1.powr to 3 kW", "did you mean 'power'"),
        ("fault hp_1.power", "is a sensor, not a fault"),
        ("fault sensor.offset", "needs a target"),
        ("fault sensor.ofset target hp_1.power offset 3 kW", "did you mean 'sensor.offset'"),
        ("fault well_1.seal_leak to 7", "outside"),
        ("fault well_1.seal_leak to 0.1 to 0.2", "'to' is given twice"),
        ("clear c9", "no fault 'c9'"),
        ("read nothing", "is not a path"),
        ("set panel.season_selector to {x: [1, 2]}", "not done"),
        ('set panel.season_selector to __import__("os").system("true")', "not done"),
        ("set \x1b[31m.x to \x07", "not done"),
        ("x" * (LONGEST_LINE + 1), "at most 500"),
        ("find " + "(" * 400, "nothing has"),
    ],
)
def test_a_wrong_line_is_told_and_changes_nothing(desk, line, message):
    before = desk.bench.store.snapshot()
    said = desk.type(line, run_s=0.0)
    assert len(said) == 1
    assert message in said[0]
    assert "\x1b" not in said[0]
    assert np.array_equal(desk.bench.store.snapshot(), before, equal_nan=True)
    assert desk.console.present == {}


def test_the_lines_of_the_page(desk):
    text = (DOCS / "for-commissioning.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"--console\n```\n\n```text\n(.*?)```", text, re.DOTALL)
    said = desk.type(*lines.splitlines())
    assert not [line for line in said if "not done" in line]
    assert desk.bench.read("panel.season_selector") == 2.0


def test_serve_takes_lines_until_quit(capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("help\nnonsense\nquit\n"))
    assert cli.main(["serve", "office", "--modbus-port", "0", "--console", "--for", "30"]) == 0
    said = capsys.readouterr().out
    assert "no word 'nonsense'" in said
    assert "clear ID, clear all" in said


def test_a_file_of_any_length_is_read_no_faster_than_its_lines_are_carried_out():
    """A loop that is busy finds MOST_LINES waiting, not the whole file."""
    read, taken = [], []

    class Endless(io.StringIO):
        def readline(self, size=-1):
            read.append(size)
            return "status\n" if len(read) <= 10 * MOST_LINES else ""

    async def run():
        lines_of(Endless(), taken.append)
        time.sleep(0.3)
        assert len(read) <= MOST_LINES + 1
        async with asyncio.timeout(20):
            while len(taken) < 10 * MOST_LINES:
                await asyncio.sleep(0.01)

    asyncio.run(run())
