"""Single-circulation wells against a two-dimensional reference, closed forms and the published heads."""

import itertools
import math
import re
from typing import Any

import numpy as np
import pytest

from plant_models.ground import aquifer, well
from plant_models.ground.well import SingleWell
from plant_models.water.network import GRAVITY_HEAD, HEAT_CAPACITY, M3H
from twin.errors import InputError


@pytest.mark.parametrize(
    ("ratio", "power", "m3h", "reference"),
    [
        (1, 80e3, 16, [14.40, 13.98, 13.65, 13.37]),
        (3, 80e3, 16, [14.50, 14.48, 14.37, 14.23]),
        (1, 500e3, 100, [12.82, 11.77, 10.98, 10.34]),
        (3, 500e3, 100, [13.94, 13.30, 12.82, 12.42]),
    ],
)
def test_extraction_temperature_follows_the_two_dimensional_reference(
    validation: Any, ratio: float, power: float, m3h: float, reference: list[float], well_rig: Any
) -> None:
    """docs/physics/ground.md#well-reference: Darcy and heat in two dimensions, after 30, 60, 90 and 120 days of
    constant extraction."""
    rig = well_rig(anisotropy=ratio, short_circuit=0.0)
    temps = [rig.extract(power, m3h, 30 * 86400.0) for _ in reference]
    validation(
        f"well, {power / 1e3:g} kW at {m3h:g} m3/h, K_h/K_v {ratio:g}: extracted water",
        "finite volumes in two dimensions, Darcy and heat, docs/physics/ground.md#well-reference",
        expected=reference, got=temps, tolerance=0.15, unit="degC", x=("days", [30, 60, 90, 120]),
    )  # fmt: skip
    if power == 500e3:
        returned = temps[-1] - power / (m3h / M3H * HEAT_CAPACITY)
        assert returned == pytest.approx(6.05 if ratio == 1 else 8.13, abs=0.15)


@pytest.mark.parametrize(
    ("ratio", "depth", "power", "m3h", "reference"),
    [
        (1.7, 72, 200e3, 40, [14.17, 13.62, 13.19, 12.83]),
        (2, 72, 200e3, 40, [14.27, 13.76, 13.37, 13.04]),
        (5, 72, 300e3, 60, [14.46, 14.15, 13.84, 13.58]),
        (1, 36, 80e3, 16, [12.40, 11.13, 10.16, 9.36]),
        (1, 100, 80e3, 16, [14.50, 14.48, 14.37, 14.22]),
    ],
)
def test_depth_and_ratios_between_the_fitted_ones_follow_the_reference(
    validation: Any, ratio: float, depth: float, power: float, m3h: float, reference: list[float], well_rig: Any
) -> None:
    """None of these was fitted: ratios between, and wells of the same shape of another depth."""
    rig = well_rig(anisotropy=ratio, depth=depth, short_circuit=0.0)
    temps = [rig.extract(power, m3h, 30 * 86400.0) for _ in reference]
    validation(
        f"well {depth} m, {power / 1e3:g} kW at {m3h:g} m3/h, K_h/K_v {ratio:g}: extracted water",
        "finite volumes in two dimensions, Darcy and heat, docs/physics/ground.md#well-reference",
        expected=reference, got=temps, tolerance=0.4, unit="degC", x=("days", [30, 60, 90, 120]),
    )  # fmt: skip


def test_the_answer_has_no_step_between_two_ratios(well_rig: Any) -> None:
    falls = []
    for ratio in (1.0, 1.79, 1.81, 2.99, 3.01, 5.49, 5.51, 10.0):
        rig = well_rig(anisotropy=ratio, short_circuit=0.0)
        falls.append(14.5 - rig.extract(500e3, 100.0, 90 * 86400.0))
    assert all(after < before for before, after in itertools.pairwise(falls))
    for number in (1, 3, 5):
        assert falls[number] - falls[number + 1] < 0.02


def test_the_ground_gives_what_was_extracted_and_the_step_does_not_matter(well_rig: Any) -> None:
    fine, coarse = well_rig(short_circuit=0.0), well_rig(short_circuit=0.0)
    temps = [fine.extract(80e3, 16.0, 20 * 86400.0, 60.0), coarse.extract(80e3, 16.0, 20 * 86400.0, 600.0)]
    assert temps[0] == pytest.approx(temps[1], abs=1e-3)
    assert fine.well.ground_energy == pytest.approx(80e3 * 20 * 86400.0, rel=1e-6)


def test_a_leaking_seal_lowers_the_temperature_as_the_closed_form_says(validation: Any, well_rig: Any) -> None:
    leaks, falls = [0.05, 0.1, 0.2, 0.3], []
    for leak in leaks:
        rig = well_rig(short_circuit=0.0)
        rig.well.seal_leak = leak
        falls.append(rig.extract(80e3, 16.0, 24000.0) - 14.5)
    validation(
        "well, leaking seal, 80 kW at 16 m3/h: change of the extracted water",
        "closed form, docs/physics/ground.md#well-reference",
        expected=[-0.226, -0.477, -1.074, -1.841], got=falls, tolerance=2e-3, unit="K", x=("share leaking", leaks),
    )  # fmt: skip


def test_cascade_is_exact_whatever_the_step(well_rig: Any) -> None:
    """Cells in series: the step response is an Erlang distribution of the volume passed."""
    x = 2.3
    exact = 1.0 - math.exp(-x) * sum(x**j / math.factorial(j) for j in range(6))
    for parts in (1, 7, 500):
        rig = well_rig()
        for _ in range(parts):
            aquifer.cascade(rig.well.near, 6, x / parts, 1.0)
        assert rig.well.near[5] == pytest.approx(exact, abs=1e-13)


def test_cold_arrives_when_a_dipole_between_the_screens_lets_it(validation: Any) -> None:
    """Point dipole, 4 pi L^3 I (rho c) / (Q (rho c)_w): between the near ends of the screens, and their centres."""
    length = np.linspace(0.0, 1.0, 20001)[1:-1]
    shape = float(np.sum(1.0 / (1.0 / length**2 + 1.0 / (1.0 - length) ** 2)) / 20000.0)
    validation(
        "point dipole, shape factor",
        "docs/physics/ground.md#well-reference",
        expected=0.0593657,
        got=shape,
        tolerance="0.01 %",
    )
    arrivals = [4 * math.pi * at**3 * shape * 2.5 / 4.19 / (16.0 / 3600.0) / 86400.0 for at in (20.0, 35.0, 40.0)]
    assert arrivals[1:] == pytest.approx([49.7, 74.2], abs=0.2)
    cells: Any = np.zeros(16)
    volume, felt = 0.0, 0.0
    while felt < 0.03:
        felt = aquifer.respond(cells[:12], cells[12:], 1.0, 1.0, 16.0, 1.0)
        volume += 16.0
    validation("well, isotropic, 16 m3/h: 3 % of the returned cold is felt", "point dipole, near ends to centres",
               expected=(arrivals[0], arrivals[1]), got=volume / 16.0 / 24.0, unit="d")  # fmt: skip


def test_cold_of_the_next_well_arrives_after_the_breakthrough_of_the_doublet(validation: Any, well_rig: Any) -> None:
    days = SingleWell.size({"flow": 16.0, "depth": 72.0, "spacing": 50.0})["drift_after"]
    validation("doublet, 50 m, 30 m thick, 16 m3/h: breakthrough",
               "Gringarten and Sauty, docs/physics/ground.md#well-reference",
               expected=122.0, got=days, tolerance=0.5, unit="d")  # fmt: skip
    rig = well_rig(drift=-0.01, drift_after=10.0)
    rig.extract(0.0, 16.0, 9 * 86400.0)
    assert rig.well.drifted == 0.0
    rig.extract(0.0, 16.0, 6 * 86400.0)
    assert rig.well.drifted == pytest.approx(-0.05, abs=1e-3)
    rig.well.drift_end = 0.06
    rig.extract(0.0, 16.0, 6 * 86400.0)
    assert rig.well.drifted == pytest.approx(-0.06)


def test_particles_delay_the_cold_and_a_breach_hurries_it(well_rig: Any) -> None:
    plain, packed = well_rig(short_circuit=0.0), well_rig(short_circuit=0.0, particles=1.0)
    days = 60 * 86400.0
    assert plain.extract(80e3, 16.0, days) < packed.extract(80e3, 16.0, days) - 0.005
    packed.well.casing_breach = 1.0
    assert packed.extract(80e3, 16.0, 1200.0) < 14.5 - 1.0
    assert packed.well.turbidity > 60.0


@pytest.mark.parametrize(
    ("m3h", "conductivity", "rise", "fall"),
    [(16, 1e-3, (0.20, 0.25), (0.16, 0.21)), (100, 1e-3, (1.2, 1.57), (1.0, 1.3)), (16, 1e-4, (2.0, 2.5), (1.6, 2.1))],
)
def test_heads_are_those_of_the_two_dimensional_reference(
    validation: Any,
    m3h: float,
    conductivity: float,
    rise: tuple[float, float],
    fall: tuple[float, float],
    well_rig: Any,
) -> None:
    """docs/physics/ground.md#wells: head rise and drawdown [m] per flow, scaling as Q/K."""
    rig = well_rig(conductivity=conductivity, throttle=0.0, filter_loss=0.0, hold_pressure=-9e4, static_depth=2.0)
    rig.flow(m3h)
    for _ in range(1200):
        well.actuate(rig.tables["singlewell"], rig.passages, rig.junctions, rig.network, 1.0)
    back = rig.passages[1]
    flow = m3h / M3H
    head = (back.linear * flow + back.quadratic * flow * flow + rig.junctions[3].pressure) / GRAVITY_HEAD + 2.0
    name, source = (
        f"well, {m3h:g} m3/h, K {conductivity:g} m/s",
        "the same two-dimensional reference, docs/physics/ground.md#wells",
    )
    drawdown = rig.well.pump_depth - 2.0 - rig.well.level
    validation(f"{name}: head rise of the return", source, expected=rise, got=head, unit="m")
    validation(f"{name}: drawdown of the extraction", source, expected=fall, got=drawdown, unit="m")


def test_skin_ten_adds_half_a_metre() -> None:
    slopes = [aquifer.head_slope(1e-3, 14.0, math.log(93.0), skin) for skin in (0.0, 10.0)]
    assert (slopes[1] - slopes[0]) * 16.0 / M3H / GRAVITY_HEAD == pytest.approx(0.5, abs=0.01)


def test_groundwater_follows_a_start_within_minutes(well_rig: Any) -> None:
    rig = well_rig(conductivity=1e-4, throttle=0.0, hold_pressure=-9e4)
    rig.pump(3.0e5)
    rig.run(12.0)
    early = 30.0 - 12.0 - float(rig.well.level)
    rig.run(900.0)
    late = 30.0 - 12.0 - float(rig.well.level)
    assert early < 0.3 * late


def test_particles_take_the_place_of_water_in_the_bore(well_rig: Any) -> None:
    """0.4 of water and 0.6 of rock with 2.2 MJ/(m3 K): 0.715 of the heat capacity, so a change comes sooner."""
    plain, packed = well_rig(), well_rig(particles=1.0)
    expected = 0.4 + 0.6 * 2.2 / 4.19
    for way in (0, 2):
        assert packed.passages[way].mass == pytest.approx(expected * plain.passages[way].mass, rel=1e-6)


def test_a_month_of_little_water_is_told(well_rig: Any) -> None:
    """Fitted from 0.15 m3/h per metre: 10.8 m3/h at 72 m. A day of it is nothing, a season is."""
    little, enough = well_rig(), well_rig()
    for rig, m3h in ((little, 9.0), (enough, 12.0)):
        rig.extract(0.0, m3h, 29 * 86400.0)
        assert rig.well.slow_season == 0.0
        rig.extract(0.0, m3h, 2 * 86400.0)
    assert (little.well.slow_season, enough.well.slow_season) == (1.0, 0.0)


def test_particles_pass_less_water(well_rig: Any) -> None:
    plain, packed = well_rig(), well_rig(particles=1.0)
    for rig in (plain, packed):
        well.actuate(rig.tables["singlewell"], rig.passages, rig.junctions, rig.network, 1.0)
    share = 1.0 + aquifer.PACKED_SKIN / math.log(93.0)
    for way in (1, 2):
        assert packed.passages[way].linear == pytest.approx(share * plain.passages[way].linear, rel=1e-9)


def test_a_well_is_sized_from_its_capacity() -> None:
    values = SingleWell.size({"capacity": 500e3})
    assert values["rated_flow"] == pytest.approx(100.0)
    assert values["sand_flow"] == pytest.approx(125.0)
    plain = SingleWell.size({"depth": 72.0})
    assert plain == {name: SingleWell.points[name].default for name in plain}
    deep = SingleWell.size({"depth": 108.0})
    assert {name: deep[name] / plain[name] for name in plain} == pytest.approx(
        {name: 1.0 if name == "pump_depth" else 1.5 for name in plain}
    )


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("capacity: 500 kW, flow: 16 m3/h", "well gives 5 kW per m3/h"),
        ("capacity: 80 kW, depth: 20 m", "depth: 20 m is outside 30 .. 130 m"),
        ("flow: 100 m3/h, depth: 36 m", "fitted for 0.15 to 1.5"),
        ("flow: 5 m3/h, depth: 72 m", "fitted for 0.15 to 1.5"),
        ("flow: 16 m3/h, depth: 36 m, return_screen: 30 m", "no room for screens"),
        ("flow: 16 m3/h, depth: 72 m, spacing: 50 m", "but drift is 0 K/d"),
        ("flow: 16 m3/h, anisotropy: 20", "anisotropy"),
    ],
)
def test_a_well_outside_its_laws_is_refused_with_the_reason(given: str, reason: str, plant_of: Any) -> None:
    with pytest.raises(InputError, match=re.escape(reason)):
        plant_of(
            f"  well: {{model: SingleWell, {given}}}\n  pump: {{model: Pump, catalogue: submersible_16m3h}}",
            "  ring: (return) > well > pump > (return)",
        )
