"""Addresses as tables write them: 40001, 3x0001, 0x1A, 1Ah, 40001-40002, 40010.3; and from where they are counted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from hil.bus.maps.numbering import FIRST
from hil.tables.entry import NotUnderstoodError

ZERO, ONE, MANUAL = "zero", "one", "manual"
_NOTATION = re.compile(r"([0134])x\s*(\d{1,5})", re.IGNORECASE)
_MNEMONIC = re.compile(r"(HR|IR|DI|CO|AI|AO)\s*[:#_-]?\s*(?=\d)", re.IGNORECASE)
_MNEMONICS = {"hr": "hr", "ir": "ir", "di": "di", "co": "co", "ai": "ir", "ao": "hr"}
_HEX = (
    re.compile(r"0x([0-9A-F]{1,4})", re.IGNORECASE),
    re.compile(r"([0-9A-F]{1,5})\s*(?:h|hex)", re.IGNORECASE),
    re.compile(r"(?:&h|16#|\$|h'|#)([0-9A-F]{1,4})'?", re.IGNORECASE),
)
_BARE_HEX = re.compile(r"(?=.*[A-F])[0-9A-F]{1,4}", re.IGNORECASE)
_THOUSANDS = re.compile(r"(\d{1,3})[ .,'](\d{3})")
_RANGE = re.compile(
    r"(?P<first>.+?)\s*(?:\.{2,3}|…|-|–|—|/|,|;|&|\+|~|\bto\b|\bbis\b|\band\b|\bund\b|\bà\b)\s*(?P<last>[^-–,;/&+~]+)",
    re.IGNORECASE,
)
_BIT = re.compile(
    r"(?P<word>.+?)\s*(?:[.:]\s*(?:bit|b)?\s*|/\s*(?:bit|b)\s*|\s+bit\s*|,\s*bit\s*|\.b)(?P<bit>\d{1,2})", re.IGNORECASE
)
MOST_WORDS = 125


@dataclass(frozen=True)
class Address:
    """An address as it is written: its number, how many it stands for, and what its writing tells about it.

    table: of 4x0001 or HR 1. digits: how many were written. manual: counted from 1 within the table (4x0001)
    """

    number: int
    count: int = 0
    bit: int | None = None
    table: str = ""
    digits: int = 0
    hex: bool = False
    manual: bool = False


def address(text: str, hexadecimal: bool = False, coils: bool = False) -> Address:
    """The address in a cell; NotUnderstoodError where it is none.

    hexadecimal: plain digits of the column are hex. coils: 0x0001 of the column is the first coil, not hex
    """
    bare = " ".join(text.replace("\u00a0", " ").split()).strip("'\"")
    if not bare:
        raise NotUnderstoodError("no address")
    found = _single(bare, hexadecimal, coils)
    if found is not None:
        return found
    bit = _BIT.fullmatch(bare)
    if bit and int(bit["bit"]) <= 15:
        word = _single(bit["word"], hexadecimal, coils)
        if word is not None:
            return replace(word, bit=int(bit["bit"]))
    several = _RANGE.fullmatch(bare)
    if several:
        first = _single(several["first"], hexadecimal, coils)
        last = _single(several["last"], hexadecimal, coils)
        if first is not None and last is not None:
            return _spanned(first, last, text)
    raise NotUnderstoodError(f"{text!r} is not an address")


def _spanned(first: Address, last: Address, text: str) -> Address:
    """The address of a range, whose end may be written without its leading digits (40001-02)."""
    end = last.number
    if last.digits < first.digits and not last.hex:
        end = first.number - first.number % 10**last.digits + last.number
    if not first.number < end < first.number + MOST_WORDS:
        raise NotUnderstoodError(f"{text!r} is not a range of addresses of one register")
    return replace(first, count=end - first.number + 1)


def _single(text: str, hexadecimal: bool, coils: bool) -> Address | None:
    """One address without a range or bit; None where the text is none."""
    bare = text.strip()
    notation = _NOTATION.fullmatch(bare)
    if notation and (notation[1] != "0" or coils):
        return Address(int(notation[2]), table=FIRST[notation[1]], digits=len(notation[2]), manual=True)
    mnemonic = _MNEMONIC.match(bare)
    if mnemonic:
        inner = _single(bare[mnemonic.end() :], hexadecimal, coils)
        return None if inner is None else replace(inner, table=_MNEMONICS[mnemonic[1].lower()])
    for pattern in _HEX:
        found = pattern.fullmatch(bare)
        if found:
            return _within(Address(int(found[1], 16), digits=len(found[1]), hex=True))
    if (hexadecimal and re.fullmatch(r"[0-9A-Fa-f]{1,4}", bare)) or _BARE_HEX.fullmatch(bare):
        return Address(int(bare, 16), digits=len(bare), hex=True)
    grouped = _THOUSANDS.fullmatch(bare)
    if grouped and not (len(grouped[1]) == 3 and 0 < int(grouped[2]) - int(grouped[1]) < MOST_WORDS):
        bare = "".join(grouped.groups())
    return _within(Address(int(bare), digits=len(bare))) if re.fullmatch(r"[0-9]{1,6}", bare) else None


def _within(found: Address) -> Address | None:
    return found if found.number <= 465536 else None


def numbering_of(found: Sequence[tuple[Address, str]], told: str) -> tuple[str, str]:
    """How the addresses of a table count, and why; with each address the table that its row names, or "".

    told: what the table itself says: zero, one, or nothing
    """
    plainly = [(one, table) for one, table in found if not one.hex and not one.manual]
    if plainly and all(_as_manual(one, table) for one, table in plainly) and any(one.digits > 4 for one, _ in plainly):
        return MANUAL, "all are numbers of a manual, such as " + str(next(a.number for a, _ in plainly if a.digits > 4))
    if told:
        return told, "the table says so"
    if any(one.number == 0 for one, _ in found):
        return ZERO, "one is 0"
    return ZERO, "nothing says otherwise, and none is 0; --numbering one where the maker counts from 1"


def _as_manual(one: Address, table: str) -> bool:
    """Whether an address could be meant as manuals count, in the table of its row."""
    if one.digits > 4:
        digits = str(one.number).rjust(one.digits, "0")
        first, rest = digits[0], int(digits[1:])
        return FIRST.get(first) == (table or FIRST.get(first)) and 1 <= rest <= (9999 if one.digits == 5 else 65536)
    return table == "co" and one.number > 0


def protocol_address(one: Address, table: str, numbering: str) -> tuple[str, int]:
    """Table (where it is told) and zero-based address; NotUnderstoodError where it cannot be so."""
    table, number = one.table or table, one.number
    if one.manual or (numbering == ONE and not one.hex):
        number -= 1
    elif numbering == MANUAL and not one.hex:
        digits = str(number).rjust(max(one.digits, 5), "0")
        named, rest = FIRST.get(digits[0], ""), int(digits[1:])
        if not named or rest == 0:
            raise NotUnderstoodError(f"{number} is no number of a manual")
        if table and named != table:
            raise NotUnderstoodError(f"{number} of a manual is {named}, but the row says {table}")
        table, number = named, rest - 1
    if not 0 <= number <= 65535:
        raise NotUnderstoodError(f"address {number} is outside 0 .. 65535")
    return table, number
