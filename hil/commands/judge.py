"""`geotwin judge`: judge the recording of a run anew, also of one that was killed."""

import argparse
from datetime import datetime
from pathlib import Path
from typing import Any

from hil.commands.verdict_table import console_for, exit_code, print_verdicts
from hil.reports.files import write_files
from hil.reports.result import RunResult
from hil.runs.folder import check_own
from hil.runs.run import SCENARIO_FILE
from scenarios import judge as judged
from scenarios import load, worst
from scenarios.criteria.verdict import ERROR
from scenarios.vary import Variation
from twin.errors import InputError
from twin.recorded import RECORDING_FILE, RecordedRun, open_recording, recover

NOTHING = "nothing was recorded before the run ended"


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    judge: argparse.ArgumentParser = commands.add_parser(
        "judge",
        help="judge what a run has recorded, also one that was killed",
        description="Recovers the recording of a run that was killed, judges it by the scenario that lies beside it "
        "(edited or not), and writes result and report anew.",
    )
    judge.add_argument("folder", type=Path, metavar="FOLDER", help="folder of a run, such as runs/office/cold_snap")
    judge.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Judge a folder; the exit code is that of a run."""
    folder: Path = options.folder
    check_own(folder)
    notes = []
    if not (folder / RECORDING_FILE).exists():
        recover(folder)
        notes.append("the run did not come to its end; judged on what was recorded until then")
    result = _result(folder, open_recording(folder), notes)
    write_files(result, folder)
    console = console_for()
    print_verdicts([result], console)
    console.print(f"report: {folder / 'report.html'}", highlight=False, soft_wrap=True)
    return exit_code([result])


def _result(folder: Path, recording: RecordedRun, notes: list[str]) -> RunResult:
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
        clock=str(run["clock"]),
        seed=int(run["seed"]),
        verdict=worst(outcome.verdict for outcome in outcomes) if recorded else ERROR,
        outcomes=outcomes,
        versions=run["versions"],
        notes=tuple(notes if recorded else [*notes, NOTHING]),
        timing={"simulated_s": float(recording.time_s[-1]) if recorded else 0.0},
        run=str(run.get("run", "")),
    )
