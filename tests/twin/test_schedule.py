"""The schedule: ticks between instants, phases within one, and that nothing depends on the order of creation."""

import pytest

from twin.errors import RigError
from twin.schedule import CONTROLLER, EVENTS, RECORD, Schedule


class Plant:
    """Counts ticks and notes when it was settled."""

    def __init__(self):
        self.ticks, self.calls, self.settled = 0, [], []

    def advance(self, ticks):
        self.ticks += ticks
        self.calls.append(ticks)

    def schedule(self, tick_ms=1000):
        return Schedule(tick_ms, self.advance, self.settled.append)


def test_the_plant_is_advanced_in_one_call_between_two_instants():
    plant = Plant()
    schedule = plant.schedule()
    schedule.every(10_000, CONTROLLER, lambda: None)
    schedule.run(60_000)
    assert plant.calls == [10] * 6
    assert plant.settled == [0, 10_000, 20_000, 30_000, 40_000, 50_000]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_phases_order_an_instant_whatever_was_created_first(order):
    plant = Plant()
    schedule = plant.schedule()
    seen = []
    acts = [
        (CONTROLLER, lambda: seen.append(("controller", schedule.now_ms, plant.ticks))),
        (RECORD, lambda: seen.append(("record", schedule.now_ms, plant.ticks))),
        (EVENTS, lambda: seen.append(("events", schedule.now_ms, plant.ticks))),
    ]
    for number in order:
        schedule.every(5_000, *acts[number])
    schedule.run(5_000)
    assert seen == [
        ("controller", 0, 0), ("record", 0, 0), ("events", 0, 0),
        ("controller", 5_000, 5), ("record", 5_000, 5), ("events", 5_000, 5),
    ]  # fmt: skip


def test_an_instant_between_two_ticks_is_moved_to_the_next_tick():
    plant = Plant()
    schedule = plant.schedule(tick_ms=2000)
    at = []

    def steps():
        yield schedule.at(3_000, EVENTS)
        at.append((schedule.now_ms, plant.ticks))

    schedule.start(steps())
    schedule.run(10_000)
    assert at == [(4_000, 2)]
    assert plant.ticks == 5


def test_a_time_that_has_passed_happens_now():
    plant = Plant()
    schedule = plant.schedule()
    at = []

    def steps():
        yield schedule.at(5_000, EVENTS)
        yield schedule.at(1_000, EVENTS)
        at.append(schedule.now_ms)

    schedule.start(steps())
    schedule.run(8_000)
    assert at == [5_000]


def test_instant_by_instant_is_the_same_as_all_at_once():
    seen = {}
    for way in ("at once", "by instant"):
        plant = Plant()
        schedule = plant.schedule()
        times = []
        schedule.every(3_000, CONTROLLER, lambda times=times, schedule=schedule: times.append(schedule.now_ms))
        schedule.every(7_000, RECORD, lambda times=times, schedule=schedule: times.append(-schedule.now_ms))
        if way == "at once":
            schedule.run(42_000)
        else:
            while schedule.next_ms() is not None and schedule.next_ms() <= 42_000:
                schedule.run_instant()
        seen[way] = (times, plant.ticks, plant.calls)
    assert seen["at once"] == seen["by instant"]


def test_nothing_left_to_happen():
    schedule = Plant().schedule()
    assert schedule.next_ms() is None
    schedule.run(7_000)
    assert schedule.next_ms() is None


def noted(plant, twice=7_000):
    """A schedule that notes all that happens, and what it noted."""
    schedule, seen = plant.schedule(), []
    schedule.every(3_000, CONTROLLER, lambda: seen.append(("scan", schedule.now_ms, plant.ticks)))
    schedule.every(5_000, EVENTS, lambda: seen.append(("watch", schedule.now_ms)), name="watch")

    def step(word, left):
        seen.append((word, left, schedule.now_ms))
        if left:
            schedule.call(schedule.now_ms + twice, EVENTS, "step", word, left - 1)

    schedule.can("step", step)
    return schedule, seen


@pytest.mark.parametrize("at_ms", [1, 3_000, 7_000, 14_000, 15_000, 20_500])
def test_it_goes_on_from_where_it_stood_in_the_same_order(at_ms):
    whole, first, second = Plant(), Plant(), Plant()
    schedule, seen = noted(whole)
    schedule.call(5_000, EVENTS, "step", "a", 4)
    schedule.call(15_000, EVENTS, "step", "b", 2)
    schedule.run(60_000)
    halted, before = noted(first)
    halted.call(5_000, EVENTS, "step", "a", 4)
    halted.call(15_000, EVENTS, "step", "b", 2)
    halted.run(at_ms)
    second.ticks = first.ticks
    further, after = noted(second)
    further.stand(halted.standing())
    further.run(60_000)
    assert before + after == seen
    assert (further.now_ms, second.ticks) == (schedule.now_ms, whole.ticks)


def test_what_was_declared_later_happens_at_its_next_time():
    plant = Plant()
    schedule, _ = noted(plant)
    schedule.run(10_000)
    further, seen = noted(plant)
    further.every(4_000, RECORD, lambda: seen.append(("new", further.now_ms)), name="new")
    further.stand(schedule.standing())
    further.run(16_000)
    assert [entry for entry in seen if entry[0] == "new"] == [("new", 12_000), ("new", 16_000)]


def test_what_cannot_be_kept_or_is_not_declared_is_refused():
    schedule, _ = noted(Plant())
    schedule.call(5_000, EVENTS, "step", "a", 4)
    with pytest.raises(RigError, match=r"nothing that is called '.*' can happen here"):
        Plant().schedule().stand(schedule.standing())
    with pytest.raises(RigError, match="two things that can happen are called 'step'"):
        schedule.can("step", print)
    with pytest.raises(RigError, match="again and again are called 'watch'"):
        schedule.every(1_000, RECORD, print, name="watch")

    def steps():
        yield schedule.at(5_000, EVENTS)

    schedule.start(steps())
    schedule.run(1_000)
    with pytest.raises(RigError, match="a process is at work that cannot be kept"):
        schedule.standing()
