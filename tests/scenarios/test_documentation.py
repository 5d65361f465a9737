"""Every example in the documentation of the scenario language is a good file on a plant with these points."""

import re
from pathlib import Path

import pytest

from scenarios import MemoryRecording, read
from scenarios.criteria.kinds import CRITERIA
from scenarios.scenario import Scenario
from scenarios.timeline.entries import ENTRIES
from twin.faults import VALUE_FAULTS

TEXT = (Path(__file__).parents[2] / "docs" / "scenario-language.md").read_text()
EXAMPLES = re.findall(r"^```yaml (scenario|timeline|expect)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
HEAD = """\
scenario: example
title: example
why: example
plant: office
clock: {start: "2026-01-15T04:00:00+01:00", duration: 6 h}
"""
EXPECT = "expect:\n- {id: c, always: hp_1.running}\n"
DOWN = "timeline:\n- {at: 1 h, fault: source_pump_1.stopped, to: 1, for: 1 h, id: p1_down}\n"
TEMPERATURES = (
    "supply.temp supply.setpoint return.temp weather.outdoor_temp hp_1.leaving_source_temp zone_1.temp zone_2.temp"
)
SWITCHES = "hp_1.running hp_2.running hp_1.alarm_flow hp_1.mode hp_1.fault_refrigerant_leak source_pump_1.running"


@pytest.fixture
def office() -> MemoryRecording:
    units = dict.fromkeys(f"{TEMPERATURES} zone_1.setpoint zone_2.setpoint".split(), "degC")
    units |= dict.fromkeys(f"{SWITCHES} source_pump_2.running source_pump_1.stopped".split(), "1")
    units |= {"loop.flow": "m3/h", "loop.pressure": "Pa"} | dict.fromkeys(
        ["hp_1.power", "hp_2.power", "hp_1.heating"], "W"
    )
    return MemoryRecording([0.0], {path: [0.0] for path in units}, units, values={"hp_1.mode": {0: "off", 1: "heat"}})


@pytest.mark.parametrize(("kind", "example"), EXAMPLES)
def test_an_example(office, kind, example):
    text = {"scenario": "", "timeline": f"{HEAD}{EXPECT}timeline:\n", "expect": f"{HEAD}{DOWN}expect:\n"}[
        kind
    ] + example
    scenario = read(text, "scenario-language.md")
    assert scenario.check(office)
    assert all(criterion.say() for criterion in scenario.expect)


def test_every_key_has_an_example():
    shown = "".join(example for _, example in EXAMPLES)
    for key in [*CRITERIA, *ENTRIES, *(f"sensor.{name}" for name in VALUE_FAULTS)]:
        assert re.search(rf"\b{re.escape(key)}\b", shown), key
    for name, field in Scenario.model_fields.items():
        assert f"`{field.alias or name}`" in TEXT, name
    for kind in CRITERIA.values():
        for name, field in kind.model_fields.items():
            assert re.search(rf"\b{field.alias or name.rstrip('_')}\b", TEXT), (kind, name)
