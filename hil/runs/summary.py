"""All scenarios of a command at a glance: a page that leads to the reports, and a table for a build server."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from hil.plain_text import code, markdown, one_line
from hil.reports.page_folder import write_own
from hil.reports.result import REPORT, RunResult, counted, least
from hil.reports.shown import shown
from scenarios import Outcome, worst
from scenarios.criteria.verdict import PASS
from twin.errors import InputError

INDEX = "index.html"
_MOST_MARGINS = 3


def write_index(done: Sequence[tuple[RunResult, Path | None]], out: Path) -> Path:
    """Write the page over all scenarios into the folder of results; InputError where another's page is there.

    done: each result with its folder, None where the scenario could not be run
    """
    rows = [
        (
            "" if folder is None else os.path.relpath(folder / REPORT, out),
            one_line(result.plant),
            one_line(result.scenario.scenario),
            one_line(result.scenario.title),
            result.verdict,
            _margins(result),
            "; ".join(one_line(f"{one.id}: {one.detail or one.sentence}") for one in _bad(result)),
        )
        for result, folder in done
    ]
    results = [result for result, _ in done]
    return write_own(
        out / INDEX,
        "summary.html",
        rows=rows,
        verdict=worst(result.verdict for result in results),
        counts=_counts(results),
        controllers=", ".join(dict.fromkeys(one_line(result.dut or result.controller) for result in results)),
        written=f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    )


def append_summary(results: Sequence[RunResult], file: Path) -> None:
    """Append a heading and a table in Markdown to a file, as build servers want it; InputError where that fails."""
    lines = [
        "",
        f"### geotwin: {worst(result.verdict for result in results)}",
        "",
        f"{_counts(results)}.",
        "",
        "| plant | scenario | controller | verdict | least margins |",
        "|---|---|---|---|---|",
    ]
    for result in results:
        verdict = result.verdict if result.verdict == PASS else f"**{result.verdict}**"
        cells = (code(result.plant), code(result.scenario.scenario), markdown(result.dut or result.controller))
        lines.append(f"| {' | '.join(cells)} | {verdict} | {markdown(_margins(result))} |")
    told = [
        f"- {one.verdict}: {code(f'{result.name} / {one.id}')}: {markdown(f'{one.sentence}: {one.detail}')}"
        for result in results
        for one in _bad(result)
    ]
    lines += ["", *told] if told else []
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write("\n".join(lines) + "\n")
    except OSError as error:
        raise InputError(f"--summary {file}: {error.strerror or error}") from error


def _counts(results: Sequence[RunResult]) -> str:
    criteria = [outcome.verdict for result in results for outcome in result.judged()]
    scenarios = counted([result.verdict for result in results], "scenario", "scenarios")
    return f"{scenarios}; {counted(criteria, 'criterion', 'criteria')}"


def _bad(result: RunResult) -> list[Outcome]:
    return [outcome for outcome in result.judged() if outcome.verdict != PASS]


def _margins(result: RunResult) -> str:
    """The least margin of each unit, those below zero first: `-50 min (units-back), 4.58 K (no-freeze)`."""
    asked = {criterion.id for criterion in result.scenario.expect}
    found = least(one for one in result.judged() if one.id in asked)
    found.sort(key=lambda outcome: (outcome.margin or 0.0) > 0.0)
    return ", ".join(f"{shown(one.margin, one.unit)} ({one_line(one.id)})" for one in found[:_MOST_MARGINS])
