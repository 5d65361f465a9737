"""Blocks: a range of addresses asked for at once, its layout worked out once and used for every request.

A cell is what cannot be divided on the wire: one register, or one word shared by several `bit` registers.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import INTEGER, TEXT, arrange
from hil.bus.refusal import Reason, RefusedRequest

Bus = Sequence[float]
Stored = Mapping[int, int | bytes]
"""What a float cannot hold, by register number: the exact raw number of 64 bits, the characters of a text."""
Written = list[tuple[int, int | float | bytes, float]]
"""Register number, raw number and value [uom] of what a client wants to write."""


@dataclass(frozen=True)
class Cell:
    """One register, or the bits and halves of one word: their numbers in the device and their declarations.

    A cell without members is a word in a gap, which shows `filler`.
    """

    address: int
    words: int
    members: tuple[tuple[int, Register], ...]
    filler: int = 0

    @property
    def code(self) -> str:
        """The struct code of the cell."""
        if not self.members or self.divided:
            return "H"
        kind = self.members[0][1].kind
        return kind.code if kind.native and kind.kind != TEXT else f"{2 * self.words}s"

    @property
    def divided(self) -> bool:
        """Whether bits or halves of a word stand in it."""
        return self.members[0][1].mask is not None

    def raw(self, bus: Bus, stored: Stored) -> int | float | bytes:
        """What the cell shows, as struct takes it."""
        if not self.members:
            return self.filler
        index, register = self.members[0]
        if index in stored:
            return stored[index]
        if self.divided:
            return sum(_part(register, bus[i]) for i, register in self.members)
        kind = register.kind
        if kind.kind == TEXT:
            return register.text.encode("ascii")
        raw = register.raw(bus[index])
        return raw if kind.native else kind.pack(raw)

    def written(self, sent: int | float | bytes) -> Written:
        """The members a client may write, with what `sent` means for each of them."""
        if not self.divided:
            index, register = self.members[0]
            if not register.writable:
                return []
            if register.kind.kind == TEXT:
                return [(index, sent, 0.0)]
            raw = _unpacked(register, sent) if isinstance(sent, bytes) else sent
            return [(index, raw, register.value(raw))]
        found: Written = []
        for index, register in self.members:
            if register.writable and isinstance(sent, int):
                raw = _part_raw(register, sent)
                found.append((index, raw, register.value(raw)))
        return found


def _part(register: Register, value: float) -> int:
    """A bit or half of a word where it stands in the word."""
    shift, mask = register.mask or (0, 0)
    raw = int(value != 0.0) if register.bit is not None else int(register.raw(value))
    return (raw & mask) << shift


def _part_raw(register: Register, word: int) -> int:
    """The raw number of a bit or half in its word."""
    shift, mask = register.mask or (0, 0)
    raw = word >> shift & mask
    return raw - 256 if register.type == "int8" and raw > 127 else raw


def part_value(register: Register, word: int) -> float:
    """The value [uom] of a bit or half in its word."""
    return register.value(_part_raw(register, word))


def _unpacked(register: Register, data: bytes) -> int | float:
    try:
        return register.kind.unpack(data)
    except ValueError as error:
        raise RefusedRequest(Reason.BAD_VALUE) from error


def wholes(device: DeviceMap) -> Iterator[tuple[int, int]]:
    """Of every word that a register shows as a whole beside its bits and halves: its number, and that of each part."""
    parts: dict[tuple[str, int], list[int]] = {}
    for number, register in enumerate(device.registers):
        if register.mask is not None:
            parts.setdefault((register.table, register.address), []).append(number)
    for number, register in enumerate(device.registers):
        if register.mask is None:
            yield from ((number, part) for part in parts.get((register.table, register.address), ()))


class Layout:
    """The cells of a device, found by table and address.

    divided: for a register that shows a whole word beside its bits and halves, their cell
    """

    def __init__(self, device: DeviceMap) -> None:
        """Group the registers of a device into cells; the device has been checked for overlaps."""
        self.allow_partial, self._gaps = device.allow_partial, device.gaps
        groups: dict[tuple[str, int], list[tuple[int, Register]]] = {}
        for number, register in enumerate(device.registers):
            for shown in register.tables:
                groups.setdefault((shown, register.address), []).append((number, register))
        self._owners: dict[tuple[str, int], Cell] = {}
        self.divided = {whole: Cell(0, 1, ()) for whole, _ in wholes(device)}
        for (table, address), members in groups.items():
            parts = [member for member in members if member[1].mask is not None] or members
            cell = Cell(address, members[0][1].words, tuple(parts))
            for word in range(address, address + cell.words):
                self._owners[table, word] = cell
            self.divided |= dict.fromkeys((number for number, _ in members if number in self.divided), cell)
        self._ends: dict[str, tuple[int, int]] = {}
        for table, word in self._owners:
            low, high = self._ends.get(table, (word, word))
            self._ends[table] = min(low, word), max(high, word)

    def cells(self, table: str, address: int, count: int, over_gaps: bool = False) -> list[Cell]:
        """The cells of a range; refuses a part of a wide value (unless allowed), and a gap (unless it is shown)."""
        found: list[Cell] = []
        word, end = address, address + count
        while word < end:
            cell = self._owners.get((table, word)) or (self._gap(table, word) if over_gaps else None)
            if cell is None:
                raise RefusedRequest(Reason.ABSENT)
            found.append(cell)
            word = cell.address + cell.words
        if not self.allow_partial and (found[0].address < address or word > end):
            raise RefusedRequest(Reason.SPLIT)
        return found

    def _gap(self, table: str, word: int) -> Cell | None:
        """The word of a gap where the device shows one."""
        low, high = self._ends.get(table, (1, 0))
        return Cell(word, 1, (), self._gaps) if self._gaps is not None and low < word < high else None


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

    def encode(self, bus: Bus, stored: Stored) -> bytes:
        """The words of the range as they go to a client."""
        return self._whole(bus, stored)[self._skip : self._skip + self._size]

    def decode(self, bus: Bus, stored: Stored, data: bytes) -> Written:
        """What a client writes with these words; the rest of a cell at either end stays as it is."""
        if len(data) != self._struct.size:
            whole = bytearray(self._whole(bus, stored))
            whole[self._skip : self._skip + len(data)] = data
            data = bytes(whole)
        raws = self._struct.unpack(self._arranged(data))
        return [written for cell, raw in zip(self._cells, raws, strict=True) for written in cell.written(raw)]

    def _whole(self, bus: Bus, stored: Stored) -> bytes:
        raws: list[int | float | bytes] = []
        for number, cell in zip(self._numbers, self._cells, strict=True):
            if number is not None:
                index, scale, offset, lo, hi, integer = number
                raw = (bus[index] - offset) / scale
                if lo <= raw <= hi:
                    raws.append(round(raw) if integer else raw)
                    continue
            raws.append(cell.raw(bus, stored))
        return self._arranged(self._struct.pack(*raws))

    def _arranged(self, data: bytes) -> bytes:
        return bytes(self._permutation(data)) if self._permutation else data


def _number(cell: Cell) -> tuple[int, float, float, float, float, bool] | None:
    """What the usual cell needs to be encoded, taken together for speed; None for any other."""
    if not cell.members or cell.divided:
        return None
    index, register = cell.members[0]
    kind = register.kind
    if not kind.native or kind.kind == TEXT or register.kept_exactly:
        return None
    return index, register.scale, register.offset, kind.lo, kind.hi, kind.kind == INTEGER


def _permutation(cells: Sequence[Cell]) -> Callable[[bytes], Iterable[int]] | None:
    """The picker that turns big-endian cells into their orders and back; None where all are big-endian already."""
    source: list[int] = []
    for cell in cells:
        natural = bytes(range(2 * cell.words))
        start = len(source)
        order = cell.members[0][1].wire_order if cell.members else "AB"
        source += [start + place for place in arrange(natural, order)]
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
