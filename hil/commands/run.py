"""`geotwin run`: scenarios, one after the other, with a table of verdicts at the end."""

import argparse
import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from hil.bench.scenario_choice import chosen
from hil.commands.ending import SIGNALLED, told_of_signals
from hil.commands.verdict_table import console_for, exit_code, print_verdicts
from hil.reports.files import write_files
from hil.reports.junit import JUNIT_FILE, write_junit
from hil.reports.result import RunResult
from hil.reports.savings_shown import savings_lines
from hil.runs.folder import point_to, run_folder
from hil.runs.options import CLOCKS, RunOptions, controller_option
from hil.runs.ports import add_options, wishes
from hil.runs.run import Run
from scenarios import Scenario
from twin.errors import InputError


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
        "or modbus:HOST:PORT to serve the devices there and "
        "let your controller connect (default: reference)",
    )
    run.add_argument(
        "--clock",
        choices=CLOCKS,
        help="free: as fast as the machine can; realtime: see --speed; lockstep: the plant waits for the controller at "
        "every scan (default: free, or realtime for a controller on the bus)",
    )
    run.add_argument("--speed", type=float, default=1.0, metavar="N", help="plant seconds in one second, for realtime")
    run.add_argument("--seed", type=int, metavar="N", help="vary the run within the bands of the scenario (`vary`)")
    run.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="folder for results (default: runs)")
    add_options(run)
    run.add_argument("--record-every", type=float, metavar="S", help="seconds between recorded rows")
    run.add_argument("--bench", metavar="FILE", help="a bench file of yours instead of the plant's own")
    run.add_argument("--factors", metavar="FILE", help="factors of the savings report (prices, emissions, yardstick)")
    run.add_argument("--replay", type=Path, metavar="JOURNAL", help="take the writes of an earlier run's journal")
    run.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Run all scenarios; the exit code of the worst."""
    scenarios = [scenario for asked in options.scenario for scenario in chosen(asked, options.plant)]
    name, address = controller_option(options.controller)
    lines = wishes(options) | ({"modbus": address} if address is not None else {})
    wanted = RunOptions(
        controller=name,
        clock=options.clock or ("realtime" if name == "modbus" else "free"),
        speed=options.speed,
        seed=options.seed,
        out=options.out,
        lines=lines,
        period_s=options.record_every,
        replay=options.replay.resolve() if options.replay else None,
        bench=options.bench,
        factors=options.factors,
    )
    names = [f"{scenario.plant}/{scenario.scenario}" for scenario in scenarios]
    if len(set(names)) != len(names):
        raise InputError(f"two of these scenarios have one name: {', '.join(names)}; their results would collide")
    console = console_for()
    (wanted.out / JUNIT_FILE).unlink(missing_ok=True)
    results: list[RunResult] = []
    folders: list[Path] = []
    ended = 0
    for scenario in scenarios:
        result, folder, ended = run_one(scenario, wanted, console)
        results.append(result)
        folders.append(folder)
        if ended:
            break
    if len(results) > 1:
        write_junit(results, wanted.out)
    print_verdicts(results, console)
    for result, folder in zip(results, folders, strict=True):
        _print_books(result, folder, wanted.out, console)
    return SIGNALLED + ended if ended else exit_code(results)


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
    if "modbus" in options.lines:
        console.print(_waiting(run), highlight=False)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with (
        run_folder(options.out, run.name) as folder,
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar,
    ):
        task = bar.add_task(run.name, total=1.0)
        run.begun = lambda: point_to(folder, options.out, run.name)
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


def _waiting(run: Run) -> str:
    ports = sorted({unit.port for unit in run.bench.bus.units})
    host = run.options.lines["modbus"].host
    return f"{run.name}: devices answer on {host}, Modbus TCP port {', '.join(map(str, ports))}"
