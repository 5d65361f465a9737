"""The library at work: the reference passes all of it, faulty controllers fail where they should, runs repeat exactly.

Every run is played once and shared by the tests.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from hil.bench.scenario_choice import chosen
from hil.reports.result import RunResult
from hil.runs.folder import fresh_folder
from hil.runs.options import RunOptions
from hil.runs.run import Run
from plant_models.assembly.plant_file import ready_plants
from scenarios.ready import ready_scenarios
from tests.hil.runs.library_mistakes import MISTAKES
from twin.recorded import RECORDING_FILE, RecordedRun, fingerprint, open_recording

STEADY = ("steady_winter_day", "steady_summer_day")
FILES = list(ready_scenarios())
NAMES = sorted({*FILES, *(f"{plant}/{name}" for plant in ready_plants() for name in STEADY)})
"""Every file of the library on its own plant, and the steady days of every plant."""
LARGE = ("village_1000/", "village_2000/")
"""Their criteria are those of village_500, over more rooms than it takes to show that they can fail."""
SHORTEST = "office/seasonal_switch_stuck_valve"
HOT_WATER = "recovery_two_condensers/simultaneous_cooling_and_hot_water"
FAULTY = [
    ("no_standby", "office/pump_failure", {"REQ-PMP-001", "REQ-UNIT-001"}),
    ("no_standby", "office/pump_failure_lying_feedback", {"REQ-PMP-001", "REQ-UNIT-001"}),
    ("no_standby", "office/mild_day", set()),
    ("no_standby", "landscape_pool/pump_failure", {"REQ-POL-001", "REQ-POL-006", "REQ-POL-012"}),
    ("unproven_valves", "office/seasonal_switch", {"REQ-VLV-001"}),
    ("unproven_valves", SHORTEST, {"REQ-SEQ-002", "REQ-SEQ-004", "REQ-SEQ-005", "REQ-VLV-001"}),
    ("unproven_valves", "office/pump_failure", set()),
    ("no_min_off", "office/mild_day", {"REQ-CYC-002", "REQ-CYC-003", "REQ-SUP-004"}),
    ("no_min_off", "office/pump_failure", {"REQ-CYC-002"}),
    ("no_min_off", "office/power_failure", {"REQ-PWR-001", "REQ-PWR-002"}),
    ("no_min_off", SHORTEST, set()),
    ("no_heater", "sports_centre/legionella", {"REQ-LEG-001", "REQ-LEG-002"}),
    ("no_heater", "sports_centre/hot_water_and_cooling", set()),
    ("no_recovery", HOT_WATER, {"REQ-REC-011", "REQ-REC-013", "REQ-DHW-001"}),
    ("no_recovery", "office/mild_day", set()),
    ("rooms_not_held", "household_5_6/emergency_stop", {"REQ-STP-004"}),
    ("rooms_not_held", "household_5_6/nobody_calls", set()),
    ("dew_point_ignored", "great_hall/floor_in_summer", {"REQ-HAL-017"}),
    ("dew_point_ignored", "great_hall/floor_in_winter", set()),
    ("no_unloading", "sports_centre/summer_night_showers", {"REQ-REC-013", "REQ-REC-016", "REQ-REC-017"}),
    ("no_unloading", "sports_centre/mild_day_hot_water", set()),
    ("always_moving", "landscape_pool/frost_and_thaw", {"REQ-POL-017"}),
    ("always_moving", "landscape_pool/cool_night", set()),
]
"""Controller, scenario, and exactly the requirements that it fails there."""
PLAY = """
import asyncio, sys
from pathlib import Path
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import load
from twin.recorded import fingerprint
folder = Path(sys.argv[2])
folder.mkdir()
asyncio.run(Run(load(sys.argv[1]), RunOptions()).play(folder, lambda _: None))
print(fingerprint(folder / "recording.parquet"))
"""
BURN = "import sys\nprint('burning', flush=True)\nwhile True:\n    pass"

Play = Callable[[str, str], tuple[RunResult, Path]]


@pytest.fixture(scope="session")
def play(tmp_path_factory: pytest.TempPathFactory) -> Play:
    """Result and folder of a scenario with a controller; played when first asked for."""
    out, played = tmp_path_factory.mktemp("library"), dict[tuple[str, str], tuple[RunResult, Path]]()

    def one(name: str, controller: str = "reference") -> tuple[RunResult, Path]:
        if (name, controller) not in played:
            folder = fresh_folder(out / controller, name)
            (scenario,) = chosen(name)
            run = Run(scenario, RunOptions(controller=controller))
            played[name, controller] = asyncio.run(run.play(folder, lambda _: None)), folder
        return played[name, controller]

    return one


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_controller_passes(play: Play, name: str):
    result, _ = play(name, "reference")
    assert {
        outcome.id: (outcome.verdict, outcome.detail) for outcome in result.outcomes if outcome.verdict != "pass"
    } == {}
    assert result.verdict == "pass"
    assert result.notes == ()
    assert abs(result.balance["energy_residual"]) < 1e-6
    assert abs(result.balance["water_residual"]) < 1e-6
    assert result.balance["failures"] == 0


@pytest.mark.parametrize(("controller", "name", "failed"), [*FAULTY, *MISTAKES])
def test_a_faulty_controller_fails_what_it_deserves_and_nothing_else(
    play: Play, controller: str, name: str, failed: set[str]
):
    result, _ = play(name, controller)
    assert {outcome.verdict for outcome in result.outcomes} <= {"pass", "fail"}
    assert {outcome.requirement for outcome in result.outcomes if outcome.verdict == "fail"} == failed
    assert result.verdict == ("fail" if failed else "pass")


def test_some_faulty_controllers_are_caught_and_do_their_other_work_well():
    for controller in {controller for controller, _, _ in FAULTY}:
        verdicts = [bool(failed) for name, _, failed in FAULTY if name == controller]
        assert True in verdicts
        assert False in verdicts


def _started(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, text=True)


def _printed(process: subprocess.Popen[str]) -> str:
    out, _ = process.communicate()
    assert process.returncode == 0
    return out.strip()


@pytest.fixture
def load_on_the_machine() -> Iterator[None]:
    """Two processes that compute for nothing, so that the run gets its time in pieces."""
    burning = [_started(BURN) for _ in range(2)]
    for process in burning:
        assert process.stdout is not None
        assert process.stdout.readline() == "burning\n"
    yield
    for process in burning:
        process.kill()
        process.communicate()


def test_a_run_is_the_same_in_another_process_and_under_load(play: Play, tmp_path: Path, load_on_the_machine: None):
    loaded = _printed(_started(PLAY, SHORTEST, str(tmp_path / "loaded")))
    _, folder = play(SHORTEST, "reference")
    assert loaded == fingerprint(folder / RECORDING_FILE)


class Altered:
    """A recording with some of its signals replaced."""

    def __init__(self, recording: RecordedRun, signals: dict[str, np.ndarray]) -> None:
        self.recording, self.signals = recording, signals
        self.time_s, self.events = recording.time_s, recording.events
        self.unit, self.paths, self.values = recording.unit, recording.paths, recording.values

    def signal(self, path: str) -> np.ndarray:
        return self.signals[path] if path in self.signals else self.recording.signal(path)


def _alterations(paths: list[str], time_s: np.ndarray) -> Iterator[dict[str, np.ndarray]]:
    """Ways to spoil signals: one, all or some of them at fixed values, swinging within minutes or hours."""
    still = np.ones_like(time_s)
    courses = [value * still for value in (0.0, 1.0, 2.0, 3.0, 30.0, -1e3, 1e3, 1e7)]
    courses += [np.floor(time_s / half) % 2 for half in (60.0, 300.0)]
    slow = 30.0 * (np.floor(time_s / 3600.0) % 2)
    for course in (*courses, slow):
        yield dict.fromkeys(paths, course)
        yield from ({path: course} for path in paths)
    random = np.random.default_rng(1)
    for _ in range(300):
        yield {path: courses[random.integers(len(courses))] for path in paths if random.random() < 0.8}


@pytest.mark.parametrize("name", [name for name in FILES if not name.startswith(LARGE)])
def test_every_criterion_fails_on_some_recording(play: Play, name: str):
    """A criterion that nothing can fail tests nothing."""
    _, folder = play(name, "reference")
    (scenario,), recording = chosen(name), open_recording(folder)
    begin, end = scenario.warm_up, scenario.clock.duration
    toothless = []
    for criterion in scenario.expect:
        terms = [term for instance in criterion.bind(recording) for term in instance.values()]
        paths = list(dict.fromkeys(path for term in terms for path in term.reads()))
        spoilt = (Altered(recording, signals) for signals in _alterations(paths, recording.time_s))
        if not any(criterion.judge(one, begin, end).verdict == "fail" for one in spoilt):
            toothless.append(criterion.id)
    assert toothless == []
