"""Fewer points for a plot, without losing what matters: the extremes of every stretch, and gaps."""

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.int64]


def decimate(values: NDArray[np.float64], most: int = 2000) -> Indices:
    """Which points to draw, at most `most`, in order of time.

    Points within a run of equal values are left out first, which loses nothing. If that is not enough, each of equally
    many stretches keeps its least and its greatest value, and one unknown (NaN) where it has any, so gaps stay gaps.
    """
    same = np.zeros(values.size, np.bool_)
    same[1:-1] = (values[1:-1] == values[:-2]) & (values[1:-1] == values[2:])
    moving = np.flatnonzero(~same)
    if moving.size <= most:
        return moving
    unknown = np.isnan(values[moving])
    width = -(-moving.size // ((most - 2) // (3 if unknown.any() else 2)))
    rows = np.resize(moving, -(-moving.size // width) * width).reshape(-1, width)
    rows[-1][rows[-1] < moving[(rows.shape[0] - 1) * width]] = moving[-1]
    numbers = values[rows]
    gaps = np.isnan(numbers)
    each = np.arange(rows.shape[0])
    least = rows[each, np.where(gaps, np.inf, numbers).argmin(axis=1)]
    greatest = rows[each, np.where(gaps, -np.inf, numbers).argmax(axis=1)]
    unknowns = rows[each, gaps.argmax(axis=1)][gaps.any(axis=1)]
    return np.unique(np.concatenate((moving[:1], least, greatest, unknowns, moving[-1:])))
