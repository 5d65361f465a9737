"""The value faults that are present: started, ended, and kept in a table that the kernel of twin.faults reads."""

import math
from collections.abc import Mapping, Sequence

from twin.errors import InputError, unknown
from twin.faults import VALUE_FAULTS, ValueFault
from twin.kernel import Rows
from twin.noise import seed_of
from twin.store import Store


def fault_rows(capacity: int) -> Rows:
    """A table of ValueFault of its own, outside any plant's store."""
    return Store({ValueFault: [f"value_fault_{number}" for number in range(1, capacity + 1)]}).tables[ValueFault.table]


class FaultSet:
    """Starts and ends value faults in a table. All it knows stands in the table, so a snapshot of that is complete."""

    def __init__(self, rows: Rows, size: int, seed: int = 0) -> None:
        """rows: a table of ValueFault, one row per faulty slot; size: length of the sensed vector; seed: of the run."""
        self.rows = rows
        self._size = size
        self._seed = seed

    def start(
        self,
        ident: str,
        kind: str,
        slots: Mapping[str, Sequence[int]],
        parameters: Mapping[str, float],
        time_s: float,
        ramp: float = 0.0,
        until: float = math.inf,
    ) -> int:
        """Start a fault and return its handle.

        ident: its name, unique among the active faults; noise depends on the run's seed, this name and the path
        slots: for each faulty path the places that show it (a point served in two registers is one instrument)
        parameters: numbers as `FaultKind.parse` gives them
        time_s: plant time now [s], its begin; until: its end, if known [s]; ramp: it grows in over that time [s]
        """
        if kind not in VALUE_FAULTS:
            raise unknown("value fault", kind, VALUE_FAULTS, ident)
        what = VALUE_FAULTS[kind]
        if ramp > 0.0 and not what.ramps:
            raise InputError(f"{ident}: a fault {kind!r} has no ramp; it is there at once")
        numbers = what.completed(parameters, ident)
        self._prune(time_s)
        handle = seed_of("fault", ident)
        used = self._used()
        if any(self.rows[row].handle == handle for row in range(used)):
            raise InputError(f"{ident}: a fault of that name is active already")
        places = self._places(slots, ident)
        if used + len(places) > len(self.rows):
            raise InputError(f"{ident}: {used + len(places)} faulty values are too many; at most {len(self.rows)}")
        for row, (path, slot) in enumerate(places, used):
            fault = self.rows[row]
            fault.slot, fault.kind, fault.handle = slot, what.number, handle
            fault.seed = seed_of(self._seed, ident, path)
            fault.start, fault.until, fault.ramp, fault.held = time_s, until, ramp, math.nan
            for parameter in what.parameters:
                fault[parameter.field] = numbers[parameter.name]
        return handle

    def end(self, handle: int) -> None:
        """End a fault: from the next call of the kernel on the values are true again. Twice is harmless."""
        self._keep([row for row in range(self._used()) if self.rows[row].handle != handle])

    def active(self) -> set[int]:
        """The handles of the faults that were started and not ended."""
        return {int(self.rows[row].handle) for row in range(self._used())}

    def _places(self, slots: Mapping[str, Sequence[int]], ident: str) -> list[tuple[str, int]]:
        """Path and slot of every faulty value; InputError where a slot lies outside the sensed vector."""
        places = [(path, slot) for path, shown in slots.items() for slot in shown]
        for path, slot in places:
            if not 0 <= slot < self._size:
                raise InputError(f"{ident}: {path} has no place {slot} among {self._size} sensed values")
        return places

    def _used(self) -> int:
        free = (row for row in range(len(self.rows)) if self.rows[row].slot < 0)
        return next(free, len(self.rows))

    def _prune(self, time_s: float) -> None:
        """Free the rows of faults whose time has passed."""
        self._keep([row for row in range(self._used()) if self.rows[row].until > time_s])

    def _keep(self, kept: list[int]) -> None:
        self.rows[: len(kept)] = self.rows[kept]
        self.rows.slot[len(kept) :] = -1
