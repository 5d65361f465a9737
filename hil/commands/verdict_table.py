"""The verdicts in the terminal, and the exit code of the command."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.plain_text import one_line
from hil.reports.result import RunResult, counted
from hil.reports.shown import plant_time, shown
from scenarios import worst
from scenarios.criteria.verdict import ERROR, FAIL, INCONCLUSIVE, NOT_EXERCISED, PASS, WARN

PLAIN_WIDTH = 100
"""Columns where the output is no terminal: a log of a build."""

_EXIT_CODES = {PASS: 0, WARN: 0, FAIL: 1, ERROR: 3, INCONCLUSIVE: 4, NOT_EXERCISED: 4}
_STYLES = {PASS: "green", WARN: "yellow", FAIL: "bold red", ERROR: "bold magenta"}


def exit_code(results: Sequence[RunResult]) -> int:
    """0: all passed (warnings included); 1: a failure; 3: the rig broke, or an error; 4: inconclusive, not exercised.

    Of several, the gravest decides: an error, then a failure, then 4. Without any result: 4.
    """
    return _EXIT_CODES[worst(outcome.verdict for result in results for outcome in result.judged())]


def print_verdicts(results: Sequence[RunResult], console: Console | None = None) -> None:
    """Print one line for each criterion, why the ones that did not pass did not, and a summary line.

    The plant is named where there are several.
    """
    console = console or console_for()
    several = len({result.plant for result in results}) > 1
    names = [one_line(result.name if several else result.scenario.scenario) for result in results]
    for result, name in zip(results, names, strict=True):
        for note in result.notes:
            console.print(Text("error: ", _STYLES[ERROR]) + Text(f"{name}: {one_line(note)}"), soft_wrap=True)
    console.print(_table(results, names))
    for result, name in zip(results, names, strict=True):
        for outcome in result.judged():
            if outcome.verdict != PASS:
                place = f"{name} / {one_line(outcome.id)}"
                why = one_line(f"{outcome.sentence}: {outcome.detail}" if outcome.detail else outcome.sentence)
                word = Text(f"{outcome.verdict}: ", _STYLES.get(outcome.verdict, "cyan"))
                console.print(word + Text(f"{place}: {why}"), soft_wrap=True)
    console.print(Text(summary(results)), soft_wrap=True)


def summary(results: Sequence[RunResult]) -> str:
    """`2 scenarios: 1 fail, 1 pass; 9 criteria: 1 fail, 8 pass`, the gravest first."""
    criteria = [outcome.verdict for result in results for outcome in result.judged()]
    scenarios = [result.verdict for result in results]
    return f"{counted(scenarios, 'scenario', 'scenarios')}; {counted(criteria, 'criterion', 'criteria')}"


def console_for(width: int = PLAIN_WIDTH) -> Console:
    """The terminal; or, where the output is none, plain text of that width. Brackets in a text are no markup."""
    console = Console(highlight=False, markup=False, emoji=False)
    if console.is_terminal:
        return console
    return Console(width=width, highlight=False, markup=False, emoji=False, no_color=True)


def _table(results: Sequence[RunResult], names: Sequence[str]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("scenario", overflow="fold", ratio=5)
    table.add_column("criterion", overflow="fold", ratio=5)
    table.add_column("verdict", no_wrap=True)
    table.add_column("margin", justify="right", no_wrap=True)
    table.add_column("worst moment", no_wrap=True)
    for result, name in zip(results, names, strict=True):
        for number, outcome in enumerate(result.judged()):
            table.add_row(
                Text(name if number == 0 else ""),
                Text(one_line(outcome.id)),
                Text(outcome.verdict, _STYLES.get(outcome.verdict, "cyan")),
                Text(shown(outcome.margin, outcome.unit)),
                Text(plant_time(result.scenario.clock.start, outcome.at_s)),
                end_section=number + 1 == len(result.judged()),
            )
    return table
