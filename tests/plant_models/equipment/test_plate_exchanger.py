"""Plate exchanger against the table of docs/physics/equipment.md#plate-reference, closed forms of effectiveness, and
the heat's own balance."""

import math
from typing import Any

import pytest

from plant_models.equipment import plate_exchanger as plates
from plant_models.equipment.plate_exchanger import PlateExchanger
from plant_models.water.hydraulics import solve, topology
from plant_models.water.network import HEAT_CAPACITY, M3H, Junction, Network, Passage
from twin.store import Store


def make(**given: float) -> Store:
    store = Store(
        {
            PlateExchanger: ["x"],
            Passage: ["x/primary", "x/secondary"],
            Junction: ["a", "b", "c", "d"],
            Network: ["network"],
        }
    )
    row = store.row("x")
    row.primary, row.secondary = 0, 1
    for number, (up, down) in enumerate(((0, 1), (2, 3))):
        passage = store.tables["passage"][number]
        passage.upstream, passage.downstream = up, down
    for name, value in given.items():
        row[name] = value
    PlateExchanger.connect(row, 0, store.tables)
    return store


def exchange(store: Store, primary: float, secondary: float, hot: float = 14.5, cold: float = 8.0) -> Any:
    """Set flows [kg/s] and entering temperatures; the row after one second."""
    for name, flow, temp in (("x/primary", primary, hot), ("x/secondary", secondary, cold)):
        store.row(name).flow, store.row(name).entering_temp = flow, temp
    plates.exchange(store.tables["plateexchanger"], store.tables["passage"], 1.0)
    return store.row("x")


DESIGN = 27.78 * M3H


@pytest.mark.parametrize(
    ("name", "secondary", "ua", "effectiveness", "kilowatts", "hot_out", "cold_out"),
    [
        ("equal flows, 400 kW/K", 27.78, 400e3, 0.7746, 586.0, 9.465, 13.035),
        ("equal flows, 200 kW/K", 27.78, 200e3, 0.6321, 478.2, 10.391, 12.109),
        ("half the cold flow, 400 kW/K", 13.89, 400e3, 0.9837, 372.1, 11.303, 14.394),
    ],
)
def test_table_of_outlets(
    validation: Any,
    name: str,
    secondary: float,
    ua: float,
    effectiveness: float,
    kilowatts: float,
    hot_out: float,
    cold_out: float,
) -> None:
    store = make(u_value=ua / 100, primary_flow_design=DESIGN, secondary_flow_design=secondary * M3H)
    x = exchange(store, 27.78, secondary)
    source = "effectiveness-NTU in closed form, docs/physics/equipment.md#plate-reference"
    assert x.ua == pytest.approx(ua)
    validation(
        f"plate exchanger, {name}: effectiveness", source, expected=effectiveness, got=x.effectiveness, tolerance=1e-4
    )
    validation(
        f"plate exchanger, {name}: heat", source, expected=kilowatts, got=x.heat_flow / 1e3, tolerance=0.1, unit="kW"
    )
    outlets = [14.5 - x.heat_flow / (27.78 * HEAT_CAPACITY), 8.0 + x.heat_flow / (secondary * HEAT_CAPACITY)]
    validation(
        f"plate exchanger, {name}: both outlets", source,
        expected=[hot_out, cold_out], got=outlets, tolerance=1e-3, unit="degC",
    )  # fmt: skip


def test_ua_follows_the_flows(validation: Any) -> None:
    store = make(primary_flow_design=DESIGN, secondary_flow_design=DESIGN)
    shares = [exchange(store, 27.78 * p, 27.78 * s).ua / 400e3 for p, s in ((0.5, 0.5), (0.5, 1.0), (1.0, 0.5))]
    validation(
        "plate exchanger: UA left with half the flow on both sides, primary only, secondary only",
        "films with the power 0.8 of the flow, docs/physics/equipment.md#plate-reference",
        expected=[0.574, 0.730, 0.730], got=shares, tolerance=1e-3,
    )  # fmt: skip


def test_laminar_gaps_keep_more_of_their_film_than_the_turbulent_law_says() -> None:
    """Below a quarter of the design flow: Martin's power 0.374 instead of 0.8, without a step where they meet."""
    store = make(primary_flow_design=DESIGN, secondary_flow_design=DESIGN)
    quarter, tenth = (exchange(store, 27.78 * part, 27.78 * part).ua / 400e3 for part in (0.25, 0.1))
    assert quarter == pytest.approx(0.25**0.8, rel=1e-3)
    assert tenth == pytest.approx(0.25**0.8 * 0.4**0.374, rel=1e-3)
    assert tenth > 1.4 * 0.1**0.8
    above, below = (exchange(store, 27.78 * part, 27.78 * part).ua for part in (0.2501, 0.2499))
    assert above == pytest.approx(below, rel=2e-3)


def test_fouling_takes_what_the_resistance_says() -> None:
    store = make(primary_flow_design=DESIGN, secondary_flow_design=DESIGN, fault_fouling=2e-4)
    x = exchange(store, 27.78, 27.78)
    assert x.ua / x.area == pytest.approx(2222.2, abs=0.1)
    assert x.effectiveness == pytest.approx(0.656, abs=5e-4)


@pytest.mark.parametrize(("ntu", "ratio"), [(0.5, 0.3), (2.0, 0.7), (3.0, 0.999999), (3.0, 1.0)])
def test_effectiveness_agrees_with_integration_along_the_plates(ntu: float, ratio: float) -> None:
    """Counterflow by shooting is linear: exact exponential of the temperature difference along the plates."""
    effectiveness = plates.effectiveness_of(ntu, ratio, True)
    steps, strong_out = 4000, ratio * effectiveness
    weak, strong = 1.0, strong_out
    for _ in range(steps):
        middle = weak - strong - 0.5 * ntu / steps * (1.0 - ratio) * (weak - strong)
        weak -= ntu / steps * middle
        strong -= ratio * ntu / steps * middle
    assert (weak, strong) == (pytest.approx(1.0 - effectiveness, abs=1e-6), pytest.approx(0.0, abs=1e-6))


def test_parallel_flow_when_one_side_runs_backwards() -> None:
    store = make(primary_flow_design=DESIGN, secondary_flow_design=DESIGN)
    x = exchange(store, 27.78, -27.78)
    assert x.effectiveness == pytest.approx(0.5 * (1.0 - math.exp(-2.0 * 400e3 / (27.78 * HEAT_CAPACITY))))


def test_heat_passes_once() -> None:
    store = make()
    x = exchange(store, 20.0, 11.0)
    assert store.row("x/primary").heat == -store.row("x/secondary").heat == -x.heat_flow
    assert x.heat_flow > 0.0
    assert exchange(store, 20.0, 11.0).energy == pytest.approx(2.0 * x.heat_flow)
    assert exchange(store, 20.0, 11.0, 5.0, 12.0).heat_flow < 0.0
    assert exchange(store, 20.0, 0.0).heat_flow == 0.0


def test_bypass_lowers_the_heat_as_a_smaller_flow_would() -> None:
    lost = exchange(make(fault_bypass=0.3), 20.0, 15.0).heat_flow
    assert lost == pytest.approx(exchange(make(), 14.0, 15.0).heat_flow)


@pytest.mark.parametrize(("clog", "factor"), [(0.0, 1.0), (1.0, 4.0)])
def test_pressure_loss_by_the_solver(clog: float, factor: float) -> None:
    """50 kPa at 100 m3/h, the power 1.8 around it, four times as much when clogged."""
    store = make(fault_clog_primary=clog)
    t = store.tables
    plates.actuate(t["plateexchanger"], t["passage"], t["network"])
    t["junction"]["held"] = 1.0
    shape = topology(t["junction"], t["passage"])
    for share in (1.0, 0.9, 1.1):
        store.row("a").pressure = factor * 50e3 * share**1.8
        solve(t["junction"], t["passage"], t["network"], shape, 1.0)
        plates.sense(t["plateexchanger"], t["passage"], t["junction"])
        assert store.row("x").primary_flow == pytest.approx(100.0 * share, rel=1e-3)
        assert store.row("x").primary_drop == pytest.approx(factor * 50e3 * share**1.8)
