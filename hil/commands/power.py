"""`geotwin power`: what a suite of scenarios can see, tried on controllers and mutants that deserve to fail."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from hil.bench.scenario_choice import chosen
from hil.bus.address import Address
from hil.campaigns.campaign import Kept, run_all
from hil.campaigns.case import OWN, Case, Seen, run_case
from hil.campaigns.drawing import drawn, in_reach
from hil.campaigns.matrix import ANY, Matrix, Row, matrix
from hil.campaigns.mutant import Mutant
from hil.campaigns.page import write_page
from hil.campaigns.rounds import in_order, until_caught, words_of
from hil.campaigns.trial import deserving, trial_of
from hil.campaigns.use import Use
from hil.commands.option_types import whole
from hil.commands.verdict_table import console_for
from hil.controllers.registry import broken_by
from hil.lines.mqtt.line import EMBEDDED
from hil.runs.options import EXEC, HOLD, NONE, OUTSIDE, VIRTUAL, RunOptions, controller_option
from hil.runs.run import Run
from hil.runs.started.choice import PORTS_APART
from hil.runs.tried import keep
from plant_models.assembly.plant_file import read_plant
from scenarios import Scenario
from twin.errors import InputError, RigError

ABOUT = """\
Runs the scenarios against your controller, then against controllers that deserve to fail (none, one that stops working
when judging begins, the faulty ones of the plant) and against mutants of your own controller: one thing is wrong
between it and one register that it uses. Prints who was caught by which requirement, what nobody saw, and which
criteria failed nobody. A mutant runs only where it can make a difference, and nobody runs on once he is caught by what
is about his mistake (--all: everybody everywhere). What was run is kept, and the same command goes on.
"""
_SHOWN = 3
_USELESS = {NONE: ("there is no controller", ANY), HOLD: ("stops working when judging begins", ANY)}
Others = dict[str, tuple[str, tuple[str, ...], list[str]]]
"""Controllers: what is wrong, the requirements they break, and the scenarios in which they can run."""


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    power: argparse.ArgumentParser = commands.add_parser(
        "power",
        help="what scenarios can see: tried on faulty controllers and mutants of yours",
        description=ABOUT,
    )
    power.add_argument("scenarios", nargs="+", metavar="SCENARIO", help="as for `geotwin run`; a plant: all of its")
    power.add_argument("--plant", metavar="PLANT", help="as for `geotwin run`")
    power.add_argument("--controller", default="reference", metavar="NAME", help="under test (default: reference)")
    power.add_argument(
        "--exec", dest="program", default="", metavar="COMMAND", help="as for `geotwin run`; in lockstep"
    )
    power.add_argument("--bench", metavar="FILE", help="a bench file of yours instead of the plant's own")
    power.add_argument("--mutants", type=whole(0, 5000), default=60, metavar="N", help="how many (default: 60)")
    power.add_argument("--seed", type=whole(0, 2**53), default=1, metavar="N", help="which mutants (default: 1)")
    power.add_argument("--all", action="store_true", help="try everybody in every scenario, also who is caught already")
    power.add_argument("--jobs", type=whole(1, 64), default=1, metavar="N", help="runs at a time (default: 1)")
    power.add_argument("--out", type=Path, default=Path("runs"), metavar="DIR", help="folder for results")
    power.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Run all; 0 where everything that makes a difference was caught, else 1.

    RigError where a run of the controller under test breaks: there is nothing to compare with.
    """
    scenarios = _scenarios(options.scenarios, options.plant)
    wanted = _wanted(options)
    console = console_for()
    kept = Kept(options.out, f"{options.controller} {options.program} {options.bench or ''}")

    def told(case: Case, seen: Seen, left: int) -> None:
        said = "; ".join(seen.notes) or ", ".join(seen.failed) or "nothing failed"
        console.print(f"{case.name} {case.who}: {said} ({left} left)", highlight=False, soft_wrap=True)

    def run(cases: Sequence[Case]) -> list[Seen]:
        return run_all(cases, wanted, kept, options.jobs, work, told)

    own = run([Case(scenario, name, OWN) for name, scenario in scenarios.items()])
    if broke := next((one for one in own if one.notes), None):
        raise RigError(f"{broke.name}: the run of the controller under test broke: {'; '.join(broke.notes)}")
    used = {one.name: one.use for one in own}
    mutants = _mutants(scenarios, used, wanted, options)
    others = {name: case for name, case in _others(scenarios).items() if name != options.controller}

    def summed(seen: Sequence[Seen]) -> Matrix:
        return matrix(scenarios, [*own, *seen], mutants, {name: case[:2] for name, case in others.items()})

    cases = _of_others(scenarios, others) | _of_mutants(scenarios, used, mutants)
    seen = until_caught(cases, run, summed, options.all)
    found = summed(seen)
    _tell(found, seen, scenarios, options.out, console)
    return 0 if all(row.said != "not seen" for row in found.rows) else 1


def _of_others(scenarios: dict[str, Scenario], others: Others) -> dict[str, list[Case]]:
    """Where controllers that deserve to fail are tried: first where a requirement that they break is judged."""
    return {
        who: [
            Case(scenarios[name], name, who)
            for name in in_order(scenarios, where, [f"requirement: {one}" for one in broken])
        ]
        for who, (_, broken, where) in others.items()
    }


def _of_mutants(
    scenarios: dict[str, Scenario], used: dict[str, Use], mutants: Sequence[Mutant]
) -> dict[str, list[Case]]:
    return {
        mutant.name: [
            Case(scenarios[name], name, mutant.name, mutant)
            for name in in_order(
                scenarios, (name for name, use in used.items() if in_reach(mutant, use)), words_of(mutant)
            )
        ]
        for mutant in mutants
    }


def work(case: Case, options: RunOptions, number: int) -> Seen:
    """Run a case in a process of its own, at ports of its own where the controller is a program."""
    if "modbus" in options.lines:
        address: Address = options.lines["modbus"]
        own = Address(address.host, address.port + PORTS_APART * number)
        options = replace(options, lines={**options.lines, "modbus": own})
    return run_case(case, options)


def _scenarios(asked: Sequence[str], plant: str | None) -> dict[str, Scenario]:
    found = [scenario for one in asked for scenario in chosen(one, plant)]
    plants = {scenario.plant for scenario in found}
    if len(plants) > 1:
        raise InputError(f"scenarios of {', '.join(sorted(plants))}: a controller runs one plant; give those of one")
    return {f"{read_plant(one.plant).file.plant}/{one.scenario}": one for one in found}


def _wanted(options: argparse.Namespace) -> RunOptions:
    name, lines, programs = controller_option([options.controller])
    programs = programs or ((options.program,) if options.program else ())
    outside = name in OUTSIDE
    if outside and not programs:
        raise InputError(
            f"--controller {options.controller}: every run needs a controller of its own; give one that comes with the "
            "rig, a configuration, exec:COMMAND, or modbus:HOST:PORT or mqtt with --exec"
        )
    return RunOptions(
        controller=name,
        clock=VIRTUAL if name == EXEC else "lockstep" if outside else "free",
        programs=programs,
        lines={"mqtt": EMBEDDED} if name == "mqtt" else lines,
        bench=options.bench,
    )


def _mutants(
    scenarios: dict[str, Scenario], used: dict[str, Use], wanted: RunOptions, options: argparse.Namespace
) -> list[Mutant]:
    """Mutants of all registers that the controller uses anywhere."""
    everything = Use(
        frozenset().union(*(use.read for use in used.values())),
        frozenset().union(*(use.written for use in used.values())),
    )
    first = next(iter(scenarios.values()))
    bus = Run(first, RunOptions(controller=NONE, bench=wanted.bench)).bench.bus
    found = drawn(everything, bus, options.mutants, options.seed)
    return [one for one in found if one.register or not wanted.outside]


def _others(scenarios: dict[str, Scenario]) -> Others:
    """Controllers that deserve to fail: what is wrong, the requirements they break, and where they can run."""
    found: Others = {}
    for name, scenario in scenarios.items():
        for who in deserving(scenario.plant):
            found.setdefault(who, (*(_USELESS.get(who) or broken_by(who, scenario.plant)), []))[2].append(name)
    return found


def _tell(found: Matrix, seen: Sequence[Seen], scenarios: dict[str, Scenario], out: Path, console: Console) -> None:
    for name, scenario in scenarios.items():
        keep(trial_of(scenario, [one for one in seen if one.name == name]), scenario, out, name)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for title, ratio in (("who", 3), ("", 2), ("by", 5)):
        table.add_column(title, overflow="fold", ratio=ratio)
    for row in found.rows:
        table.add_row(row.who, row.said, _by(row))
    console.print(table)
    for title, names in (("fails itself", found.failing), ("failed nobody", found.silent)):
        for name in names:
            console.print(f"{title}: {name}", highlight=False, soft_wrap=True)
    console.print(found.sentence(), highlight=False, soft_wrap=True)
    console.print(f"all of it: {write_page(found, out / 'power.html')}", highlight=False, soft_wrap=True)


def _by(row: Row) -> str:
    shown = sorted(row.catches, key=lambda one: not one.right)[:_SHOWN]
    more = f" and {len(row.catches) - _SHOWN} more" if len(row.catches) > _SHOWN else ""
    said = [f"{one.scenario.rpartition('/')[2]}: {one.criterion} {one.requirement}".strip() for one in shown]
    return ("; ".join(said) + more) if said else f"tried in {len(row.ran)} scenarios"
