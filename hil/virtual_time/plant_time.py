"""Plant time as programs read it: their wall clock and their monotonic clock, in nanoseconds."""

import struct
from errno import EINVAL

SECOND = 1_000_000_000
BOOTED = 1000 * SECOND
"""What the monotonic clock shows when the run begins [ns]: a machine that has been up for a while."""
_WALL = (0, 5, 8, 11)
"""CLOCK_REALTIME, _REALTIME_COARSE, _REALTIME_ALARM and _TAI."""
_SINCE_BOOT = (1, 4, 6, 7, 9)
"""CLOCK_MONOTONIC, _MONOTONIC_RAW, _MONOTONIC_COARSE, _BOOTTIME and _BOOTTIME_ALARM."""
LATEST = 4_000_000_000
"""Seconds that are taken for ever."""


class PlantTime:
    """now: since the beginning of the run [ns]; wall: what the wall clock showed then [ns since 1970, UTC]."""

    def __init__(self) -> None:
        self.now, self.wall = 0, 0

    def shown(self, clock: int) -> int | None:
        """What a clock of the kernel shows [ns]; None for one of the time that a program computes, and for none."""
        if clock in _WALL:
            return self.wall + self.now
        return BOOTED + self.now if clock in _SINCE_BOOT else None

    def until(self, clock: int, shown: int) -> int:
        """The instant at which a clock shows a time [ns]."""
        return self.now + shown - (self.shown(clock) or 0)


class NotATimeError(OSError):
    """A program gives a time that the kernel refuses, too."""

    def __init__(self) -> None:
        super().__init__(EINVAL, "not a time")


def timespec(data: bytes) -> int:
    """A `struct timespec` in ns; NotATimeError where it is none."""
    seconds, rest = struct.unpack("qq", data)
    return _time(seconds, rest, SECOND)


def timeval(data: bytes) -> int:
    """A `struct timeval` in ns; NotATimeError where it is none."""
    seconds, rest = struct.unpack("qq", data)
    return _time(seconds, rest, 1_000_000)


def long_timeval(data: bytes) -> int:
    """A `struct timeval` of `select`, which may have more than a million microseconds, in ns."""
    seconds, rest = struct.unpack("qq", data)
    if seconds < 0 or rest < 0:
        raise NotATimeError
    return _time(seconds + rest // 1_000_000, rest % 1_000_000, 1_000_000)


def _time(seconds: int, rest: int, in_a_second: int) -> int:
    if seconds < 0 or not 0 <= rest < in_a_second:
        raise NotATimeError
    return min(seconds, LATEST) * SECOND + rest * (SECOND // in_a_second)


def as_timespec(time: int) -> bytes:
    """Nanoseconds as a `struct timespec`."""
    return struct.pack("qq", *divmod(time, SECOND))


def as_timeval(time: int) -> bytes:
    """Nanoseconds as a `struct timeval`."""
    seconds, rest = divmod(time, SECOND)
    return struct.pack("qq", seconds, rest // 1000)
