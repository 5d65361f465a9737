"""The recording of a run judged anew, by the scenario that lies beside it (edited or not)."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from hil.reports.result import RunResult
from hil.runs.bus_record import on_the_bus
from hil.runs.folder import check_own
from hil.runs.judging import judged
from scenarios import load, worst
from scenarios.criteria.verdict import ERROR
from scenarios.kept import SCENARIO_FILE
from scenarios.vary import Variation
from twin.errors import InputError
from twin.recorded import RecordedRun

NOTHING = "nothing was recorded before the run ended"


def judged_again(folder: Path, recording: RecordedRun, notes: Sequence[str] = ()) -> RunResult:
    """What the scenario in the folder makes of the recording there."""
    file, run = folder / SCENARIO_FILE, recording.meta
    check_own(folder, str(run.get("run", "")))
    scenario = load(file)
    if run.get("scenario") != scenario.scenario:
        raise InputError(f"{file}: the recording is of the scenario {run.get('scenario')!r}, not {scenario.scenario!r}")
    clock = scenario.clock.model_copy(update={"start": datetime.fromisoformat(run["start"])})
    scenario = scenario.varied(Variation(events_s=float(run["events_later_s"])))
    scenario = scenario.model_copy(update={"clock": clock, "plant": run["plant_file"]})
    recorded = bool(len(recording.time_s))
    outcomes = judged(scenario, recording) if recorded else [one.unjudged(NOTHING) for one in scenario.expect]
    return RunResult(
        scenario=scenario,
        plant=str(run["plant"]),
        plant_title=str(run["plant_title"]),
        controller=str(run["controller"]),
        dut=str(run.get("dut", "")),
        clock=str(run["clock"]),
        seed=int(run["seed"]),
        verdict=worst(outcome.verdict for outcome in outcomes) if recorded else ERROR,
        outcomes=outcomes,
        versions=run["versions"],
        notes=tuple(notes) if recorded else (*notes, NOTHING),
        timing={"simulated_s": float(recording.time_s[-1]) if recorded else 0.0},
        run=str(run.get("run", "")),
        bus=on_the_bus(folder, {}),
    )
