"""An independent model of a Modbus device: words and bits in dictionaries, and answers made as the standard says.

It knows nothing of the server's code. Rules: MODBUS Application Protocol 1.1b3, sections 6 and 7, and docs/fieldbus.md.
"""

import math
import random
import struct
from typing import Any

DEVICE = """\
device: mixed
source: made up for the tests
identity: {vendor: Example Works, product: MX-1, revision: "1.0"}
registers:
  - {table: co, address: 0, name: c0, type: bool, access: rw}
  - {table: co, address: 1, name: c1, type: bool, access: rw}
  - {table: co, address: 2, name: c2, type: bool}
  - {table: co, address: 4, name: c4, type: bool, access: w}
  - {table: di, address: 0, name: d0, type: bool}
  - {table: di, address: 1, name: d1, type: bool}
  - {table: hr, address: 0, name: plain, type: uint16, access: rw}
  - {table: hr, address: 1, name: signed, type: int16, access: rw, min: -100, max: 1000}
  - {table: hr, address: 2, name: held, type: uint16, access: rw, max: 500, on_bad_write: clamp}
  - {table: hr, address: 3, name: deaf, type: uint16, access: rw, max: 500, on_bad_write: ignore}
  - {table: hr, address: 4, name: wide, type: float32, access: rw}
  - {table: hr, address: 6, name: turned, type: uint32, order: CDAB, access: rw, max: 70000}
  - {table: hr, address: 8, name: choice, type: enum, access: rw, values: {0: a, 1: b, 4: c}}
  - {table: hr, address: 9, name: low, type: bit, bit: 0, access: rw}
  - {table: hr, address: 9, name: high, type: bit, bit: 15, access: rw}
  - {table: hr, address: 9, name: shown, type: bit, bit: 3}
  - {table: hr, address: 10, name: fixed, type: uint16}
  - {table: hr, address: 12, name: hidden, type: uint16, access: w}
  - {table: ir, address: 0, name: i0, type: int16}
  - {table: ir, address: 1, name: label, type: string, length: 2, text: MX-1}
  - {table: ir, address: 3, name: i3, type: float64}
"""
BITS = {"co": {0, 1, 2, 4}, "di": {0, 1}}
WORDS = {"hr": {*range(11), 12}, "ir": set(range(7))}
WIDE = {"hr": [(4, 6), (6, 8)], "ir": [(1, 3), (3, 7)]}
UNREADABLE, UNWRITABLE = {("co", 4), ("hr", 12)}, {("co", 2), ("hr", 10)}
BIT_MASK = 0x8001
FITTING = [(0, 1), (0, 2), (1, 1), (0, 4), (2, 2), (4, 2), (6, 2), (4, 4), (8, 1), (9, 1), (8, 2), (0, 10), (3, 4)]
"""Ranges that one table or another has without a gap."""


class RefusedError(Exception):
    """The exception code that a request is answered with."""


class Model:
    """One unit: what it holds."""

    def __init__(self) -> None:
        self.bits = {(table, address): 0 for table, known in BITS.items() for address in known}
        self.words = {(table, address): 0 for table, known in WORDS.items() for address in known}
        self.words |= {("ir", 1): 0x4D58, ("ir", 2): 0x2D31}  # "MX-1"

    def answer(self, request: bytes) -> bytes:
        """The PDU that answers a PDU."""
        try:
            return request[:1] + self._answered(request[0], request[1:])
        except RefusedError as refused:
            return bytes((request[0] | 0x80, refused.args[0]))

    def _answered(self, function: int, body: bytes) -> bytes:
        """What follows the function code."""
        if function not in _ANSWERS:
            raise RefusedError(1)
        numbers = [int.from_bytes(body[at : at + 2], "big") for at in range(0, len(body) - 1, 2)]
        answer: bytes = _ANSWERS[function](self, body, numbers)
        return answer

    def _read_bits(self, table: str, body: bytes, numbers: list[int]) -> bytes:
        _check(len(body) == 4 and 1 <= numbers[1] <= 2000, 3)
        return self._bits(table, *numbers)

    def _read_words(self, table: str, body: bytes, numbers: list[int]) -> bytes:
        _check(len(body) == 4 and 1 <= numbers[1] <= 125, 3)
        return self._words(table, *numbers)

    def _write_bit(self, body: bytes, numbers: list[int]) -> bytes:
        _check(len(body) == 4 and numbers[1] in (0xFF00, 0), 3)
        self._set_bits(numbers[0], [numbers[1] >> 15])
        return body

    def _write_word(self, body: bytes, numbers: list[int]) -> bytes:
        _check(len(body) == 4, 3)
        self._set_words(numbers[0], body[2:])
        return body

    def _write_bits(self, body: bytes, numbers: list[int]) -> bytes:
        _check(len(body) >= 5 and 1 <= numbers[1] <= 1968, 3)
        _check(body[4] == (numbers[1] + 7) // 8 == len(body) - 5, 3)
        packed = int.from_bytes(body[5:], "little")
        self._set_bits(numbers[0], [packed >> bit & 1 for bit in range(numbers[1])])
        return body[:4]

    def _write_words(self, body: bytes, numbers: list[int]) -> bytes:
        _check(len(body) >= 5 and 1 <= numbers[1] <= 123 and body[4] == 2 * numbers[1] == len(body) - 5, 3)
        self._set_words(numbers[0], body[5:])
        return body[:4]

    def _mask(self, body: bytes, numbers: list[int]) -> bytes:
        _check(len(body) == 6, 3)
        now = int.from_bytes(self._read("hr", numbers[0], 1), "big")
        word = (now & numbers[1]) | (numbers[2] & ~numbers[1] & 0xFFFF)
        self._set_words(numbers[0], word.to_bytes(2, "big"))
        return body

    def _write_and_read(self, body: bytes, numbers: list[int]) -> bytes:
        _check(len(body) >= 9 and 1 <= numbers[1] <= 125 and 1 <= numbers[3] <= 121, 3)
        _check(body[8] == 2 * numbers[3] == len(body) - 9, 3)
        self._words("hr", *numbers[:2])
        self._set_words(numbers[2], body[9:])
        return self._words("hr", *numbers[:2])

    def _identity(self, body: bytes, _: list[int]) -> bytes:
        _check(body[:1] == b"\x0e", 1)
        _check(len(body) == 3 and 1 <= body[1] <= 4, 3)
        texts = [b"Example Works", b"MX-1", b"1.0"]
        first = body[2] if body[2] < 3 else 0
        _check(body[1] != 4 or body[2] < 3, 2)
        shown = range(first, first + 1 if body[1] == 4 else 3)
        objects = b"".join(bytes((n, len(texts[n]))) + texts[n] for n in shown)
        return body[:2] + bytes((0x81, 0, 0, len(shown))) + objects

    def _bits(self, table: str, address: int, count: int) -> bytes:
        asked = [(table, n) for n in range(address, address + count)]
        _check(all(key in self.bits for key in asked) and not UNREADABLE & set(asked), 2)
        number = sum(self.bits[key] << place for place, key in enumerate(asked))
        data = number.to_bytes((count + 7) // 8, "little")
        return bytes((len(data),)) + data

    def _set_bits(self, address: int, values: list[int]) -> None:
        asked = [("co", n) for n in range(address, address + len(values))]
        _check(all(key in self.bits for key in asked) and not UNWRITABLE & set(asked), 2)
        self.bits.update(zip(asked, values, strict=True))

    def _read(self, table: str, address: int, count: int) -> bytes:
        """The words of a range without a gap or half of a wide value."""
        end = address + count
        _check(all((table, n) in self.words for n in range(address, end)), 2)
        _check(not any(lo < edge < hi for lo, hi in WIDE[table] for edge in (address, end)), 2)
        return b"".join(self.words[table, n].to_bytes(2, "big") for n in range(address, end))

    def _words(self, table: str, address: int, count: int) -> bytes:
        data = self._read(table, address, count)
        _check(not UNREADABLE & {(table, n) for n in range(address, address + count)}, 2)
        return bytes((len(data),)) + data

    def _set_words(self, address: int, data: bytes) -> None:
        count = len(data) // 2
        self._read("hr", address, count)
        _check(not UNWRITABLE & {("hr", n) for n in range(address, address + count)}, 2)
        sent = {address + n: int.from_bytes(data[2 * n : 2 * n + 2], "big") for n in range(count)}
        taken = self._taken(sent)
        self.words.update({("hr", n): word for n, word in taken.items()})

    def _taken(self, sent: dict[int, int]) -> dict[int, int]:
        """What becomes of the words: as sent, or by the rules of the registers; exception 3 where one is refused."""
        taken = dict(sent)
        if 1 in sent:
            signed = sent[1] - 0x10000 * (sent[1] >> 15)
            _check(-100 <= signed <= 1000, 3)
        if 2 in sent:
            taken[2] = min(sent[2], 500)
        if sent.get(3, 0) > 500:
            del taken[3]
        if 4 in sent:
            _check(math.isfinite(struct.unpack(">f", struct.pack(">HH", sent[4], sent[5]))[0]), 3)
            if (sent[4], sent[5]) == (0x8000, 0):  # a value is a number: negative zero is zero
                taken[4] = 0
        if 6 in sent:
            _check(sent[7] << 16 | sent[6] <= 70000, 3)
        if 8 in sent:
            _check(sent[8] in (0, 1, 4), 3)
        if 9 in sent:
            taken[9] = sent[9] & BIT_MASK
        return taken


_ANSWERS: dict[int, Any] = {
    1: lambda model, *asked: model._read_bits("co", *asked),
    2: lambda model, *asked: model._read_bits("di", *asked),
    3: lambda model, *asked: model._read_words("hr", *asked),
    4: lambda model, *asked: model._read_words("ir", *asked),
    5: Model._write_bit,
    6: Model._write_word,
    15: Model._write_bits,
    16: Model._write_words,
    22: Model._mask,
    23: Model._write_and_read,
    43: Model._identity,
}


def _check(fits: bool, exception: int) -> None:
    if not fits:
        raise RefusedError(exception)


def request(source: random.Random) -> bytes:
    """A PDU as a client might send it: mostly one that could be right, sometimes bent, sometimes noise."""
    kind = source.random()
    if kind < 0.03:
        return source.randbytes(source.randint(1, 60))
    function = source.choice((1, 2, 3, 3, 4, 5, 6, 6, 15, 16, 16, 22, 23, 43))
    body = _body(function, source)
    if kind < 0.08:
        body = body[: source.randint(0, len(body))] + source.randbytes(source.randint(0, 3))
    return bytes((function,)) + body


def _body(function: int, source: random.Random) -> bytes:
    """What follows the function code, of a request that keeps its form."""
    address = source.randint(0, 13) if source.random() < 0.97 else source.getrandbits(16)
    count = source.choice((1, 1, 1, 2, 2, 3, 4, source.randint(0, 16), source.randint(0, 2100)))
    if source.random() < 0.4:
        address, count = source.choice(FITTING)
    few, size = min(count, 115), min((count + 7) // 8, 245)
    words = b"".join(_word(source).to_bytes(2, "big") for _ in range(few if function > 15 else 1))
    bodies = {
        5: lambda: struct.pack(">HH", address, source.choice((0, 0xFF00, 0xFF00, source.getrandbits(16)))),
        6: lambda: struct.pack(">H", address) + words,
        15: lambda: struct.pack(">HHB", address, count, size) + source.randbytes(size),
        16: lambda: struct.pack(">HHB", address, few, 2 * few) + words,
        22: lambda: struct.pack(">HHH", address, source.getrandbits(16), source.getrandbits(16)),
        23: lambda: struct.pack(">HHHHB", source.randint(0, 11), source.randint(0, 6), address, few, 2 * few) + words,
        43: lambda: bytes((14 if source.random() < 0.9 else 13, source.randint(0, 5), source.randint(0, 4))),
    }
    return bodies[function]() if function in bodies else struct.pack(">HH", address, count)


def _word(source: random.Random) -> int:
    kind = source.random()
    if kind < 0.6:
        return source.choice((0, 0, 1, 1, 4, 100, 500, 501, 1000, 1001, 0x7F80, 0xFF9C, 0xFF9B, 0x8000))
    return source.getrandbits(16)
