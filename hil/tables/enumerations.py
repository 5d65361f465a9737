"""Names of numbers as tables write them: 0=OFF;1=ON, 0: off, 1: on, 0 - Aus / 1 - Ein; and ranges beside them."""

import re

from hil.tables.entry import NotUnderstoodError, cut
from hil.tables.numbers import number

_KEY = re.compile(
    r"(?:^|(?<=[;,/|\n\t(])|(?<=\s))\s*(?:bit\s*|b)?(?P<key>0x[0-9A-Fa-f]{1,4}|-?\d{1,5})\s*(?P<sign>=+>?|:|→|->|–|—|-(?=\s)|\)|\.(?=\s))\s*",
    re.IGNORECASE,
)
_BLANK = " \t\r\n;,/|.("
_NUMBER = r"[-+−]?\d+(?:[.,'\u00a0]\d+)*(?:[eE][-+]?\d+)?"
_RANGE = re.compile(
    rf"[\[(]?\s*(?:min\.?\s*[:=]?\s*)?(?P<lo>{_NUMBER})(?:\s*[^\d\s.…,;~-]{{1,5}})?\s*"
    rf"(?:\.{{2,3}}|…|~|;|–|—|-|/|,\s|\bto\b|\bbis\b|\bà\b|\bmax\.?\s*[:=]?)\s*(?:max\.?\s*[:=]?\s*)?(?P<hi>{_NUMBER})"
    r"(?:\s*[^\d\s]{1,8}(?:\s?[^\d\s]{1,4})?)?\s*[\])]?",
    re.IGNORECASE,
)


def names_of(text: str) -> dict[int, str]:
    """The names of numbers in a text, in its order; empty where there are none."""
    found = list(_KEY.finditer(text))
    names: dict[int, str] = {}
    for at, match in enumerate(found):
        end = found[at + 1].start() if at + 1 < len(found) else len(text)
        key = int(match["key"], 16) if match["key"].lower().startswith("0x") else int(match["key"])
        label = cut(text[match.end() : end].strip(_BLANK), 80)
        if label.count(")") > label.count("("):
            label = label.rstrip(")").strip()
        label = label.replace(";", ",").replace("=", " ").strip(_BLANK)
        if not label or key in names or not re.search(r"[^\W\d]", label):
            return {}
        names[key] = label
    if len(names) == 1 and found[0].start() > 0:
        return {}
    return _apart(names)


def _apart(names: dict[int, str]) -> dict[int, str]:
    """The names, each with its number where two are the same."""
    folded = [name.casefold() for name in names.values()]
    return {key: f"{name} {key}" if folded.count(name.casefold()) > 1 else name for key, name in names.items()}


def word_names(text: str) -> dict[int, str]:
    """The names of numbers that a register of one word can hold: below zero as its two's complement."""
    names = names_of(text)
    if any(not -32768 <= key <= 65535 for key in names):
        raise NotUnderstoodError(f"{cut(text, 60)!r} names numbers that are no words")
    return {key if key >= 0 else key + 65536: name for key, name in names.items()}


def limits(text: str, decimal: str) -> tuple[float, float]:
    """The ends of a range: 0..100, -30 - 50 °C, 0 bis 100; NotUnderstoodError where it is none."""
    match = _RANGE.fullmatch(cut(text))
    if match is None:
        raise NotUnderstoodError(f"{cut(text, 60)!r} is neither a range nor names of numbers")
    lo, hi = number(match["lo"], decimal), number(match["hi"], decimal)
    if lo >= hi:
        raise NotUnderstoodError(f"{cut(text, 60)!r} is a range whose end comes first")
    return lo, hi
