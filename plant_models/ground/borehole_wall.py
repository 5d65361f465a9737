"""The wall of a borehole field and the grout before it: what they answer to the heat that the water draws.

The wall follows the field's g-function by thirteen exponential responses. The grout holds heat of its own: a part of
its resistance acts at once, the rest and the wall follow with three times of delay. Shares and times were fitted to a
radial numerical solution of tube, grout and ground (docs/physics/ground.md#boreholes).
"""

import math

from twin.kernel import Rows, kernel

TERMS, FIRST_TIME = 13, 3600.0
"""Responses of the wall, and the time constant [s] of the first; each next one is three times as slow."""
FITTED_DIFFUSIVITY = 2.0 / 2.4e6
"""Diffusivity of the ground [m2/s] that the responses are fitted for; in other ground time runs in proportion."""
GROUT_AT_ONCE, GROUT_INNER, GROUT_OUTER = 0.165, 0.333, 0.502
"""Shares of the grout's resistance that act at once, with the inner and with the outer delay."""
INNER_TIME, OUTER_TIME, WALL_TIME = 0.0595, 0.3966, 0.1625
"""Delays of the two shares and of the heat that reaches the wall, in parts of the grout's resistance times storage."""


@kernel
def grout_time(field: Rows) -> float:
    """Resistance of the grout times its storage [s]; both legs side by side."""
    return float(0.5 * (field.leg_resistance - field.tube_resistance) * field.grout_storage)


@kernel
def _set_fades(field: Rows) -> None:
    """What the responses and the delays keep over a step of this length."""
    field.fade_step = field.since
    tau = FIRST_TIME * FITTED_DIFFUSIVITY * field.heat_capacity / field.conductivity
    for k in range(TERMS):
        field.fade[k] = math.exp(-field.since / tau)
        tau *= 3.0
    time = grout_time(field)
    field.inner_fade = math.exp(-field.since / (INNER_TIME * time)) if time > 0.0 else 0.0
    field.outer_fade = math.exp(-field.since / (OUTER_TIME * time)) if time > 0.0 else 0.0
    field.wall_fade = math.exp(-field.since / (WALL_TIME * time)) if time > 0.0 else 0.0


@kernel
def _through_grout(field: Rows) -> float:
    """Advance the delays by a step; the heat [W] that reaches the wall, mean of the step."""
    heat, fade = field.ground_heat, field.wall_fade
    field.inner_heat = heat + (field.inner_heat - heat) * field.inner_fade
    field.outer_heat = heat + (field.outer_heat - heat) * field.outer_fade
    behind = field.wall_heat - heat
    field.wall_heat = heat + behind * fade
    if fade <= 0.0:
        return float(heat)
    return float(heat + behind * (1.0 - fade) / -math.log(fade))


@kernel
def step_wall(field: Rows) -> None:
    """Advance grout and wall by the time since the last step; the wall is exact for the heat that reaches it."""
    if field.since != field.fade_step:
        _set_fades(field)
    scaled = _through_grout(field) / (2.0 * math.pi * field.conductivity * field.depth)
    each, mean = scaled / max(1.0, field.in_service), scaled / field.boreholes
    fall = 0.0
    for k in range(TERMS):
        own = field.own_response[k]
        final = own * each + (field.response[k] - own) * mean
        field.responses[k] = final + (field.responses[k] - final) * field.fade[k]
        fall += field.responses[k]
    field.wall_temp = field.ground_temp + field.fault_ground - fall


@kernel
def remember(field: Rows, heat: float, time: float) -> None:
    """Wall and grout after a constant heat [W] was drawn for a time [s] from ground that nobody had touched."""
    tau = FIRST_TIME * FITTED_DIFFUSIVITY * field.heat_capacity / field.conductivity
    scaled = heat / (2.0 * math.pi * field.conductivity * field.depth)
    fall = 0.0
    for k in range(TERMS):
        field.responses[k] = -math.expm1(-time / tau) * field.response[k] * scaled / field.boreholes
        fall += field.responses[k]
        tau *= 3.0
    field.inner_heat = field.outer_heat = field.wall_heat = heat if time > 0.0 else 0.0
    field.wall_temp = field.ground_temp + field.fault_ground - fall


@kernel
def grout_temp(field: Rows) -> float:
    """Temperature [degC] that the water feels at once: the wall less the fall in the delayed part of the grout."""
    delayed = (GROUT_INNER * field.inner_heat + GROUT_OUTER * field.outer_heat) / (GROUT_INNER + GROUT_OUTER)
    return float(field.wall_temp - field.delayed_resistance * delayed / (field.depth * max(1.0, field.in_service)))
