"""Speed of the assembled office plant: ticks, phases of a tick, refresh of the bus, compilation and start.

    python benchmarks/office_kernels.py [--rounds 7] [--no-compile]

The plant is brought into steady winter operation (wells, pumps and both units running), then every round goes on from
the same snapshot; medians of all rounds are printed, with their ratio to the target (above 1 is better than asked for).
Compilation is measured in processes of their own: with an empty cache folder, and again with what the first one left
there.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime
from statistics import median
from time import perf_counter
from typing import Any

from hil.bench.bench_file import read_bench
from hil.bus.bus import Bus
from plant_models.plant import Plant, build
from plant_models.tick.balance import audit
from plant_models.tick.driver import AUDIT_PERIOD, actuate, exchange, flow, sense
from plant_models.tick.entrance import tables_at
from plant_models.water.hydraulics import solve
from twin.kernel import Rows, kernel

AT_ONCE, ONE_BY_ONE = 400_000.0, 150_000.0
"""Simulated seconds per second asked for: many ticks a call, one tick a call."""
REFRESH_US, COLD_S, CACHED_S = 2.0, 20.0, 2.0
"""Asked for: time of a refresh of the bus [us], processor time of a cold start [s], time of a cached start [s]."""
TICKS, CALLS = 20_000, 10_000
WARM_UP = 6 * 3600
PHASES = ("actuate", "flow", "exchange", "sense", "audit", "flow, solved every tick")
START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)


@kernel
def repeat(addresses: Rows, phase: int, ticks: int, dt: float) -> None:
    """One phase of a tick alone, again and again."""
    t = tables_at(addresses)
    for _ in range(ticks):
        if phase == 0:
            actuate(t, dt)
        elif phase == 1:
            flow(t, dt)
        elif phase == 2:
            exchange(t, dt)
        elif phase == 3:
            sense(t, dt)
        elif phase == 4:
            audit(t.passage, t.pipe, t.layeredtank, t.balance, dt, AUDIT_PERIOD)
        else:
            solve(t.junction, t.passage, t.network, t.net, dt)


def winter_plant() -> Plant:
    """The office after six hours of winter operation."""
    plant = build("office", START)
    write = plant.store.write
    for number in (1, 3, 5, 7):
        write(f"v{number}.open_cmd", 1.0)
    plant.advance(120)
    for pump in (*(f"well_pump_{number}" for number in range(1, 5)), "source_pump_1", "load_pump_1"):
        write(f"{pump}.enable_cmd", 1.0)
        write(f"{pump}.speed_cmd", 0.9)
    for unit in ("hp_1", "hp_2"):
        write(f"{unit}.enable_cmd", 1.0)
        write(f"{unit}.leaving_temp_sp", 45.0)
    plant.advance(WARM_UP)
    return plant


def seconds(work: Callable[[], Any]) -> float:
    """Wall time of a piece of work [s]."""
    start = perf_counter()
    work()
    return perf_counter() - start


def one_by_one(plant: Plant) -> None:
    """Many calls of one tick each."""
    for _ in range(CALLS):
        plant.advance(1)


def refreshes(bus: Bus) -> None:
    """Many refreshes of the bus."""
    for _ in range(CALLS):
        bus.refresh(0.0)


def measure_kernels(rounds: int) -> None:
    """Print what ticks, phases and the bus cost."""
    plant = winter_plant()
    bus = Bus(plant.store, read_bench("office"))
    works: dict[str, tuple[Callable[[], Any], int]] = {
        "at once": (lambda: plant.advance(TICKS), TICKS),
        "one by one": (lambda: one_by_one(plant), CALLS),
        "bus": (lambda: refreshes(bus), CALLS),
    }
    for number, phase in enumerate(PHASES):
        works[phase] = (lambda number=number: repeat(plant._addresses, number, TICKS, plant.tick_s), TICKS)
    snapshot = plant.snapshot()
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds + 1):
        for name, (work, count) in works.items():
            plant.restore(snapshot)
            times[name].append(seconds(work) / count)
    found = {name: median(values[1:]) for name, values in times.items()}
    for name, target in (("at once", AT_ONCE), ("one by one", ONE_BY_ONE)):
        rate = 1.0 / found[name]
        print(f"ticks {name:12} {rate:10,.0f} /s  {1e6 * found[name]:6.2f} us  {rate / target:5.2f} of the target")
    print(f"bus, {len(bus.values)} registers  {1e6 * found['bus']:6.2f} us  {REFRESH_US / 1e6 / found['bus']:5.2f}")
    for phase in PHASES:
        print(f"phase {phase:24} {1e6 * found[phase]:6.2f} us")


def start_up() -> None:
    """In a process of its own: print wall and processor time of import, build and first ticks of plant and bus."""
    plant = build("office", START)
    plant.advance(1)
    Bus(plant.store, read_bench("office")).refresh(1.0)
    print(sum(os.times()[:2]))


def measure_compilation() -> None:
    """Print what a start costs with an empty cache, and with a filled one."""
    with tempfile.TemporaryDirectory() as folder:
        for name, target in (("cold", COLD_S), ("cached", CACHED_S)):
            start = perf_counter()
            result = subprocess.run(
                [sys.executable, __file__, "--start-up"],
                env={**os.environ, "NUMBA_CACHE_DIR": folder},
                capture_output=True,
                text=True,
                check=True,
            )
            wall, cpu = perf_counter() - start, float(result.stdout)
            asked_for = cpu if name == "cold" else wall
            print(f"start {name:7} {wall:6.2f} s, {cpu:6.2f} s of processor  {target / asked_for:5.2f} of the target")


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--no-compile", action="store_true", help="leave the compilation out")
    parser.add_argument("--start-up", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.start_up:
        start_up()
        return
    measure_kernels(given.rounds)
    if not given.no_compile:
        measure_compilation()


if __name__ == "__main__":
    main()
