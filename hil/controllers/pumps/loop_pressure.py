"""The pressure of a loop, watched."""

from hil.bench.bus_link import Link
from hil.controllers.settings.settings import Settings


class LoopPressure:
    """Pressure holding of one loop: too low stops its pumps, too high and too many make-up starts are alarms.

    low: too little water for pumps to run; it stays until the pressure is well back
    """

    def __init__(self, link: Link, name: str, settings: Settings) -> None:
        """Find the registers of the make-up unit `name`."""
        self.settings = settings
        self._view = link.view
        self._pressure, self._starts = link.place(f"{name}.pressure"), link.place(f"{name}.starts_per_hour")
        self._own_leak = link.place(f"{name}.alarm_leak")
        link.write(link.place(f"{name}.enable_cmd"), 1.0)
        self.low = self.high = self.leak = False

    def look(self) -> None:
        """Read pressure and starts. Clauses PU-5.1, PU-5.2, PU-5.3."""
        settings, pressure = self.settings, self._view[self._pressure]
        self.low = pressure < (settings.pressure_back if self.low else settings.pressure_low)
        self.high = pressure > settings.pressure_high
        self.leak = self._view[self._starts] > settings.leak_starts or self._view[self._own_leak] > 0.5
