"""The operator's side of a controller: season selector, emergency stop, reset button, and the sign of life."""

from hil.bench.bus_link import Link
from hil.controllers.timers import OffDelay

RESET_S = 20.0
"""Resets of equipment are held this long."""
SIGN_S = 60.0
"""The life sign is raised this often [s]."""
SIGNS = 65536


class OperatorPanel:
    """What the operator turns and pushes, and what is shown beside the lamps.

    pressed: the emergency stop is pressed
    stopped: it was, and has not been acknowledged since
    """

    def __init__(self, link: Link) -> None:
        """Find the registers of the panel."""
        self._view, self._write, place = link.view, link.write, link.place
        self._selector, self._stop = place("panel.season_selector"), place("panel.emergency_stop")
        self._button, self._season = place("panel.alarm_reset"), place("panel.season")
        self._life_sign = place("panel.life_sign")
        self.pressed = self.stopped = False
        self._pushed = False
        self._reset = OffDelay(RESET_S)
        self._resetting = True

    @property
    def selected(self) -> int:
        """The season that the operator wants."""
        return int(self._view[self._selector])

    def acknowledged(self, time_s: float) -> bool:
        """Look at stop and button, at every scan; True when the operator has just acknowledged.

        Nothing is acknowledged while the emergency stop is pressed.

        Clauses OP-1.1, OP-1.2.
        """
        view = self._view
        self.pressed = bool(view[self._stop] > 0.5)
        if self.pressed:
            self.stopped = True
        pushed = bool(view[self._button] > 0.5)
        acknowledged = pushed and not self._pushed and not self.pressed
        self._pushed = pushed
        if acknowledged:
            self.stopped = False
            self._reset.hold(time_s)
            self._resetting = True
        return acknowledged

    def resets(self, time_s: float) -> bool | None:
        """Hold (True) or release (False) the resets of equipment; None when they have been released. Clause OP-1.3."""
        if not self._resetting:
            return None
        self._resetting = self._reset.holds(time_s)
        return self._resetting

    def show(self, time_s: float, season: int) -> None:
        """The season it works in, and the life sign. Clause OP-2.2."""
        self._write(self._season, season)
        self._write(self._life_sign, int(time_s / SIGN_S) % SIGNS)
