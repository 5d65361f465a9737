"""The seasonal changeover: nothing opens before the other group of valves is proven closed.

Units that change over in themselves have no valves; they only rest, and change while no pump runs.
"""

from collections.abc import Sequence

from hil.bench.bus_link import Link
from hil.controllers.pumps.valve import HALF, NEARLY_CLOSED, Valve
from hil.controllers.settings.settings import CHANGING, OFF, SUMMER, WINTER, Settings
from hil.controllers.settings.wiring import Wiring
from hil.controllers.timers import OnDelay

UNKNOWN, SETTLED, RUN_ON, REST, CLOSING, OPENING, PROVING, FAILED = range(8)
"""Steps of the sequence."""


class Changeover:
    """Brings the valves into the season that is selected.

    step:   where the sequence stands
    season: the season in which the valves are, proven; OFF where that is not known
    alarm:  the sequence was broken off, or a proof was lost since; stays until the reset
    """

    def __init__(self, link: Link, wiring: Wiring, settings: Settings) -> None:
        """Find the valves and the temperatures of both loops."""
        self.settings = settings
        self._view = link.view
        groups = {WINTER: wiring.changeover.winter, SUMMER: wiring.changeover.summer}
        self._groups = {season: [Valve(link, name) for name in names] for season, names in groups.items()}
        meters = [loop.meter for loop in (wiring.load, wiring.source) if loop is not None]
        self._temps = [link.place(f"{meter}.{side}_temp") for meter in meters for side in ("supply", "return")]
        self.step, self.season, self.target = UNKNOWN, OFF, OFF
        self.alarm = False
        self._since = self._began = 0.0
        self._astray, self._flows = OnDelay(settings.source_delay_s), OnDelay(settings.flush_s)
        self._looked = False

    def shown(self, selected: int) -> int:
        """The season for the panel."""
        if selected == OFF:
            return OFF
        return self.season if self.ready(selected) else CHANGING

    def ready(self, selected: int) -> bool:
        """Whether the plant may run in the selected season."""
        return self.step == SETTLED and self.season == selected

    def update(self, time_s: float, selected: int, resting: bool, still: bool, flowing: bool) -> None:
        """Go on with the sequence.

        selected: season the operator wants; resting: all units off and past their minimum off time;
        still: no pump of either loop runs; flowing: both loops are proven to flow

        Clauses SO-4.1, SO-4.2.
        """
        if self.step == SETTLED:
            self._guard(time_s)
        if self.step == UNKNOWN and selected != OFF:
            if self._looked:
                self._find_out(time_s, selected)
            self._looked = True  # the second look: at the first one end switches may not have shown themselves yet
        elif self.step == SETTLED and selected not in (OFF, self.season):
            self.target, self._began = selected, time_s
            self._enter(RUN_ON, time_s)
        elif self.step in (RUN_ON, REST):
            self._wait(time_s, selected, resting)
        elif self.step in (CLOSING, OPENING):
            self._move(time_s, still)
        elif self.step == PROVING:
            self._prove(time_s, flowing)

    def reset(self) -> None:
        """Acknowledge; a broken-off sequence begins anew. Clause SO-4.8."""
        self.alarm = False
        if self.step == FAILED:
            self.step = UNKNOWN

    def _find_out(self, time_s: float, selected: int) -> None:
        """After a start: which group is open? Only a group that may carry warm water needs the whole sequence.

        Clause SO-4.1.
        """
        old = SUMMER if selected == WINTER else WINTER
        self.target, self._began = selected, time_s
        if not self.closed(self._groups[old]):
            self._enter(RUN_ON, time_s)
        elif self.opened(self._groups[selected]):
            self._order(selected)
            self._settle(selected)
        else:
            self._enter(CLOSING, time_s)

    def _wait(self, time_s: float, selected: int, resting: bool) -> None:
        """Until the units have rested and the water may be exchanged; the operator may still think better of it.

        Clauses SO-4.2, SO-4.3, SO-4.4.
        """
        settings = self.settings
        if selected == self.season:
            self._settle(selected)
        elif self.step == RUN_ON:
            if time_s - self._since >= settings.run_on_s:
                self._enter(REST, time_s)
        elif resting and (self._mild() or time_s - self._began >= settings.rest_s):
            self._enter(CLOSING, time_s)

    def _move(self, time_s: float, still: bool) -> None:
        """Close the old group, then open the new one; each proven within its time, and no pump running.

        Clauses SO-4.5, SO-4.6.
        """
        settings, elapsed = self.settings, time_s - self._since
        old = self._groups[SUMMER if self.target == WINTER else WINTER]
        if not still:
            self._fail_after(settings.pump_stop_s, elapsed)
        elif self.step == CLOSING:
            for valve in old:
                valve.order(False)
            if self.closed(old):
                self._enter(OPENING, time_s)
                self._order(self.target)
            else:
                self._fail_after(settings.stroke_s * settings.stroke_factor, elapsed)
        elif self.opened(self._groups[self.target]):
            self._flows.reset()
            self._enter(PROVING, time_s)
        else:
            self._fail_after(settings.stroke_s * settings.stroke_factor, elapsed)

    def _prove(self, time_s: float, flowing: bool) -> None:
        """The pumps run: both loops must flow for a while before the units are released. Clause SO-4.7."""
        if self._flows.update(time_s, flowing):
            self._settle(self.target)
        elif not flowing:
            self._fail_after(self.settings.prove_s, time_s - self._since)

    def closed(self, group: Sequence[Valve]) -> bool:
        """Whether all valves of a group are proven closed."""
        for valve in group:  # noqa: SIM110  (asked at every scan; a generator costs twice as much)
            if not valve.is_closed():
                return False
        return True

    def opened(self, group: Sequence[Valve]) -> bool:
        """Whether all valves of a group are proven open."""
        for valve in group:  # noqa: SIM110  (likewise)
            if not valve.is_open():
                return False
        return True

    def _mild(self) -> bool:
        """Whether the water of both loops may be exchanged."""
        lo, hi = self.settings.rest_temps
        return all(lo <= self._view[place] <= hi for place in self._temps)

    def _guard(self, time_s: float) -> None:
        """A valve that leaves its place stops the plant; an end switch alone is an alarm. Clause SO-4.9."""
        group, other = self._groups[self.season], self._groups[SUMMER if self.season == WINTER else WINTER]
        if self._astray.update(time_s, not (self.opened(group) and self.closed(other))):
            self.alarm = True
            away = any(valve.position() < HALF for valve in group)
            if away or any(valve.position() > NEARLY_CLOSED for valve in other):
                self._fail()

    def _order(self, season: int) -> None:
        for valve in self._groups[season]:
            valve.order(True)

    def _enter(self, step: int, time_s: float) -> None:
        self.step, self._since = step, time_s

    def _settle(self, season: int) -> None:
        self.step, self.season = SETTLED, season
        self._astray.reset()

    def _fail_after(self, limit: float, elapsed: float) -> None:
        if elapsed >= limit:
            self._fail()

    def _fail(self) -> None:
        """Break the sequence off, until the operator acknowledges. Clause SO-4.8."""
        self.step, self.season = FAILED, OFF
        self.alarm = True
