"""A self-acting differential-pressure bypass: it keeps water moving when the zone valves of a load loop close."""

import math
from typing import Any

from plant_models.piping.leaks import TIGHT
from plant_models.water.friction import kv_loss
from plant_models.water.network import M3H
from twin.kernel import Rows, kernel
from twin.points import Model, fault, link, parameter, sensor
from twin.symbol import Symbol

LARGEST_STEP = 0.2
"""Largest share of the way to its balance that a valve goes in one tick: longer ticks must not make it hunt."""
STILL = 5e-4
"""A valve this near its balance stays where it is."""


class OverflowValve(Model):
    """Overflow valve: opens in proportion to the pressure difference above its setting, with a lag.

    Opening y = (drop - set_drop) / band within 0 .. 1, Kv = kv (leakage + (1 - leakage) y). It acts on the pressure
    difference of the last tick, without electricity.
    """

    initial = ("opening",)
    symbol = Symbol("overflow_valve")
    passage = link("passage")
    set_drop = parameter("Pa", 60e3, lo=0.0, doc="pressure difference at which it begins to open")
    band = parameter("Pa", 20e3, lo=100.0, doc="rise of the pressure difference from closed to open")
    kv = parameter("m3/h", 25.0, lo=1e-3, doc="flow fully open at 1 bar")
    leakage = parameter("1", 1e-4, lo=0.0, hi=1.0, doc="Kv closed over Kv open; 0 is tight")
    lag = parameter("s", 5.0, lo=0.1, doc="time constant")
    opening = sensor("1", lo=0.0, hi=1.0, doc="opening: 0 closed, 1 open")
    flow = sensor("m3/h", doc="flow through the valve")
    drop = sensor("Pa", doc="pressure difference over the valve")
    fault_stuck = fault(
        doc="Stuck where it is: the pressure difference is no longer limited, or water always bypasses."
    )
    fault_shift = fault(
        "Pa", lo=-1e5, hi=1e6, doc="Setting out of place by this much: opens too late (positive) or always (negative)."
    )

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Prepare the passage: closed."""
        tables["passage"][int(row.passage)].quadratic = kv_loss(float(row.kv * max(TIGHT, row.leakage)))

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:  # noqa: ARG003
        """At its `opening`; it stays there as far as the pressures hold it."""
        share = row.leakage + (1.0 - row.leakage) * row.opening
        tables["passage"][int(row.passage)].quadratic = kv_loss(float(row.kv * max(TIGHT, share)))


@kernel
def actuate(valves: Rows, passages: Rows, junctions: Rows, network: Rows, dt: float) -> None:
    """Move all overflow valves for a tick of dt [s] by the pressures of the last tick."""
    for i in range(len(valves)):
        v = valves[i]
        passage = passages[v.passage]
        v.drop = junctions[passage.upstream].pressure - junctions[passage.downstream].pressure
        target = min(1.0, max(0.0, (v.drop - v.set_drop - v.fault_shift) / v.band))
        rest = target - v.opening
        if v.fault_stuck > 0.5 or (abs(rest) < STILL and 0.0 < target < 1.0) or rest == 0.0:
            continue
        v.opening += rest * min(LARGEST_STEP, 1.0 - math.exp(-dt / v.lag))
        if abs(target - v.opening) < STILL:
            v.opening = target
        passage.quadratic = kv_loss(v.kv * max(TIGHT, v.leakage + (1.0 - v.leakage) * v.opening))
        network[0].moved = 1.0


@kernel
def sense(valves: Rows, passages: Rows, junctions: Rows) -> None:
    """Flow and pressure difference of all overflow valves."""
    for i in range(len(valves)):
        v = valves[i]
        passage = passages[v.passage]
        v.flow = passage.flow * M3H
        v.drop = junctions[passage.upstream].pressure - junctions[passage.downstream].pressure
