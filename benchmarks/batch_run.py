"""Batch speed of whole runs: the office with the reference controller in process, every point recorded at 10 s.

Prints simulated seconds per second of real time and of processor time, and their ratio to what was set as the goal:
40,000 at scans of 1 s, 150,000 at scans of 10 s. Each figure is the median of several runs in this process.

    .venv/bin/python benchmarks/batch_run.py [--rounds 5] [--hours 12]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from hil.runs.folder import fresh_folder
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import load

GOALS = {1.0: 40_000.0, 10.0: 150_000.0}


def speeds(scan_s: float, hours: float, folder: Path) -> tuple[float, float]:
    """Simulated seconds per second of real time, and of processor time, of one run with its recording."""
    scenario = load("steady_winter_day")
    clock = scenario.clock.model_copy(update={"duration": hours * 3600.0, "scan": scan_s})
    scenario = scenario.model_copy(update={"clock": clock, "warm_up": 0.0})
    run = Run(scenario, RunOptions(out=folder, period_s=10.0))
    run.plant.prepare()
    run.bench.refresh()
    target = fresh_folder(folder, scenario.scenario)
    times: list[float] = []
    run_free = run._run_free

    async def timed(progress: object) -> None:
        real, cpu = time.perf_counter(), time.process_time()
        await run_free(progress)  # type: ignore[arg-type]
        times.extend((time.perf_counter() - real, time.process_time() - cpu))

    run._run_free = timed  # type: ignore[method-assign]
    asyncio.run(run.play(target, lambda _: None))
    return hours * 3600.0 / times[0], hours * 3600.0 / times[1]


def main() -> None:
    """Print the two figures with their ratios."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--hours", type=float, default=12.0)
    options = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for scan_s, goal in GOALS.items():
            rounds = [speeds(scan_s, options.hours, Path(folder)) for _ in range(options.rounds)]
            real, cpu = (statistics.median(values) for values in zip(*rounds, strict=True))
            print(
                f"scans of {scan_s:g} s: {real:9,.0f} simulated s per s of real time ({real / goal:.2f} of the goal), "
                f"{cpu:9,.0f} per s of processor time ({cpu / goal:.2f})"
            )


if __name__ == "__main__":
    main()
