"""Staged response to a cold source: warn and unload, at last stop."""

from bisect import bisect_left

from hil.controllers.settings.settings import Settings

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
        self._low_since: float | None = None
        self._high_since: float | None = None

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
            self._high_since = None
            self._low_since = time_s if self._low_since is None else self._low_since
            if time_s - self._low_since >= settings.source_delay_s:
                self.level, self._low_since = called, None
            return
        self._low_since = None
        back = settings.source_levels[2] if self.level == 1 else settings.source_restart
        if self.level == FREE or temp < back:
            self._high_since = None
        elif self._high_since is None:
            self._high_since = time_s
        elif time_s - self._high_since >= settings.source_up_s:
            self.level, self._high_since = self.level + 1, None
