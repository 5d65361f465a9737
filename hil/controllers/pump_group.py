"""Pumps in parallel of which as many run as there are units to feed; a failed one is replaced by another."""

import math
from collections.abc import Sequence

from hil.controllers.link import Link
from hil.controllers.pump_drive import PumpDrive, least_used
from hil.controllers.settings import Settings

SETTLE_S = 35.0
"""A pump counts as proven this long after its start: its ramp is over, and it gives the water of one more unit."""
LINGER_S = 75.0
"""A pump that is no longer wanted runs on this long: the valves of the unit that left are closing."""


class PumpGroup:
    """Keeps `wanted` of its pumps running. Source: physics.md 5, "pump failure" and "pump staging".

    proven:     pumps that are up to speed and show their run proof
    flowing:    a pump turns, and there is water enough for all units that run
    alarm:      a pump has failed; flow_alarm: proofs without flow; both stay until the reset
    """

    def __init__(self, link: Link, pumps: Sequence[str], meter: str, least: float, settings: Settings) -> None:
        """Find the pumps and the meter of the loop; least: flow that one unit needs [m3/h]."""
        self.pumps = [PumpDrive(link, name) for name in pumps]
        self.settings = settings
        self._view, self._flow, self._least = link.view, link.place(f"{meter}.flow"), least
        self.wanted = self.proven = 0
        self.flowing = self.alarm = self.flow_alarm = False
        self._fed = 1
        self._fewer_since: float | None = None
        self._speed = 100.0
        self._proof_at = dict.fromkeys(self.pumps, 0.0)
        self._flow_at = 0.0
        self._retry_at, self._retries = math.inf, 0

    def run(self, time_s: float, count: int, fed: int, way: bool, speed: float) -> None:
        """So many pumps are to run at a speed [%]; `fed` units run on their water; way: some unit lets it through."""
        if speed != self._speed:
            self._speed = speed
            for pump in self.pumps:
                pump.set_speed(speed)
        self._fed = max(fed, 1)
        if self.wanted == 0 or not way:
            self._flow_at = time_s + self.settings.flow_grace_s - self.settings.flow_delay_s
        count = min(count, len(self.pumps))
        if count >= self.wanted:
            self.wanted, self._fewer_since = count, None
        elif self._fewer_since is None:
            self._fewer_since = time_s
        elif time_s - self._fewer_since >= LINGER_S:
            self.wanted, self._fewer_since = count, None
        self._man(time_s)

    def rest(self, time_s: float) -> None:
        """The loop is to stand still."""
        self.wanted, self.proven, self.flowing, self._fewer_since = 0, 0, False, None
        for pump in self.pumps:
            pump.stop(time_s)

    def still(self) -> bool:
        """Neither commanded nor proven to run."""
        return self.wanted == 0 and not any(pump.turns() for pump in self.pumps)

    def scan(self, time_s: float) -> None:
        """Supervise proofs and flow, at every scan."""
        if self.wanted == 0:
            return
        turning, proven = 0, 0
        for pump in self.pumps:
            if pump.on and self._proves(time_s, pump):
                turning += 1
                proven += time_s - pump.changed_at >= SETTLE_S
        self.proven = proven
        enough = turning > 0 and self._view[self._flow] >= self._least * self._fed
        if enough:
            self.flowing = True
            self._flow_at = max(self._flow_at, time_s)
        elif time_s - self._flow_at > self.settings.flow_blip_s:
            self.flowing = False
            late = time_s - self._flow_at >= self.settings.flow_delay_s
            self.flow_alarm = self.flow_alarm or (late and turning >= self.wanted)

    def reset(self) -> None:
        """Forget failures, so that every pump may be used again."""
        self.alarm = self.flow_alarm = False
        self._retries = 0
        for pump in self.pumps:
            pump.failed = False

    def _proves(self, time_s: float, pump: PumpDrive) -> bool:
        """Whether a pump shows its proof; without it for too long it is given up and another one started."""
        if pump.turns():
            self._proof_at[pump] = max(self._proof_at[pump], time_s)
            return True
        if pump.tripped() or time_s - self._proof_at[pump] >= self.settings.proof_delay_s:
            pump.stop(time_s)
            pump.failed = self.alarm = True
            self._retry_at = time_s + self.settings.retry_s
            self._man(time_s)
        return False

    def _man(self, time_s: float) -> None:
        """Start the least used, stop the most used, until as many run as are wanted."""
        running = [pump for pump in self.pumps if pump.on]
        while len(running) > self.wanted:
            most = max(running, key=PumpDrive.hours)
            most.stop(time_s)
            running.remove(most)
        while len(running) < self.wanted:
            best = least_used([p for p in self.pumps if not p.on and not p.failed and not p.tripped()])
            if best is None:
                self._retry(time_s)
                return
            best.start(time_s, self._speed)
            self._proof_at[best] = time_s + self.settings.proof_grace_s - self.settings.proof_delay_s
            running.append(best)

    def _retry(self, time_s: float) -> None:
        """Pumps are short: after a while the failed ones are tried again, but not for ever."""
        if time_s >= self._retry_at and self._retries < self.settings.most_retries:
            self._retries += 1
            self._retry_at = math.inf
            for pump in self.pumps:
                pump.failed = False
