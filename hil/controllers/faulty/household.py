"""Mistakes of the household program: seasons, calls, the ring and its wells, cold water, the emergency stop."""

from typing import Any

from hil.controllers.faulty.mistake import Mistakes, never
from hil.controllers.faulty.panel import go_on_at_off
from hil.controllers.settings.settings import OFF

HOUSEHOLD = Mistakes()
HOUSEHOLD.numbers(
    "summer_set_point_missed", "In summer rooms are given the 20 degC of winter.", "HH-1.1", "REQ-ROM-003",
    room_sp=(20.0, 20.0),
)  # fmt: skip
HOUSEHOLD.numbers("no_run_on", "Pumps stop with the last call.", "HH-1.2", "REQ-HOU-020", call_grace_s=15.0)
HOUSEHOLD.numbers("long_run_on", "Pumps run on for an hour.", "HH-1.2", "REQ-HOU-021", call_grace_s=3600.0)
HOUSEHOLD.numbers(
    "pressure_ignored", "Pumps run at any pressure.", "PU-5.1", "REQ-LEK-002", "REQ-LMP-009", pressure_low=-1e3
)
HOUSEHOLD.numbers("no_retry", "A pump that has failed is not tried again.", "PU-2.3", "REQ-FLW-003", most_retries=0)
HOUSEHOLD.numbers(
    "endless_retry", "A pump that moves no water is tried again for ever.", "PU-2.3", "REQ-FLW-004", most_retries=1000
)
HOUSEHOLD.numbers(
    "slow_proof", "A missing run proof is waited for five minutes.", "PU-3.3", "REQ-ALM-001",
    proof_delay_s=300.0, proof_grace_s=300.0,
)  # fmt: skip
HOUSEHOLD.numbers(
    "blind_to_flow", "A pump with a run proof is believed to deliver.", "HH-2.3", "REQ-FLW-002", least_flow=-1.0
)
HOUSEHOLD.numbers("one_well", "A second well is never started.", "HH-3.1", "REQ-VIL-005", ring_heating=(-50.0, -49.0))
HOUSEHOLD.numbers("all_wells", "All wells run whenever the ring does.", "HH-3.1", "REQ-VIL-006", least_wells=5)
HOUSEHOLD.numbers(
    "hasty_wells", "Wells come and go with every look.", "HH-3.2", "REQ-VIL-007", well_up_s=0.0, well_step_s=0.0,
    well_down_s=0.0,
)  # fmt: skip
HOUSEHOLD.numbers("fixed_head", "Ring pumps run at one speed.", "HH-2.4", "REQ-VIL-008", head_sp=0.0)
HOUSEHOLD.numbers(
    "cold_water_ignored", "Room units are not held back by cold water.", "HH-4.1", "REQ-SRC-012",
    source_levels=(-99.0, -98.0, -97.0),
)  # fmt: skip
HOUSEHOLD.numbers(
    "stopped_for_good", "Units stopped by cold water are not tried again.", "HH-4.2", "REQ-SRC-013", "REQ-SRC-016",
    cold_pause_s=1e9,
)  # fmt: skip


@HOUSEHOLD.mistake("HH-1.1", "REQ-ROM-001")
def season_not_given(program: Any) -> None:
    """Room units are told nothing of the season."""
    give = program._give
    program._give = lambda register, value: None if register == "mode_cmd" else give(register, value)


@HOUSEHOLD.mistake("HH-1.1", "REQ-ROM-002")
def users_overruled(program: Any) -> None:
    """The set points of rooms are written again with every look, whatever users chose."""
    look = program.look

    def again(time_s: float) -> None:
        look(time_s)
        if program.panel.selected != OFF:
            for place in program._rooms["temp_sp"]:
                program._write(
                    place, program.settings.room_sp[program.panel.selected - 1] + 0.1 * (int(time_s / 60) % 2)
                )

    program.look = again


@HOUSEHOLD.mistake("HH-1.1", "REQ-OFF-001")
def off_ignored(program: Any) -> None:
    """With the selector at off the house goes on in its last season."""
    go_on_at_off(program)


@HOUSEHOLD.mistake("HH-1.2", "REQ-HOU-021")
def pump_never_rests(program: Any) -> None:
    """The pump of the ring runs whether a room calls or not."""
    move = program._move_water
    program._move_water = lambda time_s, _wanted, asked: move(time_s, program.panel.selected != OFF, asked)


@HOUSEHOLD.mistake("HH-2.3", "REQ-ALM-003")
def closed_valves_forgotten(program: Any) -> None:
    """Flow is asked for though all valves are closed, and its want is told as a failure."""
    run = program.ring.run
    program.ring.run = lambda time_s, _asked: run(time_s, True)


@HOUSEHOLD.mistake("HH-2.2", "REQ-PMP-001")
def no_standby(program: Any) -> None:
    """Only the first pump of the ring is ever started."""
    first = program.ring.pumps[0]
    for pump in program.ring.pumps:
        if pump is not first:
            pump.ready = lambda: False


@HOUSEHOLD.mistake("HH-5.1", "REQ-STP-004")
def rooms_not_held(program: Any) -> None:
    """An emergency stop stops the pumps, and leaves the room units free."""
    hold_back, panel = program._hold_back, program.panel

    def held(time_s: float, selected: int) -> None:
        stopped, panel.stopped = panel.stopped, False
        hold_back(time_s, selected)
        panel.stopped = stopped

    program._hold_back = held


@HOUSEHOLD.mistake("HH-5.2", "REQ-ACK-003")
def rooms_not_reset(program: Any) -> None:
    """An acknowledgement does not reset the room units."""
    give = program._give
    program._give = lambda register, value: None if register == "reset_cmd" else give(register, value)


@HOUSEHOLD.mistake("HH-1.2", "REQ-VIL-009")
def wells_never_rest(program: Any) -> None:
    """Wells go on when the ring rests."""
    if program.wells is not None:
        program.wells.rest = never
