"""What instruments show where water stands or only drips: they take the temperature of the water around them.

A junction holds no water of its own in the account of energy; its `temp` is a reading. Where water flows in, it is that
of the mixture. Below ENOUGH it relaxes, as a fitting with CONTENT of water does that exchanges ENOUGH with the water
in the ends that meet there: last metre, layer or stirred water, all alike, as they have one bore; a passage without
volume hands on what is beyond it. What flows in counts by its flow, so a drip does not outweigh litres. The heat of
the water itself is not touched.
Source: docs/physics/water.md#standing-water.
"""

import math

from plant_models.equipment.tank import leaving_temp as tank_end_temp
from plant_models.piping.pipe import end_temp as pipe_end_temp
from plant_models.tick.order import NEAR, QUIET, Order
from plant_models.water.network import ENOUGH, LAYERED, PASSES, PLUG, STIRRED
from twin.kernel import Rows, kernel

CONTENT = 1.0
"""Water of a fitting [kg]."""
THROUGH = 0.01
"""Weight of what is beyond a passage without volume, beside an end with water in it."""


@kernel
def _end_temp(p: Rows, pipes: Rows, tanks: Rows, downstream: bool) -> float:
    """Temperature of the water in one end of a passage that holds water [degC]."""
    temp: float = p.temp
    if p.kind == PLUG:
        temp = pipe_end_temp(pipes[p.store], downstream)
    elif p.kind == LAYERED:
        temp = tank_end_temp(tanks[p.store], 1.0 if downstream else -1.0)
    return temp


@kernel
def _gather(passages: Rows, junctions: Rows, pipes: Rows, tanks: Rows, order: Order) -> None:
    """Weights and weighted temperatures of the water that stands around every quiet junction."""
    for k in range(order.counts[NEAR]):
        p = passages[order.near[k]]
        order.weight[p.upstream] = order.weight[p.downstream] = 0.0
        order.around[p.upstream] = order.around[p.downstream] = 0.0
    for k in range(order.counts[NEAR]):
        p = passages[order.near[k]]
        up, down = int(p.upstream), int(p.downstream)
        if p.kind == PASSES:
            order.weight[up] += THROUGH
            order.around[up] += THROUGH * junctions[down].temp
            order.weight[down] += THROUGH
            order.around[down] += THROUGH * junctions[up].temp
            continue
        order.weight[up] += 1.0
        order.around[up] += _end_temp(p, pipes, tanks, False)
        order.weight[down] += 1.0
        order.around[down] += _end_temp(p, pipes, tanks, True)


@kernel
def _read_junctions(junctions: Rows, order: Order, dt: float) -> None:
    """Let the quiet junctions relax towards what flows in and what stands around, each by its share."""
    share = 1.0 - math.exp(-dt * ENOUGH / CONTENT)
    for j in range(len(junctions)):
        inflow = order.inflow[j]
        if inflow >= ENOUGH or junctions[j].given_temp > 0.0:
            continue
        brought = order.heat[j] if inflow > 0.0 else 0.0
        if order.weight[j] > 0.0:
            target = (brought + (ENOUGH - inflow) * order.around[j] / order.weight[j]) / ENOUGH
            junctions[j].temp += share * (target - junctions[j].temp)
        elif inflow > 0.0:
            junctions[j].temp = brought / inflow


@kernel
def _read_passages(passages: Rows, junctions: Rows, pipes: Rows, tanks: Rows, order: Order) -> None:
    """Entering and leaving temperatures of passages whose water stands or drips."""
    for k in range(order.counts[QUIET]):
        p = passages[order.quiet[k]]
        flow = abs(p.flow)
        forward: bool = p.flow >= 0.0
        if p.kind == PASSES:
            p.entering_temp, p.leaving_temp = junctions[p.upstream].temp, junctions[p.downstream].temp
            continue
        own = _end_temp(p, pipes, tanks, not forward)
        p.entering_temp = own + (p.entering_temp - own) * flow / ENOUGH
        if p.kind != STIRRED:
            p.leaving_temp = _end_temp(p, pipes, tanks, forward)


@kernel
def read(passages: Rows, junctions: Rows, pipes: Rows, tanks: Rows, order: Order, dt: float) -> None:
    """Readings at all junctions and passages without enough flow, after the water has moved for a tick of dt [s]."""
    _gather(passages, junctions, pipes, tanks, order)
    _read_junctions(junctions, order, dt)
    _read_passages(passages, junctions, pipes, tanks, order)
