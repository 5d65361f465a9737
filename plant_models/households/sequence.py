"""What a room unit decides: thermostat, water valve, start and stop, protections
(docs/physics/heat-pumps.md#room-units, #protections, docs/sequences/sources.md#low-source)."""

import math

from plant_models.constants import FUSION_HEAT
from plant_models.households.room_unit import LEAST_SPEED, perform, rest
from plant_models.households.states import (
    COLD_SOURCE,
    COMPRESSOR,
    FLOW,
    FREEZE,
    FROZEN,
    HIGH_PRESSURE,
    INVERTER,
    LOCKED,
    LOW_PRESSURE,
    NONE,
    OFF,
    OPENING,
    RUNNING,
    STOPPED,
    WAITING,
)
from plant_models.water.ice import UNDERCOOLING
from plant_models.water.network import HEAT_CAPACITY
from twin.kernel import Rows, kernel

WARM_LEVELS = (6.0, 5.0, 4.0)
"""Leaving water [degC] at which a heating unit goes to half, to a quarter, and stops
(docs/sequences/sources.md#low-source)."""
RESTART_TEMP = 7.0
"""Water [degC] at which the limit doubles every 300 s, and a unit stopped by cold water starts again at a quarter."""
COLD_DELAY, MILD_DELAY = 30.0, 300.0
"""Time at 4 degC until the stop; time above 7 degC until the limit doubles [s]."""
FREEZE_TEMP = 2.0
"""Leaving water that stops a unit at once and for good [degC]."""
BURST_ICE = UNDERCOOLING * HEAT_CAPACITY / FUSION_HEAT
"""Share of ice in the water inside that bursts the evaporator [1]: that of half a kelvin of undercooling."""
FLOW_IGNORED, FLOW_DELAY, FLOW_WAIT = 20.0, 10.0, 120.0
"""Flow switch: ignored after a start, persistence, and the time a unit waits for water before it complains [s]."""
HIGH_LIMIT, LOW_LIMIT = 64.0, -2.0
"""Saturation temperatures of R410A at 42 bar and 7.5 bar [degC] (docs/physics/heat-pumps.md#protections)."""
LOW_IGNORED, LOW_DELAY = 120.0, 30.0
COMPRESSOR_DELAY = 30.0
MOST_RETRIES = 3.0
SOUND_RUN = 600.0
"""After so long a run [s] earlier stops are forgotten."""
LOWEST_SP, HIGHEST_SP, COOLING_AWAY = 16.0, 32.0, 32.0
SPELL_S, MODULUS = 14400.0, 2147483647
"""Length of a spell of presence [s]; modulus of the Lehmer generator that draws them."""


@kernel
def draw(u: Rows, number: int, seed: float, seconds: float) -> None:
    """Is somebody in? Drawn once a spell for each room, from seed, room and spell only; rooms change at own times."""
    if u.presence >= 1.0:
        u.occupied = 1.0
        return
    spell = math.floor((seconds + 977.0 * number) / SPELL_S)
    if spell != u.spell:
        u.spell = spell
        x = (int(seed) * 7919 + number * 104729 + int(spell) * 15485863) % MODULUS
        for _ in range(3):
            x = (x * 48271 + 11) % MODULUS
        u.occupied = 1.0 if float(x) < u.presence * MODULUS else 0.0


@kernel
def _call(u: Rows, measured: float) -> float:
    """The thermostat: sets `calling`, returns by how much the room is short of its set point [K]."""
    cooling = u.mode_cmd > 1.5
    u.room_temp = measured + u.sensor_offset
    wanted = u.temp_sp if u.remote_sp == 0.0 else u.remote_sp
    if u.occupied < 0.5:
        wanted = COOLING_AWAY if cooling else u.away_sp
    u.used_sp = min(max(wanted, LOWEST_SP), HIGHEST_SP)
    short = u.room_temp - u.used_sp if cooling else u.used_sp - u.room_temp
    released = u.enable_cmd > 0.5 and u.mode_cmd > 0.5 and u.limit_cmd >= LEAST_SPEED
    if not released or short < -u.hysteresis or u.locked > 0.5:
        u.calling = 0.0
    elif short > u.hysteresis:
        u.calling = 1.0
    return short  # type: ignore[no-any-return]


@kernel
def _enter(u: Rows, code: float) -> None:
    """Go to another state."""
    if u.status_code == RUNNING:
        u.since_stop = 0.0
    u.status_code = code
    u.in_state = 0.0


@kernel
def _trip(u: Rows, cause: float, tries: float) -> None:
    """A protection stops the unit; after so many in a row it stays out until a reset."""
    u.alarm_code = cause
    u.alarm = 1.0
    u.retries += 1.0
    u.waits_for_warmth = 1.0 if cause == COLD_SOURCE else 0.0
    if u.retries >= tries:
        u.locked = 1.0
    u.dry = u.cold = u.low_pressure_time = 0.0
    _enter(u, LOCKED if u.locked > 0.5 else STOPPED)


@kernel
def _reset(u: Rows) -> None:
    """A reset, or the key of the thermostat turned off, ends a lock-out; nothing mends a burst evaporator."""
    if (u.reset_cmd > u.reset_seen or u.enable_cmd < 0.5) and u.frozen < 0.5:
        u.locked = u.retries = u.waits_for_warmth = u.alarm = 0.0
        u.alarm_code = NONE
        if u.status_code in (LOCKED, STOPPED):
            _enter(u, OFF)
    u.reset_seen = u.reset_cmd


@kernel
def _unload(u: Rows, dt: float) -> None:
    """The unit's own staged answer to cold water while it heats."""
    leaving, lowest = u.leaving_temp, u.limit
    if u.heating > 0.5 and leaving <= WARM_LEVELS[1]:
        lowest = min(lowest, 0.25)
    elif u.heating > 0.5 and leaving <= WARM_LEVELS[0]:
        lowest = min(lowest, 0.5)
    u.mild = u.mild + dt if leaving >= RESTART_TEMP and lowest == u.limit else 0.0
    if u.mild >= MILD_DELAY:
        lowest, u.mild = min(1.0, 2.0 * lowest), 0.0
    u.limit = lowest
    u.warning_low_source = 1.0 if lowest < 1.0 else 0.0


@kernel
def _protect(u: Rows, condensing: float, evaporating: float, ice: float, dt: float) -> None:
    """The protections of a running unit, the gravest first."""
    least = u.least_flow * u.rated_flow
    u.dry = u.dry + dt if u.water_flow < least and u.in_state > FLOW_IGNORED else 0.0
    cold = u.heating > 0.5 and u.leaving_temp <= WARM_LEVELS[2]
    u.cold = u.cold + dt if cold else 0.0
    low = evaporating < LOW_LIMIT and u.in_state > LOW_IGNORED
    u.low_pressure_time = u.low_pressure_time + dt if low else 0.0
    if ice > BURST_ICE:
        u.frozen = 1.0
        _trip(u, FREEZE, 0.0)
        _enter(u, FROZEN)
    elif u.heating > 0.5 and u.leaving_temp < FREEZE_TEMP:
        _trip(u, FREEZE, 1.0)
    elif condensing > HIGH_LIMIT:
        _trip(u, HIGH_PRESSURE, MOST_RETRIES)
    elif u.dry >= FLOW_DELAY:
        _trip(u, FLOW, MOST_RETRIES)
    elif u.low_pressure_time >= LOW_DELAY:
        _trip(u, LOW_PRESSURE, MOST_RETRIES)
    elif u.compressor_failed > 0.5 and u.in_state > COMPRESSOR_DELAY:
        _trip(u, COMPRESSOR, MOST_RETRIES)
    elif u.cold >= COLD_DELAY:
        _trip(u, COLD_SOURCE, 1e9)
    elif u.in_state > SOUND_RUN:
        u.retries = u.alarm = 0.0


@kernel
def _sequence(u: Rows, dt: float) -> None:
    """From call to compressor and back, but for the protections."""
    u.in_state += dt
    u.since_stop += dt
    state = u.status_code
    if u.calling < 0.5:
        if state in (WAITING, OPENING, RUNNING) or (state == STOPPED and u.waits_for_warmth < 0.5):
            _enter(u, OFF)
    elif state == OFF or (state == STOPPED and u.since_stop >= u.min_off):
        _enter(u, WAITING)
    if u.status_code == WAITING and u.since_stop >= u.min_off:
        _enter(u, OPENING)
        u.heating = 0.0 if u.mode_cmd > 1.5 else 1.0
    elif u.status_code == OPENING:
        flows = u.water_flow >= u.least_flow * u.rated_flow
        if flows and (u.waits_for_warmth < 0.5 or u.entering_temp >= RESTART_TEMP):
            _enter(u, RUNNING)
            u.starts += 1.0
            u.limit = 0.25 if u.waits_for_warmth > 0.5 else 1.0
            u.waits_for_warmth = 0.0
        elif not flows and u.in_state > FLOW_WAIT:
            u.since_stop = 0.0
            _trip(u, FLOW, 1e9)
    elif u.status_code == RUNNING and (u.heating > 0.5) != (u.mode_cmd < 1.5):
        _enter(u, WAITING)


@kernel
def _modulate(u: Rows, short: float, dt: float) -> None:
    """Compressor speed: by how much the room is short, within the limits, no faster than its ramp."""
    wanted = 1.0
    if u.drive == INVERTER and u.inverter_stuck < 0.5:
        span = u.band + u.hysteresis
        wanted = LEAST_SPEED + (1.0 - LEAST_SPEED) * (short + u.hysteresis) / span
        wanted = min(max(wanted, LEAST_SPEED), u.limit, u.limit_cmd)
    travel = dt / u.ramp
    if u.speed < wanted:
        u.speed = max(min(u.speed + travel, wanted), LEAST_SPEED)
    else:
        u.speed = max(u.speed - travel, wanted)


@kernel
def step(
    u: Rows,
    room: float,
    ratio: float,
    measured: float,
    entering: float,
    flow: float,
    inside: float,
    ice: float,
    dt: float,
) -> None:
    """One decision of a unit, dt [s] after its last.

    room, ratio: air of the room [degC] and its vapour [kg/kg]; measured: what its sensor shows [degC]
    entering, flow: its water [degC, kg/s]
    inside, ice: water of the household's passage [degC], and the share of it that is ice
    """
    u.entering_temp, u.water_flow = entering, flow
    short = _call(u, measured)
    _reset(u)
    _sequence(u, dt)
    if u.status_code == RUNNING:
        u.run_hours += dt / 3600.0
        _modulate(u, short, dt)
        condensing, evaporating = perform(u, room, ratio, entering, flow, inside)
        _unload(u, dt)
        _protect(u, condensing, evaporating, ice, dt)
    if u.status_code == RUNNING:
        u.running = 1.0 if u.compressor_failed < 0.5 else 0.0
    else:
        rest(u, inside)
    if u.valve_stuck < 0.5:
        u.valve = 1.0 if u.status_code in (OPENING, RUNNING) else 0.0
    u.valve_open = u.valve


@kernel
def cut(u: Rows, inside: float) -> None:
    """No supply: the compressor stands, the valve stays where it is, and the start delay begins with the supply."""
    _enter(u, OFF)
    rest(u, inside)
    u.calling = 0.0
    u.since_stop = u.min_off - u.start_delay
