"""The CSV form of a device file, equal in meaning to the YAML form: it is read into the same tree.

Columns are separated by commas, semicolons or tabs; with the latter numbers may have decimal commas. Lines
`# key: value` before the header carry what stands above `registers` in YAML (`identity.vendor` for what is
nested). A cell of several names is written `0=off;1=heat`; a string register has its text in the column `values`.
The column in a message is the number of the cell.
"""

import csv
import io
import re
from collections.abc import Iterator
from typing import Any

from hil.bus.maps.register import Register
from hil.bus.maps.register_fields import MOST_REGISTERS
from twin.errors import InputError, unknown
from twin.yaml_lines import Map, Seq, Text

COLUMNS = (
    "table", "address", "name", "type", "order", "scale", "offset", "uom", "access", "min", "max", "on_bad_write",
    "values", "means", "bits", "length", "bit", "byte", "missing", "modulo", "rounding", "overflow", "value", "initial",
    "expires", "every", "point", "comment",
)  # fmt: skip


_DECIMAL_COMMA = re.compile(r"\s*[-+]?[0-9]*,[0-9]+\s*")
"""Taken where the columns are not separated by commas."""


def read_csv(text: str, name: str) -> Map:
    """The tree that the YAML form of the same device would give, with the places of the CSV."""
    tree: Map = _at(Map(), name, 1, 1)
    header: list[str] = []
    registers = _at(Seq(), name, 1, 1)
    for line, row in _rows(text, name):
        if not row or not "".join(row).strip():
            continue
        if not header and row[0].startswith("#"):
            _read_preamble(tree, ",".join(row)[1:], name, line)
        elif not header:
            header = _read_header(row, name, line)
        elif len(row) > len(header):
            raise InputError(f"{name}:{line}:{len(header) + 1}: {len(row)} cells, the header names {len(header)}")
        elif len(registers) >= MOST_REGISTERS:
            raise InputError(f"{name}:{line}:1: more than {MOST_REGISTERS:,} registers")
        else:
            registers.append(_read_row(header, row, name, line))
    if not header:
        raise InputError(f"{name}:1:1: no header line; expected {','.join(COLUMNS)}")
    tree[_at(Text("registers"), name, 1, 1)] = registers
    return tree


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    text = text.removeprefix("\ufeff")
    delimiter = _delimiter(text)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    try:
        for row in reader:
            yield reader.line_num, row if delimiter == "," else [_point(cell) for cell in row]
    except csv.Error as error:
        raise InputError(f"{name}:{reader.line_num}:1: not CSV: {error}") from error


def _point(cell: str) -> str:
    """A number with a decimal comma, as one with a point; any other cell as it is."""
    return cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell


def _delimiter(text: str) -> str:
    """The character between the columns, by the header: comma, semicolon or tab."""
    header = next((line for line in text.splitlines() if line.strip() and not line.startswith(("#", '"#'))), "")
    return max(",;\t", key=header.count)


def cells(register: Register) -> dict[str, str]:
    """One register as the cells of its row; what is not given stays empty."""
    apart = {"tables", "text", "values", "means", "bits", "missing", "expires"}
    given: dict[str, Any] = register.model_dump(by_alias=True, exclude=apart)
    row = {key: _cell(value) for key, value in given.items() if value is not None}
    row["table"] = ";".join(register.tables)
    row["missing"] = _missing(register)
    row["expires"] = "" if register.expires is None else f"{register.expires:g} s"
    row["order"] = register.wire_order if register.table in ("hr", "ir") else ""
    row["values"] = register.text or ";".join(f"{key}={value}" for key, value in register.values.items())
    row["means"] = ";".join(f"{key}={value}" for key, value in register.means.items())
    row["bits"] = ";".join(f"{key}={value}" for key, value in register.bits.items())
    return row


def _missing(register: Register) -> str:
    """The numbers for no value: one, or `broken=32767;short=-32768`."""
    told = register.missing or {}
    if list(told) == ["broken"]:
        return _cell(told["broken"])
    return ";".join(f"{state}={_cell(number)}" for state, number in told.items())


def _cell(value: object) -> str:
    short = f"{value:g}" if isinstance(value, float) else str(value)
    return short if not isinstance(value, float) or float(short) == value else repr(value)


def _at(node: Any, name: str, line: int, column: int) -> Any:
    node.source, node.line, node.column = name, line, column
    return node


def _read_preamble(tree: Map, text: str, name: str, line: int) -> None:
    key, colon, value = (part.strip() for part in text.partition(":"))
    if not colon:
        return
    target: Map = tree
    outer, dot, inner = key.partition(".")
    if dot:
        target = tree.setdefault(_at(Text(outer), name, line, 1), _at(Map(), name, line, 1))
    leaf = _at(Text(inner if dot else outer), name, line, 1)
    if not isinstance(target, Map) or leaf in target:
        raise InputError(f"{name}:{line}:1: {key!r} is given twice")
    target[leaf] = _at(Text(value), name, line, 1)


def _read_header(row: list[str], name: str, line: int) -> list[str]:
    header = [cell.strip() for cell in row]
    if "time" in header:
        raise InputError(f"{name}:{line}:1: no registers; weather is checked with the plant or scenario that names it")
    for column, cell in enumerate(header, 1):
        if cell not in COLUMNS:
            raise unknown("column", cell, COLUMNS, f"{name}:{line}:{column}")
        if cell in header[: column - 1]:
            raise InputError(f"{name}:{line}:{column}: the column {cell!r} is given twice")
    return header


def _read_row(header: list[str], row: list[str], name: str, line: int) -> Map:
    entry: Map = _at(Map(), name, line, 1)
    texts = dict(zip(header, (cell.strip() for cell in row), strict=False))
    for column, key in enumerate(header, 1):
        text = texts.get(key, "")
        if not text:
            continue
        if key == "values" and texts.get("type") == "string":
            value: Any = _at(Text(text), name, line, column)
            entry[_at(Text("text"), name, line, column)] = value
            continue
        named = key in ("values", "means", "bits") or (key == "missing" and "=" in text)
        if key == "table" and ";" in text:
            entry[_at(Text(key), name, line, column)] = _listed(text, name, line, column)
            continue
        value = _names(text, name, line, column) if named else _at(Text(text), name, line, column)
        entry[_at(Text(key), name, line, column)] = value
    return entry


def _listed(text: str, name: str, line: int, column: int) -> Seq:
    found: Seq = _at(Seq(), name, line, column)
    found += [_at(Text(part.strip()), name, line, column) for part in text.split(";")]
    return found


def _names(text: str, name: str, line: int, column: int) -> Map:
    found: Map = _at(Map(), name, line, column)
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        key, equals, value = part.partition("=")
        number = _at(Text(key.strip()), name, line, column)
        if not equals or number in found:
            raise InputError(f"{name}:{line}:{column}: {part!r} is not a pair such as 0=off, or its number comes twice")
        found[number] = _at(Text(value.strip()), name, line, column)
    return found
