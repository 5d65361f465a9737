"""What kept warm-ups save: scenarios built, run and judged without them, with an empty cache, and with a filled one.

Prints the processor time of each way for every plant, how many warm-ups were taken from a file, and the ratio to the
way without. Reports are not written: they take as long in every way. A recording that differs ends it.

    .venv/bin/python benchmarks/warm_ups.py [office single_well ...] [--pays 0.5]
"""

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from hil.bench.scenario_choice import chosen
from hil.runs.options import RunOptions
from hil.runs.run import Run
from hil.runs.states import course
from plant_models.assembly.plant_file import ready_plants
from scenarios import Scenario
from scenarios.ready import ready_scenarios
from twin.recorded import RECORDING_FILE, fingerprint


def timed(scenario: Scenario, folder: Path, out: Path, warm: bool) -> tuple[float, bool, str]:
    """Processor time [s], whether a warm-up was taken, and a fingerprint of the recording."""
    began = time.process_time()
    run = Run(scenario, RunOptions(out=out, warm=warm))
    asyncio.run(run.play(folder, lambda _: None))
    return time.process_time() - began, run.course.began_ms > 0, fingerprint(folder / RECORDING_FILE)


def of_plant(scenarios: list[Scenario]) -> tuple[list[float], list[int]]:
    """Processor times of the three ways [s], and the warm-ups that were taken in each."""
    times, taken, prints = [0.0] * 3, [0] * 3, dict[int, str]()
    with tempfile.TemporaryDirectory() as named:
        timed(scenarios[0], Path(named) / "first", Path(named), False)  # whatever is made once in a process
        for way in range(3):
            for number, scenario in enumerate(scenarios):
                folder = Path(named) / f"{way} {number}"
                spent, took, found = timed(scenario, folder, Path(named), way > 0)
                times[way] += spent
                taken[way] += took
                if prints.setdefault(number, found) != found:
                    raise SystemExit(f"{scenario.scenario}: another recording with a kept warm-up")
    return times, taken


def main() -> None:
    """Print a line for every plant, and the sum."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("plants", nargs="*", help="ready plants; without any, all that have scenarios of their own")
    words.add_argument("--pays", type=float, default=course.PAYS_S, help="keep warm-ups that take longer [s]")
    options = words.parse_args()
    course.PAYS_S = options.pays
    own = {full.split("/")[0] for full in ready_scenarios()}
    totals, count = [0.0] * 3, 0
    for plant in options.plants or [plant for plant in ready_plants() if plant in own]:
        scenarios = [chosen(full)[0] for full in ready_scenarios() if full.split("/")[0] == plant]
        times, taken = of_plant(scenarios)
        totals = [total + spent for total, spent in zip(totals, times, strict=True)]
        count += len(scenarios)
        print(told(plant, len(scenarios), times, f"{taken[1]} and {taken[2]} warm-ups taken"), flush=True)
    print(told("all", count, totals, ""))


def told(name: str, count: int, times: list[float], more: str) -> str:
    """One line."""
    without, empty, filled = times
    return (
        f"{name:28} {count:3} scenarios: {without:6.1f} s without, {empty:6.1f} s with an empty cache "
        f"({empty / without:.2f}), {filled:6.1f} s with a filled one ({filled / without:.2f})  {more}"
    ).rstrip()


if __name__ == "__main__":
    main()
