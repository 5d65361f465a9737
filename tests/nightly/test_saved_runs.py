"""Every scenario of the library, saved at two instants and gone on from each: as if it had never been halted."""

import asyncio
import random

import pytest

from hil.bench.scenario_choice import chosen
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios.ready import ready_scenarios
from twin.journal import JOURNAL_FILE, noted
from twin.recorded import RECORDING_FILE, fingerprint, open_recording

pytestmark = pytest.mark.nightly


def happened(scenario, folder, **options):
    """Rows, writes, events and verdicts of a run."""
    result = asyncio.run(Run(scenario, RunOptions(out=folder.parent, **options)).play(folder, lambda _: None))
    outcomes = [(one.id, one.verdict, one.margin, one.at_s) for one in result.outcomes]
    rows = fingerprint(folder / RECORDING_FILE)
    return rows, list(noted(folder / JOURNAL_FILE)), open_recording(folder).events, outcomes, result.notes


@pytest.mark.parametrize("name", ready_scenarios())
def test_it_goes_on_bit_for_bit(name, tmp_path):
    (scenario,) = chosen(name, None)
    drawn = random.Random(name)
    times_s = tuple(float(round(drawn.uniform(1.0, scenario.clock.duration - 1.0))) for _ in range(2))
    whole = happened(scenario, tmp_path / "whole")
    assert happened(scenario, tmp_path / "saving", save_at=times_s) == whole
    states = sorted((tmp_path / "saving").glob("*.state"))
    assert states
    for state in states:
        assert happened(scenario, tmp_path / state.stem, state=state) == whole, state.name
