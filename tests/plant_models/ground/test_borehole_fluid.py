"""The first hour of a borehole against a radial numerical solution, and brine in its tubes against pygfunction."""

import math
from typing import Any

import numpy as np
import pygfunction
import pytest
from scipy.linalg import solve_banded

from plant_models.ground.borehole import BoreholeField
from plant_models.water.network import HEAT_CAPACITY, M3H
from twin.errors import InputError

LEG, TUBE, BORE, OUTER, RADIUS = 0.2486, 0.0787, 0.013, 0.016, 0.075
MINUTES = [10, 20, 60, 180]


def radial(minutes: list[int], heat: float = 41.0, grout: float = 2.7e6, step: float = 5.0) -> list[float]:
    """Fall of the fluid [K] at constant heat per metre: stirred water, film and tube, grout as a ring, and the ground.

    The ring begins at sqrt(2) tube radii; its conductivity gives the grout's resistance, its capacity the grout's mass.
    Film, tube and the short circuit between the legs are the rest of R_b*, 0.13412 m K/W.
    """
    ring = 0.5 * (LEG - TUBE)
    wall = 0.13412 - ring
    inner = math.sqrt(2.0) * OUTER
    area = math.pi * (RADIUS * RADIUS - 2.0 * OUTER * OUTER)
    edges = np.concatenate([np.linspace(inner, RADIUS, 21), RADIUS * np.geomspace(1.0, 267.0, 150)[1:]])
    middle = np.sqrt(0.5 * (edges[1:] ** 2 + edges[:-1] ** 2))
    in_grout = edges[1:] <= RADIUS * 1.000001
    conducts = np.where(in_grout, math.log(RADIUS / inner) / (2.0 * math.pi * ring), 2.0)
    holds = np.where(in_grout, grout * area / (math.pi * (RADIUS * RADIUS - inner * inner)), 2.4e6)
    resist = np.log(edges[1:-1] / middle[:-1]) / conducts[:-1] + np.log(middle[1:] / edges[1:-1]) / conducts[1:]
    first = wall + math.log(middle[0] / inner) / (2.0 * math.pi * conducts[0])
    joins = np.concatenate([[1.0 / first], 2.0 * math.pi / resist])
    water = 2.0 * math.pi * BORE * BORE * 1000.0 * HEAT_CAPACITY
    stores = np.concatenate([[water], math.pi * np.diff(edges**2) * holds]) / step
    bands = np.zeros((3, len(stores)))
    bands[1] = stores
    bands[1, :-1] += joins
    bands[1, 1:] += joins
    bands[0, 1:] = bands[2, :-1] = -joins
    temp, found = np.zeros(len(stores)), []
    for second in range(1, round(60.0 * minutes[-1] / step) + 1):
        right = stores * temp
        right[0] -= heat
        temp = solve_banded((1, 1), bands, right)
        if second * step / 60.0 in minutes:
            found.append(float(temp[0]))
    return found


def falls(rig: Any) -> list[float]:
    """Fall of the mean of entering and leaving water [K] at 41 W/m, at the same times."""
    found, before = [], 0
    for minute in MINUTES:
        rig.draw(4100.0, 60.0 * (minute - before))
        before = minute
        found.append(0.5 * float(rig.passage.entering_temp + rig.passage.leaving_temp) - 14.5)
    return found


def test_first_hours_follow_a_radial_solution_with_grout(validation: Any, field_rig: Any) -> None:
    """Until the water has passed a few times a U-tube is no stirred vessel: 0.35 K; later 0.2 K."""
    expected, got = radial(MINUTES), falls(field_rig(grout_storage=43e3))
    validation("SK-4 at 41 W/m, first 20 minutes", "radial numerical solution of the test, grout 2.7 MJ/(m3 K)",
               expected=expected[:2], got=got[:2], tolerance=0.35, unit="K", x=("minutes", MINUTES[:2]))  # fmt: skip
    validation("SK-4 at 41 W/m, first hours", "radial numerical solution of the test, grout 2.7 MJ/(m3 K)",
               expected=expected[2:], got=got[2:], tolerance=0.2, unit="K", x=("minutes", MINUTES[2:]))  # fmt: skip
    bare = falls(field_rig())
    assert got[0] - bare[0] > 0.7, "grout that holds no heat answers too harshly"


def test_grout_changes_nothing_in_the_long_run(field_rig: Any) -> None:
    held, bare = field_rig(grout_storage=43e3), field_rig()
    temps = [rig.draw(4100.0, 5 * 86400.0, 10.0) for rig in (held, bare)]
    assert temps[0] == pytest.approx(temps[1], abs=0.02)
    assert held.field.resistance == bare.field.resistance
    assert held.field.delayed_resistance > 0.4 * held.field.resistance
    assert bare.field.delayed_resistance == 0.0


def resistance(kind: str, share: float, temp: float, flow: float) -> float:
    """R_b* of SK-4 [m K/W] by pygfunction."""
    fluid = pygfunction.media.Fluid(kind, share, T=temp)
    film = pygfunction.pipes.convective_heat_transfer_coefficient_circular_pipe(
        flow, BORE, fluid.mu, fluid.rho, fluid.k, fluid.cp, 1e-6
    )
    wall = pygfunction.pipes.conduction_thermal_resistance_circular_pipe(BORE, OUTER, 0.42)
    tube = pygfunction.pipes.SingleUTube(
        [(-0.035, 0.0), (0.035, 0.0)], BORE, OUTER, pygfunction.boreholes.Borehole(100, 1.5, RADIUS, 0, 0), 2.0, 1.5,
        wall + 1.0 / (film * 2.0 * math.pi * BORE),
    )  # fmt: skip
    return float(tube.effective_borehole_thermal_resistance(flow, fluid.cp))


@pytest.mark.parametrize(
    ("text", "kind", "share", "temp", "flow"),
    [
        ("propylene glycol 30 %", "MPG", 30.0, 0.0, 0.25), ("propylene glycol 30 %", "MPG", 30.0, -5.0, 0.25),
        ("propylene glycol 30 %", "MPG", 30.0, 0.0, 0.5), ("ethylene glycol 25 %", "MEG", 25.0, 0.0, 0.25),
        ("ethylene glycol 25 %", "MEG", 25.0, 20.0, 0.35),
    ],
)  # fmt: skip
def test_resistance_with_brine(
    text: str, kind: str, share: float, temp: float, flow: float, validation: Any, field_rig: Any
) -> None:
    values = BoreholeField.size({"fluid": text})
    rig = field_rig(ground_temp=temp, **{name: values[name] for name in ("brine", "brine_share", "freezing_point")})
    rig.passage.flow = flow * 1000.0 / rig.field.fluid_density
    rig.hold_wall(temp)
    rig.tick(temp)
    validation(f"R_b* of SK-4, {text}, {temp:g} degC, {flow} kg/s", "pygfunction 2.3.1, run by the test",
               expected=resistance(kind, share, temp, flow), got=float(rig.field.resistance), tolerance="4 %",
               unit="m K/W")  # fmt: skip


def test_brine_freezes_lower_loses_more_pressure_and_says_so(field_rig: Any) -> None:
    values = BoreholeField.size({"fluid": "propylene glycol 30 %"})
    assert values["freezing_point"] == pytest.approx(-12.8, abs=0.3)
    brine = {name: values[name] for name in ("brine", "brine_share", "freezing_point")}
    cold, warm, water = field_rig(ground_temp=0.0, **brine), field_rig(ground_temp=25.0, **brine), field_rig()
    losses = [float(r.field.tube_linear * 0.25 + r.field.tube_quadratic * 0.0625) for r in (cold, warm, water)]
    fluid = pygfunction.media.Fluid("MPG", 30.0, T=0.0)
    laminar = 128.0 * fluid.mu * 200.0 * 0.25e-3 / (math.pi * 0.026**4)
    assert losses[0] == pytest.approx(laminar, rel=0.02)
    assert losses[0] > 1.1 * losses[2]
    assert cold.field.other_fluid == 1.0
    assert water.field.other_fluid == 0.0
    assert cold.field.spread_ratio == pytest.approx(4.19e6 / fluid.rhoCp, rel=0.01)
    assert cold.field.nominal_flow / M3H == 0.25
    warm.settle(2.0, 1800.0)
    assert warm.field.fluid_viscosity > 2.0e-3, "its properties follow its temperature"
    assert warm.field.resistance > 1.2 * water.field.resistance, "cooled down it flows almost laminar"


@pytest.mark.parametrize(
    ("given", "reason"),
    [("freezing_point: -10 degC", "name the fluid"), ("fluid: brine", "no fluid 'brine'"),
     ("fluid: propylene glycol 80 %", "up to 60 %")],
)  # fmt: skip
def test_a_fluid_that_is_none_is_refused(given: str, reason: str, plant_of: Any) -> None:
    with pytest.raises(InputError, match=reason):
        plant_of(
            f"  field: {{model: BoreholeField, {given}}}\n  pump: {{model: Pump, catalogue: circulator_1m3h}}",
            "  ring: (return) > field > pump > (return)",
        )
