"""Three-way valves mixing, diverting and injecting, against EPANET 2.2 (through wntr): two throttled ways on a node."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plant_models.plant import Plant
from plant_models.water.hydraulics import solve
from tests.plant_models.piping.test_three_way_valve import INJECTED, INJECTION, WATER, WAYS
from tests.plant_models.plants.test_every_plant_epanet import Model

DIVERTING = "  loop: (split) > pump > (mixed)\n  a: (hot) > one > (split)\n  b: (cold) > two > (split)"
CIRCUITS = {
    "mixing": (WAYS, WATER, "valve", ("pump",)),
    "diverting": (WAYS, DIVERTING, "valve", ("pump",)),
    "injection": (INJECTION, INJECTED, "mixer", ("primary_pump", "pump")),
}


@pytest.mark.parametrize("position", [0.15, 0.5, 0.85])
@pytest.mark.parametrize("circuit", CIRCUITS)
def test_a_three_way_valve_agrees_with_epanet(
    plant_of: Callable[..., Plant], circuit: str, position: float, tmp_path: Path, validation: Any
) -> None:
    """The EPANET model is made from the tables: losses of both ways, pumps by their curves, pipes by theirs."""
    parts, water, valve, pumps = CIRCUITS[circuit]
    plant = plant_of(parts.replace("leakage: 0", "leakage: 1e-4"), water)
    plant.store.write(f"{valve}.position_cmd", position)
    for pump in pumps:
        plant.store.write(f"{pump}.enable_cmd", 1.0)
    plant.advance(300)
    tables = plant._tables
    solve(tables.junction, tables.passage, tables.network, tables.net, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flows, pressures = Model(plant).solve(tmp_path)
    passages, junctions = plant.store.tables["passage"], plant.store.tables["junction"]
    most = float(np.abs(passages.flow).max())
    assert most > 2.0
    ways = [int(plant.store.row(valve)[way]) for way in ("way_a", "way_b")]
    assert set(ways) <= set(flows)
    assert all(abs(passages[way].flow) > 0.02 * most for way in ways)
    off = 100.0 * max(abs(float(passages[i].flow) - flow) for i, flow in flows.items()) / most
    validation(
        f"three-way valve, {circuit}, position {position:g}: largest difference of a flow, of the largest flow",
        "EPANET 2.2 through wntr", expected=0.0, got=off, tolerance=0.5, unit="%",
    )  # fmt: skip
    for j, pressure in pressures.items():
        assert junctions[j].pressure == pytest.approx(pressure, rel=0.005, abs=500.0)
