"""How programs end: by themselves, by a signal, told to, or because they would never let time pass."""

import asyncio
import os
import re
import signal

import pytest

from hil.virtual_time import output, programs
from tests.hil.virtual_time.held import Stopwatch, play
from twin.errors import RigError


@pytest.fixture
def ill(built, tmp_path):
    """Plays a program that does not do well."""
    return lambda how, **more: play([built("ill"), how], tmp_path, **more)


def test_exits_at_once(ill):
    played = ill("exits")
    assert (played.fate, played.words, played.at_s) == ("ended by itself with exit code 7", "no licence", 0.0)
    assert played.stamped == ["       0.000 no licence"]


@pytest.mark.parametrize(("how", "name"), [("crash", "SIGSEGV"), ("realtime signal", "signal 37")])
def test_ends_by_a_signal(how, name, ill):
    played = ill(how)
    assert played.fate == f"was ended by {name}"
    assert played.words == ("about to fall" if how == "crash" else "")


def test_what_is_left_of_it_ends_with_the_run(ill):
    played = ill("child")
    assert (played.code, played.at_s) == (0, 1.0)


def test_one_that_ignores_the_word_is_killed(ill):
    played = ill("ignores", limit_s=10.0)
    assert (played.code, played.at_s) == (-signal.SIGKILL, 10.0 + programs.PATIENCE_S)


def test_its_last_words_are_kept(ill):
    assert ill("says", limit_s=10.0).stamped == ["      10.000 good bye at 1010.000"]


def test_killed_from_outside(ill):
    async def killed(held):
        await asyncio.sleep(3.0)
        os.kill(held.rig.programs["p"].root, signal.SIGKILL)

    played = ill("ignores", meanwhile=killed)
    assert played.fate == "was ended by SIGKILL"
    assert played.at_s == pytest.approx(3.0, abs=1.1)


NEVER_WAITS = "has let no plant time pass for N s of real time, as a loop without a pause does; the last of its calls"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("computes", f"p {NEVER_WAITS} about time was none, at plant time 0.000 s"),
        ("asks", f"p {NEVER_WAITS} about time was clock_gettime, at plant time 0.000 s"),
        ("polls", f"p {NEVER_WAITS} about time was poll, at plant time 0.000 s"),
        ("prints", f"p {NEVER_WAITS} about time was getrandom, at plant time 0.000 s"),
    ],
)
def test_one_that_never_waits_is_given_up(how, words, ill, monkeypatch):
    monkeypatch.setattr(programs, "MOST_BUSY_S", 0.4)
    watch = Stopwatch()
    with pytest.raises(RigError) as caught:
        ill(how)
    assert re.sub(r"for \d+ s", "for N s", str(caught.value)) == words
    assert watch.s < 10


def test_one_that_starts_others_without_end_is_given_up(ill, monkeypatch):
    monkeypatch.setattr(programs, "MOST_TASKS", 40)
    watch = Stopwatch()
    with pytest.raises(RigError, match=r"^p has started more than 40 threads and processes, at plant time 0\.000 s$"):
        ill("forks")
    assert watch.s < 10


def test_no_more_is_kept_of_its_words_than_a_bound(ill, monkeypatch, tmp_path):
    monkeypatch.setattr(programs, "MOST_BUSY_S", 0.3)
    monkeypatch.setattr(output, "MOST_LOG", 100_000)
    with pytest.raises(RigError):
        ill("prints")
    text = (tmp_path / "p.log").read_text()
    assert len(text) < 100_100
    assert text.endswith("\n(more was printed than is kept)\n")
