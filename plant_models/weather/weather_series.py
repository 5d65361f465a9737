"""A regular series of weather, and how the missing columns are made from those that are there."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from plant_models.weather.sun import ORIENTATIONS, Floats, Site, Times, plane_irradiance, split_global, sun

COLUMNS = (
    "outdoor_temp", "dew_point", "humidity", "wind_speed", "global_irradiance", "direct_irradiance",
    "diffuse_irradiance", "irradiance_south", "irradiance_west", "irradiance_north", "irradiance_east",
)  # fmt: skip
"""The columns of a series, in order; units as the points of `Weather`."""


@dataclass(frozen=True)
class Series:
    """Weather at equal steps: `values` one row per `step_s`, the scenario starts `offset_s` after the first row."""

    values: Floats
    step_s: float
    start: datetime
    offset_s: float = 0.0
    columns: tuple[str, ...] = COLUMNS

    def column(self, name: str) -> Floats:
        """One column by its name."""
        return self.values[:, self.columns.index(name)]


def hour_marks(start: datetime, duration_s: float) -> tuple[Times, float]:
    """The full hours that span a scenario, both ends included, and the offset of its start from the first [s]."""
    first = start.replace(minute=0, second=0, microsecond=0)
    offset = (start - first).total_seconds()
    count = int(np.ceil((offset + duration_s) / 3600.0)) + 1
    return np.datetime64(first, "s") + np.arange(count) * np.timedelta64(3600, "s"), offset


def saturation_pressure(temp: Floats) -> Floats:
    """Vapour pressure of saturated air [Pa] over water (Magnus, WMO)."""
    return np.asarray(611.2 * np.exp(17.62 * temp / (243.12 + temp)), np.float64)


def relative_humidity(temp: Floats, dew_point: Floats) -> Floats:
    """Relative humidity, 0..1."""
    return np.clip(saturation_pressure(dew_point) / saturation_pressure(temp), 0.0, 1.0)


def irradiance_columns(site: Site, times: Times, horizontal: Floats) -> list[Floats]:
    """The seven irradiance columns at instants with a known global horizontal irradiance."""
    place = sun(site, times)
    direct, diffuse = split_global(place, horizontal)
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
