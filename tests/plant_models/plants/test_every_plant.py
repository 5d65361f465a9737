"""What holds for every ready plant: accounts that close with and without every fault, snapshots, ticks, meters."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from plant_models.building.zone import Zone
from plant_models.equipment.tank import LayeredTank
from plant_models.ground.borehole import BoreholeField
from plant_models.ground.well import SingleWell
from plant_models.heat_pump.water_water_unit import WaterWaterUnit
from plant_models.piping.holding import PressureHolding
from plant_models.piping.meters import ElectricityMeter, FieldWaterMeter
from plant_models.piping.pipe import Pipe
from plant_models.plant import Plant
from plant_models.tick.balance import stored_energy
from tests.plant_models.ready import PLANTS, at_work, ill, large, rows
from twin.points import FAULT


def closed_water(plant: Plant) -> float:
    """Water in all closed loops less what was made up and more what was lost [kg]: constant."""
    lost = sum(1000.0 * (h.relieved + h.leaked - h.made_up) + h.content for h in rows(plant, PressureHolding))
    return float(lost + 1000.0 * sum(row.leaked for kind in (Pipe, BoreholeField) for row in rows(plant, kind)))


@pytest.mark.parametrize("name", PLANTS)
def test_water_moves_and_a_day_closes(name: str) -> None:
    plant = at_work(name)
    assert float(abs(plant.store.tables["passage"].flow).max()) > 0.05
    before = closed_water(plant)
    plant.advance(1800 if large(plant) else 86400)
    assert ill(plant) == []
    assert abs(plant.balance()["energy_drift"]) < 1e-3
    assert closed_water(plant) == pytest.approx(before, abs=0.01)


@pytest.mark.parametrize("name", PLANTS)
def test_energy_closes_in_every_step(name: str) -> None:
    plant = at_work(name)
    tables, balance = plant.store.tables, plant.store.row("balance")
    pipes, tanks = rows(plant, Pipe), rows(plant, LayeredTank)

    def account() -> tuple[float, float, float]:
        stored = stored_energy(tables["passage"], pipes, tanks)
        return stored, float(balance.heat + balance.advected - balance.lost), float(balance.throughput)

    before = account()
    for step in range(30 if large(plant) else 120):
        plant.advance(1)
        after = account()
        left = (after[0] - before[0]) - (after[1] - before[1])
        rounding = 1e-13 * abs(after[0])
        assert abs(left) < 1e-6 * max(after[2] - before[2], 1000.0) + rounding, step
        before = after


def faults(plant: Plant) -> Iterator[tuple[str, float]]:
    """Every fault of the first component of each kind, at its worst either way and at a third of that."""
    first = {model: component for component, model, _ in reversed(list(plant.store.components()))}
    for model, component in first.items():
        for name, point in model.points.items():
            if point.kind == FAULT:
                lowest, highest = float(point.lo or 0.0), float(point.hi or 0.0)
                sizes = [size for size in (lowest, highest / 3.0, highest) if size != 0.0]
                yield from ((f"{component}.{name}", size) for size in sizes)


@pytest.mark.parametrize("name", PLANTS)
def test_accounts_close_with_every_fault(name: str) -> None:
    """Each fault comes at once while the plant is at work, stays some minutes, and is mended again."""
    broken = {}
    for path, size in list(faults(at_work(name))):
        plant = at_work(name)
        plant.store.row("balance").residual = 0.0
        plant.store.write(path, size)
        plant.advance(60 if large(plant) else 240)
        plant.store.write(path, 0.0)
        plant.advance(60)
        if wrong := ill(plant, unsettled=3):
            broken[f"{path} = {size:g}"] = wrong
    assert broken == {}


@pytest.mark.parametrize("name", PLANTS)
def test_a_snapshot_goes_on_bit_for_bit(name: str) -> None:
    plant = at_work(name)
    snapshot = plant.snapshot()
    plant.advance(60)
    first = plant.store.values.copy()
    plant.restore(snapshot)
    plant.advance(30)
    plant.advance(30)
    assert np.array_equal(plant.store.values, first, equal_nan=True)


@pytest.mark.parametrize("name", PLANTS)
def test_the_tick_hardly_matters(name: str) -> None:
    """A day (two hours of a village) at half, one and two seconds uses the same heat and electricity within 0.5 %.

    Where the thermostats of the units come to another number of starts (12 a day instead of 13), within 1 %.
    """
    sums, starts = [], []
    for tick in (0.5, 1.0, 2.0):
        plant = at_work(name)
        plant.tick_s = tick
        plant.advance(round((7200 if large(plant) else 86400) / tick))
        assert ill(plant) == []
        meters = float(sum(m.energy for m in rows(plant, ElectricityMeter)))
        sums.append((meters, float(sum(abs(z.heat_from_emitter) for z in rows(plant, Zone)))))
        starts.append(float(sum(unit.starts for unit in rows(plant, WaterWaterUnit))))
    for k in (0, 2):
        assert sums[k] == pytest.approx(sums[1], rel=0.005 if starts[k] == starts[1] else 0.01)
        assert starts[k] == pytest.approx(starts[1], rel=0.1, abs=1.0)


@pytest.mark.parametrize("name", PLANTS)
def test_all_water_goes_back_as_the_meters_show(name: str) -> None:
    """Class 2 meters: withdrawn and reinjected differ by no more than the errors of both."""
    plant = at_work(name)
    wells = rows(plant, SingleWell)
    if not len(wells):
        assert not len(rows(plant, FieldWaterMeter))
        return
    for well in wells:
        assert well.reinjected + well.overflowed == pytest.approx(well.withdrawn, rel=1e-6)
    meters = rows(plant, FieldWaterMeter)
    for number, meter in enumerate(meters):
        meter.error = 0.02 * (-1.0) ** number
    before = [float(meter.volume) for meter in meters]
    plant.advance(3600)
    volumes = [float(m.volume) - b for m, b in zip(meters, before, strict=True)]
    if len(volumes) == 2:
        assert volumes[1] == pytest.approx(volumes[0], rel=0.0401)
        assert volumes[0] > 0.5


def test_a_leak_of_the_well_pipe_is_seen_by_the_meters() -> None:
    plant = at_work("office")
    store = plant.store
    before = {name: store.read(f"{name}.volume") for name in ("withdrawn", "reinjected")}
    store.write("well_return_pipe.fault_leak", 2e4)
    plant.advance(3600)
    withdrawn, reinjected = (store.read(f"{name}.volume") - volume for name, volume in before.items())
    assert withdrawn - reinjected == pytest.approx(store.read("well_return_pipe.leaked"), rel=1e-3)
    assert reinjected < 0.9 * withdrawn


def digest(name: str) -> str:
    """All bits of a plant after some ticks from the start."""
    from plant_models.plant import build
    from tests.plant_models.ready import AT_WORK, START, command

    plant = build(name, START, 86400.0)
    command(plant, AT_WORK)
    plant.advance(5 if large(plant) else 40)
    return hashlib.sha256(plant.store.values.tobytes()).hexdigest()


def test_compiled_and_plain_python_give_the_same_bits() -> None:
    root = Path(__file__).parents[3]
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "tests.plant_models.plants.test_every_plant"]
    said = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True).stdout
    assert dict(line.split() for line in said.splitlines()) == {name: digest(name) for name in PLANTS}


if __name__ == "__main__":
    for plant_name in PLANTS:
        print(plant_name, digest(plant_name))
