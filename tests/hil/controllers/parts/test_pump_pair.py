"""Duty and standby pump alone, on a link of two methods, clause by clause (docs/sequences/pumps.md)."""

import pytest

from hil.controllers.pumps.pump_pair import PumpPair
from hil.controllers.settings.settings import Settings
from hil.controllers.settings.wiring import LoopWiring

WEEK = 168 * 3600.0


@pytest.fixture
def pair(link):
    """Two pumps that stand, the first with more run hours; 46 m3/h prove the loop."""
    made = PumpPair(link, LoopWiring(pumps="p_1, p_2", meter="meter"), 46.0, Settings())
    link.set(p_1__run_hours=20.0, p_2__run_hours=10.0)
    return made


@pytest.fixture
def running(pair, link):
    """The second pump has the duty since 0 s, proven and with flow at 60 s."""
    pair.run(0.0, 95.0)
    link.set(p_2__running=1.0, meter__flow=46.0)
    pair.scan(60.0)
    assert pair.flowing
    return pair


def on(link) -> tuple[bool, bool]:
    return link["p_1.enable_cmd"] == 1.0, link["p_2.enable_cmd"] == 1.0


def test_the_sound_pump_with_the_fewest_hours_starts(pair, link):
    """Clause PU-1.1."""
    pair.run(0.0, 95.0)
    assert on(link) == (False, True)
    assert link["p_2.speed_cmd"] == 95.0


def test_a_pump_that_reports_a_trip_does_not_start(pair, link):
    """Clause PU-1.1."""
    link.set(p_2__alarm_trip=1.0)
    pair.run(0.0, 95.0)
    assert on(link) == (True, False)


def test_a_pump_that_never_proves_itself_is_given_up_after_its_grace(pair, link):
    """Clauses PU-1.2, PU-1.7."""
    pair.run(0.0, 95.0)
    link.set(meter__flow=60.0)
    assert [pair.scan(24.0), pair.scan(25.0)] == [False, True]
    assert on(link) == (True, False)
    assert (pair.alarm, pair.flow_alarm) == (True, False)


def test_a_pump_that_loses_its_proof_is_given_up(running, link):
    """Clause PU-1.2."""
    link.set(p_2__running=0.0)
    assert [running.scan(69.0), running.scan(70.0)] == [False, True]
    assert on(link) == (True, False)


def test_a_proven_pump_without_flow_is_given_up_and_contradicts_itself(pair, link):
    """Clauses PU-1.3, PU-1.6."""
    pair.run(0.0, 95.0)
    link.set(p_2__running=1.0, meter__flow=45.9)
    assert [pair.scan(49.0), pair.scan(50.0)] == [False, True]
    assert (pair.alarm, pair.flow_alarm) == (True, True)


def test_a_trip_is_not_waited_for(running, link):
    """Clauses PU-1.4, PU-1.5."""
    link.set(p_2__alarm_trip=1.0, p_2__running=0.0)
    assert running.scan(60.5)
    assert not running.flowing
    assert on(link) == (True, False)


@pytest.mark.parametrize("missing", [{"p_2__running": 0.0}, {"meter__flow": 0.0}])
def test_the_loop_flows_for_two_seconds_more(running, link, missing):
    """Clause PU-1.5."""
    link.set(**missing)
    running.scan(62.0)
    assert running.flowing
    running.scan(62.5)
    assert not running.flowing


def test_an_idle_pump_that_shows_a_proof_contradicts_itself(running, link):
    """Clause PU-1.6."""
    link.set(p_1__running=1.0)
    running.check(60.0)
    assert not running.flow_alarm
    running.check(61.0)
    assert running.flow_alarm


def test_the_standby_pump_has_its_own_grace(running, link):
    """Clauses PU-1.7, PU-1.2."""
    link.set(p_2__running=0.0)
    running.scan(70.0)
    assert [running.scan(94.0), running.scan(95.0)] == [False, True]
    assert on(link) == (False, False)


def test_without_a_sound_pump_three_retries_follow(pair, link):
    """Clause PU-1.8."""
    link.set(p_1__alarm_trip=1.0, p_2__alarm_trip=1.0)
    pair.run(0.0, 95.0)
    assert (on(link), pair.alarm) == ((False, False), True)
    for retry in range(3):
        pair.check(300.0 * retry + 299.0)
        pair.check(300.0 * retry + 300.0)
        assert on(link) == (False, False)
    link.set(p_1__alarm_trip=0.0, p_2__alarm_trip=0.0)
    pair.check(1e6)
    assert on(link) == (False, False)
    pair.reset()
    pair.check(1e6)
    assert on(link) == (False, True)


def test_a_retry_starts_a_pump_that_is_sound_again(pair, link):
    """Clause PU-1.8."""
    link.set(p_1__alarm_trip=1.0, p_2__alarm_trip=1.0)
    pair.run(0.0, 95.0)
    link.set(p_1__alarm_trip=0.0)
    pair.check(299.0)
    assert on(link) == (False, False)
    pair.check(300.0)
    assert on(link) == (True, False)


@pytest.mark.parametrize(
    ("flow", "looked_at", "tried"), [(60.0, 2701.0, True), (60.0, 2700.0, False), (0.0, 2701.0, False)]
)
def test_retries_are_forgotten_after_half_an_hour_of_flow(pair, link, flow, looked_at, tried):
    """Clause PU-1.8: the third retry comes at 900 s, and would be the last."""
    link.set(p_1__alarm_trip=1.0, p_2__alarm_trip=1.0)
    pair.run(0.0, 95.0)
    for retry in range(1, 4):
        link.set(p_2__alarm_trip=float(retry < 3))
        pair.check(300.0 * retry)
    assert on(link) == (False, True)
    link.set(p_2__running=1.0, meter__flow=flow)
    pair.scan(905.0)
    pair.check(looked_at)
    link.set(p_2__alarm_trip=1.0, p_2__running=0.0)
    pair.scan(2800.0)
    assert on(link) == (False, False)
    link.set(p_2__alarm_trip=0.0)
    pair.check(3100.0)
    assert on(link) == (False, tried)


def test_the_duty_rotates_by_the_week_with_an_overlap(running, link):
    """Clause PU-1.9."""
    running.check(WEEK - 1.0)
    assert on(link) == (False, True)
    running.check(WEEK)
    assert on(link) == (True, True)
    link.set(p_1__running=1.0)
    running.check(WEEK + 44.0)
    assert on(link) == (True, True)
    running.check(WEEK + 45.0)
    assert on(link) == (True, False)
    assert not running.alarm


def test_a_pump_that_does_not_prove_itself_does_not_get_the_duty(running, link):
    """Clause PU-1.9."""
    running.check(WEEK)
    running.check(WEEK + 45.0)
    assert on(link) == (False, True)
    assert running.alarm
    running.check(WEEK + 46.0)
    assert on(link) == (False, True)


def test_an_acknowledgement_makes_pumps_sound_again(running, link):
    """Clause PU-1.10."""
    link.set(p_2__alarm_trip=1.0)
    running.scan(61.0)
    link.set(p_2__alarm_trip=0.0)
    running.reset()
    assert not running.alarm
    running.rest(62.0)
    running.run(63.0, 95.0)
    assert on(link) == (False, True)


@pytest.fixture
def dead(pair, link):
    """Both pumps have tripped, and the loop waits for a retry at 300 s."""
    link.set(p_1__alarm_trip=1.0, p_2__alarm_trip=1.0)
    pair.run(0.0, 95.0)
    assert pair.alarm
    return pair


def test_one_acknowledgement_is_enough_where_drives_need_a_moment(dead, link):
    """Clause PU-1.11: the trips are still reported at the look that follows the button."""
    dead.reset()
    dead.check(100.0)
    assert (dead.alarm, on(link)) == (False, (False, False))
    link.set(p_1__alarm_trip=0.0)
    dead.check(110.0)
    assert (dead.alarm, on(link)) == (False, (True, False))


def test_drives_that_stay_tripped_are_alarmed_again_after_an_acknowledgement(dead, link):
    """Clause PU-1.11: the alarm comes back after 60 s, and the loop is tried again 300 s later."""
    dead.reset()
    dead.check(100.0)
    dead.check(159.0)
    assert not dead.alarm
    dead.check(160.0)
    assert dead.alarm
    link.set(p_1__alarm_trip=0.0)
    dead.check(459.0)
    assert on(link) == (False, False)
    dead.check(460.0)
    assert on(link) == (True, False)


def test_a_second_acknowledgement_waits_for_the_drives_as_the_first_did(dead, link):
    """Clause PU-1.11."""
    dead.reset()
    for time_s in (100.0, 160.0):
        dead.check(time_s)
    dead.reset()
    dead.check(170.0)
    assert not dead.alarm
    link.set(p_2__alarm_trip=0.0)
    dead.check(180.0)
    assert (dead.alarm, on(link)) == (False, (False, True))


def test_an_acknowledged_emergency_stop_waits_for_drives_that_have_tripped(dead, link):
    """Clause PU-1.11: the loop stood when the button was pushed, and is wanted again at the same look."""
    dead.rest(50.0)
    dead.reset()
    dead.run(100.0, 95.0)
    dead.check(100.0)
    assert (dead.alarm, on(link)) == (False, (False, False))
    link.set(p_1__alarm_trip=0.0, p_2__alarm_trip=0.0)
    dead.check(110.0)
    assert (dead.alarm, on(link)) == (False, (False, True))


def test_an_old_acknowledgement_does_not_delay_a_retry(running, link):
    """Clause PU-1.8: an hour after the button both pumps trip, and are tried again after 300 s."""
    running.reset()
    running.check(70.0)
    link.set(p_1__alarm_trip=1.0, p_2__alarm_trip=1.0, p_2__running=0.0)
    running.scan(3600.0)
    assert running.alarm
    link.set(p_1__alarm_trip=0.0)
    running.check(3899.0)
    assert on(link) == (False, False)
    running.check(3900.0)
    assert on(link) == (True, False)


def test_a_loop_is_still_when_no_pump_is_wanted_or_proven(pair, link):
    """Clause SO-4.5."""
    assert pair.still()
    assert not pair.scan(0.0)
    pair.run(0.0, 95.0)
    assert not pair.still()
    link.set(p_2__running=1.0)
    pair.rest(10.0)
    assert not pair.still()
    link.set(p_2__running=0.0)
    assert pair.still()
