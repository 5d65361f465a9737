"""`report.html`: the verdicts of a run with everything needed to see why, as one file that needs no network."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from markupsafe import Markup

from hil.books.beyond import Beyond
from hil.plain_text import one_line, plain
from hil.reports.bus.shown import bus_tables
from hil.reports.happenings import Happening, happenings
from hil.reports.lies import listed
from hil.reports.page_folder import pages
from hil.reports.plots import Plots, draw
from hil.reports.result import REPORT, RunResult, counted, least
from hil.reports.savings_shown import savings_tables, water_table
from hil.reports.shown import digits, finite, plant_time, shown
from hil.schematic.drawing import schematic
from plant_models.assembly.plant_file import read_plant
from scenarios import Outcome
from scenarios.criteria.verdict import ERROR, FAIL, INCONCLUSIVE, NOT_EXERCISED, PASS, WARN, worst
from scenarios.phrases import said
from twin.errors import InputError
from twin.event import words
from twin.files import write_whole
from twin.recorded import RECORDING_FILE, RecordedRun, open_recording

NOT_COVERED, NOT_JUDGED = "not covered", "not judged"
_BOOKS = {
    "energy_residual": ("Energy not accounted for, worst period", " of the throughput"),
    "water_residual": ("Water not accounted for, worst solution", " of the throughput"),
    "energy_drift": ("Energy not accounted for, whole run", " of the throughput"),
    "failures": ("Ticks in which the network was not solved", ""),
}
NOTHING = 1e-6
"""Sums of an account below this are rounding [kWh, m3]."""


@dataclass(frozen=True)
class Row:
    """A criterion as the verdict table shows it."""

    id: str
    requirement: str
    sentence: str
    detail: str
    verdict: str
    margin: str
    worst: str
    elapsed: str


def write_report(result: RunResult, folder: Path) -> Path:
    """Write `report.html` into the folder of the run, from its recording (if any) and the other files there.

    To be called last: the report lists the files of the folder with their checksums.
    """
    recording = open_recording(folder) if (folder / RECORDING_FILE).exists() else None
    return write_whole(folder / REPORT, _page(result, recording, _files(folder)))


def why(result: RunResult) -> str:
    """The verdict in one sentence."""
    outcomes = result.judged()
    grave = worst(outcome.verdict for outcome in outcomes)
    if grave == PASS:
        margins = ", ".join(f"{shown(o.margin, o.unit)} ({one_line(o.id)})" for o in least(outcomes))
        told = f"All {len(outcomes)} criteria hold" if len(outcomes) > 1 else "The one criterion holds"
        return told + (f"; the least margins are {margins}." if margins else ".")
    bad = [outcome for outcome in outcomes if outcome.verdict == grave]
    first = bad[0]
    count = f"{len(bad)} of {len(outcomes)} criteria"
    word = {
        FAIL: "violated",
        ERROR: "without a verdict because of an error",
        INCONCLUSIVE: "inconclusive: the recording ends too early",
        NOT_EXERCISED: "not exercised: what they are about never came",
        WARN: "violated, but only of severity warn",
    }[grave]
    told = f"{one_line(first.sentence)}: {one_line(first.detail)}" if first.detail else one_line(first.sentence)
    margin = "" if first.margin is None else f" (margin {shown(first.margin, first.unit)})"
    return f"{count} {'is' if len(bad) == 1 else 'are'} {word}. {told or first.id}{margin}."


def _page(result: RunResult, recording: RecordedRun | None, files: list[tuple[str, str, str]]) -> str:
    start = result.scenario.clock.start
    happened = happenings(recording.events) if recording is not None else []
    plots = _plots(result, recording, happened)
    page = pages().get_template("report.html")
    return page.render(
        result=result,
        scenario=result.scenario,
        title=one_line(result.scenario.title),
        dut=one_line(result.dut),
        purpose=plain(result.scenario.why),
        notes=[plain(note) for note in result.notes],
        why=why(result),
        start=f"{start:%Y-%m-%d %H:%M} (UTC{start:%z})",
        counts=counted([outcome.verdict for outcome in result.judged()], "criterion", "criteria"),
        rows=[_row(outcome, result) for outcome in result.judged()],
        requirements=_requirements(result),
        happened=[_told(one, result) for one in happened],
        lies=[listed(lie, start) for lie in result.lies],
        beyond=[_left(one, result) for one in result.beyond],
        plots=plots,
        library=Markup(plots.library) if plots else "",  # noqa: S704  (made by bokeh, which escapes what it embeds)
        script=Markup(plots.script) if plots else "",  # noqa: S704
        place=Markup(plots.place) if plots else "",  # noqa: S704
        balance=_balance(result),
        accounts=[*_account(result.energy, "kWh"), *_account(result.water, "m³")],
        tried=result.tried,
        facts=_facts(result, recording),
        schematic=Markup(_schematic(result)),  # noqa: S704  (it escapes what it shows)
        savings=savings_tables(result.savings) if result.savings else None,
        water=water_table(result.fields),
        bus=None if result.bus is None else [bus_tables(one) for one in result.bus],
        files=files,
    )


def _schematic(result: RunResult) -> str:
    """The plant's picture; none where its file is gone."""
    try:
        return schematic(read_plant(result.scenario.plant))
    except InputError:
        return ""


def _plots(result: RunResult, recording: RecordedRun | None, happened: Sequence[Happening]) -> Plots | None:
    """The plots, None where there is nothing to draw."""
    if recording is None or recording.time_s.size < 2:
        return None
    return draw(recording, result.outcomes, happened, result.scenario.clock.start, _words, result.lag)


def _row(outcome: Outcome, result: RunResult) -> Row:
    return Row(
        one_line(outcome.id),
        one_line(outcome.requirement),
        one_line(outcome.sentence),
        one_line(outcome.detail) if outcome.verdict != PASS else "",
        outcome.verdict,
        shown(outcome.margin, outcome.unit),
        plant_time(result.scenario.clock.start, outcome.at_s),
        said(round(outcome.at_s)) if finite(outcome.at_s) is not None and outcome.at_s is not None else "",
    )


def _requirements(result: RunResult) -> list[tuple[str, str, str, str]]:
    """Id, text, verdict and criteria of every requirement of the scenario."""
    found = []
    for ident, text in result.scenario.requirements.items():
        criteria = [one.id for one in result.scenario.expect if one.requirement == ident]
        verdicts = [outcome.verdict for outcome in result.outcomes if outcome.requirement == ident]
        verdict = worst(verdicts) if verdicts else NOT_JUDGED if criteria else NOT_COVERED
        found.append((one_line(ident), plain(text), verdict, ", ".join(one_line(one) for one in criteria)))
    return found


def _words(one: Happening) -> str:
    """What happened, for a person."""
    what = words(one_line(one.kind))
    if what and one.detail.startswith(one.kind):
        return one_line(what + one.detail.removeprefix(one.kind))
    return one_line(f"{what}: {one.detail}" if one.detail and what else one.detail or what or one.id)


def _told(one: Happening, result: RunResult) -> tuple[str, str, str, str, bool]:
    """Begin, length, id, words, and whether it is a fault."""
    start = result.scenario.clock.start
    length = "to the end" if one.fault else ""
    if one.end_s is not None and one.end_s > one.begin_s:
        length = said(round(one.end_s - one.begin_s, 1))
    return plant_time(start, one.begin_s), length, one_line(one.id), _words(one), one.fault


def _left(one: Beyond, result: RunResult) -> tuple[str, str, str, str, str, str]:
    """First time, length, component, law, by how much and when at the most."""
    start = result.scenario.clock.start
    much = "" if one.unit == "1" and one.worst == 1.0 else shown(one.worst, one.unit)
    first, worst = plant_time(start, one.first_s), plant_time(start, one.worst_s) if much else ""
    return first, said(round(one.length_s)), one_line(one.path.partition(".")[0]), one_line(one.law), much, worst


def _balance(result: RunResult) -> list[tuple[str, str]]:
    """What the books leave open, in words."""
    rows = []
    for name, number in result.balance.items():
        words, of = _BOOKS.get(name, (_sentence(name), ""))
        rows.append((words, "not known" if finite(number) is None else f"{number:.2g}{of}"))
    return rows


def _account(account: Any, unit: str) -> list[tuple[str, str, str]]:
    return [
        (_sentence(name), digits(number if abs(number) >= NOTHING else 0.0), unit) for name, number in account.items()
    ]


def _sentence(name: str) -> str:
    """`heat_to_rooms` as `Heat to rooms`."""
    words = one_line(name).replace("_", " ")
    return words[:1].upper() + words[1:]


def _facts(result: RunResult, recording: RecordedRun | None) -> list[tuple[str, str]]:
    """The table of run facts."""
    timing = {name: number for name, number in result.timing.items() if finite(number) is not None}
    simulated, wall = timing.pop("simulated_s", None), timing.pop("wall_s", None)
    lag, worst = timing.pop("lag_p99_ms", None), timing.pop("lag_worst_ms", None)
    skipped, _ = timing.pop("skipped", None), timing.pop("speed", None)
    skipped_s, lost_s = timing.pop("skipped_s", None), timing.pop("line_lost_s", None)
    dropped = timing.pop("messages_dropped", None)
    rows = [("Clock", result.clock), ("Seed", str(result.seed))]
    if simulated is not None:
        rows.append(("Plant time", said(simulated)))
    if wall is not None:
        rows.append(("Real time", said(wall)))
    if simulated is not None and wall is not None and wall > 0:
        rows.append(("Speed reached", f"{digits(simulated / wall)} x real time"))
    if lag is not None:
        rows.append(("Lag, 99 % of the instants below", f"{digits(lag)} ms"))
    if worst is not None:
        rows.append(("Lag, worst", f"{digits(worst)} ms"))
    if skipped is not None:
        rows.append(("Instants skipped", f"{digits(skipped)}, {said(round(skipped_s or 0.0, 1))} of plant time"))
    if lost_s:
        rows.append(("Lines without their connection", said(round(lost_s, 1))))
    if dropped:
        rows.append(("Messages dropped", digits(dropped)))
    rows += [(_sentence(name), digits(number)) for name, number in timing.items()]
    if recording is not None:
        size = f"{recording.time_s.size} rows, {len(recording.paths())} signals, every {said(recording.period_s)}"
        rows.append(("Recording", size))
    rows += [(_sentence(name), value) for name, value in result.facts.items()]
    rows.append(("Versions", ", ".join(f"{name} {version}" for name, version in result.versions.items())))
    return [(one_line(name), one_line(value)) for name, value in rows]


def _files(folder: Path) -> list[tuple[str, str, str]]:
    """Name, size and sha256 of every file in the folder but the report itself."""
    found = []
    for file in sorted(folder.iterdir()):
        if file.is_file() and file.name != REPORT:
            try:
                with file.open("rb") as opened:
                    digest = hashlib.file_digest(opened, "sha256").hexdigest()
            except OSError as error:
                raise InputError(f"{file}: cannot be read: {error}") from error
            found.append((one_line(file.name), f"{digits(file.stat().st_size / 1000)} kB", digest))
    return found
