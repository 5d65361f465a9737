"""Every ready plant put to work by its own commands, for the tests that hold for all of them."""

from datetime import datetime
from functools import cache
from typing import Any

import numpy as np

from plant_models.assembly.plant_file import ready_plants
from plant_models.constants import ATMOSPHERE
from plant_models.plant import Plant, Snapshot, build
from plant_models.water.network import GRAVITY_HEAD
from plant_models.weather.psychrometrics import vapour_pressure
from twin.points import WRITABLE, Model

START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
PLANTS = list(ready_plants())
LARGE = 130
"""A plant with more passages than this is tested over shorter times."""
AT_WORK = {
    "enable_cmd": 1.0, "speed_cmd": 0.9, "open_cmd": 1.0, "position_cmd": 1.0, "flow_cmd": 1.0, "fan_cmd": 1.0,
    "temp_sp": 26.0, "away_sp": 26.0,
}  # fmt: skip
"""What every component with such a command or set point is told: rooms call for heat."""
SUMMER_VALVES = {"office": ("v2", "v4", "v6", "v8"), "sports_centre": ("v2", "v4", "v6", "v8", "v11", "v12")}
"""Valves that stay closed in winter."""


def command(plant: Plant, orders: dict[str, float]) -> None:
    """Tell every component what the commands of these names are to be."""
    for path, point in plant.store.paths():
        component, name = path.split(".")
        if point.kind in WRITABLE and name in orders:
            closed = name in ("open_cmd", "position_cmd") and component in SUMMER_VALVES.get(plant.name, ())
            plant.store.write(path, 0.0 if closed else min(orders[name], point.hi if point.hi is not None else 1e9))


@cache
def _started(name: str) -> tuple[Plant, Snapshot]:
    plant = build(name, START, 3 * 86400.0)
    command(plant, AT_WORK)
    plant.advance(300 if large(plant) else 900)
    return plant, plant.snapshot()


def at_work(name: str) -> Plant:
    """The plant with water moving and units running, some minutes after the start; the same numbers at every call."""
    plant, snapshot = _started(name)
    plant.tick_s = 1.0
    plant.restore(snapshot)
    return plant


def large(plant: Plant) -> bool:
    """True for the villages."""
    return len(plant.store.tables["passage"]) > LARGE


def ill(plant: Plant, unsettled: float = 0.0) -> list[str]:
    """What is wrong with the accounts and numbers of a plant; empty when all is well.

    unsettled: so many ticks the solver may need to go on from one to the next: two pumps share their flow on the rising
    part of their curves in no single way, so a healed one takes its share back over several. Flows close meanwhile.
    """
    found = []
    for name, limit in (("energy_residual", 1e-6), ("water_residual", 1e-6), ("failures", unsettled)):
        if not plant.balance()[name] <= limit:
            found.append(f"{name} {plant.balance()[name]:.2e}")
    if plant.store.read("network.residual") > 1e-9:
        found.append("the network is not solved")
    found += below_vapour_pressure(plant)
    paths, places = _points(plant.name)
    lost = np.flatnonzero(~np.isfinite(plant.store.values[places]))
    return found + [f"{paths[k]} is not finite" for k in lost[:6]]


def below_vapour_pressure(plant: Plant) -> list[str]:
    """Junctions whose pressure is below the vapour pressure of their water."""
    junctions = plant.store.tables["junction"]
    absolute = junctions.pressure - GRAVITY_HEAD * junctions.elevation + ATMOSPHERE
    least = [vapour_pressure(float(temp)) for temp in junctions.temp]
    low = np.flatnonzero(absolute < np.array(least) - 1.0)
    names = [name for name, _, _ in plant.store.components()]
    return [f"{names[j]} is at {absolute[j]:.0f} Pa absolute, vapour at {least[j]:.0f} Pa" for j in low[:3]]


@cache
def _points(name: str) -> tuple[list[str], Any]:
    """Paths and places of all points; what lies between them in the store are links, which are no floats."""
    store = _started(name)[0].store
    paths = [path for path, _ in store.paths()]
    return paths, np.array([store.index(path) for path in paths])


def rows(plant: Plant, model: type[Model]) -> Any:
    """The rows of a kind, none where the plant has none of it."""
    return plant.store.tables.get(model.table, np.zeros(0, model.dtype).view(np.recarray))
