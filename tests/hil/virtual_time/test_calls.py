"""Every call that tells, or waits for, time is answered from plant time, as the kernel would from its own."""

import time

import pytest

from tests.hil.virtual_time.held import WALL_S, Stopwatch, play

CHECKS = {
    "clocks": 28, "descriptors": 32, "timers": 31, "interruptions": 24, "threads": 16, "sockets": 14, "processes": 18,
}  # fmt: skip
"""The programs, and how many lines each prints at least."""


@pytest.mark.parametrize("name", CHECKS)
def test_calls(name, built, tmp_path):
    wall, watch = time.time(), Stopwatch()
    played = play([built(name), *([WALL_S] if name == "clocks" else [])], tmp_path)
    assert [line for line in played.lines if not line.startswith("ok ")] == []
    assert len(set(played.lines)) == len(played.lines)
    assert (played.code, played.programs.rig.escapes) == (0, {})
    assert len(played.lines) >= CHECKS[name]
    assert abs(time.time() - wall - watch.s) < 1.0  # the machine's own clock is as it was
