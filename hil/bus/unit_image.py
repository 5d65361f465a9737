"""The register image of one unit: its slice of the bus vector, and the rules of reading and writing it.

The slice holds one value per register in engineering units, already quantised (hil.bus.bus_vector). Words are made
for the block asked for, when it is asked for. A written value is shown at once (the echo) and reported; whether the
plant takes it is seen at the next publication, which writes the slice anew.
"""

import math
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from hil.bus.block import Block, Layout, Written, bits_from, bits_of
from hil.bus.bus_vector import write_limits
from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import TEXT
from hil.bus.refusal import Reason, RefusedRequest

Limits = Sequence[tuple[float, float]]
_REMEMBERED = 1024


def _room(_registers: Sequence[int]) -> bool:
    """The room of an image whose writes wait for nobody."""
    return True


def _nothing(_register: int, _value: float) -> None:
    """The hook of an image that nobody listens to."""


class UnitImage:
    """Registers of one unit id. Not thread-safe: it lives in the event loop, between two ticks.

    device:   what the registers are
    bus:      this unit's slice of the bus vector, one float64 per register; an own one if not given
    stored:   what was written and a float cannot hold, by register number (hil.bus.block.Stored)
    heard:    requests and commands that have reached the device, counted by transports
    refused:  of these, how many were answered with an exception; harmed: how many a fault of the line has met
    written:  how often each register was written from outside
    answers:  a transport's finished answers to reads, by request frame; forgotten at the next write or refresh
    on_write: called as on_write(register number, value [uom]) for each accepted write, in order of address
    has_room: whether one more write to each of these registers may come in from outside
    """

    def __init__(
        self,
        device: DeviceMap,
        bus: NDArray[np.float64] | None = None,
        limits: Limits | None = None,
        on_write: Callable[[int, float], None] = _nothing,
        has_room: Callable[[Sequence[int]], bool] = _room,
    ) -> None:
        """limits: lowest and highest writable value per register [uom] (Binding.limits); else min, max and the type."""
        self.device = device
        self.on_write = on_write
        self.has_room = has_room
        self.bus = np.zeros(len(device.registers)) if bus is None else bus
        self.limits = [write_limits(register) for register in device.registers] if limits is None else limits
        self.answers: dict[bytes, bytes] = {}
        self.stored: MutableMapping[int, int | bytes] = {}
        self.heard = self.refused = self.harmed = 0
        self.written = [0] * len(device.registers)
        self._layout = Layout(device)
        self._blocks: dict[tuple[str, int, int, bool], Block] = {}
        self._cells = cast("Any", self.bus.data)  # a memoryview: Python floats in and out, no numpy scalars
        for number, register in enumerate(device.registers):
            self._cells[number] = first_value(register, self.limits[number])

    def refresh(self) -> None:
        """The slice has been published anew: what was encoded from it is worth nothing any more."""
        self.answers.clear()

    def remember(self, request: bytes, answer: bytes) -> None:
        """Keep the answer to a read until the next write or refresh."""
        if len(self.answers) >= _REMEMBERED:
            self.answers.clear()
        self.answers[request] = answer

    def read_words(self, table: str, address: int, count: int) -> bytes:
        """The words of a range of hr or ir; refuses gaps, parts of wide values and what is write-only."""
        block = self._block(table, address, count)
        if not block.readable:
            raise RefusedRequest(Reason.WRITE_ONLY)
        return block.encode(self._cells, self.stored)

    def read_bits(self, table: str, address: int, count: int) -> bytes:
        """The packed bits of a range of co or di."""
        cells = self._layout.cells(table, address, count, over_gaps=True)
        if not all(register.readable for cell in cells for _, register in cell.members):
            raise RefusedRequest(Reason.WRITE_ONLY)
        return bits_of(
            [self._cells[cell.members[0][0]] != 0.0 if cell.members else bool(cell.filler) for cell in cells]
        )

    def write(self, number: int, value: float, bounded: bool = True) -> None:
        """Write a value [uom] to one register as a client in the same process, with the rules of the wire.

        Rounded to what the register can hold, checked, shown and reported; RefusedRequest as on the wire.
        bounded: whether it is refused, too, where too many writes wait; those of the process itself are not
        """
        register = self.device.registers[number]
        if not register.writable:
            raise RefusedRequest(Reason.READ_ONLY)
        raw = register.raw(value)
        cell = self._layout.divided.get(number)
        self._accept([(number, raw, register.value(raw))] if cell is None else cell.written(raw), bounded)

    def write_text(self, number: int, text: str) -> None:
        """Write the characters of a string; RefusedRequest where it cannot be written, or they do not fit."""
        register = self.device.registers[number]
        data = text.encode("ascii", "replace")
        if not register.writable or register.kind.kind != TEXT:
            raise RefusedRequest(Reason.READ_ONLY)
        if len(data) > 2 * register.words or not text.isascii():
            raise RefusedRequest(Reason.BAD_VALUE)
        self._accept([(number, data.ljust(2 * register.words, b"\0"), 0.0)])

    def text(self, number: int) -> str:
        """The characters of a string, as it stands."""
        stored = self.stored.get(number)
        return stored.rstrip(b"\0").decode("ascii") if isinstance(stored, bytes) else self.device.registers[number].text

    def write_words(self, address: int, data: bytes) -> None:
        """Write holding registers, all of them or none; refuses what cannot be written, and a bad value."""
        block = self._block("hr", address, len(data) // 2, over_gaps=False)
        if not block.writable:
            raise RefusedRequest(Reason.READ_ONLY)
        self._accept(block.decode(self._cells, self.stored, data))

    def write_bits(self, address: int, count: int, data: bytes) -> None:
        """Write coils from packed bits, all of them or none."""
        cells = self._layout.cells("co", address, count)
        if not all(cell.members[0][1].writable for cell in cells):
            raise RefusedRequest(Reason.READ_ONLY)
        values = bits_from(data, count)
        self._accept([entry for cell, value in zip(cells, values, strict=True) for entry in cell.written(value)])

    def mask_word(self, address: int, and_mask: int, or_mask: int) -> None:
        """Write (word AND and_mask) OR (or_mask AND NOT and_mask) to one holding register."""
        word = int.from_bytes(self._block("hr", address, 1).encode(self._cells, self.stored), "big")
        word = (word & and_mask) | (or_mask & ~and_mask & 0xFFFF)
        self.write_words(address, word.to_bytes(2, "big"))

    def _block(self, table: str, address: int, count: int, over_gaps: bool = True) -> Block:
        key = (table, address, count, over_gaps)
        block = self._blocks.get(key)
        if block is None:
            block = Block(self._layout.cells(table, address, count, over_gaps), address, count)
            if len(self._blocks) >= _REMEMBERED:
                self._blocks.clear()
            self._blocks[key] = block
        return block

    def _accept(self, written: Written, bounded: bool = True) -> None:
        allowed = [(number, raw, self._allowed(number, raw, value)) for number, raw, value in written]
        accepted = [(number, raw, value) for number, raw, value in allowed if value is not None]
        if bounded and not self.has_room([number for number, _, _ in accepted]):
            raise RefusedRequest(Reason.BUSY)
        self.answers.clear()
        for number, raw, value in accepted:
            self.written[number] += bounded
            self._cells[number] = value
            if self.device.registers[number].kept_exactly:
                self.stored[number] = raw if isinstance(raw, bytes) else int(raw)
        for number, _, value in accepted:
            self.on_write(number, value)

    def _allowed(self, number: int, raw: float | bytes, value: float) -> float | None:
        """The value that a register takes when `value` is written to it; None for a bad one that it ignores."""
        register, (lo, hi) = self.device.registers[number], self.limits[number]
        if isinstance(raw, bytes):
            return 0.0 if _is_text(raw) else self._bad(register)
        if register.kept_exactly and register.min is None and register.max is None:
            return value
        if lo <= value <= hi and (not register.values or raw in register.values):
            return value
        if register.on_bad_write == "clamp" and not math.isnan(value):
            return min(max(value, lo), hi)
        return self._bad(register)

    @staticmethod
    def _bad(register: Register) -> None:
        if register.on_bad_write != "ignore":
            raise RefusedRequest(Reason.BAD_VALUE)


class StoredOfPart(MutableMapping[int, int | bytes]):
    """What a part of a device shows of `UnitImage.stored` of the whole: both are the same device to its clients."""

    def __init__(self, whole: MutableMapping[int, int | bytes], registers: range) -> None:
        """registers: the numbers in the whole of the registers of the part."""
        self._whole, self._registers = whole, registers

    def __getitem__(self, number: int) -> int | bytes:
        """What stands in a register of the part."""
        return self._whole[self._registers.start + number]

    def __setitem__(self, number: int, raw: int | bytes) -> None:
        """Let a register of the part hold this."""
        self._whole[self._registers.start + number] = raw

    def __delitem__(self, number: int) -> None:
        """Let a register of the part hold what its float says."""
        del self._whole[self._registers.start + number]

    def __iter__(self) -> Iterator[int]:
        """The registers of the part that hold something."""
        return (number - self._registers.start for number in self._whole if number in self._registers)

    def __len__(self) -> int:
        """How many of them there are."""
        return sum(number in self._registers for number in self._whole)


def _is_text(data: bytes) -> bool:
    """Whether a string may hold these bytes: printable ASCII, filled up with zeros."""
    return all(32 <= letter < 127 for letter in data.rstrip(b"\0"))


def first_value(register: Register, limits: tuple[float, float]) -> float:
    """What a register shows before anything is known: 0 where that is allowed, else the nearest allowed value."""
    if register.kind.kind == TEXT:
        return 0.0
    if register.start is not None:
        return register.quantised(register.start)
    if register.values and 0 not in register.values:
        return float(min(register.values))
    return register.quantised(min(max(0.0, limits[0]), limits[1]))
