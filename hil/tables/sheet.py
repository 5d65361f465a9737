"""Tables as rows of cells, whatever their file: separators, encodings, quotes and sheets are seen here only."""

import codecs
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hil.tables.workbook import MOST_COLUMNS, MOST_ROWS, sheets_of
from twin.errors import InputError
from twin.files import read_bytes

MOST_BYTES = 16_000_000
SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas", "|": "bars"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with a mark"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)


@dataclass(frozen=True)
class Sheet:
    """Rows of cells, each with its number in the file.

    how:   what was guessed about the file, in words
    exact: numbers were numbers in the file, not texts in which a comma may be decimal
    """

    name: str
    title: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    separator: str = ""
    how: str = ""
    exact: bool = False


def read_sheets(path: Path, score: Callable[[Sheet], float]) -> list[Sheet]:
    """The sheets of a spreadsheet, or the one of a text file, read with the separator of the best score."""
    data = read_bytes(path, MOST_BYTES)
    if data.startswith(b"PK\x03\x04"):
        found = [Sheet(path.name, title, rows, exact=True) for title, rows in sheets_of(data, path.name)]
        return [_bounded(sheet) for sheet in found]
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(f"{path}: a spreadsheet of the old binary kind; save it as .xlsx or CSV")
    text, encoding = decoded(data, path.name)
    if not text.strip():
        raise InputError(f"{path}: nothing in it; expected a table")
    return [max((_split(text, one, encoding, path.name) for one in SEPARATORS), key=score)]


def decoded(data: bytes, name: str) -> tuple[str, str]:
    """The text in some bytes and the name of its encoding: by its mark, else UTF-8 where it is valid, else cp1252."""
    for mark, encoding, called in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding, name), called
    if data[:400].count(0) > len(data[:400]) // 4:
        little = data[1:400:2].count(0) >= data[0:400:2].count(0)
        return _decoded(data, "utf-16-le" if little else "utf-16-be", name), "UTF-16 without a mark"
    try:
        return data.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError:
        pass
    try:
        return data.decode("cp1252"), "Windows-1252 (Latin-1)"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "Latin-1"


def _decoded(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not text in {encoding}: byte {error.start} and on") from error


def _split(text: str, separator: str, encoding: str, name: str) -> Sheet:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[tuple[int, tuple[str, ...]]] = []
    first = 1
    try:
        for row in reader:
            rows.append((first, tuple(cell.strip() for cell in row)))
            first = reader.line_num + 1
            if len(rows) > MOST_ROWS:
                break
    except csv.Error as error:
        raise InputError(f"{name}:{reader.line_num}:1: not CSV: {error}") from error
    how = f"{encoding}, columns separated by {SEPARATORS[separator]}"
    return _bounded(Sheet(name, "", tuple(rows), separator, how))


def _bounded(sheet: Sheet) -> Sheet:
    if len(sheet.rows) > MOST_ROWS:
        raise InputError(f"{sheet.name}: more than {MOST_ROWS:,} rows; at most so many are read")
    widest = max((len(cells) for _, cells in sheet.rows), default=0)
    if widest > MOST_COLUMNS and not sheet.separator:
        raise InputError(f"{sheet.name}: {widest:,} columns; at most {MOST_COLUMNS} are read")
    return sheet
