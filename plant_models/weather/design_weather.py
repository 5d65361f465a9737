"""Built-in weather of Beijing: a synthetic design year, flat and hot design days, a cold snap
(docs/physics/weather.md#design-values, #synthetic-weather).

Deterministic and free of any licence; the constants were fitted to four measured years.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import numpy as np

from plant_models.weather.site import BEIJING
from plant_models.weather.sun import Floats, Times, clear_sky, days_into_year, sun
from plant_models.weather.weather_series import (
    Series,
    assemble,
    irradiance_columns,
    marks,
    midnight,
    relative_humidity,
)

CLEARNESS = 0.64
"""Share of the clear-sky irradiance on an ordinary day (winter sunshine of Beijing,
docs/physics/weather.md#synthetic-weather)."""
SEED = 2943
"""Chosen for a design year: January -1.9, July 26.7 degC, three days below -7.6 and one below -9.9 degC."""
_SPREAD, _MEMORY = 2.7, 0.71
_WIND = 2.0
_HOT_DAY = np.array(
    [-0.26, -0.35, -0.38, -0.42, -0.45, -0.47, -0.41, -0.28, -0.12, 0.03, 0.16, 0.29,
     0.40, 0.48, 0.52, 0.51, 0.43, 0.39, 0.28, 0.14, 0.00, -0.10, -0.17, -0.23]
)  # fmt: skip
"""Daily course of the summer design day from 00 h, share of the range (GB 50736-2012 4.1.11)."""


def day_deviations(seed: int = SEED) -> Floats:
    """How much each of 366 days is warmer than the season [K]: AR(1), 2.7 K, 0.71 from day to day."""
    noise = np.random.default_rng(seed).standard_normal(366)
    found = np.empty(366)
    found[0] = _SPREAD * noise[0]
    for day in range(1, 366):
        found[day] = _MEMORY * found[day - 1] + _SPREAD * np.sqrt(1.0 - _MEMORY**2) * noise[day]
    return found


def design_year_temp(times: Times, seed: int = SEED) -> Floats:
    """Outdoor temperature of the synthetic year [degC] at local standard times of any year."""
    days = days_into_year(times)
    season = 13.4 + 14.6 * np.cos(2.0 * np.pi * (days + 1.0 - 195.0) / 365.25)
    daily = 4.4 * np.cos(2.0 * np.pi * (days * 24.0 - 14.8) / 24.0)
    year = times.astype("datetime64[Y]")
    length = ((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")).astype(np.int64)
    today = days.astype(np.int64)
    tomorrow = np.where(today + 1 < length, today + 1, 0)
    deviation = day_deviations(seed)
    part = days - today
    return np.asarray(season + daily + (1.0 - part) * deviation[today] + part * deviation[tomorrow], np.float64)


def snap_shape(hours: Floats, rise: float = 48.0, hold: float = 18.0, fall: float = 48.0) -> Floats:
    """Course of a cold snap, 0..1, at hours since its beginning: smooth rise, hold, smooth fall
    (docs/physics/weather.md#synthetic-weather).

    Multiply by the depth D [K] and subtract from the temperature: 5 yearly, 10 record-like, 13 beyond the extremes.
    """
    into = np.clip(hours / rise, 0.0, 1.0)
    out = np.clip((hours - rise - hold) / fall, 0.0, 1.0)
    return np.asarray(into * into * (3.0 - 2.0 * into) - out * out * (3.0 - 2.0 * out), np.float64)


def _series(
    start: datetime, offset_s: float, times: Times, temp: Floats, dew_point: Floats, clearness: float
) -> Series:
    """A series of a temperature, a dew point and a share of the clear sky over Beijing."""
    horizontal = clearness * clear_sky(sun(BEIJING, times))
    wind = np.full(len(times), _WIND)
    sky = irradiance_columns(BEIJING, times, horizontal)
    return assemble(start, offset_s, [temp, dew_point, relative_humidity(temp, dew_point), wind, *sky])


def design_year(start: datetime, duration_s: float, seed: int = SEED) -> Series:
    """The synthetic year; dew point 8 K below in winter and 4 K in summer."""
    times, offset = marks(start, duration_s)
    temp = design_year_temp(times, seed)
    below = 6.0 + 2.0 * np.cos(2.0 * np.pi * (days_into_year(times) - 15.0) / 365.25)
    return _series(start, offset, times, temp, temp - below, CLEARNESS)


def flat_day(temp: float, start: datetime, duration_s: float, below: float = 8.0) -> Series:
    """A constant temperature without sun, for the proof of a capacity; dew point `below` it [K]."""
    times, offset = marks(start, duration_s)
    level = np.full(len(times), temp)
    return _series(start, offset, times, level, level - below, 0.0)


def hot_day(start: datetime, duration_s: float) -> Series:
    """The summer design day over and over: mean 29.6, highest 33.5 degC, clear, dew point 23.9 degC (wet bulb 26.4)."""
    times, offset = marks(start, duration_s)
    hours = np.rint(days_into_year(times) * 24.0).astype(np.int64) % 24
    temp = 29.6 + 7.5 * _HOT_DAY[hours]
    return _series(start, offset, times, temp, np.full(len(times), 23.9), 1.0)


def january_2016(start: datetime, duration_s: float) -> Series:
    """The snap of 21 - 25 January 2016, from 00:00 of the day of the start: daily means -4.8, -9.6, -14.2, -9.9, -4.8.

    The measured snap was shorter than the general shape: 36 h rise, 10 h hold, 36 h fall, 10 K deep, from 19:00 of the
    first day. Before and after it -4.8 degC with 1.5 K of daily course; clear sky.
    """
    times, offset = marks(start, duration_s)
    hours = (times - np.datetime64(midnight(start), "s")) / np.timedelta64(3600, "s")
    daily = 1.5 * np.cos(2.0 * np.pi * (hours - 14.8) / 24.0)
    temp = -4.8 + daily - 10.0 * snap_shape(hours - 19.0, 36.0, 10.0, 36.0)
    return _series(start, offset, times, temp, temp - 8.0, 1.0)


BUILT_IN: dict[str, Callable[[datetime, float], Series]] = {
    "beijing_design_year": design_year,
    "beijing_heating_design_day": partial(flat_day, -7.6),
    "beijing_winter_design_day": partial(flat_day, -9.9),
    "beijing_record_cold_day": partial(flat_day, -14.2),
    "beijing_damp_cold_day": partial(flat_day, 1.0, below=0.5),
    "beijing_summer_design_day": hot_day,
    "beijing_january_2016_shape": january_2016,
}
"""The built-in weathers by name; the flat days are -7.6, -9.9 and -14.2 degC (docs/physics/weather.md#design-values,
#cold-snap).

The damp day (1 degC, 96 % relative humidity) is the worst for coils that frost; its numbers are this project's."""
