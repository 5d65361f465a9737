"""A rig that is saved, taken back and forked in a test, and what cannot be kept."""

import random

import pytest

from hil.testing.rig import Rig
from scenarios.timeline.actions import FailSensor, Start
from twin.errors import InputError, RigError

WATCHED = ("load_meter.supply_temp", "hp_1.power", "zone_1.temp", "bus.load_meter.supply_temp", "bus.panel.alarm")


def seen(rig, steps=20):
    """What happens from here on: the values at the end of every minute, and all numbers at last."""
    rows = []
    for _ in range(steps):
        rig.run("1 min")
        rows.append(tuple(rig.read(path) for path in WATCHED))
    return rows, rig.plant.store.values.tobytes(), rig.now_s


def worked(**more):
    """A rig at work for 40 minutes, with a noisy instrument, a fault that is begun and a write on its way."""
    rig = Rig(**more)
    rig.run("20 min")
    noise = FailSensor("noise", Start(at_s=0.0), "noise", "load_meter.supply_temp", {"sigma": 0.5}, 600.0)
    rig.bench.fail_sensor(noise)
    rig.set("source_pump_1.fault_trip", 1)
    rig.run("20 min 30 s")
    rig.write("fan_coil_1.temp_sp", 23.0)
    return rig


def test_a_rig_goes_back_and_what_follows_is_the_same():
    rig = worked()
    saved = rig.save()
    first = seen(rig)
    rig.set("weather.temp_shift", "-5 K")
    rig.run("7 min")
    rig.restore(saved)
    assert rig.now_s == 2430.0
    assert seen(rig) == first


def test_a_fork_stands_where_the_rig_does_and_neither_touches_the_other():
    rig = worked()
    other, cold = rig.fork(), rig.fork()
    cold.set("weather.temp_shift", "-15 K")
    what_if = seen(cold)
    undisturbed = seen(other)
    assert seen(rig) == undisturbed
    assert what_if[0] != undisturbed[0]
    assert rig.read("fan_coil_1.temp_sp") == 23.0


class Own:
    """A controller of a user, whose memory is in an object and in a function."""

    def __init__(self, link):
        self.link, self.place = link, link.place("load_pump_1.enable_cmd")
        self.speed = link.place("load_pump_1.speed_cmd")
        self.times = []
        self.toggled = toggle()

    def scan(self, time_s):
        self.times = [*self.times, time_s][-3:]
        self.link.write(self.place, 1.0)
        self.link.write(self.speed, 40.0 + (self.toggled() * 7 + self.times[0]) % 50)


def toggle():
    state = 0

    def step():
        nonlocal state
        state = (state * 5 + 1) % 17
        return state

    return step


def test_a_controller_of_ones_own_goes_on_too():
    rig = Rig(controller=Own, scan="7 s")
    rig.run("10 min 3 s")
    saved, other = rig.save(), rig.fork()
    first = seen(rig, 3)
    assert seen(other, 3) == first
    rig.restore(saved)
    assert seen(rig, 3) == first


class Lucky(Own):
    """Draws from what nobody sees."""

    def __init__(self, link):
        super().__init__(link)
        self.chance = random.Random(1)


def test_what_cannot_be_kept_is_said():
    rig = Rig(controller=Lucky)
    rig.run("10 s")
    with pytest.raises(RigError, match=r"a random.Random has a memory that cannot be seen"):
        rig.save()


def test_a_state_of_another_rig_is_refused():
    saved = Rig(controller="none").save()
    for other in (Rig(controller="none", seed=1), Rig(controller="none", start="2026-01-15T09:00:00+08:00")):
        with pytest.raises(InputError, match="the state is of a rig that was built in another way"):
            other.restore(saved)
