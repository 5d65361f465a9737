"""Judging the recording of a run, where what is said of a line counts only if one was open; and its result."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hil.bench.line_signals import is_line_signal
from hil.books.accounts import energy_account, water_account
from hil.books.beyond import beyond
from hil.books.savings import savings
from hil.books.water_fields import water_fields
from hil.reports.lies import told_lies
from hil.reports.result import RunResult
from hil.runs import bus_record
from hil.runs.torment import PREFIX
from hil.runs.tried import fact
from hil.runs.versions import versions
from scenarios import Outcome, Recording, Scenario, judge, worst
from scenarios.criteria.verdict import ERROR
from twin.journal import JOURNAL_FILE
from twin.recorded import RecordedRun

NO_LINE = "no line was open in this run: nothing was asked over one"


def judged(scenario: Scenario, recording: Recording) -> list[Outcome]:
    """The outcomes; criteria on the traffic of a line that was never open are not exercised."""
    criteria = {criterion.id: criterion for criterion in scenario.expect}
    return [
        criteria[outcome.id].unjudged(NO_LINE) if outcome.id in criteria and _silent(outcome, recording) else outcome
        for outcome in judge(scenario, recording)
    ]


def _silent(outcome: Outcome, recording: Recording) -> bool:
    """Whether it rests on a signal of a line that was never open."""
    return any(is_line_signal(path) and bool(np.isnan(recording.signal(path)).all()) for path in outcome.signals)


def result_of(
    run: Any, folder: Path, recording: RecordedRun, outcomes: Sequence[Outcome], wall_s: float, started: str
) -> RunResult:
    """What came of a run (hil.runs.run.Run). wall_s: real time that it took; started: the moment, as text"""
    verdict = ERROR if run.notes else worst(outcome.verdict for outcome in outcomes)
    simulated = run.bench.schedule.now_s
    computed = simulated - run.course.began_ms / 1000.0
    timing = {"simulated_s": simulated, "wall_s": round(wall_s, 3), "speed": round(computed / wall_s, 1)}
    fields = water_fields(run.bench.store, run.factors)
    return RunResult(
        scenario=run.scenario,
        plant=run.plant.name,
        plant_title=run.plant.title,
        controller=run.options.named,
        dut=run.options.dut,
        clock=run.options.clock,
        seed=run.seed,
        verdict=verdict,
        outcomes=outcomes,
        balance=run.plant.balance(),
        timing=timing | (run.watch.timing() if run.watch is not None else {}),
        versions=versions(),
        started=started,
        notes=tuple(run.notes),
        energy=energy_account(run.bench.store),
        water=water_account(run.bench.store),
        facts=run.facts,
        lag=run.clock.lag.over_time(),
        lies=told_lies(PREFIX, recording.events, folder / JOURNAL_FILE, outcomes),
        bus=bus_record.on_the_bus(folder, run.facts, run.traffic),
        run=run.identity,
        tried=fact(run.scenario, run.options.out, run.name),
        savings=savings(run.bench.store, run.factors, sum(field.tax for field in fields)),
        fields=fields,
        beyond=beyond(run.bench.store, recording) if len(recording.time_s) else [],
    )
