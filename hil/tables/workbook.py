"""Spreadsheets of the kind .xlsx, as rows of texts. A cell is taken as it is: a formula stays its text."""

import io
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, time
from typing import Any

from twin.errors import InputError

MOST_UNPACKED, MOST_PARTS, MOST_CELLS = 100_000_000, 2_000, 2_000_000
MOST_ROWS, MOST_COLUMNS = 50_000, 256
Rows = tuple[tuple[int, tuple[str, ...]], ...]


def sheets_of(data: bytes, name: str) -> Iterator[tuple[str, Rows]]:
    """Title and rows of every sheet; InputError where it is none, or grows too large when it is unpacked."""
    _check(data, name)
    import openpyxl  # noqa: PLC0415  (a fifth of a second to import: only for who has a spreadsheet)

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what the library leaves out, such as drawings, is nothing to a table
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
            found = [(str(sheet.title), tuple(_rows(sheet, name))) for sheet in book.worksheets]
            book.close()
    except InputError:
        raise
    except Exception as error:  # the library raises whatever its parts do: KeyError, BadZipFile, ParseError, TypeError
        raise InputError(f"{name}: not a spreadsheet that can be read: {type(error).__name__}: {error}") from error
    yield from found


def _check(data: bytes, name: str) -> None:
    """InputError for a file that unpacks to more than it may, or that declares entities (no spreadsheet does)."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            parts = packed.infolist()
            size = sum(part.file_size for part in parts)
            if len(parts) > MOST_PARTS or size > MOST_UNPACKED:
                raise InputError(f"{name}: unpacks to {size:,} bytes; at most {MOST_UNPACKED:,} are read")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in packed.read(part)[:4096]:
                    raise InputError(f"{name}: {part.filename} declares a document type; no spreadsheet does")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise InputError(f"{name}: not a spreadsheet that can be read: {error}") from error


def _rows(sheet: Any, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    cells = 0
    for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS, max_row=MOST_ROWS + 1), 1):
        cells += len(row)
        if cells > MOST_CELLS:
            raise InputError(f"{name}: more than {MOST_CELLS:,} cells in {sheet.title!r}; at most so many are read")
        yield number, tuple(_text(cell) for cell in row)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, date | time):
        return f"{cell.isoformat()} (a date)"
    return str(cell).strip()
