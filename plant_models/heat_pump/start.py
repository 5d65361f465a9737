"""Units that begin running, locked out or in a mode, and refrigerant that begins in step with the water
(docs/scenario-language.md#start)."""

from typing import Any

from plant_models.heat_pump.changeover import turn_valve, wanted_mode
from plant_models.heat_pump.head_pressure import regulate
from plant_models.heat_pump.refrigerant import convey, part_load_power
from plant_models.heat_pump.sequence import HOUR, RING
from plant_models.heat_pump.states import LOCKOUT, MODES, OFF, ROUNDING, RUN, STATES, STEPS, VARIABLE_SPEED, enter
from plant_models.water.network import M3H
from twin.errors import InputError

SETTLING = 3600.0
"""Time [s] that the refrigerant is given to come into step with waters at nominal flow."""
ROUNDS = 40
"""Rounds in which the regulating valve finds its place meanwhile."""
BOOKED = ("heating_energy", "cooling_energy", "recovery_energy", "energy", "frozen")
INITIAL = ("running", "state", "mode", "capacity")


def begin_unit(row: Any, given: dict[str, float]) -> None:
    """Take the mode, then the state; InputError where they contradict each other."""
    if "mode" in given or "mode_cmd" in given:
        _take_mode(row, given)
    state = given.get("state", float(RUN if given.get("running", 0.0) > 0.5 else OFF))
    if given.get("running", float(state == RUN)) != float(state == RUN):
        raise InputError(f"running {given['running']:g} and state {STATES.names[int(state)]} contradict each other")
    if state not in (OFF, RUN, LOCKOUT):
        raise InputError(f"a unit begins at off, run or lockout, not at {STATES.names[int(state)]}")
    if given.get("capacity", 0.0) > 0.0 and state != RUN:
        raise InputError("capacity is that of a running unit; give running: 1 too")
    enter(row, float(state))
    if state == RUN:
        _run(row, given)
    elif state == LOCKOUT:
        row.alarm = row.alarm_lockout = row.tripped = 1.0
        row.retries = row.max_retries


def _take_mode(row: Any, given: dict[str, float]) -> None:
    """Begin in a mode, the four-way valve and its passages with it."""
    mode = given.get("mode", given.get("mode_cmd", 0.0))
    if "mode_cmd" not in given:
        row.mode_cmd = mode
    row.ordered_mode = row.mode_cmd
    row.mode = wanted_mode(row)
    if row.mode != mode:
        raise InputError(
            f"the unit cannot be in mode {MODES.names[int(mode)]} with mode_cmd {MODES.names[int(row.mode_cmd)]}"
        )
    turn_valve(row, float(row.four_way_time))


def _run(row: Any, given: dict[str, float]) -> None:
    """Begin as a unit that has run for its minimum on time, or for `on_time`, at its capacity; nothing is booked."""
    low = row.min_speed if row.part_load == VARIABLE_SPEED else 1.0 / row.steps
    capacity = given.get("capacity", 1.0)
    if not low - ROUNDING <= capacity <= 1.0:
        raise InputError(f"a running unit begins at a capacity of {low:g} .. 1, not at {capacity:g}")
    if row.part_load == STEPS:
        capacity = round(capacity * row.steps) / row.steps
    row.on_time = given.get("on_time", row.min_on)
    row.contactor = row.compressing = row.running = row.enabled = row.seen_enable = 1.0
    if "enable_cmd" not in given:
        row.enable_cmd = 1.0
    row.ordered_temp, row.ordered_limit = row.leaving_temp_sp, row.capacity_limit_cmd
    row.pump_request = row.condenser_pump_request = 1.0
    row.since_stop = 0.0
    row.state_time = row.request_time = row.proof_time = row.on_time
    row.start_times[RING - 1] = row.clock - row.on_time
    row.starts_last_hour = float(row.on_time < HOUR)
    row.capacity = row.capacity_target = row.seen_target = capacity
    row.input_fraction = row.input_target = part_load_power(float(row.part_load), capacity)


def settle_refrigerant(row: Any, tables: dict[str, Any]) -> None:
    """Temperatures of the refrigerant in step with the waters: equal at rest, those of nominal flows where it runs."""
    passages = tables["passage"]
    evaporator, condenser = passages[int(row.evaporator)], passages[int(row.condenser)]
    recovery = passages[int(row.recovery)] if row.recovery >= 0 else condenser
    row.freeze_sensor_temp, row.branch_temp = evaporator.temp, condenser.temp
    row.evaporating_temp = row.condensing_temp = 0.5 * (evaporator.temp + condenser.temp)
    row.discharge_temp = condenser.temp
    if row.contactor < 0.5:
        return
    kept = {name: float(row[name]) for name in BOOKED}
    waters = (evaporator, condenser, recovery)
    before = [(float(way.flow), float(way.heat)) for way in waters]
    nominal = (row.nominal_evaporator_flow, row.nominal_condenser_flow, row.nominal_recovery_flow)
    for way, flow in list(zip(waters, nominal, strict=True))[: 3 if row.recovery >= 0 else 2]:
        way.flow = flow / M3H
    for _ in range(ROUNDS):
        regulate(row, float(row.head_pressure_time))
        convey(row, evaporator, condenser, recovery, tables["performancemap"][int(row.map)], SETTLING)
        row.branch_temp = condenser.temp
    for way, (flow, heat) in zip(waters, before, strict=True):
        way.flow, way.heat = flow, heat
    for name, value in kept.items():
        row[name] = value
    row.freezing_timer = row.lag_dt = 0.0
    row.seen_evaporator_flow = row.seen_condenser_flow = -1.0
