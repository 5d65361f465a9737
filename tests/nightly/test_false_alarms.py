"""A sound controller passes every scenario of the library, whenever it begins and its events come, however it scans.

Each scenario is run with the bands of `vary` and another scan: the verdict of no criterion may depend on them. All of
them are for the night; those whose verdicts once did depend are moved with every change.
"""

import asyncio
import os
from pathlib import Path

import pytest

from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import load
from scenarios.criteria.verdict import PASS, WARN
from scenarios.ready import ready_scenarios
from scenarios.vary import Vary

SHIFTS = int(os.environ.get("GEOTWIN_SHIFTS", "4"))
SCANS_S = (1.0, 2.0, 5.0, 10.0)
BANDS = Vary(start="5 min", events="90 s", weather="0.3 K", instruments="0.05 K")
MOVED_ONCE = ("household_5_6/cold_snap", "office/large_leak", "single_well/well_pump_failure")
"""Scenarios in which the sound controller once failed a moved run: a window closed in the middle of a grace, a pressure
that falls between two looks, a room at its limit."""


def failed(name: str, number: int, folder: Path) -> list[str]:
    """What did not pass: criterion, verdict and what was seen."""
    scenario = load(name)
    clock = scenario.clock.model_copy(update={"scan": max(SCANS_S[number % len(SCANS_S)], scenario.clock.tick)})
    shifted = scenario.model_copy(update={"clock": clock, "vary": BANDS})
    run = Run(shifted, RunOptions(seed=number, out=folder))
    folder.mkdir()
    result = asyncio.run(run.play(folder, lambda _: None))
    return [
        f"{outcome.id}: {outcome.verdict} {outcome.margin} {outcome.unit} {outcome.detail} ({run.variation.sentence()})"
        for outcome in result.judged()
        if outcome.verdict not in (PASS, WARN)
    ]


@pytest.mark.parametrize("name", MOVED_ONCE)
@pytest.mark.parametrize("number", [7, 8], ids=["scan of 10 s", "scan of 1 s"])
def test_what_once_failed_when_moved_passes_with_the_longest_and_the_shortest_scan(name, number, tmp_path):
    assert failed(name, number, tmp_path / "run") == []


@pytest.mark.nightly
@pytest.mark.parametrize("name", ready_scenarios())
@pytest.mark.parametrize("number", range(1, SHIFTS + 1))
def test_a_sound_controller_passes_however_the_run_is_moved(name, number, tmp_path):
    assert failed(name, number, tmp_path / "run") == []
