"""Every example in the documentation of the scenario language is a good file on a plant with these points."""

import re
from pathlib import Path

import pytest

from hil.cli import main
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read
from scenarios.criteria.kinds import CRITERIA
from scenarios.scenario import Scenario
from scenarios.timeline.entries import ENTRIES
from twin.faults import VALUE_FAULTS

TEXT = (Path(__file__).parents[2] / "docs" / "scenario-language.md").read_text()
EXAMPLES = re.findall(r"^```yaml (scenario|variant|timeline|expect)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
HEAD = """\
scenario: example
title: example
why: example
plant: office
clock: {start: "2026-01-15T04:00:00+01:00", duration: 6 h}
"""
EXPECT = "expect:\n- {id: c, always: hp_1.running}\n"
DOWN = "timeline:\n- {at: 1 h, fault: source_pump_1.fault_trip, to: 1, for: 1 h, id: p1_down}\n"
DOWN += "- {at: 3 h, fault: modbus.no_reply, target: hp_1, for: 1 min, id: line_gone}\n"
DOWN += "- {at: 4 h, set: hp_1.leaving_temp_sp, to: 45 degC, id: step}\n"


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example(kind, example, tmp_path):
    heads = {"timeline": f"{HEAD}{EXPECT}timeline:\n", "expect": f"{HEAD}{DOWN}expect:\n"}
    text = heads.get(kind, "") + example
    (reference,) = re.findall(r"^```csv reference\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "cold_day.csv").write_text(reference)
    scenario = read(text, str(tmp_path / "scenario-language.md"))
    run = Run(scenario, RunOptions(controller="none"))
    assert run.asked
    assert all(criterion.say() for criterion in scenario.expect)


def test_the_first_example_is_passed_by_a_sound_controller_and_failed_by_a_faulty_one(tmp_path):
    (text,) = (example for kind, example in EXAMPLES if kind == "scenario")
    file = tmp_path / "example.yaml"
    file.write_text(text)
    assert main(["run", str(file), "--out", str(tmp_path)]) == 0
    assert main(["run", str(file), "--out", str(tmp_path), "--controller", "no_standby"]) == 1


def test_every_key_has_an_example():
    shown = "".join(example for _, example in EXAMPLES)
    for key in [*CRITERIA, *ENTRIES, *(f"sensor.{name}" for name in VALUE_FAULTS)]:
        assert re.search(rf"\b{re.escape(key)}\b", shown), key
    for name, field in Scenario.model_fields.items():
        assert f"`{field.alias or name}`" in TEXT, name
    for kind in CRITERIA.values():
        for name, field in kind.model_fields.items():
            assert re.search(rf"\b{field.alias or name.rstrip('_')}\b", TEXT), (kind, name)
