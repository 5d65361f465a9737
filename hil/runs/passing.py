"""How the time of a run passes: free, paced in real time, in lockstep, or with programs that are held on it."""

import asyncio
from collections.abc import Callable
from datetime import UTC
from typing import Any

from hil.bench.lockstep import Answers
from hil.bus.transport import Served, Transport
from hil.runs.attendance import attended
from hil.runs.limits import Watch
from hil.runs.options import REQUEST
from hil.runs.pacing import pace, publish_period, publish_to, punctual
from hil.runs.started.held import Held
from hil.runs.started.placeholders import places
from twin.clock import Free, Lockstep, Realtime

Progress = Callable[[float], None]
CHUNK_MS = 3_600_000
"""A batch run reports its progress after so much plant time [ms]."""


def served(run: Any) -> Served:
    """What the lines are given; in a lockstep run over the bus the clock waits for what they say is answered."""
    options, bench = run.options, run.bench
    paced = options.clock == "lockstep" and run.heartbeat is not None
    answers = Answers(bench, options.waits_s) if paced else None
    if options.clock == "lockstep":
        bench.store.row("rig").lockstep = 1.0 if answers else 0.0
        run.clock = Lockstep(run.scan_ms, answers.wait if answers else _answered_in_process)
    return Served(
        bench.bus,
        run.plant.name,
        lambda: bench.schedule.now_ms,
        run.plant.instant,
        answers.done if answers else None,
        run.keys,
        float(bench.store.row("rig").speed),
        run.traffic.keep if run.traffic is not None else None,
        run.started.now_ns,
        run.started.launch,
        options.charge.of(REQUEST),
    )


async def pass_time(run: Any, transports: list[Transport], progress: Progress) -> None:
    """Let plant time pass to the end of a run, or until it is stopped; the controllers come and go with it."""
    if isinstance(run.started, Held):
        run.bench.schedule.run(0)
        run.clock = run.started.start_time(run.plant.start.replace(tzinfo=UTC).timestamp())
    run.watch = Watch(run.limits, run.clock, transports, run.end_ms / 1000.0)
    if transports and run.options.programs:
        run.started.begin(run.folder, places(transports, run.bench.bus.units))
    if not transports and isinstance(run.clock, Free):
        await _run_free(run, progress)
    else:
        await _run_paced(run, transports, progress)


async def _run_free(run: Any, progress: Progress) -> None:
    schedule, course = run.bench.schedule, run.course
    due = course.begin()
    while due < run.end_ms and not (run.stopped and due % CHUNK_MS == 0):
        due = course.next_ms(due, min((due // CHUNK_MS + 1) * CHUNK_MS, run.end_ms))
        schedule.run(due)
        course.reached(due)
        progress(due / run.end_ms)
        await asyncio.sleep(0)


async def _run_paced(run: Any, transports: list[Transport], progress: Progress) -> None:
    bench, end_ms, watch = run.bench, run.end_ms, run.watch
    publish_to(bench, transports, publish_period(bench, run.clock, run.scan_ms))
    if run.options.outside and isinstance(run.clock, Realtime):
        bench.schedule.run(0)
        waits_s = run.options.waits_s
        if not await attended(transports, waits_s, lambda: run.stopped) and waits_s:
            return
        await run.clock.wait(0)

    def told(due: int) -> None:
        progress(due / end_ms)
        run.course.reached(due)
        if watch is not None:
            watch.look(due / 1000.0)

    with punctual(run.clock) as run.facts["scheduling"]:
        await pace(bench, run.clock, end_ms, lambda: run.stopped, told)
    bench.schedule.run(end_ms if not run.stopped else bench.schedule.now_ms)


async def _answered_in_process(_: int) -> None:
    """A controller in process has answered when its scan returns."""
