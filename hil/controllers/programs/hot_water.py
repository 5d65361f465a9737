"""The recovery unit and what it heats: store of hot water, pool, and the electric heater that brings 60 degC.

The unit follows the demand for heat; what it cools is the ground water in winter and the cooling loop in summer.
Its sequence of operation is section SC-4 of docs/sequences/sports_centre.md.
"""

from pydantic import Field

from hil.bench.bus_link import Link
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.pumps.pump_group import PumpGroup
from hil.controllers.pumps.valve import Valve
from hil.controllers.settings.configuration import Names
from hil.controllers.settings.sports_settings import SportsSettings
from hil.controllers.timers import OnDelay
from hil.controllers.units.isolated_unit import IsolatedUnit
from twin.yaml_lines import FileModel


class HotWaterWiring(FileModel):
    """What the hot-water loop consists of."""

    unit: str = Field(description="recovery unit")
    evaporator_valve: str
    joining: Names = Field(description="valves between its condenser and the hot-water loop: open")
    parting: Names = Field(description="valves between its condenser and the other condensers: closed")
    pumps: Names
    meter: str
    holding: str
    store: str = Field(description="tank that the unit heats")
    store_valve: str
    pool: str
    pool_valve: str
    pool_pump: str
    circulation_pump: str
    heater: str


class HotWater:
    """Store and pool by temperature; the unit runs while one of them wants heat and its cold side can give it.

    unit, pumps: the recovery unit and its group of pumps; wanted: heat is wanted; alarm: heater, filter or circulation
    """

    def __init__(self, link: Link, wiring: HotWaterWiring, settings: SportsSettings) -> None:
        """Find all registers."""
        self.settings, self._view, self._write = settings, link.view, link.write
        self.unit = IsolatedUnit(link, wiring.unit, [wiring.evaporator_valve], settings)
        self.pumps = PumpGroup(link, wiring.pumps, wiring.meter, settings.least_hot_water_flow, settings)
        self._joining, self._parting = ([Valve(link, n) for n in names] for names in (wiring.joining, wiring.parting))
        self._store_valve, self._pool_valve = Valve(link, wiring.store_valve), Valve(link, wiring.pool_valve)
        self._middle, self._bottom = (
            link.place(f"{wiring.store}.middle_temp"),
            link.place(f"{wiring.store}.bottom_temp"),
        )
        self._pool, self._filter = link.place(f"{wiring.pool}.temp"), link.place(f"{wiring.pool}.flow_ok")
        self._always = [PumpDrive(link, name) for name in (wiring.pool_pump, wiring.circulation_pump)]
        self._heater, heater_sp = (
            link.place(f"{wiring.heater}.enable_cmd"),
            link.place(f"{wiring.heater}.leaving_temp_sp"),
        )
        self._heater_alarm, self._heater_reset = (
            link.place(f"{wiring.heater}.alarm_lockout"),
            link.place(f"{wiring.heater}.reset_cmd"),
        )
        link.write(heater_sp, settings.heater_sp)
        self.unit.set_mode(cooling=False)
        self.unit.set_leaving_temp(settings.hot_water_sp)
        self.store_wanted = self.pool_wanted = self.wanted = self.alarm = False
        self._cold, self._exhausted, self._since = OnDelay(settings.cold_delay_s), False, 0.0
        self._moved, self._flushed = OnDelay(settings.cold_moved_s), False

    def look(self, time_s: float) -> None:
        """Read the unit, and what store and pool want. Clauses SC-4.1, SC-4.2, SC-4.10."""
        settings, view = self.settings, self._view
        self.unit.look(time_s)
        if view[self._middle] < settings.hot_water_sp - settings.store_band:
            self.store_wanted = True
        elif view[self._bottom] > settings.hot_water_sp - settings.store_full:
            self.store_wanted = False
        pool, filtered = view[self._pool], view[self._filter] > 0.5
        if not filtered or pool > settings.pool_sp + settings.pool_band:
            self.pool_wanted = False
        elif pool < settings.pool_sp - settings.pool_band:
            self.pool_wanted = True
        self.wanted = self.store_wanted or self.pool_wanted
        tripped = any(pump.tripped() for pump in self._always)
        self.alarm = tripped or view[self._heater_alarm] > 0.5 or not filtered

    def judge_cold_side(self, time_s: float, summer: bool, back: float, moves: bool) -> None:
        """In summer the unit must not freeze a cooling loop that nobody needs.

        back: water coming from the halls, whose temperature counts once it moves

        Clauses SC-4.5, SC-4.6.
        """
        settings = self.settings
        leaving = self.unit.evaporator_temp()
        if leaving < settings.cold_unload[0] and summer:
            self.unit.limit(50.0)
        elif leaving > settings.cold_unload[1] or not summer:
            self.unit.limit(100.0)
        moved = self._moved.update(time_s, moves)
        if self._exhausted:
            self._exhausted = summer and not (moved and back >= settings.cold_restart)
        elif self._cold.update(time_s, summer and self.unit.running and leaving <= settings.cold_stop):
            self._exhausted, self._since = True, time_s
            self._cold.reset()
        self.unit.flushed = summer and self._looks(time_s)

    def _looks(self, time_s: float) -> bool:
        """Whether the water that it waits for is to be moved through it, or goes on moving until it runs.

        Clause SC-4.6.
        """
        settings, unit = self.settings, self.unit
        if not self._exhausted:
            return unit.flushed and self.wanted and not unit.on and not unit.alarm
        turn = settings.cold_wait_s + settings.cold_look_s
        return self.wanted and not unit.on and (time_s - self._since) % turn >= settings.cold_wait_s

    def run(self, time_s: float, released: bool, cold_water: bool) -> None:
        """Valves, pumps and unit; released: the plant may run; cold_water: a pump of the cold side is spare.

        Clauses SC-4.3, SC-4.8.
        """
        self._keep_running(time_s)
        unit = self.unit
        needed = self.wanted and not self._exhausted
        used = unit.joined and not (unit.flushed or self._flushed)
        self._flushed = unit.flushed
        moving = used or unit.running or (needed and released)
        if self._way(moving):
            self.pumps.run(time_s, 1, 1, True, self.settings.hot_water_speed)
        else:
            self.pumps.rest(time_s)
        ready = self.pumps.flowing or not unit.flushed
        if needed and released and not unit.on and ready and unit.may_start(time_s):
            unit.enable()
        elif unit.on and (not released or unit.alarm or (not needed and unit.may_stop(time_s))):
            unit.disable(time_s)
        unit.step(time_s, cold_water and self.pumps.flowing)

    def _way(self, moving: bool) -> bool:
        """Order the valves of the loop; True while they let water through. One user opens before the other closes.

        Clause SC-4.7.
        """
        for valve in self._parting:
            valve.order(False)
        for valve in self._joining:
            valve.order(moving)
        store, pool = self._store_valve, self._pool_valve
        store.order(moving and (self.store_wanted or not pool.is_open()))
        pool.order(moving and (self.pool_wanted or not store.is_open()))
        joined = all(valve.is_open() for valve in self._joining)
        return moving and joined and (store.is_open() or pool.is_open())

    def interlock(self, time_s: float) -> None:
        """At every scan: proofs of the pumps, and no unit without water. Clause SC-4.8."""
        self.pumps.scan(time_s)
        if self.unit.running and not self.pumps.flowing:
            self.unit.disable(time_s)

    def push_reset(self, pushed: bool) -> None:
        """Hold or release the resets of unit, heater, filter and circulation where they report something.

        Clause SC-5.2.
        """
        self.unit.push_reset(pushed and self.unit.alarm)
        self._write(self._heater_reset, float(pushed and self._view[self._heater_alarm] > 0.5))
        for pump in self._always:
            pump.push_reset(pushed and pump.tripped())

    def stop(self, time_s: float) -> None:
        """Emergency stop; filter and circulation too. Clause SC-5.1."""
        self.unit.disable(time_s)
        self.pumps.rest(time_s)
        self._write(self._heater, 0.0)
        for pump in self._always:
            pump.stop(time_s)

    def _keep_running(self, time_s: float) -> None:
        """Filter and circulation run day and night; the heater only with the circulation. Clause SC-4.9."""
        for pump in self._always:
            if not pump.on:
                pump.start(time_s, 100.0)
        self._write(self._heater, 1.0 if self._always[1].turns() else 0.0)
