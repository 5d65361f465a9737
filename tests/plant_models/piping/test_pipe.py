"""Plug-flow pipes against the analytic solution T_out(t) = T_a + (T_in(t - V/Q) - T_a) exp(-t_res UA / (m c))."""

import math
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from plant_models.piping import pipe as pipes
from plant_models.piping.pipe import Pipe
from plant_models.water.network import HEAT_CAPACITY, M3H, PLUG, Passage
from twin.store import Store


def make(
    dn_mm: float = 125.0, length: float = 300.0, u_loss: float = 0.0, temp: float = 10.0, least: float = 0.0
) -> Any:
    row = Store({Pipe: ["pipe"]}).row("pipe")
    row.dn_mm, row.length_m, row.u_loss = dn_mm, length, u_loss
    pipes.fill(row, temp, least)
    return row


def drive(
    row: Any, flows: Iterable[float], entering: Callable[[float], float], dt: float = 1.0
) -> tuple[list[float], float]:
    """Leaving temperatures, and the heat brought in less the heat taken out and lost [J]."""
    leaving, net = [], 0.0
    for tick, flow in enumerate(flows):
        out = pipes.leaving_temp(row, flow, dt)
        into = entering(tick * dt)
        net -= pipes.push(row, flow, into, dt)
        leaving.append(out)
        net += abs(flow) * dt * HEAT_CAPACITY * (into - out)
    return leaving, net


@pytest.mark.parametrize(
    ("dn_mm", "length", "m3h", "delay"), [(125, 300, 100, 133), (150, 300, 200, 95), (250, 500, 400, 221)]
)
def test_a_step_arrives_after_the_published_delay(
    dn_mm: float, length: float, m3h: float, delay: float, validation: Any
) -> None:
    row = make(dn_mm, length)
    leaving, _ = drive(row, [m3h / M3H] * (delay + 5), lambda _: 20.0)
    half = next(tick for tick, temp in enumerate(leaving) if temp > 15.0)
    seconds = math.pi / 4.0 * (dn_mm / 1000.0) ** 2 * length * 3600.0 / m3h
    validation(f"DN{dn_mm} x {length} m at {m3h} m3/h: a step of temperature arrives after", "volume over flow",
               expected=seconds, got=half, tolerance=1.0, unit="s")  # fmt: skip
    assert half == pytest.approx(delay, abs=1.0)
    assert leaving[half - 3] == pytest.approx(10.0, abs=1e-9), "nothing arrives early"
    assert leaving[half + 3] == pytest.approx(20.0, abs=1e-9), "and nothing is smeared"


def test_a_wave_leaves_as_the_analytic_solution_says() -> None:
    flow = 100.0 / M3H
    row = make(u_loss=5.0)
    delay = row.water / flow

    def entering(t: float) -> float:
        return 15.0 + 5.0 * math.sin(2.0 * math.pi * t / 300.0)

    leaving, _ = drive(row, [flow] * 1200, entering)
    faded = math.exp(-delay * 5.0 * 300.0 / (row.water * HEAT_CAPACITY))
    worst = max(
        abs(temp - (10.0 + (entering(t - delay) - 10.0) * faded)) for t, temp in enumerate(leaving) if t > 2 * delay
    )
    assert worst < 0.21, "within 2 s at the steepest slope of 0.105 K/s"
    assert row.parcels <= pipes.CAP


def test_a_steady_flow_loses_heat_exponentially(validation: Any) -> None:
    flow = 2.0
    row = make(dn_mm=50.0, length=200.0, u_loss=0.4, temp=50.0)
    leaving, _ = drive(row, [flow] * 600, lambda _: 50.0)
    exact = 10.0 + 40.0 * math.exp(-0.4 * 200.0 / (flow * HEAT_CAPACITY))
    validation("DN50 x 200 m, 0.4 W/(m K), water of 50 degC at 2 kg/s in ground of 10 degC: leaves at", "closed form",
               expected=exact, got=leaving[-1], tolerance=0.01 * (50.0 - exact), unit="degC")  # fmt: skip
    assert row.loss == pytest.approx(flow * HEAT_CAPACITY * (50.0 - exact), rel=5e-3)


def test_standing_water_cools_exactly_whatever_the_tick() -> None:
    for dt in (0.5, 1.0, 10.0):
        row = make(u_loss=0.3, temp=45.0)
        drive(row, [0.0] * round(3600 / dt), lambda _: 99.0, dt)
        exact = 10.0 + 35.0 * math.exp(-3600.0 * 0.3 * 300.0 / (row.water * HEAT_CAPACITY))
        assert pipes.leaving_temp(row, 0.0, 1e-9) == pytest.approx(exact, abs=1e-9)


def test_after_a_reversal_the_water_comes_back_in_the_opposite_order() -> None:
    flow = 100.0 / M3H
    row = make()
    for temp in (20.0, 30.0):
        drive(row, [flow] * 40, lambda _, temp=temp: temp)
    leaving, _ = drive(row, [-flow] * 130, lambda _: 5.0)
    assert leaving[:39] == pytest.approx([30.0] * 39)
    assert leaving[41:79] == pytest.approx([20.0] * 38)
    assert leaving[81:130] == pytest.approx([10.0] * 49)
    row_temps, _ = drive(row, [-flow] * 10, lambda _: 5.0)
    assert row_temps[-1] == pytest.approx(5.0)


def test_energy_closes_through_waves_reversals_losses_and_a_moving_ambient() -> None:
    row = make(u_loss=2.0, temp=35.0)
    before = pipes.stored_energy(row)
    flow = 100.0 / M3H
    net = 0.0
    for tick in range(6000):
        row.ambient = 10.0 - 0.001 * (tick // 500)
        turn = flow * math.sin(tick / 180.0)
        net += drive(row, [turn], lambda _, tick=tick: 30.0 + 20.0 * math.sin(tick / 37.0))[1]
    after = pipes.stored_energy(row)
    assert row.lost > 0.01 * before
    assert after - before == pytest.approx(net, abs=1e-12 * 6000 * flow * HEAT_CAPACITY * 50.0)
    held = sum(row.mass[(int(row.first) + k) % pipes.CAP] for k in range(int(row.parcels)))
    assert held == pytest.approx(row.water, rel=1e-12)


def test_a_pipe_shorter_than_a_tick_is_lengthened_and_still_conserves() -> None:
    flow = 10.0
    row = make(dn_mm=100.0, length=0.5, least=8.0, temp=10.0)
    assert row.water == 8.0
    before = pipes.stored_energy(row)
    leaving, net = drive(row, [flow] * 50, lambda _: 20.0)
    assert pipes.stored_energy(row) - before == pytest.approx(net, rel=1e-12)
    assert leaving[-1] == pytest.approx(20.0, abs=1e-6)


@pytest.mark.parametrize(("dn_mm", "m3h", "loss"), [(125, 100, 415), (150, 200, 627), (250, 400, 177)])
def test_a_connected_pipe_has_the_published_pressure_loss(dn_mm: float, m3h: float, loss: float) -> None:
    """docs/physics/water.md#friction: Pa per metre at nominal flow."""
    store = Store({Pipe: ["pipe"], Passage: ["way"]})
    row, passage = store.row("pipe"), store.row("way")
    row.passage, row.dn_mm, row.length_m, row.nominal_flow = 0, dn_mm, 100.0, m3h
    Pipe.connect(row, 0, store.tables)
    flow = m3h / M3H
    assert (passage.linear + passage.quadratic * flow) * flow / 100.0 == pytest.approx(loss, rel=0.03)
    assert (passage.kind, passage.store, passage.mass) == (PLUG, 0, row.water)
