"""Rows of a sheet become registers: what the columns say, what the table says, and what has to be guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from hil.tables import cells
from hil.tables.addresses import MANUAL, ONE, ZERO, Address, address, numbering_of
from hil.tables.columns import Columns, find_columns, header_again
from hil.tables.entry import Entry, NotUnderstoodError, Table, cut
from hil.tables.numbers import DIVIDE, MULTIPLY, decimal_sign, factor, is_times, is_whole
from hil.tables.sheet import Sheet
from hil.tables.words import Vocabulary, phrase, plain

_MEASURED = ("degC", "degF", "K", "%", "bar", "Hz", "V", "A", "m3/h", "l/h", "l/min")


@dataclass
class RawRow:
    """A row of a sheet that may be a register, with the columns and the section it stands under."""

    place: str
    cells: tuple[str, ...]
    columns: Columns
    section: str = ""

    def cell(self, meaning: str) -> str:
        """The cell that holds this."""
        return self.columns.cell(self.cells, meaning)

    @property
    def text(self) -> str:
        """The row in one line."""
        return cut("; ".join(self.cells))


@dataclass
class Customs:
    """How a table writes: what is the same for all of its rows."""

    numbering: str = ZERO
    decimal: str = "."
    whole: str = MULTIPLY
    times: str = DIVIDE
    order: str = ""
    hexadecimal: bool = False
    coils: bool = False
    tables: set[str] = field(default_factory=set)

    def address(self, row: RawRow) -> Address:
        """The address of a row; NotUnderstoodError where it has none."""
        return address(row.cell("address"), self.hexadecimal or "hex" in plain(row.columns.head("address")), self.coils)


def rows_of(sheet: Sheet, words: Vocabulary, table: Table) -> list[RawRow | Entry] | None:
    """The rows below a header that may be registers, with the headings between them; None without a header."""
    columns = find_columns(sheet, words)
    if columns is None:
        return None
    told = sheet.how or f"sheet {sheet.title!r}"
    table.guess(f"{told}; header in row {sheet.rows[columns.row][0]}")
    for line in columns.told():
        table.guess(line if not sheet.title else f"sheet {sheet.title!r}: {line}")
    place = f"{sheet.name}[{sheet.title}]" if sheet.title else sheet.name
    section = cells_table(sheet.title, words)
    found: list[RawRow | Entry] = []
    for at in range(columns.row + 1, len(sheet.rows)):
        number, row = sheet.rows[at]
        filled = [cell for cell in row if cell]
        again = header_again(at, columns, sheet, words) if len(filled) > 2 else None
        raw = RawRow(f"{place}:{number}", row, columns, section)
        if not filled:
            continue
        if again is not None:
            columns = again
        elif _heading(raw, filled):
            section = cells_table(filled[0], words) or section
            found.append(Entry(raw.place, cut(filled[0])))
        elif not _continued(raw, found):
            found.append(raw)
    return found


def cells_table(text: str, words: Vocabulary) -> str:
    """The table that a heading or title names; empty where it names none."""
    try:
        return cells.table(text, words.tables) if text else ""
    except NotUnderstoodError:
        return ""


def _heading(raw: RawRow, filled: Sequence[str]) -> bool:
    """Whether a row is a heading: one text that is no address, and does not go on with the row before."""
    if len(set(filled)) > 1:
        return False
    goes_on = any(raw.cell(meaning) for meaning in ("values", "comment")) and not raw.cells[0]
    try:
        address(filled[0])
    except NotUnderstoodError:
        return not goes_on
    return False


def _continued(raw: RawRow, found: list[RawRow | Entry]) -> bool:
    """Join a row that goes on with the values or the description of the one before; whether it does."""
    own = ("address", "name", "type", "unit", "factor", "table")
    before = found[-1] if found else None
    if not isinstance(before, RawRow) or any(raw.cell(meaning) for meaning in own):
        return False
    joined = list(before.cells)
    for at, cell in enumerate(raw.cells):
        if cell:
            joined += [""] * (at + 1 - len(joined))
            joined[at] = f"{joined[at]}\n{cell}" if joined[at] else cell
    before.cells = tuple(joined)
    return True


def customs_of(rows: Sequence[RawRow], sheets: Sequence[Sheet], words: Vocabulary, table: Table) -> Customs:
    """How the table writes addresses, numbers and factors: guessed from all of its rows, and told."""
    own, found = words.own, Customs()
    found.order = own.order
    numbers = [row.cell(meaning) for row in rows for meaning in ("factor", "offset", "min", "max", "divisor")]
    exact = all(sheet.exact for sheet in sheets)
    usual = "." if exact or any(sheet.separator == "," for sheet in sheets) else ","
    shown = decimal_sign(numbers)
    found.decimal = own.decimal or shown or usual
    if shown == "," or own.decimal == ",":
        table.guess("numbers have a decimal comma")
    given = [row.cell("address") for row in rows]
    found.coils = any(cell[:2].lower() in ("1x", "3x", "4x") for cell in given)
    found.hexadecimal = _all_hex(given)
    if found.hexadecimal:
        table.guess("addresses are hexadecimal: some have letters, and all are digits of it")
    _guess_factors(rows, words, found, table)
    _guess_numbering(rows, _said(rows, sheets), words, found, table)
    preamble = phrase(_preamble(sheets), words.orders, 10)
    if preamble and not found.order:
        found.order = preamble
        table.guess(f"word order {preamble}: the table says so above its header")
    return found


def _all_hex(given: Sequence[str]) -> bool:
    digits = [cell for cell in given if cell]
    plainly = bool(digits) and all(len(c) <= 4 and all(one in "0123456789abcdefABCDEF" for one in c) for c in digits)
    return plainly and any(not cell.isdecimal() for cell in digits)


def _guess_factors(rows: Sequence[RawRow], words: Vocabulary, found: Customs, table: Table) -> None:
    """Whether a factor of 10 divides or multiplies: nobody shows whole temperatures in steps of ten degrees."""
    told, given = words.own.factors, [row for row in rows if row.cell("factor")]
    whole = [row for row in given if is_whole(row.cell("factor"))]
    measured = [row for row in whole if _unit_of(row, words) in _MEASURED]
    named = phrase(
        " ".join({row.columns.head("factor") for row in given}),
        {"multiplier": MULTIPLY, "multiplikator": MULTIPLY, "multiplicateur": MULTIPLY, "multiply": MULTIPLY},
    )
    if told:
        found.whole = found.times = told
        return
    found.whole = named or (DIVIDE if measured else MULTIPLY)
    if whole:
        example = (measured or whole)[0]
        means = (
            "the register holds so many times the value"
            if found.whole == DIVIDE
            else "the value is so many times the register's number"
        )
        table.guess(f"factor {example.cell('factor')!r}: {means} ({example.place}; --factors says otherwise)")
    times = next((row for row in given if is_times(row.cell("factor"))), None)
    if times is not None:
        scale = factor(times.cell("factor"), found.decimal, found.whole, found.times) if _reads(times, found) else 0.1
        table.guess(f"factor {times.cell('factor')!r}: a scale of {scale:g} ({times.place}; --factors says otherwise)")


def _reads(row: RawRow, found: Customs) -> bool:
    try:
        factor(row.cell("factor"), found.decimal, found.whole, found.times)
    except NotUnderstoodError:
        return False
    return True


def _unit_of(row: RawRow, words: Vocabulary) -> str:
    try:
        return cells.unit(row.cell("unit"), words.units)[0]
    except NotUnderstoodError:
        return ""


def _guess_numbering(rows: Sequence[RawRow], said: str, words: Vocabulary, found: Customs, table: Table) -> None:
    if words.own.numbering:
        found.numbering = words.own.numbering
        return
    pairs: list[tuple[Address, str]] = []
    for row in rows:
        try:
            pairs.append((found.address(row), table_told(row, words)))
        except NotUnderstoodError:
            continue
    found.numbering, why = numbering_of(pairs, phrase(said, words.numberings, 6))
    counted = {ZERO: "from zero", ONE: "from one", MANUAL: "as in manuals, 40001 and on"}[found.numbering]
    if pairs:
        table.guess(f"addresses count {counted}: {why}")


def table_told(row: RawRow, words: Vocabulary) -> str:
    """The table that a row or its section names; empty where neither does."""
    if row.cell("table"):
        return cells_table(row.cell("table"), words)
    if row.cell("function"):
        try:
            return cells.functions(row.cell("function"))[0][0]
        except NotUnderstoodError:
            pass
    return row.section or words.own.table


def _said(rows: Sequence[RawRow], sheets: Sequence[Sheet]) -> str:
    return " ".join({row.columns.head("address") for row in rows}) + " " + _preamble(sheets)


def _preamble(sheets: Sequence[Sheet]) -> str:
    """What stands above the header of a table, or below it in rows of one text."""
    return " . ".join(_notes(sheets))


def _notes(sheets: Sequence[Sheet]) -> Iterator[str]:
    for sheet in sheets:
        for _, row in sheet.rows[:400]:
            filled = [cell for cell in row if cell]
            if len(filled) in (1, 2) and len(filled[0]) <= 400:
                yield " ".join(filled)
