"""What conditions see when they look back in time on a recording: plain functions of times and values.

A value holds until the next time. Everything is asked at the times of the recording, which need not be equidistant.
"""

import numpy as np

from scenarios.recording import Floats
from scenarios.windows import held_index


def seconds_since(time: Floats, moments: Floats) -> Floats:
    """Time since the last of some moments (in order), at every time [s]; infinite before the first."""
    last = np.searchsorted(moments, time, side="right") - 1
    return time - np.concatenate((moments, [-np.inf]))[last]


def count(time: Floats, moments: Floats, width: float) -> Floats:
    """How many of some moments (in order) lie in (t - width, t], at every time t."""
    until = np.searchsorted(moments, time, side="right")
    return (until - np.searchsorted(moments, time - width, side="right")).astype(np.float64)


def previous(time: Floats, values: Floats, ago: float) -> Floats:
    """The values that held so long ago [s], or where that is 0 those before; at the beginning the first one."""
    if ago > 0.0:
        return values[held_index(time, time - ago)]
    return np.concatenate((values[:1], values[:-1]))


def rate(time: Floats, values: Floats) -> Floats:
    """The change since the time before [1/s]; 0 at the first time."""
    rate = np.zeros_like(values)
    rate[1:] = np.diff(values) / np.diff(time)
    return rate


def rolling_mean(time: Floats, values: Floats, window: float) -> Floats:
    """The mean over the `window` seconds before each time, weighted by time; over what is there at the beginning."""
    offset = values[0] if np.isfinite(values[0]) else 0.0
    steps = np.diff(time)
    unknown = np.isnan(values)
    integral = np.concatenate(([0.0], np.cumsum(np.where(unknown, 0.0, values - offset)[:-1] * steps)))
    lost = np.concatenate(([0.0], np.cumsum(unknown[:-1] * steps)))
    start = np.maximum(time - window, time[0])
    width = time - start
    with np.errstate(invalid="ignore"):
        mean = offset + (integral - np.interp(start, time, integral)) / width
    mean[0] = values[0]
    return np.where(lost - np.interp(start, time, lost) > 1e-9, np.nan, mean)
