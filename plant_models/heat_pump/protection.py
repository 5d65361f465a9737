"""What the protections of a unit watch: switches, pressures, temperatures, and for how long
(docs/physics/heat-pumps.md#protections).

All functions take one row of the table of units. A cause is one of CAUSES.
"""

from plant_models.heat_pump.pressures import low_difference
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
    NONE,
    OIL,
    ONOFF,
    PHASE,
    RECOVERY,
    ROUNDING,
    RUN,
    SOURCE,
    SOURCE_CHECKS,
    START,
)
from twin.kernel import Rows, kernel
from twin.points import fault, parameter, status
from twin.points import state as kept


class Protection:
    """Points of the protections: what they watch, their limits and delays."""

    evaporator_flow_ok = status(values=ONOFF.names, doc="flow switch of the evaporator")
    condenser_flow_ok = status(values=ONOFF.names, doc="flow switch of the condenser")
    flow_switch_point = parameter("1", 0.6, lo=0.0, hi=1.0, doc="of nominal flow")
    flow_delay = parameter("s", 5.0, lo=0.0, doc="loss of flow until the trip")
    lp_cut_out = parameter("Pa", 0.0, lo=0.0, doc="absolute; 0: that of the map's refrigerant, R134a 2.9 bar (0 degC)")
    lp_bypass = parameter("s", 120.0, lo=0.0, doc="low pressure ignored after the start")
    lp_delay = parameter("s", 30.0, lo=0.0, doc="low pressure persists until the trip")
    hp_cut_out = parameter("Pa", 0.0, lo=0.0, doc="absolute, trips at once; 0: the map's, R134a 18 bar (63 degC)")
    freeze_water_temp = parameter("degC", 3.0, doc="trip of the freeze sensor; -15 and lower with glycol")
    freeze_delay = parameter("s", 5.0, lo=0.0, doc="freeze sensor below its limit until the trip")
    freeze_refrigerant_temp = parameter("degC", -1.1, doc="trip of the evaporating temperature; -12.2 with glycol")
    freeze_refrigerant_delay = parameter("s", 30.0, lo=0.0, doc="refrigerant below its limit until the trip")
    source_check = parameter(
        "1", 0.0, lo=0.0, hi=2.0, values=SOURCE_CHECKS.names,
        doc="range of the source water entering: groundwater 10-25 degC; loop 5-25 heating, 10-40 cooling (GB/T 19409)",
    )  # fmt: skip
    source_delay = parameter("s", 60.0, lo=0.0, doc="source water out of its range until the trip")
    discharge_limit = parameter("degC", 140.0, doc="trip of the discharge gas; default of this project")
    discharge_delay = parameter("s", 5.0, lo=0.0, doc="discharge gas too hot until the trip")
    oil_delay = parameter("s", 15.0, lo=0.0, doc="without oil pressure until the trip")
    pressure_difference_delay = parameter("s", 120.0, lo=0.0, doc="less than least_pressure_difference until the trip")
    oil_failure = fault(doc="No oil pressure: trips on oil soon after every start, locked out at the third.")
    phase_loss = fault(doc="A phase is missing: the compressor stops at once and cannot start.")
    evaporator_switch_stuck = fault(lo=-1.0, doc="Flow switch: +1 always made, so loss of flow freezes; -1 never made.")
    condenser_switch_stuck = fault(lo=-1.0, doc="Flow switch: +1 always made, no flow ends in HP; -1 never made.")
    flow_timer = kept("s", doc="flow lost")
    lp_timer = kept("s", doc="low pressure")
    freeze_timer = kept("s", doc="freeze sensor too cold")
    freeze_refrigerant_timer = kept("s", doc="evaporating temperature too low")
    oil_timer = kept("s", doc="without oil pressure")
    difference_timer = kept("s", doc="pressures too near to each other to feed the oil")
    source_timer = kept("s", doc="source water out of its range")
    discharge_timer = kept("s", doc="discharge gas too hot")


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
def persists(timer: float, condition: bool, dt: float) -> float:
    """The time [s] for which a condition has held without a break."""
    return timer + dt if condition else 0.0


@kernel
def overdue(timer: float, delay: float) -> bool:
    """True when a condition that is there has persisted for the delay [s]."""
    return bool(timer > 0.0 and timer > delay - ROUNDING)


@kernel
def supervise(unit: Rows, dt: float) -> float:
    """Advance the protections by dt [s]; the cause that trips the unit now, or 0."""
    if unit.frozen > 0.5:
        return DAMAGE if unit.state != LOCKOUT or unit.alarm_frozen < 0.5 else NONE
    if unit.phase_loss > 0.5 and unit.supply_loss < 0.5 and unit.state < ALARM:
        return PHASE
    if unit.state not in (START, RUN):
        return NONE
    cause = _watch_compressor(unit, dt)
    ranged = _watch_range(unit, dt)
    return cause if cause != NONE else ranged


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
def _watch_range(unit: Rows, dt: float) -> float:
    """The protections that look at the source water and at the discharge gas."""
    if unit.on_time <= dt + ROUNDING:
        unit.source_timer = unit.discharge_timer = 0.0
    unit.source_timer = persists(unit.source_timer, not source_in_range(unit), dt)
    unit.discharge_timer = persists(unit.discharge_timer, unit.discharge_temp > unit.discharge_limit, dt)
    if overdue(unit.discharge_timer, unit.discharge_delay):
        return DISCHARGE
    return SOURCE if overdue(unit.source_timer, unit.source_delay) else NONE


@kernel
def _watch_compressor(unit: Rows, dt: float) -> float:
    """The protections that look at a running compressor."""
    if unit.on_time <= dt + ROUNDING:
        unit.flow_timer = unit.lp_timer = unit.freeze_timer = unit.freeze_refrigerant_timer = unit.oil_timer = 0.0
        unit.difference_timer = 0.0
    steady = unit.defrosting < 0.5 and unit.since_defrost > unit.lp_bypass + ROUNDING
    awake = steady and unit.on_time > unit.lp_bypass + ROUNDING
    low = unit.evaporating_pressure < unit.lp_cut_out and awake
    wet = not air_evaporates(unit)
    unit.flow_timer = persists(unit.flow_timer, not flow_proven(unit), dt)
    unit.lp_timer = persists(unit.lp_timer, low, dt)
    unit.freeze_timer = persists(unit.freeze_timer, wet and unit.freeze_sensor_temp < unit.freeze_water_temp, dt)
    unit.freeze_refrigerant_timer = persists(
        unit.freeze_refrigerant_timer, steady and wet and unit.evaporating_temp < unit.freeze_refrigerant_temp, dt
    )
    unit.oil_timer = persists(unit.oil_timer, unit.oil_failure > 0.5, dt)
    fed = unit.defrosting > 0.5 or not low_difference(unit)
    unit.difference_timer = persists(unit.difference_timer, not fed, dt)
    cause = NONE
    if unit.condensing_pressure > unit.hp_cut_out:
        cause = HIGH_PRESSURE
    elif overdue(unit.freeze_timer, unit.freeze_delay):
        cause = FREEZE
    elif overdue(unit.flow_timer, unit.flow_delay):
        cause = FLOW
    elif overdue(unit.lp_timer, unit.lp_delay):
        cause = LOW_PRESSURE
    elif overdue(unit.oil_timer, unit.oil_delay) or overdue(unit.difference_timer, unit.pressure_difference_delay):
        cause = OIL
    elif overdue(unit.freeze_refrigerant_timer, unit.freeze_refrigerant_delay):
        cause = FREEZE
    return cause
