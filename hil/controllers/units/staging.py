"""Staging of the units: how many run, which of them, and at which set point."""

from collections.abc import Sequence

from hil.bench.bus_link import Link
from hil.controllers.settings.settings import Settings
from hil.controllers.timers import OffDelay, OnDelay
from hil.controllers.units.unit import Unit

TRIM_S = 60.0
TRIM_STEP = 0.2
"""The trim moves this far [K] every TRIM_S seconds, at most."""
SP_STEP = 0.5
"""Set points go out in steps of this size [K]."""


class Staging:
    """Lead and lag units by run hours.

    load:  capacity of all units together, in full loads of one unit
    alarm: any unit reports an alarm
    """

    def __init__(self, link: Link, names: Sequence[str], settings: Settings, boilers: Sequence[str] = ()) -> None:
        """Find all units; where there are boilers, they heat and the units only cool."""
        self.settings = settings
        self._coolers = [Unit(link, name, settings) for name in names]
        self._heaters = [Unit(link, name, settings, boiler=True) for name in boilers] or self._coolers
        self._all = self._coolers + (self._heaters if boilers else [])
        self.units = self._heaters
        self.wanted = 0
        self.load = 0.0
        self.any_on = False
        self.alarm = False
        self.cooling = False
        self._running = 0
        self._limit: float | None = None
        self._target: tuple[bool, float] | None = None
        self._active = OffDelay(settings.overrun_s)
        self._part_load = 0.0
        self._looked_at = 0.0
        self._up, self._down = OnDelay(settings.stage_s), OnDelay(settings.stage_s)
        self._trim, self._trimmed_at = 0.0, 0.0

    def look(self, time_s: float) -> None:
        """Read all units and filter their load. Clause UN-2.5."""
        load, running, alarm = 0.0, 0, False
        for unit in self._all:
            unit.look(time_s)
            load += unit.capacity
            if unit.running:
                running += 1
                self._active.hold(time_s)
            if unit.alarm:
                alarm = True
                if unit.on:
                    unit.disable(time_s)
        self.load, self._running, self.alarm = load, running, alarm
        self.any_on = running > 0 or any(unit.on for unit in self._all)
        share = min(1.0, (time_s - self._looked_at) / self.settings.load_filter_s)
        self._looked_at = time_s
        self._part_load += share * (load / max(1, self.wanted) - self._part_load)

    def overrunning(self, time_s: float) -> bool:
        """Whether the pumps still have to run for a unit that has stopped. Clause UN-2.8."""
        return self._active.holds(time_s)

    def at_rest(self, time_s: float) -> bool:
        """All units off, and their minimum off times over."""
        return not self.any_on and all(unit.rested(time_s) for unit in self._all)

    def coldest(self) -> float | None:
        """The coldest water leaving the evaporator of a running unit [degC]."""
        return min([unit.evaporator_temp() for unit in self.units if unit.running], default=None)

    def set_mode(self, cooling: bool) -> None:
        """Winter or summer; only while all units are off. Clause UN-2.9."""
        self.cooling = cooling
        self.units = self._coolers if cooling else self._heaters
        for unit in self.units:
            unit.set_mode(cooling)

    def limit(self, percent: float) -> None:
        """Demand limit of all units [%]."""
        if percent != self._limit:
            self._limit = percent
            for unit in self._all:
                unit.limit(percent)

    def stop_all(self, time_s: float) -> None:
        """Stop at once, for protection. Clause UN-2.7."""
        for unit in self._all:
            unit.disable(time_s)
        self.any_on = self._running > 0
        self._want(0)

    def push_reset(self, pushed: bool) -> None:
        """Hold or release the reset of the units that report an alarm."""
        for unit in self._all:
            unit.push_reset(pushed and unit.alarm)

    def update(self, time_s: float, released: bool, supply: float, supply_sp: float) -> None:
        """Bring as many units into operation as the load asks for.

        released: water flows, heat or cold is wanted, nothing speaks against it
        supply, supply_sp: supply temperature of the load loop and its set point [degC]

        Clause UN-2.1.
        """
        short = supply - supply_sp if self.cooling else supply_sp - supply
        if not released:
            self._want(0)
        elif self.wanted == 0:
            self._want(1)
        else:
            self._count(time_s, short)
        self._trim_set_points(time_s, short, supply_sp)
        self._man(time_s)

    def _count(self, time_s: float, short: float) -> None:
        """Stage up and down by load, or by a supply that stays short of its set point [K]. Clauses UN-2.2, UN-2.3."""
        settings = self.settings
        limit = settings.short_cooling if self.cooling else settings.short_heating
        up = self.wanted < len(self.units) and self._running >= self.wanted
        up = up and (self._part_load > settings.stage_up_load or short > limit)
        down = self.wanted > 1 and self._part_load < settings.stage_down_load and short < limit
        more, fewer = self._up.update(time_s, up), self._down.update(time_s, down)
        if more:
            self._want(self.wanted + 1)
        elif fewer:
            self._want(self.wanted - 1)

    def _want(self, count: int) -> None:
        if count != self.wanted:
            self._part_load *= self.wanted / max(1, count)
            self.wanted = count
            self._up.reset()
            self._down.reset()

    def _man(self, time_s: float) -> None:
        """Enable the least used unit that may start, or disable the most used one that has run long enough.

        Clause UN-2.4.
        """
        on = [unit for unit in self.units if unit.on]
        if len(on) < self.wanted:
            ready = [unit for unit in self.units if not unit.on and unit.may_start(time_s)]
            if ready:
                min(ready, key=Unit.hours).enable()
        elif len(on) > self.wanted:
            done = [unit for unit in on if unit.may_stop(time_s)]
            if done:
                max(done, key=Unit.hours).disable(time_s)
        self.any_on = self._running > 0 or any(unit.on for unit in self.units)

    def _trim_set_points(self, time_s: float, short: float, supply_sp: float) -> None:
        """Lead the units' set points so that the mixed supply meets its own. Clause UN-2.6."""
        if not self.any_on:
            self._trim = 0.0
        elif time_s - self._trimmed_at >= TRIM_S and short < self.settings.short_heating:
            self._trimmed_at = time_s
            step = min(max(TRIM_STEP * short, -TRIM_STEP), TRIM_STEP)
            self._trim = min(max(self._trim + step, 0.0), self.settings.most_trim)
        lo, hi = self.settings.unit_sp_range
        target = supply_sp - self._trim if self.cooling else supply_sp + self._trim
        target = min(max(round(target / SP_STEP) * SP_STEP, lo), hi)
        if (self.cooling, target) != self._target:
            self._target = (self.cooling, target)
            for unit in self.units:
                unit.set_leaving_temp(target)
