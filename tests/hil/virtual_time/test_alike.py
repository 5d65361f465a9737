"""The same program prints the same at the same plant time in every run, however the machine is busy."""

import subprocess
import sys

import pytest

from tests.hil.virtual_time.alike import LEAST, commands
from tests.hil.virtual_time.held import play

RUNS, FEW = 8, 4


@pytest.fixture
def busy():
    """Two other processes that compute all the time."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    yield
    for one in others:
        one.kill()
        one.wait()


def outputs(built, folder, port, name, runs):
    """What each run printed, how it ended, and what it did by the real clock."""
    words, found = commands(built, folder, port)[name], []
    for number in range(runs):
        played = play(words, folder / str(number))
        found.append((played.stamped, played.fate, played.at_s, dict(played.programs.rig.escapes)))
    return found


def judge(found, name):
    first = found[0]
    assert (first[1], first[3]) == ("ended by itself with exit code 0", {})
    assert len(first[0]) >= LEAST[name]
    for other in found[1:]:
        assert other == first


@pytest.mark.parametrize("name", LEAST)
def test_alike(name, built, tmp_path, two_ports):
    judge(outputs(built, tmp_path, two_ports, name, RUNS), name)


@pytest.mark.parametrize("name", ["race", "threads", "mqtt"])
def test_alike_beside_busy_processes(name, built, tmp_path, two_ports, busy):
    judge(outputs(built, tmp_path, two_ports, name, FEW), name)


@pytest.mark.nightly
@pytest.mark.parametrize("name", LEAST)
def test_alike_a_hundred_times(name, built, tmp_path, two_ports, busy):
    judge(outputs(built, tmp_path, two_ports, name, 100), name)
