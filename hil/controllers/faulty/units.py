"""Mistakes about units, their staging, rooms and curves."""

from typing import Any

from hil.controllers.faulty.mistake import Mistakes, count_as, never
from hil.controllers.settings.settings import SUMMER, WINTER

UNITS = Mistakes()
UNITS.numbers(
    "no_stage_up",
    "The second unit is never started.",
    "UN-2.2",
    "REQ-CAP-001",
    stage_up_load=1e9,
    short_heating=1e9,
    short_cooling=1e9,
)
UNITS.numbers("no_stage_down", "Once both units run, both go on.", "UN-2.3", "REQ-STG-001", stage_down_load=-1.0)
UNITS.numbers(
    "hasty_staging",
    "The second unit is started at once.",
    "UN-2.2",
    "REQ-STG-002",
    "REQ-CYC-001",
    stage_s=0.0,
    stage_up_load=0.3,
    load_filter_s=1.0,
)
UNITS.numbers(
    "flat_curve",
    "The supply is 50 degC in any weather.",
    "RM-1.4",
    "REQ-SUP-001",
    "REQ-SUP-004",
    curve_mild=(10.0, 50.0),
)
UNITS.numbers(
    "low_curve",
    "The heating curve is 8 K too low.",
    "RM-1.4",
    "REQ-SUP-001",
    "REQ-SUP-004",
    curve_cold=(-7.6, 42.0),
    curve_mild=(10.0, 27.0),
)
UNITS.numbers(
    "hot_curve",
    "The heating curve is 6 K too high.",
    "RM-1.4",
    "REQ-SUP-001",
    "REQ-SUP-004",
    "REQ-ENE-005",
    curve_cold=(-7.6, 56.0),
    curve_mild=(10.0, 41.0),
    unit_sp_range=(6.0, 60.0),
)
UNITS.numbers(
    "warm_cooling",
    "Chilled water is 4 K too warm.",
    "RM-1.4",
    "REQ-SUP-003",
    "REQ-SUP-005",
    cooling_warm=(33.0, 11.0),
    cooling_mild=(24.0, 14.0),
)
UNITS.numbers(
    "cold_cooling",
    "Chilled water is 7 degC in any weather.",
    "RM-1.4",
    "REQ-SUP-003",
    "REQ-SUP-005",
    cooling_mild=(24.0, 7.0),
)
UNITS.numbers("no_heating_lockout", "It heats on warm days.", "RM-1.3", "REQ-LCK-001", heating_lockout=99.0)
UNITS.numbers("no_cooling_lockout", "It cools on cold days.", "RM-1.3", "REQ-LCK-002", cooling_lockout=-99.0)
UNITS.numbers(
    "cold_rooms",
    "Rooms are given 17 degC.",
    "RM-1.1",
    "REQ-ROOM-001",
    "REQ-ROOM-002",
    "REQ-HAL-001",
    room_sp=(17.0, 27.0),
)
UNITS.numbers(
    "broken_wire_believed",
    "An outdoor reading of -60 degC is believed.",
    "RM-1.5",
    "REQ-SNS-004",
    "REQ-SNS-005",
    outdoor_range=(-1e9, 1e9),
)
UNITS.numbers(
    "no_stand_in", "A broken outdoor sensor means the design day at once.", "RM-1.6", "REQ-SNS-006", outdoor_hold_s=0.0
)


UNITS.numbers(
    "supply_chased", "Set points of units follow a supply that stays short without any limit.", "UN-2.6", "REQ-STL-004",
    most_trim=30.0, unit_sp_range=(6.0, 60.0), short_heating=1e9,
)  # fmt: skip


@UNITS.mistake("UN-1.1", "REQ-CYC-002")
def no_min_off(program: Any) -> None:
    """Units cycle by the supply temperature, with no minimum off time."""
    units, update = program.units, program.units.update
    for unit in units._all:
        unit.may_start, unit.may_stop = lambda _: True, lambda _: True

    def thermostat(time_s: float, released: bool, supply: float, supply_sp: float) -> None:
        update(time_s, released, supply, supply_sp)
        short = supply - supply_sp if units.cooling else supply_sp - supply
        for unit in units.units:
            if released and short > 0.5 and not unit.on:
                unit.enable()
            elif short < -0.5:
                unit.disable(time_s)

    units.update = thermostat


@UNITS.mistake("UN-1.2", "REQ-CYC-003", state_s=0.0, request_s=0.0)
def no_min_on(program: Any) -> None:
    """Units are stopped whenever no room calls, however short they have run."""
    for unit in program.units._all:
        unit.may_stop = lambda _: True


@UNITS.mistake("UN-1.3", "REQ-CYC-002", "REQ-PWR-002")
def minimum_off_forgotten(program: Any) -> None:
    """A start is asked for although the unit has just stopped."""
    for unit in program.units._all:
        unit.may_start = lambda _, unit=unit: not unit.alarm


@UNITS.mistake("UN-1.4", "REQ-STL-001", "REQ-HND-005")
def orders_once(program: Any) -> None:
    """Every order is given once, whether the unit has heard it and keeps to it or not."""
    for unit in program.units._all:
        unit._read_back = never


@UNITS.mistake("UN-2.5", "REQ-UNT-001")
def unit_alarm_ignored(program: Any) -> None:
    """A unit that reports an alarm stays commanded, and no other takes over."""
    for unit in program.units._all:
        look = unit.look

        def blind(time_s: float, unit: Any = unit, look: Any = look) -> None:
            look(time_s)
            unit.alarm = False

        unit.look = blind


@UNITS.mistake("UN-2.4", "REQ-ROT-005")
def first_unit_first(program: Any) -> None:
    """The first unit leads, however long it has run."""
    for number, unit in enumerate(program.units._all):
        count_as(unit, float(number))


@UNITS.mistake("UN-2.9", "REQ-UNIT-002")
def mode_not_given(program: Any) -> None:
    """Units are never told to cool."""
    for unit in program.units._all:
        unit.set_mode = never


@UNITS.mistake("RM-1.1", "REQ-ROM-001")
def rooms_left_on(program: Any) -> None:
    """Rooms are not switched with the season."""
    demand, given = program.demand, program.demand.set_season
    once = [False]

    def first(season: int) -> None:
        if season and not once[0]:
            once[0] = True
            given(season)

    demand.set_season = first


@UNITS.mistake("RM-1.1", "REQ-ROM-002")
def users_overruled(program: Any) -> None:
    """The set points of rooms are written again and again, whatever users chose."""
    demand, update = program.demand, program.demand.update

    def again(time_s: float, season: int) -> None:
        update(time_s, season)
        if season in (WINTER, SUMMER):
            for place in demand._set_points:
                demand._write(place, demand.settings.room_sp[season == SUMMER] + (0.1 if int(time_s / 60) % 2 else 0.0))

    demand.update = again


@UNITS.mistake("RM-1.5", "REQ-SNS-004")
def sensor_fault_silent(program: Any) -> None:
    """A broken outdoor sensor raises no alarm."""
    show = program.lamps.show
    program.lamps.show = lambda lit, _nameless=False: show(lit)


@UNITS.mistake("PR-5.3", "REQ-ACK-002")
def units_not_reset(program: Any) -> None:
    """An acknowledgement does not reset the units."""
    program.units.push_reset = never


@UNITS.mistake("UN-5.1", "REQ-REC-011", "REQ-REC-013")
def no_recovery(program: Any) -> None:
    """The heat of cooling is never given to the hot water; the electric heater does it all."""
    if program.hot_water is not None:
        program.hot_water.look = never
