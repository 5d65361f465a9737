"""The ground as years or a season of use have left it (docs/physics/ground.md#past): plants begin with it.

Given in the plant file, or by a scenario under `initial`.
"""

import math
from typing import Any, ClassVar

from plant_models.ground.aquifer import FITTED_DEPTH, PACKED_VOLUME, respond
from plant_models.ground.borehole_wall import remember
from plant_models.piping.pipe import fill
from twin.errors import InputError
from twin.points import parameter

YEAR = 365.25 * 86400.0
WATER = ("temp", "entering_temp", "leaving_temp")


class FieldPast:
    """What a borehole field has given before the start: a constant heat per metre for some years."""

    initial: ClassVar[tuple[str, ...]] = ("ground_temp", "past_years", "past_heat")
    begin_turn: ClassVar[int] = 0
    past_years = parameter("year", 0.0, lo=0.0, hi=25.0, doc="years of use before the start")
    past_heat = parameter(
        "W/m", 0.0, lo=-60.0, hi=60.0, doc="heat drawn in them per metre of borehole, their mean; below zero: charged"
    )

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """Wall and grout as the past has left them, and the water in the tubes as warm as the wall."""
        if row.past_heat != 0.0 and row.past_years == 0.0:
            raise InputError("past_heat is the mean of past_years; give both")
        remember(row, row.past_heat * row.depth * row.boreholes, YEAR * row.past_years)
        row.entering_temp = row.leaving_temp = row.wall_temp
        water, passage = tables["pipe"][int(row.water)], tables["passage"][int(row.passage)]
        water.ambient = row.wall_temp
        fill(water, float(row.wall_temp), float(water.water))
        for name in WATER:
            passage[name] = row.wall_temp


class WellPast:
    """What a well has sent back into the ground before the start: water of one mean temperature."""

    initial: ClassVar[tuple[str, ...]] = ("ground_temp", "past_water", "past_excess")
    past_water = parameter("m3", 0.0, lo=0.0, hi=1e7, doc="water sent back into the ground before the start")
    past_excess = parameter(
        "K", 0.0, lo=-15.0, hi=15.0, doc="how much warmer than the undisturbed ground it was, its mean"
    )

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """Both cascades of the ground after that water; the bore is as warm as what reaches the screen."""
        if row.past_excess != 0.0 and row.past_water == 0.0:
            raise InputError("past_excess is that of past_water; give both")
        size = row.depth / FITTED_DEPTH
        scale = 1.0 + (PACKED_VOLUME - 1.0) * row.particles
        row.near[:], row.far[:] = 0.0, 0.0
        volume = row.past_water / math.pow(size, 3.0)
        row.ground_excess = respond(row.near, row.far, row.anisotropy, scale, volume, row.past_excess)
        temp = row.ground_temp + row.drifted + row.ground_excess
        row.leaving_temp = row.entering_temp = temp
        passages, junctions = tables["passage"], tables["junction"]
        for at in (row.wellhead, row.extraction, row.reinjection):
            for name in WATER:
                passages[int(at)][name] = temp
        for at in (row.aquifer_return, row.aquifer_extraction, row.return_zone):
            junctions[int(at)].temp = temp
