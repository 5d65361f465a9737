"""Wells and cold source alone, on a link of two methods, clause by clause (docs/sequences/source.md)."""

from dataclasses import replace

import pytest

from hil.controllers.settings.settings import Settings
from hil.controllers.settings.wiring import WellWiring
from hil.controllers.source.low_source import LowSource
from hil.controllers.source.well_field import WellField
from hil.controllers.source.well_guard import WellGuard

STATIONS = ("w_1", "w_2", "w_3")
PUMPS = ("p_1", "p_2", "p_3")


@pytest.fixture
def field(link):
    """Three wells with sound water; no pump proven."""
    made = WellField(link, WellWiring(stations=STATIONS, pumps=PUMPS), Settings())
    for station in STATIONS:
        link.set(**{f"{station}__leaving_temp": 14.5, f"{station}__level": 10.0})
    return made


def on(link) -> list[int]:
    return [number for number, pump in enumerate(PUMPS, 1) if link[f"{pump}.enable_cmd"] == 1.0]


def deliver(link, *numbers: int) -> None:
    """These wells show their proofs and 16 m3/h, the others nothing."""
    for number in (1, 2, 3):
        link.set(**{f"p_{number}__running": float(number in numbers), f"w_{number}__flow": 16.0 * (number in numbers)})


@pytest.mark.parametrize(("load", "cold", "wells"), [(0.0, False, 2), (0.8, False, 2), (0.9, False, 3), (9.0, False, 3),
                                                      (0.0, True, 3)])  # fmt: skip
def test_wells_for_the_load(field, link, load, cold, wells):
    """Clause SO-1.1: 2.4 wells for a full load of one unit, rounded up."""
    field.check(0.0, load, cold)
    assert len(on(link)) == wells


def test_fewer_wells_after_a_quarter_of_an_hour(field, link):
    """Clause SO-1.2."""
    field.check(0.0, 1.0, False)
    deliver(link, 1, 2, 3)
    for time_s in (10.0, 909.0):
        field.check(time_s, 0.1, False)
    assert len(on(link)) == 3
    field.check(910.0, 0.1, False)
    assert len(on(link)) == 2
    field.check(920.0, 1.0, False)
    assert len(on(link)) == 3


def test_a_station_on_a_ring_has_two_pumps(link):
    """Clauses SO-1.3, SO-1.5."""
    wiring = WellWiring(stations="w_1", pumps="p_1", ring_pumps="r_1", isolations="v_1")
    field = WellField(link, wiring, replace(Settings(), least_wells=1))
    link.set(v_1__open_proof=1.0)
    field.check(0.0, 1.0, False)
    assert (link["p_1.speed_cmd"], link["r_1.speed_cmd"]) == (90.0, 95.0)
    link.set(p_1__running=1.0, w_1__flow=16.0, w_1__leaving_temp=14.5, w_1__level=10.0)
    field.check(10.0, 1.0, False)
    assert not field.flowing, "the ring's pump is not proven"
    link.set(r_1__running=1.0)
    field.check(20.0, 1.0, False)
    assert field.flowing
    link.set(v_1__open_proof=0.0)
    field.check(30.0, 1.0, False)
    assert (link["p_1.enable_cmd"], link["r_1.enable_cmd"], field.alarm) == (0.0, 0.0, False)


def test_a_well_that_does_not_deliver_is_replaced(field, link):
    """Clause SO-1.4: 50 s after its start, and 10 s after it was last proven."""
    field.check(0.0, 0.0, False)
    deliver(link, 1)
    field.check(49.0, 0.0, False)
    assert on(link) == [1, 2]
    field.check(50.0, 0.0, False)
    assert (on(link), field.alarm) == ([1, 3], True)
    deliver(link)
    field.check(59.0, 0.0, False)
    assert 1 in on(link)
    field.check(60.0, 0.0, False)
    assert 1 not in on(link)


@pytest.mark.parametrize("trouble", ["p_1.alarm_trip", "w_1.alarm_dry", "w_1.alarm_overflow"])
def test_trouble_of_a_well_is_not_waited_for(field, link, trouble):
    """Clause SO-1.4."""
    field.check(0.0, 0.0, False)
    link.set(**{trouble.replace(".", "__"): 1.0})
    field.check(1.0, 0.0, False)
    assert (on(link), field.alarm) == ([2, 3], True)


def test_a_well_that_is_backwashed_is_left_alone(field, link):
    """Clause SO-1.5."""
    field.check(0.0, 0.0, False)
    link.set(w_1__backwashing=1.0)
    field.check(10.0, 0.0, False)
    assert (on(link), field.alarm) == ([2, 3], False)


def test_the_field_flows_with_one_well(field, link):
    """Clause SO-1.6."""
    field.check(0.0, 0.0, False)
    deliver(link, 2)
    link.set(w_2__flow=7.9)
    field.check(10.0, 0.0, False)
    assert not field.flowing
    deliver(link, 2)
    field.check(20.0, 0.0, False)
    assert field.flowing


@pytest.mark.parametrize(("level", "dry", "tried"), [(2.0, 0.0, True), (1.9, 0.0, False), (10.0, 1.0, False)])
def test_a_failed_well_is_tried_again_with_water_only(link, level, dry, tried):
    """Clause SO-1.7."""
    field = WellField(link, WellWiring(stations="w_1", pumps="p_1"), Settings())
    link.set(w_1__level=10.0)
    field.check(0.0, 0.0, False)
    link.set(p_1__alarm_trip=1.0)
    field.check(1.0, 0.0, False)
    link.set(p_1__alarm_trip=0.0, w_1__level=level, w_1__alarm_dry=dry)
    field.check(301.0, 0.0, False)
    field.check(302.0, 0.0, False)
    assert (link["p_1.enable_cmd"] == 1.0) is tried


@pytest.fixture
def guard(link):
    made = WellGuard(link, "w", Settings())
    link.set(w__return_pressure=48.0, w__return_flow=16.0, w__level=10.0, w__leaving_temp=14.5)
    return made


def look(guard, times, others=14.5) -> list[bool]:
    alarms = []
    for time_s in times:
        guard.look(float(time_s), others)
        alarms.append(guard.alarm)
    return alarms


@pytest.mark.parametrize("worn", [{"w__return_pressure": 97.0}, {"w__leaving_temp": 13.2}])
def test_a_clogged_screen_or_a_leaking_seal(guard, link, worn):
    """Clauses SO-2.1, SO-2.2: twice 3 kPa/(m3/h) are 96 kPa at 16 m3/h."""
    assert look(guard, (0, 10)) == [False, False]
    link.set(**worn)
    assert look(guard, (20, 619, 620)) == [False, False, True]
    assert (guard.careful, guard.stop) == (False, False)


def test_a_well_unlike_the_others(link):
    """Clause SO-2.2."""
    guard = WellGuard(link, "w", replace(Settings(), well_spread=0.5))
    link.set(w__level=10.0, w__leaving_temp=14.0)
    assert look(guard, (0, 600), others=14.5) == [False, False]
    assert look(guard, (610, 1209, 1210), others=14.6) == [False, False, True]


@pytest.mark.parametrize("poor", [{"w__return_pressure": 201.0}, {"w__sand": 5.1}, {"w__level": 1.9}])
def test_a_poor_well_runs_with_care_and_stops_at_last(guard, link, poor):
    """Clauses SO-2.3, SO-2.4."""
    link.set(w__return_flow=40.0, **poor)
    assert look(guard, (0, 119, 120)) == [False, False, True]
    assert (guard.careful, guard.stop) == (True, False)
    look(guard, (899,))
    assert not guard.stop
    look(guard, (900,))
    assert guard.stop


def test_a_well_that_recovers_runs_as_usual(guard, link):
    """Clauses SO-2.3, SO-2.5."""
    link.set(w__sand=6.0)
    look(guard, (0, 120))
    link.set(w__sand=0.0)
    look(guard, (130, 1029))
    assert guard.careful
    look(guard, (1030,))
    assert not guard.careful
    assert guard.alarm, "it stays until acknowledged"
    guard.reset()
    assert not guard.alarm


def test_a_well_is_watched_afresh_after_a_start(guard, link):
    """Clause SO-2.5."""
    link.set(w__sand=6.0)
    look(guard, (0, 110))
    guard.rest()
    assert look(guard, (200, 319, 320)) == [False, False, True]


def test_a_careful_well_turns_slower(field, link):
    """Clause SO-2.3."""
    field.check(0.0, 0.0, False)
    deliver(link, 1, 2)
    link.set(w_1__sand=6.0)
    for time_s in (10.0, 130.0):
        field.check(time_s, 0.0, False)
    assert (link["p_1.speed_cmd"], link["p_2.speed_cmd"]) == (75.0, 90.0)
    assert field.care


def hold(source: LowSource, begin: float, seconds: float, leaving: float | None, water: float = 14.0) -> float:
    for step in range(round(seconds / 10.0) + 1):
        source.update(begin + 10.0 * step, leaving, water)
    return source.limit


def test_units_are_held_back_at_once_and_let_up_by_steps():
    """Clauses SO-3.1, SO-3.2, SO-3.3."""
    source = LowSource(Settings())
    assert hold(source, 0.0, 1000.0, 6.1) == 100.0
    assert hold(source, 2000.0, 20.0, 6.0) == 100.0
    assert hold(source, 2100.0, 30.0, 6.0) == 50.0
    assert source.alarm
    assert hold(source, 2200.0, 30.0, 4.0) == 0.0, "straight down"
    assert source.stopped
    assert hold(source, 3000.0, 900.0, None, 6.9) == 0.0
    assert hold(source, 4000.0, 290.0, None, 7.0) == 0.0
    assert hold(source, 4300.0, 0.0, None, 7.0) == 25.0
    assert hold(source, 5000.0, 300.0, 6.1) == 50.0, "from 25 % already at 6 degC"
    assert hold(source, 6000.0, 900.0, 6.9) == 50.0
    assert hold(source, 7000.0, 300.0, 7.0) == 100.0
    assert not source.alarm
