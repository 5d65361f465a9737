"""One heat-pump unit as the controller sees it, with the controller's own guard against short cycles."""

import math

from hil.bench.bus_link import Link
from hil.controllers.settings.settings import Settings
from hil.controllers.timers import OnDelay

HOUR = 3600.0
CHECK_S = 60.0
"""Orders are read back this often [s]."""
ASTRAY = 0.3
"""What is read back and differs by more than this from what was ordered is ordered again."""


class Unit:
    """Registers of a unit, what it has been asked for, and when it last ran and started.

    A unit that has started before the controller did is taken to have stopped at the controller's first look.
    """

    def __init__(self, link: Link, name: str, settings: Settings, boiler: bool = False) -> None:
        """Find the registers of the unit `name`; a boiler has neither mode nor evaporator."""
        self.name = name
        self._write, self._again, self._view, self._settings = link.write, link.again, link.view, settings
        place = link.place
        self._enable = place(f"{name}.enable_cmd")
        self._mode = None if boiler else place(f"{name}.mode_cmd")
        self._sp, self._limit = place(f"{name}.leaving_temp_sp"), place(f"{name}.capacity_limit_cmd")
        self._reset = place(f"{name}.reset_cmd")
        self._running, self._alarm = place(f"{name}.running"), place(f"{name}.alarm")
        self._capacity, self._starts = place(f"{name}.capacity"), place(f"{name}.starts")
        self._run_hours = place(f"{name}.run_hours")
        self._evaporator = None if boiler else place(f"{name}.evaporator_leaving_temp")
        self.on = self.running = self.alarm = False
        self.capacity = 0.0
        self.stopped_at: float | None = None
        self._run = OnDelay(settings.min_on_s)
        self._started: list[float] = []
        self._orders: dict[int, float] = {}
        self._checked_at = 0.0

    def look(self, time_s: float) -> None:
        """Read proof, alarm and capacity; remember when it ran and started. Clause UN-1.3."""
        view = self._view
        was, self.running = self.running, view[self._running] > 0.5
        self._run.update(time_s, self.running)
        self.alarm = view[self._alarm] > 0.5
        self.capacity = view[self._capacity] / 100.0 if self.running else 0.0
        if self.running:
            self.stopped_at = time_s
            if not was:
                self._started = [*(t for t in self._started if time_s - t < HOUR), time_s]
        elif self.stopped_at is None:
            self.stopped_at = time_s if view[self._starts] > 0.0 else -self._settings.min_off_s
        if time_s - self._checked_at >= CHECK_S:
            self._read_back(time_s)

    def rested(self, time_s: float) -> bool:
        """Whether the minimum off time is over. Clause UN-1.1."""
        off_at = self.stopped_at
        return not self.running and off_at is not None and time_s - off_at >= self._settings.min_off_s

    def may_start(self, time_s: float) -> bool:
        """Whether a start may be asked for: healthy, rested, and not too many starts in the last hour.

        Clause UN-1.1.
        """
        recent = sum(time_s - t < HOUR for t in self._started)
        return not self.alarm and self.rested(time_s) and recent < self._settings.max_starts

    def may_stop(self, time_s: float) -> bool:
        """Whether it stands, or has run for the minimum on time since it or the controller started it.

        Clause UN-1.2.
        """
        return not self.running or self._run.holds(time_s)

    def enable(self) -> None:
        """Ask for a start."""
        self._order(self._enable, 1.0)
        self.on = True

    def disable(self, time_s: float) -> None:
        """Ask for a stop."""
        self._order(self._enable, 0.0)
        if self.on and self.running:
            self.stopped_at = time_s
        self.on = False

    def hours(self) -> float:
        """Run hours, as the unit counts them."""
        return float(self._view[self._run_hours])

    def evaporator_temp(self) -> float:
        """Water leaving the evaporator [degC]; that of a boiler is never too cold."""
        return math.inf if self._evaporator is None else float(self._view[self._evaporator])

    def set_mode(self, cooling: bool) -> None:
        """Which leaving water the unit is to control."""
        if self._mode is not None:
            self._order(self._mode, 1.0 if cooling else 0.0)

    def set_leaving_temp(self, temp: float) -> None:
        """Set point of the controlled leaving water [degC]."""
        self._order(self._sp, temp)

    def limit(self, percent: float) -> None:
        """Demand limit [%]."""
        self._order(self._limit, percent)

    def push_reset(self, pushed: bool) -> None:
        """Hold or release the unit's reset."""
        self._write(self._reset, 1.0 if pushed else 0.0)

    def _order(self, place: int, value: float) -> None:
        self._orders[place] = value
        self._write(place, value)

    def _read_back(self, time_s: float) -> None:
        """Tell orders again that a unit has missed, has forgotten, or that somebody has changed. Clause UN-1.4."""
        self._checked_at = time_s
        for place, value in self._orders.items():
            if abs(self._view[place] - value) > ASTRAY:
                self._again(place, value)
