"""The hydraulic solver against closed forms, in its corner cases, and compiled against plain Python."""

import math
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plant_models.plant import build
from plant_models.water.hydraulics import SETTLED, TOLERANCE, solve, topology
from plant_models.water.network import GRAVITY_HEAD, Junction, Passage
from twin.errors import InputError
from twin.store import Store

Edge = tuple[str, str, dict[str, float]]
PUMP = {"lift_0": 200e3, "lift_2": 150.0, "quadratic": 0.0}


def quadratic(b: float, **more: float) -> dict[str, float]:
    return {"quadratic": b, **more}


def test_two_branches_by_hand(water_net: Any) -> None:
    net = water_net(
        {"x": ("r", "s", quadratic(100.0)), "y": ("r", "s", {"linear": 5e3, "quadratic": 0.0})}, {"r": 1e5, "s": 0.0}
    )
    net.solve()
    assert net.flow("x") == pytest.approx(math.sqrt(1e5 / 100.0), rel=1e-5)
    assert net.flow("y") == pytest.approx(20.0, rel=1e-5)


def test_check_valve_holds_against_two_bar(water_net: Any) -> None:
    net = water_net(
        {"v": ("a", "s", quadratic(10.0, check=1.0)), "x": ("r", "a", quadratic(10.0))}, {"r": 0.0, "s": 2e5}
    ).solve()
    assert -3e-4 < net.flow("v") < 0.0


def test_dead_head_against_closed_valves(water_net: Any) -> None:
    edges = {"p": ("r", "a", PUMP), "v": ("a", "s", quadratic(1.3e12)), "w": ("a", "s", quadratic(1.3e12))}
    net = water_net(edges, {"r": 0.0, "s": 0.0}).solve()
    assert net.at("a").pressure == pytest.approx(200e3, rel=1e-6)
    assert net.flow("v") == pytest.approx(2e5 / 1.3e12 / 0.002, rel=0.05)


def test_isolated_part_keeps_its_level_and_loses_no_water(water_net: Any) -> None:
    edges = {
        "p": ("a", "b", PUMP),
        "x": ("b", "c", quadratic(300.0)),
        "y": ("c", "a", quadratic(100.0)),
        "far": ("r", "s", quadratic(10.0)),
    }
    net = water_net(edges, {"r": 1e4, "s": 0.0})
    for name in "abc":
        net.at(name).pressure = 2.5e5
    for speed in np.linspace(1.0, 0.2, 200):
        net.store.row("p").lift_0 = 200e3 * speed**2
        net.solve()
    assert net.flow("p") == pytest.approx(math.sqrt(0.04 * 200e3 / 550.0), rel=1e-3)
    assert 2.4e5 < net.at("a").pressure < 2.6e5
    assert net.at("b").pressure - net.at("a").pressure == pytest.approx(400.0 * net.flow("p") ** 2, rel=1e-3)


def test_everything_isolated_is_finite(water_net: Any) -> None:
    net = water_net(
        {"v": ("a", "b", quadratic(1e14)), "w": ("b", "c", quadratic(1e14)), "p": ("a", "b", PUMP)}, {}
    ).solve()
    assert abs(net.flow("w")) < 1e-6


@pytest.mark.parametrize("dt", [0.001, 1.0, 3600.0])
def test_two_vessels_equalise_exponentially(dt: float, water_net: Any) -> None:
    """Through R = 1e5 Pa s/kg the difference of two vessels of 1e-4 kg/Pa falls with tau = R C / 2 = 5 s."""
    edges = {"v": ("a", "b", {"linear": 1e5, "quadratic": 0.0})}
    net = water_net(edges, {}, {"a": (1e-4, 3e5), "b": (1e-4, 2e5)})
    ticks = min(5000, max(5, round(5.0 / dt)))
    for _ in range(ticks):
        net.solve(dt)
    difference = net.at("a").pressure - net.at("b").pressure
    assert net.at("a").pressure + net.at("b").pressure == pytest.approx(5e5, rel=1e-12)
    assert difference == pytest.approx(1e5 * (1.0 + dt / 5.0) ** -ticks, rel=1e-4, abs=1e-6)
    if dt == 0.001:
        assert difference == pytest.approx(1e5 * math.exp(-1.0), rel=1e-3)


def test_drift_tells_when_vessels_have_settled(water_net: Any) -> None:
    net = water_net({"v": ("a", "b", quadratic(100.0))}, {}, {"a": (1e-4, 3e5), "b": (1e-4, 2e5)}).solve()
    assert net.network[0].drift == pytest.approx(abs(net.flow("v")))
    for _ in range(60):
        net.solve()
    assert net.network[0].drift < SETTLED


def test_supply_failure_brings_the_water_to_rest(water_net: Any) -> None:
    pump = {**PUMP, "check": 1.0}
    edges = {"p": ("r", "a", pump), "q": ("r", "a", pump), "x": ("a", "s", quadratic(80.0))}
    net = water_net(edges, {"r": 0.0, "s": 0.0}).solve()
    net.passages["lift_0"] = 0.0
    net.solve()
    assert np.abs(net.passages["flow"]).max() < 1e-6
    assert net.network[0].residual <= TOLERANCE


def test_rising_pump_curve_settles_on_the_falling_side(water_net: Any) -> None:
    """Wilo IL 80/220 against 16.9 m of static head: 17.076 m at most at 18.4 m3/h; the stable point lies beyond."""
    lift = {
        "lift_0": 16.677 * GRAVITY_HEAD,
        "lift_1": 0.04341 * 3.6 * GRAVITY_HEAD,
        "lift_2": 1.181e-3 * 12.96 * GRAVITY_HEAD,
    }
    net = water_net({"p": ("r", "s", {**lift, "quadratic": 0.0})}, {"r": 0.0, "s": 16.9 * GRAVITY_HEAD})
    net.store.row("p").flow = 8.0
    net.solve()
    flow = 3.6 * net.flow("p")
    assert flow > 18.4
    assert 16.677 + 0.04341 * flow - 1.181e-3 * flow**2 == pytest.approx(16.9, abs=1e-3)


def test_not_finite_keeps_the_last_flows_and_says_so(water_net: Any) -> None:
    edges = {"p": ("r", "a", PUMP), "x": ("a", "s", quadratic(80.0)), "y": ("a", "s", quadratic(50.0))}
    net = water_net(edges, {"r": 0.0, "s": 0.0}).solve()
    before = net.passages["flow"].copy()
    net.store.row("y").quadratic = math.nan
    solve(net.junctions, net.passages, net.network, net.topology, 1.0)
    assert (net.passages["flow"] == before).all()
    assert (net.network[0].failures, net.network[0].moved) == (1.0, 1.0)


def test_loose_passage_is_refused() -> None:
    store = Store({Junction: ["a"], Passage: ["p"]})
    with pytest.raises(InputError, match="passage 0 joins junctions -1 and -1"):
        topology(store.tables["junction"], store.tables["passage"])


def test_random_networks_converge_and_close(water_net: Any) -> None:
    """Cold starts of trees with extra passages: closed valves, check valves, pumps, with and without held junctions."""
    rng = np.random.default_rng(7)
    for _ in range(60):
        size = int(rng.integers(3, 25))
        edges: dict[str, Edge] = {}
        for number in range(round(1.4 * size)):
            b = number + 1 if number + 1 < size else int(rng.integers(1, size))
            kind = int(rng.integers(0, 5))
            law = quadratic(float(10.0 ** rng.uniform(9, 13) if kind == 0 else 10.0 ** rng.uniform(0, 4)))
            law |= [{}, {"check": 1.0}, {"lift_0": 1e5, "lift_1": 1500.0, "lift_2": 150.0}, {}, {}][kind]
            edges[f"e{number}"] = (str(int(rng.integers(0, b))), str(b), law)
        water_net(edges, {"0": 0.0} if rng.random() < 0.7 else {}).solve().solve()


SEQUENCE = """
import runpy
net = runpy.run_path({path!r})["WaterNet"](
    {{
        "p": ("a", "b", {{"lift_0": 2e5, "lift_1": 900.0, "lift_2": 150.0, "check": 1.0}}),
        "bc": ("b", "c", {{"quadratic": 300.0}}),
        "bd": ("b", "d", {{"quadratic": 100.0}}),
        "dc": ("d", "c", {{"linear": 40.0, "quadratic": 700.0}}),
        "db": ("d", "b", {{"quadratic": 1e10}}),
        "ca": ("c", "a", {{"quadratic": 30.0}}),
        "leak": ("c", "drain", {{"linear": 1e9}}),
    }},
    {{"drain": 0.0}},
    {{"a": (1e-4, 2.5e5)}},
)
for speed in (1.0, 0.7, 0.3, 0.0, 0.9):
    net.store.row("p").lift_0 = 2e5 * speed * speed
    net.solve()
print(net.store.values.tobytes().hex())
"""


def test_compiled_and_plain_python_give_the_same_bits() -> None:
    code = SEQUENCE.format(path=str(Path(__file__).parents[1] / "conftest.py"))
    bits = []
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        run = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=300
        )
        bits.append(run.stdout)
    assert len(bits[0]) > 1000
    assert bits[0] == bits[1]


def test_what_the_solver_does_not_know_is_no_flow():
    """A pump stops: nothing of the loop shows a flow of 1e-13 m3/h, forwards or backwards."""
    plant = build("landscape_pool", datetime(2026, 1, 15), 86400.0)  # noqa: DTZ001  (plant time is local standard time)
    for command in ("pool_pump_1.enable_cmd", "pool_pump_1.speed_cmd"):
        plant.store.write(command, 1.0)
    plant.advance(120)
    assert plant.store.read("pool_meter.flow") > 20.0
    plant.store.write("pool_pump_1.enable_cmd", 0.0)
    plant.advance(1800)
    flows = abs(plant.store.tables["passage"].flow)
    assert not ((flows > 0.0) & (flows < 1e-10)).any()
    assert plant.balance()["water_residual"] < 1e-6
