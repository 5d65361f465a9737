"""The three kernels of the heat-pump units that the driver calls: actuate, exchange, sense."""

from plant_models.heat_pump.changeover import share_heat, take_orders, turn_valve
from plant_models.heat_pump.protection import burst, clear, judge_flows, read_reset, supervise, trip
from plant_models.heat_pump.refrigerant import convey
from plant_models.heat_pump.sequence import advance_sequence, switch_contactor, tell, tick_clocks
from plant_models.heat_pump.states import COOLING, RECOVERY
from plant_models.water.network import M3H
from twin.kernel import Rows, kernel

WARM, COLD = 15.0, -20.0
"""What a defrost sensor that is stuck shows [degC]."""


@kernel
def actuate(units: Rows, passages: Rows, network: Rows, dt: float) -> None:
    """Timers, protections, start sequence and valves of all units, from the sensors of the last tick; dt [s]."""
    for i in range(len(units)):
        unit = units[i]
        tick_clocks(unit, dt)
        take_orders(unit, dt)
        judge_flows(unit)
        if read_reset(unit):
            clear(unit)
        cause = supervise(unit, dt)
        if cause > 0:
            trip(unit, cause)
        advance_sequence(unit, dt)
        turn_valve(unit, dt)
        share_heat(unit, dt)
        switch_contactor(unit)
        tell(unit)
        if unit.frozen > 0.5 and unit.blocked < 0.5:
            burst(unit, passages[unit.evaporator], network)


@kernel
def exchange(units: Rows, passages: Rows, maps: Rows, dt: float) -> None:
    """Heat given to all waters [W] during this tick, electric power and energies; warm side = cold side + power."""
    for i in range(len(units)):
        unit = units[i]
        recovery = unit.recovery if unit.recovery >= 0 else unit.condenser
        convey(unit, passages[unit.evaporator], passages[unit.condenser], passages[recovery], maps[unit.map], dt)


@kernel
def sense(units: Rows, passages: Rows) -> None:
    """Water temperatures and flows as the unit's own instruments show them."""
    for i in range(len(units)):
        unit = units[i]
        evaporator, condenser = passages[unit.evaporator], passages[unit.condenser]
        unit.evaporator_flow = evaporator.flow * M3H
        unit.condenser_flow = condenser.flow * M3H
        unit.evaporator_entering_temp = evaporator.entering_temp
        unit.condenser_entering_temp = condenser.entering_temp
        unit.evaporator_leaving_temp = evaporator.leaving_temp
        unit.condenser_leaving_temp = condenser.leaving_temp
        controlled, other = unit.condenser, unit.evaporator
        if unit.recovery >= 0:
            recovery = passages[unit.recovery]
            unit.recovery_flow = recovery.flow * M3H
            unit.recovery_entering_temp = recovery.entering_temp
            unit.recovery_leaving_temp = recovery.leaving_temp
        if unit.changeover > 0.5:
            controlled, other = unit.load, unit.source
        elif unit.mode == COOLING:
            controlled, other = unit.evaporator, unit.condenser
        elif unit.mode == RECOVERY:
            controlled = unit.recovery
        unit.entering_temp = passages[controlled].entering_temp
        unit.leaving_temp = passages[controlled].leaving_temp
        unit.source_entering_temp = passages[other].entering_temp
        unit.source_leaving_temp = passages[other].temp if unit.air > 0.5 else passages[other].leaving_temp
        stuck = unit.defrost_sensor_stuck
        unit.defrost_sensor_temp = WARM if stuck > 0.5 else (COLD if stuck < -0.5 else unit.source_leaving_temp)
