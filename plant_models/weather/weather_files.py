"""Weather from files: EnergyPlus EPW (a typical year) and CSV (measured, with real dates). Bad files are refused."""

import csv
import gzip
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plant_models.weather.design_weather import CLEARNESS
from plant_models.weather.sun import BEIJING, ORIENTATIONS, Floats, Site, Times, clear_sky, plane_irradiance, sun
from plant_models.weather.weather_series import (
    Series,
    assemble,
    hour_marks,
    irradiance_columns,
    relative_humidity,
)
from twin.errors import InputError

CSV_COLUMNS = {"time": "time", "TEMP": "outdoor_temp", "DEWP": "dew_point", "WSPM": "wind_speed"}
"""Columns of the file, and what they are: time, outdoor_temp, dew_point, wind_speed, global_irradiance."""
_ALLOWED = {
    "outdoor_temp": (-90.0, 60.0), "dew_point": (-90.0, 60.0), "wind_speed": (0.0, 120.0),
    "global_irradiance": (0.0, 1800.0),
}  # fmt: skip
_MOST_LINES = 1_000_000
_LONGEST_GAP = 6
_EPW = {
    "outdoor_temp": (6, 99.9, -90.0, 70.0), "dew_point": (7, 99.9, -90.0, 70.0), "humidity": (8, 999.0, 0.0, 110.0),
    "global_irradiance": (13, 9999.0, 0.0, 1800.0), "direct_irradiance": (14, 9999.0, 0.0, 1800.0),
    "diffuse_irradiance": (15, 9999.0, 0.0, 1800.0), "wind_speed": (21, 999.0, 0.0, 120.0),
}  # fmt: skip
"""Columns of an EPW record: place, the number from which on it is missing, lowest and highest value."""


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[tuple[int, list[str]]]]:
    """The numbered, split lines of a plain or gzipped text file; its faults become InputError."""

    def numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
        for line, fields in enumerate(reader, 1):
            if line > _MOST_LINES:
                raise InputError(f"{path}:{line}: longer than {_MOST_LINES} lines")
            yield line, fields

    opener = gzip.open if path.name.lower().endswith(".gz") else open
    try:
        with opener(path, "rt", encoding="utf-8", errors="strict", newline="") as file:
            yield numbered(csv.reader(file))
    except (OSError, EOFError, UnicodeDecodeError, csv.Error, zlib.error) as error:
        raise InputError(f"weather file {path} cannot be read: {error}") from error


def _number(text: str, lo: float, hi: float, where: str) -> float:
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


def _fill(values: Floats, first_line: int, where: str) -> Floats:
    """The values with gaps of up to 6 filled by straight lines; InputError for a longer one."""
    missing = np.isnan(values)
    run = 0
    for k, gone in enumerate(missing):
        run = run + 1 if gone else 0
        if run > _LONGEST_GAP:
            raise InputError(f"{where}:{first_line + k}: more than {_LONGEST_GAP} values missing in a row")
    if not missing.any():
        return values
    if missing.all():
        raise InputError(f"{where}:{first_line}: no value at all")
    places = np.arange(len(values))
    return np.interp(places, places[~missing], values[~missing])


@dataclass(frozen=True)
class EpwYear:
    """A typical year of hours: each record's values; irradiance is the mean of the hour that ends with the record."""

    site: Site
    columns: dict[str, Floats]

    @property
    def leap(self) -> bool:
        """True for 366 days."""
        return len(self.columns["outdoor_temp"]) == 8784

    def middles(self) -> Times:
        """The middle of each record's hour, in a year of the same length."""
        first = np.datetime64("2000-01-01" if self.leap else "2001-01-01", "s")
        hours = np.arange(len(self.columns["outdoor_temp"]))
        return first + hours * np.timedelta64(3600, "s") + np.timedelta64(1800, "s")


def read_epw_year(path: Path) -> EpwYear:
    """The hourly records of an EPW file. Raises InputError with the line of the first fault."""
    rows: list[list[float]] = []
    site = None
    with _lines(path) as lines:
        for line, fields in lines:
            where = f"{path}:{line}"
            if line == 1:
                site = _location(fields, where)
            elif line > 8:
                rows.append(_record(fields, len(rows), where))
    if site is None or len(rows) not in (8760, 8784):
        raise InputError(f"{path}: {len(rows)} hourly records; an EPW file has 8760 or 8784 after 8 header lines")
    table = np.array(rows)
    return EpwYear(site, {name: _fill(table[:, k], 9, str(path)) for k, name in enumerate(_EPW)})


def _location(fields: list[str], where: str) -> Site:
    if len(fields) < 10 or fields[0].strip().upper() != "LOCATION":
        raise InputError(f"{where}: an EPW file begins with LOCATION and ten fields")
    limits = ((6, -90.0, 90.0), (7, -180.0, 180.0), (8, -12.0, 14.0))
    latitude, longitude, offset = (_number(fields[place], lo, hi, where) for place, lo, hi in limits)
    if np.isnan([latitude, longitude, offset]).any():
        raise InputError(f"{where}: latitude, longitude or time zone is empty")
    return Site(latitude, longitude, offset)


def _record(fields: list[str], index: int, where: str) -> list[float]:
    """The values of one record, after a check that it is the hour that is due."""
    if len(fields) < 22:
        raise InputError(f"{where}: {len(fields)} fields; an EPW record has at least 22")
    hour = _number(fields[3], 1.0, 24.0, where)
    if hour != index % 24 + 1:
        raise InputError(f"{where}: hour {hour:g} where hour {index % 24 + 1} is due; the records must be hourly")
    found = []
    for place, missing, lo, hi in _EPW.values():
        text = fields[place]
        value = _number(text, -np.inf, np.inf, where)
        found.append(np.nan if value >= missing else _number(text, lo, hi, f"{where}, field {place + 1}"))
    return found


def read_epw(path: Path, start: datetime, duration_s: float) -> Series:
    """A series of a typical year: the hours of the calendar from `start`, on across New Year.

    A 29 February that the file lacks repeats the 28th. Irradiance at a full hour is the mean of the hours around it.
    """
    year = read_epw_year(path)
    c = year.columns
    place = sun(year.site, year.middles())
    sky = [c["global_irradiance"], c["direct_irradiance"], c["diffuse_irradiance"]]
    for azimuth in ORIENTATIONS.values():
        facade = plane_irradiance(place, sky[1], sky[2], azimuth)
        sky.append(facade.direct + facade.diffuse)
    air = [c["outdoor_temp"], c["dew_point"], np.minimum(c["humidity"] / 100.0, 1.0), c["wind_speed"]]
    marks = [np.roll(values, 1) for values in air] + [0.5 * (values + np.roll(values, 1)) for values in sky]
    times, offset = hour_marks(start, duration_s)
    index = _hours_of_year(times, year.leap)
    return assemble(start, offset, [values[index] for values in marks])


def _hours_of_year(times: Times, leap_file: bool) -> NDArray[np.int64]:
    """The place of each full hour in a file's year, by month and day."""
    years = times.astype("datetime64[Y]")
    hours = (times - years.astype("datetime64[s]")).astype(np.int64) // 3600
    leap = (years + 1).astype("datetime64[D]") - years.astype("datetime64[D]") == np.timedelta64(366, "D")
    late = hours >= 59 * 24
    shift = 24 * (~leap & late) if leap_file else -24 * (leap & late)
    return np.asarray(hours + shift, np.int64)


def read_csv(
    path: Path,
    start: datetime,
    duration_s: float,
    columns: Mapping[str, str] | None = None,
    site: Site = BEIJING,
    clearness: float = CLEARNESS,
) -> Series:
    """A series out of a CSV file (plain or .gz): a header, ISO times at equal steps, and at least the temperature.

    columns: what the file's columns are, default `CSV_COLUMNS`. Gaps of up to 6 values are filled. Without a column of
    irradiance the sun is `clearness` times the clear sky over `site`. Raises InputError with the line of the fault.
    """
    stamps, table, names, lines = _read_table(path, dict(columns or CSV_COLUMNS), start, duration_s)
    step = (stamps[1] - stamps[0]).total_seconds()
    found = {name: _fill(np.array([row[k] for row in table]), lines[0], str(path)) for k, name in enumerate(names)}
    temp = found["outdoor_temp"]
    dew_point = np.minimum(found.get("dew_point", temp - 6.0), temp)
    wind = found.get("wind_speed", np.full(len(temp), 2.0))
    times = np.array(stamps, "datetime64[s]")
    horizontal = found.get("global_irradiance")
    if horizontal is None:
        horizontal = clearness * clear_sky(sun(site, times))
    sky = irradiance_columns(site, times, horizontal)
    offset = (start - stamps[0]).total_seconds()
    return assemble(start, offset, [temp, dew_point, relative_humidity(temp, dew_point), wind, *sky], step)


def _read_table(
    path: Path, columns: dict[str, str], start: datetime, duration_s: float
) -> tuple[list[datetime], list[list[float]], list[str], list[int]]:
    """The rows that span the scenario: times, values, the names of the values, line numbers."""
    stamps: list[datetime] = []
    rows: list[list[float]] = []
    numbers: list[int] = []
    end = start + timedelta(seconds=duration_s)
    with _lines(path) as lines:
        places, names = _header(next(lines, (1, []))[1], columns, str(path))
        step = None
        first = before = None
        for line, fields in lines:
            where = f"{path}:{line}"
            stamp = _stamp(fields, places[0], where)
            if before is not None:
                step = step or stamp - before
                if stamp - before != step or step <= timedelta(0):
                    raise InputError(f"{where}: the time {stamp} does not follow {before} at the step of the file")
            first, before = first or stamp, stamp
            if stamp <= start:
                stamps, rows, numbers = stamps[:0], rows[:0], numbers[:0]
            elif stamps and stamps[-1] >= end:
                break
            if len(fields) <= max(places):
                raise InputError(f"{where}: {len(fields)} fields, {max(places) + 1} are needed")
            stamps.append(stamp)
            numbers.append(line)
            rows.append([_number(fields[p], *_ALLOWED[n], where) for p, n in zip(places[1:], names, strict=True)])
    if len(stamps) < 2 or stamps[0] > start or stamps[-1] < end:
        raise InputError(f"weather file {path} covers {first} .. {before}, not {start} .. {end}")
    return stamps, rows, names, numbers


def _stamp(fields: list[str], place: int, where: str) -> datetime:
    try:
        return datetime.fromisoformat(fields[place]).replace(tzinfo=None)
    except (ValueError, IndexError):
        raise InputError(f"{where}: no ISO time such as 2016-01-23 08:00:00 in field {place + 1}") from None


def _header(header: list[str], columns: dict[str, str], where: str) -> tuple[list[int], list[str]]:
    """Places of the time and of the known columns, and the names of the latter."""
    found = {columns[name.strip()]: place for place, name in enumerate(header) if name.strip() in columns}
    for needed in ("time", "outdoor_temp"):
        if needed not in found:
            wanted = [name for name, meaning in columns.items() if meaning == needed]
            raise InputError(f"{where}:1: no column {' or '.join(wanted) or needed} for {needed}; got {header[:20]}")
    names = [name for name in _ALLOWED if name in found]
    return [found["time"], *(found[name] for name in names)], names
