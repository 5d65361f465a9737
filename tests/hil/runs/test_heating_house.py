"""A house with a boiler, a decoupler, a three-way valve, radiators and temperature sensors: on the bus, with faults."""

import hashlib
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as Xml
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.books.accounts import energy_account
from hil.runs.console import Console
from hil.schematic.drawing import schematic
from hil.schematic.graph import graph
from plant_models.assembly.plant_file import read_plant
from plant_models.plant import Plant
from tests.plant_models.plants.test_every_plant import faults
from tests.plant_models.ready import below_vapour_pressure

DATA = Path(__file__).parents[1] / "data"
START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
ORDERS = {
    "source_pump.enable_cmd": 1.0, "source_pump.speed_cmd": 0.7, "load_pump.enable_cmd": 1.0,
    "load_pump.speed_cmd": 0.8, "boiler.enable_cmd": 1.0, "boiler.leaving_temp_sp": 70.0, "mixer.position_cmd": 0.6,
}  # fmt: skip


def house() -> Bench:
    plant = Plant(read_plant(str(DATA / "heating_house.yaml")), START, 10 * 86400.0)
    bench = Bench(plant, read_bench(str(DATA / "heating_bench.yaml")), START)
    for path, value in ORDERS.items():
        plant.store.write(path, value)
    bench.every(1000, lambda: None)
    return bench


@pytest.fixture(scope="module")
def warm():
    """The house after a day."""
    bench = house()
    bench.plant.advance(86400)
    bench.refresh()
    return bench


def test_a_day_closes_and_the_rooms_are_warm(warm):
    read, balance = warm.plant.store.read, warm.plant.balance()
    assert balance["energy_residual"] < 1e-6
    assert balance["water_residual"] < 1e-6
    assert balance["failures"] == 0.0
    assert all(19.0 < read(f"room_{k}.temp") < 22.0 for k in range(1, 5))
    account = energy_account(warm.plant.store)
    given = account["heat given to rooms by radiators"]
    assert given > 100.0
    assert account["into the water: radiators"] == pytest.approx(-given)
    assert account["into the water: decouplers, net"] == pytest.approx(0.0, abs=1e-6)
    assert 0.1 < account["heat lost by decouplers"] < 5.0


def test_the_mixture_of_the_valve_is_what_the_sensor_shows_on_the_bus(warm):
    read = warm.plant.store.read
    hot, cooled = read("mixer.flow_a"), read("mixer.flow_b")
    mixed = (hot * read("hot.temp") + cooled * read("cooled.temp")) / (hot + cooled)
    assert hot > 0.2
    assert cooled > 0.2
    assert read("flow_temp.temp") == pytest.approx(mixed, abs=0.5)
    assert warm.read("bus.flow_temp.temp") == pytest.approx(read("flow_temp.temp"), abs=0.01)
    assert warm.read("bus.top_temp.temp") == pytest.approx(read("decoupler.top_temp"), abs=1.0)


def test_sensors_drift_stick_and_break():
    bench, said = house(), []
    bench.schedule.run(600_000)
    console = Console(bench, lambda: "", said.append)
    console.say("fault sensor.offset target flow_temp.temp offset 3 K")
    console.say("fault sensor.stuck target top_temp.temp")
    bench.schedule.run(1_200_000)
    true = bench.read("flow_temp.temp")
    assert bench.read("bus.flow_temp.temp") == pytest.approx(true + 3.0, abs=0.02)
    stuck = bench.read("bus.top_temp.temp")
    assert bench.read("top_temp.temp") > stuck + 0.1
    console.say("clear all")
    console.say("fault sensor.drift target top_temp.temp rate 6 K/h")
    console.say("fault flow_temp.fault_open_circuit")
    bench.schedule.run(1_802_000)
    assert bench.read("bus.top_temp.temp") == pytest.approx(bench.read("top_temp.temp") + 1.0, abs=0.05)
    assert (bench.read("bus.flow_temp.temp"), bench.read("bus.flow_temp.alarm_wire")) == (150.0, 1.0)


def test_accounts_close_with_every_fault():
    """Each at its worst and at a third of that, for some minutes, and mended again; as every ready plant does it."""
    plant, broken = house().plant, {}
    plant.advance(3600)
    snapshot = plant.snapshot()
    for path, size in list(faults(plant)):
        plant.restore(snapshot)
        plant.store.row("balance").residual = 0.0
        plant.store.write(path, size)
        plant.advance(240)
        plant.store.write(path, 0.0)
        plant.advance(60)
        balance = plant.balance()
        closed = balance["energy_residual"] < 1e-6 and balance["water_residual"] < 1e-6 and balance["failures"] < 3.0
        if not closed or below_vapour_pressure(plant) or not np.isfinite(plant.store.read("flow_temp.temp")):
            broken[f"{path} = {size:g}"] = balance
    assert broken == {}


def test_the_tick_hardly_matters_and_a_snapshot_goes_on_bit_for_bit():
    given = []
    for tick in (0.5, 1.0, 2.0):
        plant = house().plant
        plant.tick_s = tick
        plant.advance(round(6 * 3600 / tick))
        given.append(energy_account(plant.store)["heat given to rooms by radiators"])
        snapshot = plant.snapshot()
        plant.advance(60)
        first = plant.store.values.copy()
        plant.restore(snapshot)
        plant.advance(30)
        plant.advance(30)
        assert np.array_equal(plant.store.values, first, equal_nan=True)
    assert given == pytest.approx([given[1]] * 3, rel=0.005)


def test_compiled_and_plain_python_give_the_same_bits():
    root = Path(__file__).parents[3]
    program = "from tests.hil.runs.test_heating_house import digest; print(digest())"
    said = {
        subprocess.run(
            [sys.executable, "-c", program], cwd=root, check=True, capture_output=True, text=True,
            env={**os.environ, "NUMBA_DISABLE_JIT": plain, "PYTHONPATH": str(root)},
        ).stdout
        for plain in ("0", "1")
    }  # fmt: skip
    assert len(said) == 1


def digest() -> str:
    """All bits of the house after a minute and a half."""
    plant = house().plant
    plant.advance(90)
    return hashlib.sha256(plant.store.values.tobytes()).hexdigest()


def test_everything_is_drawn_and_the_water_runs_through_it():
    """The ports of the decoupler meet in one point, the ways of the valve at its common port."""
    text = read_plant(str(DATA / "heating_house.yaml"))
    svg = schematic(text)
    words = "".join(Xml.fromstring(svg).itertext()).replace("\n", "")  # noqa: S314  (our own text)
    for name in ("decoupler", "flow_temp", "radiator_1..4", "top_temp", "mixer"):
        assert name in words, name
    assert re.search(r"\bnan\b|\binf\b", svg) is None
    ways = {(e.members[0], e.passage): (e.up, e.down) for e in graph(text).elements}
    inside = ways["decoupler", "source_supply"][1]
    assert ways["decoupler", "load_supply"][0] == ways["decoupler", "source_return"][0] == inside
    assert ways["decoupler", "load_return"][1] == inside
    assert ways["mixer", "way_a"] == (ways["decoupler", "load_supply"][1], ways["load_pump", ""][0])
    assert ways["mixer", "way_b"][1] == ways["load_pump", ""][0]
