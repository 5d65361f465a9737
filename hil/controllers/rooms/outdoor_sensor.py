"""The outdoor thermometer: what it reads, and what is taken for it once its reading can be none."""

from hil.bench.bus_link import Link
from hil.controllers.settings.settings import Celsius, Settings
from hil.controllers.timers import OffDelay


class OutdoorSensor:
    """Outdoor temperature for the curves of a program.

    refused: the reading is not believed; goes out with its cause
    """

    def __init__(self, link: Link, settings: Settings) -> None:
        """Find the register of the outdoor temperature."""
        self._view, self._place = link.view, link.place("weather.outdoor_temp")
        self._range = settings.outdoor_range
        self.refused = False
        self._last: float | None = None
        self._kept = OffDelay(settings.outdoor_hold_s)

    def look(self, time_s: float) -> None:
        """Keep a good reading; forget it when there has been none for too long. Clauses RM-1.5, RM-1.6."""
        good = self._good()
        self.refused = not good
        if good:
            self._last = float(self._view[self._place])
        if not self._kept.update(time_s, good):
            self._last = None

    def temp(self, design: Celsius) -> float:
        """Outdoor temperature [degC]; design: taken where no good reading is known. Clause RM-1.6."""
        if self._good():
            return float(self._view[self._place])
        return design if self._last is None else self._last

    def _good(self) -> bool:
        """Whether the reading can be one; an unknown one (NaN) can not. Clause RM-1.5."""
        low, high = self._range
        return bool(low <= self._view[self._place] <= high)
