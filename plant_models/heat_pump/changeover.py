"""What a unit exchanges inside: evaporator and condenser by its four-way valve, heat between two condensers, defrost.

All functions take one row of the table of units. Source: systems.md S8, S9, S10; physics.md 1.9.
"""

from plant_models.heat_pump.states import COOLING, HEATING, RECOVERY, ROUNDING
from twin.kernel import Rows, kernel


@kernel
def take_orders(unit: Rows, dt: float) -> None:
    """Take over what the controller orders; without word from it the last orders hold, or the unit stops."""
    if unit.comm_loss < 0.5:
        unit.comm_timer = unit.alarm_comm = 0.0
        unit.enabled = 1.0 if unit.enable_cmd >= 0.5 else 0.0
        unit.ordered_mode = unit.mode_cmd
        unit.ordered_temp = unit.leaving_temp_sp
        unit.ordered_limit = unit.capacity_limit_cmd
        return
    unit.comm_timer += dt
    if unit.comm_timeout > 0.0 and unit.comm_timer > unit.comm_timeout - ROUNDING:
        unit.enabled = 0.0
        unit.alarm_comm = 1.0


@kernel
def wanted_mode(unit: Rows) -> float:
    """The mode asked for; a wrong changeover turns it round. Recovery needs a second condenser, else it is heating."""
    wanted = HEATING
    if unit.ordered_mode > 1.5:
        wanted = RECOVERY if unit.recovery >= 0 and unit.recovery_type < 0.5 and unit.changeover < 0.5 else HEATING
    elif unit.ordered_mode > 0.5:
        wanted = COOLING
    if unit.wrong_mode > 0.5:
        return HEATING if wanted == COOLING else COOLING
    return wanted


@kernel
def moved(position: float, target: float, step: float) -> float:
    """A position one step nearer to its target."""
    return position + min(step, max(-step, target - position))


@kernel
def turn_valve(unit: Rows, dt: float) -> None:
    """Move the four-way valve; where it passes its middle, evaporator and condenser change places."""
    if unit.changeover < 0.5:
        return
    wanted = 1.0 if unit.mode == COOLING or unit.defrosting > 0.5 else 0.0
    if unit.four_way_valve_stuck < 0.5:
        unit.four_way_valve = moved(unit.four_way_valve, wanted, dt / unit.four_way_time)
    cools = unit.four_way_valve > 0.5
    if cools == (unit.evaporator == unit.source):
        was, flow = unit.evaporator, unit.nominal_evaporator_flow
        unit.evaporator = unit.condenser
        unit.condenser = was
        unit.nominal_evaporator_flow = unit.nominal_condenser_flow
        unit.nominal_condenser_flow = flow
        unit.seen_evaporator_flow = unit.seen_condenser_flow = -1.0
        unit.freeze_sensor_temp = unit.condenser_leaving_temp


@kernel
def share_heat(unit: Rows, dt: float) -> None:
    """Move the refrigerant valve to the second condenser: as commanded, held back by its own thermostat and flow."""
    if unit.recovery < 0 or unit.recovery_type > 0.5 or unit.recovery_valve_stuck > 0.5:
        return
    wanted = 1.0
    if unit.mode != RECOVERY:
        room = 0.5 + (unit.recovery_temp_sp - unit.recovery_leaving_temp) / unit.recovery_band
        wanted = min(unit.recovery_cmd, max(0.0, room)) if unit.recovery_flow_ok > 0.5 else 0.0
    unit.recovery_share = moved(unit.recovery_share, wanted, dt / unit.recovery_valve_time)


@kernel
def watch_frost(unit: Rows, dt: float) -> None:
    """Begin and end the defrosts of a running air-source unit; while one lasts the compressor runs at full load."""
    ordered = unit.defrost_cmd >= 0.5 and unit.seen_defrost < 0.5
    unit.seen_defrost = 1.0 if unit.defrost_cmd >= 0.5 else 0.0
    if unit.air < 0.5 or unit.defrost < 0.5 or unit.mode != HEATING:
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
    if unit.defrost_control > 0.5:
        colder = unit.source_entering_temp - unit.defrost_sensor_temp
        due = unit.frost_time > unit.defrost_least - ROUNDING and colder > unit.defrost_difference
    if due or ordered:
        unit.defrosting = 1.0
        unit.defrost_time = 0.0
        unit.defrosts += 1.0
