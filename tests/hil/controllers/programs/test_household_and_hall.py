"""The household program and the air of the hall on a link of two methods, clause by clause (docs/sequences)."""

import pytest

from hil.controllers.programs.hall import Hall, HallSettings, HallWiring
from hil.controllers.programs.household import HouseholdProgram
from hil.controllers.rooms.floor_circuit import FloorWiring
from hil.controllers.settings.household_wiring import HouseholdSettings, HouseholdWiring
from hil.controllers.settings.wiring import LoopWiring, WellWiring

WELLS = ("wp_1", "wp_2", "wp_3")
PUMPS = ("p_1", *WELLS)


@pytest.fixture
def village(link):
    """Two households of two rooms on a ring with three wells, in winter; no valve is open."""
    wiring = HouseholdWiring(
        ring=LoopWiring(pumps="p_1", meter="meter", holding="holding"),
        households="h_1, h_2",
        rooms="r_1, r_2, r_3, r_4",
        wells=WellWiring(stations="w_1, w_2, w_3", pumps=WELLS),
    )
    made = HouseholdProgram(link, wiring, HouseholdSettings())
    link.set(panel__season_selector=1.0, holding__pressure=250.0, meter__supply_temp=13.3, meter__return_temp=11.0)
    for station in ("w_1", "w_2", "w_3"):
        link.set(**{f"{station}__leaving_temp": 14.5, f"{station}__level": 10.0})
    return made


def go(village, link, *times: float) -> None:
    """Scans; after each, pumps prove themselves and water flows where it was ordered."""
    for time_s in times:
        village.scan(time_s)
        for pump in PUMPS:
            link.set(**{f"{pump}__running": link[f"{pump}.enable_cmd"]})
        for number in (1, 2, 3):
            link.set(**{f"w_{number}__flow": 16.0 * link[f"wp_{number}.enable_cmd"]})
        link.set(meter__flow=link["p_1.enable_cmd"])


def wells(link) -> int:
    return sum(link[f"{well}.enable_cmd"] == 1.0 for well in WELLS)


@pytest.fixture
def running(village, link):
    """A valve is open; the ring flows with one well since 10 s."""
    link.set(h_1__open_valves=1.0)
    go(village, link, 0.0, 10.0, 20.0)
    assert village.ring.flowing
    assert wells(link) == 1
    return village


def test_season_and_set_points_are_given_once(village, link):
    """Clause HH-1.1."""
    go(village, link, 0.0)
    assert (link["r_4.mode_cmd"], link["r_4.temp_sp"]) == (1.0, 20.0)
    link.set(r_4__temp_sp=22.0)
    go(village, link, 10.0)
    assert link["r_4.temp_sp"] == 22.0
    link.set(panel__season_selector=2.0)
    go(village, link, 20.0)
    assert (link["r_4.mode_cmd"], link["r_4.temp_sp"]) == (2.0, 25.0)
    link.set(panel__season_selector=0.0)
    go(village, link, 30.0)
    assert (link["r_4.mode_cmd"], link["r_4.temp_sp"]) == (0.0, 25.0)


def test_water_moves_while_a_valve_is_open_and_three_minutes_longer(village, link):
    """Clause HH-1.2."""
    go(village, link, 0.0)
    assert link["p_1.enable_cmd"] == 0.0
    link.set(h_2__open_valves=1.0)
    go(village, link, 10.0, 20.0)
    assert link["p_1.enable_cmd"] == 1.0
    link.set(h_2__open_valves=0.0)
    go(village, link, 30.0, 190.0)
    assert link["p_1.enable_cmd"] == 1.0
    go(village, link, 200.0)
    assert (link["p_1.enable_cmd"], wells(link)) == (0.0, 0)


@pytest.mark.parametrize("against", [{"holding__pressure": 149.0}, {"panel__season_selector": 0.0}])
def test_water_does_not_move_against(running, link, against):
    """Clause HH-1.2."""
    link.set(**against)
    go(running, link, 30.0)
    assert (link["p_1.enable_cmd"], wells(link)) == (0.0, 0)


def test_wells_by_the_water_to_the_households(running, link):
    """Clauses HH-3.1, HH-3.2, HH-3.3: in winter."""
    link.set(meter__supply_temp=12.9)
    go(running, link, 30.0, 329.0)
    assert wells(link) == 1
    go(running, link, 340.0)
    assert wells(link) == 2
    go(running, link, 350.0, 640.0)
    assert wells(link) == 2, "five minutes from the last change"
    go(running, link, 650.0)
    assert wells(link) == 3
    assert link["wp_3.speed_cmd"] == 100.0
    link.set(meter__supply_temp=13.7)
    go(running, link, 660.0, 1550.0)
    assert running._wells_wanted == 3
    go(running, link, 1560.0)
    assert running._wells_wanted == 2


@pytest.mark.parametrize(("temp", "count"), [(22.1, 2), (21.9, 1), (18.0, 1)])
def test_wells_in_summer(village, link, temp, count):
    """Clause HH-3.1."""
    link.set(panel__season_selector=2.0, h_1__open_valves=1.0, meter__supply_temp=temp)
    go(village, link, *(10.0 * look for look in range(40)))
    assert wells(link) == count


def test_cold_water_holds_all_room_units_back(running, link):
    """Clauses HH-4.1, HH-4.2."""
    link.set(meter__return_temp=5.5)
    go(running, link, 30.0, 60.0)
    assert [link[f"r_{number}.limit_cmd"] for number in (1, 4)] == [50.0, 50.0]
    assert link["panel.alarm_low_source"] == 1.0
    link.set(meter__return_temp=4.0)
    go(running, link, 70.0, 100.0)
    assert link["r_1.limit_cmd"] == 0.0
    link.set(h_1__open_valves=0.0)
    go(running, link, *(10.0 * look for look in range(11, 37)))
    assert link["r_1.limit_cmd"] == 0.0
    go(running, link, 370.0)
    assert link["r_1.limit_cmd"] == 25.0, "300 s after 70 s, the last look at which they might run"


def test_the_emergency_stop_of_the_household(running, link):
    """Clauses HH-5.1, HH-5.2."""
    link.set(panel__emergency_stop=1.0)
    go(running, link, 21.0)
    assert (link["p_1.enable_cmd"], wells(link), link["r_1.limit_cmd"]) == (0.0, 0, 0.0)
    link.set(panel__emergency_stop=0.0, panel__alarm_reset=1.0)
    go(running, link, 30.0, 31.0)
    assert (link["p_1.enable_cmd"], link["r_1.limit_cmd"], link["r_3.reset_cmd"]) == (1.0, 100.0, 1.0)
    go(running, link, 41.0, 51.0)
    assert link["r_3.reset_cmd"] == 0.0


@pytest.mark.parametrize(("cause", "lamp"), [
    ({"h_2__alarm": 1.0}, "unit"), ({"holding__pressure": 351.0}, "pressure"), ({"holding__alarm_leak": 1.0}, "leak"),
    ({"p_1__alarm_trip": 1.0}, "source_pump"), ({"w_1__alarm_dry": 1.0}, "well_pump"),
])  # fmt: skip
def test_lamps_of_the_household(running, link, cause, lamp):
    """Clause HH-5.3."""
    assert link["panel.alarm"] == 0.0
    link.set(**cause)
    running.scan(30.0)
    lit = [name for name in running.lamps._places if link[f"panel.alarm_{name}"] == 1.0]
    assert lit == [lamp]


@pytest.fixture
def hall(link):
    """A hall whose room is at its set point of 20 degC, without people."""
    wiring = HallWiring(
        load=LoopWiring(pumps="lp_1, lp_2", meter="load"),
        units="hp",
        rooms="ahu, floor",
        air="ahu",
        floor=FloorWiring(floor="floor", pump="fp", valve="fv", meter="fm", room="hall"),
    )
    made = Hall(link, wiring, HallSettings())
    link.set(ahu__room_temp=20.0, ahu__temp_sp=20.0)
    return made


@pytest.mark.parametrize(("room", "speed"), [(20.0, 60.0), (19.8, 60.0), (20.4, 80.0), (19.6, 80.0), (19.0, 100.0)])
def test_fans_by_the_distance_from_the_set_point(hall, link, room, speed):
    """Clause HA-3.1."""
    link.set(ahu__room_temp=room)
    hall.scan(0.0)
    assert (link["ahu.enable_cmd"], link["ahu.speed_cmd"]) == (1.0, speed)


@pytest.mark.parametrize(("people", "speed", "fresh"), [(0.0, 60.0, 0.0), (100.0, 60.0, 13.0), (500.0, 80.0, 50.0)])
def test_fresh_air_for_the_people(hall, link, people, speed, fresh):
    """Clause HA-3.2: 8 % of full speed for all, and half of the air at most; five times as many are visitors."""
    link.set(hall__people=people)
    hall.scan(0.0)
    assert (link["ahu.speed_cmd"], link["ahu.fresh_cmd"]) == (speed, fresh)


def test_the_floor_waits_for_the_plant_room(hall, link):
    """Clause HA-1.1."""
    link.set(panel__season_selector=1.0, floor__calling=1.0)
    hall.scan(0.0)
    hall.scan(10.0)
    assert (link["floor.mode_cmd"], link["lp_1.enable_cmd"], link["fp.enable_cmd"]) == (1.0, 1.0, 0.0)
    link.set(lp_1__running=1.0, load__flow=60.0)
    hall.scan(20.0)
    assert link["fp.enable_cmd"] == 1.0
