"""The plant-room program: a sound controller of a plant room, for any plant of that kind.

Its sequence of operation is docs/sequences/plant_room.md.

A pure state machine on plant time. At every scan it looks at emergency stop, pumps and flow; everything else follows
every 10 s of plant time. What it is wired to and its numbers come from a configuration.
"""

from hil.bench.bus_link import Link
from hil.controllers.panel.alarms import Lamps
from hil.controllers.panel.operator_panel import OperatorPanel
from hil.controllers.pumps.loop_pressure import LoopPressure
from hil.controllers.pumps.pump_pair import PumpPair
from hil.controllers.pumps.ring_flow import RingFlow
from hil.controllers.rooms.demand import Demand
from hil.controllers.settings.settings import OFF, SUMMER, WINTER, Settings
from hil.controllers.settings.wiring import Wiring
from hil.controllers.source.changeover import PROVING, RUN_ON, SETTLED, Changeover
from hil.controllers.source.low_source import LowSource
from hil.controllers.source.well_field import WellField
from hil.controllers.units.recovery import Recovery
from hil.controllers.units.staging import Staging
from hil.controllers.units.tower import Tower

SEASONS = {"": OFF, "winter": WINTER, "summer": SUMMER}
"""The only season of a loop, by its name in the wiring; OFF where it is needed in all."""


class PlantRoom:
    """Runs the plant room through the year. Scan period 0.5 .. 30 s of plant time."""

    parts = Wiring
    numbers = Settings()
    pair = PumpPair
    valves = Changeover
    staging = Staging
    recovery = Recovery

    def __init__(self, link: Link, wiring: Wiring, settings: Settings) -> None:
        """Find every register that is needed; InputError names the one that a bench does not have."""
        self.settings = settings
        self._view, place = link.view, link.place
        self.panel = OperatorPanel(link)
        self._supply = place(f"{wiring.load.meter}.supply_temp")
        loops = [(wiring.load, settings.least_load_flow, settings.load_speed)]
        if wiring.source is not None:
            self._source_temp = place(f"{wiring.source.meter}.supply_temp")
            loops.insert(0, (wiring.source, settings.least_source_flow, settings.source_speed))
        self.pairs = [(self.pair if loop.pumps else RingFlow)(link, loop, least, settings) for loop, least, _ in loops]
        self.source, self.load = (self.pairs[0] if wiring.source else None), self.pairs[-1]
        self._speeds = [speeds for *_, speeds in loops]
        self._seasons = [SEASONS[loop.season] for loop, *_ in loops]
        self._needed = self.pairs
        self.wells = WellField(link, wiring.wells, settings) if wiring.wells else None
        self.units = self.staging(link, wiring.units, settings, wiring.boilers)
        self.tower = Tower(link, wiring.tower, settings) if wiring.tower else None
        self.hot_water = self.recovery(link, wiring.hot_water, wiring.units, settings) if wiring.hot_water else None
        self.changeover = self.valves(link, wiring, settings)
        self.demand = Demand(link, wiring.rooms, settings)
        self.low_source = LowSource(settings)
        self.pressures = [LoopPressure(link, loop.holding, settings) if loop.holding else None for loop, *_ in loops]
        self.lamps = Lamps(link)
        self._next_s = float("-inf")

    def scan(self, time_s: float) -> None:
        """One scan at plant time [s]. Clauses OP-3.1, PR-3.1."""
        acknowledged = self.panel.acknowledged(time_s)
        if self.panel.pressed:
            self._stop_everything(time_s)
        elif acknowledged:
            self._reset()
        failed = False
        for pair in self.pairs:
            failed = pair.scan(time_s) or failed
        if self.units.any_on and not self._flowing():
            self.units.stop_all(time_s)
        if failed or time_s >= self._next_s:
            self._next_s = time_s + self.settings.slow_s
            self._slow(time_s)

    def _flowing(self) -> bool:
        for pair in self._needed:  # noqa: SIM110  (asked at every scan; a generator costs twice as much)
            if not pair.flowing:
                return False
        return True

    def _slow(self, time_s: float) -> None:
        """Everything that has time. Clauses PR-1.1, PR-1.2."""
        selected = self.panel.selected
        units, changeover = self.units, self.changeover
        units.look(time_s)
        for pressure in self.pressures:
            if pressure is not None:
                pressure.look()
        still = all(pair.still() for pair in self.pairs)
        changeover.update(time_s, selected, units.at_rest(time_s), still, self._flowing())
        ready = selected != OFF and changeover.ready(selected) and not self.panel.stopped
        season = selected if ready else OFF
        if ready and not units.any_on:
            units.set_mode(selected == SUMMER)
        self.demand.set_season(season)
        self.demand.update(time_s, season)
        calls = self._store_calls(time_s, season)
        wanted = ready and (self.demand.wanted or calls)
        self._move_water(time_s, wanted)
        self._run_units(time_s, wanted, season)
        self._tell(time_s, selected)

    def _store_calls(self, time_s: float, season: int) -> bool:
        """Whether the store of hot water wants the units to run: in winter; in summer it takes what cooling gives.

        Clause PR-4.1.
        """
        hot_water = self.hot_water
        if hot_water is None:
            return False
        hot_water.look()
        if not self.panel.stopped:
            hot_water.update(time_s, season == WINTER and self.demand.wanted)
        return hot_water.calls and season == WINTER

    def _move_water(self, time_s: float, wanted: bool) -> None:
        """Pumps and wells run while heat or cold is wanted and on after the last unit.

        Clauses PR-2.1, PR-2.2, PR-2.3, PR-2.4.
        """
        changeover = self.changeover
        going_on = self.units.any_on or self.units.overrunning(time_s) or changeover.step == RUN_ON
        on = wanted or changeover.step == PROVING
        on = on or (going_on and self._needed[0].wanted and changeover.step in (SETTLED, RUN_ON))
        season = changeover.target if changeover.step == PROVING else changeover.season
        self._needed = [pair for pair, only in zip(self.pairs, self._seasons, strict=True) if only in (OFF, season)]
        for pair, pressure, speeds in zip(self.pairs, self.pressures, self._speeds, strict=True):
            held = pressure is not None and pressure.low
            if on and pair in self._needed and not held and not self.panel.stopped:
                pair.run(time_s, speeds[season == SUMMER])
            else:
                pair.rest(time_s)
            pair.check(time_s)
        if self.wells is None:
            return
        if on and not self.panel.stopped:
            self.wells.check(time_s, self.units.load, self.low_source.alarm)
        else:
            self.wells.rest(time_s)

    def _run_units(self, time_s: float, wanted: bool, season: int) -> None:
        """Release the units while water flows on both sides and nothing speaks against it.

        Clauses PR-3.2, PR-3.3, PR-3.4.
        """
        units, low_source = self.units, self.low_source
        if self.source is not None:
            leaving = units.coldest() if season == WINTER else None
            low_source.update(time_s, leaving, self._view[self._source_temp])
        units.limit(max(low_source.limit, 25.0))
        flowing = self._flowing() and not low_source.stopped
        fed = self.wells is None or self.wells.flowing
        if not flowing or (units.any_on and not fed):
            units.stop_all(time_s)
        released = wanted and flowing and fed
        if self.tower is not None:
            self.tower.update(time_s, season == SUMMER and units.any_on, self._view[self._source_temp])
        units.update(time_s, released, self._view[self._supply], self.demand.supply_sp(season))

    def _tell(self, time_s: float, selected: int) -> None:
        """Lamps, season, life sign. Clause PR-6.1."""
        source, load, wells = self.source, self.load, self.wells
        held = [pressure for pressure in self.pressures if pressure is not None]
        self.lamps.show(
            source is not None and source.alarm,
            load.alarm,
            wells is not None and wells.alarm,
            any(pair.flow_alarm for pair in self.pairs),
            self.units.alarm or any(part is not None and part.alarm for part in (self.tower, self.hot_water)),
            self.low_source.alarm,
            self.changeover.alarm,
            any(pressure.low or pressure.high for pressure in held),
            any(pressure.leak for pressure in held),
            wells is not None and wells.care,
        )
        pushed = self.panel.resets(time_s)
        if pushed is not None:
            self._push_resets(pushed)
        self.panel.show(time_s, self.changeover.shown(selected))

    def _reset(self) -> None:
        """The operator acknowledges: failed pumps may be used again. Clause PR-5.2."""
        for pair in self.pairs:
            pair.reset()
        if self.wells is not None:
            self.wells.reset()
        self.changeover.reset()

    def _push_resets(self, pushed: bool) -> None:
        """Hold or release the resets of what reports a trip or an alarm. Clause PR-5.3."""
        wells = self.wells.wells if self.wells is not None else []
        for pump in (*(pump for pair in self.pairs for pump in pair.pumps), *wells):
            pump.push_reset(pushed and pump.tripped())
        if self.hot_water is not None:
            self.hot_water.push_reset(pushed)
        self.units.push_reset(pushed)

    def _stop_everything(self, time_s: float) -> None:
        """The emergency stop is pressed. Clause PR-5.1."""
        self.units.stop_all(time_s)
        if self.hot_water is not None:
            self.hot_water.stop(time_s)
        for pair in self.pairs:
            pair.rest(time_s)
        if self.wells is not None:
            self.wells.rest(time_s)
