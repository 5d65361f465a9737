"""What a scenario may say under `initial`: what is accepted is really so, what follows from the plant is refused."""

import re
from pathlib import Path

import pytest

from hil import cli
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read
from twin.errors import InputError

TEXT = """\
scenario: begun
title: The middle of a day
why: to begin there
plant: office
clock: {start: "2026-01-15T12:00+08:00", duration: 5 s}
initial: INITIAL
expect:
  - {id: warm, always: load_meter.supply_temp > 38 degC}
  - {id: runs, always: hp_1.contactor and load_pump_1.speed > 0.8}
  - {id: stands, always: "v1.position == 1 and zone_1.measured_temp > 22 degC"}
"""
BEGUN = """
  "v[1,3,5,7].position": 1
  load_holding.loop_temp: 40 degC
  load_pump_1.speed: 90 %
  source_pump_1.running: 1
  bypass.opening: 1
  hp_1.state: run
  zone_1.temp: 23 degC
"""


def made(initial: str) -> Run:
    return Run(read(TEXT.replace("INITIAL", initial), "begun.yaml"), RunOptions(controller="none"))


def test_a_scenario_begins_in_the_middle_of_a_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second of the run, the first included, is judged."""
    monkeypatch.chdir(tmp_path)
    Path("begun.yaml").write_text(TEXT.replace("INITIAL", BEGUN), encoding="utf-8")
    assert cli.main(["run", "begun.yaml", "--controller", "none", "--out", "out"]) == 0


def test_the_example_of_the_language_begins_so() -> None:
    page = (Path(__file__).parents[3] / "docs" / "scenario-language.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml initial\ninitial:\n(.*?)```", page, re.DOTALL)
    run = made("\n" + block)
    run.plant.advance(1)
    for path, value in (
        ("zone_8.temp", 18.0), ("v7.position", 1.0), ("return_riser.temp", 40.0), ("buffer.layers[4]", 42.78),
        ("load_pump_1.speed", 0.9), ("source_pump_1.speed", 1.0), ("hp_1.capacity", 0.75), ("hp_1.running", 1.0),
    ):  # fmt: skip
        assert run.plant.store.read(path) == pytest.approx(value, abs=0.05), path
    assert run.plant.store.read("well_1.leaving_temp") < 14.45


def test_without_them_it_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("begun.yaml").write_text(TEXT.replace("INITIAL", "{}"), encoding="utf-8")
    assert cli.main(["run", "begun.yaml", "--controller", "none", "--out", "out"]) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("hp_1.power: 3 kW", "hp_1.power is a sensor; it follows from the plant: a WaterWaterUnit begins at running, "),
        ("v1.closed_proof: 1", "v1.closed_proof is a status; it follows from the plant: a Valve begins at position, "),
        ("hp_1.alarm_oil: 1", "hp_1.alarm_oil is an alarm; it follows from the plant: a WaterWaterUnit begins at "),
        ("load_meter.flow: 3 m3/h", "load_meter.flow is a sensor; it follows from the plant: give what it follows "),
        ('"load_pump_[1-2].speed": 10 %', "begun.yaml:6:11: load_pump_2: a running pump begins at a speed of "),
        ("v1.position: 2", "v1.position: 2 is outside 0 .. 1"),
    ],
)
def test_what_follows_from_the_plant_is_refused(given: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        made("{" + given + "}")
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "given", ["panel.season_selector: summer", "hp_1.fault_refrigerant_leak: 0.1", "weather.temp_shift: 2 K"]
)
def test_switches_faults_and_states_are_taken(given: str) -> None:
    run = made("{" + given + "}")
    path = given.split(":", maxsplit=1)[0].replace("fault_", "")
    assert run.plant.store.read(path) != 0.0


def test_a_timeline_may_not_turn_a_proof() -> None:
    text = TEXT.replace("INITIAL", "{}") + "timeline:\n  - {at: 1 s, set: load_pump_1.running, to: 1}\n"
    with pytest.raises(InputError, match=r"load_pump_1.running is a status; it follows from the plant$"):
        Run(read(text, "begun.yaml"), RunOptions(controller="none"))
