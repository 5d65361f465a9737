"""Sand and solids in a well: what the water carries, what the filter catches, and what maintenance removes.

A backwash goes on and off (`SingleWell.backwashing`):

    from      to        when                                                            after
    off       on        backwash_cmd goes to 1                                          -
    on        off       backwash_cmd goes to 0                                          -
    on        off       the screen is washed                                            backwash_time

Source: docs/physics/ground.md#sand-and-clogging. Limits: sand 1/200 000 by volume, turbidity of the reinjected water 20
mg/L.
"""

import math

from plant_models.water.network import M3H
from twin.kernel import Rows, kernel

SAND_DENSITY = 2.65
"""mg/L of solids in one ppm of sand by volume."""
PASSING_FILTER = 0.1
"""Share of the sand that the filter lets pass."""
START_SAND_TIME = 60.0
"""Time constant [s] of the sand that a start brings up."""
BACKWASHED = math.log(0.2)
"""A backwash leaves 20 % of the skin."""


WASHING_FLOW = 0.9
"""Share of the rated flow that has to come backwards for a backwash to wash fully."""
SAND_LIMIT, TURBIDITY_LIMIT = 5.0, 20.0
"""ppm by volume, mg/L."""
ALARM_TIME = 60.0
"""Time [s] over a limit before its alarm comes; a start stirs up sand for less."""


@kernel
def _enter(well: Rows, backwashing: float) -> None:
    """Begin or end a backwash: nothing else does."""
    well.backwashing = backwashing


@kernel
def maintain(well: Rows, backwards: float, dt: float) -> None:
    """Backwash the upper screen (its command going to 1 starts it, going to 0 breaks it off); empty the sand filter.

    backwards: water that comes back out of the upper screen [kg/s]
    """
    if well.backwash_cmd > 0.5 and well.commanded < 0.5:
        well.backwash_left = well.backwash_time
    well.commanded = well.backwash_cmd
    well.washed_out = 0.0
    if well.backwash_left > 0.0:
        if well.backwash_cmd < 0.5:
            well.backwash_left = 0.0
        part = min(dt, well.backwash_left)
        if backwards > 0.0 and part > 0.0:
            share = min(1.0, backwards * M3H / (WASHING_FLOW * well.rated_flow))
            washed = well.skin * (1.0 - math.exp(BACKWASHED * share * part / well.backwash_time))
            well.skin -= washed
            well.washed_out = 1e6 * washed / (well.clogging_rate * backwards * dt) if well.clogging_rate > 0.0 else 0.0
        well.backwash_left -= part
    _enter(well, 1.0 if well.backwash_left > 0.0 else 0.0)
    if well.filter_clean_cmd > 0.5:
        well.filter_load = 0.0


@kernel
def warn(well: Rows, dt: float) -> None:
    """Alarms of sand, turbidity and return pressure."""
    well.alarm_pressure = 1.0 if well.return_pressure > well.high_pressure else 0.0
    well.sand_time = well.sand_time + dt if well.sand > SAND_LIMIT else 0.0
    well.alarm_sand = 1.0 if well.sand_time >= ALARM_TIME else 0.0
    turbid = well.turbidity > TURBIDITY_LIMIT and well.backwashing < 0.5
    well.turbid_time = well.turbid_time + dt if turbid else 0.0
    well.alarm_turbidity = 1.0 if well.turbid_time >= ALARM_TIME else 0.0


@kernel
def carry_solids(well: Rows, flow: float) -> None:
    """Sand and turbidity at a flow [m3/h]; `well.flow` is still that of the last tick."""
    least = 0.05 * well.rated_flow
    well.start_sand = well.start_sand * well.sand_kept if well.start_sand > 1e-3 else 0.0
    if flow <= least:
        well.sand, well.turbidity = 0.0, well.washed_out
        return
    if well.flow <= least:
        well.start_sand = well.sand_start
    well.sand = well.sand_base + well.start_sand + well.sand_burst
    if flow > well.sand_flow:
        well.sand += well.sand_slope * (flow / well.sand_flow - 1.0)
    well.turbidity = (
        well.washed_out + well.fines + PASSING_FILTER * SAND_DENSITY * well.sand + 60.0 * well.casing_breach
    )
