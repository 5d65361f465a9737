"""How long judging takes: a recording of 100,000 instants and 30 criteria, one or more of every kind.

Prints the median of several rounds, and its ratio to one second, which was set as the goal; and the slowest criteria.

    .venv/bin/python benchmarks/judging.py [--rounds 5] [--instants 100000]
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np

from scenarios import Event, MemoryRecording, judge, read
from scenarios.criteria.kinds import CRITERIA
from scenarios.scenario import Scenario

GOAL_S = 1.0
LINES = """
always: a.temp > 10 degC
always: a.temp > 18 degC, grace: 5 min
always: b.on implies c.on or a.temp > 15 degC, grace: 10 s
always: a.temp > 15 degC, from: step, until: b.on, within: 1 h
always: b.on held for 10 min implies a.temp > 12 degC
always: "mean(a.temp, 10 min) > 15 degC"
always: "abs(rate(a.temp)) < 5 K/s"
always: "a.temp - previous(a.temp, 5 min) < 20 K"
always: "count(rising(b.on), 1 h) <= 400"
always: since(step) < 5 min implies a.temp > 5 degC
always: time_of_day < 06:00 or a.temp > 5 degC
always: "max(a.temp, d.temp) - min(a.temp, d.temp) < 30 K"
never: rising(b.on) within 10 s of rising(c.on) and a.temp > 60 degC
never: a.temp < 5 degC and b.on
between: a.temp, lo: 5 degC, hi: 60 degC, grace: 30 s
between: d.temp, lo: 5 degC, hi: 60 degC, while: b.on
that: c.on, after: b.on, within: 10 min
that: c.on, after: b.on, within: 10 min, hold: 20 s
that: a.temp > at_trigger(a.temp) - 20 K, after: step, within: 5 min
settle: {signal: a.temp, to: d.temp, band: 15 K, within: 30 min, hold: 2 min}, after: b.on
overshoot: {signal: a.temp, to: 20 degC, at_most: 20 K}, after: step
overshoot: {signal: a.temp, to: d.temp, at_most: 20 K, within: 10 min}, after: step
funnel: {signal: a.temp, reference: ref.csv, value: 20 K, time: 5 min}
alarm: b.on, within: 20 min, cleared: {after: step, within: 20 min}
sequence: [b.on, c.on, {that: b.on, within: 1 h}], within: 5 h, after: step
count: rising(b.on), per: 1 h, at_most: 400
count: a.temp > 20 degC, per: whole, at_least: 1
integral: e.power, at_most: 1 GWh
integral: "max(20 degC - a.temp, 0 K)", at_most: 1000000 K*h
ratio: {of: e.power, to: e.heat}, at_least: 0.1, while: b.on
""".strip().splitlines()
HEAD = """\
scenario: judged
title: A long day
why: to be judged
plant: office
clock: {start: "2026-01-15T00:00:00+08:00", duration: 200000 s}
timeline:
  - {at: 10000 s, set: a.set, to: 1, every: 20000 s, times: 9, id: step}
expect:
"""
UNITS = {"a.temp": "degC", "d.temp": "degC", "e.power": "W", "e.heat": "W", "rig.local_time": "s"}


def recording(instants: int) -> MemoryRecording:
    """A recording of so many instants, one or three seconds apart, with noise and things that switch."""
    rng = np.random.default_rng(7)
    seconds = np.cumsum(np.where(rng.random(instants) < 0.5, 1.0, 3.0))
    switches = {name: np.cumsum(rng.random(instants) < share) % 2 for name, share in (("b.on", 0.01), ("c.on", 0.02))}
    signals = {
        "a.temp": 25 + 5 * np.sin(seconds / 5000) + rng.normal(0, 0.2, instants),
        "d.temp": 24 + 5 * np.sin(seconds / 5000 - 0.3),
        "e.power": 5e3 + 1e3 * rng.random(instants),
        "e.heat": 15e3 + 1e3 * rng.random(instants),
        "rig.local_time": 1.7e9 + seconds,
    }
    events = [Event(10_000.0 + 20_000.0 * number, "step", "set") for number in range(9)]
    return MemoryRecording(seconds, signals | switches, UNITS, events)


def scenario(folder: Path) -> Scenario:
    """The scenario with the 30 criteria, beside its reference of 20,000 rows."""
    rows = "".join(f"{10 * row},{25 + 5 * np.sin(row / 500):.3f}\n" for row in range(20_001))
    (folder / "ref.csv").write_text(f"time,a.temp [degC]\n{rows}")
    lines = "".join(f"  - {{id: c{number}, {line}}}\n" for number, line in enumerate(LINES))
    return read(HEAD + lines, str(folder / "judged.yaml"))


def main() -> None:
    """Print the figures."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--instants", type=int, default=100_000)
    options = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asked, recorded = scenario(Path(folder)), recording(options.instants)
    assert len(asked.expect) == 30
    assert {type(one) for one in asked.expect} == set(CRITERIA.values())
    wrong = [outcome for outcome in judge(asked, recorded) if outcome.verdict == "error"]
    assert not wrong, wrong
    rounds, each = [], {}
    for _ in range(options.rounds):
        began = time.perf_counter()
        for criterion in asked.expect:
            start = time.perf_counter()
            criterion.judge(recorded, 0.0, asked.clock.duration)
            each[str(criterion.id)] = time.perf_counter() - start
        rounds.append(time.perf_counter() - began)
    median = statistics.median(rounds)
    print(f"{options.instants:,} instants, 30 criteria: {median:.3f} s ({median / GOAL_S:.2f} of the goal)")
    for id_, seconds in sorted(each.items(), key=lambda one: -one[1])[:3]:
        print(f"  {seconds:.3f} s  {LINES[int(id_[1:])]}")


if __name__ == "__main__":
    main()
