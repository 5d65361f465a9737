"""Head-pressure control: a valve that leads cold water past the condenser (docs/physics/heat-pumps.md#envelope).

A three-way valve in the condenser's water: all of the water flows, a share of it through the condenser, and both mix
behind it. So the network sees one passage; the refrigerant sees the warmer water of the branch. The valve moves by its
share of its position, faster the farther the condensing temperature is off. With a four-way valve either water has
one, and that of the present condenser acts; a coil in the air has none. All functions take one row of the table of
units.
"""

import math

from plant_models.water.network import HEAT_CAPACITY
from twin.kernel import Rows, kernel
from twin.points import fault, parameter, status
from twin.points import state as kept

STILL = 1e-6


class HeadPressure:
    """Points of the regulating valve on the condenser's water."""

    head_pressure_valve = status("1", 1.0, lo=0.0, hi=1.0, doc="share of the water that flows through the condenser")
    head_pressure_temp = parameter("degC", 0.0, lo=0.0, hi=60.0, doc="condensing temperature it holds; 0: no valve")
    head_pressure_band = parameter("K", 8.0, lo=0.5, doc="off by this it moves at its full speed")
    head_pressure_time = parameter("s", 60.0, lo=1.0, doc="at full speed its opening grows or shrinks e-fold in this")
    head_pressure_least = parameter("1", 0.1, lo=0.02, hi=1.0, doc="least share through the condenser, and at rest")
    head_pressure_valve_stuck = fault(
        lo=-1.0, doc="+1 stays open: cold water, too little oil pressure; -1 stays shut: high pressure."
    )
    branch_temp = kept("degC", 15.0, doc="water in the condenser, before what flows past it is mixed in")


@kernel
def regulated(unit: Rows) -> bool:
    """True where the unit has a regulating valve in the water of its present condenser."""
    return bool(unit.head_pressure_temp > 0.0 and not (unit.air > 0.5 and unit.condenser == unit.source))


@kernel
def regulate(unit: Rows, dt: float) -> None:
    """Move the valve: towards its least at rest or below the condensing temperature it holds, open above."""
    if unit.head_pressure_temp <= 0.0:
        return
    off = (unit.condensing_temp - unit.head_pressure_temp) / unit.head_pressure_band
    if unit.contactor < 0.5:
        off = -1.0
    if unit.head_pressure_valve_stuck != 0.0:
        off = unit.head_pressure_valve_stuck
    moved = unit.head_pressure_valve * (1.0 + min(1.0, max(-1.0, off)) * dt / (unit.head_pressure_time + dt))
    unit.head_pressure_valve = min(1.0, max(unit.head_pressure_least, moved))


@kernel
def condenser_water(unit: Rows, condenser: Rows) -> float:
    """Water leaving the condenser itself [degC]."""
    return float(unit.branch_temp if regulated(unit) else condenser.temp)


@kernel
def condenser_flow(unit: Rows, condenser: Rows) -> float:
    """Water through the condenser itself [kg/s]."""
    return float(condenser.flow * unit.head_pressure_valve if regulated(unit) else condenser.flow)


@kernel
def follow(unit: Rows, condenser: Rows, dt: float) -> None:
    """Advance the water in the condenser by dt [s] at its present heat; exact for a stirred mass."""
    if not regulated(unit):
        unit.branch_temp = condenser.temp
        return
    flow = abs(condenser_flow(unit, condenser))
    if flow < STILL:
        unit.branch_temp += condenser.heat * dt / (condenser.mass * HEAT_CAPACITY)
        return
    steady = condenser.entering_temp + condenser.heat / (flow * HEAT_CAPACITY)
    unit.branch_temp = steady + (unit.branch_temp - steady) * math.exp(-flow * dt / condenser.mass)
