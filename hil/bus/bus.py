"""The bus of a plant: every register of every device as one vector, kept up to date, writable through the inbox."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.bus.bus_vector import POINT, STATE, Binding, bind, shown, state_rows
from hil.bus.device_map import Register
from hil.bus.unit import Unit
from hil.bus.unit_image import UnitImage
from hil.bus.wire_faults import WireFaults
from twin.addresses import addresses_of, array_at, record
from twin.errors import Gathered, InputError, unknown
from twin.faults import FaultSet, ValueFault, apply_faults, fault_rows
from twin.journal import Inbox
from twin.kernel import JIT, Rows, kernel
from twin.store import Store

MOST_FAULTS = 256
F8, POINTS, FAULTS, STATES = np.dtype("f8"), record(POINT), record(ValueFault.dtype), record(STATE)


@dataclass(frozen=True)
class Slot:
    """Where a register stands: its place in the bus vector, its unit of the bench, and its number in that device."""

    place: int
    unit: int
    register: int


class Bus:
    """All devices of a bench, bound to the numbers of a plant.

    values: what a client decodes, one float per register in the unit of the register; `view` is the same for Python
    seen:   called with (path, value) for every accepted write, such as the answer of a lockstep controller
    """

    def __init__(self, store: Store, units: list[Unit], seed: int = 0) -> None:
        """Bind every unit; InputError names the register that does not fit its component."""
        self.store = store
        self.units = units
        self.inbox = Inbox(store)
        self.seen: Callable[[str, float], None] | None = None
        self.bindings = _bound(units, store)
        states = state_rows(self.bindings)
        self.points = np.concatenate([b.points for b in self.bindings]).view(np.recarray)
        self.values: NDArray[np.float64] = np.zeros(len(self.points))
        self.view: Any = self.values.data
        self._sensed: NDArray[np.float64] = np.zeros(len(self.points))
        self.faults = FaultSet(fault_rows(MOST_FAULTS), len(self.points), seed)
        self.wire = WireFaults(units)
        self._arrays = (store.values, self._sensed, self.values, self.points, self.faults.rows, states)
        self._addresses = addresses_of(list(self._arrays))
        self._first = np.cumsum([0, *(len(b.points) for b in self.bindings)])
        self.images: list[UnitImage] = [self._image(number) for number in range(len(units))]
        self.slots = self._named()

    def refresh(self, time_s: float) -> None:
        """Compute every register anew from the plant as it is now, through the active faults of instruments."""
        if JIT:
            _enter(self._addresses, time_s)
        else:
            _refresh(*self._arrays, time_s)

    def slot(self, name: str) -> Slot:
        """The register behind `unit.register`, such as hp_1.leaving_temp; InputError with the nearest name."""
        if name not in self.slots:
            raise unknown("register", name, self.slots, "bus")
        return self.slots[name]

    def write(self, slot: Slot, value: float) -> None:
        """A write of an in-process controller, with the rules of the wire: rounded, checked, queued, echoed."""
        self.images[slot.unit].write(slot.register, value)

    def sensed_at(self, path: str) -> list[int]:
        """The places that show a point of the plant: where a fault of its instrument acts."""
        index = self.store.index(path)
        places = [int(place) for place in np.flatnonzero(self.points.source == index)]
        if not places:
            raise InputError(f"{path} is shown by no device; a fault of its instrument would have no effect")
        return places

    def shown(self) -> dict[str, tuple[int, Register]]:
        """For every point that a device shows: the place of its first register, and that register."""
        found: dict[str, tuple[int, Register]] = {}
        for first, binding in zip(self._first, self.bindings, strict=False):
            for number, (path, register) in enumerate(zip(binding.paths, binding.device.registers, strict=True)):
                if path and register.readable:
                    found.setdefault(path, (int(first) + number, register))
        return found

    def _named(self) -> dict[str, Slot]:
        slots = {}
        for number, unit in enumerate(self.units):
            for register, declared in enumerate(unit.device.registers):
                slots[f"{unit.name}.{declared.name}"] = Slot(int(self._first[number]) + register, number, register)
        return slots

    def _image(self, number: int) -> UnitImage:
        binding, unit = self.bindings[number], self.units[number]
        own = self.values[self._first[number] : self._first[number + 1]]

        def on_write(register: int, value: float) -> None:
            path = binding.paths[register]
            if not path:
                return
            in_point = binding.to_point(register, value)
            self.inbox.put(path, in_point, unit.name)
            if self.seen is not None:
                self.seen(path, in_point)

        return UnitImage(unit.device, own, binding.limits, on_write)


def _bound(units: list[Unit], store: Store) -> list[Binding]:
    """Every unit bound to its component; all that does not fit is told at once, with the line of the bench."""
    bindings: list[Binding] = []
    wrong = Gathered()
    for unit in units:
        with wrong.trying(unit.where):
            bindings.append(bind(unit.device, unit.component, store))
    wrong.tell()
    return bindings


@kernel
def _refresh(values: Any, sensed: Any, bus: Any, points: Rows, faults: Rows, states: Rows, time_s: float) -> None:
    """Gather what instruments see, let their faults act, and publish it as registers."""
    for i in range(len(points)):
        if points[i].source >= 0:
            sensed[i] = values[points[i].source]
    apply_faults(sensed, faults, time_s)
    for i in range(len(points)):
        if points[i].source >= 0:
            bus[i] = shown(sensed[i], points[i], states)


@kernel
def _enter(a: Rows, time_s: float) -> None:
    """Refresh the arrays at these addresses: handing them over one by one would cost more than the work itself."""
    _refresh(
        array_at(a, 0, F8),
        array_at(a, 1, F8),
        array_at(a, 2, F8),
        array_at(a, 3, POINTS),
        array_at(a, 4, FAULTS),
        array_at(a, 5, STATES),
        time_s,
    )
