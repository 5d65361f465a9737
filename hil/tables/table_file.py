"""A maker's table, whatever its file: CSV, spreadsheet or Telegraf configuration."""

from collections.abc import Sequence
from pathlib import Path

from hil.tables.columns import header_score
from hil.tables.entry import Entry, Table
from hil.tables.names import register_name
from hil.tables.reading import RawRow, customs_of, rows_of
from hil.tables.registers import Registers
from hil.tables.sheet import Sheet, read_sheets
from hil.tables.telegraf import read_telegraf
from hil.tables.words import MappingFile, Vocabulary
from twin.errors import InputError, unknown
from twin.files import read_text

_WANTED = (
    "no row names a column of addresses and one of names, types or descriptions; say with a mapping file which words "
    "do, such as columns: {address: Adres, name: Opis} (docs/devices.md)"
)


def read_table(path: Path, own: MappingFile) -> Table:
    """All rows of a table. own: words of the user's, and what the table does not say"""
    if path.suffix == ".toml":
        return read_telegraf(read_text(path), path.name, own.unit)
    words = Vocabulary(own)
    sheets = _chosen(read_sheets(path, lambda sheet: header_score(sheet, words)), own.sheet, path.name)
    table = Table(path.name)
    found: list[RawRow | Entry] = []
    used: list[Sheet] = []
    for sheet in sheets:
        rows = rows_of(sheet, words, table)
        if rows is not None:
            found += rows
            used.append(sheet)
        elif len(sheets) > 1:
            table.guess(f"sheet {sheet.title!r} has no table of registers")
    if not used:
        raise InputError(f"{path}: {_WANTED}")
    raw = [row for row in found if isinstance(row, RawRow)]
    registers = Registers(words, customs_of(raw, used, words, table), table)
    table.entries = [registers.entry(row) if isinstance(row, RawRow) else row for row in found]
    return table


def device_name(path: Path) -> str:
    """A name for the device, from that of its table."""
    return register_name(path.stem, "device")


def _chosen(sheets: Sequence[Sheet], title: str, name: str) -> Sequence[Sheet]:
    if not title:
        return sheets
    found = [sheet for sheet in sheets if sheet.title == title]
    if not found:
        raise unknown("sheet", title, [sheet.title for sheet in sheets], name)
    return found
