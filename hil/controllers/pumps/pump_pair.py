"""The pumps of a loop, duty and standby or one alone: proofs, changeover, contradicting flow, rotation with overlap."""

import math

from hil.bench.bus_link import Link
from hil.controllers.pumps.pump_drive import PumpDrive, least_used
from hil.controllers.settings.settings import Settings
from hil.controllers.settings.wiring import LoopWiring
from hil.controllers.timers import OffDelay

FORGET_S = 1800.0
"""After so long a sound run earlier retries are forgotten [s]."""
CLEAR_S = 60.0
"""After an acknowledgement the drives are allowed this long to give up their trips [s]."""


class PumpPair:
    """Keeps one of its pumps running while `wanted`.

    flowing:    proof and flow are there; what the units' interlock asks
    alarm:      a pump of the pair has failed; stays until the reset
    flow_alarm: run proof and flow contradicted each other; stays until the reset
    """

    def __init__(self, link: Link, wiring: LoopWiring, least: float, settings: Settings) -> None:
        """Find the pumps and the meter of the loop; least: flow that proves it [m3/h]."""
        self.pumps = [PumpDrive(link, name) for name in wiring.pumps]
        self.settings = settings
        self._view = link.view
        self._flow = link.place(f"{wiring.meter}.flow")
        self._least = least
        self.duty = self.pumps[0]
        self._incoming: PumpDrive | None = None
        self.wanted = self.flowing = self.alarm = self.flow_alarm = False
        self.speed = 100.0
        self._proof, self._flows = OffDelay(settings.proof_delay_s), OffDelay(settings.flow_delay_s)
        self._retry_at: float | None = None
        self._retries = 0
        self._acknowledged, self._clears = False, OffDelay(CLEAR_S)

    def run(self, time_s: float, speed: float) -> None:
        """The loop is to flow at a speed [%]; nothing happens where it does already."""
        if speed != self.speed:
            self.speed = speed
            for pump in self.pumps:
                pump.set_speed(speed)
        if not self.wanted:
            self.wanted = True
            self._start_best(time_s)

    def rest(self, time_s: float) -> None:
        """The loop is to stand still."""
        self.wanted = self.flowing = False
        self._retry_at, self._incoming = None, None
        for pump in self.pumps:
            pump.stop(time_s)

    def still(self) -> bool:
        """Neither commanded nor proven to run."""
        return not self.wanted and not any(pump.turns() for pump in self.pumps)

    def scan(self, time_s: float) -> bool:
        """Supervise the duty pump, at every scan; True when it has just failed. Clause PU-1.5."""
        if not self.wanted:
            return False
        view = self._view
        proven = view[self.duty.running] > 0.5
        proof, flows = self._proof, self._flows
        if proven and time_s > proof.last:
            proof.last = time_s
        if view[self._flow] >= self._least:
            if time_s > flows.last:  # noqa: PLR1730  (here and above: a call would cost as much as all the rest of a scan)
                flows.last = time_s
            if proven:
                self.flowing = True
                return False
        return self._judge(time_s, bool(proven))

    def check(self, time_s: float) -> None:
        """Rotation, retries and the idle pump's proof; called now and then. Clauses PU-1.6, PU-1.9."""
        self.flow_alarm = self.flow_alarm or self._runs_unasked(time_s)
        if self.flowing and time_s - self.duty.changed_at > FORGET_S:
            self._retries = 0
        clearing = self._clearing(time_s)
        if self._retry_at is not None:
            if not clearing:
                self._retry(time_s, self._retry_at)
        elif self._incoming is not None:
            self._finish_rotation(time_s, self._incoming)
        elif self.flowing and time_s - self.duty.changed_at >= self.settings.rotation_s:
            other = self._standby()
            if other is not None:
                other.start(time_s, self.speed)
                self._incoming = other

    def _runs_unasked(self, time_s: float) -> bool:
        """A pump is off, and has shown its run proof for too long since. Clause PU-1.6."""
        return any(pump.unasked(time_s) for pump in self.pumps)

    def reset(self) -> None:
        """Forget failures, so that every pump may be used again. Clauses PU-1.10, PU-1.11."""
        self.alarm = self.flow_alarm = False
        self._retries = 0
        self._acknowledged = True
        if self._retry_at is not None:
            self._retry_at = 0.0
        for pump in self.pumps:
            pump.failed = False

    def change_over(self, time_s: float) -> None:
        """Give the duty to the standby pump; without a sound one the loop is dead until the next retry.

        Clause PU-1.7.
        """
        self.duty.stop(time_s)
        other = self._incoming or self._standby()
        self._incoming = None
        if other is None:
            self._give_up(time_s)
        else:
            self._appoint(time_s, other)

    def _give_up(self, time_s: float) -> None:
        """No sound pump: try again later, but not for ever. Clause PU-1.8."""
        settings = self.settings
        self.alarm = True
        self._retry_at = time_s + settings.retry_s if self._retries < settings.most_retries else math.inf

    def _judge(self, time_s: float, proven: bool) -> bool:
        """The duty pump shows no proof or no flow: how long already? True when it is given up.

        Clauses PU-1.2, PU-1.3, PU-1.4, PU-1.5.
        """
        if self._retry_at is not None or self.duty.failed:
            return False
        settings, tripped = self.settings, self.duty.tripped()
        if tripped or time_s - min(self._proof.last, self._flows.last) > settings.flow_blip_s:
            self.flowing = False
        unproven, dry = not self._proof.holds(time_s), not self._flows.holds(time_s)
        if not (tripped or unproven or dry):
            return False
        self.alarm = self.duty.failed = True
        self.flow_alarm = self.flow_alarm or (dry and proven and not tripped)
        self.change_over(time_s)
        return True

    def _standby(self) -> PumpDrive | None:
        sound = [p for p in self.pumps if p is not self.duty and not p.failed and not p.tripped()]
        return sound[0] if sound else None

    def _start_best(self, time_s: float) -> None:
        """Give the duty to the least used sound pump, or wait for one. Clauses PU-1.1, PU-1.11."""
        best = least_used([p for p in self.pumps if not p.failed and not p.tripped()])
        if best is not None:
            self._appoint(time_s, best)
        elif self._clearing(time_s):
            self._retry_at = 0.0
        else:
            self._give_up(time_s)

    def _appoint(self, time_s: float, pump: PumpDrive) -> None:
        """Make a pump the duty pump and allow it the time of a start. Clauses PU-1.2, PU-1.3."""
        settings = self.settings
        self.duty = pump
        if not pump.on:
            pump.start(time_s, self.speed)
        self._proof.hold(time_s + settings.proof_grace_s - settings.proof_delay_s)
        self._flows.hold(time_s + settings.flow_grace_s - settings.flow_delay_s)

    def _retry(self, time_s: float, retry_at: float) -> None:
        """Use every pump again, once the time for it has come. Clause PU-1.8."""
        if time_s < retry_at:
            return
        self._retries += 1
        self._retry_at = None
        for pump in self.pumps:
            pump.failed = False
        self._start_best(time_s)

    def _clearing(self, time_s: float) -> bool:
        """Acknowledged, but every drive still reports its trip: their resets need a moment. Clause PU-1.11."""
        if self._acknowledged:
            self._acknowledged = False
            self._clears.hold(time_s)
        return self._clears.holds(time_s) and all(pump.tripped() for pump in self.pumps)

    def _finish_rotation(self, time_s: float, incoming: PumpDrive) -> None:
        """Stop the old pump when the new one has run with it for the overlap; give the new one up if it does not.

        Clause PU-1.9.
        """
        if time_s - incoming.changed_at < self.settings.overlap_s:
            return
        self._incoming = None
        if incoming.turns():
            self.duty.stop(time_s)
            self.duty = incoming
        else:
            incoming.failed = self.alarm = True
            incoming.stop(time_s)
            self.duty.changed_at = time_s
