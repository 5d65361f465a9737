"""The pass that computes the bus vector anew: what instruments see, their faults, what registers show of it.

The arrays are handed over by their addresses, one by one would cost more than the work itself.
"""

from typing import Any

import numpy as np

from hil.bus.block import wholes
from hil.bus.bus_vector import POINT, STATE, shown
from hil.bus.unit import Unit
from twin.addresses import array_at, record
from twin.faults import ValueFault, apply_faults
from twin.kernel import Rows, kernel

PART = np.dtype((np.record, [("whole", "i8"), ("part", "i8"), ("shift", "i8"), ("mask", "i8")]))
"""A row per bit or half of a word that is shown as a whole, too: places in the bus vector, and where it stands."""
FORCED = np.dtype((np.record, [("place", "i8"), ("value", "f8")]))
"""A row per register that shows a value of somebody's instead of the plant's; the first without a place ends them."""
MOST_FORCED = 1024
F8, POINTS, FAULTS = np.dtype("f8"), record(POINT), record(ValueFault.dtype)
STATES, PARTS, FORCES = record(STATE), record(PART), record(FORCED)


def forced_rows() -> Rows:
    """A table of FORCED without any."""
    rows = np.zeros(MOST_FORCED, FORCED).view(np.recarray)
    rows.place = -1
    return rows


def part_rows(units: list[Unit]) -> Rows:
    """The PART rows of all words that are shown whole beside their bits and halves."""
    rows: list[tuple[int, int, int, int]] = []
    first = 0
    for unit in units:
        registers = unit.device.registers
        for whole, part in wholes(unit.device):
            shift, mask = registers[part].mask or (0, 0)
            rows.append((first + whole, first + part, shift, mask))
        first += len(registers)
    return np.array(rows, PART).view(np.recarray)


@kernel
def refresh(
    values: Any,
    sensed: Any,
    bus: Any,
    points: Rows,
    faults: Rows,
    states: Rows,
    parts: Rows,
    forced: Rows,
    time_s: float,
) -> None:
    """Gather what instruments see, let their faults act, and publish it as registers; what is forced wins."""
    for i in range(len(points)):
        if points[i].source >= 0:
            sensed[i] = values[points[i].source]
    apply_faults(sensed, faults, time_s)
    for i in range(len(points)):
        if points[i].source >= 0:
            bus[i] = shown(sensed[i], points[i], states)
    for force in forced:
        if force.place < 0:
            break
        bus[force.place] = force.value
    for part in parts:
        bus[part.whole] = 0.0
    for part in parts:
        point = points[part.part]
        raw = round((bus[part.part] - point.offset) / point.scale)
        bus[part.whole] += float((int(raw) & part.mask) << part.shift)


@kernel
def refresh_at(a: Rows, time_s: float) -> None:
    """Refresh the arrays at these addresses."""
    refresh(
        array_at(a, 0, F8),
        array_at(a, 1, F8),
        array_at(a, 2, F8),
        array_at(a, 3, POINTS),
        array_at(a, 4, FAULTS),
        array_at(a, 5, STATES),
        array_at(a, 6, PARTS),
        array_at(a, 7, FORCES),
        time_s,
    )
