"""Humidity of rooms that room units cool: a summer design day of whole households with their reference controller."""

import numpy as np
import pytest

from hil.bench.scenario_choice import chosen
from hil.runs.options import RunOptions
from hil.runs.run import Run

WARM_UP_S, MINUTE_MS = 6 * 3600.0, 60_000


@pytest.mark.parametrize(("plant", "most"), [("household_5_6", 0.66), ("household_7_6", 0.66), ("household_7_4", 0.65)])
def test_rooms_in_use_are_dried_on_the_summer_design_day(plant, most):
    """At 18.7 g/kg outdoors, without any set point of humidity: between dry and stuffy, and never mould."""
    (scenario,) = chosen("steady_summer_day", plant)
    run = Run(scenario, RunOptions())
    units, zones = (run.bench.store.tables[name] for name in ("roomunit", "zone"))
    humid, used = [], []

    def keep(now_ms: int) -> None:
        if now_ms >= 1000.0 * WARM_UP_S:
            humid.append(zones.humidity.copy())
            used.append((units.running > 0.5) & (units.occupied > 0.5))

    run.bench.record(MINUTE_MS, keep)
    run.bench.schedule.run(run.end_ms)
    rooms = np.array(humid)[np.array(used)]
    assert 0.55 < rooms.mean() < most
    assert rooms.max() < 0.72
