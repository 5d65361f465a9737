"""The pumps of a ring: as many of them as the flow asks for, one kept as standby, at the speed that holds the head."""

import math

from hil.bench.bus_link import Link
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.pumps.pump_rota import PumpRota
from hil.controllers.settings.household_wiring import HouseholdSettings
from hil.controllers.settings.wiring import LoopWiring
from hil.controllers.timers import OnDelay

FORGET_S = 1800.0
"""After so long a sound run earlier retries are forgotten [s]."""


class RingPumps:
    """Keeps `duty` pumps running while wanted.

    flowing: a proven pump and flow are there
    alarm, flow_alarm: a pump has failed; proof and flow contradicted each other; both stay until the reset
    """

    def __init__(self, link: Link, wiring: LoopWiring, settings: HouseholdSettings) -> None:
        """Find the pumps with their head registers, and the meter of the ring."""
        self.settings = settings
        self._view = link.view
        self.pumps = [PumpDrive(link, name) for name in wiring.pumps]
        self._heads = {pump.name: link.place(f"{pump.name}.head") for pump in self.pumps}
        self._flow = link.place(f"{wiring.meter}.flow")
        self.wanted = self.flowing = self.flow_alarm = False
        self.duty = 1
        self.speed = settings.fixed_speed
        self._dry = OnDelay(settings.flow_delay_s)
        self._more, self._less = OnDelay(settings.stage_up_s), OnDelay(settings.stage_down_s)
        self._rota = PumpRota(self.pumps, settings.proof_delay_s, settings.proof_grace_s, settings)

    @property
    def alarm(self) -> bool:
        """A pump has failed."""
        return self._rota.alarm

    def run(self, time_s: float, asked: bool) -> None:
        """The ring is to flow; asked: so many valves are open that there must be flow."""
        if not self.wanted:
            self.wanted = True
            self._dry.reset()
            self.speed = self.settings.fixed_speed
        self._supervise(time_s, asked)
        self._stage(time_s)
        self._rota.man(time_s, self.duty, self.speed)
        self._trim()

    def rest(self, time_s: float) -> None:
        """The ring is to stand still."""
        self.wanted = self.flowing = False
        self.duty = 1
        for pump in self.pumps:
            pump.stop(time_s)

    def reset(self) -> None:
        """Forget failures, so that every pump may be used again."""
        self.flow_alarm = False
        self._rota.reset()

    def _supervise(self, time_s: float, asked: bool) -> None:
        """Proofs of all commanded pumps, then the flow of all together. Clauses HH-2.2, HH-2.3."""
        settings, view = self.settings, self._view
        flow = view[self._flow] >= settings.least_flow
        for pump in self.pumps:
            if not pump.on:
                continue
            if self._rota.lost(time_s, pump, pump.turns()) or pump.tripped():
                self._rota.fail(time_s, pump)
        proven = [pump for pump in self.pumps if pump.on and pump.turns()]
        self.flowing = bool(proven) and bool(flow)
        if self.flowing and time_s - max(pump.changed_at for pump in proven) > FORGET_S:
            self._rota.forget()
        if not self._dry.update(time_s, bool(proven) and asked and not self.flowing):
            return
        newest = max(pump.changed_at for pump in proven)
        if time_s - (newest + settings.flow_grace_s) >= settings.flow_delay_s:
            self.flow_alarm = True
            self._dry.reset()
            for pump in proven:
                self._rota.fail(time_s, pump)

    def _stage(self, time_s: float) -> None:
        """One pump more or less by the flow, as a part of the design flow of all. Clause HH-2.1."""
        settings = self.settings
        part = self._view[self._flow] / settings.design_flow
        more = self.duty < settings.duty_pumps and part > self.duty / settings.duty_pumps - settings.stage_margin
        less = self.duty > 1 and part < (self.duty - 1) / settings.duty_pumps - settings.stage_margin
        up, down = self._more.update(time_s, more), self._less.update(time_s, less)
        if up:
            self.duty += 1
            self._more.reset()
        elif down:
            self.duty -= 1
            self._less.reset()

    def _trim(self) -> None:
        """Speed by the head: heads go with the square of the speed, so the root of their ratio is what is missing.

        Clause HH-2.4.
        """
        settings = self.settings
        turning = [pump for pump in self.pumps if pump.on and pump.turns()]
        if settings.head_sp <= 0.0 or not turning:
            return
        part = min(self._view[self._flow] / settings.design_flow, 1.0)
        wanted = settings.head_sp * (settings.head_least + (1.0 - settings.head_least) * part * part)
        head = max(self._view[self._heads[turning[0].name]], 0.1 * wanted)
        low, high = settings.speed_range
        target = self.speed * (1.0 + settings.trim_share * (math.sqrt(wanted / head) - 1.0))
        target = min(max(target, low), high)
        if abs(target - self.speed) >= 0.5 or target in (low, high):
            self.speed = round(target, 1)
            for pump in self.pumps:
                pump.set_speed(self.speed)
