"""The well pumps: as many as the load calls for, each with its own proof; a failed one is replaced by another.

A well whose screen is being backwashed is left alone until that is done.
"""

import math

from hil.bench.bus_link import Link
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.pumps.pump_rota import PumpRota
from hil.controllers.settings.settings import Settings
from hil.controllers.settings.wiring import WellWiring
from hil.controllers.source.well_guard import WellGuard
from hil.controllers.timers import OnDelay


class Well(PumpDrive):
    """A well pump with the instruments of its well."""

    def __init__(self, link: Link, station: str, pump: str, settings: Settings, ring: str, isolation: str) -> None:
        """Find the instruments of the well and its pump; of a station on a ring also the ring's pump and its valve."""
        super().__init__(link, pump)
        self.ring = PumpDrive(link, ring) if ring else None
        self._ring_speed = settings.ring_speed
        self._isolation = link.place(f"{isolation}.open_proof") if isolation else None
        self.flow = link.place(f"{station}.flow")
        self.dry = link.place(f"{station}.alarm_dry")
        self.overflow = link.place(f"{station}.alarm_overflow")
        self.washing = link.place(f"{station}.backwashing")
        self.guard = WellGuard(link, station, settings)
        self.proven = False

    def start(self, time_s: float, speed: float) -> None:
        """Order the pumps to run, that of the well at a speed [%]. Clause SO-1.3."""
        super().start(time_s, speed)
        if self.ring is not None:
            self.ring.start(time_s, self._ring_speed)

    def stop(self, time_s: float) -> None:
        """Order the pumps to stop."""
        super().stop(time_s)
        if self.ring is not None:
            self.ring.stop(time_s)

    def away(self) -> bool:
        """Being backwashed, or cut off from the ring: not to be used, and no failure. Clause SO-1.5."""
        isolated = self._isolation is not None and self._view[self._isolation] < 0.5
        return isolated or bool(self._view[self.washing] > 0.5)

    def turns(self) -> bool:
        """Whether the run proofs are made."""
        return super().turns() and (self.ring is None or self.ring.turns())

    def tripped(self) -> bool:
        """Whether a drive reports a trip."""
        return super().tripped() or (self.ring is not None and self.ring.tripped())

    def push_reset(self, pushed: bool) -> None:
        """Hold or release the reset of the drives."""
        super().push_reset(pushed)
        if self.ring is not None:
            self.ring.push_reset(pushed)

    def leave(self, time_s: float) -> None:
        """Stop the pump; the well is looked at afresh when it comes back."""
        super().leave(time_s)
        self.guard.rest()
        self.proven = False

    def ready(self) -> bool:
        """Whether it may be started."""
        return super().ready() and not self.away()

    def curable(self) -> bool:
        """Only with water. Clause SO-1.7."""
        return not self.guard.low() and bool(self._view[self.dry] < 0.5)


class WellField:
    """Runs `wanted` of the wells.

    flowing: at least one well delivers
    alarm:   a well pump has failed, or a well runs dry or over; stays until the reset
    care:    a well clogs, leaks, gives sand or has little water; stays until the reset
    """

    def __init__(self, link: Link, wiring: WellWiring, settings: Settings) -> None:
        """Find all wells."""
        self.settings = settings
        self._view = link.view
        none = ("",) * len(wiring.stations)
        parts = zip(wiring.stations, wiring.pumps, wiring.ring_pumps or none, wiring.isolations or none, strict=True)
        self.wells = [Well(link, station, pump, settings, ring, valve) for station, pump, ring, valve in parts]
        self.flowing = False
        self._fewer = OnDelay(settings.well_down_s)
        self._wanted = 0
        self._rota = PumpRota(self.wells, settings.flow_delay_s, settings.flow_grace_s, settings)

    @property
    def alarm(self) -> bool:
        """A well has failed."""
        return self._rota.alarm

    @property
    def care(self) -> bool:
        """A well asks for care."""
        return any(well.guard.alarm for well in self.wells)

    def check(self, time_s: float, load: float, cold: bool) -> None:
        """Run as many wells as the load calls for.

        load: capacity of all units, in full loads of one unit; cold: the source is cold, all wells are wanted

        Clauses SO-1.1, SO-1.2.
        """
        settings = self.settings
        called = len(self.wells) if cold else math.ceil(settings.wells_per_unit * load)
        called = min(max(called, settings.least_wells), len(self.wells))
        if self._fewer.update(time_s, called < self._wanted) or called > self._wanted:
            self._wanted = called
            self._fewer.reset()
        self._supervise(time_s)
        self._rota.man(time_s, self._wanted, settings.well_speed)

    def rest(self, time_s: float) -> None:
        """Stop all wells."""
        self._wanted, self.flowing = 0, False
        for well in self.wells:
            well.leave(time_s)

    def reset(self) -> None:
        """Forget failures, so that every well may be used again."""
        self._rota.reset()
        for well in self.wells:
            well.guard.reset()

    def _supervise(self, time_s: float) -> None:
        """Look at the proofs of the wells that run. Clauses SO-1.4, SO-1.5, SO-1.6, SO-2.4."""
        view, least = self._view, self.settings.least_well_flow
        flowing = False
        temps = [well.guard.temp() for well in self.wells if well.on and well.proven]
        usual = sorted(temps)[len(temps) // 2] if temps else 0.0
        for well in self.wells:
            if not well.on:
                continue
            if well.away():
                well.leave(time_s)
                continue
            troubled = view[well.dry] > 0.5 or view[well.overflow] > 0.5
            well.proven = well.turns() and view[well.flow] >= least
            lost = self._rota.lost(time_s, well, well.proven)
            if well.proven:
                self._care(time_s, well, usual if temps else well.guard.temp())
            if well.tripped() or troubled or well.guard.stop or lost:
                self._rota.fail(time_s, well)
            flowing = flowing or well.proven
        self.flowing = flowing

    def _care(self, time_s: float, well: Well, others: float) -> None:
        """Run a well slower while it gives sand, has little water or does not take the water back. Clause SO-2.3."""
        was = well.guard.careful
        well.guard.look(time_s, others)
        if well.guard.careful != was:
            well.set_speed(self.settings.careful_speed if well.guard.careful else self.settings.well_speed)
