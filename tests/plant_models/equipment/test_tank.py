"""Layered tanks: stratification, buoyancy, loss and exact energy accounts."""

import math
from typing import Any

import pytest

from plant_models.equipment import tank as tanks
from plant_models.equipment.tank import LAYERS, LayeredTank
from plant_models.water.network import HEAT_CAPACITY
from twin.store import Store


def make(volume: float = 1.0, temp: float = 20.0) -> Any:
    table = Store({LayeredTank: ["tank"]}).tables["layeredtank"]
    table[0].volume = volume
    tanks.fill(table[0], temp)
    return table


def tick(table: Any, ports: list[tuple[float, float]], dt: float = 1.0) -> float:
    """One tick with (flow, entering temperature) of up to two passages; heat brought in less taken out and lost [J]."""
    ports = ports + [(0.0, 15.0)] * (2 - len(ports))
    leaving = [tanks.leaving_temp(table[0], flow) for flow, _ in ports]
    lost = sum(tanks.push(table[0], flow, entering, dt) for flow, entering in ports)
    return -lost + sum(abs(f) * dt * HEAT_CAPACITY * (t - out) for (f, t), out in zip(ports, leaving, strict=True))


def test_warm_water_fills_the_tank_from_the_top_like_stirred_cells_in_series() -> None:
    table = make()
    table[0].loss_rate = table[0].conduction = 0.0
    for _ in range(500):
        tick(table, [(1.0, 50.0)])
    turnovers = 500 * 1.0 / (1000.0 / LAYERS)
    mixed = math.exp(-turnovers) * sum(turnovers**k / math.factorial(k) for k in range(LAYERS))
    assert table[0].bottom_temp == pytest.approx(50.0 - 30.0 * mixed, abs=0.05), "Erlang: ten stirred cells"
    assert table[0].top_temp > table[0].middle_temp > table[0].bottom_temp


def test_water_warmer_below_rises_and_the_heat_stays() -> None:
    table = make()
    table[0].loss_rate = 0.0
    table[0].layers[:] = [20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 20.0, 45.0]
    before = tanks.stored_energy(table[0])
    for _ in range(31):
        tick(table, [])
    assert table[0].layers == pytest.approx([22.5] * LAYERS, abs=1e-9)
    assert tanks.stored_energy(table[0]) == pytest.approx(before, rel=1e-14)
    for _ in range(600):
        tick(table, [(0.5, 50.0), (-0.5, 10.0)])
    layers = table[0].layers
    assert all(layers[k] >= layers[k + 1] for k in range(LAYERS - 1))


def test_equal_charging_and_drawing_leaves_the_middle_alone() -> None:
    table = make()
    table[0].loss_rate = table[0].conduction = 0.0
    for _ in range(200):
        tick(table, [(0.8, 55.0), (-0.8, 10.0)])
    assert table[0].middle_temp == 20.0
    assert table[0].top_temp > 45.0
    assert table[0].bottom_temp < 15.0


def test_a_coil_at_the_bottom_heats_the_whole_tank() -> None:
    table = make(volume=0.3)
    table[0].loss_rate = 0.0
    before = tanks.stored_energy(table[0])
    table[0].heat = 10e3
    booked = sum(tick(table, []) for _ in range(3600))
    assert booked == pytest.approx(10e3 * 3600, rel=1e-12)
    assert tanks.stored_energy(table[0]) - before == pytest.approx(10e3 * 3600, rel=1e-12)
    assert table[0].top_temp == pytest.approx(20.0 + 36e6 / (300.0 * HEAT_CAPACITY), abs=0.5)


@pytest.mark.parametrize("dt", [0.5, 1.0, 10.0])
def test_wall_loss_is_that_of_a_good_tank_and_does_not_depend_on_the_tick(dt: float, validation: Any) -> None:
    table = make(temp=60.0)
    for _ in range(round(21600 / dt)):
        tick(table, [], dt)
    assert 1.0 < 4.0 * table[0].lost / 3.6e6 < 2.0, "1-2 kWh/d per m3 (docs/physics/equipment.md#tanks)"
    exact = 20.0 + 40.0 * math.exp(-21600.0 * 1.5 / (1000.0 * HEAT_CAPACITY))
    validation(f"tank of 1 m3 at 60 degC, alone for 6 h in steps of {dt:g} s", "closed form",
               expected=exact, got=table[0].layers.mean(), tolerance=1e-6, unit="degC")  # fmt: skip
    assert table[0].layers == pytest.approx([exact] * LAYERS, abs=1e-9)


def test_energy_closes_with_two_circuits_in_changing_directions() -> None:
    table = make(volume=2.0, temp=40.0)
    before, net, moved = tanks.stored_energy(table[0]), 0.0, 0.0
    for k in range(4000):
        ports = [(9.0 * math.sin(k / 90.0), 45.0 + 10.0 * math.sin(k / 31.0)), (-6.0 * math.cos(k / 70.0), 12.0)]
        net += tick(table, ports)
        moved += sum(abs(flow) for flow, _ in ports) * HEAT_CAPACITY * 50.0
    after = tanks.stored_energy(table[0])
    assert table[0].lost > 0.0
    assert after - before == pytest.approx(net, abs=1e-12 * moved)


def test_conduction_alone_spreads_a_step_towards_the_analytic_profile() -> None:
    """First eigenmode of an insulated rod of n cells decays with 4 k / C sin^2(pi / 2n)."""
    table = make()
    tank = table[0]
    tank.loss_rate, tank.conduction = 0.0, 20.0
    mode = [math.cos(math.pi * (k + 0.5) / LAYERS) for k in range(LAYERS)]
    tank.layers[:] = [40.0 + 5.0 * m for m in mode]
    for _ in range(3600):
        tick(table, [], 10.0)
    rate = 4.0 * 20.0 / (100.0 * HEAT_CAPACITY) * math.sin(math.pi / (2 * LAYERS)) ** 2
    fade = math.exp(-rate * 36000.0)
    assert tank.layers == pytest.approx([40.0 + 5.0 * fade * m for m in mode], abs=2e-3)
