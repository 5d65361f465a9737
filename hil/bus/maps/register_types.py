"""What a register may hold: types, byte and word orders, and the way between a number and its bytes on the wire.

A value in engineering units becomes raw = (value - offset) / scale, rounded for the integer types and clipped to the
range of the type; decoding is raw * scale + offset. The letters of an order name the bytes of the big-endian number in
the order in which they are sent: ABCD is what the Modbus standard expects, CDAB has its words swapped, BADC the bytes
of each word, DCBA both. A 64-bit number is ordered in the same way: CDAB reverses its words, DCBA everything.
"""

import math
import struct
from dataclasses import dataclass
from typing import ClassVar, Literal

Table = Literal["co", "di", "hr", "ir"]
Order = Literal["AB", "BA", "ABCD", "CDAB", "BADC", "DCBA"]
TABLES: dict[str, str] = {
    "co": "coil", "di": "discrete input", "hr": "holding register", "ir": "input register",
}  # fmt: skip
ONE_BIT = ("co", "di")
"""Tables of single bits."""
ORDERS_16, ORDERS_WIDE = ("AB", "BA"), ("ABCD", "CDAB", "BADC", "DCBA")
SWAPPED: dict[str, Order] = {"ABCD": "CDAB", "CDAB": "ABCD", "BADC": "DCBA", "DCBA": "BADC"}
"""Orders of wide values, each with the one that has its words the other way round."""

INTEGER, FLOAT32, FLOAT64, TEXT = 0, 1, 2, 3
_BIGGEST_FLOAT32 = 3.4028234663852886e38
_BIGGEST_FLOAT64 = 1.7976931348623157e308


@dataclass(frozen=True)
class RegisterType:
    """The codec of one type: the way between a raw number and its big-endian bytes, for server and client alike.

    A type whose numbers struct cannot write has a class of its own with `native` False, `pack` and `unpack`.
    words: size; 0 where it is given by `length`. code: of struct. lo, hi: range of the raw number.
    missing: what NaN becomes, as SunSpec has it: the lowest signed number, the highest unsigned one, NaN in a float.
    numeric: whether scale, offset, min and max mean anything.
    """

    words: int
    code: str
    lo: float
    hi: float
    missing: float
    kind: int = INTEGER
    numeric: bool = True
    native: ClassVar[bool] = True

    def raw(self, scaled: float) -> int | float:
        """The nearest number of the type to (value - offset) / scale: clipped, ties to even; NaN becomes `missing`."""
        if math.isnan(scaled):
            return self.missing if self.kind != INTEGER else int(self.missing)
        clipped = min(max(scaled, self.lo), self.hi)
        return round(clipped) if self.kind == INTEGER else clipped

    def pack(self, raw: float) -> bytes:
        """The big-endian bytes of a raw number."""
        return struct.pack(">" + self.code, raw)

    def unpack(self, data: bytes) -> int | float:
        """The raw number in big-endian bytes."""
        number: int | float = struct.unpack(">" + self.code, data)[0]
        return number


class Text(RegisterType):
    """Characters: constant, written from the text of the register, never a number."""

    native: ClassVar[bool] = False


@dataclass(frozen=True)
class Wide(RegisterType):
    """A whole number of so many bits in the lowest bytes of its words, whose other bytes are 0.

    bits: 24 in two words, 48 in three. signed: as two's complement of that many bits.
    """

    bits: int = 24
    signed: bool = False
    native: ClassVar[bool] = False

    def pack(self, raw: float) -> bytes:
        """The big-endian bytes of a raw number."""
        return (int(raw) & (1 << self.bits) - 1).to_bytes(2 * self.words, "big")

    def unpack(self, data: bytes) -> int:
        """The raw number in big-endian bytes; what stands in the other bytes does not count."""
        number = int.from_bytes(data, "big") & (1 << self.bits) - 1
        return number - (1 << self.bits) if self.signed and number >> (self.bits - 1) else number


class Decimal(RegisterType):
    """Decimal digits, four bits each (BCD)."""

    native: ClassVar[bool] = False

    def pack(self, raw: float) -> bytes:
        """The digits of a raw number."""
        return bytes.fromhex(f"{int(raw):0{4 * self.words}d}")

    def unpack(self, data: bytes) -> int:
        """The raw number of the digits; ValueError where one of them is none."""
        return int(data.hex())


def _wide(bits: int, signed: bool) -> Wide:
    top = float(1 << (bits - 1 if signed else bits))
    lo, hi = (-top if signed else 0.0), top - 1.0
    return Wide(-(-bits // 16), "", lo, hi, lo if signed else hi, bits=bits, signed=signed)


def _decimal(words: int) -> Decimal:
    most = float(10 ** (4 * words) - 1)
    return Decimal(words, "", 0.0, most, most)


def _integer(code: str, numeric: bool = True, hi: float | None = None) -> RegisterType:
    size = struct.calcsize(">" + code)
    signed = code.islower()
    top = 2 ** (8 * size - 1 if signed else 8 * size)
    lo = float(-top) if signed else 0.0
    highest = math.nextafter(float(top), 0.0) if size == 8 else float(top - 1)  # a float64 cannot hold 2**63 - 1
    hi = highest if hi is None else hi
    return RegisterType(size // 2, code, lo, hi, lo if signed else hi, numeric=numeric)


TYPES: dict[str, RegisterType] = {
    "bool": RegisterType(1, "H", 0.0, 1.0, 0.0, numeric=False),
    "bit": RegisterType(1, "H", 0.0, 1.0, 0.0, numeric=False),
    "int8": RegisterType(1, "h", -128.0, 127.0, -128.0),
    "uint8": RegisterType(1, "H", 0.0, 255.0, 255.0),
    "int16": _integer("h"),
    "uint16": _integer("H"),
    "int24": _wide(24, signed=True),
    "uint24": _wide(24, signed=False),
    "int32": _integer("i"),
    "uint32": _integer("I"),
    "int48": _wide(48, signed=True),
    "uint48": _wide(48, signed=False),
    "int64": _integer("q"),
    "uint64": _integer("Q"),
    "bcd16": _decimal(1),
    "bcd32": _decimal(2),
    "float32": RegisterType(2, "f", -_BIGGEST_FLOAT32, _BIGGEST_FLOAT32, math.nan, FLOAT32),
    "float64": RegisterType(4, "d", -_BIGGEST_FLOAT64, _BIGGEST_FLOAT64, math.nan, FLOAT64),
    "string": Text(0, "s", 0.0, 0.0, 0.0, TEXT, numeric=False),
    "enum": _integer("H", numeric=False),
    "bitfield": _integer("H", numeric=False),
}


def arrange(data: bytes, order: str) -> bytes:
    """Big-endian bytes in another order, and back: doing it twice gives the same bytes again."""
    if order in ("AB", "ABCD"):
        return data
    if order == "DCBA":
        return data[::-1]
    if order == "CDAB":
        return b"".join(data[i : i + 2] for i in range(len(data) - 2, -1, -2))
    swapped = bytearray(len(data))
    swapped[0::2], swapped[1::2] = data[1::2], data[0::2]
    return bytes(swapped)
