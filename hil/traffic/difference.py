"""Two requests beside each other: whether they are equal, and in words what they ask."""

from collections.abc import Iterable
from typing import NamedTuple

from hil.bus.maps.register_types import TABLES
from hil.lines.modbus.request_log import is_request
from hil.traffic.values import read_range, written, written_range
from twin.errors import InputError, unknown

MOST_SHOWN = 20
"""Values or bytes of a request that are shown."""


class Place(NamedTuple):
    """A register or coil of a unit id; address from 0 on."""

    unit: int
    table: str
    address: int

    @classmethod
    def parse(cls, text: str) -> "Place":
        """UNIT/TABLE/ADDRESS, such as 1/hr/40; InputError says what is wrong."""
        parts = text.split("/")
        if len(parts) != 3:
            raise InputError(f"--ignore: {text!r} is not UNIT/TABLE/ADDRESS, such as 1/hr/40")
        unit, table, address = parts
        if table not in TABLES:
            raise unknown("table", table, ("hr", "co"), f"--ignore: {text!r}")
        if table not in ("hr", "co"):
            raise InputError(f"--ignore: {text!r}: {TABLES[table]}s are never written; allowed: hr, co")
        return cls(_number(unit, 255, "unit id", text), table, _number(address, 65535, "address", text))


def _number(text: str, most: int, what: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and int(text) <= most):
        raise InputError(f"--ignore: {where!r}: the {what} {text!r} is no whole number of 0 .. {most}")
    return int(text)


def equal(recorded: bytes, got: bytes, ignored: Iterable[Place] = ()) -> bool:
    """Whether two frames ask the same, whatever their transaction ids; written values may differ where ignored."""
    if recorded[2:] == got[2:]:
        return True
    places = {(one.table, one.address) for one in ignored if got[6:7] == bytes((one.unit,))}
    if not places or recorded[6:8] != got[6:8] or read_range(recorded) != read_range(got):
        return False
    target, other = written_range(recorded), written_range(got)
    if target is None or target != other:
        return False
    expected, values = written(recorded), written(got)
    if expected is None or values is None:  # by a mask
        return (target.table, target.address) in places
    pairs = enumerate(zip(expected.values, values.values, strict=True), start=target.address)
    return all(one == two or (target.table, at) in places for at, (one, two) in pairs)


def described(frame: bytes) -> str:
    """What a request asks: unit id, function, table, address, count, values."""
    if not is_request(frame):
        return f"{len(frame)} bytes that are no Modbus request: {_hex(frame)}"
    pdu, said = frame[7:], [f"unit {frame[6]}, function {frame[7]}"]
    for verb, what in (("read", read_range(frame)), ("write", written_range(frame))):
        if what is not None:
            said.append(f"{verb} {what.table}, address {what.address}, count {what.quantity}")
    values = written(frame)
    if values is not None:
        more = f" and {len(values.values) - MOST_SHOWN} more" if len(values.values) > MOST_SHOWN else ""
        said.append(f"values {' '.join(map(str, values.values[:MOST_SHOWN]))}{more}")
    elif pdu[0] == 22 and len(pdu) == 7:
        said.append(f"masks and {pdu[3:5].hex().upper()} or {pdu[5:7].hex().upper()}")
    elif len(said) == 1 and len(pdu) > 1:
        said.append(f"data {_hex(pdu[1:])}")
    return ", ".join(said)


def contrast(recorded: bytes, got: bytes, ignored: Iterable[Place] = ()) -> str:
    """The first value that differs of two writes to the same place, in words; empty where something else does."""
    expected, values = written(recorded), written(got)
    if expected is None or values is None or recorded[6:8] != got[6:8] or expected[:2] != values[:2]:
        return ""
    skipped = {one.address for one in ignored if (one.unit, one.table) == (got[6], expected.table)}
    pairs = enumerate(zip(expected.values, values.values, strict=False), start=expected.address)
    for at, (one, two) in pairs:
        if one != two and at not in skipped:
            return f"{expected.table} {at} is {two} in place of {one}"
    return ""


def _hex(data: bytes) -> str:
    return data[:MOST_SHOWN].hex(" ") + (" ..." if len(data) > MOST_SHOWN else "")
