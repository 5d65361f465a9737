"""The family of faulty controllers against the whole library of a plant: all that make a difference are caught."""

import json
from pathlib import Path

import pytest

from hil.campaigns.campaign import RESULTS_FILE
from hil.cli import main
from hil.controllers.registry import family

pytestmark = pytest.mark.nightly


@pytest.mark.parametrize("plant", ["office", "household_5_6", "great_hall", "sports_centre", "landscape_pool"])
def test_every_mistake_is_caught(plant: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["power", plant, "--mutants", "0", "--jobs", "2", "--out", str(tmp_path)])
    said = capsys.readouterr().out
    assert code == 0, said
    tried = {json.loads(line)["seen"]["who"] for line in (tmp_path / RESULTS_FILE).read_text().splitlines()}
    assert tried >= set(family(plant))
