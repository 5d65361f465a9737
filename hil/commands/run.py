"""`geotwin run`: scenarios, one after the other, with a table of verdicts at the end."""

import argparse
import asyncio
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hil.bench.scenario_choice import chosen
from hil.commands.ending import SIGNALLED, SIGNALS, told_of_signals
from hil.commands.mishap import BAD_INPUT, RIG_ERROR, told
from hil.commands.option_types import duration, rows_every, seed, speed
from hil.commands.verdict_table import console_for, exit_code, print_verdicts
from hil.reports.files import write_files
from hil.reports.junit import JUNIT_FILE, remove_junit, write_junit
from hil.reports.result import RunResult
from hil.reports.savings_shown import savings_lines
from hil.runs.folder import point_to, run_folder
from hil.runs.options import CLOCKS, OUTSIDE, RunOptions, controller_option
from hil.runs.ports import add_options, wishes
from hil.runs.recording_size import check_room
from hil.runs.recording_size import told as size_told
from hil.runs.run import Run
from scenarios import Scenario
from scenarios.criteria.verdict import ERROR
from scenarios.phrases import said
from twin.errors import InputError

_GRAVEST = (*(SIGNALLED + number for number in SIGNALS), RIG_ERROR, BAD_INPUT, 1, 4, 0)
"""Exit codes, the gravest first."""


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    run: argparse.ArgumentParser = commands.add_parser(
        "run", help="run scenarios against a controller and judge it", description=__doc__
    )
    run.add_argument(
        "scenario",
        nargs="+",
        metavar="SCENARIO",
        help="name from `geotwin list scenarios`, such as cold_snap or office/cold_snap; a plant, for all of its "
        "scenarios; or a file",
    )
    run.add_argument(
        "--plant", metavar="PLANT", help="ready plant, or a plant file, that bare names are meant for (default: office)"
    )
    run.add_argument(
        "--controller",
        default="reference",
        metavar="NAME",
        help="one of `geotwin list controllers`, a configuration file of yours for its reference, "
        "modbus:HOST:PORT to serve the devices there and let your controller connect, or mqtt for one that is on the "
        "broker of --mqtt only (default: reference)",
    )
    run.add_argument(
        "--clock",
        choices=CLOCKS,
        help="free: as fast as the machine can; realtime: see --speed; lockstep: the plant waits for the controller at "
        "every scan (default: free, or realtime for a controller on the bus)",
    )
    run.add_argument("--speed", type=speed, default=1.0, metavar="N", help="plant seconds in one second, for realtime")
    run.add_argument(
        "--wait",
        type=duration,
        metavar="TIME",
        help="how long plant time waits for a controller from outside, such as 5 min (default: 60 s)",
    )
    run.add_argument("--dut", default="", metavar="TEXT", help="name and version of the controller, for the results")
    run.add_argument("--seed", type=seed, metavar="N", help="vary the run within the bands of the scenario (`vary`)")
    run.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="folder for results (default: runs)")
    add_options(run)
    _add_files_and_limits(run)
    run.set_defaults(act=act)


def _add_files_and_limits(run: argparse.ArgumentParser) -> None:
    run.add_argument("--record-every", type=rows_every, metavar="S", help="seconds between recorded rows")
    run.add_argument("--bench", metavar="FILE", help="a bench file of yours instead of the plant's own")
    run.add_argument("--factors", metavar="FILE", help="factors of the savings report (prices, emissions, yardstick)")
    run.add_argument("--replay", type=Path, metavar="JOURNAL", help="take the writes of an earlier run's journal")
    run.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="what the rig may suffer before the run is an error: lag (5 s of real time), skipped (1 %% of the run's "
        "plant time, at least 60 s), lost (10 s without a broker), dropped (0 messages); several times",
    )


def act(options: argparse.Namespace) -> int:
    """Run all scenarios; the exit code of the gravest."""
    scenarios = [scenario for asked in options.scenario for scenario in chosen(asked, options.plant)]
    names = [f"{scenario.plant}/{scenario.scenario}" for scenario in scenarios]
    if len(set(names)) != len(names):
        raise InputError(f"two of these scenarios have one name: {', '.join(names)}; their results would collide")
    wanted, console = _wanted(options), console_for()
    remove_junit(wanted.out)
    done, codes = _run_each(scenarios, wanted, console)
    results = [result for result, _ in done]
    if wanted.out.is_dir():
        write_junit(results, wanted.out / JUNIT_FILE)
    print_verdicts(results, console)
    for result, folder in done:
        if folder is not None:
            _print_books(result, folder, wanted.out, console)
    return min(codes, key=_GRAVEST.index) if codes else exit_code(results)


def _wanted(options: argparse.Namespace) -> RunOptions:
    name, address = controller_option(options.controller)
    return RunOptions(
        controller=name,
        clock=options.clock or ("realtime" if name in OUTSIDE else "free"),
        speed=options.speed,
        seed=options.seed,
        out=options.out,
        lines=wishes(options) | ({"modbus": address} if address is not None else {}),
        period_s=options.record_every,
        replay=options.replay.resolve() if options.replay else None,
        bench=options.bench,
        factors=options.factors,
        limits=tuple(options.limit),
        dut=options.dut,
        wait_s=options.wait,
    )


def _run_each(
    scenarios: Sequence[Scenario], wanted: RunOptions, console: Console
) -> tuple[list[tuple[RunResult, Path | None]], list[int]]:
    """Every result with its folder (None where a scenario could not be run), and the exit codes of what went wrong.

    What goes wrong with one of several scenarios ends that one; a signal ends all. A single scenario raises.
    """
    done: list[tuple[RunResult, Path | None]] = []
    codes: list[int] = []
    for scenario in scenarios:
        try:
            result, folder, ended = run_one(scenario, wanted, console)
        except (Exception, KeyboardInterrupt) as error:
            if len(scenarios) == 1:
                raise
            why, code = told(error)
            done.append((_not_run(scenario, wanted, why), None))
            codes.append(code)
            if isinstance(error, KeyboardInterrupt):
                break
            continue
        done.append((result, folder))
        if ended:
            codes.append(SIGNALLED + ended)
            break
    if codes and max(codes) < SIGNALLED:
        codes.append(exit_code([result for result, folder in done if folder is not None]))
    return done, codes


def _not_run(scenario: Scenario, wanted: RunOptions, why: str) -> RunResult:
    """The result of a scenario that could not be run."""
    return RunResult(
        scenario,
        str(scenario.plant),
        "",
        wanted.controller,
        wanted.clock,
        wanted.seed or 0,
        ERROR,
        (),
        notes=(why,),
        dut=wanted.dut,
    )


def _print_books(result: RunResult, folder: Path, out: Path, console: Console) -> None:
    """Accounts and savings of a run, and where its report lies."""
    energy, water = (result.balance.get(name, 0.0) for name in ("energy_residual", "water_residual"))
    console.print(f"accounts: energy closes to {energy:.0e}, water to {water:.0e} of what went through")
    for line in savings_lines(result):
        console.print(line, highlight=False, soft_wrap=True)
    latest = out / result.name
    shown = latest if latest.resolve() == folder.resolve() else folder
    console.print(f"report: {shown / 'report.html'}", highlight=False, soft_wrap=True)


def run_one(scenario: Scenario, options: RunOptions, console: Console) -> tuple[RunResult, Path, int]:
    """Run a scenario with a progress bar; all result files are written when it returns.

    Returns the result, its folder, and the number of the signal that ended it, 0 for none.
    """
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

        def begun(places: list[str]) -> None:
            point_to(folder, options.out, run.name)
            for place in places:
                console.print(f"{run.name} {place}", highlight=False, soft_wrap=True)
            if options.waits_s:
                console.print(f"waiting for the controller, at most {said(options.waits_s)}", highlight=False)

        run.begun = begun
        result, ended = asyncio.run(_played(run, folder, lambda share: bar.update(task, completed=share)))
        bar.update(task, description=f"{run.name}: writing the report")
        write_files(result, folder)
    return result, folder, ended


async def _played(run: Run, folder: Path, progress: Callable[[float], None]) -> tuple[RunResult, int]:
    """Play a run; a signal ends it, and what was recorded until then is judged."""
    came: list[int] = []

    def tell(number: int) -> None:
        came.append(number)
        run.end(signal.Signals(number).name)

    with told_of_signals(tell):
        result = await run.play(folder, progress)
    return result, came[0] if came else 0
