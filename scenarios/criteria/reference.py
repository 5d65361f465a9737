"""A reference trajectory: one signal over time out of a CSV file, or out of the recording of a run.

The CSV has a header: `time`, in seconds unless a unit stands behind it, and columns with their units in brackets.

    time [min], load_meter.supply_temp [degC]
    0,          30
    90,         45
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np

from scenarios.recording import Floats
from scenarios.windows import range_max
from twin.errors import InputError, unknown
from twin.files import read_text
from twin.recorded import open_recording
from twin.units import convert

MOST_BYTES, MOST_VALUES = 50_000_000, 2_000_000
"""Of a reference in CSV, and of the values that are taken of any reference."""
_HEADING = re.compile(r"\s*(?P<name>[^\[\]]*[^\[\]\s])\s*(?:\[(?P<unit>[^\[\]]*)\]\s*)?")


@dataclass(frozen=True)
class Reference:
    """A trajectory: straight lines between its values, the last of which holds up to `end_s`.

    time_s: seconds from the start of the scenario, strictly increasing [s]; values: in `unit`
    """

    file: str
    time_s: Floats
    values: Floats
    unit: str
    end_s: float

    def tube(self, at: Floats, value: float, time: float) -> tuple[Floats, Floats]:
        """The lowest and highest value allowed at moments [s] that it covers: so far off, so early or late [s]."""
        low, high = (np.clip(at + way * time, self.time_s[0], self.time_s[-1]) for way in (-1.0, 1.0))
        ends = [np.interp(one, self.time_s, self.values) for one in (low, high)]
        first, last = np.searchsorted(self.time_s, low), np.searchsorted(self.time_s, high, side="right") - 1
        inside = first <= last
        lowest, highest = np.minimum(*ends), np.maximum(*ends)
        within = first[inside], last[inside]
        lowest[inside] = np.minimum(lowest[inside], -range_max(-self.values, *within))
        highest[inside] = np.maximum(highest[inside], range_max(self.values, *within))
        return lowest - value, highest + value

    def as_csv(self) -> str:
        """The same as a file, in the column `value`; its last value once more where it ends."""
        rows = [*zip(self.time_s.tolist(), self.values.tolist(), strict=True)]
        if self.end_s > self.time_s[-1]:
            rows.append((self.end_s, float(self.values[-1])))
        return f"time,value [{self.unit}]\n" + "".join(f"{time!r},{value!r}\n" for time, value in rows)

    def converted(self, unit: str, where: str) -> "Reference":
        """The same in another unit; InputError where the two do not fit."""
        if unit == self.unit:
            return self
        try:
            if "degC" in (unit, self.unit) and "K" in (unit, self.unit):
                raise InputError("a temperature is in degC, a difference of temperatures in K")
            zero, one = (convert(number, self.unit, unit) for number in (0.0, 1.0))
        except InputError as error:
            raise InputError(f"{self.file} is in {self.unit}, the signal in {unit}: {error}").under(where) from error
        return Reference(self.file, self.time_s, zero + (one - zero) * self.values, unit, self.end_s)


def read_reference(file: str, column: str, where: str) -> Reference:
    """The column of a file .csv, or the signal of a recording .parquet; where: the place that names the file."""
    if not file.endswith(".parquet"):
        return _read_csv(file, column, where)
    try:
        run = open_recording(Path(file))
        time_s, values, unit = run.time_s, run.signal(column), run.unit(column)
    except InputError as error:
        raise error.under(where) from error
    known = ~np.isnan(values)
    return _checked(Reference(file, time_s[known], values[known], unit, float(time_s[-1] + run.period_s)), where)


def _read_csv(file: str, column: str, where: str) -> Reference:
    lines = csv.reader(read_text(Path(file), MOST_BYTES, where).splitlines())
    try:
        rows = [(number, row) for number, row in enumerate(lines, 1) if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError(f"{file}:{lines.line_num}:1: not CSV: {error}") from error
    if not rows:
        raise InputError(f"{file}:1:1: expected a header, such as time, {column} [degC]")
    headings = list(_headings(file, *rows[0]))
    names = [name for name, _ in headings]
    places = []
    for name in ("time", column):
        if name not in names:
            raise unknown("column", name, names, f"{file}:{rows[0][0]}:1")
        places.append(names.index(name))
    found = [
        [_number(file, number, row, place) for place in places]
        for number, row in rows[1:]
        if len(row) <= places[1] or row[places[1]].strip()
    ]
    numbers = np.asarray(found, np.float64).reshape(-1, 2)
    try:
        factor = convert(1.0, headings[places[0]][1] or "s", "s")
    except InputError as error:
        raise error.under(f"{file}:{rows[0][0]}:1: the column time") from error
    time_s = numbers[:, 0] * factor
    end_s = float(time_s[-1]) if time_s.size else 0.0
    return _checked(Reference(file, time_s, numbers[:, 1], headings[places[1]][1] or "1", end_s), where)


def _headings(file: str, line: int, row: list[str]) -> Iterator[tuple[str, str]]:
    """Name and unit of each column."""
    for place, cell in enumerate(row):
        match = _HEADING.fullmatch(cell)
        if match is None:
            _refuse(file, line, row, place, f"{cell.strip()!r} is no heading; expected a name [unit]")
        yield match["name"], match["unit"] or ""


def _number(file: str, line: int, row: list[str], place: int) -> float:
    cell = row[place].strip() if place < len(row) else ""
    try:
        number = float(cell)
    except ValueError:
        number = np.nan
    if not np.isfinite(number):
        _refuse(file, line, row, place, f"{cell!r} is not a number")
    return float(number)


def _refuse(file: str, line: int, row: list[str], place: int, message: str) -> NoReturn:
    """InputError at a cell."""
    column = sum(len(cell) + 1 for cell in row[:place]) + 1
    raise InputError(f"{file}:{line}:{column}: {message}")


def _checked(found: Reference, where: str) -> Reference:
    """The reference; InputError where it is none."""
    size = found.time_s.size
    if size < 2 or size > MOST_VALUES:
        raise InputError(f"{found.file}: {size} values; a reference has 2 to {MOST_VALUES:,}").under(where)
    if (np.diff(found.time_s) <= 0).any():
        late = found.time_s[1:][np.diff(found.time_s) <= 0][0]
        raise InputError(f"{found.file}: the times do not increase at {late:g} s").under(where)
    return found
