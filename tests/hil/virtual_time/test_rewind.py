"""Runs with programs that are saved and gone on from, and what computing costs a program in plant time."""

import json

import pytest

from hil.traffic.file import Traffic
from tests.hil.virtual_time.test_runs import FAULT, PROGRAM, Ran

LATER = FAULT.replace("KIND", "freeze")
EARLIER = LATER.replace("at: 3 min", "at: 1 min")


@pytest.fixture
def saved(tmp_path, capsys):
    """A run that was saved at 2 min, and the file."""
    run = Ran(tmp_path / "saved", capsys, "--save-at", "2 min")
    assert run.code == 0, run.said
    return run, run.folder / "state-at-2-min.state"


def test_what_if_goes_on_from_where_the_saved_run_stood(saved, tmp_path, capsys):
    before, state = saved
    assert f"saved: {state.resolve()}" in before.said
    run = Ran(tmp_path / "what_if", capsys, "--from", str(state), extra=LATER)
    assert run.code == 0, run.said
    assert "goes on from 2 min of a run of single_well/held, which the programs went through again in" in run.text(
        "report.html"
    )
    until = [time for time in before.writes() if time < 180]
    assert run.writes()[: len(until)] == until
    assert run.writes() != before.writes()


def test_another_past_is_an_error_of_the_run(saved, tmp_path, capsys):
    run = Ran(tmp_path / "what_if", capsys, "--from", str(saved[1]), extra=EARLIER)
    assert run.code == 3
    assert "at 2 min the plant stands elsewhere than in that run; its past is another one" in run.said


def test_another_program_is_refused(saved, tmp_path, capsys):
    run = Ran(tmp_path / "other", capsys, "--from", str(saved[1]), controllers=(f"{PROGRAM} 1000 20",))
    assert run.code == 2
    assert "is of " in run.said
    assert not run.folder.exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"geotwin_programs": 2}', "[" * 100_000, "PK\x03\x04"])
def test_a_file_that_is_none_is_refused(text, saved, tmp_path, capsys):
    file = tmp_path / "none.state"
    file.write_text(text)
    run = Ran(tmp_path / "other", capsys, "--from", str(file))
    assert run.code == 2
    assert f"--from {file}: not the saved run of a program" in run.said


def test_words_that_were_changed_do_not_pass_for_another_state(saved, tmp_path, capsys):
    words = json.loads(saved[1].read_text())
    file = tmp_path / "changed.state"
    file.write_text(json.dumps(words | {"time_ms": 60_000}))
    run = Ran(tmp_path / "other", capsys, "--from", str(file))
    assert run.code == 3
    assert "at 1 min the plant stands elsewhere" in run.said


def asked(folder):
    """When each request came, and how long its answer took [s]."""
    seen = [one for one in Traffic(folder).exchanges() if one.event == "request"]
    return [((one.received - seen[0].received) / 1e9, (one.answered - one.received) / 1e9) for one in seen]


def test_a_scan_costs_what_it_is_charged(tmp_path, capsys):
    free = asked(Ran(tmp_path / "free", capsys).folder)
    charged = asked(Ran(tmp_path / "charged", capsys, "--charge", "200 ms").folder)
    assert {took for _, took in free + charged} == {0.0}
    assert free[3][0] == 10.0
    assert charged[3][0] == pytest.approx(10.2, abs=1e-6)
    assert len(charged) < len(free)


def test_a_request_costs_what_it_is_charged(tmp_path, capsys):
    charged = asked(Ran(tmp_path / "charged", capsys, "--charge", "50 ms/request").folder)
    assert {took for _, took in charged} == {0.05}
    assert charged[1][0] == pytest.approx(0.05, abs=1e-6)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--charge", "5 ms/day"], "'day' is neither scan nor request"),
        (["--charge", "2 min"], "2 min is outside 0 s .. 60 s"),
        (["--charge", "5 ms", "--clock", "realtime"], "--charge is for programs on the plant's clock"),
    ],
)
def test_a_charge_that_cannot_be(words, said, tmp_path, capsys):
    try:
        run = Ran(tmp_path / "run", capsys, *words)
        told = run.said
    except SystemExit:
        told = capsys.readouterr().err
    assert said in told
