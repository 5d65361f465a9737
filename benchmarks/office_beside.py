"""The office plant at x60 in the event loop of a server, for benchmarks/modbus_server.py --beside office_beside:run."""

from datetime import datetime

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from plant_models.plant import build
from twin.clock import Realtime

START = datetime(2026, 1, 15, 8)  # noqa: DTZ001  (plant time is local standard time)


async def run() -> None:
    """Tick for ever, the whole bus published after every tick."""
    bench = Bench(build("office", START), read_bench("office"), START)
    bench.plant.prepare()
    bench.every(1000, lambda: None)
    clock = Realtime(60.0)
    while (due := bench.schedule.next_ms()) is not None:
        await clock.wait(due)
        bench.schedule.run_instant()
