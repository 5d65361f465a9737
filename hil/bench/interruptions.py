"""A controller in the process that a scenario freezes, or takes the power from."""

from collections.abc import Callable

from hil.bench.participant import Controller
from hil.bus.wire_fault_kinds import FREEZE, RESTART
from hil.bus.wire_faults import ActiveWireFault, WireFaults


class Interrupted:
    """Scans as the controller does; not while it is frozen or without power, and anew when the power is back."""

    def __init__(self, made: Callable[[], Controller], wire: WireFaults) -> None:
        """made: makes one that knows nothing yet"""
        self._made, self._controller, self._away = made, made(), 0
        wire.changed.append(self._changed)

    def scan(self, time_s: float) -> None:
        """Scan, where it can."""
        if not self._away:
            self._controller.scan(time_s)

    def _changed(self, fault: ActiveWireFault, begins: bool) -> None:
        if fault.kind.name in (FREEZE, RESTART):
            self._away += 1 if begins else -1
        if fault.kind.name == RESTART and not begins:
            self._controller = self._made()
