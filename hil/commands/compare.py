"""`geotwin compare`: two versions of a controller beside each other."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hil.commands.verdict_table import console_for
from hil.comparison.differences import Difference, difference
from hil.comparison.found import matched
from hil.comparison.said import described, energies, first_write, lost, margins
from hil.plain_text import one_line
from twin.errors import InputError


def add_to(commands: Any) -> None:
    """Add the command and its options."""
    compare: argparse.ArgumentParser = commands.add_parser(
        "compare",
        help="compare the results of two versions of a controller",
        description="Lays the runs of two folders beside each other, scenario by scenario: verdicts that changed, "
        "margins that shrank, energy, and the first moment at which the controllers wrote something else; plots go to "
        "pages. Exit code 1 where a verdict became worse (a warning counts for nothing), 0 where none did.",
    )
    compare.add_argument("before", type=Path, metavar="RUNS_A", help="folder of a run, or of a tree of them, as before")
    compare.add_argument("after", type=Path, metavar="RUNS_B", help="the same, as it is now")
    compare.add_argument(
        "--most-shrunk", metavar="PERCENT", help="a margin that lost more of itself is a regression too, such as 20 %%"
    )
    compare.add_argument(
        "--out", type=Path, default=Path("comparison"), metavar="DIR", help="folder for the pages (default: comparison)"
    )
    compare.set_defaults(act=act)


def act(options: argparse.Namespace) -> int:
    """Compare; 1 where something became worse."""
    from hil.comparison.page import write_pages  # noqa: PLC0415  (a second and a half to import)

    most = _share(options.most_shrunk)
    pairs, gone, new = matched(options.before, options.after)
    found = [difference(before, after) for before, after in pairs]
    wrong = [sentence for one in found for sentence in one.regressions(most)]
    console = console_for()
    _print(found, console)
    notes = [f"only in {folder}: {', '.join(names)}" for folder, names in ((options.before, gone), (options.after, new))
             if names]  # fmt: skip
    page = write_pages(found, wrong, notes, options.out)
    for note in notes:
        console.print(Text(one_line(note)), soft_wrap=True)
    for sentence in wrong:
        console.print(Text("worse: ", "bold red") + Text(one_line(sentence)), soft_wrap=True)
    many = f"{len(found)} scenario{'s' * (len(found) != 1)} compared"
    console.print(Text(f"{many}: {len(wrong) or 'no'} regression{'s' * (len(wrong) != 1)}"), soft_wrap=True)
    console.print(Text(f"comparison: {page}"), soft_wrap=True)
    return 1 if wrong else 0


def _share(text: str | None) -> float | None:
    """`20 %` or `20` as 0.2."""
    if text is None:
        return None
    try:
        share = float(text.strip().removesuffix("%")) / 100.0
    except ValueError:
        share = -1.0
    if not 0.0 <= share <= 1.0:
        raise InputError(f"--most-shrunk {text!r} is not a share such as 20 %, from 0 to 100")
    return share


def _print(found: Sequence[Difference], console: Console) -> None:
    """The changes as a table, then a few lines for each scenario."""
    if any(change.worth_telling for one in found for change in one.criteria):
        console.print(_table(found))
    for one in found:
        name = one_line(one.name)
        sides = [described(kept) for kept in (one.before, one.after)]
        console.print(Text(f"{name}: {sides[0]} -> {sides[1]}"), soft_wrap=True)
        for note in one.notes:
            console.print(Text(f"  note: {one_line(note)}"), soft_wrap=True)
        written = first_write(one)
        console.print(Text(f"  first written differently: {written}" if written else "  written: the same throughout"),
                      soft_wrap=True)  # fmt: skip
        console.print(Text(f"  {energies(one)}"), soft_wrap=True)


def _table(found: Sequence[Difference]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, right in (
        ("scenario", False),
        ("criterion", False),
        ("verdict", False),
        ("margin", True),
        ("change", True),
    ):
        table.add_column(name, overflow="fold", justify="right" if right else "left", no_wrap=right)
    for one in found:
        told = [change for change in one.criteria if change.worth_telling]
        for number, change in enumerate(told):
            before, after = change.verdicts
            margin = " -> ".join(margins(change)) if any(side != "–" for side in margins(change)) else ""
            table.add_row(
                Text(one_line(one.name) if number == 0 else ""),
                Text(one_line(change.id)),
                Text(before if before == after else f"{before} -> {after}", "bold red" if change.worse else ""),
                Text(margin),
                Text(lost(change)),
                end_section=number + 1 == len(told),
            )
    return table
