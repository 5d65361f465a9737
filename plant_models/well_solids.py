"""Sand and solids in a well: what the water carries, what the filter catches, and what maintenance removes.

Source: physics.md 1.1. Limits: sand 1/200 000 by volume, turbidity of the reinjected water 20 mg/L.
"""

import math

from twin.kernel import Rows, kernel

SAND_DENSITY = 2.65
"""mg/L of solids in one ppm of sand by volume."""
PASSING_FILTER = 0.1
"""Share of the sand that the filter lets pass."""
START_SAND_TIME = 60.0
"""Time constant [s] of the sand that a start brings up."""
BACKWASHED = math.log(0.2)
"""A backwash leaves 20 % of the skin."""


@kernel
def maintain(well: Rows, dt: float) -> None:
    """Backwash the upper screen (its command going to 1 starts it, going to 0 breaks it off); empty the sand filter."""
    if well.backwash_cmd > 0.5 and well.commanded < 0.5:
        well.backwash_left = well.backwash_time
    well.commanded = well.backwash_cmd
    if well.backwash_left > 0.0:
        if well.backwash_cmd < 0.5:
            well.backwash_left = 0.0
        part = min(dt, well.backwash_left)
        well.skin *= math.exp(BACKWASHED * part / well.backwash_time)
        well.backwash_left -= part
    well.backwashing = 1.0 if well.backwash_left > 0.0 else 0.0
    if well.filter_clean_cmd > 0.5:
        well.filter_load = 0.0


@kernel
def carry_solids(well: Rows, flow: float) -> None:
    """Sand and turbidity at a flow [m3/h]; `well.flow` is still that of the last tick."""
    least = 0.05 * well.rated_flow
    well.start_sand = well.start_sand * well.sand_kept if well.start_sand > 1e-3 else 0.0
    if flow <= least:
        well.sand = well.turbidity = 0.0
        return
    if well.flow <= least:
        well.start_sand = well.sand_start
    well.sand = well.sand_base + well.start_sand + well.sand_burst
    if flow > well.sand_flow:
        well.sand += well.sand_slope * (flow / well.sand_flow - 1.0)
    well.turbidity = well.fines + PASSING_FILTER * SAND_DENSITY * well.sand + 60.0 * well.casing_breach
