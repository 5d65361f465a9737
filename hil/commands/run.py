"""`geotwin run`: scenarios, one after the other or several at a time, with a table of verdicts at the end."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from hil.bench.scenario_choice import chosen
from hil.commands.ending import BAD_INPUT, RIG_ERROR, SIGNALLED, SIGNALS
from hil.commands.option_types import charge, duration, jobs, rows_every, seed, speed
from hil.commands.playing.exec_option import add_exec
from hil.commands.playing.one_run import Done, attempt, run_one
from hil.commands.playing.side_by_side import side_by_side
from hil.commands.verdict_table import console_for, exit_code, print_verdicts
from hil.plain_text import plain
from hil.reports.junit import JUNIT_FILE, remove_junit, write_junit
from hil.reports.page_folder import remove_own
from hil.reports.result import REPORT, RunResult
from hil.reports.savings_shown import savings_lines
from hil.runs.options import CLOCKS, Charge, RunOptions, controller_option, usual_clock
from hil.runs.ports import add_options, wishes
from hil.runs.states.saved import SUFFIX
from hil.runs.summary import INDEX, append_summary, write_index
from scenarios import Scenario
from scenarios.criteria.verdict import PASS
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
        action="append",
        metavar="NAME",
        help="one of `geotwin list controllers`, a configuration file of yours for its reference, "
        "modbus:HOST:PORT to serve the devices there and let your controller connect, mqtt for one that is on the "
        "broker of --mqtt only, or 'exec:COMMAND' or 'docker:IMAGE COMMAND' to start your program on the plant's "
        "clock, with {host}, {port} and {mqtt} in it; several programs by several of these (default: reference)",
    )
    run.add_argument(
        "--clock",
        choices=CLOCKS,
        help="free: as fast as the machine can; realtime: see --speed; lockstep: the plant waits for the controller at "
        "every scan; virtual: the program's own clock is plant time (default: free; realtime for a controller on the "
        "bus; virtual for exec)",
    )
    run.add_argument("--speed", type=speed, default=1.0, metavar="N", help="plant seconds in one second, for realtime")
    _add_outside(run)
    run.add_argument("--seed", type=seed, metavar="N", help="vary the run within the bands of the scenario (`vary`)")
    run.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="folder for results (default: runs)")
    add_options(run)
    _add_files_and_limits(run)
    _add_states(run)
    run.set_defaults(act=act)


def _add_outside(run: argparse.ArgumentParser) -> None:
    run.add_argument(
        "--wait",
        type=duration,
        metavar="TIME",
        help="how long plant time waits for a controller from outside, such as 5 min (default: 60 s)",
    )
    add_exec(run)
    run.add_argument(
        "--charge",
        type=charge,
        default=Charge(),
        metavar="TIME",
        help="plant time that computing takes of a program on the plant's clock, such as '5 ms' at each scan, or "
        "'5 ms/request' (default: none)",
    )
    run.add_argument("--dut", default="", metavar="TEXT", help="name and version of the controller, for the results")


def _add_files_and_limits(run: argparse.ArgumentParser) -> None:
    run.add_argument("--jobs", type=jobs, default=1, metavar="N", help="run so many scenarios at a time (default: 1)")
    run.add_argument("--summary", type=Path, metavar="FILE", help="append a summary in Markdown, for build servers")
    run.add_argument("--accounts", action="store_true", help="print energy, savings and water of each run, too")
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


def _add_states(run: argparse.ArgumentParser) -> None:
    run.add_argument(
        "--save-at",
        type=duration,
        action="append",
        default=[],
        metavar="TIME",
        help="save the run at that time after its start, such as 2 h, in its folder; several times",
    )
    run.add_argument(
        "--from", type=Path, dest="state", metavar="STATE", help="go on from a saved run: the same or what if"
    )
    run.add_argument(
        "--no-warm-cache",
        action="store_false",
        dest="warm",
        help="compute every warm-up, also one that an earlier run has left in the folder for results",
    )


def act(options: argparse.Namespace) -> int:
    """Run all scenarios; the exit code of the gravest."""
    scenarios = [scenario for asked in options.scenario for scenario in chosen(asked, options.plant)]
    names = [f"{scenario.plant}/{scenario.scenario}" for scenario in scenarios]
    if len(set(names)) != len(names):
        raise InputError(f"two of these scenarios have one name: {', '.join(names)}; their results would collide")
    wanted, console = _wanted(options), console_for()
    remove_junit(wanted.out)
    several = len(scenarios) > 1
    if several:
        remove_own(wanted.out / INDEX)
    if options.jobs > 1 and several:
        done = side_by_side(scenarios, wanted, options.jobs, console)
    else:
        done = _run_each(scenarios, wanted, console)
    results = [one.result for one in done]
    if wanted.out.is_dir():
        write_junit(results, wanted.out / JUNIT_FILE)
    if options.summary is not None:
        append_summary(results, options.summary)
    print_verdicts(results, console)
    _print_ends(done, wanted, options.accounts, console)
    if several and wanted.out.is_dir():
        try:
            _say(f"all scenarios: {write_index([(one.result, one.folder) for one in done], wanted.out)}", console)
        except InputError as error:
            _say(f"no page over all scenarios: {error}", console)
    return _exit_code(done)


def _wanted(options: argparse.Namespace) -> RunOptions:
    name, lines, programs = controller_option(options.controller or ["reference"])
    return RunOptions(
        controller=name,
        clock=options.clock or usual_clock(name),
        speed=options.speed,
        seed=options.seed,
        out=options.out,
        lines=wishes(options) | lines,
        period_s=options.record_every,
        replay=options.replay.resolve() if options.replay else None,
        bench=options.bench,
        factors=options.factors,
        limits=tuple(options.limit),
        dut=options.dut,
        programs=programs or ((options.program,) if options.program else ()),
        wait_s=options.wait,
        charge=options.charge,
        save_at=tuple(options.save_at),
        state=options.state.resolve() if options.state else None,
        warm=options.warm,
    )


def _run_each(scenarios: Sequence[Scenario], wanted: RunOptions, console: Console) -> list[Done]:
    """What became of each, one after the other; a signal ends all. A single scenario raises what goes wrong with it."""
    if len(scenarios) == 1:
        return [run_one(scenarios[0], wanted, console)]
    done: list[Done] = []
    for scenario in scenarios:
        done.append(attempt(scenario, wanted, console))
        if done[-1].ends_all:
            break
    return done


def _exit_code(done: Sequence[Done]) -> int:
    """The gravest of what went wrong and of the verdicts; a signal before all."""
    codes = [one.code for one in done if one.code is not None]
    if not codes or max(codes) < SIGNALLED:
        codes.append(exit_code([one.result for one in done if one.code is None or one.folder is not None]))
    return min(codes, key=_GRAVEST.index)


def _print_ends(done: Sequence[Done], wanted: RunOptions, accounts: bool, console: Console) -> None:
    """Accounts where they are asked for, and where the reports lie: of several those that did not pass."""
    for one in done:
        if one.folder is None:
            continue
        if accounts:
            _print_accounts(one.result, console)
        if len(done) == 1 or one.result.verdict != PASS:
            latest = wanted.out / one.result.name
            shown = latest if latest.resolve() == one.folder.resolve() else one.folder
            _say(f"report: {shown / REPORT}", console)
        for state in sorted(one.folder.glob(f"*{SUFFIX}")):
            _say(f"saved: {state}", console)


def _print_accounts(result: RunResult, console: Console) -> None:
    """Accounts and savings of a run."""
    energy, water = (result.balance.get(name, 0.0) for name in ("energy_residual", "water_residual"))
    _say(f"{result.name}: energy closes to {energy:.0e}, water to {water:.0e} of what went through", console)
    for line in savings_lines(result):
        _say(f"  {line}", console)


def _say(line: str, console: Console) -> None:
    console.print(Text(plain(line)), soft_wrap=True)
