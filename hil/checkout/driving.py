"""A check-out at work: instruments driven to known values, and what the controller reads and writes meanwhile.

Nothing here talks to a person: `geotwin checkout` does, and a page can.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from time import monotonic_ns

from hil.bench.bench import Bench
from hil.bus.bus import Slot
from hil.bus.exchanges import REQUEST, Exchange
from hil.bus.maps.function_codes import READS
from hil.bus.unit import ANY
from hil.checkout.known_values import written
from hil.checkout.sheet import FROM_CONTROLLER, OK, OPEN, SEEN, SKIPPED, TO_CONTROLLER, Item

DONE = (OK, SKIPPED)
"""What is not asked about again when a list is taken up; what failed is."""
_LOOK_S = 0.05


class Checkout:
    """Drives and watches the lines of a list on a bench that is served.

    heard: whether a controller has asked or commanded anything; polled: whether it has read anything
    """

    def __init__(self, bench: Bench, lines: Sequence[Item], show: Callable[[], None]) -> None:
        """show: publishes the bus on all lines; clients see from then on what is driven."""
        self.bench, self.lines, self._show = bench, lines, show
        self.heard = self.polled = False
        self._reads: dict[int, int] = {}
        self._since: dict[int, int] = {}
        self._writes: dict[int, tuple[int, float]] = {}
        self._places: dict[tuple[int, int, str, int], list[tuple[int, int]]] = {}
        self._alone: dict[int, int] = {}
        self._find_places()
        bench.bus.listeners.append(self._commanded)

    def drive(self, line: Item, value: float) -> float:
        """Let a register show a value [its unit] until `release`; what it shows then. Reads are counted from here."""
        shown = self._drive(line, value)
        self._publish()
        return shown

    def drive_all(self, values: Sequence[tuple[Item, float]]) -> None:
        """The same for many at once."""
        for line, value in values:
            self._drive(line, value)
        self._publish()

    def release(self, *lines: Item) -> None:
        """Show the plant again."""
        for line in lines:
            self.bench.bus.release(line.slot)
        self._publish()

    def reads(self, line: Item) -> int:
        """How often it was read since it was driven, or in all where it was not."""
        return self._reads.get(line.slot.place, 0)

    def writes(self, line: Item) -> tuple[int, str]:
        """How often it was written, and the last value in words."""
        count, value = self._writes.get(line.slot.place, (0, 0.0))
        return count, written(line.register, [value]) if count else ""

    async def first_heard(self, patience: float) -> bool:
        """Wait for the first request or command; False where none comes within so many seconds."""
        return await _until(lambda: self.heard, patience)

    async def was_read(self, lines: Sequence[Item], patience: float) -> list[Item]:
        """Wait until all of them were read since they were driven; those that were not within so many seconds."""
        await _until(lambda: all(self.reads(line) for line in lines), patience)
        return [line for line in lines if not self.reads(line)]

    def note(self, line: Item) -> None:
        """Put what the rig has seen into the line: commands as they were written."""
        count, last = self.writes(line)
        if line.direction == FROM_CONTROLLER and count:
            line.seen = f"written {count} times, last {last}" if count > 1 else f"written once: {last}"
            line.result = SEEN if line.result == OPEN else line.result

    def sign(self, line: Item, result: str, by: str, remark: str = "") -> None:
        """What a person says of a line."""
        line.result, line.by, line.remark = result, by, remark or line.remark
        line.when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

    def keep(self, exchanges: Sequence[Exchange]) -> None:
        """Take what went over the lines (hil.bus.exchanges.Keep)."""
        for one in exchanges:
            if one.event != REQUEST:
                continue
            self.heard = True
            if one.function not in READS or one.exception or not one.answered:
                continue
            self.polled = True
            port = int(one.server.rpartition(":")[2])
            unit = one.unit if (port, one.unit) in self._known else self._alone.get(port, ANY)
            for address in range(one.address, one.address + one.quantity):
                for place, last in self._places.get((port, unit, one.table, address), ()):
                    if last < one.address + one.quantity and one.received >= self._since.get(place, 0):
                        self._reads[place] = self._reads.get(place, 0) + 1

    def _drive(self, line: Item, value: float) -> float:
        shown = self.bench.bus.force(line.slot, value)
        place = line.slot.place
        self._since[place], self._reads[place] = monotonic_ns(), 0
        return shown

    def _publish(self) -> None:
        self.bench.bus.refresh(self.bench.schedule.now_s)
        self._show()

    def _commanded(self, slot: Slot, value: float) -> None:
        self.heard = True
        count, _ = self._writes.get(slot.place, (0, 0.0))
        self._writes[slot.place] = count + 1, value

    def _find_places(self) -> None:
        ports: dict[int, set[int]] = {}
        for line in self.lines:
            unit, register = line.unit, line.register
            ports.setdefault(unit.port, set()).add(unit.unit)
            for table in register.tables:
                last = register.address + register.words - 1
                key = (unit.port, unit.unit, table, register.address)
                self._places.setdefault(key, []).append((line.slot.place, last))
        self._known = {(port, unit) for port, units in ports.items() for unit in units}
        self._alone = {port: next(iter(units)) for port, units in ports.items() if len(units) == 1}


async def check_all(checkout: Checkout, patience: float, told: Callable[[str], None]) -> None:
    """Drive all open instruments at once to one known value after the other, and note what is read and written.

    One that is not read at its first value is not driven to the others.
    patience: seconds for which a value waits to be read; told: takes a sentence about each round
    """
    driven = [one for one in checkout.lines if one.direction == TO_CONTROLLER and one.result == OPEN and one.values]
    left, number = driven, 0
    while left:
        now = [(one, one.values[number]) for one in left]
        checkout.drive_all(now)
        unread = {id(one) for one in await checkout.was_read(left, patience)}
        told(f"value {number + 1}: {len(now)} registers driven, {len(now) - len(unread)} of them read")
        for one, value in now:
            one.seen = f"not read at {written(one.register, [value])}" if id(one) in unread else "every value read"
            one.result = OPEN if id(one) in unread else SEEN
        number += 1
        left = [one for one in left if id(one) not in unread and number < len(one.values)]
    checkout.release(*driven)
    for line in checkout.lines:
        if not line.values and line.direction == TO_CONTROLLER and line.result == OPEN and checkout.reads(line):
            line.seen, line.result = "read", SEEN
        checkout.note(line)


async def _until(reached: Callable[[], bool], patience: float) -> bool:
    loop = asyncio.get_running_loop()
    end = loop.time() + patience
    while not reached():
        if loop.time() > end:
            return reached()
        await asyncio.sleep(_LOOK_S)
    return True
