"""The tables of every word of the language: each example gives what stands behind it, and no word is left out."""

import re
from pathlib import Path

import numpy as np
import pytest

from scenarios import Event, MemoryRecording, judge, read
from scenarios.criteria.kinds import CRITERIA
from scenarios.expressions.text import COMPARISONS, FUNCTIONS, HELD, KEYWORDS, TIME_OF_DAY, WITHIN
from scenarios.phrases import measured, said
from scenarios.timeline.actions import EndFault
from scenarios.timeline.entries import ENTRIES

TEXT = (Path(__file__).parents[2] / "docs" / "scenario-language.md").read_text().partition("## Every word")[2]
ROW = re.compile(r"^\| (.*?) \| `(.*)` \| (.*?) \|$", re.MULTILINE)
VERDICTS, BEGINS = (ROW.findall(part) for part in TEXT.split("For lines of the timeline"))
HEAD = """\
scenario: example
title: example
why: example
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 10 min}
timeline:
- {at: 2 min, fault: pump_1.fault_trip, to: 1, for: 3 min, id: down}
"""
ALWAYS = "expect:\n- {id: c, always: pump_1.running}\n"


@pytest.fixture(scope="module")
def recording():
    """The recording of the page."""
    (block,) = re.findall(r"^```csv examples\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    heading, *rows = [[cell.strip() for cell in line.split(",")] for line in block.splitlines()]
    found = np.asarray(rows, float)
    time = np.arange(601.0)
    held = found[np.searchsorted(found[:, 0], time, side="right") - 1]
    names, units = zip(*(re.fullmatch(r"(\S+)(?: \[(.*)\])?", cell).groups() for cell in heading), strict=True)
    signals = dict(zip(names[1:], held.T[1:], strict=True))
    signals |= {"rig.local_time": 8 * 3600.0 + time, "pump_1.fault_trip": 0 * time, "pump_2.fault_trip": 0 * time}
    known = {name: unit for name, unit in zip(names, units, strict=True) if unit} | {"rig.local_time": "s"}
    events = [Event(120.0, "down", "physical"), Event(300.0, "down", "physical", on=False)]
    return MemoryRecording(time, signals, known, events, {"unit.mode": {0: "off", 1: "heating"}})


@pytest.mark.parametrize(("word", "example", "verdict"), VERDICTS)
def test_a_verdict(recording, tmp_path, word, example, verdict):
    (tmp_path / "flat.csv").write_text("time,supply.temp [degC]\n0,40\n600,40\n")
    scenario = read(f"{HEAD}expect:\n- {{id: c, {example}}}\n", str(tmp_path / "example.yaml"))
    scenario.check(recording)
    outcome = judge(scenario, recording)[-1]
    margin = "" if outcome.margin is None else f", {margin_of(outcome)}"
    assert f"{outcome.verdict}{margin}" == verdict, outcome
    assert outcome.sentence


def margin_of(outcome):
    return said(outcome.margin) if outcome.unit == "s" else measured(outcome.margin, outcome.unit)


@pytest.mark.parametrize(("word", "example", "begins"), BEGINS)
def test_when_a_line_begins(recording, word, example, begins):
    actions = read(f"{HEAD}- {example}\n{ALWAYS}", "example.yaml").actions(recording)[2:]
    starts = [one.start for one in actions if word == "`clear`" or not isinstance(one, EndFault)]
    times = [said(start.at_s) if start.at_s is not None else "in the run" for start in starts]
    assert ", ".join(times) == begins


def test_no_word_is_left_out():
    words = " ".join(word for word, *_ in VERDICTS + BEGINS)
    for word in [*FUNCTIONS, *KEYWORDS, *COMPARISONS, TIME_OF_DAY, HELD, WITHIN, *CRITERIA, *ENTRIES]:
        assert re.search(rf"(?<!\w){re.escape(word)}(?!\w)", words), word
