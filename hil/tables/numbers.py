"""Numbers and factors as tables write them: 0,1  1'000  x10  /10  1/100  10^-1."""

import re
from collections.abc import Iterable

from hil.tables.entry import NotUnderstoodError

DIVIDE, MULTIPLY = "divide", "multiply"
_SPACES = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2013": "-", "'": "", "\u2019": ""}
)
_DECIMALS = re.compile(r"[-+]?\d*([.,])(\d+)(?:[eE][-+]?\d+)?")
_TIMES = re.compile(r"[x×*·⋅]\s*(?P<n>\S+)|(?P<m>\S+)\s*[x×*·⋅]", re.IGNORECASE)
_OVER = re.compile(r"[/÷:]\s*(?P<n>\d+)|1\s*[/:]\s*(?P<m>\d+)")
_POWER = re.compile(r"(?:1\s*[x×*·]\s*)?10\s*(?:\^|\*\*)\s*\(?(?P<n>[-+]?\d)\)?|10(?P<m>[-+]\d)")
_WHOLE = re.compile(r"[1-9]\d*")


def decimal_sign(cells: Iterable[str]) -> str:
    """The decimal sign that some cells show, empty where none does so: 0,1 or 12,5 but not 1,000 or 1.000."""
    for cell in cells:
        found = _DECIMALS.fullmatch(cell.translate(_SPACES).strip())
        if found is not None and (len(found[2]) != 3 or cell.strip().lstrip("-+").startswith(("0", ",", "."))):
            return found[1]
    return ""


def number(text: str, decimal: str = ".") -> float:
    """A number: decimal or in hex, the other of comma and point between thousands; NotUnderstoodError for others."""
    bare = text.translate(_SPACES).replace(" ", "")
    if re.fullmatch(r"0[xX][0-9A-Fa-f]{1,16}", bare):
        return float(int(bare, 16))
    other = "," if decimal == "." else "."
    if re.fullmatch(rf"[-+]?\d{{1,3}}(\{other}\d{{3}})+(\{decimal}\d+)?", bare) and not bare.lstrip("-+").startswith(
        "0"
    ):
        bare = bare.replace(other, "")
    bare = bare.replace(",", ".")
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?", bare):
        raise NotUnderstoodError(f"{text!r} is not a number")
    return float(bare)


def factor(text: str, decimal: str, whole: str, times: str) -> float:
    """What a register's number is multiplied by to be the value.

    whole, times: what a plain whole number (10) and one with a sign before it (x10) mean: `multiply` it is the factor,
    `divide` the register holds so many times the value
    """
    bare = text.translate(_SPACES).strip().rstrip(".").strip()
    over, power, multiplied = _OVER.fullmatch(bare), _POWER.fullmatch(bare), _TIMES.fullmatch(bare)
    if over:
        return _inverse(float(over["n"] or over["m"]), text)
    if power:
        return float(f"1e{int(power['n'] or power['m'])}")
    if multiplied:
        inner = factor(multiplied["n"] or multiplied["m"], decimal, MULTIPLY, MULTIPLY)
        return _inverse(inner, text) if inner > 1 and times == DIVIDE else inner
    given = number(bare, decimal)
    if given == 0.0:
        raise NotUnderstoodError(f"a factor of {text!r}")
    return _inverse(given, text) if whole == DIVIDE and given > 1 and given.is_integer() else given


def _inverse(divisor: float, text: str) -> float:
    if divisor == 0.0:
        raise NotUnderstoodError(f"a factor of {text!r}")
    return float(f"{1.0 / divisor:.15g}")


def is_whole(text: str) -> bool:
    """Whether a factor is written as a plain whole number above 1."""
    return bool(_WHOLE.fullmatch(text.strip())) and text.strip() != "1"


def is_times(text: str) -> bool:
    """Whether a factor is written with a sign of multiplication: x10."""
    return bool(_TIMES.fullmatch(text.strip()))


def written(value: float) -> str:
    """A number in the shortest form that is read back as the same."""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
