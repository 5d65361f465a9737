"""Mistakes of the hall program: the radiant floor with its water, and the air for the people."""

from typing import Any

from hil.controllers.faulty.mistake import Believed, Mistakes, believe
from hil.controllers.settings.settings import SUMMER, WINTER

HALL = Mistakes()
HALL.numbers(
    "floor_goes_last", "The floor's thermostat is set short of the air's.", "HA-2.1", "REQ-HAL-011", floor_beside=-0.3
)
HALL.numbers(
    "hot_floor", "Water to the floor is 6 K too warm.", "HA-2.2", "REQ-HAL-010", "REQ-HAL-002",
    floor_cold=(-7.6, 37.0), floor_mild=(12.0, 30.0),
)  # fmt: skip
HALL.numbers(
    "floor_without_weather", "Water to the floor is 31 degC in any weather.", "HA-2.2", "REQ-HAL-010",
    floor_mild=(12.0, 31.0),
)  # fmt: skip
HALL.numbers(
    "dew_point_ignored", "The floor is cooled with 17 degC, whatever the dew point.", "HA-2.3", "REQ-HAL-017",
    "REQ-HAL-005", "REQ-HAL-004", dew_margin=-50.0,
)  # fmt: skip
HALL.numbers(
    "useless_cooling", "The floor's pump runs though its water may be no colder than the room.", "HA-2.3",
    "REQ-HAL-018", useful_cold=-50.0,
)  # fmt: skip
HALL.numbers("fast_floor_pump", "The floor's pump runs at full speed.", "HA-2.4", "REQ-HAL-016", floor_speed=100.0)
HALL.numbers(
    "hunting_floor_valve", "The floor's valve is moved thirty times too fast.", "HA-2.5", "REQ-HAL-010",
    floor_valve_s=20.0,
)  # fmt: skip
HALL.numbers("slow_fans", "Fans never turn faster.", "HA-3.1", "REQ-HAL-008", air_speed=(60.0, 60.0))
HALL.numbers("fast_fans", "Fans always turn at full speed.", "HA-3.1", "REQ-HAL-007", air_speed=(100.0, 100.0))
HALL.numbers(
    "people_forgotten", "Fresh air is blown for no people, however many come.", "HA-3.2", "REQ-HAL-006",
    people_fresh=0.0,
)  # fmt: skip
HALL.numbers("much_fresh_air", "Four times as much fresh air as needed.", "HA-3.2", "REQ-HAL-009", people_fresh=32.0)


@HALL.mistake("HA-2.1", "REQ-HAL-011", "REQ-ROM-001")
def floor_always_heats(program: Any) -> None:
    """The floor is told to heat in both seasons."""
    floor, update = program.floor, program.floor.update
    floor.update = lambda time_s, season, wanted, room_sp: update(
        time_s, WINTER if season == SUMMER else season, wanted, room_sp
    )


@HALL.mistake("HA-2.4", "REQ-HAL-012")
def thermostat_ignored(program: Any) -> None:
    """The floor's pump runs whether its thermostat calls or not."""
    believe(program.floor, program.floor._calling, 1.0)


@HALL.mistake("HA-2.4", "REQ-HAL-019")
def risk_ignored(program: Any) -> None:
    """The floor's pump runs on though the floor reports a risk of condensation."""
    believe(program.floor, program.floor._risk, 0.0)


@HALL.mistake("HA-2.5", "REQ-HAL-013")
def valve_left_open(program: Any) -> None:
    """The injection valve stays where it is when the pump is stopped."""
    floor, write = program.floor, program.floor._write
    floor._write = lambda place, value: (
        None if place == floor._valve and not floor.pump.on and value == 0.0 else write(place, value)
    )


@HALL.mistake("HA-2.6", "REQ-HAL-014")
def floor_pump_believed(program: Any) -> None:
    """A missing run proof of the floor's pump is not seen."""
    program.floor._proof_s = 1e9


@HALL.mistake("HA-2.6", "REQ-ACK-003")
def floor_not_acknowledged(program: Any) -> None:
    """An acknowledgement leaves the floor's pump given up."""
    program.resettable = tuple(part for part in program.resettable if part is not program.floor)


@HALL.mistake("HA-1.1", "REQ-HAL-021")
def floor_without_water(program: Any) -> None:
    """The floor's pump runs though the plant gives no water."""
    update = program.floor.update
    program.floor.update = lambda time_s, season, _wanted, room_sp: update(
        time_s, season or program.panel.selected, True, room_sp
    )


@HALL.mistake("HA-3.2", "REQ-HAL-006")
def crowd_not_counted(program: Any) -> None:
    """Air is blown for as many people as there usually are, and no more."""
    move, view, people = program._move_air, program._view, program._people

    def moved() -> None:
        program._view = Believed(view, people, min(float(view[people]), 100.0))
        move()
        program._view = view

    program._move_air = moved


@HALL.mistake("HA-2.5", "REQ-HAL-002", "REQ-HAL-010")
def floor_unmixed(program: Any) -> None:
    """The injection valve is opened fully with the pump: the floor gets the water of the plant."""
    floor, write = program.floor, program.floor._write
    floor._write = lambda place, value: write(place, 100.0 if place == floor._valve and floor.pump.on else value)


@HALL.mistake("HA-3.2", "REQ-HAL-003", "REQ-HAL-009")
def damper_inverted(program: Any) -> None:
    """The damper is driven the wrong way: fresh air alone where little is wanted."""
    write, dampers = program._write, {fresh for *_, fresh in program._air}
    program._write = lambda place, value: write(place, 100.0 - value if place in dampers else value)
