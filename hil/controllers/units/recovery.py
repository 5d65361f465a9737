"""Hot water from units that carry a second condenser or a desuperheater: the store, its pumps, and the electric heater.

No water valve moves: a unit that runs gives heat to the store through its own pump while the store wants it, and keeps
the rest for its main condenser. Where rooms are cold too, the store gets a share only.
Source: DVGW W 551 2004 (the store of hot water stays at 60 degC always, not by the week).
"""

from collections.abc import Sequence

from hil.bench.bus_link import Link
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.settings.settings import Settings
from hil.controllers.settings.wiring import RecoveryWiring
from hil.controllers.timers import OffDelay


class Branch:
    """A unit's second condenser and its pump."""

    def __init__(self, link: Link, unit: str, pump: str, settings: Settings) -> None:
        """Find the registers, and give the set point. Clause UN-5.2."""
        self._view, self._write, self._settings = link.view, link.write, settings
        self.pump = PumpDrive(link, pump)
        self._running = link.place(f"{unit}.running")
        self._share = link.place(f"{unit}.recovery_cmd")
        link.write(link.place(f"{unit}.recovery_temp_sp"), settings.hot_water_sp + settings.recovery_lead)
        self._ordered = -1.0
        self._given = OffDelay(settings.recovery_overrun_s)

    def run(self, time_s: float, wanted: bool, share: float) -> bool:
        """Heat the store with this share of the unit's heat [%]; True when the pump fails to prove itself.

        The pump starts before and runs on after, until the valve of the refrigerant has shut.

        Clauses UN-5.3, UN-5.5.
        """
        settings, pump = self._settings, self.pump
        wanted = wanted and self._view[self._running] > 0.5
        on = self._given.update(time_s, wanted)
        if on and not pump.on:
            pump.start(time_s, settings.recovery_speed)
        elif pump.on and not on:
            pump.stop(time_s)
        order = share if wanted else 0.0
        if order != self._ordered:
            self._ordered = order
            self._write(self._share, order)
        return pump.tripped() or (
            pump.on and not pump.turns() and time_s - pump.changed_at > settings.proof_grace_s + settings.proof_delay_s
        )


class Recovery:
    """Runs store, pumps and heater.

    wanted: the store wants heat; calls: units are to run for it, where rooms are heated
    alarm: a pump is not proven, or the heater is locked out
    """

    def __init__(self, link: Link, wiring: RecoveryWiring, units: Sequence[str], settings: Settings) -> None:
        """Find all registers."""
        self.settings, self._view, self._write = settings, link.view, link.write
        self.branches = [
            Branch(link, unit, pump, settings) for unit, pump in zip(units, wiring.pumps, strict=True)
        ]  # fmt: skip
        self._middle, self._bottom = (
            link.place(f"{wiring.store}.middle_temp"),
            link.place(f"{wiring.store}.bottom_temp"),
        )
        self._circulation = PumpDrive(link, wiring.circulation_pump)
        self._heater, self._lockout = (
            link.place(f"{wiring.heater}.enable_cmd"),
            link.place(f"{wiring.heater}.alarm_lockout"),
        )
        self._heater_reset = link.place(f"{wiring.heater}.reset_cmd")
        link.write(link.place(f"{wiring.heater}.leaving_temp_sp"), settings.heater_sp)
        self._calls = wiring.calls
        self.wanted = self.calls = self.alarm = False

    def look(self) -> None:
        """Does the store want heat? From its middle being cold until its bottom is warm. Clause UN-5.1."""
        settings, view = self.settings, self._view
        if view[self._middle] < settings.hot_water_sp - settings.store_band:
            self.wanted = True
        elif view[self._bottom] > settings.hot_water_sp - settings.store_full:
            self.wanted = False
        self.calls = self.wanted and self._calls

    def update(self, time_s: float, rooms_want_heat: bool) -> None:
        """Give the store its share, all that it can take where the rooms want no heat; keep the circulation going.

        Clauses UN-5.2, UN-5.4, UN-5.5.
        """
        share = self.settings.recovery_share if rooms_want_heat else 100.0
        failed = [branch.run(time_s, self.wanted, share) for branch in self.branches]
        if not self._circulation.on:
            self._circulation.start(time_s, 100.0)
        self._write(self._heater, 1.0 if self._circulation.turns() else 0.0)
        self.alarm = any(failed) or self._view[self._lockout] > 0.5

    def push_reset(self, pushed: bool) -> None:
        """Hold or release the reset of drives that report a trip, and of a heater that is locked out. Clause PR-5.3."""
        self._write(self._heater_reset, float(pushed and self._view[self._lockout] > 0.5))
        for pump in (self._circulation, *(branch.pump for branch in self.branches)):
            pump.push_reset(pushed and pump.tripped())

    def stop(self, time_s: float) -> None:
        """Emergency stop; the circulation too. Clause UN-5.6."""
        for branch in self.branches:
            branch.run(time_s, False, 0.0)
            branch.pump.stop(time_s)
        self._write(self._heater, 0.0)
        self._circulation.stop(time_s)
