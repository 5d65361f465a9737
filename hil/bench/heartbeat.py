"""The audit of an outside controller's clock: does it live in plant time?

A controller that misses scans or runs on a clock of its own gives results that say nothing about it; such a run is an
error of the bench, never a failure of the controller.
"""

import math

from hil.bench.bench import Bench

MOST_SCANS = 5
"""The controller's own time may lag behind plant time by so many scans, or by LEAST_S [s]."""
LEAST_S = 15.0
SHARE = 0.01
"""Share of the scans that may be late."""


class Heartbeat:
    """Looks at `rig.heartbeat` (the controller's own time) at every scan."""

    def __init__(self, bench: Bench, scan_ms: int) -> None:
        """Allow MOST_SCANS scans of lag."""
        self._row = bench.store.row("rig")
        self._bench = bench
        self._allowed = max(LEAST_S, MOST_SCANS * scan_ms / 1000.0)
        self._scans = 0
        self._late = 0
        self._worst = 0.0
        self._seen = False
        self._places = {unit.name for unit in bench.bus.units if unit.component == "rig"}
        self._cut = math.nan

    def look(self) -> None:
        """Compare once; nothing is said before the controller has given its first sign.

        Nor while a fault of the line keeps its signs away, and until the next one has come.
        """
        beat = float(self._row.heartbeat)
        self._seen = self._seen or beat > 0.0
        if not self._seen:
            return
        if self._places & self._bench.bus.wire.away():
            self._cut = beat
        if beat == self._cut:
            return
        self._cut = math.nan
        self._scans += 1
        apart = abs(self._bench.schedule.now_s - beat)
        self._worst = max(self._worst, apart)
        self._late += apart > self._allowed

    def complaints(self) -> list[str]:
        """What makes the run an error; empty where the controller gives no life sign of its own, or a good one."""
        if not self._seen or self._late <= SHARE * self._scans:
            return []
        return [
            f"the controller's clock is not under control: its heartbeat was up to {self._worst:.0f} s away from plant "
            f"time ({self._late} of {self._scans} scans beyond {self._allowed:g} s)"
        ]
