"""A source loop whose pumps stand in the stations along it: watched by its flow, run by the well field."""

from hil.bench.bus_link import Link
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.settings.settings import Settings
from hil.controllers.settings.wiring import LoopWiring
from hil.controllers.timers import OffDelay

STILL = 0.5
"""Flow [m3/h] that counts as none."""


class RingFlow:
    """The ring as a `PumpPair` would show it: wanted, flowing, and an alarm where it does not flow in time.

    flowing: the ring has enough flow; what the units' interlock asks
    """

    def __init__(self, link: Link, wiring: LoopWiring, least: float, settings: Settings) -> None:
        """Find the meter of the ring; least: flow that proves it [m3/h]."""
        self.pumps: list[PumpDrive] = []
        self.settings = settings
        self._view, self._flow, self._least = link.view, link.place(f"{wiring.meter}.flow"), least
        self.wanted = self.flowing = self.alarm = self.flow_alarm = False
        self._flows = OffDelay(settings.prove_s)
        self._flows.hold(0.0)

    def run(self, time_s: float, speed: float) -> None:  # noqa: ARG002  (the stations have their own speeds)
        """The ring is to flow."""
        if not self.wanted:
            self.wanted = True
            self._flows.hold(time_s + self.settings.flow_grace_s)

    def rest(self, time_s: float) -> None:  # noqa: ARG002
        """The ring is to stand still."""
        self.wanted = self.flowing = False

    def still(self) -> bool:
        """Not wanted, and hardly any flow. Clause PU-4.2."""
        return not self.wanted and bool(abs(self._view[self._flow]) < STILL)

    def scan(self, time_s: float) -> bool:
        """Look at the flow, at every scan; never a failure of the ring's own. Clause PU-4.1."""
        flows = self.wanted and self._view[self._flow] >= self._least
        self._flows.update(time_s, flows)
        if flows:
            self.flowing = True
        elif time_s - self._flows.last > self.settings.flow_blip_s:
            self.flowing = False
        return False

    def check(self, time_s: float) -> None:
        """No flow for long although it is wanted: an alarm. Clause PU-4.2."""
        if self.wanted and not self.flowing and not self._flows.holds(time_s):
            self.flow_alarm = True

    def reset(self) -> None:
        """Acknowledge."""
        self.alarm = self.flow_alarm = False
