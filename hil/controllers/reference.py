"""The reference controller of the office: a sound plant-room controller as physics.md 5 describes it.

A pure state machine on plant time. At every scan it looks at emergency stop, pumps and flow; everything else follows
every 10 s of plant time.
"""

from hil.controllers.alarms import Lamps, LoopPressure
from hil.controllers.changeover import PROVING, RUN_ON, SETTLED, Changeover
from hil.controllers.demand import Demand
from hil.controllers.link import Link
from hil.controllers.low_source import LowSource
from hil.controllers.pump_pair import PumpPair
from hil.controllers.settings import OFF, SUMMER, WINTER, Settings
from hil.controllers.staging import Staging
from hil.controllers.well_field import WellField

SETTINGS = Settings()
RESET_S = 20.0
"""Resets of pumps and units are held this long."""
SIGN_S = 60.0
"""The life sign is raised this often [s]."""
SIGNS = 65536


class ReferenceController:
    """Runs the office through the year. Scan period 0.5 .. 30 s of plant time."""

    pair = PumpPair
    valves = Changeover
    staging = Staging

    def __init__(self, link: Link, settings: Settings = SETTINGS) -> None:
        """Find every register that is needed; InputError names the one that a bench does not have."""
        self.settings = settings
        self._view, self._write, place = link.view, link.write, link.place
        self._selector, self._stop = place("panel.season_selector"), place("panel.emergency_stop")
        self._button, self._season = place("panel.alarm_reset"), place("panel.season")
        self._life_sign = place("panel.life_sign")
        self._supply, self._source_temp = place("load_meter.supply_temp"), place("source_meter.supply_temp")
        self.source = self.pair(link, ("source_pump_1", "source_pump_2"), "source_meter.flow", settings)
        self.load = self.pair(link, ("load_pump_1", "load_pump_2"), "load_meter.flow", settings)
        self.wells = WellField(link, settings)
        self.units = self.staging(link, settings)
        self.changeover = self.valves(link, settings)
        self.demand = Demand(link, settings)
        self.low_source = LowSource(settings)
        self.pressures = [LoopPressure(link, name, settings) for name in ("source_holding", "load_holding")]
        self.lamps = Lamps(link)
        self._stopped = False
        self._pushed = False
        self._reset_until = 0.0
        self._resetting = True
        self._next_s = float("-inf")

    def scan(self, time_s: float) -> None:
        """One scan at plant time [s]."""
        view = self._view
        if view[self._stop] > 0.5:
            self._stopped = True
            self._stop_everything(time_s)
        pushed = view[self._button] > 0.5
        if pushed and not self._pushed:
            self._reset(time_s)
        self._pushed = pushed
        source, load = self.source, self.load
        failed = source.scan(time_s)
        failed = load.scan(time_s) or failed
        if self.units.any_on and not (source.flowing and load.flowing):
            self.units.stop_all(time_s)
        if failed or time_s >= self._next_s:
            self._next_s = time_s + self.settings.slow_s
            self._slow(time_s)

    def _slow(self, time_s: float) -> None:
        """Everything that has time."""
        selected = int(self._view[self._selector])
        units, changeover = self.units, self.changeover
        units.look(time_s)
        for pressure in self.pressures:
            pressure.look()
        still = self.source.still() and self.load.still()
        flowing = self.source.flowing and self.load.flowing
        changeover.update(time_s, selected, units.at_rest(time_s), still, flowing)
        ready = selected != OFF and changeover.ready(selected) and not self._stopped
        season = selected if ready else OFF
        if ready and not units.any_on:
            units.set_mode(selected == SUMMER)
        self.demand.set_season(season)
        self.demand.update(time_s, season)
        wanted = self.demand.wanted and ready
        self._move_water(time_s, wanted)
        self._run_units(time_s, wanted, season)
        self._tell(time_s, selected)

    def _move_water(self, time_s: float, wanted: bool) -> None:
        """Pumps and wells run while heat or cold is wanted and on after the last unit."""
        changeover = self.changeover
        going_on = self.units.any_on or self.units.overrunning(time_s) or changeover.step == RUN_ON
        on = wanted or changeover.step == PROVING
        on = on or (going_on and self.source.wanted and changeover.step in (SETTLED, RUN_ON))
        summer = (changeover.target if changeover.step == PROVING else changeover.season) == SUMMER
        speeds = self.settings.source_speed[summer], self.settings.load_speed[summer]
        for pair, pressure, speed in zip((self.source, self.load), self.pressures, speeds, strict=True):
            if on and not pressure.low and not self._stopped:
                pair.run(time_s, speed)
            else:
                pair.rest(time_s)
            pair.check(time_s)
        if on and not self._stopped:
            cold = self.low_source.alarm
            self.wells.check(time_s, self.units.load, cold)
        else:
            self.wells.rest(time_s)

    def _run_units(self, time_s: float, wanted: bool, season: int) -> None:
        """Release the units while water flows on both sides and nothing speaks against it."""
        units, low_source = self.units, self.low_source
        leaving = units.coldest() if season == WINTER else None
        low_source.update(time_s, leaving, self._view[self._source_temp])
        units.limit(max(low_source.limit, 25.0))
        flowing = self.source.flowing and self.load.flowing and not low_source.stopped
        if not flowing or (units.any_on and not self.wells.flowing):
            units.stop_all(time_s)
        released = wanted and flowing and self.wells.flowing
        units.update(time_s, released, self._view[self._supply], self.demand.supply_sp(season))

    def _tell(self, time_s: float, selected: int) -> None:
        """Lamps, season, life sign."""
        source, load = self.source, self.load
        one, other = self.pressures
        self.lamps.show(
            source.alarm,
            load.alarm,
            self.wells.alarm,
            source.flow_alarm or load.flow_alarm,
            self.units.alarm,
            self.low_source.alarm,
            self.changeover.alarm,
            one.low or one.high or other.low or other.high,
            one.leak or other.leak,
        )
        if self._resetting:
            self._resetting = time_s < self._reset_until
            self._push_resets(self._resetting)
        self._write(self._season, self.changeover.shown(selected))
        self._write(self._life_sign, int(time_s / SIGN_S) % SIGNS)

    def _reset(self, time_s: float) -> None:
        """The operator acknowledges: failed pumps may be used again, an emergency stop that is released ends."""
        self._reset_until, self._resetting = time_s + RESET_S, True
        self._stopped = False
        self.source.reset()
        self.load.reset()
        self.wells.reset()
        self.changeover.reset()

    def _push_resets(self, pushed: bool) -> None:
        for pump in (*self.source.pumps, *self.load.pumps, *self.wells.wells):
            pump.push_reset(pushed and pump.tripped())
        self.units.push_reset(pushed)

    def _stop_everything(self, time_s: float) -> None:
        self.units.stop_all(time_s)
        self.source.rest(time_s)
        self.load.rest(time_s)
        self.wells.rest(time_s)
