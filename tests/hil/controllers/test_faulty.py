"""Every faulty controller shows its fault in the harness in which the reference controller shows none."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from hil.controllers.faulty.families import FAMILIES
from hil.controllers.registry import CONTROLLERS, controller, described
from scenarios import load
from scenarios.ready import ready_scenarios
from twin.errors import InputError

PUMPS = ("source_pump_1", "source_pump_2", "load_pump_1", "load_pump_2")
POSITIONS = tuple(f"v{number}.position" for number in range(1, 9))


def flow_after_a_pump_failure(office: Any, name: str) -> float:
    plant = office(name, "2026-01-15T06:00", watch=("load_meter.flow", "panel.alarm_load_pump"))
    plant.run(1)
    plant.set(load_pump_1__fault_trip=1.0, load_pump_2__fault_trip=0.0)
    start = plant.now
    plant.run(0.05)
    assert plant.first("panel.alarm_load_pump", lambda on: on > 0.5, after=start) - start <= 30.0
    return float(plant.read("load_meter.flow"))


def test_no_standby(office: Any) -> None:
    assert flow_after_a_pump_failure(office, "reference") > 60.0
    assert flow_after_a_pump_failure(office, "no_standby") < 1.0


def overlaps_while_pumping(office: Any, name: str) -> int:
    watch = (*POSITIONS, *(f"{pump}.running" for pump in PUMPS))
    plant = office(name, "2026-04-05", watch=watch)
    plant.run(2)
    plant.set(panel__season_selector=2.0)
    plant.run(1)
    pumping = np.sum([plant.at(f"{pump}.running") for pump in PUMPS], axis=0) > 0.0
    return int((plant.overlaps() & pumping).sum())


def test_unproven_valves(office: Any) -> None:
    assert overlaps_while_pumping(office, "reference") == 0
    assert overlaps_while_pumping(office, "unproven_valves") > 0


def test_unproven_valves_starts_pumps_on_a_stuck_valve(office: Any) -> None:
    plant = office("unproven_valves", "2026-07-01", watch=("hp_1.running", "load_pump_1.running"))
    plant.run(1)
    plant.set(panel__season_selector=2.0, v3__fault_stuck_at=0.5)
    start = plant.now
    plant.run(2)
    assert plant.at("load_pump_1.running")[plant.times > start + 1900.0].max() == 1.0


def refused_starts(office: Any, name: str) -> float:
    plant = office(name, "2026-01-15", watch=("hp_1.short_cycle",))
    plant.run(6)
    return float(plant.read("hp_1.refused_starts") + plant.read("hp_2.refused_starts"))


def test_no_min_off(office: Any) -> None:
    assert refused_starts(office, "reference") == 0.0
    assert refused_starts(office, "no_min_off") >= 3.0


def test_controllers_are_found_by_name_and_say_what_they_are() -> None:
    assert CONTROLLERS[0] == "reference"
    assert {"no_standby", "unproven_valves", "no_min_off", "no_recovery", "no_heater"} <= set(CONTROLLERS)
    assert all(described()[name] for name in CONTROLLERS)
    with pytest.raises(InputError, match="did you mean 'no_standby'"):
        controller("no_stanby", None)  # type: ignore[arg-type]


SEQUENCES = Path(__file__).parents[3] / "docs" / "sequences"
CONFIGURATIONS = Path(__file__).parents[3] / "hil" / "controllers" / "configurations"


@pytest.mark.parametrize("program", FAMILIES)
def test_a_mistake_names_a_clause_that_is_written_and_requirements_that_the_library_asks_for(program: str) -> None:
    clauses = "".join(page.read_text() for page in SEQUENCES.glob("*.md"))
    programs = {file.stem: yaml.safe_load(file.read_text())["program"] for file in CONFIGURATIONS.glob("*.yaml")}
    plants = {plant for plant, of in programs.items() if of == program}
    asked = {ident for name in ready_scenarios() if name.split("/")[0] in plants for ident in load(name).requirements}
    for mistake in FAMILIES[program]:
        assert f"**{mistake.clause}**" in clauses, mistake.name
        assert asked & set(mistake.breaks), mistake.name
