"""The kinds of value that options take: numbers within their ends, and addresses to listen on."""

import math
import re
from argparse import ArgumentTypeError
from collections.abc import Callable

from hil.bus.address import host
from hil.runs.options import REQUEST, SCAN, Charge
from scenarios.file_types import read_duration
from twin.errors import InputError
from twin.units import CENTURY_S

MOST_CHARGE_S = 60.0
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}", re.ASCII)


def number(low: float, high: float, unit: str = "") -> Callable[[str], float]:
    """A finite number between the two."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            raise ArgumentTypeError(f"{text!r} is not a number; expected {low:g} .. {high:g} {unit}".rstrip()) from None
        if not (math.isfinite(value) and low <= value <= high):
            raise ArgumentTypeError(f"{text} is outside {low:g} .. {high:g} {unit}".rstrip())
        return value

    return read


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number between the two."""

    def read(text: str) -> int:
        if not _WHOLE.fullmatch(text.strip()) or not low <= int(text) <= high:
            raise ArgumentTypeError(f"{text!r} is outside {low} .. {high}, or not a whole number")
        return int(text)

    return read


def duration(text: str) -> float:
    """A duration with its unit, such as 90 s, in seconds."""
    try:
        value = read_duration(text)
    except InputError as error:
        raise ArgumentTypeError(str(error)) from None
    if value > CENTURY_S:
        raise ArgumentTypeError(f"{text} is outside 0 s .. {CENTURY_S:g} s")
    return value


def charge(text: str) -> Charge:
    """A duration at each scan, such as 5 ms, or for each request: 5 ms/request."""
    time, _, per = text.partition("/")
    if per not in ("", SCAN, REQUEST):
        raise ArgumentTypeError(f"{text!r}: {per!r} is neither {SCAN} nor {REQUEST}")
    time_s = duration(time)
    if time_s > MOST_CHARGE_S:
        raise ArgumentTypeError(f"{text} is outside 0 s .. {MOST_CHARGE_S:g} s")
    return Charge(time_s, per or SCAN)


def listening_host(text: str) -> str:
    """An address to listen on; 0.0.0.0 and :: stand for all of this machine's."""
    try:
        return host(text)
    except InputError as error:
        raise ArgumentTypeError(str(error)) from None


speed = number(0.001, 100_000.0)
"""Plant seconds in one second."""
port = whole(0, 65535)
jobs = whole(1, 256)
seed = whole(0, 2**63 - 1)
seconds = number(0.001, CENTURY_S, "s")
rows_every = number(0.1, 86400.0, "s")
