"""When the coil of an air-source unit is thawed, and for how long.

All functions take one row of the table of units. Source: docs/plants/documents.md#s10.
"""

from plant_models.heat_pump.states import DEFROSTS, DEMAND, HEATING, LONG, NEVER, ONOFF, ROUNDING, STARTERS
from twin.kernel import Rows, kernel
from twin.points import RISES, command, fault, parameter, sensor, status
from twin.points import state as kept


class Defrost:
    """Points of the coil in the air and its defrosts."""

    defrost_cmd = command(lo=0.0, hi=1.0, values=ONOFF.names, doc="a rising edge starts a defrost of a running unit")
    defrosting = status(
        values=ONOFF.names, doc="the coil is being thawed; the load gives the heat where the cycle reverses"
    )
    defrost_sensor_temp = sensor("degC", 15.0, doc="what the unit's sensor on the coil shows")
    defrosts = sensor("1", doc="defrosts begun", tags=(RISES,))
    defrost = parameter("1", 1.0, lo=0.0, hi=2.0, values=DEFROSTS.names, doc="how an air coil is thawed")
    defrost_control = parameter("1", 0.0, lo=0.0, hi=1.0, values=STARTERS.names, doc="by time below the "
                                "start temperature, or by how far the coil is colder than the air")  # fmt: skip
    defrost_start_temp = parameter("degC", -2.0, doc="coil sensor below this: frost is thought to grow")
    defrost_interval = parameter("s", 2700.0, lo=60.0, doc="frosting time until a defrost (trade: 30, 60, 90 min)")
    defrost_least = parameter("s", 1200.0, lo=0.0, doc="demand: frosting time before a defrost")
    defrost_difference = parameter("K", 13.0, lo=1.0, doc="demand: coil colder than the air by this")
    defrost_end_temp = parameter("degC", 12.0, doc="coil sensor above this ends a defrost")
    defrost_longest = parameter("s", 600.0, lo=10.0, doc="a defrost ends after this at the latest")
    defrost_sensor_stuck = fault(
        lo=-1.0, doc="Coil sensor: +1 always warm, never defrosts and ices up; -1 always cold, defrosts end in HP."
    )
    seen_defrost = kept("1", doc="defrost command of the last tick")
    frost_time = kept("s", doc="compressor on with the coil below the start temperature since the last defrost")
    defrost_time = kept("s", doc="in this defrost")
    since_defrost = kept("s", LONG, doc="since the last defrost")
    air = kept("1", doc="1: the source is the air of a coil")


@kernel
def watch_frost(unit: Rows, dt: float) -> None:
    """Begin and end the defrosts of a running air-source unit; while one lasts the compressor runs at full load."""
    ordered = unit.defrost_cmd >= 0.5 and unit.seen_defrost < 0.5
    unit.seen_defrost = 1.0 if unit.defrost_cmd >= 0.5 else 0.0
    if unit.air < 0.5 or unit.defrost == NEVER or unit.mode != HEATING:
        return
    if unit.defrosting > 0.5:
        unit.defrost_time += dt
        unit.capacity_target = 1.0
        warm = unit.defrost_sensor_temp > unit.defrost_end_temp
        if warm or unit.defrost_time > unit.defrost_longest - ROUNDING:
            unit.defrosting = 0.0
            unit.frost_time = unit.since_defrost = 0.0
        return
    if unit.defrost_sensor_temp < unit.defrost_start_temp:
        unit.frost_time += dt
    due = unit.frost_time > unit.defrost_interval - ROUNDING
    if unit.defrost_control == DEMAND:
        colder = unit.source_entering_temp - unit.defrost_sensor_temp
        due = unit.frost_time > unit.defrost_least - ROUNDING and colder > unit.defrost_difference
    if due or ordered:
        unit.defrosting = 1.0
        unit.defrost_time = 0.0
        unit.defrosts += 1.0
