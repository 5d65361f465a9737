"""`geotwin vacuous`: which criteria of a scenario fail nobody."""

import argparse
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table

from hil.bench.scenario_choice import chosen
from hil.campaigns.trial import try_all
from hil.commands.verdict_table import console_for
from hil.runs.options import RunOptions
from hil.runs.tried import Trial, keep
from plant_models.assembly.plant_file import read_plant


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    vacuous: argparse.ArgumentParser = commands.add_parser(
        "vacuous",
        help="try a scenario on controllers that deserve to fail, and list the criteria that failed none",
        description="Runs a scenario against no controller, against one that leaves everything as it is once judging "
        "begins, and against the faulty controllers of the plant. A criterion that fails none of them has not been "
        "seen to say anything. What is found is kept beside the results and stands in later reports.",
    )
    vacuous.add_argument("scenario", metavar="SCENARIO", help="as for `geotwin run`")
    vacuous.add_argument("--plant", metavar="PLANT", help="as for `geotwin run`")
    vacuous.add_argument("--bench", metavar="FILE", help="a bench file of yours instead of the plant's own")
    vacuous.add_argument(
        "--controller", action="append", default=[], metavar="NAME", help="try one more; may be given several times"
    )
    vacuous.add_argument(
        "--out", type=Path, default=Path("runs"), metavar="DIR", help="folder for results (default: runs)"
    )
    vacuous.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Try every scenario; 0 whatever is found."""
    console = console_for()
    for scenario in chosen(options.scenario, options.plant):
        name = f"{read_plant(scenario.plant).file.plant}/{scenario.scenario}"
        wanted = RunOptions(out=options.out, bench=options.bench)
        console.print(f"{name}:")
        trial = try_all(scenario, name, wanted, options.controller, lambda one: console.print(f"  {one} ..."))
        keep(trial, scenario, options.out, name)
        console.print(_table(trial))
        console.print(f"{name}: {trial.sentence()}", highlight=False, soft_wrap=True)
    return 0


def _table(trial: Trial) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("criterion", overflow="fold")
    for name in trial.controllers:
        table.add_column(name, overflow="fold")
    for criterion, verdicts in trial.verdicts.items():
        table.add_row(criterion, *verdicts)
    return table
