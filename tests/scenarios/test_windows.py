"""Sliding windows against brute force on arbitrary, not equidistant times."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import windows

steps = st.lists(st.integers(1, 5), min_size=1, max_size=25)
widths = st.integers(0, 20).map(lambda half: half / 2)


@st.composite
def signals(draw):
    time = np.cumsum(draw(steps)).astype(float)
    values = draw(st.lists(st.integers(-9, 9), min_size=time.size, max_size=time.size))
    return time, np.asarray(values, float)


@settings(max_examples=150, deadline=None)
@given(signals(), widths)
def test_sliding_extremes(signal, width):
    time, values = signal
    most, least = windows.sliding_max(time, values, width), windows.least_held(time, values, width)
    for i, t in enumerate(time):
        inside = values[(time >= t) & (time <= t + width)]
        held = values[(time == t) | ((time >= t) & (time < t + width))]
        assert (most[i], least[i]) == (inside.max(), held.min())


@settings(max_examples=150, deadline=None)
@given(signals())
def test_runs_and_first_true(signal):
    time, values = signal
    flags = values > 0
    starts, stops = windows.runs(flags)
    again = np.zeros_like(flags)
    for start, stop in zip(starts, stops, strict=True):
        again[start:stop] = True
        assert start == 0 or not flags[start - 1]
        assert stop == flags.size or not flags[stop]
    assert (again == flags).all()
    first = windows.first_true(flags, np.arange(flags.size))
    lasting = windows.run_length(time, flags, time[-1] + 7)
    for i in range(flags.size):
        following = [k for k in range(i, flags.size) if flags[k]]
        assert first[i] == (following[0] if following else flags.size)
        end = next((time[k] for k in range(i, flags.size) if not flags[k]), time[-1] + 7)
        assert lasting[i] == (end - time[i] if flags[i] else 0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 40), max_size=15), st.integers(1, 15), st.integers(16, 40))
def test_counts_in_windows(moments, width, end):
    moments = np.unique(np.asarray([m for m in moments if m <= end], float))
    starts = np.arange(0, end - width + 0.01, 0.25)  # finer than the whole seconds of the moments

    def count(start):
        return int(((moments >= start) & (moments < start + width)).sum())

    most, most_at = windows.most_in_window(moments, width)
    least, least_at = windows.least_in_window(moments, width, 0.0, float(end))
    every = [count(start) for start in np.arange(0, end + 0.01, 0.25)]
    assert most == max(every)
    assert count(most_at) == most
    assert least == min(count(start) for start in starts)
    assert 0 <= least_at <= end - width


@settings(max_examples=100, deadline=None)
@given(signals(), widths, widths)
def test_durations(signal, begin, length):
    time, _ = signal
    end = begin + length
    held = windows.durations(time, begin, end)
    edges = [*time, max(end, time[-1])]
    for i in range(time.size):
        assert held[i] == max(0.0, min(edges[i + 1], end) - max(edges[i], begin))


def test_a_million_samples_take_no_time():
    time = np.arange(1_000_000.0)
    values = np.sin(time / 5000)
    assert windows.least_held(time, values, 600.0)[12345] == values[12345 : 12345 + 600].min()
