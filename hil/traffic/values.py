"""The words and bits in frames: what a request is about, what it writes, and what its answer shows.

Frames come from outside: what does not have the form that the standard gives it (Modbus Application Protocol 1.1b3,
section 6) has no values.
"""

from typing import NamedTuple

from hil.bus.block import bits_from
from hil.bus.maps.function_codes import READS, TABLE_OF
from hil.bus.maps.register_types import ONE_BIT
from hil.lines.modbus.request_log import is_request

_COIL = {b"\xff\x00": 1, b"\x00\x00": 0}


class Range(NamedTuple):
    """Consecutive addresses of a table, counted from zero."""

    table: str
    address: int
    quantity: int

    def __str__(self) -> str:
        """`ir 4`, or `ir 4-9`."""
        last = self.address + self.quantity - 1
        return f"{self.table} {self.address}" + (f"-{last}" if self.quantity > 1 else "")


class Values(NamedTuple):
    """What consecutive addresses hold: words as 0 .. 65535, bits as 0 and 1."""

    table: str
    address: int
    values: tuple[int, ...]


def read_range(frame: bytes) -> Range | None:
    """What a request reads; None where it reads nothing."""
    pdu = _pdu(frame)
    if not pdu or pdu[0] not in READS or len(pdu) < 5:
        return None
    return _range(TABLE_OF[pdu[0]], _word(pdu, 1), _word(pdu, 3))


def written_range(frame: bytes) -> Range | None:
    """What a request writes to, also where a mask says what; None where it writes nothing."""
    pdu = _pdu(frame)
    if pdu and pdu[0] == 22 and len(pdu) == 7:
        return Range("hr", _word(pdu, 1), 1)
    found = written(frame)
    return None if found is None else Range(found.table, found.address, len(found.values))


def written(frame: bytes) -> Values | None:
    """What a request writes; None where it writes nothing, or by a mask."""
    pdu = _pdu(frame)
    function, size = (pdu[0] if pdu else 0), len(pdu)
    if function == 5 and size == 5 and pdu[3:] in _COIL:
        return _values("co", _word(pdu, 1), (_COIL[pdu[3:]],))
    if function == 6 and size == 5:
        return _values("hr", _word(pdu, 1), _words(pdu[3:]))
    head, table = {15: (1, "co"), 16: (1, "hr"), 23: (5, "hr")}.get(function, (0, ""))
    if not head or size < head + 5:
        return None
    address, count, data = _word(pdu, head), _word(pdu, head + 2), pdu[head + 5 :]
    due = (count + 7) // 8 if table == "co" else 2 * count
    if not count or len(data) != due or pdu[head + 4] != due:
        return None
    return _values(table, address, tuple(map(int, bits_from(data, count))) if table == "co" else _words(data))


def shown(request: bytes, answer: bytes) -> Values | None:
    """What an answer shows; None where it refuses, or does not belong to the request."""
    asked, pdu = read_range(request), _pdu(answer)
    if asked is None or pdu[:1] != request[7:8] or len(pdu) < 2:
        return None
    table, address, quantity = asked
    data = pdu[2:]
    due = (quantity + 7) // 8 if table in ONE_BIT else 2 * quantity
    if len(data) != due or pdu[1] != due:
        return None
    return _values(table, address, tuple(map(int, bits_from(data, quantity))) if table in ONE_BIT else _words(data))


def _pdu(frame: bytes) -> bytes:
    return frame[7:] if is_request(frame) else b""


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 2], "big")


def _words(data: bytes) -> tuple[int, ...]:
    return tuple(_word(data, at) for at in range(0, len(data), 2))


def _range(table: str, address: int, quantity: int) -> Range | None:
    return Range(table, address, quantity) if 0 < quantity <= 65536 - address else None


def _values(table: str, address: int, values: tuple[int, ...]) -> Values | None:
    return Values(table, address, values) if address + len(values) <= 65536 else None
