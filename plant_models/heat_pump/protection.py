"""The protections of a unit: switches, trips, retries and lockout (physics.md 1.9).

All functions take one row of the table of units. A cause is 0 for none, else as in `unit_states`.
"""

from plant_models.heat_pump.states import (
    ALARM,
    COOLING,
    DAMAGE,
    DISCHARGE,
    FLOW,
    FREEZE,
    GROUND_LOOP,
    GROUNDWATER,
    HIGH_PRESSURE,
    LOCKOUT,
    LOW_PRESSURE,
    OFF,
    OIL,
    PHASE,
    RECOVERY,
    ROUNDING,
    RUN,
    SOURCE,
    START,
)  # fmt: skip
from twin.kernel import Rows, kernel


@kernel
def switch_made(flow: float, nominal: float, point: float, stuck: float) -> float:
    """A paddle flow switch: 1 at or above its switch point in the intended direction; stuck +1 always, -1 never.

    Air (nominal 0) has no switch: 1.
    """
    if stuck > 0.5:
        return 1.0
    if stuck < -0.5:
        return 0.0
    if nominal <= 0.0:
        return 1.0
    return 1.0 if flow > 0.0 and flow >= point * nominal else 0.0


@kernel
def judge_flows(unit: Rows) -> None:
    """Set both flow switches from the flows of the last tick."""
    point = unit.flow_switch_point
    unit.evaporator_flow_ok = switch_made(
        unit.evaporator_flow, unit.nominal_evaporator_flow, point, unit.evaporator_switch_stuck
    )
    unit.condenser_flow_ok = switch_made(
        unit.condenser_flow, unit.nominal_condenser_flow, point, unit.condenser_switch_stuck
    )
    unit.recovery_flow_ok = 0.0
    if unit.recovery >= 0:
        unit.recovery_flow_ok = switch_made(unit.recovery_flow, unit.nominal_recovery_flow, point, 0.0)


@kernel
def flow_proven(unit: Rows) -> bool:
    """True when both switches that matter are made: in recovery the second condenser's stands for the first's."""
    warm = unit.recovery_flow_ok if unit.mode == RECOVERY else unit.condenser_flow_ok
    return bool(unit.evaporator_flow_ok > 0.5 and warm > 0.5)


@kernel
def air_evaporates(unit: Rows) -> bool:
    """True where the evaporator is the coil in the air: nothing in it bursts."""
    return bool(unit.air > 0.5 and unit.evaporator == unit.source)


@kernel
def burst(unit: Rows, evaporator: Rows, network: Rows) -> None:
    """Tubes burst by ice: those left let the water through against more resistance, for good."""
    unit.blocked = 1.0
    evaporator.quadratic /= (1.0 - unit.frozen_block) * (1.0 - unit.frozen_block)
    network[0].moved = 1.0


@kernel
def persists(timer: float, condition: bool, dt: float) -> float:
    """The time [s] for which a condition has held without a break."""
    return timer + dt if condition else 0.0


@kernel
def overdue(timer: float, delay: float) -> bool:
    """True when a condition that is there has persisted for the delay [s]."""
    return bool(timer > 0.0 and timer > delay - ROUNDING)


@kernel
def supervise(unit: Rows, dt: float) -> int:
    """Advance the protections by dt [s]; the cause that trips the unit now, or 0."""
    if unit.frozen > 0.5:
        return DAMAGE if unit.state != LOCKOUT or unit.alarm_frozen < 0.5 else 0
    if unit.phase_loss > 0.5 and unit.supply_loss < 0.5 and unit.state < ALARM:
        return PHASE
    if unit.state not in (START, RUN):
        return 0
    cause = _watch_compressor(unit, dt)
    ranged = _watch_range(unit, dt)
    return cause if cause > 0 else ranged


@kernel
def source_in_range(unit: Rows) -> bool:
    """True when the source water entering is in the range of the unit's kind, or nobody looks (GB/T 19409)."""
    temp = unit.source_entering_temp
    low, high = -1e9, 1e9
    if unit.source_check == GROUNDWATER:
        low, high = 10.0, 25.0
    elif unit.source_check == GROUND_LOOP:
        low, high = (10.0, 40.0) if unit.mode == COOLING else (5.0, 25.0)
    return bool(low <= temp <= high)


@kernel
def _watch_range(unit: Rows, dt: float) -> int:
    """The protections that look at the source water and at the discharge gas."""
    if unit.on_time <= dt + ROUNDING:
        unit.source_timer = unit.discharge_timer = 0.0
    unit.source_timer = persists(unit.source_timer, not source_in_range(unit), dt)
    unit.discharge_timer = persists(unit.discharge_timer, unit.discharge_temp > unit.discharge_limit, dt)
    if overdue(unit.discharge_timer, unit.discharge_delay):
        return DISCHARGE
    return SOURCE if overdue(unit.source_timer, unit.source_delay) else 0


@kernel
def _watch_compressor(unit: Rows, dt: float) -> int:
    """The protections that look at a running compressor."""
    if unit.on_time <= dt + ROUNDING:
        unit.flow_timer = unit.lp_timer = unit.freeze_timer = unit.freeze_refrigerant_timer = unit.oil_timer = 0.0
    awake = min(unit.on_time, unit.since_defrost) > unit.lp_bypass + ROUNDING and unit.defrosting < 0.5
    low = unit.evaporating_pressure < unit.lp_cut_out and awake
    wet = not air_evaporates(unit)
    unit.flow_timer = persists(unit.flow_timer, not flow_proven(unit), dt)
    unit.lp_timer = persists(unit.lp_timer, low, dt)
    unit.freeze_timer = persists(unit.freeze_timer, wet and unit.freeze_sensor_temp < unit.freeze_water_temp, dt)
    unit.freeze_refrigerant_timer = persists(
        unit.freeze_refrigerant_timer, wet and unit.evaporating_temp < unit.freeze_refrigerant_temp, dt
    )
    unit.oil_timer = persists(unit.oil_timer, unit.oil_failure > 0.5, dt)
    cause = 0
    if unit.condensing_pressure > unit.hp_cut_out:
        cause = HIGH_PRESSURE
    elif overdue(unit.freeze_timer, unit.freeze_delay):
        cause = FREEZE
    elif overdue(unit.flow_timer, unit.flow_delay):
        cause = FLOW
    elif overdue(unit.lp_timer, unit.lp_delay):
        cause = LOW_PRESSURE
    elif overdue(unit.oil_timer, unit.oil_delay):
        cause = OIL
    elif overdue(unit.freeze_refrigerant_timer, unit.freeze_refrigerant_delay):
        cause = FREEZE
    return cause


@kernel
def trip(unit: Rows, cause: int) -> None:
    """Stop for a cause: raise its alarm, count it, and lock out when it is one too many."""
    unit.retries += 1.0
    most = unit.max_retries
    if cause == FLOW:
        unit.alarm_flow = 1.0
    elif cause == LOW_PRESSURE:
        unit.alarm_lp = 1.0
    elif cause == HIGH_PRESSURE:
        unit.alarm_hp = 1.0
    elif cause == FREEZE:
        unit.alarm_freeze = 1.0
        most = unit.max_freeze_retries
    elif cause == OIL:
        unit.alarm_oil = 1.0
    elif cause == PHASE:
        unit.alarm_phase = 1.0
    elif cause == SOURCE:
        unit.alarm_source = 1.0
    elif cause == DISCHARGE:
        unit.alarm_discharge = 1.0
    else:
        unit.alarm_frozen = 1.0
        most = 0.0
    unit.alarm = 1.0
    unit.tripped = 1.0
    unit.state_time = 0.0
    if unit.retries >= most:
        unit.alarm_lockout = 1.0
        unit.state = LOCKOUT
    else:
        unit.state = ALARM


@kernel
def read_reset(unit: Rows) -> bool:
    """True on a rising edge of the reset command."""
    rising = unit.reset_cmd >= 0.5 and unit.seen_reset < 0.5
    unit.seen_reset = 1.0 if unit.reset_cmd >= 0.5 else 0.0
    return bool(rising)


@kernel
def healthy(unit: Rows) -> bool:
    """True when the unit may retry: min-off over, phases there, pressures and temperatures back within their limits."""
    warm = unit.freeze_water_temp + unit.freeze_hysteresis
    return bool(
        unit.since_stop >= unit.min_off - ROUNDING
        and unit.phase_loss < 0.5
        and unit.supply_loss < 0.5
        and unit.condensing_pressure < unit.hp_reset
        and (unit.alarm_freeze < 0.5 or unit.freeze_sensor_temp >= warm or air_evaporates(unit))
    )


@kernel
def forgive(unit: Rows) -> None:
    """Take the alarms down, the count of retries stays."""
    unit.alarm = unit.alarm_flow = unit.alarm_lp = unit.alarm_hp = 0.0
    unit.alarm_freeze = unit.alarm_oil = unit.alarm_phase = unit.alarm_lockout = 0.0
    unit.alarm_source = unit.alarm_discharge = 0.0
    unit.state = OFF
    unit.state_time = 0.0


@kernel
def clear(unit: Rows) -> None:
    """Reset by hand: alarms, lockout and the count of retries; tube damage stays."""
    if unit.frozen < 0.5:
        unit.retries = 0.0
        if unit.state >= ALARM:
            forgive(unit)
