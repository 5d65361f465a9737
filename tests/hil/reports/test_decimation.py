"""Decimation keeps extremes, gaps, ends and steps; short or calm signals lose nothing."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hil.reports.decimation import decimate


@given(st.integers(0, 2**32 - 1), st.integers(1, 30_000), st.sampled_from([0.0, 0.3]))
def test_extremes_and_ends_stay_in_every_stretch(seed: int, size: int, unknown: float) -> None:
    random = np.random.default_rng(seed)
    values = random.normal(size=size).cumsum()
    values[random.random(size) < unknown] = np.nan
    kept = decimate(values, 200)
    assert kept.size <= 200
    assert (np.diff(kept) > 0).all()
    assert (kept[0], kept[-1]) == (0, size - 1)
    if not np.isnan(values).all():
        assert np.nanmin(values[kept]) == np.nanmin(values)
        assert np.nanmax(values[kept]) == np.nanmax(values)
    assert np.isnan(values[kept]).any() == np.isnan(values).any()


def test_a_single_spike_of_one_row_is_kept_where_it_is() -> None:
    values = np.sin(np.arange(26_000) / 500.0)
    values[17_003] = 9.0
    kept = decimate(values)
    assert kept.size <= 2000
    assert 17_003 in kept


def test_a_calm_stretch_inside_a_noisy_signal_stays_flat() -> None:
    values = np.random.default_rng(2).normal(10.0, 1.0, 20_000)
    values[5_000:9_000] = 0.0
    kept = decimate(values)
    drawn = np.interp(np.arange(5_100, 8_900), kept, values[kept])
    assert (drawn == 0.0).all()


def test_steps_are_kept_without_loss() -> None:
    values = np.repeat([0.0, 1.0, 0.0, 3.0], 10_000)
    kept = decimate(values)
    assert kept.size == 8
    assert np.array_equal(np.interp(np.arange(values.size), kept, values[kept]), values)
