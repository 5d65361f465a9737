"""Scenarios that are based on others: what is taken over, replaced and removed, and where mistakes are."""

import json

import jsonschema
import pytest
import yaml

from scenarios import load, read
from scenarios.json_schema import STORED
from twin.errors import InputError

BASE = """\
scenario: base
title: A day
why: to be taken over
requirements: {REQ-1: one thing, REQ-2: another}
plant: my_plant.yaml
clock: {start: "2026-01-15T04:00:00+01:00", duration: 2 h, seed: 3}
initial: {a.temp: 20 degC, b.temp: 21 degC}
timeline:
  - {at: 10 min, set: a.level, to: 1, id: raised}
  - {at: 20 min, set: b.level, to: 1}
  - {at: 30 min, fault: a.fault_leak, to: 0.3, id: leak}
expect:
  - {id: warm, requirement: REQ-1, always: a.temp > 15 degC}
  - {id: dry, requirement: REQ-2, never: a.wet, from: leak}
"""
NEW = """\
scenario: new
based_on: base.yaml
"""


@pytest.fixture
def based(tmp_path):
    """A scenario with these lines behind its head, beside base.yaml."""
    (tmp_path / "base.yaml").write_text(BASE)

    def made(lines=""):
        (tmp_path / "new.yaml").write_text(NEW + lines)
        return load(tmp_path / "new.yaml")

    return made


def ids(entries):
    return [entry.id for entry in entries]


def test_everything_is_taken_over(based, tmp_path):
    scenario, base = based(), load(tmp_path / "base.yaml")
    assert scenario.scenario == "new"
    for key in ("title", "why", "requirements", "clock", "plant"):
        assert getattr(scenario, key) == getattr(base, key)
    assert ids(scenario.timeline) == ["raised", None, "leak"]
    assert ids(scenario.expect) == ["warm", "dry"]


def test_settings_are_taken_over_one_by_one_and_what_has_an_id_takes_its_place(based):
    scenario = based(
        "title: Longer\nclock: {duration: 4 h}\ninitial: {b.temp: 25 degC}\nrequirements: {REQ-3: a third}\n"
        "timeline:\n  - {at: 1 h, fault: a.fault_leak, to: 0.9, id: leak}\n  - {at: 3 h, clear: leak}\n"
        "expect:\n  - {id: warm, requirement: REQ-3, always: a.temp > 18 degC}\n  - {id: more, never: b.wet}\n"
    )
    assert (scenario.clock.duration, scenario.clock.seed, scenario.title) == (14400.0, 3, "Longer")
    assert {str(path): given.text for path, given in scenario.initial.items()} == {
        "a.temp": "20 degC",
        "b.temp": "25 degC",
    }
    assert ids(scenario.timeline) == ["raised", None, "leak", None]
    assert scenario.timeline[2].at.time_s == 3600.0
    assert ids(scenario.expect) == ["warm", "dry", "more"]
    assert scenario.expect[0].say() == "Always a.temp > 18 degC"
    assert list(scenario.requirements) == ["REQ-1", "REQ-2", "REQ-3"]


def test_what_is_removed_is_gone(based):
    scenario = based("remove: [leak, dry, REQ-2]\n")
    assert (ids(scenario.timeline), ids(scenario.expect)) == (["raised", None], ["warm"])
    assert list(scenario.requirements) == ["REQ-1"]


def test_its_text_stands_for_itself(based, tmp_path):
    (tmp_path / "my_plant.yaml").write_text("plant: p\n")
    scenario = based("clock: {duration: 4 h}\nremove: [dry]\n")
    again = read(scenario.text, "/elsewhere/scenario.yaml")
    assert again.plant == str(tmp_path / "my_plant.yaml")
    assert (again.clock, ids(again.timeline), ids(again.expect)) == (scenario.clock, ids(scenario.timeline), ["warm"])
    assert again.text == scenario.text


def test_a_scenario_of_the_library_is_a_base():
    scenario = read("scenario: longer\nbased_on: office/cold_snap\nclock: {duration: 3 d}\n", "x.yaml")
    base = load("office/cold_snap")
    assert scenario.clock.duration == 3 * 86400.0
    assert ids(scenario.expect) == ids(base.expect)
    assert str(scenario.plant) == "office"


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("timeline:\n  - {at: 1 h, sett: a.level, to: 1}\n", r"new.yaml:4:\d+: .*'sett'; did you mean 'set'"),
        ("clock: {duration: 4}\n", r"new.yaml:3:19: "),
        ("clock: {duration: 15 min}\n", r"base.yaml:10:5: at 1200 s is outside the scenario"),
        ("remove: [leek]\n", r"new.yaml:3:10: no id in .*base.yaml 'leek'; did you mean 'leak'"),
        ("remove: [leak]\n", r"base.yaml:14:\d+: no id in the timeline 'leak'"),
        ("remove: leak\n", r"new.yaml:3:1: expected a list of ids"),
        ("expect:\n  - {id: dry, requirement: REQ-9, never: a.wet}\n", r"new.yaml:4:\d+: no requirement 'REQ-9'"),
        ("expect:\n  - {id: x, never: a.wet}\n  - {id: x, never: b.wet}\n", r"new.yaml:5:\d+: .*'x' is given twice"),
        ("titel: x\n", r"new.yaml:3:1: no key 'titel'; did you mean 'title'"),
        ("requirements: 7\n", r"new.yaml:3:15: "),
    ],
)
def test_mistakes_are_told_where_they_are(based, lines, message):
    with pytest.raises(InputError, match=message):
        based(lines)


def test_circles_and_what_is_not_there_are_told(tmp_path):
    (tmp_path / "a.yaml").write_text("scenario: a\nbased_on: b.yaml\n")
    (tmp_path / "b.yaml").write_text("scenario: b\nbased_on: a.yaml\n")
    with pytest.raises(InputError, match=r"b.yaml:2:11: a.yaml -> b.yaml -> a.yaml is a circle"):
        load(tmp_path / "a.yaml")
    for text, message in [
        ("based_on: c.yaml\nscenario: x\n", r"x.yaml:1:11: .*c.yaml: cannot be read"),
        ("based_on: office/cold_snp\nscenario: x\n", r"x.yaml:1:11: no scenario .*did you mean 'office/cold_snap'"),
        ("based_on: office/cold_snap\n", r"x.yaml:1:1: the key 'scenario' is missing"),
        ("based_on: [a]\nscenario: x\n", r"x.yaml:1:11: expected the name of a scenario"),
        (BASE + "remove: [leak]\n", r"x.yaml:15:1: there is nothing to remove from; give based_on"),
    ]:
        with pytest.raises(InputError, match=message):
            read(text, "x.yaml")


def test_an_editor_knows_them_too():
    schema = json.loads(STORED.read_text())
    check = jsonschema.Draft202012Validator(schema).is_valid
    assert check(yaml.safe_load(NEW + "clock: {duration: 4 h}\nremove: [leak]\n"))
    assert check(yaml.safe_load(BASE))
    assert not check(yaml.safe_load(NEW + "clock: {duratoin: 4 h}\n"))
    assert not check({key: value for key, value in yaml.safe_load(BASE).items() if key != "plant"})
    assert not check(yaml.safe_load(BASE.replace("duration: 2 h, ", "")))
    assert not check({"based_on": "base.yaml"})
