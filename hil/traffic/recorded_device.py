"""A device as a recording shows it: its words and bits with their values, as rows of a device file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hil.bus.exchanges import REQUEST, Exchange
from hil.bus.maps.register_fields import MOST_REGISTERS
from hil.bus.maps.register_types import ONE_BIT, TABLES
from hil.lines.modbus.codes import ILLEGAL_ADDRESS
from hil.plain_text import one_line
from hil.tables.entry import Entry, Key, Table
from hil.tables.names import register_name
from hil.traffic.file import BUS_FILE, Traffic
from hil.traffic.values import read_range, shown, written, written_range
from twin.errors import InputError

_MOST_UNITS_SHOWN = 20


@dataclass
class Word:
    """A word or bit as it was seen. last, low, high: raw; None while nothing is known of it.

    read, written: whether with success; refused: whether a read of it alone was answered with exception 2
    """

    last: int | None = None
    low: int = 65535
    high: int = 0
    read: bool = False
    written: bool = False
    refused: bool = False

    def holds(self, value: int) -> None:
        """It holds a value now."""
        self.last, self.low, self.high = value, min(self.low, value), max(self.high, value)

    @property
    def access(self) -> str:
        """What a client may do with it."""
        if not self.written:
            return "r"
        return "w" if self.refused and not self.read else "rw"


Words = dict[tuple[str, int], Word]
"""By table and address."""


def is_recording(path: Path) -> bool:
    """Whether a path is a recording of the bus rather than a table: a folder, or a file of that kind."""
    return path.is_dir() or path.suffix == Path(BUS_FILE).suffix


def recorded_table(traffic: Traffic, path: Path, unit: int | None, port: int | None = None) -> Table:
    """The registers of a unit id in a recording, with the values that they had last.

    path: stands for it in messages. port: of the server, where the unit id is at several
    InputError where the recording has no such unit id, or several of it.
    """
    if unit is None:
        raise InputError(f"{path}: a recording is imported with --unit N; {_units(traffic)}")
    words: Words = {}
    ports: set[str] = set()
    for one in traffic.exchanges():
        at = one.server.rpartition(":")[2]
        if one.event == REQUEST and one.unit == unit and one.function and one.answered and port in (None, _whole(at)):
            _take(one, words)
            ports.add(at)
    known = {place: word for place, word in words.items() if word.read or word.written}
    if not known:
        raise InputError(f"{path}: nothing of unit id {unit} was read or written with success; {_units(traffic)}")
    if len(ports) > 1:
        raise InputError(f"{path}: unit id {unit} answered at ports {', '.join(sorted(ports))}; choose with --port")
    if len(known) > MOST_REGISTERS:
        raise InputError(f"{path}: unit id {unit} has {len(known):,} registers; a device file has {MOST_REGISTERS:,}")
    order = list(TABLES)
    table = Table(one_line(f"{path}, unit id {unit}"))
    for place in sorted(known, key=lambda place: (order.index(place[0]), place[1])):
        table.entries.append(Entry(f"{place[0]} {place[1]}", "", _keys(*place, known[place])))
    table.guess("every word is a uint16: which words are one value, and of which type, a recording does not say")
    return table


def recorded_source(traffic: Traffic, path: Path, unit: int) -> str:
    """Which recording a device file comes from, and when it was made."""
    first = last = 0
    for one in traffic.exchanges():
        first, last = first or one.received, max(last, one.received)
    return f"recording {path}, unit id {unit}, from {_stamp(first)} to {_stamp(last)}"


def recorded_name(path: Path, unit: int) -> str:
    """A name for the device: that of the recording's folder, and the unit id."""
    folder = path if path.is_dir() else path.absolute().parent
    return register_name(f"{folder.name}_unit_{unit}", f"unit_{unit}")


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() else -1


def _take(one: Exchange, words: Words) -> None:
    """What a request with its answer says of words."""
    if one.exception:
        asked = read_range(one.request)
        if one.exception == ILLEGAL_ADDRESS and asked is not None and asked.quantity == 1:
            words.setdefault(asked[:2], Word()).refused = True
        return
    if one.answer[7:8] != one.request[7:8]:
        return
    target, given, values = written_range(one.request), written(one.request), shown(one.request, one.answer)
    if target is not None:
        for at in range(target.quantity):
            word = words.setdefault((target.table, target.address + at), Word())
            word.written = True
            if given is not None:
                word.holds(given.values[at])
            elif word.last is not None:  # function 22: (word AND mask) OR (other AND NOT mask)
                kept, added = (int.from_bytes(one.request[start : start + 2], "big") for start in (10, 12))
                word.holds((word.last & kept) | (added & ~kept & 0xFFFF))
    if values is not None:
        for at, value in enumerate(values.values):
            word = words.setdefault((values.table, values.address + at), Word())
            word.read = True
            word.holds(value)


def _keys(table: str, address: int, word: Word) -> dict[str, Key]:
    """The keys of its register."""
    keys: dict[str, Key] = {"table": table, "address": str(address), "name": f"{table}_{address}"}
    keys["type"] = "bool" if table in ONE_BIT else "uint16"
    if word.written:
        keys["access"] = word.access
    if word.last is not None:
        keys["initial" if word.written else "value"] = str(word.last)
        if word.low != word.high:
            keys["comment"] = f"{word.low} .. {word.high} in the recording"
    return keys


def _units(traffic: Traffic) -> str:
    """Which unit ids answered, in words."""
    found = sorted({one.unit for one in _answered(traffic)})
    more = f" and {len(found) - _MOST_UNITS_SHOWN} more" if len(found) > _MOST_UNITS_SHOWN else ""
    return f"it has {', '.join(map(str, found[:_MOST_UNITS_SHOWN])) or 'none'}{more}"


def _answered(traffic: Traffic) -> Iterable[Exchange]:
    return (one for one in traffic.exchanges() if one.function and one.answered and not one.exception)


def _stamp(at: int) -> str:
    """A real time [ns since 1970] to the second."""
    return f"{datetime.fromtimestamp(at / 1e9, UTC):%Y-%m-%d %H:%M:%S} UTC"
