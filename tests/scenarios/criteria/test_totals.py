"""count, integral, ratio: seen to pass, to fail, to be inconclusive and not to be exercised."""

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
one = np.ones_like(T)
STARTS = "count: rising(hp_1.running), per: 30 s, at_most: 2"
COP = "ratio: {of: hp_1.heat, to: hp_1.power}, at_least: 3.2"
ENERGY = "integral: hp_1.power, at_most: 0.2 kWh"
CASES = [
    case(STARTS, "pass: 0.0 1 @ 10", 100, hp1=T % 20 >= 10),
    case(STARTS, "fail: -1.0 1 @ 6", 100, hp1=T % 12 >= 6),
    case(STARTS, "inconclusive: 0.0 1 @ 10", 60, hp1=T % 20 >= 10),
    case("count: hp_1.running, per: whole, at_least: 4, at_most: 9", "pass: 1.0 1 @ 0", 100, hp1=T % 20 >= 10),
    case("count: hp_1.running, per: whole, at_least: 6", "fail: -1.0 1 @ 0", 100, hp1=T % 20 >= 10),
    case("count: hp_1.running, per: whole, at_least: 6", "inconclusive: -3.0 1 @ 0", 60, hp1=T % 20 >= 10),
    case("count: hp_1.running, per: 30 s, at_least: 1", "fail: -1.0 1 @ 70", 100, hp1=where((T > 20) & (T < 25))),
    case("count: hp_1.running, at_most: 9", "inconclusive: 9.0 1 @ 0", 100, hp1=where(T == 50, 0, math.nan)),
    case("count: hp_1.running, at_most: 9, from: opened", "not exercised", 100),
    case(ENERGY, "pass: 0.1 kWh @ None", 100, power=3600 * one),
    case("integral: hp_1.power, at_most: 0.05 kWh", "fail: -0.05 kWh @ None", 100, power=3600 * one),
    case("integral: hp_1.power, at_most: 0.05 kWh", "fail: -0.03 kWh @ None", 79, power=3600 * one),
    case(ENERGY, "inconclusive: 0.149 kWh @ None", 50, power=3600 * one),
    case("integral: hp_1.power, at_least: 0.2 kWh", "inconclusive: -0.149 kWh @ None", 50, power=3600 * one),
    case("integral: hp_1.power, at_least: 0.2 kWh", "fail: -0.1 kWh @ None", 100, power=3600 * one),
    case(ENERGY, "inconclusive: None kWh @ None", 100, power=where(T == 50, 0, math.nan)),
    case("integral: hp_1.power, at_most: 0.2 kWh, from: opened", "not exercised", 100),
    case(f"{ENERGY}, from: down, until: down.end", "pass: 0.16 kWh @ None", 100, power=3600 * one),
    case("integral: supply.temp < 30 degC, at_most: 10 s", "pass: 4.0 s @ None", 100, temp=dip),
    case('integral: "max(30 degC - supply.temp, 0 K)", at_most: 10 K*s', "fail: -2.0 K*s @ None", 100, temp=dip),
    case(
        "integral: loop.flow, at_most: 2 m3, while: hp_1.running", "pass: 1.5 m3 @ None", 100, flow=36 * one, hp1=T < 50
    ),
    case(COP, "pass: 0.8 1 @ None", 100, heat=4 * one, power=one),
    case(COP, "fail: -0.2 1 @ None", 100, heat=3 * one, power=one),
    case(COP, "inconclusive: -0.2 1 @ None", 50, heat=3 * one, power=one),
    case(COP, "not exercised", 100, heat=3 * one),
]


@pytest.mark.parametrize(("line", "expected", "last", "signals"), CASES)
def test_a_total(check, line, expected, last, signals):
    check(line, expected, last, signals)


def test_every_verdict_is_seen():
    for key in ("count", "integral", "ratio"):
        seen = {expected.partition(":")[0] for line, expected, *_ in CASES if f"{key}:" in line}
        assert {"pass", "fail", "inconclusive", "not exercised"} <= seen, key


def test_a_ratio_is_told_without_a_unit(make, outcome):
    signals = {"hp_1.heat": 4 * one, "hp_1.power": 2 * one}
    assert outcome(make(T, signals), COP).detail == "2"
    assert outcome(make(T, {"hp_1.power": 3600 * one}), ENERGY).detail == "0.1 kWh"
