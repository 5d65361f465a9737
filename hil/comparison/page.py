"""The pages of a comparison: one over all scenarios, and one for each with its plots."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from hil.comparison.differences import Change, Difference
from hil.comparison.found import Kept
from hil.comparison.overlay import overlaid
from hil.comparison.said import described, first_write, lost, margins, moment, share
from hil.plain_text import one_line, plain
from hil.reports.page_folder import check_free, write_own
from hil.reports.plots import Plots
from hil.reports.result import RunResult
from hil.reports.shown import digits
from hil.runs.judged_again import judged_again
from twin.errors import InputError
from twin.recorded import RecordedRun, open_recording

INDEX = "index.html"


def write_pages(differences: Sequence[Difference], wrong: Sequence[str], notes: Sequence[str], folder: Path) -> Path:
    """Write all pages into the folder; returns the one over all. wrong: the regressions, in words."""
    names = [f"{one.name.replace('/', '.')}.html" for one in differences]
    for name in (INDEX, *names):
        check_free(folder / name)
    rows = []
    for one, page in zip(differences, (folder / name for name in names), strict=True):
        write_own(page, "comparison.html", **_scenario(one, wrong))
        changed = [change for change in one.criteria if change.worth_telling]
        worse = sum(change.worse for change in one.criteria)
        rows.append((page.name, one.name, one.before.result.verdict, one.after.result.verdict, len(changed), worse,
                     moment(one, one.writes.at_s) if one.writes else "the same"))  # fmt: skip
    sides = [_side([getattr(one, name) for one in differences]) for name in ("before", "after")]
    return write_own(folder / INDEX, "comparison_index.html", rows=rows, wrong=wrong, notes=notes, sides=sides)


def _scenario(one: Difference, wrong: Sequence[str]) -> dict[str, Any]:
    plots, missing = _plots(one)
    return {
        "name": one.name,
        "sides": [_side([one.before]), _side([one.after])],
        "verdicts": (one.before.result.verdict, one.after.result.verdict),
        "wrong": [said for said in wrong if said.startswith((f"{one.name} /", f"{one.name}:"))],
        "notes": [*(plain(note) for note in one.notes), *missing],
        "rows": [_row(change, one) for change in one.criteria],
        "writes": first_write(one),
        "energy": [(one_line(name), digits(a), digits(b), unit, share(a, b)) for name, a, b, unit in one.energy],
        "plots": plots,
        "library": Markup(plots.library) if plots else "",  # noqa: S704  (made by bokeh, which escapes what it embeds)
        "script": Markup(plots.script) if plots else "",  # noqa: S704
        "place": Markup(plots.place) if plots else "",  # noqa: S704
    }


def _side(runs: Sequence[Kept]) -> str:
    """What is compared, in words."""
    names = dict.fromkeys(described(kept) for kept in runs)
    return "; ".join(names)


def _row(change: Change, one: Difference) -> dict[str, Any]:
    before, after = margins(change)
    criterion = change.either
    return {
        "id": one_line(change.id),
        "requirement": one_line(criterion.requirement),
        "sentence": one_line(criterion.sentence),
        "verdicts": change.verdicts,
        "worse": change.worse,
        "before": before,
        "after": after,
        "lost": lost(change),
        "at": moment(one, criterion.at_s),
    }


def _plots(one: Difference) -> tuple[Plots | None, list[str]]:
    """The plots, and why there are none where a recording cannot be read."""
    sides: list[tuple[RunResult, RecordedRun]] = []
    for kept in (one.before, one.after):
        try:
            recording = open_recording(kept.folder)
            sides.append((judged_again(kept.folder, recording), recording))
        except InputError as error:
            return None, [f"no plots: {plain(error)}"]
    if any(recording.time_s.size < 2 for _, recording in sides):
        return None, ["no plots: one of the recordings is empty"]
    telling = [change.id for change in one.criteria if change.worth_telling]
    written = [path for path, _, _ in one.writes.writes] if one.writes else []
    plots = overlaid(sides[0], sides[1], telling, written, one.writes.at_s if one.writes else None)
    return (plots, []) if plots.signals else (None, ["every signal that a report would show is the same in both"])
