"""Ground that years or a season of use have left behind, against closed forms and against the years themselves."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import erf

from plant_models.ground import borehole_wall
from plant_models.ground.aquifer import respond
from plant_models.ground.borehole import BoreholeField
from plant_models.ground.past import YEAR
from plant_models.plant import Plant
from twin.errors import InputError

BRINE = """
  pump:    {model: Pump, catalogue: circulation_18m3h, drive: dol}
  field:   {model: BoreholeField, field: single, PAST}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 1 m3, loop: (a)}
"""
WATER = "  loop: (a) > pump > field > (a)"


def finite_line_source(time: float, depth: float = 100.0, top: float = 1.5, radius: float = 0.075) -> float:
    """g of one borehole in ground of 2 W/(m K) and 2.4 MJ/(m3 K): Claesson and Javed, ASHRAE Transactions 117, 2011."""
    alpha = 2.0 / 2.4e6

    def ierf(x: float) -> float:
        return x * erf(x) - (1.0 - math.exp(-x * x)) / math.sqrt(math.pi)

    def inner(s: float) -> float:
        h, d = depth * s, top * s
        ends = 2.0 * ierf(h) + 2.0 * ierf(h + 2.0 * d) - ierf(2.0 * h + 2.0 * d) - ierf(2.0 * d)
        return math.exp(-radius * radius * s * s) * ends / (depth * s * s)

    low = 1.0 / math.sqrt(4.0 * alpha * time)
    return 0.5 * float(quad(inner, low, 60.0, limit=500, epsrel=1e-8)[0])


def past(rig: Any, years: float, heat: float) -> Any:
    rig.field.past_years, rig.field.past_heat = years, heat
    BoreholeField.begin(rig.field, 0, rig.store.tables, {})
    return rig


def test_the_wall_after_years_is_that_of_the_finite_line_source(validation: Any, field_rig: Any) -> None:
    years, heat = [0.5, 1.0, 2.0, 5.0, 10.0, 25.0], 20.0
    falls = []
    for span in years:
        field = past(field_rig(), span, heat).field
        falls.append(float(field.ground_temp - field.wall_temp))
    expected = [heat * finite_line_source(YEAR * span) / (2.0 * math.pi * 2.0) for span in years]
    validation("single borehole, fall of the wall after years at 20 W/m", "finite line source, Claesson and Javed 2011",
               expected=expected, got=falls, tolerance="2 %", unit="K", x=("years", years))  # fmt: skip


@pytest.mark.parametrize("name", ["single", "2x3"])
def test_the_past_is_what_its_years_would_have_left(name: str, field_rig: Any) -> None:
    begun, lived = past(field_rig(name, grout_storage=43e3), 3.0, 15.0), field_rig(name, grout_storage=43e3)
    lived.field.ground_heat = 15.0 * lived.field.depth * lived.field.boreholes
    for _ in range(300):
        lived.field.since = 0.01 * YEAR
        borehole_wall.step_wall(lived.field)
    for point in ("responses", "wall_temp", "inner_heat", "outer_heat", "wall_heat"):
        left = np.asarray(lived.field[point])
        assert np.asarray(begun.field[point]) == pytest.approx(left, rel=1e-3, abs=1e-3), point


def test_years_of_charging_leave_it_warmer(field_rig: Any) -> None:
    rig = past(field_rig(), 10.0, -10.0)
    assert rig.field.wall_temp > rig.field.ground_temp + 3.0
    assert rig.tick(10.0) == pytest.approx(rig.field.wall_temp, abs=0.1), "the water stood in the tubes"


def field_plant(plant_of: Callable[..., Plant], given: str = "") -> Plant:
    return plant_of(BRINE.replace(", PAST", given), WATER)


def test_plant_file_and_start_say_the_same(plant_of: Callable[..., Plant]) -> None:
    filed = field_plant(plant_of, ", past_years: 10 year, past_heat: 20 W/m")
    begun = field_plant(plant_of)
    begun.begin({"field.past_years": 10.0, "field.past_heat": 20.0})
    for plant in (filed, begun):
        plant.advance(300)
        assert plant.store.read("field.wall_temp") == pytest.approx(14.5 - 8.75, abs=0.5)
        assert plant.store.read("field/water.temp") == pytest.approx(plant.store.read("field.wall_temp"), abs=0.5)
        assert plant.store.read("field.ground_energy") == pytest.approx(0.0, abs=1e5)
        assert plant.balance()["energy_residual"] < 1e-6
    assert filed.store.read("field.wall_temp") == begun.store.read("field.wall_temp")


def test_another_ground_is_there_at_once(plant_of: Callable[..., Plant]) -> None:
    plant = field_plant(plant_of)
    plant.begin({"field.ground_temp": 8.0})
    plant.advance(1)
    assert plant.store.read("field.wall_temp") == 8.0
    assert plant.store.read("field/water.temp") == pytest.approx(8.0)


def test_a_heat_without_years_is_refused(plant_of: Callable[..., Plant]) -> None:
    with pytest.raises(InputError, match="field: past_heat is the mean of past_years; give both"):
        field_plant(plant_of).begin({"field.past_heat": 20.0})


def test_a_well_after_a_season_is_that_which_has_worked_through_it(well_rig: Any) -> None:
    """80 kW at 16 m3/h for 120 days: water is returned 4.3 K colder than it comes out."""
    lived, begun = well_rig(short_circuit=0.0), well_rig(short_circuit=0.0)
    lived.extract(80e3, 16, 120 * 86400.0)
    water = 16.0 * 120.0 * 24.0
    returned = -80e3 / (16.0 / 3.6 * 4190.0) + float(lived.well.ground_excess)
    near, far = np.zeros(12), np.zeros(4)
    excess = respond(near, far, float(begun.well.anisotropy), 1.0, water, returned)
    assert excess == pytest.approx(float(lived.well.ground_excess), abs=0.15)


def test_a_well_begins_after_its_season(plant_of: Callable[..., Plant]) -> None:
    plant = plant_of(
        """
  well: {model: SingleWell, capacity: 80 kW, flow: 16 m3/h, depth: 72 m, anisotropy: 1}
  pump: {model: Pump, catalogue: submersible_16m3h, drive: vfd, check_valve: 1}
""",
        "  wells: (return) > well > pump > (return)",
    )
    plant.begin({"well.past_water": 46080.0, "well.past_excess": -5.0, "pump.speed": 0.9})
    plant.advance(1)
    fallen = 14.5 - plant.store.read("well.leaving_temp")
    assert 0.5 < fallen < 1.5, "the reference falls by 1.1 K in such a season"
    plant.advance(1199)
    assert 14.5 - plant.store.read("well.leaving_temp") == pytest.approx(fallen, abs=0.3)
    assert plant.balance()["energy_residual"] < 1e-6
