"""The weather as one row of numbers, interpolated from a regular series in the kernel.

`weather("beijing_design_year", start, duration)` makes the series: a built-in name or a path to an EPW or CSV file.
`set_up` puts the clock of the row at the start; `advance_weather` then carries it on tick by tick, without Python.
Times are local standard time. Sources: docs/physics/weather.md.
"""

import math
from datetime import datetime
from pathlib import Path

from plant_models.weather.csv_weather import csv_end, read_csv
from plant_models.weather.design_weather import BUILT_IN
from plant_models.weather.epw import read_epw, read_epw_year
from plant_models.weather.site import BEIJING, Site
from plant_models.weather.weather_series import Series
from twin.errors import InputError, unknown
from twin.kernel import Rows, kernel
from twin.points import Model, sensor, state

_LONGEST = 20 * 366 * 86400.0
YEAR_S = 365 * 86400.0
"""A typical year repeats after so long; each leap day shifts it against the calendar by a day more."""
_FIRST_YEAR, _LAST_YEAR = 1971, 2085
"""Local time is seconds since 1970 in 32 bits on the bus, after the longest run too."""


class Weather(Model):
    """Outdoor air, sun and calendar at the site; one row. The first points, in order, are the columns of a series.

    `temp_shift` is added to the outdoor temperature and the dew point: a scenario sets or ramps it for a cold snap.
    """

    symbol = None
    outdoor_temp = sensor("degC", doc="dry-bulb temperature, shift included")
    dew_point = sensor("degC", -8.0, doc="dew point of the outdoor air, shift included")
    humidity = sensor("1", 0.5, doc="relative humidity")
    wind_speed = sensor("m/s", doc="wind speed at 10 m")
    global_irradiance = sensor("W/m2", doc="on the horizontal")
    direct_irradiance = sensor("W/m2", doc="beam, on a plane facing the sun")
    diffuse_irradiance = sensor("W/m2", doc="of the sky, on the horizontal")
    irradiance_south = sensor("W/m2", doc="on a south facade")
    irradiance_west = sensor("W/m2", doc="on a west facade")
    irradiance_north = sensor("W/m2", doc="on a north facade")
    irradiance_east = sensor("W/m2", doc="on an east facade")

    temp_shift = state("K", doc="added to the outdoor temperature; a scenario's cold snap")
    temp_variation = state("K", doc="added to the outdoor temperature; drawn by the seed of a run")
    hour = sensor("h", doc="local standard time of day, 0..24")
    day_of_year = sensor("1", 1.0, doc="1 on 1 January")
    weekday = sensor("1", doc="0 on Monday, 6 on Sunday")
    time_s = state("s", doc="time since the start of the scenario")
    step_s = state("s", 3600.0, doc="step of the series")
    offset_s = state("s", doc="time from the first row of the series to the start")
    start_second = state("s", doc="second of the day at the start")
    start_weekday = state("1", doc="weekday at the start, 0 on Monday")
    start_day = state("1", 1.0, doc="day of the year at the start")
    start_year = state("1", 2001.0, doc="year of the start")
    repeat_s = state(
        "s", doc="a typical year goes on from so much earlier when its series has ended; 0: the last row holds"
    )


def weather(name_or_path: str, start: datetime, duration_s: float, site: Site | None = None) -> Series:
    """The series from `start` over `duration_s`; it knows its site and the local standard time at which it starts.

    name_or_path: a built-in name (see design_weather.BUILT_IN) or a file .epw, .csv or .csv.gz. An EPW or a design year
    stands for any year and runs on across New Year; a CSV holds real dates and must cover the span.
    start: a moment with its offset from UTC, or local standard time of the site without one
    site: where the plant stands; where it is not said, an EPW file's own place, else Beijing. The hours of an EPW
    file are local standard time wherever the plant stands, and its sun is that of the file's place.
    Raises InputError for an unknown name, a bad file or a span that is not covered.
    """
    if not 0.0 <= duration_s <= _LONGEST:
        raise InputError(f"weather {name_or_path}: a duration of {duration_s:g} s is outside 0 .. {_LONGEST:g} s")
    path = Path(name_or_path)
    here = site or BEIJING
    if name_or_path in BUILT_IN:
        return BUILT_IN[name_or_path](_local(here, start), duration_s).at(here, repeats=True)
    lower = path.name.lower()
    if lower.endswith((".epw", ".epw.gz")):
        year = read_epw_year(path)
        here = site or year.site
        return read_epw(year, _local(here, start), duration_s).at(here, year.notes, repeats=True)
    if lower.endswith((".csv", ".csv.gz")):
        return read_csv(path, _local(here, start), duration_s, site=here)
    raise unknown("weather", name_or_path, [*BUILT_IN, "<file>.epw", "<file>.csv", "<file>.csv.gz"])


def reach(name_or_path: str, start: datetime, site: Site | None = None) -> float:
    """How far weather reaches from a start [s]: a table of real dates to its end, any other for ever."""
    here = site or BEIJING
    if not name_or_path.lower().endswith((".csv", ".csv.gz")):
        return math.inf
    end = csv_end(Path(name_or_path), here)
    return math.inf if end is None else (end - _local(here, start)).total_seconds()


def weather_path(name_or_path: str, source: str) -> str:
    """A built-in name as it is, and a file beside the one that names it.

    source: the file in which the name stands
    """
    if name_or_path in BUILT_IN or not name_or_path.lower().endswith((".epw", ".csv", ".gz")):
        return name_or_path
    return str(Path(source).parent / name_or_path)


def _local(site: Site, start: datetime) -> datetime:
    """Local standard time of the start; InputError outside the years that clocks on a bus can show."""
    if not _FIRST_YEAR <= start.year < _LAST_YEAR:
        raise InputError(f"a start in the year {start.year} is outside {_FIRST_YEAR} .. {_LAST_YEAR - 1}")
    return site.local(start)


def set_up(row: Rows, series: Series) -> None:
    """Put the row at the start of the series: its calendar and the first values."""
    start = series.start
    row.time_s = 0.0
    row.step_s = series.step_s
    row.offset_s = series.offset_s
    row.start_second = start.hour * 3600.0 + start.minute * 60.0 + start.second + start.microsecond * 1e-6
    row.start_weekday = start.weekday()
    row.start_day = start.timetuple().tm_yday
    row.start_year = start.year
    row.repeat_s = YEAR_S if series.repeats and (len(series.values) - 1) * series.step_s >= YEAR_S else 0.0
    _interpolate(row, series.values)


@kernel
def advance_weather(table: Rows, series: Rows, dt: float) -> None:
    """Let dt [s] pass: calendar and interpolated values of the one row. dt is a whole number of milliseconds.

    Past its end a series of a year or more that stands for any year goes on 365 days earlier, so that a plant may be
    served for years; a measured one stays at its last row.
    series: float64 array, one row per `step_s`, the columns of `COLUMNS`.
    """
    if len(table) == 0:
        return
    table[0].time_s = math.floor((table[0].time_s + dt) * 1000.0 + 0.5) / 1000.0
    _interpolate(table[0], series)


@kernel
def _day_of_year(year: float, day: float) -> float:
    """Day of its own year, of a day counted from 1 January of `year` on (1 on that day)."""
    length = 365.0
    while True:
        leap = year % 4.0 == 0.0 and (year % 100.0 != 0.0 or year % 400.0 == 0.0)
        length = 366.0 if leap else 365.0
        if day <= length:
            return day
        day -= length
        year += 1.0


@kernel
def _interpolate(row: Rows, series: Rows) -> None:
    """Calendar and values at the row's present time."""
    seconds = row.start_second + row.time_s
    days = math.floor(seconds / 86400.0)
    row.hour = (seconds - days * 86400.0) / 3600.0
    weekday = row.start_weekday + days
    row.weekday = weekday - 7.0 * math.floor(weekday / 7.0)
    row.day_of_year = _day_of_year(row.start_year, row.start_day + days)
    place = max(0.0, (row.offset_s + row.time_s) / row.step_s)
    last = len(series) - 1
    while row.repeat_s > 0.0 and place > last:
        place -= row.repeat_s / row.step_s
    k = min(int(place), last)
    after = min(k + 1, last)
    f = min(place - k, 1.0)
    row.outdoor_temp = series[k, 0] + f * (series[after, 0] - series[k, 0]) + row.temp_shift + row.temp_variation
    row.dew_point = series[k, 1] + f * (series[after, 1] - series[k, 1]) + row.temp_shift + row.temp_variation
    row.humidity = series[k, 2] + f * (series[after, 2] - series[k, 2])
    row.wind_speed = series[k, 3] + f * (series[after, 3] - series[k, 3])
    row.global_irradiance = series[k, 4] + f * (series[after, 4] - series[k, 4])
    row.direct_irradiance = series[k, 5] + f * (series[after, 5] - series[k, 5])
    row.diffuse_irradiance = series[k, 6] + f * (series[after, 6] - series[k, 6])
    row.irradiance_south = series[k, 7] + f * (series[after, 7] - series[k, 7])
    row.irradiance_west = series[k, 8] + f * (series[after, 8] - series[k, 8])
    row.irradiance_north = series[k, 9] + f * (series[after, 9] - series[k, 9])
    row.irradiance_east = series[k, 10] + f * (series[after, 10] - series[k, 10])
