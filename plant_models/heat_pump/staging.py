"""How a unit loads and unloads: steps, slide or speed by its own thermostat, and the return of its oil.

All functions take one row of the table of units. Source: docs/physics/heat-pumps.md#maps, #protections,
docs/sequences/sources.md.
"""

import math

from plant_models.heat_pump.pressures import COLD_EVAPORATION, HOT_CONDENSATION
from plant_models.heat_pump.states import COOLING, ONOFF, PART_LOADS, ROUNDING, STEPS, VARIABLE_SPEED
from twin.kernel import Rows, kernel
from twin.points import fault, parameter, status
from twin.points import state as kept

HELD = 3.0
"""A unit does not load any more so near to its greatest condensing temperature [K]; assumed."""


class Staging:
    """Points of staging: how the compressor loads, unloads and brings its oil back."""

    stage = status("1", doc="loaded steps, 0 when off")
    oil_return = status(values=ONOFF.names, doc="runs fast to bring oil back, whatever the load")
    part_load = parameter("1", 0.0, lo=0.0, hi=2.0, values=PART_LOADS.names, doc="how the compressor unloads")
    steps = parameter("1", 4.0, lo=1.0, hi=20.0, doc="slide and speed move one step's width a step time")
    step_time = parameter("s", 90.0, lo=1.0, doc="between two steps, 60-120 s")
    min_speed = parameter("1", 0.3, lo=0.05, hi=1.0, doc="lowest capacity of a variable-speed compressor")
    deadband = parameter("K", 1.0, lo=0.0, doc="loads below and unloads above the set point by this")
    oil_speed = parameter("1", 0.7, lo=0.0, hi=1.0, doc="variable speed: below this, oil stays in the circuit")
    oil_interval = parameter("s", 25200.0, lo=0.0, doc="variable speed: at low speed until oil is brought back")
    oil_duration = parameter("s", 480.0, lo=0.0, doc="variable speed: at full speed to bring oil back")
    stuck_stage = fault(doc="The slide does not move: capacity stays whatever the load or the limit says.")
    step_timer = kept("s", doc="since the last step")
    slow_time = kept("s", doc="variable speed: at low speed, or into the oil return")
    capacity_target = kept("1", doc="capacity asked for by the unit's own loop")


@kernel
def demand(unit: Rows) -> float:
    """How far the controlled water is short of the set point [K]; negative when past it."""
    short = unit.ordered_temp - unit.leaving_temp
    return float(-short if unit.mode == COOLING else short)


@kernel
def lowest(unit: Rows) -> None:
    """Start at the lowest step, unless the slide is stuck where it was."""
    if unit.stuck_stage < 0.5 or unit.capacity_target <= 0.0:
        unit.capacity_target = unit.min_speed if unit.part_load == VARIABLE_SPEED else 1.0 / unit.steps


@kernel
def stage(unit: Rows, low: float, dt: float) -> None:
    """Load below and unload above the set point's deadband, within the demand limit; unload at the envelope's edge."""
    short = demand(unit)
    direction = 1.0 if short > unit.deadband else (-1.0 if short < -unit.deadband else 0.0)
    if unit.envelope in (COLD_EVAPORATION, HOT_CONDENSATION):
        direction = -1.0
    elif unit.condensing_temp > unit.greatest_condensing_temp - HELD:
        direction = min(direction, 0.0)
    target, top = unit.capacity_target, min(1.0, max(0.0, unit.ordered_limit))
    if unit.part_load == STEPS:
        top = math.floor(top * unit.steps + ROUNDING) / unit.steps
        unit.step_timer += dt
        if direction != 0.0 and unit.step_timer >= unit.step_time - ROUNDING:
            target += direction / unit.steps
            unit.step_timer = 0.0
    else:
        target += direction * dt / (unit.step_time * unit.steps)
    unit.capacity_target = min(max(low, top), max(low, target))


@kernel
def return_oil(unit: Rows, dt: float) -> None:
    """Variable speed: after hours at low speed run fast for minutes."""
    if unit.oil_return > 0.5:
        unit.slow_time += dt
        unit.capacity_target = 1.0
        if unit.slow_time >= unit.oil_duration - ROUNDING:
            unit.oil_return = 0.0
            unit.slow_time = 0.0
    elif unit.capacity_target < unit.oil_speed:
        unit.slow_time += dt
        if unit.slow_time >= unit.oil_interval - ROUNDING:
            unit.oil_return = 1.0
            unit.slow_time = 0.0
    else:
        unit.slow_time = 0.0
