"""What a run leaves behind: signals over time and what the timeline did. All that a criterion ever sees."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, unknown
from twin.event import Event

Floats = NDArray[np.float64]


class Directory(Protocol):
    """The names that a condition may use: the points of a plant, or the signals of a recording.

    A path with the prefix `bus.` is the value that the controller reads; without it, the true value.
    """

    def unit(self, path: str) -> str:
        """The unit of a path; InputError with the nearest name where there is none."""

    def paths(self) -> Iterable[str]:
        """Every path."""

    def values(self, path: str) -> Mapping[int, str]:
        """The names of the numbers of an enumeration; empty for any other point."""


class Recording(Directory, Protocol):
    """Signals over time. A value holds until the next time; times increase and need not be equidistant.

    time_s: seconds from the start of the scenario [s]
    events: what the timeline did, in order of time
    """

    @property
    def time_s(self) -> Floats: ...

    @property
    def events(self) -> Sequence[Event]: ...

    def signal(self, path: str) -> Floats:
        """The values of a path, one for each time, in the unit of the path; NaN where the value is not known."""


class MemoryRecording:
    """A recording held in memory."""

    def __init__(
        self,
        time_s: Iterable[float],
        signals: Mapping[str, Iterable[float]],
        units: Mapping[str, str] | None = None,
        events: Iterable[Event] = (),
        values: Mapping[str, Mapping[int, str]] | None = None,
    ) -> None:
        """Signals without an entry in `units` have the unit "1" (yes or no, counts, fractions)."""
        self.time_s: Floats = np.asarray(list(time_s), np.float64)
        self.events: Sequence[Event] = sorted(events, key=lambda event: event.time_s)
        self._signals = {path: np.asarray(list(numbers), np.float64) for path, numbers in signals.items()}
        self._units = dict(units or {})
        self._values = {path: dict(names) for path, names in (values or {}).items()}
        check_times(self.time_s)
        for path, numbers in self._signals.items():
            if numbers.shape != self.time_s.shape:
                raise InputError(f"{path!r} has {numbers.size} values for {self.time_s.size} times")

    def signal(self, path: str) -> Floats:
        """The values of a path; InputError with the nearest name where it was not recorded."""
        self._known(path)
        return self._signals[path]

    def unit(self, path: str) -> str:
        """The unit of a path."""
        self._known(path)
        return self._units.get(path, "1")

    def paths(self) -> Iterable[str]:
        """Every recorded path."""
        return self._signals

    def values(self, path: str) -> Mapping[int, str]:
        """The names of the numbers of an enumeration."""
        self._known(path)
        return self._values.get(path, {})

    def _known(self, path: str) -> None:
        if path not in self._signals:
            raise unknown("recorded signal", path, self._signals)


def check_times(time_s: Floats) -> None:
    """InputError unless there is at least one time and the times increase strictly and are finite."""
    if time_s.size == 0:
        raise InputError("the recording is empty; expected at least one time")
    if not np.isfinite(time_s).all() or (np.diff(time_s) <= 0).any():
        raise InputError("the times of the recording do not increase strictly")
