"""The sports-centre program: winter/summer units for the halls, a recovery unit for hot water and pool.

One evaporator header and one condenser header change over between ground and halls. The recovery unit follows the
demand for heat; the other units cover what is left of heating or cooling. As many pumps run in a loop as units take
its water. A pure state machine on plant time, like the plant-room program, of whose parts it is made.
"""

from dataclasses import replace

from pydantic import Field

from hil.bench.bus_link import Link
from hil.controllers.panel.utility_lock import UtilityLock
from hil.controllers.program import Program
from hil.controllers.programs.hot_water import HotWater, HotWaterWiring
from hil.controllers.pumps.loop_pressure import LoopPressure
from hil.controllers.pumps.pump_group import PumpGroup
from hil.controllers.rooms.demand import Demand
from hil.controllers.settings.configuration import Names
from hil.controllers.settings.settings import OFF, SUMMER, WINTER
from hil.controllers.settings.sports_settings import SportsSettings
from hil.controllers.settings.wiring import Groups, LoopWiring, WellWiring, Wiring
from hil.controllers.source.changeover import PROVING, Changeover
from hil.controllers.source.low_source import LowSource
from hil.controllers.source.well_field import WellField
from hil.controllers.units.isolated_unit import IsolatedStaging
from twin.yaml_lines import FileModel


class SportsWiring(FileModel):
    """The parts of a sports centre."""

    wells: WellWiring
    source: LoopWiring
    load: LoopWiring
    units: Names = Field(min_length=1, description="winter/summer units")
    evaporator_valves: Names
    condenser_valves: Names
    rooms: Names
    warm_rooms: Names = ()
    changeover: Groups
    hot_water: HotWaterWiring
    lock: str = Field(default="", description="register that is 1 while the utility locks the units")


class SportsCentre(Program):
    """Runs the sports centre through the year. Scan period 0.5 .. 30 s of plant time."""

    parts = SportsWiring
    numbers = SportsSettings()
    settings: SportsSettings
    hot_water_part = HotWater

    def __init__(self, link: Link, wiring: SportsWiring, settings: SportsSettings) -> None:
        """Find every register that is needed; InputError names the one that a bench does not have."""
        super().__init__(link, settings)
        place = link.place
        self._return = place(f"{wiring.load.meter}.return_temp")
        self._supply, self._source_temp = (
            place(f"{wiring.load.meter}.supply_temp"),
            place(f"{wiring.source.meter}.supply_temp"),
        )
        source, load = wiring.source, wiring.load
        self.ground = PumpGroup(link, source.pumps, source.meter, settings.least_source_flow, settings)
        self.terminal = PumpGroup(link, load.pumps, load.meter, settings.least_load_flow, settings)
        self.hot_water = self.hot_water_part(link, wiring.hot_water, settings)
        self.groups = (self.ground, self.terminal, self.hot_water.pumps)
        self.wells = WellField(link, wiring.wells, settings)
        valves = list(zip(wiring.evaporator_valves, wiring.condenser_valves, strict=True))
        self.units = IsolatedStaging(link, wiring.units, valves, settings)
        room = Wiring(
            source=source, load=load, units=wiring.units, rooms=wiring.rooms, changeover=wiring.changeover, boilers=()
        )
        self.changeover = Changeover(link, room, settings)
        self.demands = [Demand(link, wiring.rooms, settings)]
        if wiring.warm_rooms:
            self.demands.append(Demand(link, wiring.warm_rooms, replace(settings, room_sp=settings.warm_room_sp)))
        self.low_source = LowSource(settings)
        self.lock = UtilityLock(link, wiring.lock)
        holdings = (source.holding, load.holding, wiring.hot_water.holding)
        self.pressures = [LoopPressure(link, name, settings) for name in holdings]
        self.resettable = (*self.groups, self.wells, self.changeover)
        self.drives = [*(pump for group in self.groups for pump in group.pumps), *self.wells.wells]

    def watch(self, time_s: float) -> bool:
        """Proofs of the pumps, and no unit without water; a failed pump has been replaced already. Clause SC-3.1."""
        self.ground.scan(time_s)
        self.terminal.scan(time_s)
        self.hot_water.interlock(time_s)
        if self.units.any_on and not self._flowing():
            self.units.stop_all(time_s)
        return False

    def _flowing(self) -> bool:
        """Whether what has started has its water; units on their way have none yet."""
        return self.units.running == 0 or (self.ground.flowing and self.terminal.flowing)

    def look(self, time_s: float) -> None:
        """Everything that has time. Clauses SC-1.1, SC-1.2."""
        selected = self.panel.selected
        units, changeover, recovery = self.units, self.changeover, self.hot_water
        units.look(time_s)
        recovery.look(time_s)
        for pressure in self.pressures:
            pressure.look()
        still = self.ground.still() and self.terminal.still()
        resting = units.at_rest(time_s) and not recovery.unit.on and recovery.unit.rested(time_s)
        changeover.update(time_s, selected, resting, still, self.ground.flowing and self.terminal.flowing)
        ready = selected != OFF and changeover.ready(selected) and not self.panel.stopped
        season = selected if ready else OFF
        if ready and not units.any_on:
            units.set_mode(selected == SUMMER)
        for demand in self.demands:
            demand.set_season(season)
            demand.update(time_s, season)
        self.lock.look()
        wanted = ready and any(demand.wanted for demand in self.demands) and not self.lock.locked
        recovery.judge_cold_side(time_s, season == SUMMER, self._view[self._return], self.terminal.flowing)
        self._move_water(time_s)
        self._run_units(time_s, wanted, season)
        self._run_recovery(time_s, season)
        self._show(time_s, selected)

    def _move_water(self, time_s: float) -> None:
        """As many pumps in either loop as units take its water, one while a changeover is proven.

        Clauses SC-2.1, SC-2.2, SC-2.3.
        """
        units, unit, changeover = self.units, self.hot_water.unit, self.changeover
        summer = (changeover.target if changeover.step == PROVING else changeover.season) == SUMMER
        least = int(changeover.step == PROVING)
        cold, running = int(unit.on or unit.joined), int(unit.running)
        needs = ((self.ground, 0 if summer else 1, 0), (self.terminal, 1 if summer else 0, 1))
        for group, recovered, which in needs:
            settings, pressure = self.settings, self.pressures[which]
            count = max(units.wanting + cold * recovered, least)
            speeds = settings.load_speed if which else settings.source_speed
            way = any(u.passing() for u in units.units) or (recovered > 0 and unit.passing())
            if count and not pressure.low and not self.panel.stopped:
                group.run(time_s, count, units.running + running * recovered, way, speeds[summer])
            else:
                group.rest(time_s)
        load = units.load + (0.0 if summer else unit.capacity)
        if self.ground.wanted and not self.panel.stopped:
            self.wells.check(time_s, load, self.low_source.alarm)
        else:
            self.wells.rest(time_s)

    def _run_units(self, time_s: float, wanted: bool, season: int) -> None:
        """Release the units while nothing speaks against it; each joins the water when a pump is spare for it.

        Clauses SC-3.2, SC-3.3, OP-4.1.
        """
        units, low_source = self.units, self.low_source
        temps = [units.coldest(), self.hot_water.unit.evaporator_temp() if self.hot_water.unit.running else None]
        leaving = min([t for t in temps if t is not None], default=None) if season == WINTER else None
        low_source.update(time_s, leaving, self._view[self._source_temp])
        units.limit(max(low_source.limit, 25.0))
        fed = self.wells.flowing or units.running == 0
        if low_source.stopped or self.lock.locked or (units.any_on and not fed):
            units.stop_all(time_s)
        released = wanted and fed and not low_source.stopped
        units.update(time_s, released, self._view[self._supply], self.demands[0].supply_sp(season))
        recovered = int(self.hot_water.unit.joined)
        summer = season == SUMMER
        spare = self.ground.proven - units.joined - (0 if summer else recovered)
        spare = min(spare, self.terminal.proven - units.joined - (recovered if summer else 0))
        flushing = self.changeover.step == PROVING
        units.step(time_s, spare if self.wells.flowing else 0, flushing)

    def _run_recovery(self, time_s: float, season: int) -> None:
        """The recovery unit takes its cold from the ground in winter and from the halls in summer.

        Where no other unit lets water through, none can flow before its own valve is open.

        Clauses SC-4.4, OP-4.1.
        """
        if self.panel.stopped:
            return
        group = self.terminal if season == SUMMER else self.ground
        delivered = season == SUMMER or self.wells.flowing
        unit = self.hot_water.unit
        if unit.running and not (group.flowing and delivered):
            unit.disable(time_s)
        spare = group.proven - self.units.joined > int(unit.joined)
        released = season != OFF and not self.low_source.stopped and not self.lock.locked
        flows = group.flowing or self.units.joined == 0
        self.hot_water.run(time_s, released, spare and flows and delivered)

    def _show(self, time_s: float, selected: int) -> None:
        """Lamps and season. Clause SC-5.3."""
        hot_water = self.hot_water
        lit = {
            "source_pump": self.ground.alarm,
            "load_pump": self.terminal.alarm or hot_water.pumps.alarm or hot_water.alarm,
            "well_pump": self.wells.alarm,
            "flow": any(group.flow_alarm for group in self.groups),
            "unit": self.units.alarm or hot_water.unit.alarm,
            "low_source": self.low_source.alarm,
            "changeover": self.changeover.alarm,
            "pressure": any(pressure.low or pressure.high for pressure in self.pressures),
            "leak": any(pressure.leak for pressure in self.pressures),
            "well": self.wells.care,
        }
        self.tell(time_s, self.changeover.shown(selected), lit, self.demands[0].outdoor.refused)

    def push_resets(self, pushed: bool) -> None:
        """Hold or release the resets of what reports a trip or an alarm. Clause SC-5.2."""
        super().push_resets(pushed)
        self.units.push_reset(pushed)
        self.hot_water.push_reset(pushed)

    def stop(self, time_s: float) -> None:
        """The emergency stop is pressed. Clause SC-5.1."""
        self.units.stop_all(time_s)
        self.hot_water.stop(time_s)
        for part in (*self.groups, self.wells):
            part.rest(time_s)
