"""One scenario run for a command: with a progress bar, its files written, and what goes wrong kept as its result."""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hil.bus.transport import Transport
from hil.commands.ending import SIGNALLED, told, told_of_signals
from hil.reports.files import write_files
from hil.reports.result import RunResult
from hil.runs.folder import point_to, run_folder
from hil.runs.options import RunOptions
from hil.runs.recording_size import check_room
from hil.runs.recording_size import told as size_told
from hil.runs.run import Run
from scenarios import Scenario
from scenarios.criteria.verdict import ERROR
from scenarios.phrases import said
from twin.kernel import compiled_before

COMPILING = "compiling the physics for this machine, about half a minute; later runs start at once"


@dataclass(frozen=True)
class Done:
    """What became of a scenario.

    folder: of its results, None where it could not be run
    code:   exit code of what went wrong with it, None where nothing did; a signal ends those after it, too
    """

    result: RunResult
    folder: Path | None
    code: int | None = None

    @property
    def ends_all(self) -> bool:
        """Whether a signal came."""
        return self.code is not None and self.code >= SIGNALLED


def attempt(scenario: Scenario, options: RunOptions, console: Console) -> Done:
    """Run a scenario; what goes wrong becomes its result."""
    try:
        return run_one(scenario, options, console)
    except (Exception, KeyboardInterrupt) as error:
        why, code = told(error)
        return Done(not_run(scenario, options, why), None, code)


def not_run(scenario: Scenario, options: RunOptions, why: str) -> RunResult:
    """The result of a scenario that could not be run."""
    return RunResult(
        scenario,
        str(scenario.plant),
        "",
        options.named,
        options.clock,
        options.seed or 0,
        ERROR,
        (),
        notes=(why,),
        dut=options.dut,
    )


def run_one(scenario: Scenario, options: RunOptions, console: Console) -> Done:
    """Run a scenario with a progress bar; all result files are written when it returns."""
    if not compiled_before():
        console.print(COMPILING, highlight=False, soft_wrap=True)
    run = Run(scenario, options)
    check_room(options.out, run.size)
    if large := size_told(run.size, run.period_ms):
        console.print(f"{run.name}: {large}", highlight=False, soft_wrap=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with (
        run_folder(options.out, run.name, run.identity) as folder,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task(run.name, total=1.0)

        def begun(transports: list[Transport]) -> None:
            point_to(folder, options.out, run.name)
            for transport in transports:
                console.print(f"{run.name} {transport.where()}", highlight=False, soft_wrap=True)
            if options.waits_s:
                console.print(f"waiting for the controller, at most {said(options.waits_s)}", highlight=False)

        run.begun = begun
        result, ended = run.complete(_played(run, folder, lambda share: bar.update(task, completed=share)))
        bar.update(task, description=f"{run.name}: writing the report")
        write_files(result, folder)
    return Done(result, folder, SIGNALLED + ended if ended else None)


async def _played(run: Run, folder: Path, progress: Callable[[float], None]) -> tuple[RunResult, int]:
    """Play a run; a signal ends it, and what was recorded until then is judged."""
    came: list[int] = []

    def tell(number: int) -> None:
        came.append(number)
        run.end(signal.Signals(number).name)

    with told_of_signals(tell):
        result = await run.play(folder, progress)
    return result, came[0] if came else 0
