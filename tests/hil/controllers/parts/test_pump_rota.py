"""Rota, group, ring and pressure alone, on a link of two methods, clause by clause (docs/sequences/pumps.md)."""

from dataclasses import replace

import pytest

from hil.controllers.pumps.loop_pressure import LoopPressure
from hil.controllers.pumps.pump_drive import PumpDrive
from hil.controllers.pumps.pump_group import PumpGroup
from hil.controllers.pumps.pump_rota import PumpRota
from hil.controllers.pumps.ring_flow import RingFlow
from hil.controllers.pumps.ring_pumps import RingPumps
from hil.controllers.pumps.valve import Valve
from hil.controllers.settings.household_wiring import HouseholdSettings
from hil.controllers.settings.settings import Settings
from hil.controllers.settings.wiring import LoopWiring

NAMES = ("p_1", "p_2", "p_3")


def on(link) -> list[int]:
    return [number for number, name in enumerate(NAMES, 1) if link[f"{name}.enable_cmd"] == 1.0]


def prove(link, *numbers: int) -> None:
    """These pumps show their run proofs, the others do not."""
    link.set(**{f"p_{number}__running": float(number in numbers) for number in (1, 2, 3)})


def hours(link) -> None:
    link.set(p_1__run_hours=30.0, p_2__run_hours=10.0, p_3__run_hours=20.0)


@pytest.fixture
def rota(link):
    made = PumpRota([PumpDrive(link, name) for name in NAMES], 10.0, 25.0, Settings())
    hours(link)
    return made


def test_the_least_used_start_and_the_most_used_stop(rota, link):
    """Clause PU-2.1."""
    rota.man(0.0, 2, 80.0)
    assert on(link) == [2, 3]
    assert link["p_2.speed_cmd"] == 80.0
    rota.man(10.0, 3, 80.0)
    rota.man(20.0, 1, 80.0)
    assert on(link) == [2]


def test_another_takes_the_place_of_one_that_is_given_up(rota, link):
    """Clause PU-2.2."""
    rota.man(0.0, 1, 80.0)
    rota.fail(10.0, rota.pumps[1])
    assert (on(link), rota.alarm) == ([], True)
    rota.man(10.0, 1, 80.0)
    assert on(link) == [3]


def test_a_proof_may_be_missing_for_its_time_after_a_grace(rota, link):
    """Clause PU-3.3."""
    rota.man(100.0, 1, 80.0)
    pump = rota.pumps[1]
    assert [rota.lost(124.0, pump, False), rota.lost(125.0, pump, False)] == [False, True]
    assert not rota.lost(130.0, pump, True)
    assert [rota.lost(139.0, pump, False), rota.lost(140.0, pump, False)] == [False, True]


def test_failed_pumps_are_tried_again_three_times(rota, link):
    """Clause PU-2.3."""
    time_s = 0.0
    for retry in range(4):
        rota.man(time_s, 3, 80.0)
        assert on(link) == [1, 2, 3]
        for pump in rota.pumps:
            rota.fail(time_s, pump)
        rota.man(time_s + 299.0, 3, 80.0)
        rota.man(time_s + 299.0, 3, 80.0)
        assert on(link) == []
        time_s += 300.0
        rota.man(time_s, 3, 80.0)
        assert (retry < 3) == all(pump.ready() for pump in rota.pumps)
    rota.reset()
    rota.man(time_s, 3, 80.0)
    assert (on(link), rota.alarm) == ([1, 2, 3], False), "Clause PU-2.4."


@pytest.fixture
def group(link):
    """Three pumps; a unit needs 50 m3/h."""
    made = PumpGroup(link, NAMES, "meter", 50.0, Settings())
    hours(link)
    return made


def test_more_pumps_at_once_and_fewer_after_a_while(group, link):
    """Clause PU-3.1."""
    group.run(0.0, 2, 2, True, 100.0)
    assert on(link) == [2, 3]
    group.run(10.0, 1, 1, True, 100.0)
    group.run(84.0, 1, 1, True, 100.0)
    assert on(link) == [2, 3]
    group.run(85.0, 1, 1, True, 100.0)
    assert on(link) == [2]
    group.run(86.0, 5, 1, True, 100.0)
    assert on(link) == [1, 2, 3]


def test_a_group_takes_another_speed_and_stands_still(group, link):
    """Clauses PU-3.1, SO-4.5."""
    assert group.still()
    group.run(0.0, 1, 1, True, 100.0)
    prove(link, 2)
    group.run(10.0, 1, 1, True, 90.0)
    assert (link["p_2.speed_cmd"], group.still()) == (90.0, False)
    group.rest(20.0)
    assert (on(link), group.still()) == ([], False)
    prove(link)
    assert group.still()


def test_a_pump_counts_when_its_ramp_is_over(group, link):
    """Clause PU-3.2."""
    group.run(0.0, 1, 1, True, 100.0)
    prove(link, 2)
    group.scan(34.0)
    assert group.proven == 0
    group.scan(35.0)
    assert group.proven == 1


@pytest.mark.parametrize(("trip", "time_s"), [(0.0, 25.0), (1.0, 1.0)])
def test_a_pump_of_a_group_is_replaced(group, link, trip, time_s):
    """Clause PU-3.3."""
    group.run(0.0, 1, 1, True, 100.0)
    group.scan(0.5 if trip else 24.0)
    assert on(link) == [2]
    link.set(p_2__alarm_trip=trip)
    group.scan(time_s)
    assert (on(link), group.alarm) == ([3], True)


def test_flow_for_all_units_that_run(group, link):
    """Clause PU-3.4."""
    group.run(0.0, 2, 2, True, 100.0)
    prove(link, 2, 3)
    link.set(meter__flow=99.0)
    group.scan(40.0)
    assert not group.flowing
    link.set(meter__flow=100.0)
    group.scan(60.0)
    assert group.flowing
    link.set(meter__flow=0.0)
    group.scan(62.0)
    assert group.flowing
    group.scan(63.0)
    assert not group.flowing


def test_proofs_without_flow_are_an_alarm(group, link):
    """Clause PU-3.5."""
    group.run(0.0, 1, 1, False, 100.0)
    group.run(20.0, 1, 1, False, 100.0)
    prove(link, 2)
    group.run(30.0, 1, 1, True, 100.0)
    group.scan(69.0)
    assert not group.flow_alarm, "50 s after the way was last seen shut at 20 s"
    group.scan(70.0)
    assert group.flow_alarm
    group.reset()
    assert not group.flow_alarm


def test_a_pump_of_a_group_that_runs_by_hand_is_an_alarm(group, link):
    """Clause PU-3.6: in a group that works, and in one that rests."""
    group.run(100.0, 1, 1, True, 100.0)
    prove(link, 2, 3)
    group.run(110.0, 1, 1, True, 100.0)
    assert group.flow_alarm
    group.reset()
    prove(link, 2)
    group.rest(200.0)
    group.rest(260.0)
    assert not group.flow_alarm
    group.rest(261.0)
    assert group.flow_alarm


@pytest.fixture
def ring(link):
    """Three pumps of which two have the duty for 100 m3/h, at a head of 20 m."""
    numbers = replace(HouseholdSettings(), duty_pumps=2, design_flow=100.0, head_sp=20.0, least_flow=1.0)
    made = RingPumps(link, LoopWiring(pumps=NAMES, meter="meter"), numbers)
    hours(link)
    return made


def test_ring_pumps_follow_the_flow(ring, link):
    """Clause HH-2.1."""
    ring.run(0.0, True)
    assert on(link) == [2]
    prove(link, 2)
    link.set(meter__flow=47.5)
    for time_s in (10.0, 609.0):
        ring.run(time_s, True)
    assert on(link) == [2]
    ring.run(610.0, True)
    assert on(link) == [2, 3]
    prove(link, 2, 3)
    link.set(meter__flow=46.5)
    for time_s in (620.0, 1219.0):
        ring.run(time_s, True)
    assert on(link) == [2, 3]
    ring.run(1220.0, True)
    assert on(link) == [2]


def test_a_ring_pump_without_proof_is_replaced_and_retries_are_forgotten(ring, link):
    """Clause HH-2.2."""
    ring.run(0.0, True)
    ring.run(24.0, True)
    assert on(link) == [2]
    ring.run(25.0, True)
    assert (on(link), ring.alarm) == ([3], True)
    for time_s in (50.0, 75.0, 375.0, 376.0):
        ring.run(time_s, False)
    assert len(on(link)) == 1, "all had failed, and are tried again"
    prove(link, *on(link))
    link.set(meter__flow=10.0)
    ring.run(390.0, True)
    assert ring._rota._retries == 1
    ring.run(376.0 + 1801.0, True)
    assert ring._rota._retries == 0


def test_missing_flow_gives_all_proven_pumps_up(ring, link):
    """Clause HH-2.3."""
    ring.run(0.0, True)
    prove(link, 2)
    for time_s in (10.0, 59.0):
        ring.run(time_s, True)
    assert not ring.flow_alarm
    ring.run(60.0, True)
    assert ring.flow_alarm
    assert on(link) == [3]


def test_flow_is_not_missed_while_hardly_a_valve_is_open(ring, link):
    """Clause HH-2.3."""
    ring.run(0.0, False)
    prove(link, 2)
    for time_s in (10.0, 60.0, 600.0):
        ring.run(time_s, False)
    assert not ring.flow_alarm


def test_the_head_rises_with_the_square_of_the_flow(ring, link):
    """Clause HH-2.4: at half the flow 16 + 4 / 4 = 17 m; a head of 8 m is corrected by 30 % of what is missing."""
    ring.run(0.0, True)
    assert link["p_2.speed_cmd"] == 80.0
    prove(link, 2)
    link.set(meter__flow=50.0, p_2__head=17.0)
    ring.run(10.0, True)
    assert ring.speed == 80.0
    link.set(p_2__head=8.0)
    ring.run(20.0, True)
    assert link["p_2.speed_cmd"] == pytest.approx(80.0 * (1.0 + 0.3 * (1.4577 - 1.0)), abs=0.05)
    link.set(p_2__head=80.0)
    for look in range(20):
        ring.run(30.0 + look, True)
    assert ring.speed == 40.0


def test_a_ring_that_rested_starts_with_one_pump_at_its_fixed_speed(ring, link):
    """Clauses HH-2.1, HH-2.4."""
    ring.run(0.0, True)
    prove(link, 2)
    link.set(meter__flow=60.0, p_2__head=1.0)
    for time_s in (10.0, 610.0, 620.0):
        ring.run(time_s, True)
    assert (len(on(link)), ring.speed) == (2, 100.0)
    ring.rest(630.0)
    assert (on(link), ring.flowing) == ([], False)
    prove(link)
    ring.run(640.0, True)
    assert (len(on(link)), ring.speed) == (1, 80.0)


@pytest.fixture
def stations(link):
    return RingFlow(link, LoopWiring(meter="meter"), 20.0, Settings())


def test_a_ring_of_stations_is_watched_by_its_flow(stations, link):
    """Clause PU-4.1."""
    link.set(meter__flow=20.0)
    stations.scan(0.0)
    assert not stations.flowing, "not wanted"
    stations.run(10.0, 100.0)
    stations.scan(100.0)
    assert stations.flowing
    link.set(meter__flow=19.0)
    stations.scan(102.0)
    assert stations.flowing
    stations.scan(102.5)
    assert not stations.flowing


def test_a_ring_that_does_not_flow_is_an_alarm(stations, link):
    """Clause PU-4.2."""
    stations.run(10.0, 100.0)
    stations.check(60.0 + 239.0)
    assert not stations.flow_alarm
    stations.check(60.0 + 240.0)
    assert stations.flow_alarm
    stations.rest(310.0)
    link.set(meter__flow=0.6)
    assert not stations.still()
    link.set(meter__flow=0.4)
    assert stations.still()


def test_pressure_of_a_loop(link):
    """Clauses PU-5.1, PU-5.2, PU-5.3."""
    pressure = LoopPressure(link, "holding", Settings())
    assert link["holding.enable_cmd"] == 1.0
    seen = []
    for kilopascal in (200.0, 151.0, 149.0, 179.0, 181.0, 351.0):
        link.set(holding__pressure=kilopascal)
        pressure.look()
        seen.append((pressure.low, pressure.high))
    assert seen == [(False, False), (False, False), (True, False), (True, False), (False, False), (False, True)]
    for starts, own, leak in ((6.0, 0.0, False), (7.0, 0.0, True), (0.0, 1.0, True), (0.0, 0.0, False)):
        link.set(holding__starts_per_hour=starts, holding__alarm_leak=own)
        pressure.look()
        assert pressure.leak is leak


@pytest.mark.parametrize(("end", "position", "is_open", "is_closed"), [
    ("open", 100.0, True, False), ("open", 40.0, False, False),
    ("closed", 0.0, False, True), ("closed", 6.0, False, False),
])  # fmt: skip
def test_an_end_switch_that_the_position_contradicts_proves_nothing(link, end, position, is_open, is_closed):
    """Clause PU-6.1."""
    valve = Valve(link, "v1")
    link.set(**{f"v1__{end}_proof": 1.0}, v1__position=position)
    assert (valve.is_open(), valve.is_closed()) == (is_open, is_closed)
