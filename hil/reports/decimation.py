"""Fewer points for a plot, without losing what matters: the extremes of every stretch, and gaps."""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def decimate(values: NDArray[np.float64], most: int = 2000) -> Indices:
    """Which points to draw, at most `most`, in order of time.

    Points within a run of equal values are left out first, which loses nothing. If that is not enough, equally long
    stretches keep their least and their greatest value, and one unknown (NaN) where they have any, so gaps stay gaps.
    """
    same = np.zeros(values.size, np.bool_)
    same[1:-1] = (values[1:-1] == values[:-2]) & (values[1:-1] == values[2:])
    moving = np.flatnonzero(~same)
    if moving.size <= most:
        return moving
    unknown = np.isnan(values)
    width = -(-values.size // ((most - 2) // (3 if unknown.any() else 2)))
    count = -(-values.size // width)
    rows = np.minimum(np.arange(count * width), values.size - 1).reshape(count, width)
    numbers, gaps, each = values[rows], unknown[rows], np.arange(count)
    least = rows[each, np.where(gaps, np.inf, numbers).argmin(axis=1)]
    greatest = rows[each, np.where(gaps, -np.inf, numbers).argmax(axis=1)]
    unknowns = rows[each, gaps.argmax(axis=1)][gaps.any(axis=1)]
    return np.unique(np.concatenate(([0], least, greatest, unknowns, [values.size - 1])))
