"""The bus of a plant: every register of every device as one vector, kept up to date, writable through the inbox."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.bus.bus_vector import Binding, bind, state_rows
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import TEXT
from hil.bus.out_of_reach import OutOfReach
from hil.bus.refreshing import MOST_FORCED, forced_rows, part_rows, refresh, refresh_at
from hil.bus.unit import Unit, joined, side_by_side
from hil.bus.unit_image import StoredOfPart, UnitImage, first_value
from hil.bus.wire_faults import WireFaults
from twin.addresses import addresses_of
from twin.errors import Gathered, InputError, unknown
from twin.fault_set import FaultSet, fault_rows
from twin.journal import Inbox
from twin.kernel import JIT
from twin.store import Store

MOST_FAULTS = 256
FREE = "bus."
"""Stands before the name of a register without a point in a journal."""


@dataclass(frozen=True)
class Slot:
    """Where a register stands: its place in the bus vector, its unit of the bench, and its number in that device."""

    place: int
    unit: int
    register: int


class Bus:
    """All devices of a bench, bound to the numbers of a plant.

    values: what a client decodes, one float per register in the unit of the register; `view` is the same for Python
    free:   slots of registers without a point in journals (twin.journal.Inbox.know)
    served: the image behind each port and unit id: of one unit, or of several that are parts of one device
    listeners: called with (slot, value in the unit of the register) for every accepted write
    tamper: what arrives of an accepted write in its place, None for the write itself (hil.campaigns.tampering)
    lies:   called with the time [s] after every refresh; may change what registers show
    """

    def __init__(self, store: Store, units: list[Unit], seed: int = 0) -> None:
        """Bind every unit; InputError names the register that does not fit its component."""
        self.store = store
        units = self.units = side_by_side(units)
        self.inbox = Inbox(store)
        self.listeners: list[Callable[[Slot, float], None]] = []
        self.tamper: Callable[[Slot, float], Iterable[tuple[Slot, float]]] | None = None
        self.lies: list[Callable[[float], None]] = []
        self.bindings = _bound(units, store)
        states = state_rows(self.bindings)
        self.points = np.concatenate([b.points for b in self.bindings]).view(np.recarray)
        self.values: NDArray[np.float64] = np.zeros(len(self.points))
        self.view: Any = self.values.data
        self._sensed: NDArray[np.float64] = np.zeros(len(self.points))
        self.faults = FaultSet(fault_rows(MOST_FAULTS), len(self.points), seed)
        self.seed = seed
        self.wire = WireFaults(units, seed)
        parts = part_rows(units)
        self._forced = forced_rows()
        self._arrays = (
            store.values, self._sensed, self.values, self.points, self.faults.rows, states, parts, self._forced,
        )  # fmt: skip
        self._addresses = addresses_of(list(self._arrays))
        self._first = np.cumsum([0, *(len(b.points) for b in self.bindings)])
        self.away = OutOfReach(self.wire, units, self.values, self._first)
        self.images: list[UnitImage] = [self._image(number) for number in range(len(units))]
        self.away.images = self.images
        self.served = self._served()
        self.slots = self._named()
        self.free = self._free()
        self.inbox.know(self.free)

    def refresh(self, time_s: float) -> None:
        """Compute every register anew from the plant as it is now, through the active faults of instruments."""
        if JIT:
            refresh_at(self._addresses, time_s)
        else:
            refresh(*self._arrays, time_s)
        for lie in self.lies:
            lie(time_s)
        self.away.refreshed()

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The numbers that go on from one refresh to the next, as they are."""
        return {"bus": self.values, "faults": self.faults.rows, "forced": self._forced}

    def slot(self, name: str) -> Slot:
        """The register behind `unit.register`, such as hp_1.leaving_temp; InputError with the nearest name."""
        if name not in self.slots:
            raise unknown("register", name, self.slots, "bus")
        return self.slots[name]

    def path(self, slot: Slot) -> str:
        """The point that a register is bound to; "" where it has none."""
        return self.bindings[slot.unit].paths[slot.register]

    def write(self, slot: Slot, value: float) -> bool:
        """A write of an in-process controller, with the rules of the wire: rounded, checked, queued, echoed.

        Returns whether it arrived: nothing does at a device that is out of reach.
        """
        if slot.unit in self.away:
            return False
        self.images[slot.unit].write(slot.register, value, bounded=False)
        return True

    def take(self, slot: Slot, value: float) -> None:
        """Let a write [unit of the register] reach the plant as it is: journalled, applied with the next tick."""
        unit, path = self.units[slot.unit], self.path(slot)
        if path:
            self.inbox.put(path, self.bindings[slot.unit].to_point(slot.register, value), unit.name)
        elif math.isfinite(value):
            self.inbox.put(f"{FREE}{unit.name}.{unit.device.registers[slot.register].name}", value, unit.name)
        for listener in self.listeners:
            listener(slot, value)

    def force(self, slot: Slot, value: float) -> float:
        """Let a register show a value [its unit] from the next refresh on, until `release`; what it will show.

        A force wins over the plant and over the faults of instruments. InputError where too many are there.
        """
        register = self.units[slot.unit].device.registers[slot.register]
        shown = register.quantised(value)
        places = self._forced.place.tolist()
        row = next((n for n, place in enumerate(places) if place in (slot.place, -1)), None)
        if row is None:
            raise InputError(f"{register.name}: {MOST_FORCED} registers are forced; release some first")
        self._forced[row].place, self._forced[row].value = slot.place, shown
        return shown

    def release(self, slot: Slot) -> None:
        """Show the plant again. Twice is harmless."""
        kept = self._forced[(self._forced.place != slot.place) & (self._forced.place >= 0)].copy()
        self._forced.place = -1
        self._forced[: len(kept)] = kept

    def forced(self) -> dict[int, float]:
        """The values that are forced, by their places."""
        return {int(row.place): float(row.value) for row in self._forced if row.place >= 0}

    def sensed_at(self, path: str) -> list[int]:
        """The places that show a point of the plant: where a fault of its instrument acts."""
        index = self.store.index(path)
        places = [int(place) for place in np.flatnonzero(self.points.source == index)]
        if not places:
            raise InputError(f"{path} is shown by no device; a fault of its instrument would have no effect")
        return places

    def shown(self) -> dict[str, tuple[int, Register]]:
        """The place of the first register that shows a point, and that register, by the path of the point.

        Registers without a point stand under `unit.register`: they are the controller's own, and signals too.
        """
        found: dict[str, tuple[int, Register]] = {}
        free: dict[str, tuple[int, Register]] = {}
        for first, unit, binding in zip(self._first, self.units, self.bindings, strict=False):
            for number, (path, register) in enumerate(zip(binding.paths, binding.device.registers, strict=True)):
                if path and register.readable:
                    found.setdefault(path, (int(first) + number, register))
                elif not path and register.kind.kind != TEXT:
                    free.setdefault(f"{unit.name}.{register.name}", (int(first) + number, register))
        return free | found

    def expiring(self) -> dict[int, tuple[int, float]]:
        """Of every slot whose written value is forgotten: after how long [ms], and what it is then."""
        found: dict[int, tuple[int, float]] = {}
        for name, slot in self.slots.items():
            register = self.units[slot.unit].device.registers[slot.register]
            if register.expires is None:
                continue
            binding, after_ms = self.bindings[slot.unit], round(register.expires * 1000)
            if path := self.path(slot):
                index = self.store.index(path)
                start = register.start
                own = float(self.store.values[index]) if start is None else binding.to_point(slot.register, start)
                found[index] = after_ms, own
            else:
                found[self.free[f"{FREE}{name}"]] = after_ms, first_value(register, binding.limits[slot.register])
        return found

    def forget(self, place: int) -> None:
        """What was encoded from the register at a place is worth nothing any more."""
        for first, image in zip(self._first, self.images, strict=False):
            if first <= place < first + len(image.bus):
                image.stored.pop(place - int(first), None)
                image.answers.clear()

    def names(self, port: int, unit: int) -> tuple[str, ...]:
        """The names of the units that share a port and a unit id."""
        return tuple(one.name for one in self.units if (one.port, one.unit) == (port, unit))

    def _named(self) -> dict[str, Slot]:
        slots = {}
        for number, unit in enumerate(self.units):
            for register, declared in enumerate(unit.device.registers):
                slots[f"{unit.name}.{declared.name}"] = Slot(int(self._first[number]) + register, number, register)
        return slots

    def _free(self) -> dict[str, int]:
        """The slots, beyond those of the plant vector, of registers without a point; by path."""
        beyond = len(self.store.values)
        return {f"{FREE}{name}": beyond + slot.place for name, slot in self.slots.items() if not self.path(slot)}

    def _image(self, number: int) -> UnitImage:
        binding, unit, first = self.bindings[number], self.units[number], int(self._first[number])
        own = self.values[first : self._first[number + 1]]

        paths = [
            path or f"{FREE}{unit.name}.{register.name}"
            for path, register in zip(binding.paths, unit.device.registers, strict=True)
        ]

        def on_write(register: int, value: float) -> None:
            slot = Slot(first + register, number, register)
            if self.tamper is None:
                self.take(slot, value)
                return
            for where, what in self.tamper(slot, value):
                self.take(where, what)

        def has_room(registers: Sequence[int]) -> bool:
            return self.inbox.has_room([paths[register] for register in registers])

        return UnitImage(unit.device, own, binding.limits, on_write, has_room)

    def _served(self) -> dict[tuple[int, int], UnitImage]:
        """One image for every port and unit id; what is written to a whole device is written to its parts."""
        found: dict[tuple[int, int], UnitImage] = {}
        for key, group in groupby(range(len(self.units)), lambda n: (self.units[n].port, self.units[n].unit)):
            numbers = list(group)
            found[key] = self.images[numbers[0]] if len(numbers) == 1 else self._whole(numbers)
        return found

    def _whole(self, numbers: list[int]) -> UnitImage:
        first = self._first[numbers[0]]
        parts = [self.images[number] for number in numbers]
        owners = [(part, register) for part in parts for register in range(len(part.device.registers))]
        limits = [limit for part in parts for limit in part.limits]

        def on_write(register: int, value: float) -> None:
            part, own = owners[register]
            part.on_write(own, value)

        def has_room(registers: Sequence[int]) -> bool:
            return all(part.has_room([own]) for part, own in (owners[register] for register in registers))

        device = joined([self.units[number] for number in numbers])
        whole = UnitImage(device, self.values[first : self._first[numbers[-1] + 1]], limits, on_write, has_room)
        start = 0
        for part in parts:
            part.answers = whole.answers
            part.stored = StoredOfPart(whole.stored, range(start, start + len(part.bus)))
            start += len(part.bus)
        return whole


def _bound(units: list[Unit], store: Store) -> list[Binding]:
    """Every unit bound to its component; all that does not fit is told at once, with the line of the bench."""
    bindings: list[Binding] = []
    wrong = Gathered()
    for unit in units:
        with wrong.trying(unit.where):
            bindings.append(bind(unit.device, unit.component, store))
    wrong.tell()
    return bindings
