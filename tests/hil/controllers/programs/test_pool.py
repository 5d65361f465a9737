"""The pool program on a link of two methods, clause by clause (docs/sequences/pool.md)."""

import pytest

from hil.controllers.programs.pool_keeper import PoolKeeper, PoolSettings, PoolWiring
from hil.controllers.settings.settings import OFF, SUMMER, WINTER
from hil.controllers.settings.wiring import LoopWiring, WellWiring


@pytest.fixture
def pool(link):
    """A pool of 10 degC on a mild day; nothing runs."""
    wiring = PoolWiring(
        wells=WellWiring(stations="w_1, w_2, w_3", pumps="wp_1, wp_2, wp_3"),
        circuit=LoopWiring(pumps="p_1, p_2", meter="meter"),
        pools="pool",
    )
    made = PoolKeeper(link, wiring, PoolSettings())
    link.set(panel__season_selector=1.0, pool__temp=10.0, weather__outdoor_temp=10.0)
    for station in ("w_1", "w_2", "w_3"):
        link.set(**{f"{station}__leaving_temp": 14.5, f"{station}__level": 10.0})
    return made


def at(pool, link, time_s: float, **values: float) -> None:
    """Change registers and scan."""
    link.set(**values)
    pool.scan(time_s)


def circulate(pool, link, time_s: float, returning: float) -> None:
    """The circuit is ordered to run, and flows."""
    at(pool, link, time_s, weather__outdoor_temp=0.0)
    at(pool, link, time_s + 60.0, p_1__running=1.0, meter__flow=80.0, meter__return_temp=returning)


def test_ice_and_algae(pool, link):
    """Clause PK-1.1."""
    needs = []
    for look, temp in enumerate((10.0, 4.0, 3.9, 5.9, 6.0, 20.0, 20.1, 18.6, 18.5)):
        at(pool, link, 10.0 * look, pool__temp=temp)
        needs.append(pool.need)
    assert needs == [OFF, OFF, WINTER, WINTER, OFF, OFF, SUMMER, SUMMER, OFF]


@pytest.mark.parametrize(("before", "on"), [(10.0, (0.0, 1.0)), (0.0, (1.0, 1.0))])
def test_a_broken_outdoor_sensor_does_not_let_the_pool_freeze(pool, link, before, on):
    """Clauses PK-2.3, OP-2.3: what was last read counts for four hours, then it counts as freezing."""
    at(pool, link, 0.0, weather__outdoor_temp=before)
    assert link["panel.alarm"] == 0.0
    at(pool, link, 10.0, weather__outdoor_temp=100.0, p_1__running=1.0, meter__flow=80.0, meter__return_temp=10.0)
    assert (link["p_1.enable_cmd"], link["panel.alarm"], link["panel.alarm_pool"]) == (on[0], 1.0, 0.0)
    at(pool, link, 14400.0)
    assert link["p_1.enable_cmd"] == on[1]
    at(pool, link, 14410.0, weather__outdoor_temp=before)
    assert (link["p_1.enable_cmd"], link["panel.alarm"]) == (on[0], 0.0)


def test_returning_water_counts_while_it_flows(pool, link):
    """Clause PK-1.2."""
    link.set(meter__return_temp=3.0)
    pool.scan(0.0)
    assert pool.need == OFF
    circulate(pool, link, 10.0, 3.0)
    assert pool.need == WINTER


@pytest.mark.parametrize(("outdoor", "selected", "on"), [(1.9, 1.0, 1.0), (2.0, 1.0, 0.0), (1.9, 0.0, 0.0)])
def test_the_circuit_turns_while_it_freezes(pool, link, outdoor, selected, on):
    """Clause PK-2.1."""
    at(pool, link, 0.0, weather__outdoor_temp=outdoor, panel__season_selector=selected)
    assert link["p_1.enable_cmd"] == on
    assert link["p_1.speed_cmd"] == 95.0 * on
    assert link["wp_1.enable_cmd"] == 0.0


def test_wells_run_with_the_circuit(pool, link):
    """Clauses PK-2.1, PK-2.2."""
    at(pool, link, 0.0, pool__temp=3.0)
    assert [link["p_1.enable_cmd"], link["wp_1.enable_cmd"]] == [1.0, 0.0]
    at(pool, link, 10.0, p_1__running=1.0, meter__flow=69.0, meter__return_temp=3.0)
    assert link["wp_1.enable_cmd"] == 0.0
    at(pool, link, 20.0, meter__flow=70.0)
    assert [link[f"wp_{number}.enable_cmd"] for number in (1, 2, 3)] == [1.0, 1.0, 1.0]
    at(pool, link, 30.0, pool__temp=10.0, meter__return_temp=10.0)
    assert link["wp_1.enable_cmd"] == 0.0


@pytest.mark.parametrize(("values", "lit"), [
    ({}, 0.0), ({"pool__alarm_level": 1.0}, 1.0), ({"pool__temp": 1.4}, 1.0), ({"pool__temp": 1.6}, 0.0),
    ({"pool__temp": 25.1}, 1.0), ({"pool__temp": 24.9}, 0.0),
])  # fmt: skip
def test_the_pool_lamp(pool, link, values, lit):
    """Clause PK-3.1."""
    at(pool, link, 0.0, **values)
    assert (link["panel.alarm_pool"], link["panel.alarm"]) == (lit, lit)


def test_thermometers_that_differ(pool, link):
    """Clauses PK-3.2, PK-4.2."""
    circulate(pool, link, 0.0, 12.1)
    at(pool, link, 1799.0)
    assert link["panel.alarm_pool"] == 0.0, "they have been compared since 0 s, the last look without flow"
    at(pool, link, 1809.0)
    assert link["panel.alarm_pool"] == 1.0
    at(pool, link, 1820.0, meter__return_temp=10.0)
    assert link["panel.alarm_pool"] == 1.0, "it stays until acknowledged"
    at(pool, link, 1830.0, panel__alarm_reset=1.0)
    assert link["panel.alarm_pool"] == 0.0


def test_the_panel_shows_what_it_works_for(pool, link):
    """Clause PK-3.3."""
    shown = []
    for look, temp in enumerate((10.0, 3.0, 21.0)):
        at(pool, link, 10.0 * look, pool__temp=temp)
        shown.append(link["panel.season"])
    assert shown == [OFF, WINTER, SUMMER]
    at(pool, link, 40.0, p_1__alarm_trip=1.0)
    at(pool, link, 41.0)
    assert (link["panel.alarm_load_pump"], link["panel.alarm_well_pump"]) == (1.0, 0.0)


def test_the_emergency_stop_of_the_pool(pool, link):
    """Clauses PK-4.1, PK-4.2."""
    circulate(pool, link, 0.0, 3.0)
    at(pool, link, 70.0)
    assert link["wp_1.enable_cmd"] == 1.0
    at(pool, link, 71.0, panel__emergency_stop=1.0)
    assert [link["p_1.enable_cmd"], link["wp_1.enable_cmd"]] == [0.0, 0.0]
    at(pool, link, 100.0, panel__emergency_stop=0.0)
    assert link["p_1.enable_cmd"] == 0.0
    at(pool, link, 110.0, panel__alarm_reset=1.0)
    at(pool, link, 120.0)
    assert link["p_1.enable_cmd"] == 1.0
