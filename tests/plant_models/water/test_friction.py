"""Pipe friction against the figures of docs/physics/water.md#friction, the Colebrook equation and laminar flow."""

import math
from itertools import pairwise
from typing import Any

import pytest

from plant_models.water.friction import VISCOSITY, coefficients, friction, kv_loss
from twin.errors import InputError


def test_mains_of_the_village_system(validation: Any) -> None:
    got = [friction(dn, 1.0, flow) for dn, flow in ((125, 100), (150, 200), (250, 400))]
    validation(
        "pressure loss of DN125, DN150, DN250 at 100, 200, 400 m3/h",
        "Swamee-Jain, roughness 0.1 mm, docs/physics/water.md#friction",
        expected=[415, 627, 177], got=got, tolerance=1.0, unit="Pa/m",
    )  # fmt: skip


@pytest.mark.parametrize("dn", [20.0, 80.0, 250.0])
def test_within_three_per_cent_of_colebrook(validation: Any, dn: float) -> None:
    d, speeds, exact, got = dn / 1000.0, [0.5, 1.0, 2.5], [], []
    for speed in speeds:
        reynolds, factor = speed * d / VISCOSITY, 0.02
        for _ in range(50):
            factor = (-2.0 * math.log10(0.1e-3 / d / 3.7 + 2.51 / (reynolds * math.sqrt(factor)))) ** -2
        exact.append(factor / d * 500.0 * speed**2)
        got.append(friction(dn, 1.0, speed * math.pi / 4.0 * d * d * 3600.0))
    validation(
        f"pressure loss of DN{dn:.0f}", "Colebrook-White, iterated in the test",
        expected=exact, got=got, tolerance="3 %", unit="Pa/m", x=("velocity, m/s", speeds),
    )  # fmt: skip


def test_laminar_flow_is_hagen_poiseuille_and_signed() -> None:
    speed, d = 0.05, 0.02
    flow = speed * math.pi / 4.0 * d * d * 3600.0
    assert friction(20.0, 3.0, flow) == pytest.approx(32.0 * VISCOSITY * 1000.0 * 3.0 * speed / d**2)
    assert friction(20.0, 3.0, -flow) == -friction(20.0, 3.0, flow)
    assert friction(20.0, 3.0, 0.0) == 0.0


def test_no_step_between_laminar_and_turbulent() -> None:
    losses = [friction(50.0, 1.0, 0.001 * k) for k in range(1, 2000)]
    assert all(0.0 < b - a < 0.02 * max(losses) for a, b in pairwise(losses))


def test_coefficients_meet_the_law_at_the_design_flow_and_nearby() -> None:
    linear, quadratic = coefficients(125.0, 300.0, 100.0)
    for share in (0.25, 0.5, 0.75, 1.0, 1.2):
        m = 100.0 * share / 3.6
        assert linear * m + quadratic * m * m == pytest.approx(friction(125.0, 300.0, 100.0 * share), rel=0.02)
    assert linear > 0.0


def test_the_loss_of_a_tube_rises_with_the_flow_also_where_it_turns_laminar() -> None:
    for tenths in range(1, 40):
        flow = 0.1 * tenths
        linear, quadratic = coefficients(26.0, 200.0, flow)
        assert linear >= 0.0
        assert quadratic >= 0.0
        assert linear * flow / 3.6 + quadratic * (flow / 3.6) ** 2 == pytest.approx(friction(26.0, 200.0, flow))


def test_kv_is_the_flow_at_one_bar() -> None:
    assert kv_loss(40.0) * (40.0 / 3.6) ** 2 == pytest.approx(1e5)


def test_impossible_pipes_are_refused() -> None:
    with pytest.raises(InputError, match="no pipe is 0 mm wide"):
        friction(0.0, 1.0, 1.0)
    with pytest.raises(InputError, match="needs a design flow above 0"):
        coefficients(100.0, 1.0, 0.0)
