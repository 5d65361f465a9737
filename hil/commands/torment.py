"""`geotwin torment`: lying answers of the devices while a scenario runs, and what the controller makes of them."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.bench.bench_file import read_bench
from hil.bench.scenario_choice import chosen
from hil.commands.option_types import number, whole
from hil.commands.playing.exec_option import add_exec
from hil.commands.playing.one_run import run_one
from hil.commands.verdict_table import console_for, exit_code, print_verdicts
from hil.reports.lies import ToldLie, listed
from hil.runs.options import CLOCKS, EXEC, OUTSIDE, RunOptions, controller_option, usual_clock
from hil.runs.ports import add_options, wishes
from hil.runs.torment import MOST_LIES, lies, tormented
from scenarios import Scenario
from twin.errors import InputError

ABOUT = """\
Runs a scenario while its devices lie: answers that are late, cut, doubled, of another unit or function, connections
that are lost, values that are stale or none, on MQTT messages in another order and a broker that is gone. The seed
draws which lies, when and of whom: the same seed, the same lies.
The scenario's limits are judged as ever; every lie is listed with what the controller wrote meanwhile, and which
limits fell.
"""


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    torment: argparse.ArgumentParser = commands.add_parser(
        "torment", help="let the devices lie to a controller on the bus while a scenario runs", description=ABOUT
    )
    torment.add_argument("scenario", metavar="SCENARIO", help="as for `geotwin run`")
    torment.add_argument("--plant", metavar="PLANT", help="as for `geotwin run`")
    torment.add_argument(
        "--controller",
        required=True,
        metavar="NAME",
        help="modbus:HOST:PORT where yours connects, `mqtt` with --mqtt, or 'exec:COMMAND'",
    )
    add_exec(torment)
    torment.add_argument("--clock", choices=CLOCKS[1:], help="default: realtime; virtual for exec")
    torment.add_argument("--speed", type=number(0.001, 100_000.0), default=60.0, metavar="N", help="default: 60")
    torment.add_argument("--seed", type=whole(0, 2**53), default=1, metavar="N", help="which lies (default: 1)")
    torment.add_argument("--lies", type=whole(1, MOST_LIES), default=25, metavar="N", help="how many (default: 25)")
    torment.add_argument("--bench", metavar="FILE", help="a bench file of yours instead of the plant's own")
    torment.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="folder for results")
    add_options(torment)
    torment.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Run the scenario with lies; the exit code is that of a run."""
    (scenario, *more) = chosen(options.scenario, options.plant)
    if more:
        raise InputError(f"{options.scenario} is {len(more) + 1} scenarios; torment runs one")
    name, lines, programs = controller_option([options.controller])
    if name not in OUTSIDE:
        raise InputError(
            f"--controller {name}: there is no wire to lie on; give modbus:HOST:PORT, mqtt, or exec:COMMAND"
        )
    units = [unit.name for unit in read_bench(options.bench or scenario.plant) if unit.component != "rig"]
    clock = options.clock or usual_clock(name)
    pace = options.speed if clock == "realtime" else 1.0
    told = lies(scenario, units, options.seed, options.lies, pace, "modbus" if name == EXEC else name)
    wanted = RunOptions(
        controller=name,
        clock=clock,
        speed=options.speed,
        out=options.out,
        lines=wishes(options) | lines,
        bench=options.bench,
        audited=False,
        programs=programs or ((options.program,) if options.program else ()),
    )
    console = console_for()
    done = run_one(tormented(scenario, told), wanted, console)
    result = done.result
    print_verdicts([result], console)
    _print_lies(result.lies, scenario, console)
    console.print(f"report: {(done.folder or wanted.out) / 'report.html'}", highlight=False, soft_wrap=True)
    return exit_code([result]) if done.code is None else done.code


def _print_lies(told: Sequence[ToldLie], scenario: Scenario, console: Console) -> None:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("lie told at", no_wrap=True)
    table.add_column("what", overflow="fold", ratio=5)
    table.add_column("writes meanwhile", overflow="fold", ratio=4)
    table.add_column("limits that fell", overflow="fold", ratio=3)
    for lie in told:
        table.add_row(*map(Text, listed(lie, scenario.clock.start)))
    console.print(table)
