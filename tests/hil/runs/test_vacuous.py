"""A criterion that fails nobody is told, and every later report of the scenario says it."""

import json
import shutil
from pathlib import Path

import pytest

from hil.cli import main
from hil.controllers.registry import family
from twin.recorded import open_recording

CLINIC = Path(__file__).parents[1] / "data" / "clinic"
SCENARIO = """\
scenario: winter
title: Two hours of winter
why: to see which criteria can fail
requirements: {REQ-1: "Rooms are warm", REQ-2: "Units run"}
plant: office
weather: beijing_record_cold_day
clock: {start: "2026-01-15T04:00:00+08:00", duration: 3 h, scan: 10 s}
warm_up: 2 h
expect:
  - {id: it-is-winter, requirement: REQ-1, always: weather.outdoor_temp < 10 degC}
  - {id: supply, requirement: REQ-2, always: load_meter.supply_temp > 35 degC}
"""


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "winter.yaml"
    file.write_text(SCENARIO)
    return file


def test_the_criteria_that_fail_nobody_are_listed_and_stand_in_the_report(file, tmp_path, capsys):
    out = ("--out", str(tmp_path / "runs"))
    assert main(["run", str(file), *out]) == 0
    report = (tmp_path / "runs" / "office" / "winter" / "report.html").read_text()
    assert "was not tried: `geotwin vacuous office/winter`" in report
    capsys.readouterr()
    assert main(["vacuous", str(file), *out]) == 0
    said = capsys.readouterr().out
    assert "1 of 2 criteria failed no controller that was tried (none, hold, no_standby" in said
    assert said.rstrip().endswith(": it-is-winter")
    kept = json.loads((tmp_path / "runs" / "office" / "winter.tried.json").read_text())
    assert kept["controllers"] == ["none", "hold", *family("office")]
    assert kept["verdicts"]["supply"][0] == "fail"
    assert set(kept["verdicts"]["it-is-winter"]) == {"pass"}
    assert main(["run", str(file), *out]) == 0
    assert (
        "1 of 2 criteria failed no controller" in (tmp_path / "runs" / "office" / "winter" / "report.html").read_text()
    )
    file.write_text(SCENARIO.replace("35 degC", "36 degC"))
    assert main(["run", str(file), *out]) == 0
    assert "was not tried: " in (tmp_path / "runs" / "office" / "winter" / "report.html").read_text()


def test_a_controller_that_holds_everything_as_it_is_does_its_work_before(file, tmp_path):
    main(["run", str(file), "--controller", "hold", "--out", str(tmp_path)])
    recording = open_recording(tmp_path / "office" / "winter" / "recording.parquet")
    late = recording.time_s > 7201.0
    commands = [path for path in recording.paths() if path.endswith("_cmd") and not path.startswith("bus.")]
    assert len(commands) > 20
    assert any(recording.signal(path)[~late].any() for path in commands)
    for path in commands:
        held = recording.signal(path)[late]
        assert (held == held[0]).all(), path


def test_a_plant_without_a_configuration_is_tried_without_a_controller(tmp_path, monkeypatch, capsys):
    shutil.copytree(CLINIC, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    assert main(["vacuous", "scenario.yaml"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "of 12 criteria failed no controller that was tried (none): not-hot" in said
