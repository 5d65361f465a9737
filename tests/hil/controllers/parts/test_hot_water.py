"""The recovery unit of a sports centre on a link of two methods, clause by clause (docs/sequences/sports_centre.md)."""

import pytest

from hil.controllers.programs.hot_water import HotWater, HotWaterWiring
from hil.controllers.settings.sports_settings import SportsSettings

VALVES = ("v9", "store_valve", "pool_valve", "ev")


@pytest.fixture
def hot_water(link):
    """Store and pool are warm; filter and circulation turn; nothing else runs."""
    wiring = HotWaterWiring(
        unit="hp",
        evaporator_valve="ev",
        joining="v9",
        parting="v11",
        pumps="p_1, p_2",
        meter="meter",
        holding="holding",
        store="store",
        store_valve="store_valve",
        pool="pool",
        pool_valve="pool_valve",
        pool_pump="pool_pump",
        circulation_pump="circulation",
        heater="heater",
    )
    made = HotWater(link, wiring, SportsSettings())
    link.set(store__middle_temp=50.0, store__bottom_temp=50.0, pool__temp=27.0, pool__flow_ok=1.0,
             circulation__running=1.0, hp__evaporator_leaving_temp=10.0)  # fmt: skip
    return made


def follow(link) -> None:
    """Valves and pumps have done what they were ordered, and water flows."""
    for valve in VALVES:
        is_open = link[f"{valve}.open_cmd"]
        link.set(**{f"{valve}__open_proof": is_open, f"{valve}__position": 100.0 * is_open})
    link.set(p_1__running=link["p_1.enable_cmd"], meter__flow=80.0 * link["p_1.enable_cmd"])


def go(hot_water, link, *times: float, released: bool = True, cold_water: bool = True) -> None:
    for time_s in times:
        hot_water.interlock(time_s)
        hot_water.look(time_s)
        hot_water.run(time_s, released, cold_water)
        follow(link)


@pytest.fixture
def running(hot_water, link):
    """The store is cold, and the unit runs since 100 s."""
    link.set(store__middle_temp=40.0)
    go(hot_water, link, 0.0, 10.0, 20.0, 60.0, 70.0, 80.0)
    assert link["hp.enable_cmd"] == 1.0
    link.set(hp__running=1.0)
    go(hot_water, link, 100.0)
    return hot_water


def test_the_store_wants_heat(hot_water, link):
    """Clause SC-4.1."""
    seen = []
    for middle, bottom in ((45.1, 40.0), (44.9, 40.0), (50.0, 45.9), (50.0, 46.1), (46.0, 40.0)):
        link.set(store__middle_temp=middle, store__bottom_temp=bottom)
        hot_water.look(0.0)
        seen.append(hot_water.store_wanted)
    assert seen == [False, True, True, False, False]


def test_the_pool_wants_heat_while_its_filter_flows(hot_water, link):
    """Clause SC-4.2."""
    seen = []
    for temp, filtered in ((26.9, 1.0), (26.7, 1.0), (27.1, 1.0), (27.3, 1.0), (26.7, 1.0), (26.7, 0.0)):
        link.set(pool__temp=temp, pool__flow_ok=filtered)
        hot_water.look(0.0)
        seen.append(hot_water.pool_wanted)
    assert seen == [False, True, True, False, True, False]


def test_the_unit_follows_the_want_of_heat(running, link):
    """Clause SC-4.3: at least 660 s of running."""
    link.set(store__middle_temp=50.0)
    go(running, link, 110.0, 759.0)
    assert link["hp.enable_cmd"] == 1.0
    go(running, link, 760.0)
    assert link["hp.enable_cmd"] == 0.0


@pytest.mark.parametrize("against", ["alarm", "not released"])
def test_the_unit_stops_at_once_for_a_reason(running, link, against):
    """Clause SC-4.3."""
    link.set(hp__alarm=float(against == "alarm"))
    go(running, link, 110.0, released=against == "alarm")
    assert link["hp.enable_cmd"] == 0.0


def test_the_unit_waits_for_its_cold_water(hot_water, link):
    """Clause SC-4.4."""
    link.set(store__middle_temp=40.0)
    go(hot_water, link, 0.0, 10.0, 60.0, 70.0, 80.0, cold_water=False)
    assert (link["ev.open_cmd"], link["hp.enable_cmd"]) == (0.0, 0.0)
    go(hot_water, link, 90.0, 100.0)
    assert (link["ev.open_cmd"], link["hp.enable_cmd"]) == (1.0, 1.0)


def test_cold_water_unloads_the_unit_in_summer(running, link):
    """Clause SC-4.5."""
    limits = []
    for leaving, summer in ((6.6, True), (6.4, True), (7.9, True), (8.1, True), (6.4, True), (6.4, False)):
        link.set(hp__evaporator_leaving_temp=leaving)
        running.judge_cold_side(100.0, summer, 12.0, moves=True)
        limits.append(link["hp.capacity_limit_cmd"])
    assert limits == [0.0, 50.0, 50.0, 100.0, 50.0, 100.0], "no limit was given at first"


def test_water_that_stays_cold_stops_the_unit_until_the_halls_send_warmer(running, link):
    """Clause SC-4.6."""
    link.set(hp__evaporator_leaving_temp=5.3)
    for time_s, back, on in ((800.0, 9.0, 1.0), (829.0, 9.0, 1.0), (830.0, 9.0, 0.0), (3000.0, 9.9, 0.0)):
        running.judge_cold_side(time_s, True, back, moves=True)
        go(running, link, time_s)
        assert link["hp.enable_cmd"] == on
        link.set(hp__running=on)
    running.judge_cold_side(3010.0, True, 10.0, moves=True)
    go(running, link, 3010.0, 3020.0, 3030.0, 3060.0, 3070.0)
    assert link["hp.enable_cmd"] == 1.0


@pytest.fixture
def exhausted(running, link):
    """The unit has stopped at 1000 s, for its cold water; the store wants heat."""
    link.set(hp__evaporator_leaving_temp=5.3)
    for time_s in (970.0, 1000.0):
        running.judge_cold_side(time_s, True, 9.0, moves=True)
    go(running, link, 1000.0)
    link.set(hp__running=0.0)
    go(running, link, 1180.0, 1190.0)
    assert (link["hp.enable_cmd"], link["ev.open_cmd"], link["v9.open_cmd"]) == (0.0, 0.0, 0.0)
    return running


def test_water_that_stands_is_not_believed(exhausted, link):
    """Clause SC-4.6: it counts once it has moved for 120 s."""
    for time_s, moves in ((2000.0, False), (2010.0, True), (2129.0, True)):
        exhausted.judge_cold_side(time_s, True, 20.0, moves=moves)
        go(exhausted, link, time_s)
        assert link["v9.open_cmd"] == 0.0
    exhausted.judge_cold_side(2130.0, True, 20.0, moves=True)
    go(exhausted, link, 2130.0)
    assert link["v9.open_cmd"] == 1.0


def test_water_that_stands_is_moved_in_turns(exhausted, link):
    """Clause SC-4.6: for 20 min after every hour, with the loop of the hot water at rest."""
    for time_s, is_open in ((4599.0, 0.0), (4600.0, 1.0), (5799.0, 1.0), (5800.0, 0.0), (9399.0, 0.0), (9400.0, 1.0)):
        exhausted.judge_cold_side(time_s, True, 9.0, moves=False)
        go(exhausted, link, time_s)
        assert link["ev.open_cmd"] == is_open, time_s
        assert (link["v9.open_cmd"], link["p_1.enable_cmd"]) == (0.0, 0.0)


@pytest.mark.parametrize("against", ["winter", "warm store"])
def test_nothing_is_moved_for_a_unit_that_is_not_wanted(exhausted, link, against):
    """Clause SC-4.6."""
    if against == "warm store":
        link.set(store__middle_temp=50.0)
        exhausted.look(4590.0)
    exhausted.judge_cold_side(4600.0, against != "winter", 9.0, moves=False)
    go(exhausted, link, 4600.0, released=False)
    assert link["ev.open_cmd"] == 0.0


def test_water_that_turns_out_warm_goes_on_moving_until_the_unit_runs(exhausted, link):
    """Clause SC-4.6: first its own water, then the unit."""
    for time_s in (4600.0, 4610.0, 4730.0):
        exhausted.judge_cold_side(time_s, True, 12.0, moves=time_s > 4600.0)
        go(exhausted, link, time_s)
        assert (link["ev.open_cmd"], link["hp.enable_cmd"]) == (1.0, 0.0)
    for time_s in (4740.0, 4750.0, 4760.0, 4800.0):
        exhausted.judge_cold_side(time_s, True, 12.0, moves=True)
        go(exhausted, link, time_s)
        assert link["ev.open_cmd"] == 1.0
    assert (link["hp.enable_cmd"], link["p_1.enable_cmd"]) == (1.0, 1.0)


def test_one_user_opens_before_the_other_closes(running, link):
    """Clause SC-4.7."""
    assert [link[f"{valve}.open_cmd"] for valve in ("v9", "v11", "store_valve", "pool_valve")] == [1.0, 0.0, 1.0, 0.0]
    link.set(store__middle_temp=50.0, pool__temp=26.0)
    running.look(110.0)
    running.run(110.0, True, True)
    assert [link["store_valve.open_cmd"], link["pool_valve.open_cmd"]] == [1.0, 1.0]
    follow(link)
    running.run(120.0, True, True)
    assert [link["store_valve.open_cmd"], link["pool_valve.open_cmd"]] == [0.0, 1.0]


def test_no_water_no_unit(running, link):
    """Clause SC-4.8."""
    assert link["p_1.speed_cmd"] == 100.0
    link.set(meter__flow=69.0)
    running.interlock(102.0)
    assert link["hp.enable_cmd"] == 1.0, "it may be missing for 2 s"
    running.interlock(103.0)
    assert link["hp.enable_cmd"] == 0.0


def test_filter_circulation_and_heater(hot_water, link):
    """Clauses SC-4.9, SC-5.1."""
    go(hot_water, link, 0.0, released=False)
    commands = ("pool_pump.enable_cmd", "circulation.enable_cmd", "heater.enable_cmd")
    assert [link[command] for command in commands] == [1.0, 1.0, 1.0]
    assert link["heater.leaving_temp_sp"] == 70.0
    link.set(circulation__running=0.0)
    go(hot_water, link, 10.0, released=False)
    assert link["heater.enable_cmd"] == 0.0
    hot_water.stop(20.0)
    assert [link[command] for command in commands] == [0.0, 0.0, 0.0]


@pytest.mark.parametrize(
    ("trouble", "alarm"),
    [({}, False), ({"heater__alarm_lockout": 1.0}, True), ({"pool__flow_ok": 0.0}, True),
     ({"circulation__alarm_trip": 1.0}, True), ({"pool_pump__alarm_trip": 1.0}, True)],
)  # fmt: skip
def test_heater_filter_and_circulation_give_alarm(hot_water, link, trouble, alarm):
    """Clause SC-4.10."""
    link.set(**trouble)
    hot_water.look(0.0)
    assert hot_water.alarm is alarm


@pytest.mark.parametrize(
    ("trouble", "reset"),
    [("heater__alarm_lockout", "heater"), ("circulation__alarm_trip", "circulation"),
     ("pool_pump__alarm_trip", "pool_pump"), ("hp__alarm", "hp")],
)  # fmt: skip
def test_resets_go_to_what_reports_something(hot_water, link, trouble, reset):
    """Clause SC-5.2."""
    link.set(**{trouble: 1.0})
    hot_water.look(0.0)
    hot_water.push_reset(True)
    drives = ("heater", "circulation", "pool_pump", "hp")
    assert [drive for drive in drives if link[f"{drive}.reset_cmd"] == 1.0] == [reset]
    hot_water.push_reset(False)
    assert [drive for drive in drives if link[f"{drive}.reset_cmd"] == 1.0] == []
