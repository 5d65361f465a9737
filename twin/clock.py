"""The three clocks: free, real time and lockstep. They pace one and the same trajectory.

A clock is asked before each instant; it returns when that instant may happen. Lag is how late an instant began against
its absolute deadline; after an overrun the clock skips on, it never bursts to make up for lost time.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from twin.errors import RigError

SLICE_S = 0.004
"""A batch run gives way to live servers after this much computing [s]."""


MOST_STRETCHES = 1000
"""Into so many stretches of plant time, at the most, the lag of a run is divided."""


@dataclass
class Lag:
    """How late instants began [ms of real time]: a histogram fine enough for percentiles, and the worst over time.

    skipped: how often the clock was moved on; skipped_s: by how much plant time in all [s]
    worst:   the worst lag in each stretch of plant time [ms], stretch_ms long each
    """

    count: int = 0
    worst_ms: float = 0.0
    skipped: int = 0
    skipped_s: float = 0.0
    worst: list[float] = field(default_factory=list)
    stretch_ms: int = 1000
    _bins: list[int] = field(default_factory=lambda: [0] * 2001)

    def note(self, late_s: float, time_ms: int = 0) -> None:
        """Take in one lateness [s], of the instant at the plant time `time_ms`."""
        late_ms = max(0.0, late_s * 1000.0)
        self.count += 1
        self.worst_ms = max(self.worst_ms, late_ms)
        self._bins[min(2000, int(late_ms * 10.0))] += 1
        while time_ms // self.stretch_ms >= MOST_STRETCHES:
            self.worst = [max(self.worst[at : at + 2]) for at in range(0, len(self.worst), 2)]
            self.stretch_ms *= 2
        at = time_ms // self.stretch_ms
        if at >= len(self.worst):
            self.worst += [0.0] * (at + 1 - len(self.worst))
        self.worst[at] = max(self.worst[at], late_ms)

    def over_time(self) -> list[tuple[float, float]]:
        """The end of each stretch of plant time [s] and the worst lag in it [ms]."""
        return [((at + 1) * self.stretch_ms / 1000.0, worst) for at, worst in enumerate(self.worst)]

    def percentile(self, share: float) -> float:
        """The lateness [ms] that this share of instants stayed below; from bins of 0.1 ms."""
        wanted, seen = share * self.count, 0
        for number, size in enumerate(self._bins):
            seen += size
            if seen >= wanted and self.count:
                return self.worst_ms if number == 2000 else (number + 1) / 10.0
        return 0.0


class Clock(Protocol):
    """Decides when an instant may happen."""

    name: str
    lag: Lag

    async def wait(self, time_ms: int) -> None:
        """Return when the instant at plant time `time_ms` may happen."""


class Free:
    """As fast as the machine can; gives way to live servers every few milliseconds."""

    name = "free"

    def __init__(self) -> None:
        self.lag = Lag()
        self._slice_end = 0.0

    async def wait(self, time_ms: int) -> None:  # noqa: ARG002
        """Return at once, most of the time."""
        if time.monotonic() > self._slice_end:
            await asyncio.sleep(0)
            self._slice_end = time.monotonic() + SLICE_S


class Realtime:
    """`speed` seconds of plant time in one second, on absolute deadlines of the monotonic clock."""

    name = "realtime"

    def __init__(self, speed: float = 1.0, most_lag_s: float = 0.5) -> None:
        if not speed > 0.0:
            raise RigError(f"a speed of {speed:g} is not possible; it must be above 0")
        self.speed = speed
        self.lag = Lag()
        self._most_lag_s = most_lag_s
        self._start: float | None = None

    async def wait(self, time_ms: int) -> None:
        """Sleep until the deadline of the instant; when far behind, move the deadlines (skip) and count it."""
        now = time.monotonic()
        if self._start is None:
            self._start = now - time_ms / 1000.0 / self.speed
        deadline = self._start + time_ms / 1000.0 / self.speed
        await asyncio.sleep(max(0.0, deadline - now))
        late = time.monotonic() - deadline
        self.lag.note(late, time_ms)
        if late > self._most_lag_s:
            self._start += late
            self.lag.skipped += 1
            self.lag.skipped_s += late * self.speed


class Lockstep:
    """The plant advances one control period when the controller has answered."""

    name = "lockstep"

    def __init__(self, period_ms: int, answered: Callable[[int], Awaitable[None]]) -> None:
        """answered: awaited at every control instant; returns when the controller has finished its scan."""
        self.lag = Lag()
        self._period_ms = period_ms
        self._answered = answered
        self._reached = 0

    async def wait(self, time_ms: int) -> None:
        """Wait for the controller before the first instant that lies behind a control instant."""
        while time_ms > self._reached:
            await self._answered(self._reached)
            self._reached += self._period_ms
