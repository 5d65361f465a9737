"""always with grace, within with hold, and settle against their definitions, evaluated on a fine grid of moments."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import Event, MemoryRecording, Outcome
from scenarios.criteria.holds import Always
from scenarios.criteria.overshoots import Overshoots
from scenarios.criteria.responses import Settles, Within

END = 40
FINE = 0.25  # all times of the test are multiples of 0.5 s, so a quarter second misses nothing


@st.composite
def recordings(draw):
    inner = draw(st.lists(st.integers(1, END - 1), unique=True, max_size=12))
    time = [0.0, *sorted(map(float, inner)), float(END)]
    values = draw(st.lists(st.integers(-3, 3), min_size=len(time), max_size=len(time)))
    trigger = draw(st.integers(0, 2 * END)) / 2
    return MemoryRecording(time, {"x.y": [20.0 + v for v in values]}, {"x.y": "degC"}, [Event(trigger, "go")]), trigger


def at(recording, moment):
    """The value held at a moment."""
    return recording.signal("x.y")[np.searchsorted(recording.time_s, moment, side="right") - 1]


def moments(begin, end):
    return np.arange(begin, end + FINE / 2, FINE)


def held(start, hold):
    """The moments of [start, start + hold) up to the end of the recording; start itself at least."""
    last = min(start + hold - FINE, END)
    return moments(start, max(start, last))


halves = st.integers(0, 24).map(lambda half: half / 2)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def judged(kind, recording, **keys) -> Outcome:
    return kind.model_validate({"id": "c", **keys}).judge(recording)


@quick
@given(recordings(), halves)
def test_always_with_grace(made, grace):
    recording, _ = made
    found = judged(Always, recording, always="x.y > 19.5 degC", grace=f"{grace} s")
    margin = [at(recording, t) - 19.5 for t in moments(0, END)]
    width = round(grace / FINE)
    starts = [t for t in range(len(margin)) if (t * FINE + grace < END or grace == 0)]
    best = [max(margin[t : t + width + 1]) for t in starts]
    if min(best, default=1.0) <= 0:
        assert (found.verdict, found.margin) == ("fail", pytest.approx(min(best)))
    else:
        tail = grace > 0 and any(margin[t] <= 0 and max(margin[t:]) <= 0 for t in range(len(margin)))
        assert found.verdict == ("inconclusive" if tail else "pass")
        assert found.margin == pytest.approx(min(best)) or found.unit == "s"


@quick
@given(recordings(), halves, halves)
def test_within_with_hold(made, within, hold):
    recording, trigger = made
    found = judged(Within, recording, that="x.y > 19.5 degC", after="go", within=f"{within} s", hold=f"{hold} s")

    def stays(start):
        return all(at(recording, t) > 19.5 for t in held(start, hold))

    whole = [s for s in moments(trigger, END) if s + hold <= END and stays(s)]
    cut = [s for s in moments(trigger, END) if s + hold > END and stays(s)]
    deadline = trigger + within
    if whole and whole[0] <= deadline:
        assert (found.verdict, found.margin) == ("pass", deadline - whole[0])
    elif deadline > END or (cut and cut[0] <= deadline):
        assert found.verdict == "inconclusive"
    else:
        assert found.verdict == "fail"
        assert found.margin == deadline - (whole[0] if whole else END)


@quick
@given(recordings(), halves, halves)
def test_settle(made, within, hold):
    recording, trigger = made
    asked = {"signal": "x.y", "to": "20 degC", "band": "1.5 K", "within": f"{within} s", "hold": f"{hold} s"}
    found = judged(Settles, recording, settle=asked, after="go")

    def room(start):
        return min(1.5 - abs(at(recording, t) - 20) for t in held(start, hold))

    starts = [s for s in moments(trigger, trigger + within) if s <= END]
    sure = max((room(s) for s in starts if s + hold <= END), default=-np.inf)
    hopeful = max((room(s) for s in starts if s + hold > END), default=-np.inf)
    if sure >= 0:
        assert (found.verdict, found.margin) == ("pass", sure)
    elif hopeful >= 0 or trigger + within > END:
        assert found.verdict == "inconclusive"
    else:
        assert found.verdict == "fail"
        assert found.margin == (sure if np.isfinite(sure) else None)


@quick
@given(recordings(), halves)
def test_always_until_within(made, within):
    recording, trigger = made
    found = judged(
        Always, recording, always="x.y > 18.5 degC", after="go", until="x.y > 21.5 degC", within=f"{within} s"
    )
    deadline = trigger + within
    came = next((t for t in moments(trigger, END) if at(recording, t) > 21.5), np.inf)
    last = min(came - FINE, deadline - FINE, END)
    held = all(at(recording, t) > 18.5 for t in moments(trigger, last)) if last >= trigger else True
    if not held or (came > deadline and deadline <= END):
        assert found.verdict == "fail"
    elif came > deadline:
        assert found.verdict == "inconclusive"
    else:
        assert found.verdict == "pass"
        assert found.margin == pytest.approx(deadline - came) or found.unit == "K"


@quick
@given(recordings(), halves, st.integers(0, 3))
def test_overshoot(made, within, most):
    recording, trigger = made
    asked = {"signal": "x.y", "to": "20.5 degC", "at_most": f"{most} K", "within": f"{within} s"}
    found = judged(Overshoots, recording, overshoot=asked, after="go")
    was = at(recording, max(trigger - FINE, 0.0))
    way = 1 if was < 20.5 else -1
    end = min(trigger + within, END)
    beyond = max(0.0, *(way * (at(recording, t) - 20.5) for t in moments(trigger, end)))
    expected = "fail" if beyond > most else "inconclusive" if trigger + within > END else "pass"
    assert found.verdict == expected
    assert found.margin == (None if expected == "inconclusive" else most - beyond)
