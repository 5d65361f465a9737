"""The result of a run: what was judged, with accounts, savings and all that is to be known of how it was run."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

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
from scenarios import Outcome, worst
from scenarios.criteria.verdict import ERROR
from twin.journal import JOURNAL_FILE
from twin.recorded import RecordedRun


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
        controller=run.options.controller,
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
