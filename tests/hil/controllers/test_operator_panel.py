"""The operator's side of every program: emergency stop, acknowledgement, and how long resets are held."""

from datetime import datetime

import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.bus_link import BusLink
from hil.controllers.panel.operator_panel import RESET_S, OperatorPanel
from plant_models.plant import build

START = datetime(2026, 1, 15)  # noqa: DTZ001


class Operator:
    """Turns the switches of the panel of a bench, and lets a controller look at them every second."""

    def __init__(self) -> None:
        self.bench = Bench(build("household_5_6", START, 86400.0), read_bench("household_5_6"), START)
        self.bench.refresh()
        self.panel, self.time_s = OperatorPanel(BusLink(self.bench.bus)), 0.0

    def turn(self, **switches: float) -> bool:
        for name, value in switches.items():
            self.bench.store.write(f"panel.{name}", value)
        self.bench.bus.refresh(self.time_s)
        self.time_s += 1.0
        return self.panel.acknowledged(self.time_s)


@pytest.fixture
def operator() -> Operator:
    return Operator()


def test_an_emergency_stop_lasts_until_it_is_released_and_acknowledged(operator):
    assert not operator.turn(emergency_stop=1.0)
    assert operator.panel.pressed
    assert not operator.turn(emergency_stop=0.0)
    assert (operator.panel.pressed, operator.panel.stopped) == (False, True)
    assert operator.turn(alarm_reset=1.0)
    assert not operator.panel.stopped
    assert not operator.turn(alarm_reset=1.0), "the button is held, not pushed again"


def test_nothing_is_acknowledged_while_the_emergency_stop_is_pressed(operator):
    operator.turn(emergency_stop=1.0)
    assert not operator.turn(alarm_reset=1.0)
    assert operator.panel.stopped
    assert not operator.turn(emergency_stop=0.0), "the button was pushed too early; it must be pushed again"
    assert operator.panel.stopped
    operator.turn(alarm_reset=0.0)
    assert operator.turn(alarm_reset=1.0)
    assert not operator.panel.stopped


def test_resets_are_released_at_the_start_and_held_after_an_acknowledgement(operator):
    panel = operator.panel
    assert panel.resets(0.0) is False
    assert panel.resets(1.0) is None
    operator.turn(alarm_reset=1.0)
    begin = operator.time_s
    assert panel.resets(begin) is True
    assert panel.resets(begin + RESET_S - 1.0) is True
    assert panel.resets(begin + RESET_S) is False
    assert panel.resets(begin + RESET_S + 1.0) is None
