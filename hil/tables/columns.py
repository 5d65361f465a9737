"""Which column of a table holds what: by the words of its header, and by what stands below where those are in doubt."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hil.tables import cells
from hil.tables.addresses import address
from hil.tables.entry import NotUnderstoodError
from hil.tables.sheet import Sheet
from hil.tables.value_types import value_type
from hil.tables.words import Vocabulary, plain
from twin.errors import InputError

_HEADER_WITHIN, _TRIED = 200, 200
_BRACKETS = re.compile(r"[\[(][^\])]*[\])]")
_NUMBER = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True)
class Columns:
    """Where the columns stand, from 0, by what they hold.

    row:   place of the header in the rows of the sheet; -1 where there is none
    heads: the words of the header
    more:  columns whose words are not known, or whose meaning another column has: they become comments
    """

    row: int
    heads: tuple[str, ...]
    at: dict[str, int]
    more: tuple[int, ...] = field(default=())

    def cell(self, row: Sequence[str], meaning: str) -> str:
        """The cell of a row that holds this; empty where there is none."""
        at = self.at.get(meaning)
        return row[at] if at is not None and at < len(row) else ""

    def head(self, meaning: str) -> str:
        """The words of the header of a column."""
        at = self.at.get(meaning)
        return self.heads[at] if at is not None and at < len(self.heads) else ""

    def told(self) -> Iterator[str]:
        """What each column was taken for."""
        for at, head in enumerate(self.heads):
            meaning = next((name for name, place in self.at.items() if place == at), "")
            if meaning and meaning != "index":
                yield f"column {at + 1} {head!r} -> {meaning}"
            elif at in self.more and head:
                yield f"column {at + 1} {head!r} -> comment (not known, or another column has its meaning)"


def header_score(sheet: Sheet, words: Vocabulary) -> float:
    """How well a text is read with a separator: columns whose words are known, then rows that are as long."""
    best = max((len(_meanings(row, words)) for _, row in sheet.rows[:_HEADER_WITHIN]), default=0)
    widths = [len(row) for _, row in sheet.rows if len(row) > 1]
    usual = max(set(widths), key=widths.count) if widths else 0
    return best + (widths.count(usual) / len(sheet.rows) if usual else 0.0)


def find_columns(sheet: Sheet, words: Vocabulary) -> Columns | None:
    """The columns of a sheet; None where no row of its beginning names an address and something else."""
    told = words.own.header
    if told is not None:
        at = next((place for place, (number, _) in enumerate(sheet.rows) if number >= told), None)
        if at is None:
            raise InputError(f"{sheet.name}: no row {told} for the header; the last is {len(sheet.rows)}")
        return _columns(at, sheet, words)
    scores = {at: _meanings(row, words) for at, (_, row) in enumerate(sheet.rows[:_HEADER_WITHIN])}
    good = [at for at, found in scores.items() if is_header(found)]
    return _columns(max(good, key=lambda at: (len(scores[at]), -at)), sheet, words) if good else None


def header_again(at: int, columns: Columns, sheet: Sheet, words: Vocabulary) -> Columns | None:
    """The columns of a row that is a header too, such as the one of the next section."""
    if _taken(address, columns.cell(sheet.rows[at][1], "address")):
        return None
    found = _meanings(sheet.rows[at][1], words)
    return _columns(at, sheet, words) if is_header(found) and len(found) > 2 else None


def is_header(found: set[str]) -> bool:
    """Whether a row with words for this can be a header."""
    return "address" in found and bool(found & {"name", "comment", "type", "table"})


def _meanings(row: Sequence[str], words: Vocabulary) -> set[str]:
    """What the words of a row can mean as a header."""
    found: set[str] = set()
    for cell in row:
        scores = _scores(cell, words) if len(cell) <= 60 and not _NUMBER.fullmatch(cell) else {}
        found |= {name for name, score in scores.items() if score >= 3.0} or set(list(scores)[:1])
    return found


def _scores(head: str, words: Vocabulary) -> dict[str, float]:
    """What the words of a header may mean: 4 exactly so, 3 but for brackets, less where only a part is known."""
    found: dict[str, float] = {}
    whole, short = plain(head), plain(_BRACKETS.sub(" ", head))
    text = short or whole
    parts = text.split()
    inside = {" ".join(parts[:count]) for count in range(1, len(parts))}
    inside |= {" ".join(parts[count:]) for count in range(1, len(parts))}
    for word in (whole, short, *inside):
        score = 4.0 if word == whole else 3.0 if word == short else 1.0 + len(word) / len(text)
        for meaning in words.meanings.get(word, ()) if score >= 3.0 or len(word) > 2 else ():
            found[meaning] = max(score, found.get(meaning, 0.0))
    order = {meaning: at for at, meaning in enumerate(words.columns)}
    return dict(sorted(found.items(), key=lambda one: (-one[1], order[one[0]])))


def _columns(at: int, sheet: Sheet, words: Vocabulary) -> Columns:
    heads = tuple(" ".join(cell.split()) for cell in sheet.rows[at][1])
    below = [row for _, row in sheet.rows[at + 1 : at + 1 + _TRIED]]
    choices = [
        (score + _bonus(meaning, head) + _fits(meaning, place, below, words), -place, meaning)
        for place, head in enumerate(heads)
        for meaning, score in (_scores(head, words) if head else {}).items()
    ]
    taken: dict[str, int] = _numbered(words, len(heads))
    for _, place, meaning in sorted(choices, reverse=True):
        if meaning not in taken and -place not in taken.values():
            taken[meaning] = -place
    rest = [place for place, head in enumerate(heads) if place not in taken.values() and head]
    return Columns(at, heads, taken, tuple(rest))


def _numbered(words: Vocabulary, most: int) -> dict[str, int]:
    """The columns that the mapping file names by their numbers."""
    numbered = {
        meaning: int(word) - 1
        for meaning, all_ in words.own.columns.items()
        for word in all_
        if _NUMBER.fullmatch(word)
    }
    for meaning, place in numbered.items():
        if not 0 <= place < most:
            raise InputError(f"no column {place + 1} for {meaning!r}; the header has {most}")
    return numbered


def _bonus(meaning: str, head: str) -> float:
    """Of two columns of addresses, the zero-based one goes first, and a decimal one before a hexadecimal one."""
    named = plain(head)
    if meaning != "address":
        return 0.0
    return 0.3 * bool(re.search(r"\b(protocol|pdu|offset|dec|dez|0 based|zero based)\b", named)) - 0.3 * (
        "hex" in named
    )


def _fits(meaning: str, place: int, below: Sequence[Sequence[str]], words: Vocabulary) -> float:
    """From -2 to 0: the share of cells below a header that are not what they should be."""
    checks: dict[str, Callable[[str], Any]] = {
        "address": address,
        "type": lambda cell: value_type(cell, words.types, words.orders),
        "table": lambda cell: cells.table(cell, words.tables),
        "function": cells.functions,
        "unit": lambda cell: cells.unit(cell, words.units),
        "access": lambda cell: cells.access(cell, words.access),
        "length": lambda cell: cells.words(cell, ""),
        "order": lambda cell: cells.order(cell, words.orders),
    }
    given = [row[place] for row in below if place < len(row) and row[place]]
    if meaning not in checks or not given:
        return -0.8 if meaning == "name" and given and all(_NUMBER.fullmatch(cell) for cell in given) else -0.5
    return -2.0 * sum(not _taken(checks[meaning], cell) for cell in given) / len(given)


def _taken(check: Callable[[str], Any], cell: str) -> bool:
    try:
        check(cell)
    except NotUnderstoodError:
        return False
    return True
