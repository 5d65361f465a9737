"""The network of every ready plant against EPANET 2.2 (through wntr), in three operating states.

The EPANET model is made from the tables of the plant alone: quadratic losses as minor losses, pumps at their present
speed by a curve of many points, whatever also has a linear loss by a head loss curve. A loop held by a vessel is given
the vessel's pressure, a closed part without one the pressure of one of its junctions.
"""

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plant_models.equipment.plate_exchanger import PlateExchanger
from plant_models.piping.pump import Pump
from plant_models.piping.valve import Valve
from plant_models.plant import Plant
from plant_models.water.hydraulics import CREEP, LEAST_LOSS, solve
from plant_models.water.network import GRAVITY_HEAD
from tests.plant_models.ready import PLANTS, at_work, command, rows

CLOSED = 1e9
"""Linear loss [Pa s/kg] of ways that are shut: left out of the EPANET model."""
AREA = math.pi / 4.0 * 0.1**2
RATIO = 1.04
"""Neighbouring points of a curve: straight lines between them are within 0.02 % of a parabola."""


def _all(plant: Plant) -> None:
    command(plant, {"speed_cmd": 1.0})


def _slow(plant: Plant) -> None:
    """Pumps at 70 %, every second valve half closed."""
    command(plant, {"speed_cmd": 0.7})
    for number, valve in enumerate(rows(plant, Valve)):
        valve.fault_stuck_at = 0.5 if number % 2 and valve.position > 0.5 else 0.0


def _standby(plant: Plant) -> None:
    """Every second pump stands still with its check valve stuck open; exchangers clogged."""
    for number, pump in enumerate(rows(plant, Pump)):
        pump.fault_check_open = float(number % 2)
        pump.enable_cmd = float(number % 2 == 0)
    for exchanger in rows(plant, PlateExchanger):
        exchanger.fault_clog_secondary = 1.0


STATES: dict[str, Callable[[Plant], None]] = {"full speed": _all, "slow, valves half": _slow, "standby open": _standby}


class Model:
    """An EPANET model in the making: nodes by junction number, links by passage number."""

    def __init__(self, plant: Plant) -> None:
        import wntr

        self.junctions, self.passages = plant.store.tables["junction"], plant.store.tables["passage"]
        self.net: Any = wntr.network.WaterNetworkModel()
        self.net.options.hydraulic.headloss = "D-W"
        self.net.options.hydraulic.accuracy = 1e-6
        self.net.options.hydraulic.trials = 500
        self.net.options.hydraulic.inpfile_units = "LPS"
        self.links = [i for i, p in enumerate(self.passages) if self._passes(p)]
        self._nodes()
        for i in self.links:
            self._link(i, self.passages[i])

    def _passes(self, p: Any) -> bool:
        return p.linear < CLOSED and abs(p.flow) > 1e-9 and not (p.check > 0.5 and p.flow < 1e-3)

    def _nodes(self) -> None:
        part = list(range(len(self.junctions)))

        def root(j: int) -> int:
            while part[j] != j:
                j = part[j]
            return j

        used = set()
        for i in self.links:
            a, b = int(self.passages[i].upstream), int(self.passages[i].downstream)
            part[root(a)] = root(b)
            used |= {a, b}
        given = {j for j in used if self.junctions[j].held > 0.5 or self.junctions[j].compliance > 0.0}
        for j in used:
            if root(j) not in {root(g) for g in given}:
                given.add(j)
        self.given = given
        for j in used:
            if j in given:
                self.net.add_reservoir(f"n{j}", base_head=float(self.junctions[j].pressure) / GRAVITY_HEAD)
            else:
                self.net.add_junction(f"n{j}", elevation=-500.0)
        self.used = used

    def _link(self, i: int, p: Any) -> None:
        ends = (f"n{p.upstream}", f"n{p.downstream}")
        if p.lift_0 > 0.0:
            self.net.add_curve(f"c{i}", "HEAD", self._pump_curve(p))
            self.net.add_pump(f"p{i}", *ends, pump_type="HEAD", pump_parameter=f"c{i}")
        elif p.linear > 0.0 or p.lift_3 > 0.0:
            points = [(m / 1000.0, self._loss(p, m) / GRAVITY_HEAD) for m in [0.0, *self._flows(1e-3, 300.0)]]
            self.net.add_curve(f"c{i}", "HEADLOSS", points)
            self.net.add_valve(f"p{i}", *ends, diameter=0.1, valve_type="GPV", initial_setting=f"c{i}")
        else:
            loss = (p.quadratic + p.lift_2) * 1e6 / GRAVITY_HEAD * 2.0 * 9.8146 * AREA**2
            self.net.add_pipe(f"p{i}", *ends, length=0.001, diameter=0.1, roughness=1e-3, minor_loss=float(loss))

    def _flows(self, low: float, high: float) -> list[float]:
        steps = math.ceil(math.log(high / low) / math.log(RATIO))
        return [low * RATIO**k for k in range(steps + 1)]

    def _loss(self, p: Any, m: float) -> float:
        resist = p.quadratic + (p.lift_2 if p.lift_0 <= 0.0 else 0.0)
        cubic = (p.lift_3 if p.lift_0 <= 0.0 else 0.0) * m * m * m
        return float((p.linear + LEAST_LOSS) * m + resist * m * math.hypot(m, CREEP) + cubic)

    def _pump_curve(self, p: Any) -> list[tuple[float, float]]:
        """Head over flow down to nothing; points that differ by less than EPANET can tell are left out."""
        points: list[tuple[float, float]] = []
        for m in [0.0, *self._flows(1e-2, 300.0)]:
            head = p.lift_0 + p.lift_1 * m - p.lift_2 * m * m - p.lift_3 * m * m * m - self._loss(p, m)
            head /= GRAVITY_HEAD
            points = [(q, h) for q, h in points if h > head + 1e-4]
            points.append((m / 1000.0, head))
            if head < 0.0:
                break
        if points[0][0] > 0.0:
            points.insert(0, (0.0, points[0][1] + 2e-4))
        return points

    def solve(self, folder: Path) -> tuple[dict[int, float], dict[int, float]]:
        """Flows [kg/s] by passage and pressures [Pa] by junction."""
        import wntr

        found = wntr.sim.EpanetSimulator(self.net).run_sim(file_prefix=str(folder / "net"))
        flows, heads = found.link["flowrate"].iloc[0], found.node["head"].iloc[0]
        return (
            {i: 1000.0 * float(flows[f"p{i}"]) for i in self.links},
            {j: GRAVITY_HEAD * float(heads[f"n{j}"]) for j in self.used},
        )


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("name", PLANTS)
def test_the_network_agrees_with_epanet(name: str, state: str, tmp_path: Path, validation: Any) -> None:
    plant = at_work(name)
    STATES[state](plant)
    plant.advance(300)
    tables = plant._tables  # what has changed since the last solution is solved for, too
    solve(tables.junction, tables.passage, tables.network, tables.net, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        flows, pressures = Model(plant).solve(tmp_path)
    passages, junctions = plant.store.tables["passage"], plant.store.tables["junction"]
    names = [n for n, _, _ in plant.store.components()]
    most = float(np.abs(passages.flow).max())
    assert most > 0.05
    worst = {}
    for i, flow in flows.items():
        if float(passages[i].flow) != pytest.approx(flow, rel=0.005, abs=2e-3 * most):
            worst[names[len(junctions) + i]] = (round(float(passages[i].flow), 4), round(flow, 4))
    assert worst == {}, "ours, EPANET [kg/s]"
    off = 100.0 * max(abs(float(passages[i].flow) - flow) for i, flow in flows.items()) / most
    case = f"network of {name}, {state}: largest difference of a flow, of the largest flow"
    validation(case, "EPANET 2.2 through wntr", expected=0.0, got=off, tolerance=0.5, unit="%")
    for j, pressure in pressures.items():
        assert junctions[j].pressure == pytest.approx(pressure, rel=0.005, abs=500.0), names[j]
