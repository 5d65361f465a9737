"""Lines, numbers and gaps of weather files. Whatever stands in a file, the worst it can do is to be refused."""

import gzip
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from csv import Error, reader
from pathlib import Path
from typing import Any

import numpy as np

from plant_models.weather.sun import Floats
from twin.errors import InputError
from twin.files import opened

MOST_LINES, MOST_BYTES = 1_000_000, 200_000_000
LONGEST_LINE = 20_000
"""Bytes of a line; the longest of an EPW file, its design conditions, has some 2,000."""
LONGEST_GAP = 6
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x19\x1b-\x1f\x7f]")
"""All but tabs, line ends and the end of file of DOS, which may close a text."""
Lines = Iterator[tuple[int, list[str]]]


@contextmanager
def numbered_lines(path: Path) -> Iterator[Lines]:
    """The numbered lines of a plain or gzipped text file, split at commas; its faults become InputError.

    UTF-8, with or without byte order mark, or ISO 8859-1. Empty lines may stand at the end only.
    """
    with opened(path, MOST_BYTES) as file:
        try:
            yield _split(gzip.GzipFile(fileobj=file) if path.name.lower().endswith(".gz") else file, path)
        except InputError:
            raise
        except (OSError, EOFError, ValueError, Error, zlib.error) as error:
            raise InputError(f"{path}: cannot be read: {error}") from error


def _split(file: Any, path: Path) -> Lines:
    line = empty = size = 0
    while data := file.readline(LONGEST_LINE + 1):
        line += 1
        size += len(data)
        where = f"{path}:{line}"
        if size > MOST_BYTES:
            raise InputError(f"{where}: more than {MOST_BYTES:,} bytes; at most so many are read")
        if line > MOST_LINES:
            raise InputError(f"{where}: longer than {MOST_LINES} lines")
        if len(data) > LONGEST_LINE:
            raise InputError(f"{where}: a line of more than {LONGEST_LINE} bytes")
        if _CONTROL.search(data):
            raise InputError(f"{where}: not a text file in UTF-8 or ISO 8859-1: a control character")
        text = _decoded(data, line == 1)
        if not text.strip("\x1a, \t"):
            empty = empty or line
            continue
        if empty:
            raise InputError(f"{path}:{empty}: an empty line; only the end of the file may have some")
        yield line, next(reader([text])) if '"' in text else text.split(",")


def _decoded(data: bytes, first: bool) -> str:
    try:
        text = data.decode("utf-8-sig" if first else "utf-8")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.rstrip("\r\n")


def number(text: str, lo: float, hi: float, where: str) -> float:
    """A number within its range; NaN for an empty field or NA."""
    if text.strip() in ("", "NA"):
        return np.nan
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{where}: {text[:40]!r} is not a number") from None
    if not lo <= value <= hi:
        raise InputError(f"{where}: {value:g} is outside {lo:g} .. {hi:g}")
    return value


def longest_gap(values: Floats) -> int:
    """How many values are missing in a row at most."""
    run = longest = 0
    for gone in np.isnan(values):
        run = run + 1 if gone else 0
        longest = max(longest, run)
    return longest


def fill(values: Floats, first_line: int, path: Path, what: str, longest: int = LONGEST_GAP) -> Floats:
    """The values with short gaps filled by straight lines; InputError for one longer than so many values."""
    missing = np.isnan(values)
    if not missing.any():
        return values
    run = 0
    for k, gone in enumerate(missing):
        run = run + 1 if gone else 0
        if run > longest:
            raise InputError(f"{path}:{first_line + k}: more than {longest} values missing in a row of {what}")
    places = np.arange(len(values))
    return np.interp(places, places[~missing], values[~missing])
