"""Small water networks for the tests of the hydraulic solver; kernels run compiled and as plain Python."""

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plant_models.assembly.plant_file import PlantText
from plant_models.ground import well
from plant_models.ground.well import SingleWell
from plant_models.piping.meters import FieldWaterMeter, read_field
from plant_models.plant import Plant
from plant_models.water.hydraulics import solve, topology
from plant_models.water.network import HEAT_CAPACITY, M3H, Junction, Network, Passage
from twin.store import Store
from twin.yaml_lines import load

Edge = tuple[str, str, dict[str, float]]


class WaterNet:
    """A network from edges between named junctions; `held` gives piezometric pressures, `vessels` compliances."""

    def __init__(
        self, edges: dict[str, Edge], held: dict[str, float], vessels: dict[str, tuple[float, float]] | None = None
    ) -> None:
        names = list(dict.fromkeys(name for a, b, _ in edges.values() for name in (a, b)))
        self.store = Store({Junction: [f"j {n}" for n in names], Passage: list(edges), Network: ["network"]})
        self.junctions = self.store.tables["junction"]
        self.passages = self.store.tables["passage"]
        self.network = self.store.tables["network"]
        for name, pressure in held.items():
            self.at(name).held, self.at(name).pressure = 1.0, pressure
        for name, (compliance, pressure) in (vessels or {}).items():
            self.at(name).compliance, self.at(name).pressure = compliance, pressure
        for number, (name, (a, b, law)) in enumerate(edges.items()):
            row = self.store.row(name)
            row.upstream, row.downstream = names.index(a), names.index(b)
            for key, value in law.items():
                self.passages[key][number] = value
        self.topology = topology(self.junctions, self.passages)

    def at(self, junction: str) -> Any:
        return self.store.row(f"j {junction}")

    def flow(self, passage: str) -> float:
        return float(self.store.row(passage).flow)

    def solve(self, dt: float = 1.0) -> "WaterNet":
        failures = float(self.network[0].failures)
        solve(self.junctions, self.passages, self.network, self.topology, dt)
        assert np.isfinite(self.junctions["pressure"]).all()
        assert self.network[0].failures == failures
        assert self.network[0].moved == 0.0
        rigid = (self.junctions["held"] == 0.0) & (self.junctions["compliance"] == 0.0)
        throughput = float(np.abs(self.passages["flow"]).max())
        assert np.abs(self.junctions["inflow"][rigid]).max(initial=0.0) <= 1e-9 * (1.0 + throughput)
        return self


@pytest.fixture
def water_net() -> type[WaterNet]:
    """The class of small networks."""
    return WaterNet


@pytest.fixture
def printed_both_ways() -> Callable[[str], set[str]]:
    """What a program prints with kernels compiled, and with kernels as plain Python: one text where both agree."""

    def run(program: str) -> set[str]:
        return {
            subprocess.run(
                [sys.executable, "-c", program], check=True, capture_output=True, text=True,
                cwd=Path(__file__).resolve().parents[2], env={**os.environ, "NUMBA_DISABLE_JIT": plain},
            ).stdout
            for plain in ("0", "1")
        }  # fmt: skip

    return run


@pytest.fixture
def plant_of() -> Callable[..., Plant]:
    """A plant from the text of its components and water, from a day in winter on unless told otherwise."""

    def make(components: str, water: str, start: str = "2026-01-15", temp: float = 14.5, weather: str = "") -> Plant:
        head = f"plant: small\ntitle: small\nsource: test\nsite: {{ground_temp: {temp} degC}}\n"
        text = PlantText(load(f"{head}components:\n{components}\nwater:\n{water}\n", "small.yaml"))
        return Plant(text, datetime.fromisoformat(start), 400 * 86400.0, weather)

    return make


WELL_JUNCTIONS = ["header", "suction", "zone", "ground_return", "ground_extraction", "drain"]
WELL_PASSAGES = ["wellhead", "reinjection", "extraction", "overflow", "pump"]


class WellRig:
    """One well whose pump sends the water straight back to its wellhead."""

    def __init__(self, **parameters: float) -> None:
        names = {
            Junction: WELL_JUNCTIONS,
            Passage: WELL_PASSAGES,
            Network: ["network"],
            SingleWell: ["well"],
            FieldWaterMeter: ["out"],
        }
        self.store = Store(names)
        self.tables: Any = self.store.tables
        self.passages, self.junctions, self.network = (self.tables[k] for k in ("passage", "junction", "network"))
        self.well = self.tables["singlewell"][0]
        for row, ends in enumerate([(0, 2), (2, 3), (4, 1), (2, 5), (1, 0)]):
            self.passages[row].upstream, self.passages[row].downstream = ends
            self.passages[row].kind = 0
        for name, row in zip(("wellhead", "reinjection", "extraction", "overflow"), range(4), strict=True):
            self.well[name] = row
        for name, row in (("return_zone", 2), ("aquifer_return", 3), ("aquifer_extraction", 4), ("drain", 5)):
            self.well[name] = row
        self.well.withdrawn_meter = 0
        for name, value in parameters.items():
            self.well[name] = value
        SingleWell.connect(self.well, 0, self.tables)
        self.passages[4].check = 1.0
        self.net = topology(self.junctions, self.passages)

    def flow(self, m3h: float) -> None:
        for row in (0, 1, 2):
            self.passages[row].flow = m3h / M3H

    def pump(self, pressure: float) -> None:
        """A pump of that shut-off pressure [Pa] that loses a tenth of it at 16 m3/h."""
        self.passages[4].lift_0, self.passages[4].lift_2 = pressure, 0.1 * pressure / (16 / M3H) ** 2
        self.network[0].moved = 1.0

    def run(self, seconds: float, dt: float = 1.0) -> None:
        """Ticks with the hydraulic solver; the returned water keeps its temperature."""
        for _ in range(round(seconds / dt)):
            well.actuate(self.tables["singlewell"], self.passages, self.junctions, self.network, dt)
            if self.network[0].moved > 0.0:
                self.network[0].moved = 0.0
                solve(self.junctions, self.passages, self.network, self.net, dt)
            self.tick(dt)

    def tick(self, dt: float) -> None:
        well.exchange(self.tables["singlewell"], self.passages, self.junctions)
        well.sense(self.tables["singlewell"], self.passages, self.junctions, self.tables["fieldwatermeter"], dt)
        read_field(self.tables["fieldwatermeter"], dt)

    def extract(self, power: float, m3h: float, seconds: float, dt: float = 600.0) -> float:
        """Take a constant heat [W]; the temperature of the extracted water at the end [degC]."""
        self.flow(m3h)
        for _ in range(round(seconds / dt)):
            returned = self.junctions[4].temp - power / (m3h / M3H * HEAT_CAPACITY)
            self.passages[0].leaving_temp = self.passages[1].leaving_temp = returned
            self.tick(dt)
        return float(self.junctions[4].temp)


@pytest.fixture
def well_rig() -> type[WellRig]:
    """The class of wells whose pump sends the water straight back."""
    return WellRig
