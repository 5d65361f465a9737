"""The household program: water for room units that look after themselves, in one house or in a village.

Room units heat and cool on demand and protect themselves. The program gives them the season, keeps water moving while
any of them calls, holds them back while the source is too cold, and lights the lamps. A village has wells behind a
plate exchanger and several pumps; a house has boreholes and one pump.
"""

from hil.bench.bus_link import Link
from hil.controllers.program import Program
from hil.controllers.pumps.loop_pressure import LoopPressure
from hil.controllers.pumps.ring_pumps import RingPumps
from hil.controllers.settings.household_wiring import HouseholdSettings, HouseholdWiring
from hil.controllers.settings.settings import OFF, SUMMER, WINTER
from hil.controllers.source.low_source import LowSource
from hil.controllers.source.well_field import WellField
from hil.controllers.timers import OffDelay

MODES = {OFF: 0.0, WINTER: 1.0, SUMMER: 2.0}


class HouseholdProgram(Program):
    """Runs a house or a village through the year. Scan period 0.5 .. 30 s of plant time."""

    settings: HouseholdSettings

    parts = HouseholdWiring
    numbers = HouseholdSettings()
    ring_pumps = RingPumps

    def __init__(self, link: Link, wiring: HouseholdWiring, settings: HouseholdSettings) -> None:
        """Find every register that is needed; InputError names the one that a bench does not have."""
        super().__init__(link, settings)
        place = link.place
        self._valves = [place(f"{name}.open_valves") for name in wiring.households]
        self._alarms = [place(f"{name}.alarm") for name in wiring.households]
        registers = ("mode_cmd", "temp_sp", "limit_cmd", "reset_cmd")
        self._rooms = {name: [place(f"{room}.{name}") for room in wiring.rooms] for name in registers}
        self._supply, self._return = (
            place(f"{wiring.ring.meter}.supply_temp"),
            place(f"{wiring.ring.meter}.return_temp"),
        )
        self.ring = self.ring_pumps(link, wiring.ring, settings)
        self.wells = WellField(link, wiring.wells, settings) if wiring.wells else None
        self.pressure = LoopPressure(link, wiring.ring.holding, settings) if wiring.ring.holding else None
        self.low_source = LowSource(settings)
        wells = [self.wells] if self.wells is not None else []
        self.resettable = (self.ring, *wells)
        self.drives = [*self.ring.pumps, *(well for field in wells for well in field.wells)]
        self._selected: int | None = None
        self._limit = 100.0
        self._wells_wanted, self._wells_at = 1, 0.0
        self._off_since: float | None = None
        self._called, self._let_run = OffDelay(settings.call_grace_s), OffDelay(settings.cold_pause_s)

    def watch(self, time_s: float) -> bool:  # noqa: ARG002
        """Nothing but the emergency stop cannot wait. Clause HH-5.1."""
        return self.panel.stopped

    def look(self, time_s: float) -> None:
        """Everything, every ten seconds. Clauses HH-1.1, HH-1.2, HH-2.3."""
        view = self._view
        selected = self.panel.selected
        if selected != self._selected:
            self._selected = selected
            self._give("mode_cmd", MODES[selected])
            if selected != OFF:
                self._give("temp_sp", self.settings.room_sp[selected == SUMMER])
        if self.pressure is not None:
            self.pressure.look()
        valves = 0.0
        for place in self._valves:
            valves += view[place]
        if valves > 0.5:
            self._called.hold(time_s)
        asked = valves >= max(1.0, self.settings.proving_share * len(self._rooms["mode_cmd"]))
        low = self.pressure is not None and self.pressure.low
        wanted = self._called.holds(time_s) and not low and not self.panel.stopped
        self._move_water(time_s, wanted and selected != OFF, asked)
        self._hold_back(time_s, selected)
        self._show(time_s, selected)

    def _move_water(self, time_s: float, wanted: bool, asked: bool) -> None:
        """Ring pumps and wells run while a room unit has its valve open, and a while after. Clauses HH-3.3, HH-5.1."""
        if wanted:
            self.ring.run(time_s, asked)
        else:
            self.ring.rest(time_s)
        if self.wells is None:
            return
        if not wanted:
            self.wells.rest(time_s)
            return
        if self.ring.flowing:
            self._count_wells(time_s, len(self.wells.wells))
        self.wells.check(time_s, self._wells_wanted, cold=False)

    def _count_wells(self, time_s: float, most: int) -> None:
        """One well more where the water to the households leaves its band, one less where it is well inside.

        Clauses HH-3.1, HH-3.2.
        """
        settings, supply = self.settings, self._view[self._supply]
        if self._selected == SUMMER:
            off = (supply > settings.ring_cooling[1]) - (supply < settings.ring_cooling[0])
        else:
            off = (supply < settings.ring_heating[0]) - (supply > settings.ring_heating[1])
        if off == 0 or not settings.least_wells <= self._wells_wanted + off <= most:
            self._off_since = None
            return
        self._off_since = time_s if self._off_since is None else self._off_since
        wait = settings.well_up_s if off > 0 else settings.well_step_s
        if time_s - max(self._off_since, self._wells_at) >= wait:
            self._wells_wanted += off
            self._wells_at, self._off_since = time_s, None

    def _hold_back(self, time_s: float, selected: int) -> None:
        """Limit all room units while the water that comes back from them is too cold.

        Units that are stopped have their valves closed, so nobody can see the water recover: after a pause they are
        let on at the lowest limit.

        Clauses HH-4.1, HH-4.2, HH-5.1.
        """
        if self.ring.flowing:
            leaving = self._view[self._return] if selected == WINTER else None
            self.low_source.update(time_s, leaving, self._view[self._supply])
        if not self._let_run.update(time_s, not self.low_source.stopped):
            self.low_source.level += 1
        limit = 0.0 if self.panel.stopped else self.low_source.limit
        if limit != self._limit:
            self._limit = limit
            self._give("limit_cmd", limit)

    def _show(self, time_s: float, selected: int) -> None:
        """Lamps and season. Clause HH-5.3."""
        ring, wells, pressure, view = self.ring, self.wells, self.pressure, self._view
        unit = False
        for place in self._alarms:
            if view[place] > 0.5:
                unit = True
                break
        lit = {
            "source_pump": ring.alarm,
            "well_pump": wells is not None and wells.alarm,
            "flow": ring.flow_alarm,
            "unit": unit,
            "low_source": self.low_source.alarm,
            "pressure": pressure is not None and (pressure.low or pressure.high),
            "leak": pressure is not None and pressure.leak,
            "well": wells is not None and wells.care,
        }
        self.tell(time_s, selected, lit)

    def push_resets(self, pushed: bool) -> None:
        """Hold or release the resets of all room units, and of drives that report a trip. Clause HH-5.2."""
        self._give("reset_cmd", 1.0 if pushed else 0.0)
        super().push_resets(pushed)

    def _give(self, register: str, value: float) -> None:
        """The same command to all rooms."""
        for place in self._rooms[register]:
            self._write(place, value)
