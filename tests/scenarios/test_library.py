"""The scenario library: every file is well formed, speaks of points that exist, and says what it is for."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from hil.bench.performer import Performer
from hil.cli import main
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import Scenario, load
from scenarios.json_schema import STORED
from scenarios.ready import ready_scenarios
from scenarios.timeline.entries import SENSOR, FaultEntry

FILES = ready_scenarios()
NAMES = list(FILES)
WANTED = {
    "cold_snap",
    "pump_failure",
    "pump_failure_lying_feedback",
    "seasonal_switch",
    "seasonal_switch_stuck_valve",
    "steady_summer_day",
    "steady_winter_day",
    "sensor_fault",
    "mild_day",
}


def test_the_library_is_there():
    assert set(NAMES) >= {f"office/{name}" for name in WANTED}


@pytest.mark.parametrize("file", FILES.values(), ids=NAMES)
def test_a_file_is_valid_by_the_published_schema(file: Path):
    validator = jsonschema.Draft202012Validator(json.loads(STORED.read_text()))
    validator.validate(yaml.load(file.read_text(), yaml.BaseLoader))  # noqa: S506  (BaseLoader makes plain text only)


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_a_scenario_names_exists_on_its_bench(name: str):
    run = Run(load(name), RunOptions(controller="none"))
    assert run.name == f"{run.scenario.plant}/{run.scenario.scenario}" == name
    assert set(run.asked) <= set(run.bench.directory.paths())
    Performer(run.bench, run.actions, lambda *_: None)
    assert run.scenario.warnings(run.bench.directory) == []


def test_a_criterion_that_follows_its_own_signal_down_to_nothing_is_warned_of(tmp_path, capsys):
    text = FILES["office/pump_failure"].read_text()
    assert text.count("before(source_meter.flow, 20 min)") == 1
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("before(source_meter.flow, 20 min)", "mean(source_meter.flow, 20 min)"))
    assert main(["check", str(own)]) == 0
    assert "standby-flow compares source_meter.flow with its own mean of the last minutes" in capsys.readouterr().out


@pytest.mark.parametrize("name", NAMES)
def test_requirements_are_sentences_and_all_of_them_are_judged(name: str):
    scenario = load(name)
    judged = [criterion.requirement for criterion in scenario.expect]
    assert None not in judged
    assert set(judged) == set(scenario.requirements)
    for ident, text in scenario.requirements.items():
        assert re.fullmatch(r"REQ-[A-Z]{2,4}-\d{3}", ident)
        assert text[0].isupper()
        assert len(text.split()) > 5
        assert not text.endswith(".")
    assert "\n" not in scenario.title
    assert len(scenario.why.split()) > 20


def test_a_requirement_has_one_text_in_all_scenarios_of_a_plant():
    texts: dict[str, set[str]] = {}
    for name in NAMES:
        for ident, text in load(name).requirements.items():
            texts.setdefault(f"{name.split('/')[0]}: {ident}", set()).add(text)
    assert {ident: found for ident, found in texts.items() if len(found) > 1} == {}


BEGINNINGS = {
    "office/least_used_leads", "office/unit_locked_out", "office/cold_source", "office/frozen_ground",
    "office/lying_end_switch", "sports_centre/summer_night_showers",
}  # fmt: skip
"""What they are about shows itself as the plant is started."""


@pytest.mark.parametrize("name", NAMES)
def test_the_cold_start_of_the_plant_is_not_judged(name: str):
    scenario = load(name)
    assert scenario.warm_up >= 2700.0 or name in BEGINNINGS
    assert scenario.precondition


def test_the_library_has_faults_of_instruments_and_of_the_plant():
    faults = [entry for name in NAMES for entry in load(name).timeline if isinstance(entry, FaultEntry)]
    assert any(fault.fault.startswith(SENSOR) for fault in faults)
    assert any(fault.physical for fault in faults)


def test_the_cold_snap_is_three_judged_days_as_the_first_run_shows_it():
    scenario: Scenario = load("cold_snap")
    assert scenario.clock.duration - scenario.warm_up == 3 * 86400.0
    assert scenario.clock.scan == 10.0
