"""The start sequence of a unit: timers, states, own thermostat and staging (physics.md 1.9, 5).

OFF -> PRE (flow proof) -> START -> RUN -> STOPPING -> OFF; a trip leads to ALARM, which retries by itself, or to
LOCKOUT. All functions take one row of the table of units.
"""

import math

from plant_models.heat_pump.changeover import wanted_mode, watch_frost
from plant_models.heat_pump.protection import flow_proven, forgive, healthy, trip
from plant_models.heat_pump.states import (
    ALARM,
    COOLING,
    FLOW,
    OFF,
    OIL,
    PRE,
    ROUNDING,
    RUN,
    START,
    STEPS,
    STOPPING,
    VARIABLE_SPEED,
)  # fmt: skip
from twin.kernel import Rows, kernel

HOUR = 3600.0
RING = 8


@kernel
def tick_clocks(unit: Rows, dt: float) -> None:
    """Advance the unit's timers by dt [s] and forget starts older than an hour."""
    unit.clock += dt
    unit.state_time += dt
    unit.mode_time += dt
    unit.since_defrost += dt
    unit.request_time = unit.request_time + dt if unit.pump_request > 0.5 else 0.0
    unit.powered = 0.0 if unit.supply_loss > 0.5 else unit.powered + dt
    if unit.contactor > 0.5:
        unit.on_time += dt
        unit.run_hours += dt / HOUR
    else:
        unit.since_stop += dt
    if unit.starts_last_hour > 0.5:
        oldest = int(unit.starts - unit.starts_last_hour) % RING
        if unit.clock - unit.start_times[oldest] >= HOUR - ROUNDING:
            unit.starts_last_hour -= 1.0


@kernel
def start_delay(unit: Rows) -> float:
    """Time [s] until min-off, power-up, crankcase, change of mode and starts per hour permit a start; 0 when all do."""
    wait = max(unit.min_off - unit.since_stop, unit.mode_delay - unit.mode_time)
    wait = max(wait, unit.power_up_delay + unit.restart_stagger - unit.powered)
    wait = max(wait, unit.crankcase_time - unit.powered)
    if unit.starts_last_hour >= unit.max_starts:
        oldest = int(unit.starts - unit.max_starts) % RING
        wait = max(wait, unit.start_times[oldest] + HOUR - unit.clock)
    return wait if wait > ROUNDING else 0.0


@kernel
def demand(unit: Rows) -> float:
    """How far the controlled water is short of the set point [K]; negative when past it."""
    short = unit.ordered_temp - unit.leaving_temp
    return float(-short if unit.mode == COOLING else short)


@kernel
def enter(unit: Rows, state: float) -> None:
    """Change the state of the sequence."""
    unit.state = state
    unit.state_time = 0.0


@kernel
def advance_sequence(unit: Rows, dt: float) -> None:
    """One tick of the state machine."""
    count_orders(unit)
    if unit.supply_loss > 0.5 and unit.state < ALARM:
        enter(unit, OFF)
    elif unit.state == OFF:
        _off(unit)
    elif unit.state == PRE:
        _pre(unit, dt)
    elif unit.state == START:
        if unit.enabled < 0.5:
            enter(unit, STOPPING)
        elif unit.state_time >= unit.start_time - ROUNDING:
            unit.step_timer = 0.0
            enter(unit, RUN)
    elif unit.state == RUN:
        _run(unit, dt)
    elif unit.state == STOPPING and unit.state_time >= unit.pump_overrun - ROUNDING:
        enter(unit, OFF)
    if unit.state != RUN:
        unit.defrosting = 0.0
    if unit.state == ALARM and unit.state_time >= unit.fault_delay - ROUNDING and healthy(unit):
        forgive(unit)


@kernel
def count_orders(unit: Rows) -> None:
    """Count what the controller asks for: starts, starts within min-off, stops within min-on."""
    enabled = unit.enabled > 0.5
    if enabled and unit.seen_enable < 0.5:
        unit.start_requests += 1.0
        if unit.contactor < 0.5 and unit.since_stop < unit.min_off - ROUNDING:
            unit.short_cycle = 1.0
            unit.refused_starts += 1.0
    elif not enabled and unit.seen_enable >= 0.5 and unit.contactor > 0.5 and unit.on_time < unit.min_on - ROUNDING:
        unit.short_runs += 1.0
    if not enabled:
        unit.short_cycle = 0.0
    unit.seen_enable = 1.0 if enabled else 0.0


@kernel
def _off(unit: Rows) -> None:
    """Take over the mode; go on when enabled, permitted and wanted."""
    wanted = wanted_mode(unit)
    if wanted != unit.mode:
        unit.mode = wanted
        unit.mode_time = 0.0
    elif unit.enabled > 0.5 and start_delay(unit) <= 0.0 and demand(unit) > unit.restart_diff:
        enter(unit, PRE)


@kernel
def _pre(unit: Rows, dt: float) -> None:
    """Wait for flow on both sides, then for oil; without flow after the timeout, or without oil, the unit trips."""
    proven = flow_proven(unit)
    unit.proof_time = unit.proof_time + dt if proven and unit.state_time > dt + ROUNDING else 0.0
    if unit.enabled < 0.5 or wanted_mode(unit) != unit.mode:
        enter(unit, OFF)
    elif proven:
        oiled = unit.proof_time >= unit.pre_lubrication - ROUNDING
        if oiled and unit.pre_lubrication > 0.0 and unit.oil_failure > 0.5:
            trip(unit, OIL)
        elif oiled and unit.state_time >= unit.flow_bypass - ROUNDING:
            unit.tripped = 0.0
            enter(unit, START)
            _lowest(unit)
    elif unit.state_time >= unit.flow_proof_timeout - ROUNDING:
        trip(unit, FLOW)


@kernel
def _lowest(unit: Rows) -> None:
    """Start at the lowest step, unless the slide is stuck where it was."""
    if unit.stuck_stage < 0.5 or unit.capacity_target <= 0.0:
        unit.capacity_target = unit.min_speed if unit.part_load == VARIABLE_SPEED else 1.0 / unit.steps


@kernel
def _run(unit: Rows, dt: float) -> None:
    """Stop when told to or satisfied; else stage."""
    held = unit.on_time < unit.min_on - ROUNDING
    told = unit.enabled < 0.5 or wanted_mode(unit) != unit.mode
    low = unit.min_speed if unit.part_load == VARIABLE_SPEED else 1.0 / unit.steps
    satisfied = demand(unit) < -unit.stop_diff and unit.capacity_target <= low + ROUNDING
    watch_frost(unit, dt)
    if unit.defrosting > 0.5 and not told:
        return
    if (told and not (held and unit.min_on_holds > 0.5)) or (satisfied and not held):
        enter(unit, STOPPING)
        return
    if unit.on_time >= unit.retry_clear:
        unit.retries = 0.0
    if unit.stuck_stage < 0.5:
        _stage(unit, low, dt)
        if told:
            unit.capacity_target = low
        if unit.part_load == VARIABLE_SPEED:
            _return_oil(unit, dt)


@kernel
def _stage(unit: Rows, low: float, dt: float) -> None:
    """Load below and unload above the set point's deadband, within the demand limit."""
    short = demand(unit)
    direction = 1.0 if short > unit.deadband else (-1.0 if short < -unit.deadband else 0.0)
    target, top = unit.capacity_target, min(1.0, max(0.0, unit.ordered_limit))
    if unit.part_load == STEPS:
        top = math.floor(top * unit.steps + ROUNDING) / unit.steps
        unit.step_timer += dt
        if direction != 0.0 and unit.step_timer >= unit.step_time - ROUNDING:
            target += direction / unit.steps
            unit.step_timer = 0.0
    else:
        target += direction * dt / (unit.step_time * unit.steps)
    unit.capacity_target = min(max(low, top), max(low, target))


@kernel
def _return_oil(unit: Rows, dt: float) -> None:
    """Variable speed: after hours at low speed run fast for minutes."""
    if unit.oil_return > 0.5:
        unit.slow_time += dt
        unit.capacity_target = 1.0
        if unit.slow_time >= unit.oil_duration - ROUNDING:
            unit.oil_return = 0.0
            unit.slow_time = 0.0
    elif unit.capacity_target < unit.oil_speed:
        unit.slow_time += dt
        if unit.slow_time >= unit.oil_interval - ROUNDING:
            unit.oil_return = 1.0
            unit.slow_time = 0.0
    else:
        unit.slow_time = 0.0


@kernel
def switch_contactor(unit: Rows) -> None:
    """Close or open the compressor contactor; a welded one stays closed while there is current."""
    wanted = unit.state in (START, RUN)
    closed = (wanted or unit.contactor_weld > 0.5) and unit.supply_loss < 0.5 and unit.phase_loss < 0.5
    if closed and unit.contactor < 0.5:
        unit.start_times[int(unit.starts) % RING] = unit.clock
        unit.starts += 1.0
        unit.starts_last_hour = min(unit.starts_last_hour + 1.0, 1.0 * RING)
        unit.on_time = 0.0
        unit.short_cycle = 0.0
    if closed:
        unit.since_stop = 0.0
        if not wanted:
            _lowest(unit)
    unit.contactor = 1.0 if closed else 0.0


@kernel
def tell(unit: Rows) -> None:
    """What the unit reports about its sequence."""
    running = unit.contactor
    if unit.running_lie > 0.5:
        running = 1.0
    elif unit.running_lie < -0.5:
        running = 0.0
    unit.running = running
    unit.stage = math.floor(unit.capacity_target * unit.steps + 0.5) if unit.contactor > 0.5 else 0.0
    enabled = unit.enabled > 0.5
    between = unit.state in (OFF, STOPPING)
    unit.start_in = start_delay(unit) if enabled and (between or unit.state == ALARM) else 0.0
    unit.waiting = 1.0 if between and unit.start_in > 0.0 else 0.0
    busy = unit.state >= PRE and unit.state <= STOPPING
    unit.pump_request = 1.0 if busy or (enabled and unit.state == OFF and unit.waiting < 0.5) else 0.0
    late = unit.request_time < unit.condenser_pump_delay - ROUNDING
    unit.condenser_pump_request = 0.0 if late else unit.pump_request
