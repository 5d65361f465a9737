"""Staged response to a cold source: warn and unload, at last stop."""

from bisect import bisect_left

from hil.controllers.settings.settings import Settings
from hil.controllers.timers import OnDelay

LIMITS = (0.0, 25.0, 50.0, 100.0)
"""Demand limit [%] at each level: stopped, two levels of unloading, free."""
STOPPED, FREE = 0, 3


class LowSource:
    """Goes down at once to the level that the evaporators' leaving water calls for, and up one level at a time.

    stopped: units must not run; limit: their demand limit [%]; alarm: anything but free
    """

    def __init__(self, settings: Settings) -> None:
        """Start free."""
        self.settings = settings
        self.level = FREE
        self._low, self._high = OnDelay(settings.source_delay_s), OnDelay(settings.source_up_s)

    @property
    def stopped(self) -> bool:
        """Units must not run."""
        return self.level == STOPPED

    @property
    def alarm(self) -> bool:
        """Units are held back. Clause SO-3.3."""
        return self.level != FREE

    @property
    def limit(self) -> float:
        """Demand limit of the units [%]."""
        return LIMITS[self.level]

    def update(self, time_s: float, leaving: float | None, source: float) -> None:
        """Judge the source.

        leaving: coldest water leaving a running evaporator [degC], None when no unit runs or none can be too cold
        source:  water coming from the source [degC]

        Clauses SO-3.1, SO-3.2.
        """
        settings = self.settings
        temp = source if leaving is None else leaving
        called = FREE if leaving is None else bisect_left(settings.source_levels, temp)
        if called < self.level:
            self._high.reset()
            if self._low.update(time_s, True):
                self.level = called
                self._low.reset()
            return
        self._low.reset()
        back = settings.source_levels[2] if self.level == 1 else settings.source_restart
        if self._high.update(time_s, self.level != FREE and temp >= back):
            self.level += 1
            self._high.reset()
