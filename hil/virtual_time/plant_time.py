"""Plant time as programs read it: their wall clock and their monotonic clock, in nanoseconds."""

import struct

SECOND = 1_000_000_000
BOOTED = 1000 * SECOND
"""What the monotonic clock shows when the run begins [ns]: a machine that has been up for a while."""
_WALL = (0, 5, 8, 11)
"""CLOCK_REALTIME, _REALTIME_COARSE, _REALTIME_ALARM and _TAI."""
_OWN = (2, 3)
"""CLOCK_PROCESS_CPUTIME_ID and CLOCK_THREAD_CPUTIME_ID: computing takes its real time."""
LATEST = 4_000_000_000
"""Seconds that are taken for ever."""


class PlantTime:
    """now: since the beginning of the run [ns]; wall: what the wall clock showed then [ns since 1970, UTC]."""

    def __init__(self) -> None:
        self.now, self.wall = 0, 0

    def shown(self, clock: int) -> int | None:
        """What a clock of the kernel shows [ns]; None for one of the time that a program computes."""
        if clock in _OWN or clock < 0:
            return None
        return self.wall + self.now if clock in _WALL else BOOTED + self.now

    def until(self, clock: int, shown: int) -> int:
        """The instant at which a clock shows a time [ns]."""
        return self.now + shown - (self.shown(clock) or 0)


def timespec(data: bytes) -> int:
    """A `struct timespec` in ns."""
    seconds, rest = struct.unpack("qq", data)
    return int(min(seconds, LATEST) * SECOND + rest)


def timeval(data: bytes) -> int:
    """A `struct timeval` in ns."""
    seconds, rest = struct.unpack("qq", data)
    return int(min(seconds, LATEST) * SECOND + rest * 1000)


def as_timespec(time: int) -> bytes:
    """Nanoseconds as a `struct timespec`."""
    return struct.pack("qq", *divmod(time, SECOND))


def as_timeval(time: int) -> bytes:
    """Nanoseconds as a `struct timeval`."""
    seconds, rest = divmod(time, SECOND)
    return struct.pack("qq", seconds, rest // 1000)
