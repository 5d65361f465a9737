"""The plant-room program: a sound controller of a plant room, for any plant of that kind.

Its sequence of operation is docs/sequences/plant_room.md.

A pure state machine on plant time. At every scan it looks at emergency stop, pumps and flow; everything else follows
every 10 s of plant time. What it is wired to and its numbers come from a configuration.
"""

from dataclasses import dataclass

from hil.bench.bus_link import Link
from hil.controllers.panel.utility_lock import UtilityLock
from hil.controllers.program import Program
from hil.controllers.pumps.loop_pressure import LoopPressure
from hil.controllers.pumps.pump_pair import PumpPair
from hil.controllers.pumps.ring_flow import RingFlow
from hil.controllers.rooms.demand import Demand
from hil.controllers.settings.settings import OFF, SUMMER, WINTER, Percent, Settings
from hil.controllers.settings.wiring import LoopWiring, Wiring
from hil.controllers.source.changeover import PROVING, RUN_ON, SETTLED, Changeover
from hil.controllers.source.low_source import LowSource
from hil.controllers.source.well_field import WellField
from hil.controllers.units.recovery import Recovery
from hil.controllers.units.staging import Staging
from hil.controllers.units.tower import Tower

SEASONS = {"": OFF, "winter": WINTER, "summer": SUMMER}
"""The only season of a loop, by its name in the wiring; OFF where it is needed in all."""


@dataclass(slots=True)
class Loop:
    """A loop of water.

    pair, pressure: its pumps and its pressure holding; speeds: of the pumps in winter and in summer
    only:           the only season in which it is needed, OFF where it is needed in all
    """

    pair: PumpPair | RingFlow
    pressure: LoopPressure | None
    speeds: tuple[Percent, Percent]
    only: int


class PlantRoom(Program):
    """Runs the plant room through the year. Scan period 0.5 .. 30 s of plant time."""

    parts: type[Wiring] = Wiring
    numbers: Settings = Settings()
    pair = PumpPair
    valves = Changeover
    staging = Staging
    recovery = Recovery

    def __init__(self, link: Link, wiring: Wiring, settings: Settings) -> None:
        """Find every register that is needed; InputError names the one that a bench does not have."""
        super().__init__(link, settings)
        self._supply = link.place(f"{wiring.load.meter}.supply_temp")
        self.loops = [self._loop(link, wiring.load, settings.least_load_flow, settings.load_speed)]
        if wiring.source is not None:
            self._source_temp = link.place(f"{wiring.source.meter}.supply_temp")
            source = self._loop(link, wiring.source, settings.least_source_flow, settings.source_speed)
            self.loops.insert(0, source)
        self.pairs = [loop.pair for loop in self.loops]
        self.source, self.load = (self.pairs[0] if wiring.source else None), self.pairs[-1]
        self._needed = self.pairs
        self.wells = WellField(link, wiring.wells, settings) if wiring.wells else None
        self.units = self.staging(link, wiring.units, settings, wiring.boilers)
        self.tower = Tower(link, wiring.tower, settings) if wiring.tower else None
        self.hot_water = self.recovery(link, wiring.hot_water, wiring.units, settings) if wiring.hot_water else None
        self.changeover = self.valves(link, wiring, settings)
        self.demand = Demand(link, wiring.rooms, settings)
        self.lock = UtilityLock(link, wiring.lock)
        self.low_source = LowSource(settings)
        self.pressures = [loop.pressure for loop in self.loops if loop.pressure is not None]
        wells = [self.wells] if self.wells is not None else []
        self.resettable = (*self.pairs, *wells, self.changeover)
        self.drives = [
            *(pump for pair in self.pairs for pump in pair.pumps),
            *(w for field in wells for w in field.wells),
        ]

    def _loop(self, link: Link, wiring: LoopWiring, least: float, speeds: tuple[Percent, Percent]) -> Loop:
        """A loop with its registers; least: flow that proves it [m3/h]."""
        pair = (self.pair if wiring.pumps else RingFlow)(link, wiring, least, self.settings)
        pressure = LoopPressure(link, wiring.holding, self.settings) if wiring.holding else None
        return Loop(pair, pressure, speeds, SEASONS[wiring.season])

    def watch(self, time_s: float) -> bool:
        """Proofs of the pumps, and no unit without water; True when a pump has just failed. Clause PR-3.1."""
        failed = False
        for pair in self.pairs:
            failed = pair.scan(time_s) or failed
        if self.units.any_on and not self._flowing():
            self.units.stop_all(time_s)
        return failed

    def _flowing(self) -> bool:
        for pair in self._needed:  # noqa: SIM110  (asked at every scan; a generator costs twice as much)
            if not pair.flowing:
                return False
        return True

    def look(self, time_s: float) -> None:
        """Everything that has time. Clauses PR-1.1, PR-1.2."""
        selected = self.panel.selected
        units, changeover = self.units, self.changeover
        units.look(time_s)
        for pressure in self.pressures:
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
        self.lock.look()
        wanted = ready and (self.demand.wanted or calls) and not self.lock.locked
        self._move_water(time_s, wanted)
        self._run_units(time_s, wanted, season)
        self._show(time_s, selected)

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
        self._needed = [loop.pair for loop in self.loops if loop.only in (OFF, season)]
        for loop in self.loops:
            pair, pressure = loop.pair, loop.pressure
            held = pressure is not None and pressure.low
            if on and loop.only in (OFF, season) and not held and not self.panel.stopped:
                pair.run(time_s, loop.speeds[season == SUMMER])
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

        Clauses PR-3.2, PR-3.3, PR-3.4, OP-4.1.
        """
        units, low_source = self.units, self.low_source
        if self.source is not None:
            leaving = units.coldest() if season == WINTER else None
            low_source.update(time_s, leaving, self._view[self._source_temp])
        units.limit(max(low_source.limit, 25.0))
        flowing = self._flowing() and not low_source.stopped
        fed = self.wells is None or self.wells.flowing
        if not flowing or self.lock.locked or (units.any_on and not fed):
            units.stop_all(time_s)
        released = wanted and flowing and fed
        if self.tower is not None:
            self.tower.update(time_s, season == SUMMER and units.any_on, self._view[self._source_temp])
        units.update(time_s, released, self._view[self._supply], self.demand.supply_sp(season))

    def _show(self, time_s: float, selected: int) -> None:
        """Lamps and season. Clause PR-6.1."""
        source, wells = self.source, self.wells
        lit = {
            "source_pump": source is not None and source.alarm,
            "load_pump": self.load.alarm,
            "well_pump": wells is not None and wells.alarm,
            "flow": any(pair.flow_alarm for pair in self.pairs),
            "unit": self.units.alarm or any(part is not None and part.alarm for part in (self.tower, self.hot_water)),
            "low_source": self.low_source.alarm,
            "changeover": self.changeover.alarm,
            "pressure": any(pressure.low or pressure.high for pressure in self.pressures),
            "leak": any(pressure.leak for pressure in self.pressures),
            "well": wells is not None and wells.care,
        }
        self.tell(time_s, self.changeover.shown(selected), lit, self.demand.outdoor.refused)

    def push_resets(self, pushed: bool) -> None:
        """Hold or release the resets of what reports a trip or an alarm. Clauses PR-5.2, PR-5.3."""
        super().push_resets(pushed)
        if self.hot_water is not None:
            self.hot_water.push_reset(pushed)
        self.units.push_reset(pushed)

    def stop(self, time_s: float) -> None:
        """The emergency stop is pressed. Clause PR-5.1."""
        self.units.stop_all(time_s)
        if self.hot_water is not None:
            self.hot_water.stop(time_s)
        for pair in self.pairs:
            pair.rest(time_s)
        if self.wells is not None:
            self.wells.rest(time_s)
