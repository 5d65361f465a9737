"""Windows over signals that hold their value until the next time: extremes, runs, first moments. Windows in seconds.

Everything is O(N) or O(N log N) in numpy; times need not be equidistant.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Indices = NDArray[np.int64]


def held_index(time: Floats, at: Floats) -> Indices:
    """The index of the value that holds at each moment; 0 for moments before the first time."""
    return np.maximum(np.searchsorted(time, at, side="right") - 1, 0)


def range_max(values: Floats, first: Indices, last: Indices) -> Floats:
    """max(values[first .. last]) for each pair of indices, both included. A sparse table, one level at a time."""
    result = values[first].copy()
    length = last - first + 1
    level = np.frexp(length.astype(np.float64))[1] - 1
    table, step = values, 1
    for power in range(int(level.max(initial=0)) + 1):
        chosen = level == power
        result[chosen] = np.maximum(table[first[chosen]], table[last[chosen] - step + 1])
        if table.size > step:
            table = np.maximum(table[:-step], table[step:])
        step *= 2
    return result


def sliding_max(time: Floats, values: Floats, width: float) -> Floats:
    """The greatest value in [t, t + width] for every time t; at the end, over what is there."""
    last = held_index(time, time + width)
    return range_max(values, np.arange(time.size), last)


def least_held(time: Floats, values: Floats, hold: float) -> Floats:
    """The least value in [t, t + hold) for every time t (the value at t where hold is 0)."""
    first = np.arange(time.size)
    last = np.maximum(np.searchsorted(time, time + hold, side="left") - 1, first)
    return -range_max(-values, first, last)


def runs(flags: Flags) -> tuple[Indices, Indices]:
    """Where runs of True begin, and the index behind their last True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return edges[0::2], edges[1::2]


def first_true(flags: Flags, start: Indices) -> Indices:
    """The index of the first True at or after each start; len(flags) where there is none."""
    size = flags.size
    marks = np.append(np.where(flags, np.arange(size), size), size)
    following = np.minimum.accumulate(marks[::-1])[::-1]
    return following[np.minimum(start, size)]


def any_true(flags: Flags, first: Indices, last: Indices) -> Flags:
    """Whether any of flags[first .. last] is True for each pair of indices, both included."""
    before = np.concatenate(([0], np.cumsum(flags)))
    return before[last + 1] > before[first]


def run_length(time: Floats, flags: Flags, end: float) -> Floats:
    """How long [s] the flag stays True from every time on; 0 where it is False. The last value holds to `end`."""
    stop = first_true(~flags, np.arange(flags.size))
    edges = np.append(time, end)
    return np.where(flags, edges[stop] - time, 0.0)


def durations(time: Floats, begin: float, end: float) -> Floats:
    """How long [s] each value holds within [begin, end]."""
    edges = np.clip(np.append(time, max(end, time[-1])), begin, end)
    return np.diff(edges)


def most_in_window(moments: Floats, width: float) -> tuple[int, float]:
    """The greatest number of moments in any [s, s + width), and the beginning of that window."""
    if moments.size == 0:
        return 0, 0.0
    counts = np.searchsorted(moments, moments + width, side="left") - np.arange(moments.size)
    worst = int(np.argmax(counts))
    return int(counts[worst]), float(moments[worst])


def least_in_window(moments: Floats, width: float, begin: float, end: float) -> tuple[int, float]:
    """The least number of moments in any [s, s + width) inside [begin, end], and the beginning of that window.

    The least is found where a window begins just behind a moment or ends just before one, or at the ends.
    """
    behind = moments[(moments >= begin) & (moments + width < end)]
    before = moments[(moments - width >= begin) & (moments <= end)] - width
    starts = np.concatenate(([begin, end - width], before, behind))
    low = np.searchsorted(moments, starts, side="left")
    low[2 + before.size :] = np.searchsorted(moments, behind, side="right")
    high = np.searchsorted(moments, starts + width, side="left")
    high[2 : 2 + before.size] = np.searchsorted(moments, before + width, side="left")
    high[2 + before.size :] = np.searchsorted(moments, behind + width, side="right")
    counts = high - low
    worst = int(np.argmin(counts))
    return int(counts[worst]), float(starts[worst])
