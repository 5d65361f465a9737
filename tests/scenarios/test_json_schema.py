"""The published JSON Schema: current, and of one mind with the loader on what a file looks like."""

import json

import jsonschema
import pytest
import yaml

from scenarios.criteria.kinds import CRITERIA
from scenarios.json_schema import STORED, scenario_schema, schema_text

SAMPLE = """
scenario: probe
title: probe
why: probe
requirements: [{id: REQ-1, text: something}]
plant: office
clock: {start: "2026-01-15T04:00:00+01:00", duration: 6 h, seed: 7}
initial: {hp_1.state: run, valve.position: 0.5}
timeline:
  - {at: 2 h, fault: hp_1.stopped, to: 1, for: 45 min, id: down}
  - {when: {held: hp_1.running, for: 5 s}, fault: sensor.offset, target: supply.temp, offset: 1.5 K}
  - {when: hp_1.running, set: valve.position, to: 0.3}
expect:
  - {id: a, requirement: REQ-1, after: down, within: 60 s, that: hp_2.running}
  - {id: b, always: supply.temp > 3 degC, grace: 10 s, while: hp_1.running, from: down}
  - {id: c, count: rising(hp_1.running), per: whole, at_most: 3}
  - {id: d, sequence: [hp_1.running, {that: hp_2.running, within: 5 s}]}
"""


def test_the_stored_schema_is_current():
    assert STORED.read_text() == schema_text(), "run python -m scenarios.json_schema"


def test_a_sample_is_valid_both_typed_and_as_plain_text():
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(yaml.safe_load(SAMPLE))
    validator.validate(yaml.load(SAMPLE, yaml.BaseLoader))  # noqa: S506  (BaseLoader makes plain text only)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title:", "tittle:"),
        ("45 min", "45"),
        ("seed: 7", "seed: -7"),
        ("always:", "alwys:"),
        ("grace:", "grase:"),
        ("id: down", "id: Down"),
        ("to: 0.3", "to: on"),
        ("at_most: 3", "at_most: yes"),
        ("while: hp_1.running", "severity: awful"),
    ],
)
def test_mistakes_are_seen_in_an_editor(old, new):
    assert old in SAMPLE
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(SAMPLE.replace(old, new, 1)), json.loads(STORED.read_text()))


def test_every_criterion_is_in_the_schema():
    assert {kind.__name__ for kind in CRITERIA.values()} <= set(scenario_schema()["$defs"])
