"""A village at speed, and its winter: kernels alone, with controller and recording, and the 121 days of the season.

    python benchmarks/village.py [PLANT] [--rounds 5]     processor time of kernels, bus, and a run with everything
    python benchmarks/village.py PLANT --season [--days 121] [--scan 30]

Goals for village_2000: kernels 10,000 simulated seconds in one of processor time, 5,000 with controller at 10 s scans
and recording, and under 5 % of a core at 60 times real time. Of the season: electricity of the shared pumps, 5 to 10
kWh per m2 of heated floor (docs/plants/documents.md#s4), and the seasonal performance of the households beside their
label (S5).
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

from hil.bench.scenario_choice import chosen
from hil.runs.folder import fresh_folder
from hil.runs.options import RunOptions
from hil.runs.run import Run

BEIJING = timezone(timedelta(hours=8))
KERNELS, WHOLE, SHARE = 10_000.0, 5_000.0, 0.05
DAY_S, KWH = 86400.0, 3.6e6


def winter(plant: str, hours: float, pace: float = 0.0, **more: object) -> Run:
    """A run of the plant's steady winter day, or of the design year where a start is given; recorded every 10 s."""
    (scenario,) = chosen("steady_winter_day", plant)
    clock = scenario.clock.model_copy(update={"duration": hours * 3600.0, **more})
    changed: dict[str, object] = {"clock": clock, "warm_up": 0.0, "precondition": ()}
    if "start" in more:
        changed["weather"] = "beijing_design_year"
    paced = {"clock": "realtime", "speed": pace} if pace > 0.0 else {}
    return Run(scenario.model_copy(update=changed), RunOptions(period_s=10.0, **paced))  # type: ignore[arg-type]


def least(work: Callable[[], object], rounds: int) -> float:
    """Processor time of the quickest round [s]: what other work on the machine adds is left out."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append(time.process_time() - begin)
    return min(times)


def played(plant: str, hours: float, folder: Path, pace: float = 0.0) -> float:
    """Processor time of a whole run, recording and verdict included [s]; pace: so many times real time."""
    run = winter(plant, hours, pace)
    run.plant.prepare()
    begin = time.process_time()
    asyncio.run(run.play(fresh_folder(folder, "run"), lambda _: None))
    return time.process_time() - begin


def speed(plant: str, rounds: int) -> None:
    """Print the figures of speed."""
    run = winter(plant, 6.0)
    run.plant.prepare()
    run.bench.schedule.run(3 * 3_600_000)
    tick = least(lambda: run.plant.advance(300), rounds) / 300.0
    bus = least(lambda: run.bench.bus.refresh(1.0), rounds)
    print(f"{plant}: kernels {1e6 * tick:.1f} us a tick, {1.0 / tick:,.0f} /s, {1.0 / tick / KERNELS:.2f} of the goal")
    print(f"  bus: {len(run.bench.bus.points):,} registers in {1e3 * bus:.2f} ms")
    with tempfile.TemporaryDirectory() as folder:
        short, long = (played(plant, hours, Path(folder)) for hours in (1.0, 5.0))
        paced = [played(plant, hours, Path(folder), 60.0) for hours in (0.1, 0.3)]
    whole, share = 4 * 3600.0 / (long - short), (paced[1] - paced[0]) / (0.2 * 3600.0 / 60.0)
    print(f"  60 times real time: {share:.1%} of a core, {SHARE / share:.2f} of the goal")
    print(f"  with controller and recording: {whole:,.0f} /s, {whole / WHOLE:.2f} of the goal", flush=True)


def season(plant: str, days: int, scan: float) -> None:
    """Run the winter and print electricity and performance."""
    run = winter(plant, days * 24.0, start=datetime(2025, 11, 15, tzinfo=BEIJING), scan=scan)
    run.plant.prepare()
    begin = time.process_time()
    run.bench.schedule.run(round(days * DAY_S * 1000.0))
    took = time.process_time() - begin
    store = run.bench.store
    houses, floor = store.tables["household"], float(store.tables["zone"].area.sum())
    pumps = store.read("pump_power.energy") / KWH
    heat, electric = float(houses.energy_heating.sum()) / KWH, float(houses.energy.sum()) / KWH
    print(f"{plant}: {days} days in {took:.0f} s, {floor:,.0f} m2 of floor")
    print(f"  shared pumps {pumps:,.0f} kWh, {pumps / floor:.2f} kWh/m2 (5 to 10 in a winter)")
    print(f"  households {heat:,.0f} kWh heat for {electric:,.0f} kWh, performance {heat / electric:.2f} (label 5.25)")
    print(f"  with the shared pumps {heat / (electric + pumps):.2f}; {plant_state(store)}", flush=True)


def plant_state(store: object) -> str:
    """Rooms and source at the end."""
    rooms = store.tables["zone"].temp  # type: ignore[attr-defined]
    return f"rooms {rooms.mean():.1f} degC, coldest {rooms.min():.1f} degC"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("plant", nargs="?", default="village_2000")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--season", action="store_true")
    parser.add_argument("--days", type=int, default=121)
    parser.add_argument("--scan", type=float, default=30.0)
    given = parser.parse_args()
    if given.season:
        season(given.plant, given.days, given.scan)
    else:
        speed(given.plant, given.rounds)
