"""The length of a tick, between half and twice a second, is no part of the physics: energies of cold days agree."""

import asyncio
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from hil.bench.scenario_choice import chosen
from hil.runs.folder import fresh_folder
from hil.runs.options import RunOptions
from hil.runs.run import Run

START = datetime(2026, 1, 5, tzinfo=timezone(timedelta(hours=8)))
WHAT = {
    "office": ("heat given by the units", "heat given to the rooms", "electricity"),
    "household_5_6": ("heat drawn from the boreholes", "heat given to the rooms", "electricity"),
}


def energies(plant: str, tick: float, days: float, folder: Any) -> dict[str, float]:
    """Energies [kWh] of days of the design year, with the reference controller at scans of 10 s."""
    (scenario,) = chosen("steady_winter_day", plant)
    clock = scenario.clock.model_copy(update={"duration": days * 86400.0, "scan": 10.0, "tick": tick, "start": START})
    changed = scenario.model_copy(update={"clock": clock, "warm_up": 0.0, "weather": "beijing_design_year"})
    run = Run(changed, RunOptions(out=folder, period_s=600.0))
    found = asyncio.run(run.play(fresh_folder(folder, f"{plant}/{tick:g}"), lambda _: None)).energy
    meters = [value for name, value in found.items() if name.endswith("power (meter)")]
    return found | {"electricity": sum(meters)}


@pytest.mark.parametrize("plant", WHAT)
def test_energies_hardly_know_the_tick(plant: str, tmp_path: Any, validation: Any) -> None:
    one, half, two = (energies(plant, tick, 4.0, tmp_path) for tick in (1.0, 0.5, 2.0))
    for name, other in (("half the tick", half), ("twice the tick", two)):
        validation(
            f"{plant}, four cold days with its controller: energies at {name}",
            "the same plant at a tick of 1 s",
            expected=[one[what] for what in WHAT[plant]],
            got=[other[what] for what in WHAT[plant]],
            tolerance="0.5 %",
            unit="kWh",
        )
