"""Units behind isolating valves of their own: water first, then the valves, then the unit; and back again."""

from collections.abc import Sequence

from hil.bench.bus_link import Link
from hil.controllers.pumps.valve import Valve
from hil.controllers.settings.settings import Settings
from hil.controllers.timers import OffDelay
from hil.controllers.units.staging import Staging
from hil.controllers.units.unit import Unit


class IsolatedUnit(Unit):
    """A unit that is enabled only when its valves are proven open.

    on:     asked to run; the order goes out when water and valves are there
    joined: its valves are open, or on their way; flushed: they are open though it stands
    """

    def __init__(self, link: Link, name: str, valves: Sequence[str], settings: Settings) -> None:
        """Find the registers of the unit and of its valves."""
        super().__init__(link, name, settings)
        self._valves = [Valve(link, valve) for valve in valves]
        self._left = OffDelay(settings.overrun_s)
        self.joined = self.flushed = False

    def passing(self) -> bool:
        """Whether water can pass: its valves are proven open."""
        return self.joined and all(valve.is_open() for valve in self._valves)

    def enable(self) -> None:
        """Ask for a start; `step` carries it out."""
        self.on = True

    def disable(self, time_s: float) -> None:
        """Ask for a stop; the valves close after the overrun. Clause UN-3.2."""
        if self.on:
            self._left.hold(time_s)
        super().disable(time_s)

    def step(self, time_s: float, watered: bool) -> None:
        """Go on with the sequence; watered: enough pumps are proven for one more unit. Clauses UN-3.1, UN-3.2."""
        if self.on and (watered or self.joined):
            self._open(True)
            if self.passing():
                super().enable()
        elif self.running or self._left.holds(time_s):
            return
        elif not self.on:
            self._open(self.flushed)

    def _open(self, is_open: bool) -> None:
        self.joined = is_open
        for valve in self._valves:
            valve.order(is_open)


class IsolatedStaging(Staging):
    """Lead and lag of units behind isolating valves.

    joined: units that take water; wanting: units that take water or are about to
    """

    units: list[IsolatedUnit]  # type: ignore[assignment]

    def __init__(self, link: Link, names: Sequence[str], valves: Sequence[Sequence[str]], settings: Settings) -> None:
        """Find all units; valves: those of each unit."""
        super().__init__(link, names, settings)
        self.units = [IsolatedUnit(link, name, own, settings) for name, own in zip(names, valves, strict=True)]
        self._all = self._coolers = self._heaters = list[Unit](self.units)

    @property
    def joined(self) -> int:
        """Units whose valves are open."""
        return sum(unit.joined for unit in self.units)

    @property
    def wanting(self) -> int:
        """Units that take water, or are about to."""
        return sum(unit.joined or unit.on for unit in self.units)

    @property
    def running(self) -> int:
        """Units whose compressor runs."""
        return self._running

    def step(self, time_s: float, spare: int, flushing: bool) -> None:
        """Let every unit go on; spare: pumps that are proven beyond those that units have; flushing: water only.

        Clauses UN-3.3, UN-3.4.
        """
        self.units[0].flushed = flushing
        for unit in self.units:
            waiting = unit.on and not unit.joined
            unit.step(time_s, spare > 0)
            if waiting and unit.joined:
                spare -= 1
