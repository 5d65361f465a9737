"""Supervision of one well: clogging by the return pressure, sand and a low level make it run with care, or stop.

The index of return pressure over flow asks for a backwash when it has doubled; sand over
1/200 000 and a low level reduce the speed first and stop the well when that does not help. Water colder than the ground
ever gives tells of a leaking seal.
"""

from hil.bench.bus_link import Link
from hil.controllers.settings.settings import Settings
from hil.controllers.timers import OnDelay


class WellGuard:
    """What the instruments of a well say about it, looked at while its pump runs.

    careful: the pump is to run slower; stop: it is to stop
    alarm: it clogs, gives sand, has little water or gives cold water; stays until the reset
    """

    def __init__(self, link: Link, station: str, settings: Settings) -> None:
        """Find the instruments of the well."""
        self.settings = settings
        self._view = link.view
        names = ("return_pressure", "return_flow", "level", "sand", "leaving_temp")
        places = [link.place(f"{station}.{name}") for name in names]
        self._pressure, self._flow, self._level, self._sand, self._leaving = places
        self.careful = self.stop = self.alarm = False
        self._worn = OnDelay(settings.worn_s)
        self._poor, self._poor_long = OnDelay(settings.poor_s), OnDelay(settings.poor_stop_s)
        self._good = OnDelay(settings.good_s)

    def index(self) -> float:
        """Return pressure over flow [kPa per m3/h]; 0 while too little flows to tell."""
        flow = self._view[self._flow]
        return float(self._view[self._pressure] / flow) if flow >= self.settings.least_well_flow else 0.0

    def low(self) -> bool:
        """Too little water to start. Clauses SO-1.7, SO-2.3."""
        return bool(self._view[self._level] < self.settings.least_level)

    def temp(self) -> float:
        """Temperature of its water [degC]."""
        return float(self._view[self._leaving])

    def look(self, time_s: float, others: float) -> None:
        """Judge the well; called while its pump runs and is proven. others: the median of those that run.

        Clauses SO-2.1, SO-2.2, SO-2.3, SO-2.4.
        """
        settings, view = self.settings, self._view
        clogged = self.index() > settings.index_factor * settings.clean_index
        odd = abs(self.temp() - others) > settings.well_spread
        worn = clogged or odd or self.temp() < settings.coldest_well
        if self._worn.update(time_s, worn):
            self.alarm = True
        high = view[self._pressure] > settings.return_high
        poor = high or view[self._sand] > settings.most_sand or self.low()
        if self._poor.update(time_s, poor):
            self.careful = self.alarm = True
        if self._poor_long.update(time_s, poor):
            self.stop = True
        if self._good.update(time_s, not poor):
            self.careful = False

    def rest(self) -> None:
        """The pump has been stopped: it begins anew with the next start. Clause SO-2.5."""
        self.careful = self.stop = False
        for timer in (self._worn, self._poor, self._poor_long, self._good):
            timer.reset()

    def reset(self) -> None:
        """Acknowledge. Clause SO-2.5."""
        self.alarm = False
