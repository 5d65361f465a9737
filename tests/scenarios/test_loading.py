"""Scenario files: what is refused, where and with which words; what the YAML traps become."""

import pytest

import scenarios
from scenarios import read
from twin.errors import InputError

GOOD = """\
scenario: probe
title: Pump fails
why: To see the standby pump start.
requirements:
  REQ-1: Standby starts
plant: office
clock: {start: "2026-01-15T04:00:00+01:00", duration: 6 h, seed: 7}
warm_up: 30 min
initial: {hp_1.state: run}
precondition:
  - {held: supply.temp > 33 degC, for: 10 min, within: 30 min}
timeline:
  - {at: 2 h, fault: hp_1.stopped, to: 1, for: 45 min, id: down}
  - at: down + 5 min
    fault: sensor.offset
    target: supply.temp
    offset: 1.5 K
expect:
  - {id: a, requirement: REQ-1, after: down, within: 60 s, that: hp_2.running}
  - id: b
    always: supply.temp > 3 degC
stop: {if: supply.temp < -12 degC, verdict: fail}
"""


OFFSET = """\
at: down + 5 min
    fault: sensor.offset
    target: supply.temp
    offset: 1.5 K
"""


def marked(old, new):
    """The good file with `old` replaced by `new`, and the place that a ^ in `new` points at."""
    assert old in GOOD
    before, mark, behind = GOOD.replace(old, new, 1).partition("^")
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    return before + behind, f"bad.yaml:{line}:{column}: " if mark else ""


def test_a_good_file():
    scenario = read(GOOD, "good.yaml")
    assert scenario.clock.start.isoformat() == "2026-01-15T04:00:00+01:00"
    assert (scenario.clock.duration, scenario.clock.seed, scenario.clock.scan, scenario.clock.tick) == (21600, 7, 1, 1)
    assert scenario.warm_up == 1800
    assert dict(scenario.requirements) == {"REQ-1": "Standby starts"}
    listed = read(GOOD.replace("  REQ-1: Standby starts", "  - {id: REQ-1, text: Standby starts}"), "good.yaml")
    assert listed.requirements == scenario.requirements


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("warm_up:", "^warmup:", "no key 'warmup'; did you mean 'warm_up'?"),
        ("    always:", "    ^alway:", "no key 'alway'; did you mean 'always'?"),
        ("within: 60 s,", "^withn: 60 s,", "no key 'withn'; did you mean 'within'?"),
        (
            "  - {id: a, requirement: REQ-1, after: down, within: 60 s,",
            "  - ^{id: a, requirement: REQ-1, after: down,",
            "the key 'within' is missing",
        ),
        ("60 s, that", "^60, that", "'60' is not a duration"),
        ("60 s, that", "^-60 s, that", "'-60 s' is not a duration of zero or more"),
        ("seed: 7", "seed: ^012", "'012' is not a whole number"),
        ("seed: 7", "seed: ^on", "'on' is not a whole number"),
        ("seed: 7", "seed: ^7.0", "'7.0' is not a whole number"),
        (
            'start: "2026-01-15T04:00:00+01:00"',
            'start: ^"2026-01-15T04:00:00"',
            "'2026-01-15T04:00:00' is not a date and time with its offset",
        ),
        ("duration: 6 h", "duration: ^6", "'6' is not a duration"),
        ("scenario: probe", "scenario: ^no name", "'no name' is not a name"),
        ("scenario: probe", 'scenario: ^"probe\\n"', "is not a name"),
        ("id: b", "id: ^a", "the criterion 'a' is given twice"),
        ("requirement: REQ-1", "requirement: ^REQ-2", "no requirement 'REQ-2'; did you mean 'REQ-1'?"),
        ("after: down,", "after: ^dwn,", "no id in the timeline 'dwn'; did you mean 'down'?"),
        ("id: down}", "id: ^Down}", "'Down' is not an id"),
        ("at: down + 5", "at: down.end + 5", None),
        ("for: 45 min, ", "", None),
        ("{at: 2 h", "^{at: 7 h", "at 25200 s is outside the scenario (0 .. 21600 s)"),
        ("at: 2 h", "at: ^down + 1 h", "down -> down is a circle"),
        ("{at: 2 h, ", "^{", "give either `at` or `when`"),
        ("at: 2 h,", "at: 2 h, when: hp_1.running,", "give either `at` or `when`"),
        ("at: 2 h", "at: ^hp_1.running", "'hp_1.running' is neither a time nor an id"),
        ("at: down + 5", "at: ^up + 5", "no id in the timeline 'up'"),
        ("sensor.offset", "^sensor.ofset", "no fault 'sensor.ofset'; did you mean 'sensor.offset'?"),
        ("    offset:", "    ^ofset:", "no key 'ofset'; did you mean 'offset'?"),
        ("fault: hp_1.stopped", "^failt: hp_1.stopped", "no key 'failt'; did you mean 'fault'?"),
        ("to: 1, for", "^tto: 1, for", "no key 'tto'; did you mean 'to'?"),
        ("supply.temp > 3 degC", "^supply.temp > > 3 degC", "expected a signal, a quantity or '(', got"),
        ("verdict: fail}", "verdict: ^pass}", "verdict: Input should be"),
        ("id: b", "id: b\n    severity: ^bad", "severity: Input should be 'fail' or 'warn', got 'bad'"),
        ("id: b", "id: b\n    never: hp_1.running", "expected exactly one of always, never,"),
        ("id: b", "id: b\n    ^id: c", "'id' is given twice, first in line 20"),
        ("id: b", "id: b\n    from: 1 h\n    after: down", "20:9: 'from' and 'after' mean the same"),
        ("    always: supply.temp > 3 degC", "    between: supply.temp\n    lo: 3 degC", "the key 'hi' is missing"),
        ("    always: supply.temp > 3 degC", "    count: hp_1.running", "20:9: give at_most or at_least"),
        ("warm_up: 30 min", "warm_up: 6 h", "expected warm_up < duration"),
        ("title: Pump fails", "title: ^''", "'' is not a text"),
        ("plant: office\n", "", "the key 'plant' is missing"),
        ("plant: office", "plant: ^[office]", "is not a plant"),
        ("within: 30 min}", "within: 30 min, for: 1 s}", "'for' is given twice"),
        ("clock: {", "clock: &c {", None),
        ("title: Pump fails", "title: ^!!python/object:os.system x", "tags"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(old, new, message):
    text, place = marked(old, new)
    if message is None:
        assert read(text, "fine.yaml").title == "Pump fails"
        return
    with pytest.raises(InputError) as caught:
        read(text, "bad.yaml")
    assert message in str(caught.value)
    assert str(caught.value).startswith(place)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("to: 1, for", "to: ^on, for", "hp_1.stopped cannot be set to 'on'; expected a number in 1; write 1"),
        ("to: 1, for", "to: ^1 K, for", "K does not fit 1"),
        (
            "{at: 2 h, fault: hp_1.stopped",
            "^{at: 2 h, fault: hp_1.stoped",
            "no recorded signal 'hp_1.stoped'; did you mean 'hp_1.stopped'",
        ),
        (
            "{at: 2 h, fault: hp_1.stopped, to: 1,",
            "^{at: 2 h, fault: hp_1.stopped,",
            "the physical fault 'hp_1.stopped' needs `to`",
        ),
        ("target: supply.temp", "target: suply.temp", "did you mean 'supply.temp'?"),
        ("1.5 K", "1.5 degC", "expected a difference in K"),
        (OFFSET, OFFSET.replace("at:", "^at:").replace("    offset: 1.5 K\n", ""), "fault 'offset' needs 'offset'"),
        ("state: run", "state: ^running", "hp_1.state cannot be set to 'running'; expected one of off, wait"),
        ("hp_1.state:", "hp_1.stat:", "did you mean 'hp_1.state'?"),
        ("that: hp_2.running", "that: ^supply.temp", "this is a number in degC, not a yes or no"),
        ("always: supply.temp > 3 degC", "always: ^supply.temp > 3 K", "K does not fit degC"),
        ("always: supply.temp > 3 degC", "always: ^supply.temp > 3", "3 has no unit; expected a quantity in degC"),
        ("supply.temp > 33 degC", "^supplytemp > 33 degC", "'supplytemp' is not a path"),
        (
            "{at: 2 h, fault: hp_1.stopped, to: 1",
            "^{at: 2 h, fault: modbus.no_reply, target: meter",
            "no fault 'modbus.no_reply'",
        ),
    ],
)
def test_names_and_units_are_checked_against_the_plant(plant, old, new, message):
    text, place = marked(old, new)
    with pytest.raises(InputError) as caught:
        read(text, "bad.yaml").check(plant)
    assert message in str(caught.value)
    assert str(caught.value).startswith(place)


def test_checking_tells_what_has_to_be_recorded(plant):
    assert read(GOOD, "good.yaml").check(plant) == ("supply.temp", "hp_2.running")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("integral: hp_1.power, at_most: 3 kW", "does not fit the integral of a number in W"),
        ("integral: supply.temp, at_most: 3 degC", "cannot be summed over time"),
        ("integral: hp_1.power, at_most: 3", "does not fit the integral"),
        ("ratio: {of: hp_1.heat, to: hp_1.power}, at_least: 3 K", "does not fit the ratio"),
        ("between: supply.temp, lo: 3 K, hi: 5 degC", "K does not fit degC"),
        ("settle: {signal: supply.temp, to: supply.setpoint, band: 2 degC, within: 1 h}", "degC does not fit K"),
    ],
)
def test_limits_are_checked_against_the_signal(plant, line, message):
    text = GOOD.replace("  - id: b\n    always: supply.temp > 3 degC", f"  - {{id: b, {line}}}")
    with pytest.raises(InputError, match=message):
        read(text, "bad.yaml").check(plant)


def test_loading_from_a_file_or_by_name(tmp_path):
    file = tmp_path / "probe.yaml"
    file.write_text(GOOD)
    assert scenarios.load(file).scenario == "probe"
    with pytest.raises(InputError, match="no scenario in the library 'nothing-like-it'"):
        scenarios.load("nothing-like-it")
    with pytest.raises(InputError, match="cannot be read"):
        scenarios.load(tmp_path / "missing.yaml")
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not text in UTF-8: the byte 0xff"):
        scenarios.load(file)
    file.write_text("#" * 2_000_001)
    with pytest.raises(InputError, match="at most 2,000,000 are read"):
        scenarios.load(file)
