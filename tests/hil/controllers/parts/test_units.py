"""Units, lead and lag, and units behind valves on a link of two methods, clause by clause (docs/sequences/units.md)."""

import pytest

from hil.controllers.settings.settings import Settings
from hil.controllers.units.isolated_unit import IsolatedStaging, IsolatedUnit
from hil.controllers.units.staging import Staging
from hil.controllers.units.unit import Unit

UNITS = ("hp_1", "hp_2", "hp_3")
VALVES = tuple((f"e_{n}", f"c_{n}") for n in (1, 2, 3))


def on(link) -> list[int]:
    return [number for number, unit in enumerate(UNITS, 1) if link[f"{unit}.enable_cmd"] == 1.0]


def run(link, *numbers: int, capacity: float = 50.0) -> None:
    """These units run at a capacity [%], the others stand."""
    for number, unit in enumerate(UNITS, 1):
        link.set(**{f"{unit}__running": float(number in numbers), f"{unit}__capacity": capacity})


@pytest.fixture
def unit(link):
    return Unit(link, "hp", Settings())


def look(unit, link, running: bool, *times: float) -> None:
    link.set(hp__running=float(running))
    for time_s in times:
        unit.look(time_s)


def test_a_unit_rests_before_it_starts(unit, link):
    """Clause UN-1.1."""
    look(unit, link, True, 0.0, 1000.0)
    look(unit, link, False, 1010.0)
    assert [unit.may_start(2259.0), unit.may_start(2260.0)] == [False, True]


def test_a_unit_in_alarm_does_not_start(unit, link):
    """Clause UN-1.1."""
    link.set(hp__alarm=1.0)
    unit.look(0.0)
    assert not unit.may_start(1e5)


def test_three_starts_in_an_hour_are_enough(link):
    """Clause UN-1.1."""
    unit = Unit(link, "hp", Settings(min_off_s=0.0))
    for start in (0.0, 100.0, 200.0):
        look(unit, link, True, start)
        look(unit, link, False, start + 50.0)
    assert not unit.may_start(3599.0)
    assert unit.may_start(3600.0)


def test_a_unit_runs_for_its_minimum_time(unit, link):
    """Clause UN-1.2."""
    unit.look(0.0)
    assert unit.may_stop(10.0)
    look(unit, link, True, 100.0, 110.0)
    assert [unit.may_stop(759.0), unit.may_stop(760.0)] == [False, True]


@pytest.mark.parametrize(("starts", "waits"), [(0.0, False), (4.0, True)])
def test_a_unit_that_ran_before_the_controller_did(unit, link, starts, waits):
    """Clause UN-1.3."""
    link.set(hp__starts=starts)
    unit.look(500.0)
    assert unit.may_start(510.0) is not waits
    assert unit.may_start(1760.0)


def test_orders_are_told_again(unit, link):
    """Clause UN-1.4: to a unit that has missed them; a reset is not."""
    unit.look(0.0)
    unit.set_mode(cooling=True)
    unit.set_leaving_temp(7.0)
    unit.limit(50.0)
    unit.enable()
    unit.push_reset(True)
    told = {"enable_cmd": 1.0, "mode_cmd": 1.0, "leaving_temp_sp": 7.0, "capacity_limit_cmd": 50.0, "reset_cmd": 1.0}
    assert {name: link[f"hp.{name}"] for name in told} == told
    link.set(**{f"hp__{name}": 0.0 for name in told})
    unit.look(59.0)
    assert {link[f"hp.{name}"] for name in told} == {0.0}
    unit.look(60.0)
    assert {name: link[f"hp.{name}"] for name in told} == told | {"reset_cmd": 0.0}
    link.set(hp__leaving_temp_sp=7.2)
    unit.look(120.0)
    assert link["hp.leaving_temp_sp"] == 7.2, "as good as the register can show it"
    unit.disable(130.0)
    link.set(hp__enable_cmd=1.0)
    unit.look(180.0)
    assert link["hp.enable_cmd"] == 0.0


@pytest.fixture
def staging(link):
    """Three units that have never run, the second with the fewest hours; winter."""
    made = Staging(link, UNITS, Settings())
    link.set(hp_1__run_hours=30.0, hp_2__run_hours=10.0, hp_3__run_hours=20.0)
    made.look(0.0)
    made.set_mode(cooling=False)
    return made


def go(staging, *times: float, short: float = 0.0, released: bool = True) -> None:
    """Looks with a supply that is short of its set point of 45 degC."""
    for time_s in times:
        staging.look(time_s)
        staging.update(time_s, released, 45.0 - short, 45.0)


def test_the_least_used_unit_leads_while_units_are_released(staging, link):
    """Clauses UN-2.1, UN-2.4."""
    go(staging, 10.0, released=False)
    assert on(link) == []
    go(staging, 20.0)
    assert on(link) == [2]
    go(staging, 30.0, released=False)
    assert (on(link), staging.wanted) == ([], 0)


def test_a_supply_that_stays_short_calls_the_next_unit(staging, link):
    """Clauses UN-2.2, UN-2.4."""
    go(staging, 10.0)
    run(link, 2)
    go(staging, 20.0, 919.0, short=2.6)
    assert on(link) == [2]
    go(staging, 920.0, short=2.6)
    assert on(link) == [2, 3]


@pytest.mark.parametrize("short", [2.5, 0.0])
def test_a_supply_that_is_hardly_short_calls_none(staging, link, short):
    """Clause UN-2.2."""
    go(staging, 10.0)
    run(link, 2)
    go(staging, 20.0, 920.0, 5000.0, short=short)
    assert on(link) == [2]


def test_a_high_load_calls_the_next_unit_and_a_low_one_takes_it_away(staging, link):
    """Clauses UN-2.2, UN-2.3, UN-2.4."""
    go(staging, 10.0)
    run(link, 2, capacity=95.0)
    go(staging, 320.0, 1219.0)
    assert on(link) == [2]
    go(staging, 1220.0)
    assert on(link) == [2, 3]
    run(link, 2, 3, capacity=30.0)
    go(staging, 1600.0, 2499.0)
    assert on(link) == [2, 3]
    go(staging, 2500.0)
    assert on(link) == [2], "the most used stops"


def test_no_unit_is_called_before_those_wanted_run(staging, link):
    """Clause UN-2.2."""
    go(staging, 10.0)
    go(staging, 20.0, 5000.0, short=9.0)
    assert staging.wanted == 1


def test_loads_are_smoothed(staging, link):
    """Clause UN-2.2: half of 300 s takes in half of the change."""
    go(staging, 10.0)
    run(link, 2, capacity=80.0)
    go(staging, 160.0)
    assert staging._part_load == pytest.approx(0.4)


def test_another_takes_over_from_a_unit_in_alarm(staging, link):
    """Clause UN-2.5."""
    go(staging, 10.0)
    link.set(hp_2__alarm=1.0)
    go(staging, 20.0)
    assert (on(link), staging.alarm) == ([3], True)


def test_set_points_lead_the_supply(staging, link):
    """Clause UN-2.6: 0.2 K a minute at most, 3 K in all, steps of 0.5 K, none while far short."""
    go(staging, 10.0)
    assert link["hp_1.leaving_temp_sp"] == 45.0
    go(staging, *(60.0 * minute for minute in range(1, 3)), short=2.0)
    assert link["hp_1.leaving_temp_sp"] == 45.5
    go(staging, *(60.0 * minute for minute in range(3, 30)), short=2.6)
    assert link["hp_1.leaving_temp_sp"] == 45.5
    go(staging, *(60.0 * minute for minute in range(30, 60)), short=2.0)
    assert link["hp_1.leaving_temp_sp"] == 48.0
    staging.update(4000.0, True, 52.0, 52.0)
    assert link["hp_1.leaving_temp_sp"] == 53.0
    go(staging, 4010.0, 4020.0, released=False)
    assert link["hp_1.leaving_temp_sp"] == 45.0


def test_protection_stops_all_units(staging, link):
    """Clauses UN-2.7, UN-1.2."""
    go(staging, 10.0)
    run(link, 2)
    go(staging, 20.0)
    staging.stop_all(21.0)
    assert (on(link), staging.wanted) == ([], 0)


def test_pumps_run_on(staging, link):
    """Clause UN-2.8."""
    assert not staging.overrunning(0.0)
    go(staging, 10.0)
    run(link, 2)
    go(staging, 100.0)
    run(link)
    go(staging, 110.0)
    assert [staging.overrunning(279.0), staging.overrunning(280.0)] == [True, False]


def test_boilers_heat_and_units_only_cool(link):
    """Clause UN-2.9."""
    staging = Staging(link, ("hp_1",), Settings(), boilers=("boiler",))
    staging.look(0.0)
    staging.set_mode(cooling=False)
    go(staging, 10.0)
    assert (link["boiler.enable_cmd"], link["hp_1.enable_cmd"]) == (1.0, 0.0)
    staging.stop_all(20.0)
    staging.set_mode(cooling=True)
    staging.update(30.0, True, 12.0, 9.0)
    assert (link["boiler.enable_cmd"], link["hp_1.enable_cmd"], link["hp_1.mode_cmd"]) == (0.0, 1.0, 1.0)


@pytest.fixture
def isolated(link):
    return IsolatedUnit(link, "hp_1", ("e_1", "c_1"), Settings())


def open_valves(link, number: int, is_open: bool = True) -> None:
    for valve in VALVES[number - 1]:
        link.set(**{f"{valve}__open_proof": float(is_open), f"{valve}__position": 100.0 * is_open})


def test_water_then_valves_then_the_unit(isolated, link):
    """Clause UN-3.1."""
    isolated.enable()
    isolated.step(0.0, watered=False)
    assert (link["e_1.open_cmd"], link["hp_1.enable_cmd"]) == (0.0, 0.0)
    isolated.step(10.0, watered=True)
    assert (link["e_1.open_cmd"], link["c_1.open_cmd"], link["hp_1.enable_cmd"]) == (1.0, 1.0, 0.0)
    open_valves(link, 1)
    link.set(c_1__position=40.0)
    isolated.step(20.0, watered=False)
    assert link["hp_1.enable_cmd"] == 0.0
    open_valves(link, 1)
    isolated.step(30.0, watered=False)
    assert link["hp_1.enable_cmd"] == 1.0


def test_valves_close_after_the_overrun(isolated, link):
    """Clause UN-3.2."""
    isolated.enable()
    isolated.step(0.0, watered=True)
    open_valves(link, 1)
    isolated.step(10.0, watered=True)
    link.set(hp_1__running=1.0)
    isolated.look(20.0)
    isolated.disable(100.0)
    assert link["hp_1.enable_cmd"] == 0.0
    isolated.step(290.0, watered=True)
    assert link["e_1.open_cmd"] == 1.0, "it runs down still"
    link.set(hp_1__running=0.0)
    isolated.look(295.0)
    isolated.disable(295.0)
    isolated.step(279.0, watered=True)
    assert link["e_1.open_cmd"] == 1.0
    isolated.step(280.0, watered=True)
    assert link["e_1.open_cmd"] == 0.0


@pytest.fixture
def row(link):
    """Three units behind valves, all asked to run."""
    made = IsolatedStaging(link, UNITS, VALVES, Settings())
    for unit in made.units:
        unit.enable()
    return made


def test_each_spare_pump_lets_in_one_unit(row, link):
    """Clause UN-3.3."""
    row.step(0.0, 0, False)
    assert row.joined == 0
    row.step(10.0, 2, False)
    assert (row.joined, row.wanting) == (2, 3)
    row.step(20.0, 0, False)
    assert row.joined == 2
    row.step(30.0, 1, False)
    assert row.joined == 3


def test_water_passes_the_first_unit_while_a_changeover_is_proven(link):
    """Clause UN-3.4."""
    row = IsolatedStaging(link, UNITS, VALVES, Settings())
    row.step(0.0, 0, True)
    assert (link["e_1.open_cmd"], link["e_2.open_cmd"], link["hp_1.enable_cmd"]) == (1.0, 0.0, 0.0)
    row.step(10.0, 0, False)
    assert link["e_1.open_cmd"] == 0.0
