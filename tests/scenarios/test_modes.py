"""The table of modes names scenarios that are there, and requirements that they judge."""

import re
from pathlib import Path

import pytest

from scenarios import load
from scenarios.ready import ready_scenarios

TEXT = (Path(__file__).parents[2] / "docs" / "modes.md").read_text(encoding="utf-8")
ROWS = [
    (mode, re.findall(r"`([a-z0-9_/]+)`", names), re.findall(r"REQ-[A-Z]+-\d{3}", asked))
    for mode, names, asked in re.findall(r"^\| ([^|`]+) \| (`[^|]+) \| ([^|]+) \|$", TEXT, re.MULTILINE)
]


def full(name: str) -> str:
    return name if "/" in name else f"office/{name}"


@pytest.mark.parametrize(("mode", "names", "asked"), ROWS, ids=[row[0] for row in ROWS])
def test_a_mode_is_brought_about_and_judged(mode: str, names: list[str], asked: list[str]) -> None:
    judged = {criterion.requirement for name in names for criterion in load(full(name)).expect}
    assert set(asked) <= judged, mode
    assert names
    assert asked


def test_every_scenario_of_the_office_has_its_mode() -> None:
    told = {full(name) for _, names, _ in ROWS for name in names}
    assert {name for name in ready_scenarios() if name.startswith("office/")} <= told
