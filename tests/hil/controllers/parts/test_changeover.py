"""The seasonal changeover alone, on a link of two methods, clause by clause (docs/sequences/source.md, SO-4)."""

import pytest

from hil.controllers.settings.settings import CHANGING, OFF, SUMMER, WINTER, Settings
from hil.controllers.settings.wiring import Groups, LoopWiring, Wiring
from hil.controllers.source.changeover import (
    CLOSING,
    FAILED,
    OPENING,
    PROVING,
    REST,
    RUN_ON,
    SETTLED,
    UNKNOWN,
    Changeover,
)

VALVES = {WINTER: ("v1", "v3"), SUMMER: ("v2", "v4")}
LOOPS = {"load": LoopWiring(meter="load_meter"), "source": LoopWiring(meter="source_meter")}


class Room:
    """The valves and loops of a plant room, and the changeover that looks at them."""

    def __init__(self, link) -> None:
        groups = Groups(winter=VALVES[WINTER], summer=VALVES[SUMMER])
        self.link = link
        self.changeover = Changeover(link, Wiring(**LOOPS, units="hp", rooms="room", changeover=groups), Settings())
        self.water(45.0)

    def water(self, temp: float) -> None:
        for loop in ("load", "source"):
            self.link.set(**{f"{loop}_meter__supply_temp": temp, f"{loop}_meter__return_temp": temp})

    def place(self, season: int, share: float) -> None:
        """Bring a group of valves to a position, its end switches with it."""
        for valve in VALVES[season]:
            self.link.set(**{f"{valve}__position": share, f"{valve}__open_proof": float(share > 98.0),
                             f"{valve}__closed_proof": float(share < 2.0)})  # fmt: skip

    def look(self, *times: float, selected=SUMMER, resting=False, still=False, flowing=False) -> int:
        for time_s in times:
            self.changeover.update(time_s, selected, resting, still, flowing)
        return self.changeover.step

    def ordered(self, season: int) -> list[float]:
        return [self.link[f"{valve}.open_cmd"] for valve in VALVES[season]]


@pytest.fixture
def room(link):
    """In winter, and settled there."""
    made = Room(link)
    made.place(WINTER, 100.0)
    made.place(SUMMER, 0.0)
    assert made.look(0.0, 10.0, selected=WINTER) == SETTLED
    return made


@pytest.fixture
def closing(room):
    """Summer was selected at 100 s, and the valves of winter are ordered shut since 2000 s."""
    room.look(100.0, 340.0)
    assert room.look(2000.0, resting=True) == CLOSING
    return room


def test_the_first_look_finds_nothing_out(link):
    """Clause SO-4.1."""
    room = Room(link)
    room.place(WINTER, 100.0)
    room.place(SUMMER, 0.0)
    assert room.look(0.0, selected=WINTER) == UNKNOWN
    assert room.look(10.0, selected=WINTER) == SETTLED
    assert room.changeover.ready(WINTER)
    assert not room.changeover.ready(SUMMER)


@pytest.mark.parametrize(("winter", "summer", "step"), [
    (100.0, 100.0, RUN_ON), (0.0, 50.0, RUN_ON), (50.0, 0.0, CLOSING), (100.0, 0.0, SETTLED),
])  # fmt: skip
def test_where_the_sequence_begins_after_a_start(link, winter, summer, step):
    """Clause SO-4.1."""
    room = Room(link)
    room.place(WINTER, winter)
    room.place(SUMMER, summer)
    assert room.look(0.0, 10.0, selected=WINTER) == step


def test_pumps_run_on_and_then_the_water_rests(room):
    """Clauses SO-4.2, SO-4.3."""
    assert room.look(100.0, 339.0) == RUN_ON
    assert room.changeover.shown(SUMMER) == CHANGING
    assert room.look(340.0) == REST
    room.water(20.0)
    assert room.look(350.0) == REST, "units have not rested"
    assert room.look(360.0, resting=True) == CLOSING


def test_half_an_hour_is_long_enough_for_warm_water(room):
    """Clause SO-4.3."""
    room.look(100.0, 340.0)
    room.water(25.1)
    assert room.look(1899.0, resting=True) == REST
    assert room.look(1900.0, resting=True) == CLOSING


@pytest.mark.parametrize("step", [RUN_ON, REST])
def test_the_operator_may_think_better_of_it(room, step):
    """Clause SO-4.4."""
    room.look(100.0)
    if step == REST:
        room.look(340.0)
    assert room.changeover.step == step
    assert room.look(350.0, selected=WINTER) == SETTLED
    assert room.changeover.ready(WINTER)


def test_nothing_opens_before_the_other_group_is_proven_closed(closing):
    """Clauses SO-4.5, SO-4.6."""
    closing.look(2010.0, still=True)
    assert (closing.ordered(WINTER), closing.ordered(SUMMER)) == ([0.0, 0.0], [0.0, 0.0])
    closing.place(WINTER, 5.0)
    assert closing.look(2050.0, still=True) == CLOSING
    assert closing.ordered(SUMMER) == [0.0, 0.0]
    closing.place(WINTER, 0.0)
    assert closing.look(2060.0, still=True) == OPENING
    assert closing.ordered(SUMMER) == [1.0, 1.0]
    assert closing.look(2070.0, still=True) == OPENING
    closing.place(SUMMER, 100.0)
    assert closing.look(2120.0, still=True) == PROVING


def test_a_pump_that_does_not_stop_breaks_it_off(closing):
    """Clause SO-4.5."""
    assert closing.look(2059.0) == CLOSING
    assert closing.look(2060.0) == FAILED


def test_valves_have_one_and_a_half_strokes_either_way(closing):
    """Clauses SO-4.5, SO-4.6, SO-4.8."""
    assert closing.look(2089.0, still=True) == CLOSING
    closing.place(WINTER, 0.0)
    assert closing.look(2089.5, still=True) == OPENING
    assert closing.look(2179.0, still=True) == OPENING
    assert closing.look(2179.5, still=True) == FAILED
    assert closing.changeover.alarm
    assert closing.changeover.season == OFF


def test_both_loops_flow_before_units_are_released(closing):
    """Clause SO-4.7."""
    closing.place(WINTER, 0.0)
    closing.look(2010.0, still=True)
    closing.place(SUMMER, 100.0)
    closing.look(2100.0, still=True)
    assert closing.look(2110.0, 2160.0, flowing=True) == PROVING
    assert closing.look(2165.0) == PROVING, "an interruption begins it anew"
    assert closing.look(2170.0, 2229.0, flowing=True) == PROVING
    assert closing.look(2230.0, flowing=True) == SETTLED
    assert closing.changeover.ready(SUMMER)


def test_loops_that_do_not_flow_break_it_off(closing):
    """Clauses SO-4.7, SO-4.8."""
    closing.place(WINTER, 0.0)
    closing.look(2010.0, still=True)
    closing.place(SUMMER, 100.0)
    closing.look(2100.0, still=True)
    assert closing.look(2339.0) == PROVING
    assert closing.look(2340.0) == FAILED


def test_a_broken_off_sequence_waits_for_the_operator(closing):
    """Clause SO-4.8."""
    closing.look(2060.0)
    closing.place(WINTER, 0.0)
    closing.place(SUMMER, 100.0)
    assert closing.look(3000.0, 90000.0, resting=True, still=True) == FAILED
    closing.changeover.reset()
    assert not closing.changeover.alarm
    assert closing.look(90010.0) == SETTLED


def test_a_lost_proof_is_an_alarm_and_a_lost_place_a_stop(room, link):
    """Clause SO-4.9."""
    link.set(v1__open_proof=0.0)
    assert room.look(100.0, 129.0, selected=WINTER) == SETTLED
    assert not room.changeover.alarm
    assert room.look(130.0, selected=WINTER) == SETTLED
    assert room.changeover.alarm
    link.set(v1__position=49.0)
    assert room.look(140.0, selected=WINTER) == FAILED


def test_a_valve_of_the_other_season_that_opens_is_a_stop(room):
    """Clause SO-4.9."""
    room.place(SUMMER, 6.0)
    assert room.look(100.0, 129.0, selected=WINTER) == SETTLED
    assert room.look(130.0, selected=WINTER) == FAILED


def test_units_that_change_over_in_themselves_have_no_valves(link):
    """Section SO-4: all groups count as proven."""
    changeover = Changeover(link, Wiring(load=LOOPS["load"], units="hp", rooms="room"), Settings())
    for time_s in (0.0, 10.0):
        changeover.update(time_s, SUMMER, False, True, False)
    assert changeover.ready(SUMMER)
