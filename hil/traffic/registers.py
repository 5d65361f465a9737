"""The units of a bench with their registers, as the record of the bus keeps them and reads them again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hil.bus.maps.register import Register
from hil.bus.maps.register_types import SWAPPED, TYPES, arrange
from hil.bus.unit import Unit

Place = tuple[str, int]
"""Table and address."""


@dataclass(frozen=True)
class Known:
    """A register as far as the record of the bus needs it.

    tables:        in which it answers
    command:       whether it can be written and has a point
    scale, offset: value = raw * scale + offset; lo, hi: what a client may write, None for no limit
    """

    name: str
    tables: tuple[str, ...]
    address: int
    words: int
    type: str
    order: str
    access: str
    command: bool
    scale: float
    offset: float
    lo: float | None
    hi: float | None

    @property
    def last(self) -> int:
        """Its last address."""
        return self.address + self.words - 1

    @property
    def shown(self) -> str:
        """Name and type, as a programmer has to declare it: `energy float32 CDAB`."""
        return f"{self.name} {self.type} {self.order}".strip()

    def looks_swapped(self, data: bytes) -> bool:
        """Whether a number as it came is beyond the limits, and within them when its words change places."""
        if self.order not in SWAPPED:
            return False
        try:
            return not self._fits(data, self.order) and self._fits(data, SWAPPED[self.order])
        except ValueError:  # no digits
            return False

    def _fits(self, data: bytes, order: str) -> bool:
        value = float(TYPES[self.type].unpack(arrange(data, order))) * self.scale + self.offset
        low, high = self.lo is None or value >= self.lo, self.hi is None or value <= self.hi
        return low and high


@dataclass
class Device:
    """What answers at a port and unit id.

    most: registers of one request; gaps: whether reads over gaps are answered
    """

    name: str
    port: int
    unit: int
    most: int
    gaps: bool
    registers: list[Known]
    at: dict[Place, list[Known]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find the registers by their places; several may share a word."""
        for register in self.registers:
            for table in register.tables:
                for address in range(register.address, register.last + 1):
                    self.at.setdefault((table, address), []).append(register)

    def covers(self, table: str, address: int, quantity: int) -> bool:
        """Whether a range is all registers, whole ones."""
        found = [self.at.get((table, address + word), ()) for word in range(quantity)]
        return bool(found) and all(found) and not self.halves(table, address, quantity)

    def halves(self, table: str, address: int, quantity: int) -> list[Known]:
        """The registers of which a range has a part only."""
        ends = [*self.at.get((table, address), ()), *self.at.get((table, address + quantity - 1), ())]
        return [one for one in dict.fromkeys(ends) if one.address < address or one.last >= address + quantity]


def told(units: Sequence[Unit]) -> list[dict[str, Any]]:
    """The units as JSON can say them; the maps of equal devices stand once, under the first unit that has one."""
    seen: dict[int, str] = {}
    found = []
    for unit in units:
        device, same = unit.device, seen.setdefault(id(unit.device), unit.name)
        one: dict[str, Any] = {"name": unit.name, "port": unit.port, "unit": unit.unit, "most": device.most_registers}
        one["gaps"] = device.gaps is not None
        one |= {"as": same} if same != unit.name else {"registers": [_row(register) for register in device.registers]}
        found.append(one)
    return found


def _row(register: Register) -> list[Any]:
    wide = register.words > 1 and register.type != "string"
    order, command = register.wire_order if wide else "", register.writable and bool(register.point)
    tables = list(register.tables)
    row = [register.name, tables, register.address, register.words, register.type, order, register.access, command]
    return [*row, register.scale, register.offset, register.min, register.max]


def devices(units: list[dict[str, Any]]) -> dict[tuple[int, int], Device]:
    """What `told` said, by port and unit id; units that share both are one device, named after all of them."""
    maps: dict[str, list[Known]] = {}
    found: dict[tuple[int, int], Device] = {}
    for one in units:
        name, key = str(one["name"]), (int(one["port"]), int(one["unit"]))
        rows = one.get("registers")
        own = maps[one["as"]] if rows is None else [Known(r[0], tuple(r[1]), *r[2:]) for r in rows]
        maps[name] = own
        other = found.get(key)
        if other is not None:
            prefixed = [*other.registers, *own]
            found[key] = Device(f"{other.name}, {name}", *key, other.most, other.gaps, prefixed)
        else:
            found[key] = Device(name, *key, int(one["most"] or 125), bool(one["gaps"]), own)
    return found
