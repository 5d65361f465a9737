"""The start sequence of a unit: timers, states, and the contactor (docs/physics/heat-pumps.md#sequence,
docs/sequences/sources.md#staging).

All functions take one row of the table of units; plant_models.heat_pump.states says which state follows which.
"""

import math

from plant_models.heat_pump.changeover import wanted_mode
from plant_models.heat_pump.defrost import watch_frost
from plant_models.heat_pump.orders import count_orders
from plant_models.heat_pump.protection import flow_proven
from plant_models.heat_pump.staging import demand, lowest, return_oil, stage
from plant_models.heat_pump.states import (
    ALARM,
    FLOW,
    LONG,
    OFF,
    OIL,
    ONOFF,
    PRE,
    ROUNDING,
    RUN,
    START,
    STATES,
    STOPPING,
    VARIABLE_SPEED,
    enter,
)
from plant_models.heat_pump.trips import forgive, healthy, trip
from twin.kernel import Rows, kernel
from twin.points import RISES, fault, parameter, sensor, status
from twin.points import state as kept

HOUR = 3600.0
RING = 8


class Sequence:
    """Points of the start sequence and its timers."""

    state = status(values=STATES.names, lo=0.0, hi=6.0, doc="pre proves flow, alarm retries, lockout waits")
    running = status(values=ONOFF.names, doc="compressor run proof, as reported: it may lie")
    compressing = status(values=ONOFF.names, doc="the truth of it: the compressor runs, told to or not")
    waiting = status(values=ONOFF.names, doc="enabled, but held back by a timer of its own")
    start_in = sensor("s", doc="time until the timers permit a start")
    pump_request = status(values=ONOFF.names, doc="the unit wants flow on both sides")
    condenser_pump_request = status(values=ONOFF.names, doc="the same for the condenser: later by condenser_pump_delay")
    run_hours = sensor("h", doc="time with the contactor closed", tags=(RISES,))
    starts = sensor("1", doc="compressor starts", tags=(RISES,))
    starts_last_hour = sensor("1", doc="compressor starts within the last 3600 s")
    stop_diff = parameter("K", 3.0, lo=0.0, doc="stops by itself at the lowest step when past the set point by this")
    restart_diff = parameter("K", 1.5, lo=0.0, hi=100.0, doc="starts by itself when short of the set point by this")
    min_on = parameter("s", 600.0, lo=0.0, doc="shortest run before its own thermostat stops it")
    min_on_holds = parameter("1", 0.0, lo=0.0, hi=1.0, doc="1: runs on at its lowest step until min_on")
    min_off = parameter("s", 1200.0, lo=0.0, doc="compressor off before the next start")
    max_starts = parameter("1", 3.0, lo=1.0, hi=8.0, doc="starts within 3600 s")
    power_up_delay = parameter("s", 300.0, lo=0.0, doc="from power-up to the first start")
    restart_stagger = parameter("s", 0.0, lo=0.0, doc="added to it, its own for every unit (5-80 s)")
    crankcase_time = parameter("s", 0.0, lo=0.0, doc="heated before the first start after power-up; 0: no heater")
    flow_bypass = parameter("s", 20.0, lo=0.0, doc="flow not looked at after the start order")
    flow_proof_timeout = parameter("s", 180.0, lo=0.0, doc="flow must be proven this long after the start order")
    start_time = parameter("s", 15.0, lo=0.0, doc="at the lowest step before it loads")
    pump_overrun = parameter("s", 60.0, lo=0.0, doc="flow requested after the compressor has stopped")
    condenser_pump_delay = parameter("s", 0.0, lo=0.0, doc="between the requests of the pumps; large units 5 s")
    pre_lubrication = parameter("s", 0.0, lo=0.0, doc="oil pressure from the flow proof to the start; large units 25 s")
    contactor_weld = fault(doc="The contactor cannot open: the compressor runs when commanded off or tripped.")
    supply_loss = fault(doc="No mains: everything off; when it returns the power-up timers run before a start.")
    running_lie = fault(lo=-1.0, doc="Run proof lies: +1 always, -1 never; heat and power tell the truth.")
    clock = kept("s", doc="since the row was made")
    state_time = kept("s", doc="in this state of the sequence")
    on_time = kept("s", doc="contactor closed")
    since_stop = kept("s", LONG, doc="contactor open")
    powered = kept("s", LONG, doc="since power-up")
    request_time = kept("s", doc="pumps requested")
    proof_time = kept("s", doc="flow proven before the start")
    start_times = kept("s", count=8, doc="clock at the last starts, as a ring")
    contactor = kept("1", doc="compressor contactor closed")


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
            lowest(unit)
    elif unit.state_time >= unit.flow_proof_timeout - ROUNDING:
        trip(unit, FLOW)


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
        stage(unit, low, dt)
        if told:
            unit.capacity_target = low
        if unit.part_load == VARIABLE_SPEED:
            return_oil(unit, dt)


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
            lowest(unit)
    unit.contactor = 1.0 if closed else 0.0


@kernel
def tell(unit: Rows) -> None:
    """What the unit reports about its sequence."""
    running = unit.compressing = unit.contactor
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
