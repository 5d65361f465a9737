"""Speed of the kernels of every ready plant, and of a heating season with the reference controller.

    python benchmarks/plants.py [PLANT ...] [--rounds 5]          kernels, many ticks a call, after six hours of winter
    python benchmarks/plants.py office household_5_6 --season       15 November to 15 March at scans of 10 s

Goals: small plants at most 10 us a tick, villages 100 us; a season of the office 120 s, of household_5_6 60 s.
"""

import argparse
import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from statistics import median

from hil.bench.scenario_choice import chosen
from hil.runs.folder import fresh_folder
from hil.runs.options import RunOptions
from hil.runs.run import Run
from plant_models.assembly.plant_file import ready_plants

SMALL_US, VILLAGE_US = 10.0, 100.0
SEASON_GOALS = {"office": 120.0, "household_5_6": 60.0}
SEASON_DAYS = 121
BEIJING = timezone(timedelta(hours=8))
WARM_UP_S = 6 * 3600.0


def winter_run(plant: str, folder: Path, hours: float, start: datetime | None = None, every_s: float = 60.0) -> Run:
    """A run of the plant's steady winter day, made longer or shorter; another start means the design year."""
    (scenario,) = chosen("steady_winter_day", plant)
    changed = {"duration": hours * 3600.0, "scan": 10.0} | ({"start": start} if start else {})
    more: dict[str, object] = {"clock": scenario.clock.model_copy(update=changed), "warm_up": 0.0}
    if start:
        more["weather"] = "beijing_design_year"
    return Run(scenario.model_copy(update=more), RunOptions(out=folder, period_s=every_s))


def played(run: Run, folder: Path) -> float:
    """Wall time of a run with recording, controller and accounts [s]."""
    run.plant.prepare()
    begin = time.perf_counter()
    asyncio.run(run.play(fresh_folder(folder, run.scenario.scenario), lambda _: None))
    return time.perf_counter() - begin


def kernels(plant: str, rounds: int, folder: Path) -> None:
    """Print what a tick costs in steady winter operation."""
    run = winter_run(plant, folder, WARM_UP_S / 3600.0)
    played(run, folder)
    made, ticks = run.plant, 2_000 if plant.startswith("village") else 20_000
    snapshot, times = made.snapshot(), []
    for _ in range(rounds + 1):
        made.restore(snapshot)
        begin = time.perf_counter()
        made.advance(ticks)
        times.append((time.perf_counter() - begin) / ticks)
    us = 1e6 * median(times[1:])
    goal = VILLAGE_US if plant.startswith("village") else SMALL_US
    print(f"{plant:28} {us:8.2f} us a tick  {1e6 / us:10,.0f} /s  {goal / us:5.2f} of the goal", flush=True)


def season(plant: str, folder: Path) -> None:
    """Print what a heating season costs."""
    run = winter_run(plant, folder, SEASON_DAYS * 24.0, datetime(2026, 11, 15, tzinfo=BEIJING), every_s=600.0)
    wall = played(run, folder)
    goal = SEASON_GOALS.get(plant, 0.0)
    shown = f"{goal / wall:5.2f} of the goal" if goal else ""
    balance = run.plant.balance()
    print(f"{plant:28} season in {wall:6.1f} s, {SEASON_DAYS * 86400 / wall:9,.0f} simulated s per s  {shown}")
    print(f"{'':28} energy closes to {balance['energy_residual']:.0e}, water to {balance['water_residual']:.0e}")


def main() -> None:
    """Measure the plants that are named, or all."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("plant", nargs="*", default=list(ready_plants()))
    words.add_argument("--rounds", type=int, default=5)
    words.add_argument("--season", action="store_true")
    options = words.parse_args()
    print(f"measured {datetime.now(UTC):%Y-%m-%d}")
    with tempfile.TemporaryDirectory() as folder:
        for plant in options.plant:
            if options.season:
                season(plant, Path(folder))
            else:
                kernels(plant, options.rounds, Path(folder))


if __name__ == "__main__":
    main()
