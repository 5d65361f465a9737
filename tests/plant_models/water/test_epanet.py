"""The hydraulic solver against EPANET 2.2 (through wntr): pure minor losses and single-point pump curves."""

import math
import warnings
from pathlib import Path
from typing import Any

import pytest

from plant_models.water.network import GRAVITY_HEAD

Edge = tuple[str, str, dict[str, float]]
PUMP = {"lift_0": 200e3, "lift_2": 150.0, "quadratic": 0.0}


def quadratic(b: float, **more: float) -> dict[str, float]:
    return {"quadratic": b, **more}


NETS: dict[str, tuple[dict[str, Edge], dict[str, float]]] = {
    "series": (
        {"p": ("r", "a", PUMP), "x": ("a", "b", quadratic(300.0)), "y": ("b", "s", quadratic(100.0))},
        {"r": 0.0, "s": 20e3},
    ),
    "parallel": (
        {
            "p": ("r", "a", PUMP),
            "x": ("a", "b", quadratic(300.0)),
            "y": ("a", "b", quadratic(1200.0)),
            "z": ("a", "b", quadratic(9.0e6)),
            "back": ("b", "s", quadratic(20.0)),
        },
        {"r": 0.0, "s": 0.0},
    ),
    "mesh": (
        {
            "p": ("r", "a", PUMP),
            "ab": ("a", "b", quadratic(200.0)),
            "ac": ("a", "c", quadratic(900.0)),
            "bc": ("b", "c", quadratic(50.0)),
            "bd": ("b", "d", quadratic(700.0)),
            "cd": ("c", "d", quadratic(150.0)),
            "be": ("b", "e", quadratic(2000.0)),
            "de": ("d", "e", quadratic(300.0)),
            "es": ("e", "s", quadratic(40.0)),
        },
        {"r": 0.0, "s": 0.0},
    ),
    "reversed bridge": (
        {
            "p": ("r", "a", PUMP),
            "ba": ("b", "a", quadratic(900.0)),
            "ac": ("a", "c", quadratic(100.0)),
            "bc": ("b", "c", quadratic(60.0)),
            "bd": ("b", "d", quadratic(100.0)),
            "dc": ("d", "c", quadratic(900.0)),
            "ds": ("d", "s", quadratic(10.0)),
        },
        {"r": 0.0, "s": 0.0},
    ),
    "two pumps": (
        {
            "p": ("r", "a", {**PUMP, "check": 1.0}),
            "q": ("r", "a", {"lift_0": 150e3, "lift_2": 100.0, "quadratic": 0.0, "check": 1.0}),
            "x": ("a", "s", quadratic(80.0)),
        },
        {"r": 0.0, "s": 0.0},
    ),
    "weak pump pushed shut": (
        {
            "p": ("r", "a", {**PUMP, "check": 1.0}),
            "q": ("r", "a", {"lift_0": 50e3, "lift_2": 100.0, "quadratic": 0.0, "check": 1.0}),
            "x": ("a", "s", quadratic(2000.0)),
        },
        {"r": 0.0, "s": 0.0},
    ),
    "dead head": (
        {"p": ("r", "a", {**PUMP, "check": 1.0}), "x": ("a", "b", quadratic(80.0)), "y": ("b", "s", quadratic(80.0))},
        {"r": 0.0, "s": 250e3},
    ),
    "standby behind its check valve": (
        {
            "p": ("r", "a", {**PUMP, "check": 1.0}),
            "i": ("r", "c", quadratic(150.0)),
            "v": ("c", "a", quadratic(20.0, check=1.0)),
            "x": ("a", "s", quadratic(500.0)),
        },
        {"r": 0.0, "s": 0.0},
    ),
    "recirculation through the standby pump": (
        {
            "p": ("r", "a", {**PUMP, "check": 1.0}),
            "i": ("r", "a", {"lift_2": 150.0, "quadratic": 20.0}),
            "x": ("a", "s", quadratic(500.0)),
        },
        {"r": 0.0, "s": 0.0},
    ),
    "water flows backwards from the higher tank": (
        {
            "p": ("r", "a", {**PUMP, "lift_0": 60e3, "check": 1.0}),
            "x": ("a", "t", quadratic(100.0)),
            "y": ("a", "u", quadratic(300.0)),
        },
        {"r": 0.0, "t": 150e3, "u": 0.0},
    ),
}


def epanet(edges: dict[str, Edge], held: dict[str, float], folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Flows [kg/s] and piezometric pressures [Pa] by EPANET; the warnings are wntr's own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _epanet(edges, held, folder)


def _epanet(edges: dict[str, Edge], held: dict[str, float], folder: Path) -> tuple[dict[str, float], dict[str, float]]:
    import wntr

    wn = wntr.network.WaterNetworkModel()
    wn.options.hydraulic.headloss = "D-W"
    wn.options.hydraulic.accuracy = 1e-8
    wn.options.hydraulic.inpfile_units = "LPS"
    for name in dict.fromkeys(name for a, b, _ in edges.values() for name in (a, b)):
        if name in held:
            wn.add_reservoir(name, base_head=held[name] / GRAVITY_HEAD)
        else:
            wn.add_junction(name, elevation=0.0)
    area = math.pi / 4.0 * 0.1**2
    for name, (a, b, law) in edges.items():
        if law.get("lift_0", 0.0) > 0.0:
            head = 0.75 * law["lift_0"] / GRAVITY_HEAD
            flow = math.sqrt(head / 3.0 / (law["lift_2"] * 1e6 / GRAVITY_HEAD))
            wn.add_curve(f"curve_{name}", "HEAD", [(flow, head)])
            wn.add_pump(name, a, b, pump_type="HEAD", pump_parameter=f"curve_{name}")
        else:
            loss = (law["quadratic"] + law.get("lift_2", 0.0)) * 1e6 / GRAVITY_HEAD * 2.0 * 9.8146 * area**2
            check = bool(law.get("check", 0.0))
            wn.add_pipe(name, a, b, length=0.01, diameter=0.1, roughness=1e-3, minor_loss=loss, check_valve=check)
    results = wntr.sim.EpanetSimulator(wn).run_sim(file_prefix=str(folder / "net"))
    flows, heads = results.link["flowrate"].iloc[0], results.node["head"].iloc[0]
    return ({n: 1000.0 * float(flows[n]) for n in edges}, {n: GRAVITY_HEAD * float(h) for n, h in heads.items()})


@pytest.mark.parametrize("name", NETS)
def test_agrees_with_epanet(name: str, tmp_path: Path, water_net: Any, validation: Any) -> None:
    edges, held = NETS[name]
    net = water_net(edges, held).solve()
    flows, pressures = epanet(edges, held, tmp_path)
    most = max(1.0, *map(abs, flows.values()))
    for passage, flow in flows.items():
        assert net.flow(passage) == pytest.approx(flow, rel=0.005, abs=5e-4 * most), passage
    worst = max(abs(net.flow(passage) - flow) for passage, flow in flows.items()) / most
    case = f"network solver, {name}: largest difference of a flow, of the largest flow"
    validation(case, "EPANET 2.2 through wntr", expected=0.0, got=100.0 * worst, tolerance=0.5, unit="%")
    for junction, pressure in pressures.items():
        assert net.at(junction).pressure == pytest.approx(pressure, rel=0.005, abs=200.0), junction
