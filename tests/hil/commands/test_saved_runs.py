"""`geotwin run --save-at`, `--from` and `--no-warm-cache` as a person types them."""

import json

import pytest

from hil.cli import main
from hil.runs.states import course, warm
from twin.recorded import RECORDING_FILE, fingerprint

SCENARIO = """\
scenario: evening
title: A short evening
why: to be saved
plant: household_5_6
clock: {start: "2026-01-15T18:00:00+08:00", duration: 20 min, scan: 10 s}
warm_up: 5 min
timeline:
  - {at: 12 min, fault: pump.fault_trip, to: 1, for: 2 min, id: trip}
expect:
  - {id: clock, always: time_of_day >= 18:00}
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the scenario with these options; the exit code."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evening.yaml").write_text(SCENARIO)
    return lambda *options: main(["run", "evening.yaml", *options])


def test_a_run_is_saved_and_another_one_goes_on(run, tmp_path, capsys):
    assert run("--save-at", "10 min", "--save-at", "13min") == 0
    said = capsys.readouterr().out
    folder = tmp_path / "runs" / "household_5_6" / "evening"
    states = sorted(folder.glob("*.state"))
    assert [state.name for state in states] == ["state-at-10-min.state", "state-at-13-min.state"]
    assert said.count("saved: ") == 2
    for number, state in enumerate(states):
        assert run("--from", str(state), "--out", f"further {number}") == 0
        further = tmp_path / f"further {number}" / "household_5_6" / "evening"
        assert fingerprint(further / RECORDING_FILE) == fingerprint(folder / RECORDING_FILE)
        assert "min of a run of household_5_6/evening" in (further / "report.html").read_text()
        assert json.loads((further / "result.json").read_text())["timing"]["simulated_s"] == 1200.0


def test_what_is_no_state_ends_the_command_at_once(run, tmp_path, capsys):
    (tmp_path / "other.state").write_text("a text")
    assert run("--from", "other.state") == 2
    assert "other.state: not a state of geotwin, or damaged" in capsys.readouterr().err
    assert run("--from", "nowhere.state") == 2
    assert "nowhere.state: cannot be read: No such file" in capsys.readouterr().err
    assert run("--save-at", "20 min") == 2
    assert "--save-at 20 min is not within the run, which ends at 20 min" in capsys.readouterr().err
    assert run("--save-at", "10 min", "--clock", "realtime", "--speed", "1000") == 2
    assert "--save-at is for runs with --clock free" in capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


def test_warm_ups_are_kept_unless_nobody_wants_that(run, tmp_path, monkeypatch):
    monkeypatch.setattr(course, "PAYS_S", 0.0)
    kept = tmp_path / "runs" / warm.FOLDER
    report = tmp_path / "runs" / "household_5_6" / "evening" / "report.html"
    assert run("--no-warm-cache") == 0
    assert not kept.exists()
    assert run() == 0
    assert len(list(kept.iterdir())) == 1
    assert "Warm-up" not in report.read_text()
    assert run() == 0
    assert "Warm-up" in report.read_text()
    assert "which an earlier run has left" in report.read_text()
