"""Words about time in conditions, each against its definition in a plain loop, and live as on a recording."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import Event, MemoryRecording
from scenarios.expressions.binding import bind_condition
from scenarios.expressions.live import compile_live
from scenarios.expressions.series import condition_series
from scenarios.expressions.text import parse
from twin.errors import InputError

NAN = float("nan")
UNITS = {"x.y": "degC"}
quick = settings(max_examples=80, deadline=None)


@st.composite
def recordings(draw, unknown=True):
    """Uneven times in half seconds, a temperature, two yes or no, and an event that comes now and then."""
    time = np.cumsum(draw(st.lists(st.sampled_from([0.5, 1.0, 2.0, 3.5]), min_size=1, max_size=25)))
    temps = [18.0, 19.0, 20.0, 21.0, *([NAN] if unknown else [])]
    flags = [0.0, 1.0, *([NAN] if unknown else [])]
    signals = {"x.y": draw(st.lists(st.sampled_from(temps), min_size=time.size, max_size=time.size))}
    for path in ("a.on", "b.on"):
        signals[path] = draw(st.lists(st.sampled_from(flags), min_size=time.size, max_size=time.size))
    begins = sorted(draw(st.lists(st.integers(0, 40), unique=True, max_size=4)))
    events = [Event(begin / 2, "go") for begin in begins]
    events += [Event(begin / 2 + 0.25, "go", on=False) for begin in begins]
    return MemoryRecording(time, signals, UNITS, events)


def series(text, recording):
    return condition_series(bind_condition(parse(text), recording), recording)


def told(text, recording):
    """1, 0 or NaN (not known) at every time."""
    found = series(text, recording)
    return [1.0 if true else 0.0 if false else NAN for true, false in zip(found.true, found.false, strict=True)]


def live(text, recording):
    """The same, asked instant by instant."""
    now: dict[str, float] = {}
    step = compile_live(bind_condition(parse(text), recording), now.__getitem__)
    answers = []
    for index, at in enumerate(recording.time_s):
        now.update({path: float(recording.signal(path)[index]) for path in recording.paths()})
        answers.append(step(float(at)))
    return answers


def same(found, expected):
    return np.array_equal(np.asarray(found, float), np.asarray(expected, float), equal_nan=True)


widths = st.integers(1, 16).map(lambda half: half / 2)


def clock_at(minutes):
    """A recording that shows the local time, given as minutes since the midnight of some day."""
    minutes = np.asarray(minutes, float)
    shown = {"rig.local_time": 20_000 * 86400.0 + 60.0 * minutes, "x.y": 20 + 0 * minutes}
    return MemoryRecording(np.arange(minutes.size), shown, {"rig.local_time": "s"} | UNITS)


@quick
@given(st.lists(st.integers(0, 2879), min_size=1, max_size=12), st.integers(0, 1440), st.integers(0, 1440))
def test_time_of_day(halves, begin, end):
    recording = clock_at([half / 2 for half in halves])
    text = f"{begin // 60:02}:{begin % 60:02} <= time_of_day < {end // 60:02}:{end % 60:02}"
    expected = [float(begin <= half / 2 % 1440 < end) for half in halves]
    assert told(text, recording) == expected == live(text, recording)


def test_how_far_it_is_from_a_time_of_day_is_told_in_seconds():
    found = series("time_of_day >= 6:30:30", clock_at([389, 391]))
    assert (found.margin.tolist(), found.unit) == ([-90.0, 30.0], "s")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("time_of_day > 6 h", "a time of day is compared with another, as in time_of_day >= 06:30"),
        ("x.y > 06:30", "a time of day is compared with another"),
        ("time_of_day - 06:00 > 5 min", "a time of day is compared with another"),
        ("rate(time_of_day) > 3 1/s", "a time of day is compared with another"),
        ("time_of_day > 25:00", "25:00 is no time of day"),
        ("time_of_day > 06:75", "06:75 is no time of day"),
        ("x.y > 3 degC held for", "expected a time, such as 5 min, got the end"),
        ("x.y > 3 degC held 5 s", "expected 'for', got '5'"),
        ("x.y > 3 degC held for 0 s", "held takes a time above zero"),
        ("rising(x.y > 3 degC) held for 5 s", "what holds for a moment only is never held for a time"),
        ("within 5 s x.y > 3 degC", "expected 'of', got 'x.y'"),
        ("within 5 K of x.y > 3 degC", "K does not fit s"),
        ("count(x.y > 3 degC) > 3", "takes a condition and a time"),
        ("count(x.y > 3 degC, 0 s) > 3", "count takes a time above zero"),
        ("previous(x.y, 5 K) > 3 degC", "K does not fit s"),
        ("previous(x.y, 0 s) > 3 degC", "a time above zero"),
        ("previous(x.y, 5 s, 5 s) > 3 degC", "takes a signal, and a time"),
        ("time_of_dy > 06:00", "did you mean 'time_of_day'"),
    ],
)
def test_mistakes(text, message):
    with pytest.raises(InputError, match=message) as caught:
        bind_condition(parse(text, "x.yaml:3:5"), clock_at([0]))
    assert "x.yaml:3:5" in str(caught.value)


@quick
@given(recordings())
def test_since_an_event(recording):
    begins = [event.time_s for event in recording.events if event.on]
    expected = [float(any(begin <= t < begin + 2.5 for begin in begins)) for t in recording.time_s]
    assert told("since(go) < 2.5 s", recording) == expected
    expected = [float(any(begin + 0.25 <= t < begin + 2.75 for begin in begins)) for t in recording.time_s]
    assert told("since(go.end) < 2.5 s", recording) == expected


@quick
@given(recordings())
def test_since_a_condition(recording):
    on = recording.signal("a.on")
    rises = [t for i, t in enumerate(recording.time_s) if i and on[i] == 1 and on[i - 1] != 1]
    expected = [float(any(rise <= t <= rise + 2.5 for rise in rises)) for t in recording.time_s]
    assert told("since(a.on) <= 2.5 s", recording) == expected == live("since(a.on) <= 2.5 s", recording)


def ago(recording, path, width):
    """The value that held so long ago, at every time; the first one where nothing is so old."""
    time, values = recording.time_s, recording.signal(path)
    return [next((v for s, v in zip(time[::-1], values[::-1], strict=True) if s <= t - width), values[0]) for t in time]


@quick
@given(recordings(), widths)
def test_previous(recording, width):
    values = recording.signal("x.y")
    for text, was in [
        (f"x.y > previous(x.y, {width} s)", ago(recording, "x.y", width)),
        ("x.y > previous(x.y)", [values[0], *values[:-1]]),
    ]:
        expected = [NAN if np.isnan(v + w) else float(v > w) for v, w in zip(values, was, strict=True)]
        assert same(told(text, recording), expected)
        assert same(live(text, recording), expected)


def all_of(values):
    """What a condition is that must hold at all of these."""
    return 0.0 if 0.0 in values else NAN if any(map(np.isnan, values)) else 1.0


def window(recording, path, begin, end):
    """The values that hold at some moment of [begin, end]."""
    time, values = recording.time_s, recording.signal(path)
    following = [*time[1:], np.inf]
    return [v for s, e, v in zip(time, following, values, strict=True) if s <= end and e > begin]


@quick
@given(recordings(), widths)
def test_held_for(recording, width):
    start = recording.time_s[0]
    expected = [0.0 if t - width < start else all_of(window(recording, "a.on", t - width, t)) for t in recording.time_s]
    text = f"a.on held for {width} s"
    assert same(told(text, recording), expected)
    assert same(live(text, recording), expected)
    assert same(told(f"not {text}", recording), [1 - value for value in expected])


@quick
@given(recordings(unknown=False), widths)
def test_the_margin_of_held_for_is_the_least_of_the_time(recording, width):
    found = series(f"x.y > 19.5 degC held for {width} s", recording)
    start = recording.time_s[0]
    least = [
        -np.inf if t - width < start else min(window(recording, "x.y", t - width, t)) - 19.5 for t in recording.time_s
    ]
    assert (found.margin.tolist(), found.unit) == (least, "K")


def any_of(values):
    """What a condition is that must hold at one of these."""
    return 1.0 if 1.0 in values else NAN if any(map(np.isnan, values)) else 0.0


@quick
@given(recordings(), widths)
def test_within_of(recording, width):
    on = recording.signal("a.on")
    near = [any_of(window(recording, "b.on", t - width, t + width)) for t in recording.time_s]
    assert same(told(f"within {width} s of b.on", recording), near)
    both = [0.0 if 0.0 in pair else pair[0] * pair[1] for pair in zip(on, near, strict=True)]
    assert same(told(f"a.on within {width} s of b.on", recording), both)


@quick
@given(recordings(unknown=False), widths)
def test_within_of_a_moment(recording, width):
    time, on = recording.time_s, recording.signal("b.on")
    rises = [t for i, t in enumerate(time) if i and on[i] > on[i - 1]]
    expected = [float(any(abs(t - rise) <= width for rise in rises)) for t in time]
    assert told(f"within {width} s of rising(b.on)", recording) == expected


def test_held_for_binds_closer_than_and_and_looser_than_a_comparison():
    for text, same_as in [
        ("a.on and b.on held for 5 s", "a.on and (b.on held for 5 s)"),
        ("a.on within 5 s of b.on", "a.on and (within 5 s of b.on)"),
        ("not within 5 s of b.on and a.on", "(not (within 5 s of b.on)) and a.on"),
        ("not a.on held for 5 s", "not (a.on held for 5 s)"),
        ("x.y > 20 degC held for 1 min 5 s or a.on", "((x.y > 20 degC) held for 65 s) or a.on"),
    ]:
        directory = MemoryRecording([0], {"x.y": [0], "a.on": [0], "b.on": [0]}, UNITS)
        assert bind_condition(parse(text), directory) == bind_condition(parse(same_as), directory)


def test_previous_of_a_mode_and_of_a_yes_or_no():
    recording = MemoryRecording(
        [0, 1, 2], {"h.mode": [0, 1, 0], "a.on": [0, 0, 1]}, values={"h.mode": {0: "off", 1: "heat"}}
    )
    assert told("previous(h.mode) == heat and h.mode == off", recording) == [0, 0, 1]
    assert told("a.on and not previous(a.on)", recording) == [0, 0, 1]
    assert told("previous(a.on, 1 s)", recording) == [0, 0, 0]


@quick
@given(recordings(), widths, st.integers(0, 3))
def test_count(recording, width, most):
    time, on = recording.time_s, recording.signal("a.on")
    rises = [t for i, t in enumerate(time) if i and on[i] == 1 and on[i - 1] != 1]
    expected = [float(sum(t - width < rise <= t for rise in rises) <= most) for t in time]
    text = f"count(a.on, {width} s) <= {most}"
    assert told(text, recording) == expected == live(text, recording)


def test_without_the_time_of_the_rig_it_is_not_known():
    with pytest.raises(InputError, match=r"rig\.local_time"):
        bind_condition(parse("time_of_day > 06:00"), MemoryRecording([0.0], {"x.y": [20.0]}, UNITS))
