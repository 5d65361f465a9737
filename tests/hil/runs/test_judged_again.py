"""Nothing that was recorded is lost: a run that was killed can be judged, and a finished one again."""

import json
import signal
import subprocess
import sys
import time

import pytest

from hil.cli import main

SCENARIO = """\
scenario: short
title: A winter morning
why: to be killed
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 10 h, scan: 10 s}
expect:
  - {id: warm, always: "zone_*.temp > 10 degC"}
  - {id: cold, never: "zone_1.temp > 10 degC"}
"""


def test_a_killed_run_is_judged_on_what_there_is(tmp_path, capsys):
    file, folder = tmp_path / "short.yaml", tmp_path / "runs" / "office" / "short"
    file.write_text(SCENARIO)
    process = subprocess.Popen(
        [sys.executable, "-m", "hil.cli", "run", str(file), "--clock", "realtime", "--speed", "600",
         "--out", str(tmp_path / "runs")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    stream = folder / "recording.arrows"
    until = time.monotonic() + 120.0
    while time.monotonic() < until and not (stream.exists() and stream.stat().st_size > 1_000_000):
        assert process.poll() is None
        time.sleep(0.1)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    assert not (folder / "recording.parquet").exists()
    assert main(["judge", str(folder)]) == 1
    said = capsys.readouterr().out
    assert "the run did not come to its end; judged on what was recorded until then" in said
    result = json.loads((folder / "result.json").read_text())
    assert {one["id"]: one["verdict"] for one in result["criteria"]} == {"warm": "inconclusive", "cold": "fail"}
    assert result["plant"] == "office"
    assert (folder / "report.html").stat().st_size > 10_000
    assert (folder / "junit.xml").exists()


@pytest.mark.parametrize("seed", [None, "5"])
def test_a_finished_run_judged_again_has_the_same_verdicts(tmp_path, seed):
    file, folder = tmp_path / "short.yaml", tmp_path / "runs" / "office" / "short"
    text = SCENARIO.replace("duration: 10 h", "duration: 20 min").replace(
        "expect:",
        (
            "timeline:\n  - {at: 5 min, fault: load_pump_1.fault_trip, to: 1, id: down}\nexpect:\n"
            "  - {id: told, after: down, within: 5 min, alarm: load_pump_1.alarm_trip}"
        ),
    )
    file.write_text(text)
    main(["run", str(file), "--out", str(tmp_path / "runs"), *(("--seed", seed) if seed else ())])
    first = json.loads((folder / "result.json").read_text())
    assert main(["judge", str(folder)]) == 1
    again = json.loads((folder / "result.json").read_text())
    assert again["criteria"] == first["criteria"]
    assert (again["plant"], again["controller"], again["seed"]) == (first["plant"], first["controller"], first["seed"])


def test_a_folder_without_a_recording_or_with_another_one_s_is_refused(tmp_path, capsys):
    assert main(["judge", str(tmp_path)]) == 2
    file, folder = tmp_path / "short.yaml", tmp_path / "runs" / "office" / "short"
    file.write_text(SCENARIO.replace("duration: 10 h", "duration: 2 min"))
    main(["run", str(file), "--out", str(tmp_path / "runs")])
    own = folder / "scenario.yaml"
    own.write_text(own.read_text().replace("scenario: short", "scenario: other"))
    capsys.readouterr()
    assert main(["judge", str(folder)]) == 2
    assert "the recording is of the scenario 'short', not 'other'" in capsys.readouterr().err
