"""Blocks: a range of addresses asked for at once, its layout worked out once and used for every request.

A cell is what cannot be divided on the wire: one register, or one word shared by several `bit` registers.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from hil.bus.device_map import DeviceMap, Register
from hil.bus.refusal import Reason, RefusedRequest
from hil.bus.register_types import INTEGER, TEXT, arrange

Bus = Sequence[float]
Written = list[tuple[int, int | float, float]]
"""Register number, raw number and value [uom] of what a client wants to write."""


@dataclass(frozen=True)
class Cell:
    """One register, or the `bit` registers of one word: their numbers in the device and their declarations."""

    address: int
    words: int
    members: tuple[tuple[int, Register], ...]

    @property
    def code(self) -> str:
        """The struct code of the cell."""
        kind = self.members[0][1].kind
        return kind.code if kind.native else f"{2 * self.words}s"

    def raw(self, bus: Bus) -> int | float | bytes:
        """What the cell shows, as struct takes it."""
        index, register = self.members[0]
        if register.bit is not None:
            return sum(1 << (bit.bit or 0) for i, bit in self.members if bus[i] != 0.0)
        kind = register.kind
        if kind.kind == TEXT:
            return register.text.encode("ascii")
        raw = register.raw(bus[index])
        return raw if kind.native else kind.pack(raw)

    def written(self, sent: int | float | bytes) -> Written:
        """The members a client may write, with what `sent` means for each of them."""
        index, register = self.members[0]
        raw = register.kind.unpack(sent) if isinstance(sent, bytes) else sent
        if register.bit is None:
            return [(index, raw, register.value(raw))] if register.writable else []
        bits = [(i, int(raw) >> (bit.bit or 0) & 1) for i, bit in self.members if bit.writable]
        return [(i, bit, float(bit)) for i, bit in bits]


class Layout:
    """The cells of a device, found by table and address."""

    def __init__(self, device: DeviceMap) -> None:
        """Group the registers of a device into cells; the device has been checked for overlaps."""
        self.allow_partial = device.allow_partial
        groups: dict[tuple[str, int], list[tuple[int, Register]]] = {}
        for number, register in enumerate(device.registers):
            groups.setdefault((register.table, register.address), []).append((number, register))
        self._owners: dict[tuple[str, int], Cell] = {}
        for (table, address), members in groups.items():
            cell = Cell(address, members[0][1].words, tuple(members))
            for word in range(address, address + cell.words):
                self._owners[table, word] = cell

    def cells(self, table: str, address: int, count: int) -> list[Cell]:
        """The cells of a range; refuses a gap, or a part of a wide value (unless allowed)."""
        found: list[Cell] = []
        word, end = address, address + count
        while word < end:
            cell = self._owners.get((table, word))
            if cell is None:
                raise RefusedRequest(Reason.ABSENT)
            found.append(cell)
            word = cell.address + cell.words
        if not self.allow_partial and (found[0].address < address or word > end):
            raise RefusedRequest(Reason.SPLIT)
        return found


class Block:
    """A range of word registers: bytes from the bus vector, and written bytes as values."""

    def __init__(self, cells: Sequence[Cell], address: int, count: int) -> None:
        """cells: what the range touches, in order of address; a cell at either end may reach over it."""
        self._cells = cells
        self._struct = struct.Struct(">" + "".join(cell.code for cell in cells))
        self._skip = 2 * (address - cells[0].address)
        self._size = 2 * count
        self._permutation = _permutation(cells)
        self._numbers = [_number(cell) for cell in cells]
        self.readable = all(register.readable for cell in cells for _, register in cell.members)
        self.writable = all(any(register.writable for _, register in cell.members) for cell in cells)

    def encode(self, bus: Bus) -> bytes:
        """The words of the range as they go to a client."""
        return self._whole(bus)[self._skip : self._skip + self._size]

    def decode(self, bus: Bus, data: bytes) -> Written:
        """What a client writes with these words; the rest of a cell at either end stays as it is."""
        if len(data) != self._struct.size:
            whole = bytearray(self._whole(bus))
            whole[self._skip : self._skip + len(data)] = data
            data = bytes(whole)
        raws = self._struct.unpack(self._arranged(data))
        return [written for cell, raw in zip(self._cells, raws, strict=True) for written in cell.written(raw)]

    def _whole(self, bus: Bus) -> bytes:
        raws: list[int | float | bytes] = []
        for number, cell in zip(self._numbers, self._cells, strict=True):
            if number is not None:
                index, scale, offset, lo, hi, integer = number
                raw = (bus[index] - offset) / scale
                if lo <= raw <= hi:
                    raws.append(round(raw) if integer else raw)
                    continue
            raws.append(cell.raw(bus))
        return self._arranged(self._struct.pack(*raws))

    def _arranged(self, data: bytes) -> bytes:
        return bytes(self._permutation(data)) if self._permutation else data


def _number(cell: Cell) -> tuple[int, float, float, float, float, bool] | None:
    """What the usual cell needs to be encoded, taken together for speed; None for bits and text."""
    index, register = cell.members[0]
    kind = register.kind
    if register.bit is not None or not kind.native:
        return None
    return index, register.scale, register.offset, kind.lo, kind.hi, kind.kind == INTEGER


def _permutation(cells: Sequence[Cell]) -> Callable[[bytes], Iterable[int]] | None:
    """The picker that turns big-endian cells into their orders and back; None where all are big-endian already."""
    source: list[int] = []
    for cell in cells:
        natural = bytes(range(2 * cell.words))
        start = len(source)
        source += [start + place for place in arrange(natural, cell.members[0][1].wire_order)]
    return itemgetter(*source) if source != list(range(len(source))) else None


def bits_of(values: Sequence[bool]) -> bytes:
    """Coils as they go over the wire: the first one in the lowest bit of the first byte."""
    packed = bytearray((len(values) + 7) // 8)
    for place, value in enumerate(values):
        if value:
            packed[place >> 3] |= 1 << (place & 7)
    return bytes(packed)


def bits_from(data: bytes, count: int) -> list[bool]:
    """The first `count` coils in those bytes."""
    return [bool(data[place >> 3] >> (place & 7) & 1) for place in range(count)]
