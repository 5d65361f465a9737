"""Results are never lost or mixed: a run writes into a folder of its own, whoever else runs at the same time."""

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time

import pytest

from hil.cli import main
from hil.reports.junit import remove_junit
from hil.runs.folder import KEPT, MARK, fresh_folder, point_to, run_folder
from twin.errors import InputError
from twin.recorded import fingerprint

SCENARIO = """\
scenario: short
title: Ten minutes of winter
why: to be run twice at once
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 10 min, scan: 5 s}
expect:
  - {id: pumped, always: load_meter.flow > 5 m3/h, from: 5 min}
"""


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "short.yaml"
    file.write_text(SCENARIO)
    return file


def test_two_paced_runs_at_once_are_judged_on_their_own_recordings(file, tmp_path):
    """A sound and a missing controller, one scenario, one folder for results: each gets its own verdict."""
    words = [sys.executable, "-m", "hil.cli", "run", str(file), "--clock", "realtime", "--speed", "60"]
    runs = [
        subprocess.Popen(
            [*words, "--controller", name, "--out", str(tmp_path / "runs")], stdout=subprocess.PIPE, text=True
        )
        for name in ("reference", "none", "reference")
    ]
    said = [run.communicate(timeout=240)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 1, 0], said
    folders = sorted((tmp_path / "runs" / "office" / "short.runs").iterdir())
    results = [json.loads((folder / "result.json").read_text()) for folder in folders]
    assert sorted((result["controller"], result["verdict"]) for result in results) == [
        ("none", "fail"), ("reference", "pass"), ("reference", "pass"),
    ]  # fmt: skip
    assert (tmp_path / "runs" / "office" / "short").resolve() in [folder.resolve() for folder in folders]


def test_a_run_that_cannot_begin_leaves_the_last_good_result(file, tmp_path, capsys):
    out = ("--out", str(tmp_path / "runs"))
    assert main(["run", str(file), *out]) == 0
    latest = tmp_path / "runs" / "office" / "short"
    good = latest.resolve()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        words = ["--controller", f"modbus:127.0.0.1:{port}", "--clock", "realtime", "--speed", "600"]
        assert main(["run", str(file), *out, *words]) == 3
    assert latest.resolve() == good
    assert json.loads((latest / "result.json").read_text())["verdict"] == "pass"
    assert "already taken" in capsys.readouterr().out


def test_a_journal_in_the_folder_of_results_can_be_replayed(file, tmp_path):
    out = ("--out", str(tmp_path / "runs"))
    assert main(["run", str(file), *out]) == 0
    latest = tmp_path / "runs" / "office" / "short"
    first = latest.resolve()
    assert main(["run", str(file), *out, "--replay", str(latest / "journal.jsonl")]) == 0
    assert latest.resolve() != first
    assert len((first / "journal.jsonl").read_text().splitlines()) > 10
    assert fingerprint(latest / "recording.parquet") == fingerprint(first / "recording.parquet")


def test_the_oldest_runs_go_but_none_that_is_at_work_and_nothing_of_others(tmp_path):
    with contextlib.ExitStack() as stack:
        working = stack.enter_context(run_folder(tmp_path, "a/b"))
        mine = tmp_path / "a" / "b.runs" / "notes"
        mine.mkdir()
        (mine / "text").write_text("not yours")
        made = [fresh_folder(tmp_path, "a/b") for _ in range(KEPT + 3)]
        assert working.exists()
        assert (mine / "text").exists()
        assert [folder.exists() for folder in made] == [False] * 3 + [True] * KEPT
    assert (tmp_path / "a" / "b").resolve() == made[-1].resolve()
    assert (made[-1] / MARK).is_file()


def test_what_is_not_ours_is_not_moved(tmp_path):
    foreign = tmp_path / "a" / "b"
    foreign.mkdir(parents=True)
    (foreign / "photo.jpg").write_text("mine")
    with pytest.raises(InputError, match="holds no results of geotwin"):
        fresh_folder(tmp_path, "a/b")
    assert (foreign / "photo.jpg").read_text() == "mine"


def test_results_of_before_are_set_aside(tmp_path):
    old = tmp_path / "a" / "b"
    old.mkdir(parents=True)
    (old / "result.json").write_text("old")
    new = fresh_folder(tmp_path, "a/b")
    assert (tmp_path / "a" / "b").resolve() == new.resolve()
    (kept,) = (tmp_path / "a" / "b.runs").glob("before-*")
    assert (kept / "result.json").read_text() == "old"
    assert point_to(new, tmp_path, "a/b") == tmp_path / "a" / "b"


def test_attempts_make_no_room_for_themselves_at_the_cost_of_runs(tmp_path):
    good = [fresh_folder(tmp_path, "a/b") for _ in range(2)]
    for _ in range(KEPT + 2):
        with run_folder(tmp_path, "a/b"):
            pass
    latest = fresh_folder(tmp_path, "a/b")
    assert all(folder.exists() for folder in [*good, latest])
    assert len(list(latest.parent.iterdir())) == 3 + KEPT


def test_a_recording_is_judged_in_the_folder_of_its_own_run_only(file, tmp_path, capsys):
    """A recording laid into the folder of another run is not taken for that run's."""
    out = ("--out", str(tmp_path / "runs"))
    latest = tmp_path / "runs" / "office" / "short"
    assert main(["run", str(file), *out]) == 0
    first = latest.resolve()
    assert main(["run", str(file), "--controller", "none", *out]) == 1
    (latest / "recording.parquet").write_bytes((first / "recording.parquet").read_bytes())
    assert main(["judge", str(latest)]) == 2
    assert "the recording there is not of the run that the folder belongs to" in capsys.readouterr().err
    assert main(["judge", str(first)]) == 0
    assert json.loads((first / "result.json").read_text())["timing"]["run"] in (first / MARK).read_text()


def test_a_run_at_work_is_not_judged_by_others(file, tmp_path, capsys):
    with run_folder(tmp_path, "a/b", "me") as folder:
        assert main(["judge", str(folder)]) == 2
    assert "still at work (process" in capsys.readouterr().err


def test_a_folder_that_is_removed_while_a_run_is_at_work_ends_it(file, tmp_path):
    file.write_text(SCENARIO.replace("10 min", "10 h").replace("5 min", "1 h"))
    words = [sys.executable, "-m", "hil.cli", "run", str(file), "--clock", "realtime", "--speed", "60", "--out"]
    run = subprocess.Popen([*words, str(tmp_path / "runs")], stderr=subprocess.PIPE, text=True)
    latest = tmp_path / "runs" / "office" / "short"
    until = time.monotonic() + 120.0
    while not (latest / "recording.arrows").exists():
        assert time.monotonic() < until
        assert run.poll() is None
        time.sleep(0.05)
    shutil.rmtree(latest.resolve())
    _, said = run.communicate(timeout=120)
    assert run.returncode == 3, said
    assert "the recording was removed while the run was at work" in said


def test_a_replay_that_gives_nothing_is_an_error(file, tmp_path, capsys):
    out = ("--out", str(tmp_path / "runs"))
    assert main(["run", str(file), "--controller", "none", *out]) == 1
    latest = tmp_path / "runs" / "office" / "short"
    assert main(["run", str(file), *out, "--replay", str(latest / "journal.jsonl")]) == 3
    assert "nothing was replayed: 0 of 0 writes of" in capsys.readouterr().out


def test_one_scenario_of_several_that_cannot_be_run_leaves_the_others_their_verdicts(file, tmp_path, capsys):
    other = file.with_name("other.yaml")
    other.write_text(SCENARIO.replace("short", "other").replace("load_meter.flow", "load_metre.flow"))
    third = file.with_name("third.yaml")
    third.write_text(SCENARIO.replace("short", "third"))
    out = tmp_path / "runs"
    assert main(["run", str(file), str(other), str(third), "--out", str(out)]) == 2
    said = capsys.readouterr().out
    assert "3 scenarios: 1 error, 2 pass" in said
    assert "did you mean 'load_meter'" in said
    junit = (out / "junit.xml").read_text()
    assert junit.count("<testsuite ") == 3
    assert (out / "office" / "third" / "report.html").exists()


def test_a_file_of_results_that_is_not_ours_stays(file, tmp_path):
    """The first lines of a command's own file tell it from others."""
    out = tmp_path / "runs"
    out.mkdir()
    junit = out / "junit.xml"
    junit.write_text("<testsuites name='somebody'/>")
    remove_junit(out)
    assert junit.exists()
    assert main(["run", str(file), "--out", str(out)]) == 0
    assert b'name="geotwin"' in junit.read_bytes()
    remove_junit(out)
    assert not junit.exists()
