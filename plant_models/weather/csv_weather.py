"""Weather from CSV files: measured values at equal steps, with real dates. docs/weather.md describes the columns."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from pathlib import Path

import numpy as np

from plant_models.weather.design_weather import CLEARNESS
from plant_models.weather.site import BEIJING, Site
from plant_models.weather.sun import Floats, clear_sky, complete_irradiance, sun
from plant_models.weather.text_lines import fill, number, numbered_lines
from plant_models.weather.weather_series import (
    STILL_WIND,
    Series,
    assemble,
    complete_humidity,
    facade_columns,
    irradiance_columns,
    relative_humidity,
)
from twin.errors import InputError

ALLOWED = {
    "outdoor_temp": (-90.0, 60.0), "dew_point": (-90.0, 60.0), "humidity": (0.0, 1.05), "wind_speed": (0.0, 120.0),
    "global_irradiance": (-20.0, 1800.0), "direct_irradiance": (-20.0, 1800.0), "diffuse_irradiance": (-20.0, 1800.0),
}  # fmt: skip
"""The columns beside `time`, with the lowest and highest value that is taken."""
CSV_COLUMNS = {
    "time": "time", **{name: name for name in ALLOWED},
    "TEMP": "outdoor_temp", "DEWP": "dew_point", "WSPM": "wind_speed",
}  # fmt: skip
"""Headings of a file, and what they are; those in capitals are the headings of the air-quality stations of Beijing."""
_SKY = ("global_irradiance", "direct_irradiance", "diffuse_irradiance")
_BELOW = 6.0
"""Dew point below the air temperature [K] where a file says nothing of moisture: assumed."""


def read_csv(
    path: Path,
    start: datetime,
    duration_s: float,
    columns: Mapping[str, str] | None = None,
    site: Site = BEIJING,
    clearness: float = CLEARNESS,
) -> Series:
    """A series out of a CSV file (plain or .gz): a header, ISO times at equal steps, and at least the temperature.

    start: local standard time of the site, or a moment with its offset; stamps likewise
    columns: what the file's columns are, default `CSV_COLUMNS`. Gaps of up to 6 values are filled. Without a column of
    irradiance the sun is `clearness` times the clear sky over `site`. Raises InputError with the line of the fault.
    """
    start = site.local(start)
    table = _read_table(path, dict(columns or CSV_COLUMNS), site, start, duration_s)
    step = (table.stamps[1] - table.stamps[0]).total_seconds()
    temp = table.column("outdoor_temp")
    if temp is None:
        raise InputError(f"{path}:1: no column for outdoor_temp")
    notes: list[str] = []
    dew_point, humidity = _moisture(table, temp, notes)
    wind = table.column("wind_speed")
    if wind is None:
        notes.append(f"no wind_speed in the file, {STILL_WIND:g} m/s assumed")
        wind = np.full(len(temp), STILL_WIND)
    sky = _sky(table, site, clearness, notes)
    offset = (start - table.stamps[0]).total_seconds()
    return assemble(start, offset, [temp, dew_point, humidity, wind, *sky], step).at(site, tuple(notes))


@dataclass
class _Table:
    """The rows of a file that span a scenario: local standard times, values, names of the values, line numbers."""

    path: Path
    places: list[int]
    names: list[str]
    stamps: list[datetime] = field(default_factory=list)
    rows: list[list[float]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def column(self, name: str) -> Floats | None:
        """A column with its short gaps filled; None where the file has none."""
        raw = self.raw(name)
        return None if raw is None else fill(raw, self.lines[0], self.path, name)

    def raw(self, name: str) -> Floats | None:
        """A column as it is, NaN where a value is missing; irradiance a little below zero is zero."""
        if name not in self.names:
            return None
        place = self.names.index(name)
        values = np.array([row[place] for row in self.rows])
        return np.maximum(values, 0.0) if name in _SKY else values

    def keep(self, stamp: datetime, values: list[float], line: int, start: datetime) -> None:
        """Add a row; those before the start are given up, but for the last."""
        if stamp <= start:
            self.stamps, self.rows, self.lines = [], [], []
        self.stamps.append(stamp)
        self.rows.append(values)
        self.lines.append(line)


def _moisture(table: _Table, temp: Floats, notes: list[str]) -> tuple[Floats, Floats]:
    """Dew point and relative humidity."""
    dew, humidity = table.raw("dew_point"), table.raw("humidity")
    if dew is None and humidity is None:
        notes.append(f"neither dew_point nor humidity in the file, dew point {_BELOW:g} K below the air assumed")
        return temp - _BELOW, relative_humidity(temp, temp - _BELOW)
    missing = np.full(len(temp), np.nan)
    both = complete_humidity(
        temp, missing if dew is None else dew, missing if humidity is None else humidity, table.path, table.lines[0]
    )
    filled = [fill(values, table.lines[0], table.path, "dew_point and humidity") for values in both]
    return filled[0], np.clip(filled[1], 0.0, 1.0)


def _sky(table: _Table, site: Site, clearness: float, notes: list[str]) -> list[Floats]:
    """The seven columns of irradiance: the file's own, or a share of the clear sky where it has none."""
    times = np.array(table.stamps, "datetime64[us]")
    given = [table.raw(name) for name in _SKY]
    here = [name for name, values in zip(_SKY, given, strict=True) if values is not None]
    if not here:
        notes.append(f"no irradiance in the file, {clearness:g} of the clear sky assumed")
        return irradiance_columns(site, times, clearness * clear_sky(sun(site, times)))
    if here in (["direct_irradiance"], ["diffuse_irradiance"]):
        raise InputError(
            f"{table.path}:1: {here[0]} alone is not enough; give global_irradiance, or two of {', '.join(_SKY)}"
        )
    place = sun(site, times)
    missing = np.full(len(times), np.nan)
    whole = complete_irradiance(place, *(missing if values is None else values for values in given))
    return facade_columns(
        place, *(fill(values, table.lines[0], table.path, name) for name, values in zip(_SKY, whole, strict=True))
    )


def _read_table(path: Path, columns: dict[str, str], site: Site, start: datetime, duration_s: float) -> _Table:
    """The rows that span the scenario."""
    end = start + timedelta(seconds=duration_s)
    with numbered_lines(path) as lines:
        places, names = _header(next(lines, (1, [""]))[1], columns, str(path))
        table = _Table(path, places, names)
        step = first = before = offset = None
        for line, fields in lines:
            where = f"{path}:{line}"
            given = _stamp(fields, places[0], where)
            offset = given.tzinfo is not None if offset is None else offset
            if offset != (given.tzinfo is not None):
                raise InputError(
                    f"{where}: {given} and the times before it: one has an offset from UTC, the other none"
                )
            stamp = _local(given, site, where)
            if before is not None:
                step = step or stamp - before
                if stamp - before != step or step <= timedelta(0):
                    raise InputError(f"{where}: the time {stamp} does not follow {before} at the step of the file")
            first, before = first or stamp, stamp
            if table.stamps and table.stamps[-1] >= end and stamp > start:
                break
            if len(fields) <= max(places):
                raise InputError(f"{where}: {len(fields)} fields, {max(places) + 1} are needed")
            found = [number(fields[p], *ALLOWED[n], where) for p, n in zip(places[1:], names, strict=True)]
            table.keep(stamp, found, line, start)
    stamps = table.stamps
    if stamps and stamps[0] > start:
        raise InputError(
            f"weather file {path} covers nothing before {first}, not {start} .. {end}, in local standard time"
        )
    if len(stamps) < 2 or stamps[-1] < end:
        raise InputError(
            f"weather file {path} covers {first} .. {before}, not {start} .. {end}, in local standard time"
        )
    return table


def csv_end(path: Path, site: Site) -> datetime | None:
    """The last time of a file, in local standard time of the site; None where it has none."""
    last = None
    with numbered_lines(path) as lines:
        places, _ = _header(next(lines, (1, [""]))[1], CSV_COLUMNS, str(path))
        for line, fields in lines:
            last = (fields, f"{path}:{line}")
    return None if last is None else _local(_stamp(last[0], places[0], last[1]), site, last[1])


def _stamp(fields: list[str], place: int, where: str) -> datetime:
    try:
        return datetime.fromisoformat(fields[place].strip())
    except (ValueError, IndexError):
        raise InputError(f"{where}: no ISO time such as 2016-01-23 08:00:00 in field {place + 1}") from None


def _local(stamp: datetime, site: Site, where: str) -> datetime:
    try:
        return site.local(stamp)
    except OverflowError:
        raise InputError(f"{where}: the time {stamp} is out of this calendar") from None


def _header(header: list[str], columns: dict[str, str], where: str) -> tuple[list[int], list[str]]:
    """Places of the time and of the known columns, and the names of the latter; a misspelt one is refused."""
    found: dict[str, int] = {}
    for place, heading in enumerate(header):
        name = heading.strip()
        if name not in columns:
            close = get_close_matches(name.lower(), columns, 1, 0.8)
            if close:
                raise InputError(f"{where}:1: a column {name[:40]!r}; did you mean {close[0]!r}?")
            continue
        if columns[name] in found:
            raise InputError(f"{where}:1: two columns for {columns[name]}; got {header[:20]}")
        found[columns[name]] = place
    for needed in ("time", "outdoor_temp"):
        if needed not in found:
            wanted = [name for name, meaning in columns.items() if meaning == needed]
            raise InputError(f"{where}:1: no column {' or '.join(wanted) or needed} for {needed}; got {header[:20]}")
    names = [name for name in ALLOWED if name in found]
    return [found["time"], *(found[name] for name in names)], names
