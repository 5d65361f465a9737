"""Wells, pressure holding, pipes, tanks and meters give the same bits compiled and as plain Python."""

import hashlib
import math
import os
import subprocess
import sys

from plant_models.equipment import tank
from plant_models.equipment.tank import LayeredTank
from plant_models.ground import well
from plant_models.ground.well import SingleWell
from plant_models.piping import holding, meters, pipe
from plant_models.piping.holding import PressureHolding
from plant_models.piping.meters import ElectricityMeter, FieldWaterMeter, HeatMeter, WaterMeter
from plant_models.piping.pipe import Pipe
from plant_models.water.network import Junction, Network, Passage
from twin.store import Store


def plant() -> Store:
    """One of each, on 12 passages and 12 junctions whose flows and temperatures are given."""
    store = Store(
        {
            Junction: [f"j{k}" for k in range(12)],
            Passage: [f"p{k}" for k in range(12)],
            Network: ["network"],
            SingleWell: ["well"],
            PressureHolding: ["holding"],
            Pipe: ["pipe"],
            LayeredTank: ["tank"],
            HeatMeter: ["heat"],
            WaterMeter: ["water"],
            FieldWaterMeter: ["field"],
            ElectricityMeter: ["power"],
        }
    )
    links = {
        "well": (0, 1, 2, 3, 0, 1, 2, 3, 0, 0, -1, -1),
        "holding": (4, 5, 6, 4, 5, 6, 7, 8, 9, 0),
        "pipe": (7, 11, 11),
        "tank": (8, 9, 10, 11),
        "heat": (8, 10, 11),
        "water": (8,),
    }
    for number, passage in enumerate(store.tables["passage"]):
        passage.upstream, passage.downstream = number, (number + 1) % 12
    for name, values in links.items():
        row = store.row(name)
        for link, value in zip(store.model(name).links, values, strict=True):
            row[link] = value
    for name in ("well", "holding", "pipe", "tank"):
        store.model(name).connect(store.row(name), 0, store.tables)
    return store


def tick(store: Store, second: int) -> None:
    t = store.tables
    passages, junctions = t["passage"], t["junction"]
    for k in range(12):
        passages[k].flow = 4.0 + 2.0 * math.sin(second / (11.0 + k)) if k < 8 else 3.0 * math.cos(second / (7.0 + k))
        junctions[k].temp = 20.0 + 15.0 * math.sin(second / (31.0 + k))
        junctions[k].inflow = 0.3 * math.sin(second / 9.0)
    well.actuate(t["singlewell"], passages, junctions, t["network"], 1.0)
    holding.actuate(t["pressureholding"], passages, junctions, t["network"], 1.0)
    well.exchange(t["singlewell"], passages, junctions)
    for kind, rows, numbers in ((pipe, t["pipe"], (7,)), (tank, t["layeredtank"], (8, 9))):
        for k in numbers:
            passages[k].leaving_temp = kind.leaving_temp(rows[0], passages[k].flow, *((1.0,) if kind is pipe else ()))
        for k in numbers:
            kind.push(rows[0], passages[k].flow, junctions[k].temp, 1.0)
    meters.clear(t["electricitymeter"])
    well.sense(t["singlewell"], passages, junctions, t["fieldwatermeter"], 1.0)
    holding.sense(t["pressureholding"], passages, junctions, 1.0)
    meters.count(t["pressureholding"], t["electricitymeter"])
    meters.integrate(t["electricitymeter"], 1.0)
    meters.read_heat(t["heatmeter"], passages, junctions, 1.0)
    meters.read_water(t["watermeter"], passages, 1.0)
    meters.read_field(t["fieldwatermeter"], 1.0)


def digest() -> str:
    """Fingerprint of every number after 700 s with faults coming and going."""
    store = plant()
    for second in range(700):
        store.row("well").seal_leak = 0.2 if 100 <= second < 300 else 0.0
        store.row("well").clogging = 0.1 * second
        store.row("well").backwash_cmd = float(second > 400)
        store.row("holding").leak = 100.0 * (second // 200)
        store.row("holding").relief_stuck = float(second > 500)
        store.row("tank").heat = 1e4 * (second % 2)
        tick(store, second)
    assert math.isfinite(float(store.values[store.index("well.ground_energy")]))
    return hashlib.sha256(store.values.tobytes()).hexdigest()


def test_compiled_and_plain_agree_to_the_bit() -> None:
    code = (
        f"import sys; sys.path.insert(0, {os.path.dirname(__file__)!r}); import test_well_bits as t; print(t.digest())"
    )
    plain = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert plain.stdout.strip() == digest()
