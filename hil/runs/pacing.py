"""The paced loop of `run` and `serve`: the plant instant by instant on a clock, its lines published in between."""

import contextlib
import gc
from collections.abc import Callable, Iterator, Sequence

from hil.bench.bench import Bench
from hil.bus.transport import Transport
from hil.runs.real_time_class import preferred
from twin.clock import Clock, Lockstep, Realtime

LEAST_PERIOD_MS = 1000
"""Lines are published every second of plant time, or at every tick that is longer [ms]; in lockstep at every scan."""


def publish_period(bench: Bench, clock: Clock, scan_ms: int) -> int:
    """Plant time between two publications [ms]."""
    return scan_ms if isinstance(clock, Lockstep) else max(bench.schedule.tick_ms, LEAST_PERIOD_MS)


def publish_to(bench: Bench, transports: Sequence[Transport], period_ms: int) -> None:
    """Publish the bus over all transports, every period from the present instant on."""

    def publish() -> None:
        for transport in transports:
            transport.publish()

    if transports:
        bench.every(period_ms, publish)


async def pace(
    bench: Bench,
    clock: Clock,
    until_ms: int | None = None,
    ended: Callable[[], bool] = lambda: False,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Run instant by instant, each when the clock lets it: to `until_ms` (None: for ever) or until `ended`."""
    schedule = bench.schedule
    while (due := schedule.next_ms()) is not None and not ended():
        if until_ms is not None and due > until_ms:
            return
        await clock.wait(due)
        schedule.run_instant()
        progress(due)


@contextlib.contextmanager
def punctual(clock: Clock) -> Iterator[str]:
    """The process made ready for real time: what was built is left out of garbage collection, and the system is asked
    for a real-time class; yields what came of that."""
    gc.freeze()
    try:
        with preferred() if isinstance(clock, Realtime) else contextlib.nullcontext("ordinary") as rank:
            yield rank
    finally:
        gc.unfreeze()
