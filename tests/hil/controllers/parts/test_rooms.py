"""Rooms, floor, towers and hot water on a link of two methods, clause by clause (docs/sequences)."""

import pytest

from hil.controllers.programs.hall import HallSettings
from hil.controllers.rooms.demand import Demand
from hil.controllers.rooms.floor_circuit import FloorCircuit, FloorWiring
from hil.controllers.settings.settings import OFF, SUMMER, WINTER, Settings
from hil.controllers.settings.wiring import RecoveryWiring, TowerWiring
from hil.controllers.units.recovery import Recovery
from hil.controllers.units.tower import Tower


@pytest.fixture
def demand(link):
    """Two rooms on a day of 5 degC."""
    made = Demand(link, ("r_1", "r_2"), Settings())
    link.set(weather__outdoor_temp=5.0)
    return made


def test_set_points_are_given_once_a_season(demand, link):
    """Clause RM-1.1."""
    demand.set_season(WINTER)
    assert (link["r_1.mode_cmd"], link["r_2.temp_sp"]) == (1.0, 20.0)
    link.set(r_2__temp_sp=22.0)
    demand.set_season(WINTER)
    assert link["r_2.temp_sp"] == 22.0
    demand.set_season(SUMMER)
    assert (link["r_1.mode_cmd"], link["r_2.temp_sp"]) == (2.0, 24.0)
    demand.set_season(OFF)
    assert (link["r_1.mode_cmd"], link["r_2.temp_sp"]) == (0.0, 24.0)


def wanted(demand, *times: float, season: int = WINTER) -> list[bool]:
    seen = []
    for time_s in times:
        demand.update(time_s, season)
        seen.append(demand.wanted)
    return seen


def test_heat_is_wanted_until_half_an_hour_after_the_last_call(demand, link):
    """Clause RM-1.2."""
    assert wanted(demand, 10.0) == [False]
    link.set(r_2__calling=1.0)
    assert wanted(demand, 20.0, 1000.0) == [True, True]
    link.set(r_2__calling=0.0)
    assert wanted(demand, 2799.0, 2800.0) == [True, False]


def test_either_state_lasts_for_a_quarter_of_an_hour(demand, link):
    """Clause RM-1.2."""
    link.set(r_1__calling=1.0)
    wanted(demand, 0.0)
    link.set(weather__outdoor_temp=22.0)
    assert wanted(demand, 10.0, 899.0, 900.0) == [True, True, False]
    link.set(weather__outdoor_temp=5.0)
    assert wanted(demand, 910.0, 1799.0, 1800.0) == [False, False, True]


def test_without_a_season_nothing_is_wanted_at_once(demand, link):
    """Clause RM-1.2."""
    link.set(r_1__calling=1.0)
    wanted(demand, 0.0)
    assert wanted(demand, 10.0, season=OFF) == [False]


@pytest.mark.parametrize(("season", "temps", "locked"), [
    (WINTER, (20.9, 21.1, 20.6, 20.4), (False, True, True, False)),
    (SUMMER, (16.1, 15.9, 16.4, 16.6), (False, True, True, False)),
])  # fmt: skip
def test_lockout_by_the_outdoor_temperature(demand, link, season, temps, locked):
    """Clause RM-1.3."""
    link.set(r_1__calling=1.0)
    seen = []
    for look, temp in enumerate(temps):
        link.set(weather__outdoor_temp=temp)
        seen += wanted(demand, 1000.0 * look, season=season)
    assert [not so for so in seen] == list(locked)


@pytest.mark.parametrize(("season", "outdoor", "supply"), [
    (WINTER, -15.0, 50.0), (WINTER, -7.6, 50.0), (WINTER, 1.2, 42.5), (WINTER, 20.0, 35.0),
    (SUMMER, 20.0, 10.0), (SUMMER, 28.5, 8.5), (SUMMER, 40.0, 7.0),
])  # fmt: skip
def test_the_supply_follows_the_weather(demand, link, season, outdoor, supply):
    """Clause RM-1.4."""
    link.set(weather__outdoor_temp=outdoor)
    assert demand.supply_sp(season) == pytest.approx(supply)


BROKEN = [float("nan"), -50.0, 100.0, 50.1, -45.1, float("inf")]


@pytest.mark.parametrize("reading", BROKEN)
@pytest.mark.parametrize(("season", "before", "held", "design"), [(WINTER, 1.2, 42.5, 50.0), (SUMMER, 28.5, 8.5, 7.0)])
def test_a_broken_outdoor_sensor_is_not_believed(demand, link, reading, season, before, held, design):
    """Clauses RM-1.5, RM-1.6: the last good reading for four hours, then the day that the plant is made for."""
    link.set(r_1__calling=1.0, weather__outdoor_temp=before)
    demand.update(0.0, season)
    assert (demand.wanted, demand.outdoor.refused) == (True, False)
    link.set(weather__outdoor_temp=reading)
    for time_s, supply in ((10.0, held), (14399.0, held), (14400.0, design), (90000.0, design)):
        demand.update(time_s, season)
        assert (demand.wanted, demand.outdoor.refused) == (True, True)
        assert demand.supply_sp(season) == pytest.approx(supply)
    link.set(weather__outdoor_temp=before)
    demand.update(90010.0, season)
    assert not demand.outdoor.refused
    assert demand.supply_sp(season) == pytest.approx(held)


@pytest.mark.parametrize("reading", [-45.0, 50.0])
def test_hard_weather_is_no_broken_sensor(demand, link, reading):
    """Clause RM-1.5."""
    link.set(weather__outdoor_temp=reading)
    demand.update(0.0, WINTER)
    assert not demand.outdoor.refused


def test_a_sensor_that_is_broken_from_the_start_means_the_design_day(demand, link):
    """Clause RM-1.6."""
    link.set(weather__outdoor_temp=100.0)
    demand.update(0.0, WINTER)
    assert demand.supply_sp(WINTER) == 50.0
    assert demand.supply_sp(SUMMER) == 7.0


@pytest.fixture
def floor(link):
    """A floor that calls, in a hall of 25 degC with a dew point of 14 degC, on a day of 2.2 degC."""
    wiring = FloorWiring(floor="floor", pump="pump", valve="valve", meter="meter", room="hall")
    made = FloorCircuit(link, wiring, HallSettings(), 35.0)
    link.set(floor__calling=1.0, hall__temp=25.0, hall__dew_point=14.0, weather__outdoor_temp=2.2)
    return made


def test_the_floor_goes_before_the_air(floor, link):
    """Clause HA-2.1."""
    floor.update(0.0, WINTER, True, 20.0)
    assert (link["floor.mode_cmd"], link["floor.temp_sp"]) == (1.0, pytest.approx(20.3))
    floor.update(10.0, SUMMER, True, 24.0)
    assert (link["floor.mode_cmd"], link["floor.temp_sp"]) == (2.0, pytest.approx(23.7))


def test_water_of_the_floor(floor, link):
    """Clauses HA-2.2, HA-2.3: half way between -7.6 and 12 degC outdoors; above the dew point."""
    assert floor.water_sp(cooling=False) == pytest.approx(27.5)
    assert floor.water_sp(cooling=True) == 17.0
    link.set(hall__dew_point=18.0)
    assert floor.water_sp(cooling=True) == 20.0


def test_the_floor_does_not_believe_a_broken_sensor(floor, link):
    """Clauses RM-1.5, RM-1.6: 27.5 degC belongs to the last good reading, 31 degC to the cold end."""
    floor.update(0.0, WINTER, True, 20.0)
    link.set(weather__outdoor_temp=100.0)
    floor.update(10.0, WINTER, True, 20.0)
    assert floor.water_sp(cooling=False) == pytest.approx(27.5)
    floor.update(14400.0, WINTER, True, 20.0)
    assert floor.water_sp(cooling=False) == pytest.approx(31.0)


@pytest.mark.parametrize(("dew_point", "on"), [(20.0, True), (20.1, False)])
def test_a_floor_that_would_hardly_cool_rests(floor, link, dew_point, on):
    """Clause HA-2.3."""
    link.set(hall__dew_point=dew_point)
    floor.update(0.0, SUMMER, True, 24.0)
    assert (link["pump.enable_cmd"] == 1.0) is on


@pytest.mark.parametrize("against", [{"floor__calling": 0.0}, {"floor__condensation_risk": 1.0}, {}])
def test_the_pump_of_the_floor(floor, link, against):
    """Clause HA-2.4."""
    floor.update(0.0, WINTER, True, 20.0)
    assert (link["pump.enable_cmd"], link["pump.speed_cmd"]) == (1.0, 70.0)
    link.set(**against)
    floor.update(10.0, WINTER, bool(against), 20.0)
    assert link["pump.enable_cmd"] == 0.0


def test_the_valve_of_the_floor_moves_by_what_is_missing(floor, link):
    """Clause HA-2.5: 2 K for 30 s are a tenth of the way."""
    floor.update(0.0, WINTER, True, 20.0)
    link.set(pump__running=1.0, meter__supply_temp=25.5)
    floor.update(30.0, WINTER, True, 20.0)
    assert link["valve.position_cmd"] == 10.0
    floor.update(40.0, WINTER, True, 20.0)
    assert link["valve.position_cmd"] == 13.0
    floor.update(50.0, WINTER, False, 20.0)
    assert link["valve.position_cmd"] == 0.0


def test_a_floor_whose_pump_is_not_proven_rests(floor, link):
    """Clause HA-2.6."""
    floor.update(100.0, WINTER, True, 20.0)
    floor.update(135.0, WINTER, True, 20.0)
    assert not floor.alarm
    floor.update(136.0, WINTER, True, 20.0)
    floor.update(140.0, WINTER, True, 20.0)
    assert (floor.alarm, link["pump.enable_cmd"]) == (True, 0.0)
    floor.reset()
    floor.update(150.0, WINTER, True, 20.0)
    assert link["pump.enable_cmd"] == 1.0


@pytest.fixture
def tower(link):
    return Tower(link, TowerWiring(fans="t_1", pumps="p_1"), Settings())


def test_a_tower_holds_the_water_to_the_condensers(tower, link):
    """Clauses UN-4.1, UN-4.2."""
    seen = []
    for temp in (22.0, 22.1, 25.0, 30.0, 20.1, 20.0):
        tower.update(0.0, True, temp)
        seen.append((link["p_1.enable_cmd"], link["t_1.speed_cmd"]))
    assert seen == [(0.0, 0.0), (1.0, 0.0), (1.0, 50.0), (1.0, 100.0), (1.0, 0.0), (0.0, 0.0)]
    assert link["p_1.speed_cmd"] == 80.0
    tower.update(10.0, False, 30.0)
    assert (link["p_1.enable_cmd"], link["t_1.enable_cmd"]) == (0.0, 0.0)


@pytest.mark.parametrize(
    "trouble", ["t_1__alarm_level", "t_1__alarm_freeze", "t_1__alarm_vibration", "p_1__alarm_trip"]
)
def test_trouble_of_a_tower(tower, link, trouble):
    """Clause UN-4.3."""
    tower.update(0.0, True, 25.0)
    assert not tower.alarm
    link.set(**{trouble: 1.0})
    tower.update(10.0, True, 25.0)
    assert tower.alarm


@pytest.fixture
def hot_water(link):
    """One unit that runs, with a second condenser; a store of 48 degC; the circulation is proven."""
    wiring = RecoveryWiring(pumps="p_1", store="store", circulation_pump="circulation", heater="heater")
    made = Recovery(link, wiring, ("hp_1",), Settings())
    link.set(store__middle_temp=48.0, store__bottom_temp=47.0, hp_1__running=1.0, circulation__running=1.0)
    return made


def test_the_store_wants_heat_from_its_middle_to_its_bottom(hot_water, link):
    """Clause UN-5.1."""
    seen = []
    for middle, bottom in ((45.1, 40.0), (44.9, 40.0), (50.0, 45.9), (50.0, 46.1), (46.0, 40.0)):
        link.set(store__middle_temp=middle, store__bottom_temp=bottom)
        hot_water.look()
        seen.append(hot_water.wanted)
    assert seen == [False, True, True, False, False]


def want(hot_water, link) -> None:
    link.set(store__middle_temp=40.0)
    hot_water.look()


def test_the_store_shares_with_rooms_that_want_heat(hot_water, link):
    """Clauses UN-5.2, UN-5.4."""
    assert (link["hp_1.recovery_temp_sp"], link["heater.leaving_temp_sp"]) == (52.0, 70.0)
    want(hot_water, link)
    hot_water.update(0.0, rooms_want_heat=True)
    assert link["hp_1.recovery_cmd"] == 50.0
    hot_water.update(10.0, rooms_want_heat=False)
    assert link["hp_1.recovery_cmd"] == 100.0
    link.set(hp_1__running=0.0)
    hot_water.update(20.0, rooms_want_heat=False)
    assert link["hp_1.recovery_cmd"] == 0.0


def test_the_pump_runs_on_until_the_refrigerant_valve_has_shut(hot_water, link):
    """Clause UN-5.3."""
    want(hot_water, link)
    hot_water.update(0.0, rooms_want_heat=False)
    assert (link["p_1.enable_cmd"], link["p_1.speed_cmd"]) == (1.0, 100.0)
    link.set(hp_1__running=0.0)
    hot_water.update(89.0, rooms_want_heat=False)
    assert link["p_1.enable_cmd"] == 1.0
    hot_water.update(90.0, rooms_want_heat=False)
    assert link["p_1.enable_cmd"] == 0.0


def test_the_heater_goes_with_the_circulation(hot_water, link):
    """Clauses UN-5.4, UN-5.6."""
    hot_water.update(0.0, rooms_want_heat=False)
    assert (link["circulation.enable_cmd"], link["heater.enable_cmd"]) == (1.0, 1.0)
    link.set(circulation__running=0.0)
    hot_water.update(10.0, rooms_want_heat=False)
    assert link["heater.enable_cmd"] == 0.0
    link.set(circulation__running=1.0)
    hot_water.update(20.0, rooms_want_heat=False)
    hot_water.stop(30.0)
    assert (link["circulation.enable_cmd"], link["heater.enable_cmd"]) == (0.0, 0.0)


def test_alarms_of_the_hot_water(hot_water, link):
    """Clause UN-5.5."""
    want(hot_water, link)
    seen = []
    for time_s, lockout, trip in ((0.0, 0.0, 0.0), (35.0, 0.0, 0.0), (36.0, 0.0, 0.0)):
        link.set(heater__alarm_lockout=lockout, p_1__alarm_trip=trip)
        hot_water.update(time_s, rooms_want_heat=False)
        seen.append(hot_water.alarm)
    assert seen == [False, False, True]
    link.set(p_1__running=1.0)
    for lockout, trip, alarm in ((0.0, 0.0, False), (1.0, 0.0, True), (0.0, 1.0, True)):
        link.set(heater__alarm_lockout=lockout, p_1__alarm_trip=trip)
        hot_water.update(40.0, rooms_want_heat=False)
        assert hot_water.alarm is alarm


@pytest.mark.parametrize(
    ("trouble", "reset"), [("heater__alarm_lockout", "heater"), ("circulation__alarm_trip", "circulation")]
)
def test_resets_of_the_hot_water(hot_water, link, trouble, reset):
    """Clause PR-5.3."""
    link.set(**{trouble: 1.0})
    hot_water.push_reset(True)
    assert [name for name in ("heater", "circulation", "p_1") if link[f"{name}.reset_cmd"] == 1.0] == [reset]
    hot_water.push_reset(False)
    assert link[f"{reset}.reset_cmd"] == 0.0
