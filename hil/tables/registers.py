"""One row of a table as the keys of a register."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from hil.bus.maps.register_types import ONE_BIT, TYPES
from hil.tables import cells
from hil.tables.addresses import Address, protocol_address
from hil.tables.entry import Entry, Key, NotUnderstoodError, Table, cut
from hil.tables.enumerations import limits, names_of, word_names
from hil.tables.names import Names, register_name
from hil.tables.numbers import DIVIDE, factor, number, written
from hil.tables.reading import Customs, RawRow, table_told
from hil.tables.value_types import ValueType, value_type
from hil.tables.words import Vocabulary

T = TypeVar("T")
_INTEGERS = ("int16", "uint16", "uint8", "enum")
_NONE = ("", "-", "--", "–", "—", "n/a", "N/A")
_HIGHEST = {"degC": 200.0, "%": 150.0}
"""Above this a range is hardly one of values, where the register has a scale below 1."""


class Registers:
    """Turns rows into registers, with the words and the customs of their table."""

    def __init__(self, words: Vocabulary, customs: Customs, table: Table) -> None:
        self.words, self.customs, self.table, self.names = words, customs, table, Names()

    def entry(self, row: RawRow) -> Entry:
        """The entry of a row: a register, or the reason why it is none."""
        found = Entry(row.place, row.text)
        try:
            found.keys = self._keys(row, found)
        except NotUnderstoodError as error:
            found.lost = str(error)
        return found

    def _keys(self, row: RawRow, found: Entry) -> dict[str, Key]:
        where = self._address(row)
        tables, number_, access = self._placed(row, where, found)
        kind = self._type(row, where, tables[0])
        names = self._values(row, kind, where, found)
        kind = ValueType("enum") if "values" in names else kind
        keys: dict[str, Key] = {"table": tables[0] if len(tables) == 1 else tables, "address": str(number_)}
        keys["name"] = self._name(row, tables[0], number_, where)
        keys["type"] = kind.name
        self._add_order(row, kind, keys, found)
        if kind.name in ("int8", "uint8"):
            keys["byte"] = "low"
            self.table.guess(f"a type of one byte is the low half of its register ({row.place})")
        if TYPES[kind.name].numeric:
            self._add_scale(row, keys, found)
        elif row.cell("unit"):
            self._unit(row, found)
        if access != "r":
            keys["access"] = access
        if TYPES[kind.name].numeric:
            self._add_limits(row, keys, found)
        keys |= names
        if kind.name == "string":
            keys["length"] = str(kind.length or 1)
        if kind.name == "bit":
            keys["bit"] = str(where.bit)
        if row.cell("point"):
            keys["point"] = cut(row.cell("point"))
        comment = self._comment(row, keys)
        return keys | ({"comment": comment} if comment else {})

    def _address(self, row: RawRow) -> Address:
        """The address of a row, with the bit that a column of its own names."""
        where, bit = self.customs.address(row), row.cell("bit")
        if not bit or where.bit is not None or bit in ("-", "--"):
            return where
        if not bit.isdecimal() or int(bit) > 15:
            raise NotUnderstoodError(f"{bit!r} is no number of a bit")
        return replace(where, bit=int(bit))

    def _placed(self, row: RawRow, where: Address, found: Entry) -> tuple[tuple[str, ...], int, str]:
        """Tables, zero-based address and access of a row."""
        tables: tuple[str, ...] = ()
        access = ""
        if row.cell("function"):
            tables, access = cells.functions(row.cell("function"))
        if row.cell("table"):
            named = cells.table(row.cell("table"), self.words.tables)
            tables = tables if named in tables else (named,)
        told = tables[0] if tables else table_told(row, self.words)
        table, number_ = protocol_address(where, told, self.customs.numbering)
        if not table:
            table = self.words.own.table or "hr"
            self.table.guess("no table is named: they are holding registers (--table says otherwise)")
        if row.cell("access"):
            access = self._kept("access", row, lambda cell: cells.access(cell, self.words.access), found) or access
        tables = tables if table in tables else (table,)
        if access in ("w", "rw") and "hr" in tables:
            tables = ("hr", *(one for one in tables if one != "hr"))
        return tables, number_, access or "r"

    def _type(self, row: RawRow, where: Address, table: str) -> ValueType:
        """The type of a row, with the size that its addresses or its length give."""
        text = row.cell("type")
        size = row.cell("length")
        count = cells.words(size, row.columns.head("length")) if size else where.count
        if table in ONE_BIT:
            return ValueType("bool")
        bit = where.bit is not None
        kind = value_type(text, self.words.types, self.words.orders) if text else self._untyped(row, count)
        if kind.name == "string" and not count and not kind.length:
            raise NotUnderstoodError("a text whose length is not told")
        if bit and (not text or kind.name in ("bool", "uint16", "int16", "bitfield")):
            return ValueType("bit")
        if kind.name == "string" and kind.length:
            return kind
        if kind.name in ("bool", "bit") and count == 1:
            return ValueType("bool")
        if where.count and size and where.count != count and cells.words(size, "registers") == where.count:
            count = where.count
        return kind.in_words(count)

    def _untyped(self, row: RawRow, count: int) -> ValueType:
        name = self.words.own.type or {2: "int32", 4: "int64"}.get(count, "int16")
        self.table.guess(f"a row without a type is {name} ({row.place})")
        return ValueType(name, "int" if not self.words.own.type else "")

    def _name(self, row: RawRow, table: str, number_: int, where: Address) -> str:
        text = row.cell("name") or row.cell("comment").split("\n")[0]
        bit = "" if where.bit is None else f"_{where.bit}"
        return self.names.once(register_name(cut(text, 80), f"{table}_{number_}{bit}"))

    def _add_order(self, row: RawRow, kind: ValueType, keys: dict[str, Key], found: Entry) -> None:
        """The order of the bytes of a wide value, where it is not the usual one."""
        if TYPES[kind.name].words < 2:
            return
        order = kind.order or self._kept("order", row, lambda cell: cells.order(cell, self.words.orders), found)
        if not order and not self.customs.order:
            self.table.guess("word order ABCD, high word first: the table does not say (--order says otherwise)")
        order = order or self.customs.order or "ABCD"
        if order != "ABCD":
            keys["order"] = order

    def _unit(self, row: RawRow, found: Entry) -> tuple[str, str]:
        return self._kept("unit", row, lambda cell: cells.unit(cell, self.words.units), found) or ("", "")

    def _add_scale(self, row: RawRow, keys: dict[str, Key], found: Entry) -> None:
        """Scale, offset and unit."""
        uom, beside = self._unit(row, found)
        scale = 1.0
        text, customs = row.cell("factor"), self.customs
        if text not in _NONE:
            text, own = _apart(text, self.words)
            scale, uom = factor(text, customs.decimal, customs.whole, customs.times), uom or own
        elif row.cell("divisor"):
            scale = factor("/" + row.cell("divisor"), customs.decimal, DIVIDE, DIVIDE)
        elif row.cell("decimals"):
            scale = _decimals(row.cell("decimals"))
        elif beside:
            scale = factor(beside, customs.decimal, DIVIDE, customs.times)
            self.table.guess(f"unit {row.cell('unit')!r}: a scale of {scale:g} ({row.place})")
        offset = self._kept("offset", row, lambda cell: number(cell, customs.decimal), found) or 0.0
        if scale != 1.0:
            keys["scale"] = written(scale)
        if offset != 0.0:
            keys["offset"] = written(offset)
        if uom and uom != "1":
            keys["uom"] = uom

    def _add_limits(self, row: RawRow, keys: dict[str, Key], found: Entry) -> None:
        """What may be written, and the number for no value."""
        decimal = self.customs.decimal
        ends: list[float | None] = [
            self._kept(end, row, lambda cell: number(cell, decimal), found) for end in ("min", "max")
        ]
        text = row.cell("values")
        if text not in _NONE and ends == [None, None]:
            ends = list(self._kept("values", row, lambda cell: limits(cell, decimal), found) or ends)
        ends = self._in_units(ends, row, keys, found)
        keys |= {name: written(end) for name, end in zip(("min", "max"), ends, strict=True) if end is not None}
        missing = self._kept("missing", row, lambda cell: cells.raw_number(cell, decimal), found)
        if missing:
            keys["missing"] = missing

    def _in_units(
        self, ends: list[float | None], row: RawRow, keys: dict[str, Key], found: Entry
    ) -> list[float | None]:
        """The ends of a range as values: they may be numbers of the register, or none at all."""
        kind, uom = TYPES[str(keys["type"])], str(keys.get("uom", "1"))
        scale, offset = float(str(keys.get("scale", "1"))), float(str(keys.get("offset", "0")))
        fits = sorted((kind.lo * scale + offset, kind.hi * scale + offset))
        given = [end for end in ends if end is not None]
        if len(given) == 2 and given[0] == given[1]:
            self.table.guess(f"a range from {given[0]:g} to {given[1]:g} is none ({row.place})")
            return [None, None]
        far = scale < 1.0 and any(abs(end) > _HIGHEST.get(uom, math.inf) for end in given)
        if far or any(not fits[0] <= end <= fits[1] for end in given):
            self.table.guess(f"a range that does not fit the value is one of the register's numbers ({row.place})")
            ends = [None if end is None else float(f"{end * scale + offset:.12g}") for end in ends]
        if any(end is not None and not fits[0] <= end <= fits[1] for end in ends):
            found.notes.append(f"the range {ends[0]} .. {ends[1]} does not fit a {keys['type']}")
            return [None, None]
        return ends

    def _values(self, row: RawRow, kind: ValueType, where: Address, found: Entry) -> dict[str, Key]:
        """The names of numbers or bits, and the type that goes with them."""
        if kind.name not in (*_INTEGERS, "bitfield", "bool") or where.bit is not None:
            return {}
        text = row.cell("values") or (row.cell("comment") if kind.name in ("enum", "bitfield") else "")
        names = names_of(text)
        if not names:
            two = names_of(row.cell("comment"))
            names = two if len(two) > 1 and row.cell("unit") in _NONE else {}
            text = row.cell("comment") if names else text
        if not names or (kind.name in _INTEGERS and row.cell("factor") not in ("", "1", "-", "1.0", "1,0")):
            return {}
        if kind.name == "bitfield":
            bits = {key: name for key, name in names.items() if 0 <= key <= 15}
            return {"bits": bits} if bits == names else {}
        if table_told(row, self.words) in ONE_BIT or kind.name == "bool":
            return {}
        try:
            return {"values": word_names(text)}
        except NotUnderstoodError as error:
            found.notes.append(str(error))
            return {}

    def _comment(self, row: RawRow, keys: dict[str, Key]) -> str:
        """Description, the words of the name where they are lost, and whatever else stands in the row."""
        parts = [row.cell("comment")]
        text = row.cell("name")
        if text and cut(text) != keys["name"] and text not in parts[0]:
            parts.insert(0, text)
        if (
            keys["type"] in ("bool", "bit", "bitfield", "uint32", "string")
            and row.cell("values")
            and "bits" not in keys
        ):
            parts.append(row.cell("values"))
        apart = () if TYPES[str(keys["type"])].numeric else ("min", "max")
        for at in (*row.columns.more, *(row.columns.at[one] for one in apart if row.cell(one))):
            cell = row.cells[at] if at < len(row.cells) else ""
            if cell not in _NONE:
                parts.append(f"{row.columns.heads[at]}: {cell}")
        return cut("; ".join(part for part in parts if part not in ("", keys["name"])), 400)

    @staticmethod
    def _kept(meaning: str, row: RawRow, read: Callable[[str], T], found: Entry) -> T | None:
        """What a cell says that a register can be without; what is not understood is noted."""
        text = row.cell(meaning)
        if text in _NONE:
            return None
        try:
            return read(text)
        except NotUnderstoodError as error:
            found.notes.append(str(error))
            return None


def _apart(text: str, words: Vocabulary) -> tuple[str, str]:
    """Factor and unit of a resolution such as `0,1 °C`."""
    if not any(letter.isalpha() or letter in "°%" for letter in text.strip("xX* ")):
        return text, ""
    try:
        unit, factor_ = cells.unit(text, words.units)
    except NotUnderstoodError:
        return text, ""
    return (factor_ or "1"), unit


def _decimals(text: str) -> float:
    count = number(text)
    if not count.is_integer() or not 0 <= count <= 9:
        raise NotUnderstoodError(f"{text!r} is no number of decimals")
    return float(f"1e-{int(count)}")
