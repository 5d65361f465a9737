"""The funnel: its tube against its definition on a fine grid, its verdicts, and references that are none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import MemoryRecording
from scenarios.criteria.funnel import Funnel
from scenarios.criteria.reference import Reference, read_reference
from twin.errors import InputError
from twin.recorder import Column, Recorder, Source

FINE = 0.125
RAMP = "time [min], x.y [degC], other [bar]\n0, 20, 1\n1, 30,\n2, 30, 2\n"


@settings(max_examples=120, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from([0.5, 1.0, 2.5]), st.integers(-4, 4)), min_size=2, max_size=12),
    st.integers(0, 8).map(lambda half: half / 2),
)
def test_the_tube(steps, late):
    time, values = np.cumsum([step for step, _ in steps]), np.asarray([value for _, value in steps], float)
    reference = Reference("r.csv", time, values, "K", float(time[-1]))
    at = np.arange(time[0], time[-1] + FINE, FINE)
    low, high = reference.tube(at, 0.5, late)
    fine = np.arange(time[0], time[-1] + FINE / 2, FINE)
    curve = np.interp(fine, time, values)
    for moment, lowest, highest in zip(at, low, high, strict=True):
        near = curve[(fine >= moment - late) & (fine <= moment + late)]
        assert (lowest, highest) == pytest.approx((near.min() - 0.5, near.max() + 0.5))


@pytest.fixture
def judged(tmp_path):
    """A signal, one value a second, judged against RAMP."""
    file = tmp_path / "ramp.csv"
    file.write_text(RAMP)

    def one(values, asked=None, **keys):
        values = np.asarray(values, float)
        recording = MemoryRecording(np.arange(values.size), {"x.y": values, "a.on": values > 25}, {"x.y": "degC"})
        tube = {"signal": "x.y", "reference": str(file), "value": "1 K"} | (asked or {})
        criterion = Funnel.model_validate({"id": "c", "funnel": tube, **keys})
        assert "of" in criterion.say()
        return criterion.judge(recording)

    return one


T = np.arange(121.0)
CURVE = np.minimum(20 + T / 6, 30.0)


def test_a_signal_in_the_tube_passes_and_tells_the_least_room(judged):
    found = judged(CURVE + 0.5 * (T == 90))
    assert (found.verdict, found.margin, found.unit, found.at_s) == ("pass", 0.5, "K", 90.0)


def test_a_signal_outside_fails_and_tells_when(judged):
    found = judged(CURVE + 3.0 * ((T >= 90) & (T < 95)))
    assert (found.verdict, found.margin, found.violation) == ("fail", -2.0, (90.0, 95.0))
    assert found.detail == "outside for 5 s from 1 min 30 s on"


def test_late_is_allowed_as_far_as_said(judged):
    late = np.interp(T - 12, T, CURVE)
    assert judged(late).verdict == "fail"
    assert judged(late, {"time": "6 s"}).verdict == "pass"
    assert judged(late, {"time": "5 s"}).verdict == "fail"


def test_what_is_covered_in_part_is_inconclusive_unless_it_fails(judged):
    longer = np.append(CURVE, [99.0])
    found = judged(longer)
    assert (found.verdict, found.detail) == (
        "inconclusive",
        "the recording or the reference covers a part of its window only",
    )
    assert judged(longer, until="2 min").verdict == "pass"
    assert judged(longer + 2.0).verdict == "fail"
    assert judged(longer, **{"from": "121 s"}).verdict == "inconclusive"


def test_only_while_a_condition_holds(judged):
    assert judged(CURVE - 3.0 * (T < 20), **{"while": "a.on"}).verdict == "pass"
    assert judged(0 * T, **{"while": "a.on"}).verdict == "not exercised"


def test_what_is_not_known_is_outside(judged):
    found = judged(np.where(T == 50, np.nan, CURVE))
    assert (found.verdict, found.margin) == ("fail", None)


def test_another_column_must_fit_the_signal(judged):
    found = judged(CURVE, {"column": "other"})
    assert (found.verdict, "is in bar, the signal in degC" in found.detail) == ("error", True)


def test_a_recording_is_a_reference(tmp_path, judged):
    file = tmp_path / "before.parquet"
    vector = np.zeros(1)
    with Recorder(tmp_path, [Source(vector, [Column("x.y", "degC", 0, "float64")])], 1000, {}) as recorder:
        for second, value in enumerate(CURVE):
            vector[:] = value
            recorder.record(second * 1000)
    (tmp_path / "recording.parquet").rename(file)
    assert judged(CURVE, {"reference": str(file)}).verdict == "pass"
    assert judged(CURVE + 2 * (T == 7), {"reference": str(file)}).at_s == 7.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"ref.csv:1:1: expected a header"),
        ("time, x.z [degC]\n0,1\n1,2\n", r"ref.csv:1:1: no column 'x.y'; did you mean 'x.z'"),
        ("time [K], x.y\n0,1\n1,2\n", r"ref.csv:1:1: the column time: "),
        ("time, x.y [\n0,1\n1,2\n", r"ref.csv:1:6: 'x.y \[' is no heading"),
        ("time, x.y\n0, 1\n1, warm\n", r"ref.csv:3:3: 'warm' is not a number"),
        ("time, x.y\n0, 1\n1, nan\n", r"ref.csv:3:3: 'nan' is not a number"),
        ("time, x.y\n0, 1\n", r"s.yaml:3:4: .*1 values; a reference has 2 to"),
        ("time, x.y\n0, 1\n5, 1\n5, 2\n", r"s.yaml:3:4: .*the times do not increase at 5 s"),
    ],
)
def test_what_is_no_reference_is_told(tmp_path, text, message):
    (tmp_path / "ref.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_reference(str(tmp_path / "ref.csv"), "x.y", "s.yaml:3:4")


def test_a_reference_that_is_missing_or_no_file_is_told_with_its_place(tmp_path):
    for name in ("none.csv", "none.parquet"):
        with pytest.raises(InputError, match=r"s.yaml:3:4: .*cannot be read"):
            read_reference(str(tmp_path / name), "x.y", "s.yaml:3:4")
