"""A whole scenario run in a test, with the files that `geotwin run` writes."""

from pathlib import Path
from typing import Any

from hil.bench.scenario_choice import chosen
from hil.reports.files import write_files
from hil.reports.result import RunResult
from hil.runs.folder import point_to, run_folder
from hil.runs.options import RunOptions, controller_option, usual_clock
from hil.runs.run import Run
from scenarios import Scenario
from scenarios.criteria.verdict import PASS, WARN
from twin.errors import InputError


def judged(
    scenario: str | Path | Scenario, controller: str = "reference", out: str | Path = "runs", **more: Any
) -> RunResult:
    """Run a scenario and judge it; the verdict stands in the result, and nothing is raised for it.

    scenario:   a name as for `geotwin run`, or a file
    controller: as for `geotwin run`; one from outside is waited for
    out:        folder of the results; more: options of hil.runs.options.RunOptions
    Raises InputError where a file or a name is wrong.
    """
    if not isinstance(scenario, Scenario):
        found = chosen(str(scenario))
        if len(found) != 1:
            raise InputError(f"{scenario} stands for {len(found)} scenarios; name one of them")
        scenario = found[0]
    name, lines, programs = controller_option([controller])
    lines = dict(more.pop("lines", {})) | lines
    options = RunOptions(
        controller=name,
        clock=more.pop("clock", usual_clock(name)),
        out=Path(out),
        lines=lines,
        programs=more.pop("programs", programs),
        **more,
    )
    run = Run(scenario, options)
    with run_folder(options.out, run.name, run.identity) as folder:
        run.begun = lambda _: point_to(folder, options.out, run.name)
        result = run.complete(run.play(folder, lambda _: None))
        write_files(result, folder)
    return result


def complaint(result: RunResult) -> str:
    """Why a result is no pass, a line for each criterion; empty where it passed, warnings included."""
    bad = [outcome for outcome in result.judged() if outcome.verdict not in (PASS, WARN)]
    return "\n".join(
        f"{one.verdict}: {one.id}: {one.sentence}" + (f": {one.detail}" if one.detail else "") for one in bad
    )
