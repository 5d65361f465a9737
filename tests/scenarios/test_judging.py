"""Judging as a whole: windows in seconds, wildcards, severity, preconditions, stop, the order of verdicts."""

import numpy as np
import pytest

from scenarios import Event, MemoryRecording, judge
from scenarios.criteria.holds import Always
from scenarios.criteria.verdict import ORDER, Outcome, worst, worst_outcome
from twin.errors import InputError
from twin.recorded import open_recording
from twin.recorder import Column, Recorder, Source

T = np.arange(101.0)
dip = 35 - 7 * ((T >= 40) & (T < 46))
ALWAYS = "always: supply.temp > 30 degC"


def where(true, low=0.0, high=1.0):
    """A signal over T: `high` where true, else `low`."""
    return np.where(true, high, low)


def test_a_criterion_that_counts_from_events_is_not_exercised_before_one_comes(make, outcome):
    line = "always: 'since(down) < 30 s or since(opened) < 5 s implies hp_1.running'"
    assert outcome(make(range(101)), line).verdict == "not exercised"
    assert outcome(make(range(101)), line).detail == "down and opened never came"
    running = {"hp_1.running": [float(t >= 20) for t in range(101)]}
    assert outcome(make(range(101), running, [Event(20, "down", "physical")]), line).verdict == "pass"
    assert outcome(make(range(101), {}, [Event(20, "down", "physical")]), line).violation == (20.0, 50.0)


NEAR = "{}: rising(hp_1.running) {} within 10 s of rising(hp_2.running)"


@pytest.mark.parametrize(
    ("line", "last", "second", "verdict"),
    [
        (NEAR.format("always", "implies"), 100, 55, "pass"),
        (NEAR.format("always", "implies"), 100, 65, "fail"),
        (NEAR.format("always", "implies"), 55, 65, "inconclusive"),
        (NEAR.format("never", ""), 100, 55, "fail"),
        (NEAR.format("never", ""), 100, 65, "pass"),
        (NEAR.format("never", ""), 55, 65, "inconclusive"),
        (NEAR.format("count", "") + ", at_least: 1", 100, 60, "pass"),
        (NEAR.format("count", "") + ", at_least: 1", 55, 65, "inconclusive"),
    ],
)
def test_what_may_still_come_within_the_time_is_inconclusive(make, outcome, line, last, second, verdict):
    time = np.arange(last + 1.0)
    found = outcome(make(time, {"hp_1.running": time >= 50, "hp_2.running": time >= second}), line)
    assert found.verdict == verdict, found


def test_a_stop_does_not_look_ahead(make, scenario_with):
    scenario = scenario_with("stop: {if: hp_1.running within 5 s of hp_2.running}")
    with pytest.raises(InputError, match="looks ahead, which only a criterion can"):
        scenario.check(make([0]))


def test_of_every_register_the_worst_is_named(make):
    time = np.arange(101.0)
    writes = {"bus.a.mode.writes": 0 * time, "bus.a.level_sp.writes": time // 10, "bus.b.speed[2].writes": time // 5}
    recording = MemoryRecording(time, writes | {"bus.a.writes": time})
    each = "bus.*.*.writes - previous(bus.*.*.writes, 20 s)"
    for most, verdict, margin in [(4, "pass", 0), (3, "fail", -1)]:
        found = Always.model_validate({"id": "c", "always": f"{each} <= {most}"}).judge(recording)
        assert (found.verdict, found.margin, found.signals) == (verdict, margin, ("bus.b.speed[2].writes",))
        assert found.detail.startswith("bus.b.speed[2].writes")


def test_since_names_an_event_that_is_there(outcome, make, scenario_with):
    with pytest.raises(InputError, match=r"probe.yaml:12:\d+: no id in the timeline 'dwn'; did you mean 'down'"):
        outcome(make([0]), "always: since(dwn) < 3 s")
    with pytest.raises(InputError, match="'opened' never ends"):
        outcome(make([0]), "always: since(opened.end) < 3 s")
    scenario = scenario_with("stop: {if: since(down) > 5 s}")
    with pytest.raises(InputError, match=r"since\(down\) is for criteria"):
        scenario.check(make([0]))


def test_the_violation_is_the_first_one(make, outcome):
    violated = 35 - 7 * (((T >= 40) & (T < 46)) | (T >= 80))
    found = outcome(make(T, {"supply.temp": violated}), ALWAYS)
    assert found.violation == (40, 46)
    assert found.detail == "violated for 6 s from 40 s on"
    assert found.limits == (("supply.temp", 30, None),)


def test_windows_are_seconds_not_samples(make, outcome):
    time = [0, 1, 2.5, 3.7, 9, 100]
    late = make(time, {"hp_1.running": [0, 1, 1, 1, 1, 1], "hp_2.running": [0, 0, 0, 1, 1, 1]})
    assert outcome(late, "after: hp_1.running, within: 2 s, that: hp_2.running").verdict == "fail"
    assert outcome(late, "after: hp_1.running, within: 2.7 s, that: hp_2.running").verdict == "pass"
    dipped = make(time, {"supply.temp": [35, 35, 35, 28, 35, 35]})
    assert outcome(dipped, "always: supply.temp > 30 degC, grace: 5 s").verdict == "fail"
    assert outcome(dipped, "always: supply.temp > 30 degC, grace: 6 s").verdict == "pass"
    held = outcome(make(time, {"hp_1.power": [0, 0, 0, 3600, 0, 0]}), "integral: hp_1.power, at_most: 1 Wh")
    assert held.margin == pytest.approx(1 - 5.3)


def test_an_event_between_two_samples_sees_the_held_value(make, outcome):
    recording = make([0, 10, 20, 100], {"hp_2.running": [0, 1, 0, 0]}, [Event(14, "down")])
    found = outcome(recording, "after: down, within: 1 s, that: hp_2.running")
    assert (found.verdict, found.at_s, found.margin) == ("pass", 14, 1)


def test_a_wildcard_means_for_each_and_the_worst_is_told(make, outcome):
    signals = {"hp_1.running": T % 20 >= 10, "hp_2.running": T % 10 >= 5}
    found = outcome(make(T, signals), 'count: "rising(hp_*.running)", per: 1 min, at_most: 5')
    assert (found.verdict, found.margin, found.signals) == ("fail", -1, ("hp_2.running",))
    zones = {"zone_1.temp": 21 + 0 * T, "zone_2.temp": 19 + 0 * T, "zone_10.temp": 23 + 0 * T}
    found = outcome(make(T, zones), 'always: "zone_*.temp > 18 degC"')
    assert (found.verdict, found.margin, found.signals) == ("pass", 1, ("zone_2.temp",))
    found = outcome(make(T, zones), 'always: "max(zone_*.temp) - min(zone_*.temp) < 3 K"')
    assert (found.verdict, found.margin, found.unit) == ("fail", -1, "K")


def test_severity_requirement_and_sentence(make, outcome):
    recording = make(T, {"supply.temp": dip})
    found = outcome(recording, f"{ALWAYS}, severity: warn, requirement: REQ-1, sentence: It stays warm")
    assert (found.verdict, found.severity, found.requirement, found.sentence) == (
        "warn", "warn", "REQ-1", "It stays warm",
    )  # fmt: skip
    assert outcome(recording, f"{ALWAYS}, grace: 10 s").sentence == "Always supply.temp > 30 degC, but for at most 10 s"


FIRST = "precondition:\n  - {held: supply.temp > 33 degC, for: 10 s, %s}\n"
BAD, GOOD = {"supply.temp": 20 + 0 * T}, {"supply.temp": where(T >= 12, -5, 35)}


@pytest.mark.parametrize(
    ("more", "signals", "verdict"),
    [
        ("within: 30 s", BAD, "error"),
        ("within: 30 s, whose: rig", BAD, "error"),
        ("within: 30 s, whose: controller", BAD, "fail"),
        ("within: 200 s, whose: controller", BAD, "inconclusive"),
        ("within: 30 s, whose: controller", GOOD, "pass"),
        ("at: 25 s, whose: rig", GOOD, "pass"),
        ("at: 20 s, whose: rig", GOOD, "error"),
        ("at: 20 s, whose: controller", GOOD, "fail"),
    ],
)
def test_an_unmet_precondition_says_whose_it_is_and_nothing_else_is_said(make, scenario_with, more, signals, verdict):
    outcomes = judge(scenario_with(FIRST % more), make(T, signals))
    assert outcomes[0].verdict == verdict
    if verdict == "pass":
        assert outcomes[1].verdict != "not exercised"
    else:
        assert {found.verdict for found in outcomes[1:]} == {"not exercised"}


def test_what_was_not_recorded_is_an_error(make, outcome):
    found = outcome(make(T), "always: supply.tmp > 3 degC")
    assert found.verdict == "error"
    assert "did you mean 'supply.temp'" in found.detail


def test_preconditions_and_warm_up(make, scenario_with):
    scenario = scenario_with(
        "warm_up: 30 s\nprecondition:\n  - {held: supply.temp > 33 degC, for: 10 s, within: 30 s}\n"
    )
    met = make(T, {"supply.temp": where(T >= 18, -5, 35)})
    assert [found.verdict for found in judge(scenario, met)] == ["pass", "pass"]
    assert judge(scenario, met)[0].margin == 2
    missed = make(T, {"supply.temp": where(T >= 21, -5, 35)})
    verdicts = [found.verdict for found in judge(scenario, missed)]
    assert verdicts == ["error", "not exercised"]
    assert worst(verdicts) == "error"


def test_a_stop_is_a_verdict_of_its_own(make, scenario_with):
    scenario = scenario_with("stop: {if: hp_1.alarm_flow, verdict: fail}\n")
    warm = {"supply.temp": 35 + 0 * T}
    assert [found.id for found in judge(scenario, make(T, warm))] == ["c"]
    stopped = judge(scenario, make(T[:51], {"supply.temp": 35 + 0 * T[:51], "hp_1.alarm_flow": T[:51] >= 50}))
    assert [(found.id, found.verdict, found.at_s) for found in stopped] == [
        ("c", "inconclusive", 0),
        ("stop", "fail", 50),
    ]


def test_the_order_of_verdicts():
    assert ORDER == ("pass", "warn", "not exercised", "inconclusive", "fail", "error")
    for number, verdict in enumerate(ORDER):
        assert worst([*ORDER[:number], verdict, ORDER[0]]) == verdict
    assert worst([]) == "not exercised"
    equal = [Outcome("a", "pass", margin=None), Outcome("b", "pass", margin=2.0), Outcome("c", "pass", margin=1.0)]
    assert worst_outcome(equal).id == "c"


def test_a_recording_from_disk_is_judged_as_one_from_memory(tmp_path, outcome):
    vector = np.zeros(2)
    columns = [
        Column("supply.temp", "degC", 0, "float64"),
        Column("hp_1.state", "1", 1, "float32", {0: "off", 2: "run"}),
    ]
    with Recorder(tmp_path, [Source(vector, columns)], 1000, {}) as recorder:
        recorder.event(20_000, "down", "physical", on=True)
        for second in range(101):
            vector[:] = dip[second], 2.0 * (second >= 42)
            recorder.record(second * 1000)
    run = open_recording(tmp_path)
    started = outcome(run, "after: down, within: 30 s, that: hp_1.state == run")
    assert (started.verdict, started.margin, started.at_s) == ("pass", 8, 42)
    cold = outcome(run, ALWAYS)
    assert (cold.verdict, cold.margin, cold.violation) == ("fail", -2, (40, 46))
