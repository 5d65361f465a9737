"""The clocks, on a monotonic clock of the test's own."""

import asyncio

import pytest

from twin import clock
from twin.clock import Free, Lag, Lockstep, Realtime
from twin.errors import RigError


@pytest.fixture
def wall(monkeypatch):
    """Real time as the test wants it: sleeping moves it on."""

    class Wall:
        def __init__(self):
            self.now, self.slept = 1000.0, []

    wall = Wall()

    async def sleep(seconds):
        wall.slept.append(seconds)
        wall.now += seconds

    monkeypatch.setattr(clock.time, "monotonic", lambda: wall.now)
    monkeypatch.setattr(clock.asyncio, "sleep", sleep)
    return wall


def test_realtime_keeps_absolute_deadlines(wall):
    paced = Realtime(speed=10.0)

    async def run():
        for time_ms in range(0, 60_000, 1000):
            await paced.wait(time_ms)
            wall.now += 0.03  # computing does not add up
        return wall.now

    assert asyncio.run(run()) == pytest.approx(1000.0 + 59 * 0.1 + 0.03)
    assert paced.lag.worst_ms < 1e-6


def test_realtime_skips_after_an_overrun_and_never_bursts(wall):
    paced = Realtime(speed=1.0)

    async def run():
        for time_ms in range(0, 10_000, 1000):
            await paced.wait(time_ms)
            if time_ms == 3000:
                wall.now += 5.0

    asyncio.run(run())
    assert paced.lag.skipped == 1
    assert paced.lag.worst_ms == pytest.approx(4000.0)
    assert wall.slept[-5:] == pytest.approx([1.0] * 5)


def test_a_speed_must_be_positive():
    with pytest.raises(RigError, match="speed of 0"):
        Realtime(0.0)


def test_free_gives_way_once_a_slice(wall):
    free = Free()

    async def run():
        for time_ms in range(100):
            await free.wait(time_ms)
            wall.now += 0.001

    asyncio.run(run())
    assert 18 <= len(wall.slept) <= 26


def test_lockstep_waits_for_every_scan_before_the_plant_goes_on():
    asked = []

    async def answered(time_ms):
        asked.append(time_ms)

    stepped = Lockstep(5_000, answered)

    async def run():
        for time_ms in (0, 1_000, 5_000, 5_500, 12_000):
            await stepped.wait(time_ms)

    asyncio.run(run())
    assert asked == [0, 5_000, 10_000]


def test_lag_percentiles():
    lag = Lag()
    for late_ms in range(100):
        lag.note(late_ms / 1000.0)
    assert lag.percentile(0.5) == pytest.approx(49.1, abs=0.2)
    assert lag.percentile(0.99) == pytest.approx(98.1, abs=0.2)
    assert lag.worst_ms == pytest.approx(99.0)
    assert Lag().percentile(0.99) == 0.0
    lag.note(7.5)
    assert lag.percentile(1.0) == pytest.approx(7500.0)
