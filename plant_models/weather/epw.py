"""Weather from EnergyPlus EPW files: a typical year, from whatever month its records begin with.

Format: EnergyPlus, Auxiliary Programs, chapter EnergyPlus Weather File (EPW) Data Dictionary. docs/weather.md says what
is taken and how what is missing is made from what is there.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from plant_models.weather.site import Site
from plant_models.weather.sun import Floats, Sun, Times, complete_irradiance, sun
from plant_models.weather.text_lines import LONGEST_GAP, Lines, fill, longest_gap, number, numbered_lines
from plant_models.weather.weather_series import (
    STILL_WIND,
    Series,
    assemble,
    complete_humidity,
    facade_columns,
    marks,
)
from twin.errors import InputError

_COLUMNS = {
    "outdoor_temp": (6, 99.9, -90.0, 70.0), "dew_point": (7, 99.9, -90.0, 70.0), "humidity": (8, 999.0, 0.0, 110.0),
    "infrared": (12, 9999.0, 0.0, 1000.0),
    "global_irradiance": (13, 9999.0, -20.0, 1800.0), "direct_irradiance": (14, 9999.0, -20.0, 1800.0),
    "diffuse_irradiance": (15, 9999.0, -20.0, 1800.0), "wind_speed": (21, 999.0, 0.0, 120.0),
}  # fmt: skip
"""Columns of a record: place, the number that stands for a missing value, lowest and highest value."""
_RADIATION = ("global_irradiance", "direct_irradiance", "diffuse_irradiance")
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_MOST_HEADER_LINES = 12
_ONE_PERIOD = 7
"""Fields of DATA PERIODS that names one: two counts, then name, weekday, first and last day."""


@dataclass(frozen=True)
class EpwYear:
    """A typical year from 1 January on: each record's values; irradiance is the mean of the step that it ends.

    leap: it has a 29 February; step_s: 3600 s, or less where the file has several records an hour
    infrared: of the sky, on the horizontal [W/m2], NaN where the file has none; notes: what was made up, in words
    """

    site: Site
    columns: dict[str, Floats]
    infrared: Floats
    leap: bool = False
    step_s: float = 3600.0
    notes: tuple[str, ...] = ()

    def middles(self) -> Times:
        """The middle of each record's step, in a year of the same length."""
        return _middles(len(self.columns["outdoor_temp"]), self.leap, self.step_s)


def _middles(count: int, leap: bool, step_s: float) -> Times:
    first = np.datetime64("2000-01-01" if leap else "2001-01-01", "s")
    seconds = np.arange(count) * round(step_s) + round(step_s) // 2
    return np.asarray(first + seconds.astype("timedelta64[s]"))


def read_epw_year(path: Path) -> EpwYear:
    """The records of an EPW file, turned to begin on 1 January. Raises InputError with the line of the first fault."""
    with numbered_lines(path) as lines:
        site, per_hour, before = _header(lines, path)
        table, january, leap = _records(lines, path, per_hour, before)
    step_s = 3600.0 / per_hour
    place = sun(site, np.roll(_middles(len(table), leap, step_s), january))
    raw = {name: table[:, k] for k, name in enumerate(_COLUMNS)}
    filling = _Filling(path, before + 1, LONGEST_GAP * per_hour)
    found = filling.air(raw) | filling.sky(raw, place)
    found = {name: np.roll(values, -january) for name, values in found.items()}
    infrared = found.pop("infrared")
    return EpwYear(site, found, infrared, leap, step_s, tuple(filling.notes))


def _header(lines: Lines, path: Path) -> tuple[Site, int, int]:
    """The site, the records an hour, and the number of header lines."""
    line, fields = next(lines, (1, [""]))
    site = _location(fields, f"{path}:{line}")
    for line, fields in lines:
        if fields[0].strip().upper() == "DATA PERIODS":
            return site, _per_hour(fields, f"{path}:{line}"), line
        if line >= _MOST_HEADER_LINES:
            break
    raise InputError(f"{path}:{line}: no line DATA PERIODS; the header of an EPW file ends with it, in line 8")


def _location(fields: list[str], where: str) -> Site:
    if len(fields) < 10 or fields[0].strip().upper() != "LOCATION":
        raise InputError(f"{where}: an EPW file begins with LOCATION and ten fields")
    found = [number(fields[place], -180.0, 180.0, where) for place in (6, 7, 8)]
    if np.isnan(found).any():
        raise InputError(f"{where}: latitude, longitude or time zone is empty")
    return Site(*found).check(where)


def _per_hour(fields: list[str], where: str) -> int:
    """Records an hour. A header that names one period and counts several has its two counts the wrong way round."""
    periods, per_hour = (text.strip() for text in [*fields, "", ""][1:3])
    if len(fields) == _ONE_PERIOD and periods != "1" and per_hour == "1":
        periods, per_hour = per_hour, periods
    if periods != "1":
        raise InputError(f"{where}: {periods[:20]!r} data periods; expected one, of a whole year")
    if not per_hour.isascii() or not per_hour.isdigit() or len(per_hour) > 2 or not _divides_hour(int(per_hour)):
        raise InputError(f"{where}: {per_hour[:20]!r} records an hour; expected a whole part of 60")
    return int(per_hour)


def _divides_hour(count: int) -> bool:
    return count > 0 and 60 % count == 0


def _records(lines: Lines, path: Path, per_hour: int, before: int) -> tuple[Floats, int, bool]:
    """Values of all records, the number of the first of January, and whether there is a 29 February."""
    rows: list[list[float]] = []
    days: list[tuple[int, int]] = []
    line = before
    for line, fields in lines:
        where = f"{path}:{line}"
        if len(fields) < 22:
            raise InputError(f"{where}: {len(fields)} fields; an EPW record has at least 22")
        _check_stamp(fields, len(rows), per_hour, days, where)
        rows.append([_value(fields, column, where) for column in _COLUMNS.values()])
    leap = (2, 29) in days
    due = (366 if leap else 365) * 24 * per_hour
    if len(rows) != due or not _follows(days[0], days[-1]):
        raise InputError(
            f"{path}:{line}: {len(rows)} records; a whole year has {due} at {per_hour} an hour after the header"
        )
    return np.array(rows), days.index((1, 1)) * 24 * per_hour, leap


def _check_stamp(fields: list[str], index: int, per_hour: int, days: list[tuple[int, int]], where: str) -> None:
    """InputError unless the record is the one that is due; a new day is added to `days`. The year is not looked at."""
    month, day, hour = (number(text, 1.0, most, where) for text, most in zip(fields[1:4], (12, 31, 24), strict=True))
    due = index // per_hour % 24 + 1
    if hour != due:
        raise InputError(
            f"{where}: hour {hour:g} where hour {due} is due; DATA PERIODS says {per_hour} records an hour"
        )
    today = (int(month), int(day)) if month == month and day == day else (0, 0)  # noqa: PLR0124  (NaN)
    if index % (24 * per_hour) == 0:
        if (days and not _follows(today, days[-1])) or not 0 < today[1] <= _MONTHS[today[0] - 1] + (today[0] == 2):
            raise InputError(f"{where}: {today[0]}/{today[1]} (month/day) does not follow the records before it")
        days.append(today)
    elif today != days[-1]:
        raise InputError(f"{where}: {today[0]}/{today[1]} (month/day) where {days[-1][0]}/{days[-1][1]} goes on")


def _follows(today: tuple[int, int], yesterday: tuple[int, int]) -> bool:
    """True where a day of the year comes after the other; 29 February may be there or not."""
    month, day = yesterday
    if yesterday == (2, 28) and today == (2, 29):
        return True
    return today == ((month, day + 1) if day < _MONTHS[month - 1] else (month % 12 + 1, 1))


def _value(fields: list[str], column: tuple[int, float, float, float], where: str) -> float:
    """A number of a record; NaN where it is empty, or the format's number for a missing value (9s all through)."""
    place, missing, lo, hi = column
    text, where = fields[place], f"{where}, field {place + 1}"
    value = number(text, -np.inf, np.inf, where)
    if value >= missing and text.strip().lstrip("9").lstrip(".").strip("09") == "":
        return np.nan
    return number(text, lo, hi, where)


class _Filling:
    """Fills what is missing in the columns of a file; `notes` says what was made up."""

    def __init__(self, path: Path, first_line: int, longest: int) -> None:
        """longest: so many missing values in a row are bridged by a straight line"""
        self.path, self.first_line, self.longest = path, first_line, longest
        self.notes: list[str] = []

    def air(self, raw: dict[str, Floats]) -> dict[str, Floats]:
        """Temperature, humidity and wind."""
        temp = self._bridged(raw["outdoor_temp"], "outdoor_temp")
        moist = complete_humidity(temp, raw["dew_point"], raw["humidity"] / 100.0, self.path, self.first_line)
        dew, humidity = (self._bridged(values, "dew_point and humidity") for values in moist)
        wind = raw["wind_speed"]
        if longest_gap(wind) > self.longest:
            self.notes.append(f"wind_speed is missing, {STILL_WIND:g} m/s assumed")
            wind = np.where(np.isnan(wind), STILL_WIND, wind)
        wind = self._bridged(wind, "wind_speed")
        return {"outdoor_temp": temp, "dew_point": dew, "humidity": humidity, "wind_speed": wind}

    def sky(self, raw: dict[str, Floats], place: Sun) -> dict[str, Floats]:
        """Radiation: each of global, direct and diffuse from the other two where it is missing."""
        given = [np.maximum(raw[name], 0.0) for name in _RADIATION]
        self.notes += [
            f"{name} is missing, made from what is there of global, direct and diffuse"
            for name, values in zip(_RADIATION, given, strict=True)
            if longest_gap(values) > self.longest
        ]
        made = zip(_RADIATION, complete_irradiance(place, *given), strict=True)
        return {"infrared": raw["infrared"]} | {name: self._bridged(values, name) for name, values in made}

    def _bridged(self, values: Floats, what: str) -> Floats:
        return fill(values, self.first_line, self.path, what, self.longest)


def read_epw(year: EpwYear, start: datetime, duration_s: float) -> Series:
    """A series of a typical year: the calendar from `start` (local standard time), on across New Year.

    A 29 February that the file lacks repeats the 28th. Irradiance at a mark is the mean of the steps around it.
    """
    c = year.columns
    place = sun(year.site, year.middles())
    sky = facade_columns(place, *(c[name] for name in _RADIATION))
    air = [c["outdoor_temp"], c["dew_point"], np.minimum(c["humidity"], 1.0), c["wind_speed"]]
    columns = [np.roll(values, 1) for values in air] + [0.5 * (values + np.roll(values, 1)) for values in sky]
    times, offset = marks(start, duration_s, year.step_s)
    index = _places(times, year.leap, round(year.step_s))
    return assemble(start, offset, [values[index] for values in columns], year.step_s)


def _places(times: Times, leap_file: bool, step_s: int) -> NDArray[np.int64]:
    """The place of each mark in a file's year, by month, day and time of day."""
    years = times.astype("datetime64[Y]")
    seconds = (times - years.astype("datetime64[s]")).astype(np.int64)
    leap = (years + 1).astype("datetime64[D]") - years.astype("datetime64[D]") == np.timedelta64(366, "D")
    late = seconds >= 59 * 86400
    shift = 86400 * (~leap & late) if leap_file else -86400 * (leap & late)
    return np.asarray((seconds + shift) // step_s, np.int64)
