"""Which of alike pumps run: the least used first, a failed one replaced, and failed ones tried again after a while."""

import math
from collections.abc import Sequence

from hil.controllers.pumps.pump_drive import PumpDrive, least_used
from hil.controllers.settings.settings import Settings
from hil.controllers.timers import OffDelay


class PumpRota:
    """Mans as many pumps as are wanted.

    alarm: a pump has failed; stays until the reset
    """

    def __init__(self, pumps: Sequence[PumpDrive], delay_s: float, grace_s: float, settings: Settings) -> None:
        """delay_s: a pump without proof for so long is lost; grace_s: not before that after its start order."""
        self.pumps = pumps
        self.alarm = False
        self._settings, self._head_start_s = settings, grace_s - delay_s
        self._good = {pump: OffDelay(delay_s) for pump in pumps}
        self._retry_at, self._retries = math.inf, 0

    def man(self, time_s: float, wanted: int, speed: float) -> None:
        """Start the least used and stop the most used, until as many run as are wanted; speed of those started [%].

        Clause PU-2.1.
        """
        running = [pump for pump in self.pumps if pump.on]
        while len(running) > wanted:
            most = max(running, key=PumpDrive.hours)
            most.leave(time_s)
            running.remove(most)
        while len(running) < wanted:
            best = least_used([pump for pump in self.pumps if not pump.on and pump.ready()])
            if best is None:
                self._retry(time_s)
                return
            best.start(time_s, speed)
            self._good[best].hold(time_s + self._head_start_s)
            running.append(best)

    def lost(self, time_s: float, pump: PumpDrive, proven: bool) -> bool:
        """Look at the proof of a pump that is to run; whether it has been missing for too long."""
        return not self._good[pump].update(time_s, proven)

    def fail(self, time_s: float, pump: PumpDrive) -> None:
        """Give a pump up. Clause PU-2.2."""
        pump.leave(time_s)
        pump.failed = self.alarm = True
        self._retry_at = time_s + self._settings.retry_s

    def reset(self) -> None:
        """Forget failures, so that every pump may be used again. Clause PU-2.4."""
        self.alarm = False
        self.forget()
        for pump in self.pumps:
            pump.failed = False

    def forget(self) -> None:
        """Earlier retries no longer count."""
        self._retries = 0

    def _retry(self, time_s: float) -> None:
        """Pumps are short: after a while the failed ones that can are tried again, but not for ever. Clause PU-2.3."""
        sound = [pump for pump in self.pumps if pump.failed and pump.curable()]
        if sound and time_s >= self._retry_at and self._retries < self._settings.most_retries:
            self._retries += 1
            self._retry_at = math.inf
            for pump in sound:
                pump.failed = False
