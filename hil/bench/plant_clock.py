"""Plant time as the clock registers of devices have it: hour, minute, second, day, month, year and weekday."""

from datetime import UTC, datetime
from typing import Any

from hil.bus.bus import Bus
from twin.store import Store

PARTS = ("year", "month", "day", "hour", "minute", "second", "weekday")
POINTS = tuple(f"rig.local_{part}" for part in PARTS)
"""Points of the rig that follow from `rig.local_time`; computed where a device shows one of them, and not recorded."""
_DAY_S = 86400.0


def shows_clock(bus: Bus) -> bool:
    """Whether a device of the bench shows a part of plant time."""
    return not bus.shown().keys().isdisjoint(POINTS)


class PlantClock:
    """Keeps the points of POINTS up to date."""

    def __init__(self, store: Store) -> None:
        self._values: Any = store.values.data
        self._slots = [store.index(path) for path in POINTS]
        self._day = -1.0

    def forget(self) -> None:
        """Compute everything anew at the next moment: the points were changed by somebody else."""
        self._day = -1.0

    def show(self, local_s: float) -> None:
        """Show a moment of local standard time [s since 1970-01-01 00:00]."""
        values, (year, month, day, hour, minute, second, weekday) = self._values, self._slots
        number, rest = divmod(local_s, _DAY_S)
        if number != self._day:
            self._day = number
            date = datetime.fromtimestamp(number * _DAY_S, UTC)
            values[year], values[month], values[day] = date.year, date.month, date.day
            values[weekday] = date.isoweekday()
        values[hour], rest = divmod(rest, 3600.0)
        values[minute], values[second] = divmod(rest, 60.0)
