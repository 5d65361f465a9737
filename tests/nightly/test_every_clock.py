"""One trajectory: every scenario of the library, free and in lockstep, and with other hashes in another process."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hil.bench.scenario_choice import chosen
from hil.runs.folder import fresh_folder
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios.ready import ready_scenarios
from twin.recorded import fingerprint

pytestmark = pytest.mark.nightly
ELSEWHERE = """
import sys
from pathlib import Path
from tests.nightly.test_every_clock import recorded
print(recorded(sys.argv[1], Path(sys.argv[2]), "free"))
"""


def recorded(name: str, folder: Path, clock: str) -> str:
    """The fingerprint of the recording of a scenario with the reference controller."""
    (scenario,) = chosen(name, None)
    into = fresh_folder(folder, clock)
    asyncio.run(Run(scenario, RunOptions(clock=clock)).play(into, lambda _: None))
    return fingerprint(into / "recording.parquet")


@pytest.mark.parametrize("name", ready_scenarios())
def test_clock_process_and_hashes_make_no_difference(name, tmp_path):
    free = recorded(name, tmp_path, "free")
    assert recorded(name, tmp_path, "lockstep") == free
    words = [sys.executable, "-c", ELSEWHERE, name, str(tmp_path / "elsewhere")]
    environment = os.environ | {"PYTHONHASHSEED": "7", "PYTHONPATH": str(Path(__file__).parents[2])}
    said = subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout
    assert said.strip() == free
