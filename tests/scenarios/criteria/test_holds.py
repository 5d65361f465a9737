"""always, never, between: seen to pass, to fail, to be inconclusive and not to be exercised."""

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


dip = 35 - 7 * ((T >= 40) & (T < 46))
ALWAYS = "always: supply.temp > 30 degC"
GRACE = f"{ALWAYS}, grace: 10 s"
YES = "always: hp_1.running, grace: 10 s"
CHANGE = "always: hp_1.running, from: down, until: hp_2.running, within: 20 s"
COLD = "never: supply.temp < 30 degC and hp_1.running"
BAND = "between: supply.temp, lo: 30 degC, hi: 45 degC"
CASES = [
    case(ALWAYS, "pass: 3.0 K @ 100", 100, temp=35 - T / 50),
    case(ALWAYS, "fail: -2.0 K @ 40", 100, temp=dip),
    case(ALWAYS, "inconclusive: 5.0 K @ 0", 39, temp=dip),
    case(ALWAYS, "fail: -2.0 K @ 40", 50, temp=dip),
    case(ALWAYS, "fail: -1.0 s @ 70", 100, temp=where(T == 70, 35, math.nan)),
    case(GRACE, "pass: 5.0 K @ 0", 100, temp=dip),
    case(GRACE, "fail: -2.0 K @ 40", 100, temp=35 - 7 * ((T >= 40) & (T < 55))),
    case(GRACE, "inconclusive: 5.0 K @ 0", 100, temp=35 - 7 * (T >= 95)),
    case(f"{GRACE}, until: 43 s", "pass: 5.0 K @ 0", 100, temp=35 - 7 * (T >= 40)),
    case(f"{GRACE}, until: 51 s", "fail: -2.0 K @ 40", 100, temp=35 - 7 * (T >= 40)),
    case(f"{GRACE}, until: 43 s", "inconclusive: 5.0 K @ 0", 42, temp=35 - 7 * (T >= 40)),
    case(YES, "pass: 4.0 s @ 50", 100, hp1=where((T < 50) | (T >= 56))),
    case(YES, "fail: -5.0 s @ 50", 100, hp1=where((T < 50) | (T >= 65))),
    case("always: hp_1.running", "pass", 100, hp1=where(T >= 0)),
    case("always: hp_1.running, from: down, until: down.end", "pass", 100, hp1=where((T > 15) & (T < 70))),
    case("always: hp_1.running, after: down, before: 50 s", "fail: -0.0 s @ 50", 100, hp1=where(T < 50)),
    case("always: hp_1.running, from: opened", "not exercised", 100, hp1=where(T >= 0)),
    case(f"{ALWAYS}, while: hp_1.running", "pass: 5.0 K @ 61", 100, hp1=where(T > 60), temp=dip),
    case(f"{ALWAYS}, while: hp_1.running", "not exercised", 100, temp=dip),
    case(CHANGE, "pass: 8.0 s @ 32", 100, hp1=where(T < 32), hp2=where(T >= 32)),
    case(CHANGE, "pass: 20.0 s @ 20", 100, hp2=where(T >= 10)),
    case(CHANGE, "pass: 0.0 s @ 40", 100, hp1=where(T < 40), hp2=where(T >= 40)),
    case(CHANGE, "fail: -2.0 s @ 30", 100, hp1=where(T < 30), hp2=where(T >= 32)),
    case(CHANGE, "fail: -5.0 s @ 40", 100, hp1=where(T >= 0), hp2=where(T >= 45)),
    case(CHANGE, "fail: -60.0 s @ 40", 100, hp1=where(T >= 0)),
    case(CHANGE, "inconclusive", 35, hp1=where(T >= 0)),
    case(CHANGE, "not exercised", 15, hp1=where(T >= 0)),
    case(f"{ALWAYS}, until: down, within: 30 s", "pass: 5.0 K @ 0", 100, temp=dip),
    case(f"{ALWAYS}, until: opened, within: 60 s", "fail: -40.0 s @ 60", 100, temp=where(T >= 0, 0, 35)),
    case(COLD, "pass: 5.0 K @ 51", 100, hp1=where(T > 50), temp=dip),
    case(COLD, "fail: -2.0 K @ 44", 100, hp1=where(T > 43), temp=dip),
    case("between: supply.temp, lo: 20 degC, hi: 36 degC", "pass: 1.0 K @ 0", 100, temp=dip),
    case(BAND, "fail: -2.0 K @ 40", 100, temp=dip),
    case(BAND, "inconclusive: 5.0 K @ 0", 30, temp=dip),
    case("never: hp_1.running", "inconclusive", 60),
    case("never: hp_1.running, from: opened", "not exercised", 100),
    case("between: supply.temp, lo: 30 degC, hi: 45 degC, from: opened", "not exercised", 100),
]


@pytest.mark.parametrize(("line", "expected", "last", "signals"), CASES)
def test_a_condition_that_holds(check, line, expected, last, signals):
    check(line, expected, last, signals)


def test_every_verdict_is_seen():
    for key in ("always", "never", "between"):
        seen = {expected.partition(":")[0] for line, expected, *_ in CASES if f"{key}:" in line}
        assert {"pass", "fail", "inconclusive", "not exercised"} <= seen, key
