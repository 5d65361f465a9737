"""Pumps in parallel of which as many run as there are units to feed; a failed one is replaced by another."""

from collections.abc import Sequence

from hil.bench.bus_link import Link
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.pumps.pump_rota import PumpRota
from hil.controllers.settings.settings import Settings
from hil.controllers.timers import OffDelay, OnDelay

SETTLE_S = 35.0
"""A pump counts as proven this long after its start: its ramp is over, and it gives the water of one more unit."""
LINGER_S = 75.0
"""A pump that is no longer wanted runs on this long: the valves of the unit that left are closing."""


class PumpGroup:
    """Keeps `wanted` of its pumps running.

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
        self.flowing = self.flow_alarm = False
        self._fed = 1
        self._fewer = OnDelay(LINGER_S)
        self._speed = 100.0
        self._flows = OffDelay(settings.flow_delay_s)
        self._rota = PumpRota(self.pumps, settings.proof_delay_s, settings.proof_grace_s, settings)

    @property
    def alarm(self) -> bool:
        """A pump has failed."""
        return self._rota.alarm

    def run(self, time_s: float, count: int, fed: int, way: bool, speed: float) -> None:
        """So many pumps are to run at a speed [%]; `fed` units run on their water; way: some unit lets it through.

        Clause PU-3.1.
        """
        if speed != self._speed:
            self._speed = speed
            for pump in self.pumps:
                pump.set_speed(speed)
        self._fed = max(fed, 1)
        if self.wanted == 0 or not way:
            self._flows.hold(time_s + self.settings.flow_grace_s - self.settings.flow_delay_s)
        count = min(count, len(self.pumps))
        if self._fewer.update(time_s, count < self.wanted) or count > self.wanted:
            self.wanted = count
            self._fewer.reset()
        self._rota.man(time_s, self.wanted, self._speed)
        self.flow_alarm = self.flow_alarm or self._runs_unasked(time_s)

    def rest(self, time_s: float) -> None:
        """The loop is to stand still."""
        self.wanted, self.proven, self.flowing = 0, 0, False
        self._fewer.reset()
        for pump in self.pumps:
            pump.stop(time_s)
        self.flow_alarm = self.flow_alarm or self._runs_unasked(time_s)

    def _runs_unasked(self, time_s: float) -> bool:
        """A pump is off, and has shown its run proof for too long since. Clause PU-3.6."""
        return any(pump.unasked(time_s) for pump in self.pumps)

    def still(self) -> bool:
        """Neither commanded nor proven to run."""
        return self.wanted == 0 and not any(pump.turns() for pump in self.pumps)

    def scan(self, time_s: float) -> None:
        """Supervise proofs and flow, at every scan. Clauses PU-3.2, PU-3.4, PU-3.5."""
        if self.wanted == 0:
            return
        turning, proven = 0, 0
        for pump in self.pumps:
            if pump.on and self._proves(time_s, pump):
                turning += 1
                proven += time_s - pump.changed_at >= SETTLE_S
        self.proven = proven
        enough = turning > 0 and self._view[self._flow] >= self._least * self._fed
        late = not self._flows.update(time_s, enough)
        if enough:
            self.flowing = True
        elif time_s - self._flows.last > self.settings.flow_blip_s:
            self.flowing = False
            self.flow_alarm = self.flow_alarm or (late and turning >= self.wanted)

    def reset(self) -> None:
        """Forget failures, so that every pump may be used again."""
        self.flow_alarm = False
        self._rota.reset()

    def _proves(self, time_s: float, pump: PumpDrive) -> bool:
        """Whether a pump shows its proof; without it for too long it is given up and another one started.

        Clause PU-3.3.
        """
        turns = pump.turns()
        lost = self._rota.lost(time_s, pump, turns)
        if turns:
            return True
        if lost or pump.tripped():
            self._rota.fail(time_s, pump)
            self._rota.man(time_s, self.wanted, self._speed)
        return False
