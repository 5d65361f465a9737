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

from plant_models.hydraulics import solve, topology
from plant_models.network import Junction, Network, Passage
from plant_models.plant import Plant
from plant_models.plant_file import PlantText
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
