"""within, settles, alarm, sequence: seen to pass, to fail, to be inconclusive and not to be exercised."""

import math

import numpy as np
import pytest

T = np.arange(101.0)


def where(true, low=0.0, high=1.0):
    """A signal over T: `high` where true, else `low`."""
    return np.where(true, high, low)


def case(line, expected, last, **signals):
    """A line of `expect`, what it must give (`verdict: margin unit @ at_s`), the last time recorded, the signals."""
    return line, expected, last, signals


STARTS = "after: down, within: 30 s, that: hp_2.running"
STAYS = "after: down, within: 30 s, hold: 20 s, that: hp_2.running"
FOLLOWS = "after: hp_1.running, within: 5 s, that: hp_2.running"
ALARM = "alarm: hp_1.alarm_flow, after: down, within: 10 s"
CLEARED = f"{ALARM}, cleared: {{after: down.end, within: 9 s}}"
SETTLE = "after: down, settle: {signal: supply.temp, to: 35 degC, band: 2 K, within: 30 s, hold: 10 s}"
OVER = "after: down, overshoot: {signal: supply.temp, to: 35 degC, at_most: 2 K, within: 30 s}"
STEP = "after: opened, overshoot: {signal: supply.temp, to: supply.setpoint, at_most: 2 K}"
ORDERED = "after: down, within: 40 s, sequence: [hp_1.running, {that: hp_2.running, within: 15 s}, valve.position]"
ONE_TWO = "sequence: [hp_1.running, hp_2.running]"
BACK = "after: down, within: 30 s, that: supply.temp - at_trigger(supply.temp) > -1 K"
MEAN_BEFORE = "after: down, within: 30 s, that: 'supply.temp - before(supply.temp, 20 s) > 1 K'"
EACH = "after: hp_1.running, within: 5 s, hold: 1 s, that: supply.temp - at_trigger(supply.temp) > -1 K"
CASES = [
    case(BACK, "pass: 8.0 s @ 42", 100, temp=where((T < 20) | (T >= 42), 10, 40)),
    case(BACK, "fail: -50.0 s @ 50", 100, temp=where(T < 20, 10, 40)),
    case(BACK, "pass: 30.0 s @ 20", 100, temp=where(T >= 50, 30, 40)),
    case(MEAN_BEFORE, "pass: 8.0 s @ 42", 100, temp=where((T < 10) | (T >= 42), 30, 40)),
    case(MEAN_BEFORE, "fail: -50.0 s @ 50", 100, temp=where(T < 20, 30, 40)),
    case(EACH, "fail: -15.0 s @ 75", 100, hp1=T % 20 >= 10, temp=where((T < 70) | (T >= 90), 10, 40)),
    case(STARTS, "pass: 8.0 s @ 42", 100, hp2=where(T >= 42)),
    case(STARTS, "pass: 30.0 s @ 20", 100, hp2=where(T >= 0)),
    case(STARTS, "fail: -5.0 s @ 50", 100, hp2=where(T >= 55)),
    case(STARTS, "fail: -50.0 s @ 50", 100),
    case(STARTS, "inconclusive: None s @ 46", 45),
    case(STARTS, "not exercised", 19),
    case("after: down, within: 90 s, that: hp_2.running", "inconclusive: None s @ 100", 100),
    case(STAYS, "fail: -50.0 s @ 50", 100, hp2=where((T >= 42) & (T < 61))),
    case(STAYS, "pass: 8.0 s @ 42", 100, hp2=where((T >= 42) & (T < 62))),
    case(
        "after: down, within: 30 s, hold: 60 s, that: hp_2.running",
        "inconclusive: None s @ 50",
        100,
        hp2=where(T >= 42),
    ),
    case(FOLLOWS, "pass: 3.0 s @ 12", 100, hp1=T % 20 >= 10, hp2=T % 20 >= 12),
    case(FOLLOWS, "fail: -25.0 s @ 75", 100, hp1=T % 20 >= 10, hp2=(T % 20 >= 12) & (T < 60)),
    case(FOLLOWS, "not exercised", 100, hp1=where(T >= 0)),
    case("within: 5 s, that: hp_2.running", "pass: 2.0 s @ 3", 100, hp2=where(T >= 3)),
    case(ALARM, "pass: 6.0 s @ 24", 100, alarm=where(T >= 24)),
    case(ALARM, "fail: -4.0 s @ 30", 100, alarm=where(T >= 34)),
    case(ALARM, "fail: None @ 20", 100, alarm=where(T >= 10)),
    case(ALARM, "inconclusive: None s @ 26", 25),
    case(ALARM, "not exercised", 10),
    case(CLEARED, "pass: 3.0 s @ 66", 100, alarm=where((T > 21) & (T < 66))),
    case(CLEARED, "fail: -31.0 s @ 69", 100, alarm=where(T > 21)),
    case(SETTLE, "pass: 1.0 K @ 45", 100, temp=where(T >= 45, 30, 36)),
    case(SETTLE, "fail: -3.0 K @ 50", 100, temp=where(T >= 51, 30, 36)),
    case(SETTLE, "fail: -3.0 K @ 50", 100, temp=where((T >= 45) & (T < 54), 30, 36)),
    case(SETTLE, "inconclusive: None K @ 50", 50, temp=where(T >= 45, 30, 36)),
    case(SETTLE, "inconclusive: None K @ 41", 40, temp=30 + 0 * T),
    case(SETTLE, "not exercised", 10, temp=35 + 0 * T),
    case(SETTLE, "fail: None K @ 50", 100, temp=where(T >= 0, 0, math.nan)),
    case(OVER, "pass: 0.5 K @ 30", 100, temp=where(T < 30, 36.5, 30)),
    case(OVER, "pass: 2.0 K @ 20", 100, temp=where(T < 60, 45, 30)),
    case(OVER, "pass: 1.0 K @ 30", 100, temp=where(T < 30, 34, 40)),
    case(OVER, "fail: -3.0 K @ 25", 100, temp=where((T > 24) & (T < 40), 30, 40)),
    case(OVER, "fail: -1.0 K @ 40", 100, temp=35 + 3 * (T >= 40)),
    case(OVER, "inconclusive: None K @ 30", 40, temp=where(T < 30, 36.5, 30)),
    case(OVER, "fail: -3.0 K @ 30", 40, temp=where(T < 30, 40, 30)),
    case(OVER, "fail: None @ 30", 100, temp=where(T < 30, math.nan, 30)),
    case(OVER, "not exercised", 15, temp=where(T < 30, 36.5, 30)),
    case(STEP, "not exercised", 100),
    case(ORDERED, "pass: 5.0 s @ 41", 100, hp1=T > 24, hp2=T > 34, valve=T > 40),
    case(ORDERED, "fail: -5.0 s @ 45", 100, hp1=T > 24, hp2=T > 44, valve=T > 50),
    case(ORDERED, "fail: -5.0 s @ 65", 100, hp1=T > 24, hp2=T > 34, valve=T > 64),
    case(ORDERED, "fail: -60.0 s @ 25", 100, hp1=T > 24, hp2=T > 22, valve=T > 40),
    case(ORDERED, "fail: -40.0 s @ 60", 100, hp1=T > 24, hp2=T > 34),
    case(ORDERED, "inconclusive: None @ 31", 30, hp1=T > 24),
    case(ORDERED, "not exercised", 10),
    case(ONE_TWO, "fail: None s @ 100", 100, hp1=T > 24),
    case(ONE_TWO, "inconclusive: None @ 61", 60, hp1=T > 24),
    case(ONE_TWO, "pass: None s @ 91", 100, hp1=T > 24, hp2=T > 90),
]


@pytest.mark.parametrize(("line", "expected", "last", "signals"), CASES)
def test_what_follows_a_trigger(check, line, expected, last, signals):
    check(line, expected, last, signals)


def test_every_verdict_is_seen():
    for key in ("that", "settle", "overshoot", "alarm", "sequence"):
        seen = {expected.partition(":")[0] for line, expected, *_ in CASES if f"{key}:" in line}
        assert {"pass", "fail", "inconclusive", "not exercised"} <= seen, key
