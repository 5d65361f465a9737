"""Pressure and leak supervision of the loops, and the lamps of the panel."""

from hil.controllers.link import Link
from hil.controllers.settings.settings import Settings

LAMPS = (
    "source_pump", "load_pump", "well_pump", "flow", "unit", "low_source", "changeover", "pressure", "leak", "well",
)  # fmt: skip


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
        """Read pressure and starts."""
        settings, pressure = self.settings, self._view[self._pressure]
        self.low = pressure < (settings.pressure_back if self.low else settings.pressure_low)
        self.high = pressure > settings.pressure_high
        self.leak = self._view[self._starts] > settings.leak_starts or self._view[self._own_leak] > 0.5


class Lamps:
    """The alarm lamps of the panel."""

    def __init__(self, link: Link, names: tuple[str, ...] = LAMPS) -> None:
        """Find all lamps of these names."""
        self._write = link.write
        self._all = link.place("panel.alarm")
        self._places = [link.place(f"panel.alarm_{name}") for name in names]
        self._shown: tuple[bool, ...] = ()

    def show(self, *states: bool) -> None:
        """Light the lamps, in the order of their names."""
        if states == self._shown:
            return
        self._shown = states
        for place, state in zip(self._places, states, strict=True):
            self._write(place, 1.0 if state else 0.0)
        self._write(self._all, 1.0 if any(states) else 0.0)
