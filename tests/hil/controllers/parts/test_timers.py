"""The two timers: on delay and off delay on plant time, as IEC 61131-3 has TON and TOF."""

from hil.controllers.timers import OffDelay, OnDelay


def test_an_on_delay_comes_after_its_time_and_goes_with_its_input():
    timer = OnDelay(30.0)
    assert [timer.update(float(t), True) for t in (100, 110, 129, 130, 200)] == [False, False, False, True, True]
    assert not timer.update(210.0, False)
    assert [timer.update(float(t), True) for t in (220, 249, 250)] == [False, False, True]


def test_an_on_delay_of_nothing_is_its_input():
    timer = OnDelay(0.0)
    assert [timer.update(1.0, True), timer.update(2.0, False), timer.update(3.0, True)] == [True, False, True]


def test_an_on_delay_that_is_reset_counts_anew():
    timer = OnDelay(30.0)
    timer.update(0.0, True)
    assert timer.holds(30.0)
    timer.reset()
    assert not timer.holds(1000.0)
    assert not timer.update(30.0, True)
    assert timer.update(60.0, True)


def test_an_off_delay_comes_with_its_input_and_goes_after_its_time():
    timer = OffDelay(30.0)
    assert not timer.update(0.0, False), "its input has never been true"
    assert timer.update(100.0, True)
    assert [timer.update(float(t), False) for t in (110, 129, 130)] == [True, True, False]


def test_an_off_delay_may_be_held_ahead():
    """A grace: what is held until 140 s goes 30 s after that, also when the input was seen true before."""
    timer = OffDelay(30.0)
    timer.hold(140.0)
    timer.update(120.0, True)
    assert timer.last == 140.0
    assert [timer.holds(169.0), timer.holds(170.0)] == [True, False]
    timer.update(150.0, True)
    assert [timer.holds(179.0), timer.holds(180.0)] == [True, False]
