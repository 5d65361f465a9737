"""Cells with a word of the trade: units, access, tables, function codes, orders, sizes."""

import re
from collections.abc import Mapping
from functools import cache

from hil.bus.maps.function_codes import READS, TABLE_OF, WRITES
from hil.tables.entry import NotUnderstoodError
from hil.tables.numbers import number
from hil.tables.words import phrase, plain
from twin.units import is_unit

_CODE = re.compile(r"(?:fc|f)?(?:0x(?P<hex>[0-9a-f]{1,2})|(?P<code>\d{1,2})h?)")
_PARTS = re.compile(r"[\s,;:/&+|().#-]+")
_BESIDE = re.compile(
    "f|fct?|functions?|funktion|fonction|codes?|read|write|rw?|w|lesen|schreiben|lecture|ecriture|single|multiple|holding|"
    "inputs?|discrete|coils?|registers?|status|output|and|und|et|or|hex|dec|h"
)
_POWERS = str.maketrans(
    {"²": "2", "³": "3", "·": "*", "⁻": "-", "¹": "1", "\u00a0": " ", "µ": "u", "μ": "u", "Ω": "ohm"}
)
_FACTOR_FIRST = re.compile(
    r"(?P<factor>(?:1\s*/\s*1?0+|[x×*]\s*1?0*[.,]?\d+|\d*[.,]?\d+))\s*[x×*·]?\s*(?P<unit>[^\d\s].*)"
)
_FACTOR_LAST = re.compile(r"(?P<unit>.*[^\d\s/x×*])\s*(?P<sign>[x×*]|/)\s*(?P<factor>10{1,4}|0[.,]0*1)", re.IGNORECASE)


def unit(text: str, known: Mapping[str, str]) -> tuple[str, str]:
    """The unit of measure that a cell names, and a factor that stands with it (`0.1`, `x10`, "" for none)."""
    bare = text.strip().strip("[]").strip()
    found = _unit(bare, known)
    if found:
        return found, ""
    for pattern in (_FACTOR_FIRST, _FACTOR_LAST):
        match = pattern.fullmatch(bare)
        found = _unit(match["unit"].strip(), known) if match else ""
        if match and found:
            sign = match["sign"] if "sign" in match.groupdict() else ""
            return found, sign + match["factor"].replace(" ", "")
    raise NotUnderstoodError(f"the unit {text!r} is not known")


def _unit(text: str, known: Mapping[str, str]) -> str:
    if text in known:
        return known[text]
    folded = _folded(tuple(known.items())).get(text.casefold().replace(" ", ""))
    if folded:
        return folded
    bare = text.translate(_POWERS)
    return bare if bare and not bare[0].isdigit() and len(bare) <= 20 and is_unit(bare) else ""


@cache
def _folded(known: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """The units by their words without case and spaces, where that is clear."""
    found: dict[str, set[str]] = {}
    for word, name in known:
        found.setdefault(word.casefold().replace(" ", ""), set()).add(name)
    return {word: next(iter(names)) for word, names in found.items() if len(names) == 1 and len(word) > 1}


def access(text: str, known: Mapping[str, str]) -> str:
    """`r`, `w` or `rw` of a cell such as R/W, read only, L/S."""
    found = known.get(plain(text)) or phrase(text, known, 4)
    if not found:
        raise NotUnderstoodError(f"the access {text!r} is not known")
    return found


def table(text: str, known: Mapping[str, str]) -> str:
    """The table of a cell such as Holding register, 3x, Coil."""
    found = known.get(plain(text)) or phrase(text, known)
    if not found:
        raise NotUnderstoodError(f"the table {text!r} is not known")
    return found


def functions(text: str) -> tuple[tuple[str, ...], str]:
    """The tables that function codes belong to, the one that can be written first, and the access that they give."""
    codes: list[int] = []
    for part in _PARTS.split(text.lower()):
        match = _CODE.fullmatch(part)
        if match:
            codes.append(int(match["hex"], 16) if match["hex"] else int(match["code"]))
        elif part and not _BESIDE.fullmatch(part):
            raise NotUnderstoodError(f"the function {part!r} is not known")
    if not codes or any(code not in TABLE_OF for code in codes):
        raise NotUnderstoodError(f"{text!r} names no function of a register")
    tables = sorted({TABLE_OF[code] for code in codes}, key=("co", "hr", "di", "ir").index)
    reads, writes = any(code in READS for code in codes), any(code in WRITES for code in codes)
    return tuple(tables), "rw" if reads and writes else "w" if writes else "r"


def order(text: str, known: Mapping[str, str]) -> str:
    """The order of the bytes of a wide value: CDAB, low word first."""
    found = known.get(plain(text)) or phrase(text, known)
    if not found:
        raise NotUnderstoodError(f"the order {text!r} is not known")
    return found


def words(text: str, header: str) -> int:
    """How many registers a size is: 2, 2 words, 32 bit, 4 bytes; the header says what a plain number counts."""
    found = re.match(r"\d+", text.strip())
    if found is None:
        raise NotUnderstoodError(f"the size {text!r} is not known")
    count, named = int(found[0]), plain(text) + " " + plain(header)
    size = 16 if re.search(r"\bbits?\b", named) else 2 if re.search(r"\bbytes?\b|\boctets?\b", named) else 1
    if count % size and size == 16 and count not in (1, 8):
        raise NotUnderstoodError(f"the size {text!r} is no number of registers")
    return max(1, -(-count // size)) if count else 0


def raw_number(text: str, decimal: str) -> str:
    """A number that stands for no value, as a device file writes it: hex stays hex."""
    bare = text.strip()
    match = re.fullmatch(r"([0-9A-Fa-f]{2,8})\s*h", bare)
    bare = f"0x{match[1]}" if match else bare
    value = number(bare, decimal)
    return bare if bare.lower().startswith("0x") else str(int(value)) if value.is_integer() else repr(value)
