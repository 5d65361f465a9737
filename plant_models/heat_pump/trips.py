"""Trips of a unit: alarms, retries of its own, lockout and reset, and tubes that ice has burst
(docs/physics/heat-pumps.md#protections).

All functions take one row of the table of units.
"""

from plant_models.heat_pump.protection import air_evaporates
from plant_models.heat_pump.states import (
    ALARM,
    DISCHARGE,
    FLOW,
    FREEZE,
    HIGH_PRESSURE,
    LOCKOUT,
    LOW_PRESSURE,
    OFF,
    OIL,
    ONOFF,
    PHASE,
    ROUNDING,
    SOURCE,
    enter,
)
from twin.kernel import Rows, kernel
from twin.points import alarm as own_alarm
from twin.points import command, parameter, sensor, status
from twin.points import state as kept


class Trips:
    """Points of trips: alarms, retries, lockout, and what a burst evaporator leaves."""

    reset_cmd = command(lo=0.0, hi=1.0, values=ONOFF.names, doc="a rising edge clears alarms and lockout, not damage")
    frozen = status(values=ONOFF.names, doc="the evaporator froze with the compressor on: tubes damaged, for good")
    alarm = own_alarm(doc="any alarm of the unit")
    alarm_flow = own_alarm(doc="flow not proven at start, or lost while running")
    alarm_lp = own_alarm(doc="low refrigerant pressure")
    alarm_hp = own_alarm(doc="high refrigerant pressure")
    alarm_freeze = own_alarm(doc="evaporator near freezing")
    alarm_oil = own_alarm(doc="no oil pressure: its pump, or too little difference of the pressures")
    alarm_phase = own_alarm(doc="a phase of the supply is missing or in the wrong order")
    alarm_source = own_alarm(doc="source water out of the range that the unit is built for")
    alarm_discharge = own_alarm(doc="discharge gas too hot")
    alarm_lockout = own_alarm(doc="will not start again before it is reset by hand")
    alarm_frozen = own_alarm(doc="tube damage by freezing; a reset does not clear it")
    retries = sensor("1", doc="consecutive trips so far")
    hp_reset = parameter("Pa", 0.0, lo=0.0, doc="absolute; no restart above it; 0: the map's, R134a 16 bar")
    freeze_hysteresis = parameter("K", 2.0, lo=0.0, doc="no restart before it is warmer by this")
    frozen_block = parameter("1", 0.4, lo=0.0, hi=0.95, doc="share of the tubes that burst ice leaves blocked")
    fault_delay = parameter("s", 300.0, lo=0.0, doc="from a trip to its own retry, at least")
    max_retries = parameter("1", 3.0, lo=1.0, hi=1000.0, doc="consecutive trips until the lockout")
    max_freeze_retries = parameter(
        "1", 1.0, lo=1.0, hi=1000.0, doc="trips until the lockout when the last was freezing"
    )
    retry_clear = parameter("s", 1800.0, lo=0.0, doc="run without a trip until earlier trips are forgotten")
    seen_reset = kept("1", doc="reset command of the last tick")
    blocked = kept("1", doc="1: burst tubes resist the water")
    tripped = kept("1", doc="the last stop was a trip")


@kernel
def burst(unit: Rows, evaporator: Rows, network: Rows) -> None:
    """Tubes burst by ice: those left let the water through against more resistance, for good."""
    unit.blocked = 1.0
    evaporator.quadratic /= (1.0 - unit.frozen_block) * (1.0 - unit.frozen_block)
    network[0].moved = 1.0


@kernel
def trip(unit: Rows, cause: float) -> None:
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
    if unit.retries >= most:
        unit.alarm_lockout = 1.0
        enter(unit, LOCKOUT)
    else:
        enter(unit, ALARM)


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
    enter(unit, OFF)


@kernel
def clear(unit: Rows) -> None:
    """Reset by hand: alarms, lockout and the count of retries; tube damage stays."""
    if unit.frozen < 0.5:
        unit.retries = 0.0
        if unit.state >= ALARM:
            forgive(unit)
