"""Temperature sensors in the water: an element in a pocket, both of which follow late, and its transmitter.

Source: docs/physics/piping.md#temperature-sensors.
"""

import math
from typing import Any, ClassVar

from twin.enumeration import Enumeration
from twin.errors import InputError
from twin.kernel import Rows, kernel
from twin.points import Model, alarm, fault, link, parameter, sensor, state
from twin.symbol import Symbol

CLASSES = Enumeration("class_aa", "class_a", "class_b", "class_c")
CLASS_AA, CLASS_A, CLASS_B, CLASS_C = CLASSES
ENDS = Enumeration("downstream", "upstream")
DOWNSTREAM, UPSTREAM = ENDS
DRY = 9.0
"""An element without paste in its pocket is slower by this many times."""
IN_AIR = 20.0
"""An element in still air is slower by this factor than in its pocket."""


class TemperatureSensor(Model):
    """Resistance thermometer of IEC 60751 in a pocket: in a chain of its own, at an end of another way, or in a tank.

    `passage` stands in a chain like a meter, or names the way whose `end` it is screwed into; `tank` and `layer` name a
    layer instead. Pocket and element are two lags behind each other, in exact steps. The transmitter ends at its range;
    a broken or shorted wire drives it to the upper or lower end. Drift, offset, a frozen reading and noise are value
    faults of the instrument (`sensor.drift`). Source: docs/physics/piping.md#temperature-sensors.
    """

    symbol = Symbol("thermometer", narrow=True)
    passage = link("passage", "its own place in a chain, or the way that it is screwed into")
    tank = link("layeredtank", "tank that it is screwed into, in place of a passage")
    optional: ClassVar = ("passage",)
    end = parameter("1", float(DOWNSTREAM), values=ENDS.names, doc="end of the passage at which it sits")
    layer = parameter("1", 0.0, lo=0.0, hi=9.0, doc="layer of the tank; 0 is the top")
    pocket_time = parameter("s", 40.0, lo=0.0, hi=3600.0, doc="time constant of the pocket; 0 without one")
    element_time = parameter("s", 10.0, lo=0.0, hi=3600.0, doc="time constant of the element in it")
    tolerance = parameter("1", float(CLASS_B), values=CLASSES.names, doc="class of IEC 60751")
    error = parameter("1", 0.0, lo=-1.0, hi=1.0, doc="share of its tolerance that it reads too high; 0 is exact")
    range_low = parameter("degC", -50.0, lo=-200.0, hi=800.0, doc="lower end of the transmitter's range")
    range_high = parameter("degC", 150.0, lo=-200.0, hi=800.0, doc="upper end of the transmitter's range")
    room_temp = parameter("degC", 20.0, lo=-50.0, hi=60.0, doc="room around it, for an element out of its pocket")

    temp = sensor("degC", 15.0, doc="temperature shown")
    alarm_wire = alarm(doc="open or short circuit, seen by the transmitter")
    beyond = sensor(
        "K", law="range of the transmitter: the reading stays at its end", doc="element outside of the range by this"
    )
    pocket_temp = state("degC", 15.0, doc="temperature of the pocket")
    element_temp = state("degC", 15.0, doc="temperature of the element")
    started = state("1", doc="1: pocket and element have taken the temperature of the first tick")

    fault_open_circuit = fault(doc="Wire broken: the reading stands at the upper end of its range, wire alarm.")
    fault_short_circuit = fault(doc="Wires shorted: the reading stands at the lower end of its range, wire alarm.")
    fault_dry_pocket = fault(doc="No paste in the pocket: the reading follows up to ten times as late.")
    fault_out_of_pocket = fault(doc="Pulled out of its pocket: it shows the room, whatever the water does.")

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """InputError where it stands in no water or in two, or its range is empty."""
        if (row.passage < 0) == (row.tank < 0):
            raise InputError(
                "a temperature sensor stands in one water: put it in a chain, or give `passage: <way>` or "
                "`tank: <tank>` with `layer`"
            )
        if row.range_low >= row.range_high:
            raise InputError(f"range_low {row.range_low:g} degC is not below range_high {row.range_high:g} degC")

    @classmethod
    def settle(cls, row: Any, number: int, tables: dict[str, Any]) -> None:  # noqa: ARG003
        """Pocket and element are as warm as the water around them."""
        if row.tank >= 0:
            water = tables["layeredtank"][int(row.tank)].layers[int(row.layer + 0.5)]
        else:
            water = tables["passage"][int(row.passage)].leaving_temp
        row.pocket_temp = row.element_temp = row.temp = water


@kernel
def tolerance_of(kind: float, temp: float) -> float:
    """Tolerance [K] of a class at a temperature [degC]. Source: IEC 60751:2022, table of tolerance classes."""
    size = abs(temp)
    if kind == CLASS_AA:
        return 0.1 + 0.0017 * size
    if kind == CLASS_A:
        return 0.15 + 0.002 * size
    if kind == CLASS_B:
        return 0.3 + 0.005 * size
    return 0.6 + 0.01 * size


@kernel
def _surrounding(s: Rows, passages: Rows, tanks: Rows) -> float:
    """Temperature of the water around the pocket [degC]."""
    if s.tank >= 0:
        return float(tanks[s.tank].layers[int(s.layer + 0.5)])
    way = passages[s.passage]
    if (s.end == DOWNSTREAM) == (way.flow >= 0.0):
        return float(way.leaving_temp)
    return float(way.entering_temp)


@kernel
def _follow(s: Rows, water: float, dt: float) -> None:
    """Pocket and element after dt [s] in water of one temperature: two lags behind each other, exact."""
    slow = s.pocket_time
    fast = s.element_time * (1.0 + DRY * s.fault_dry_pocket)
    pocket = s.pocket_temp - water
    kept = math.exp(-dt / slow) if slow > 0.0 else 0.0
    if s.fault_out_of_pocket > 0.5:
        out = math.exp(-dt / (IN_AIR * s.element_time)) if s.element_time > 0.0 else 0.0
        s.element_temp = s.room_temp + (s.element_temp - s.room_temp) * out
    elif fast <= 0.0:
        s.element_temp = water + pocket * kept
    else:
        own = math.exp(-dt / fast)
        brought = pocket * dt / fast * own
        if abs(slow - fast) > 1e-6 * fast:
            brought = pocket * slow / (slow - fast) * (kept - own)
        s.element_temp = water + (s.element_temp - water) * own + brought
    s.pocket_temp = water + pocket * kept


@kernel
def read(sensors: Rows, passages: Rows, tanks: Rows, dt: float) -> None:
    """Let pocket and element follow the water for a tick of dt [s], and show what the transmitter makes of it."""
    for i in range(len(sensors)):
        s = sensors[i]
        water = _surrounding(s, passages, tanks)
        if s.started < 0.5:
            s.started, s.pocket_temp, s.element_temp = 1.0, water, water
        _follow(s, water, dt)
        measured = s.element_temp + s.error * tolerance_of(s.tolerance, s.element_temp)
        shown = min(max(measured, s.range_low), s.range_high)
        s.beyond = abs(measured - shown)
        s.alarm_wire = 1.0 if s.fault_open_circuit > 0.5 or s.fault_short_circuit > 0.5 else 0.0
        if s.fault_open_circuit > 0.5:
            shown = s.range_high
        elif s.fault_short_circuit > 0.5:
            shown = s.range_low
        s.temp = shown
