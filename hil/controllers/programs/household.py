"""The household program: water for room units that look after themselves, in one house or in a village.

Room units heat and cool on demand and protect themselves. The program gives them the season, keeps water moving while
any of them calls, holds them back while the source is too cold, and lights the lamps. A village has wells behind a
plate exchanger and several pumps; a house has boreholes and one pump.
"""

from hil.bench.bus_link import Link
from hil.controllers.panel.alarms import Lamps
from hil.controllers.panel.operator_panel import OperatorPanel
from hil.controllers.pumps.loop_pressure import LoopPressure
from hil.controllers.pumps.ring_pumps import RingPumps
from hil.controllers.settings.household_wiring import HouseholdSettings, HouseholdWiring
from hil.controllers.settings.settings import OFF, SUMMER, WINTER
from hil.controllers.source.low_source import LowSource
from hil.controllers.source.well_field import WellField

MODES = {OFF: 0.0, WINTER: 1.0, SUMMER: 2.0}


class HouseholdProgram:
    """Runs a house or a village through the year. Scan period 0.5 .. 30 s of plant time."""

    parts = HouseholdWiring
    numbers = HouseholdSettings()
    ring_pumps = RingPumps

    def __init__(self, link: Link, wiring: HouseholdWiring, settings: HouseholdSettings) -> None:
        """Find every register that is needed; InputError names the one that a bench does not have."""
        self.settings = settings
        self._view, self._write, place = link.view, link.write, link.place
        self.panel = OperatorPanel(link)
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
        self.lamps = Lamps(link)
        self._selected: int | None = None
        self._limit, self._cold_at = 100.0, 0.0
        self._wells_wanted, self._wells_at = 1, 0.0
        self._off_since: float | None = None
        self._called_at = float("-inf")
        self._next_s = float("-inf")

    def scan(self, time_s: float) -> None:
        """One scan at plant time [s]. Clause OP-3.1."""
        if self.panel.acknowledged(time_s):
            self._reset()
        if self.panel.stopped or time_s >= self._next_s:
            self._next_s = time_s + self.settings.slow_s
            self._look(time_s)

    def _look(self, time_s: float) -> None:
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
            self._called_at = time_s
        asked = valves >= max(1.0, self.settings.proving_share * len(self._rooms["mode_cmd"]))
        low = self.pressure is not None and self.pressure.low
        wanted = time_s - self._called_at < self.settings.call_grace_s and not low and not self.panel.stopped
        self._move_water(time_s, wanted and selected != OFF, asked)
        self._hold_back(time_s, selected)
        self._tell(time_s, selected)

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
        if not self.low_source.stopped:
            self._cold_at = time_s
        elif time_s - self._cold_at >= self.settings.cold_pause_s:
            self.low_source.level += 1
        limit = 0.0 if self.panel.stopped else self.low_source.limit
        if limit != self._limit:
            self._limit = limit
            self._give("limit_cmd", limit)

    def _tell(self, time_s: float, selected: int) -> None:
        """Lamps, season, life sign. Clauses HH-5.2, HH-5.3."""
        ring, wells, pressure, view = self.ring, self.wells, self.pressure, self._view
        unit = False
        for place in self._alarms:
            if view[place] > 0.5:
                unit = True
                break
        self.lamps.show(
            ring.alarm,
            False,
            wells is not None and wells.alarm,
            ring.flow_alarm,
            unit,
            self.low_source.alarm,
            False,
            pressure is not None and (pressure.low or pressure.high),
            pressure is not None and pressure.leak,
            wells is not None and wells.care,
        )
        pushed = self.panel.resets(time_s)
        if pushed is not None:
            self._give("reset_cmd", 1.0 if pushed else 0.0)
            for pump in (*ring.pumps, *(wells.wells if wells is not None else [])):
                pump.push_reset(pushed and pump.tripped())
        self.panel.show(time_s, selected)

    def _reset(self) -> None:
        """The operator acknowledges: failed pumps may be used again. Clause HH-5.2."""
        self.ring.reset()
        if self.wells is not None:
            self.wells.reset()

    def _give(self, register: str, value: float) -> None:
        """The same command to all rooms."""
        for place in self._rooms[register]:
            self._write(place, value)
