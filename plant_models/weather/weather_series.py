"""A regular series of weather, and how the missing columns are made from those that are there."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from plant_models.weather import psychrometrics as moist
from plant_models.weather.site import BEIJING, Site
from plant_models.weather.sun import ORIENTATIONS, Floats, Sun, Times, plane_irradiance, split_global, sun
from twin.errors import InputError

COLUMNS = (
    "outdoor_temp", "dew_point", "humidity", "wind_speed", "global_irradiance", "direct_irradiance",
    "diffuse_irradiance", "irradiance_south", "irradiance_west", "irradiance_north", "irradiance_east",
)  # fmt: skip
"""The columns of a series, in order; units as the points of `Weather`."""


@dataclass(frozen=True)
class Series:
    """Weather at equal steps: `values` one row per `step_s`, the scenario starts `offset_s` after the first row.

    start: local standard time of `site`; notes: what the file lacks and was made up, in words
    repeats: it stands for any year, and goes on anew where a run is longer than the series
    """

    values: Floats
    step_s: float
    start: datetime
    offset_s: float = 0.0
    columns: tuple[str, ...] = COLUMNS
    site: Site = BEIJING
    notes: tuple[str, ...] = ()
    repeats: bool = False

    def at(self, site: Site, notes: tuple[str, ...] = (), repeats: bool = False) -> "Series":
        """The same with its site, what is to be noted, and whether it stands for any year."""
        return replace(self, site=site, notes=notes, repeats=repeats)

    def column(self, name: str) -> Floats:
        """One column by its name."""
        return self.values[:, self.columns.index(name)]


STILL_WIND = 2.0
"""Wind speed where nothing is known of it [m/s]: assumed."""
_DAMPEST = 2.0
"""A dew point that lies farther than this above the air temperature [K] is a fault of the file, not of a sensor."""


def marks(start: datetime, duration_s: float, step_s: float = 3600.0) -> tuple[Times, float]:
    """The full steps that span a scenario, both ends included, and the offset of its start from the first [s].

    step_s: a whole part of an hour
    """
    passed = (start - midnight(start)).total_seconds()
    offset = passed % step_s
    first = start - timedelta(seconds=offset)
    count = int(np.ceil((offset + duration_s) / step_s)) + 1
    return np.datetime64(first, "s") + np.arange(count) * np.timedelta64(round(step_s), "s"), offset


def relative_humidity(temp: Floats, dew_point: Floats) -> Floats:
    """Relative humidity, 0..1, by the one law of vapour pressure (plant_models/weather/psychrometrics.py)."""
    pairs = zip(dew_point.tolist(), temp.tolist(), strict=True)
    found = [moist.vapour_pressure(dew) / moist.vapour_pressure(air) for dew, air in pairs]
    return np.clip(np.array(found, np.float64), 0.0, 1.0)


def complete_humidity(
    temp: Floats, dew_point: Floats, humidity: Floats, path: Path, first_line: int
) -> tuple[Floats, Floats]:
    """Dew point and relative humidity, each made from the other where it is missing (NaN); NaN where both are.

    Raises InputError for a dew point well above the air's temperature, with its line.
    """
    for k in np.flatnonzero(dew_point > temp + _DAMPEST)[:1]:
        raise InputError(
            f"{path}:{first_line + k}: a dew point of {dew_point[k]:g} degC above the air's {temp[k]:g} degC"
        )
    dew = np.minimum(dew_point, temp)
    missing = np.isnan(dew) & ~np.isnan(humidity)
    for k in np.flatnonzero(missing):
        dew[k] = moist.dew_point(max(humidity[k], 0.01) * moist.vapour_pressure(temp[k]))
    dew = np.minimum(dew, temp)
    return dew, np.where(np.isnan(humidity), relative_humidity(temp, dew), humidity)


def irradiance_columns(site: Site, times: Times, horizontal: Floats) -> list[Floats]:
    """The seven irradiance columns at instants with a known global horizontal irradiance."""
    place = sun(site, times)
    return facade_columns(place, horizontal, *split_global(place, horizontal))


def facade_columns(place: Sun, horizontal: Floats, direct: Floats, diffuse: Floats) -> list[Floats]:
    """The three irradiances, then that of the four facades."""
    facades = [plane_irradiance(place, direct, diffuse, azimuth) for azimuth in ORIENTATIONS.values()]
    return [horizontal, direct, diffuse, *(f.direct + f.diffuse for f in facades)]


def assemble(start: datetime, offset_s: float, columns: list[Floats], step_s: float = 3600.0) -> Series:
    """A series of the columns of `COLUMNS`, in order."""
    return Series(np.ascontiguousarray(np.stack(columns, axis=1), np.float64), step_s, start, offset_s)


def midnight(moment: datetime) -> datetime:
    """00:00 of the same day."""
    return moment - timedelta(
        hours=moment.hour, minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond
    )
