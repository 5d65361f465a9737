"""What controllers remember: put into another one that was just made, it is all there; what cannot be seen is told."""

import itertools
import json
import random
from collections import deque

import numpy as np
import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.bus_link import BusLink
from hil.bench.memory import Memory
from hil.controllers.registry import controller, family
from plant_models.plant import SAMPLE_START, build
from twin.errors import InputError, RigError


class Part:
    """With places instead of a dictionary."""

    __slots__ = ("count", "never", "other")

    def __init__(self):
        self.count, self.other = 0, None


class Program:
    """Remembers in every way there is."""

    def __init__(self):
        self.parts = [Part(), Part()]
        self.order, self.first = self.parts, self.parts[0]
        self.past, self.known, self.seen = deque(maxlen=3), {}, set()
        self.row, self.pair = np.zeros(2), (0, None)
        self.counted = counter()

    def scan(self, time_s):
        self.parts.reverse()
        self.first = self.parts[0]
        self.first.count += 1
        self.first.other = self.parts[1]
        self.past.append((time_s, self.first))
        self.known = {"last": time_s, 7: [self.first, self.known.get(7)]}
        self.known["again"] = self.known[7]
        self.seen.add(time_s)
        self.row[0] = time_s / 3.0
        self.pair, self.added = (self.counted(), None), float("nan")
        self.order = [*self.parts]


def counter():
    count = 0

    def step():
        nonlocal count
        count += 1
        return count

    return step


def played(until):
    program = Program()
    memory = Memory([program])
    for time_s in range(until):
        program.scan(float(time_s))
    return program, memory


@pytest.mark.parametrize("until", [0, 1, 4, 5])
def test_another_one_goes_on_where_the_first_one_was(until):
    program, memory = played(until)
    other, remembered = played(2)
    remembered.restore(json.loads(json.dumps(memory.keep())))
    assert json.dumps(remembered.keep()) == json.dumps(memory.keep())
    for time_s in (10.0, 11.0, 12.0):
        program.scan(time_s)
        other.scan(time_s)
    assert json.dumps(remembered.keep()) == json.dumps(memory.keep())
    assert other.first in other.parts
    assert other.known["again"] is other.known[7]
    assert other.counted.__closure__[0].cell_contents == until + 3


def test_put_back_into_the_same_one_it_is_as_before():
    program, memory = played(3)
    kept = json.dumps(memory.keep())
    parts, first = program.parts, program.first
    program.scan(20.0)
    memory.restore(json.loads(kept))
    assert json.dumps(memory.keep()) == kept
    assert (program.parts, program.first) == (parts, first)


@pytest.mark.parametrize("name", ["reference", *family("great_hall")])
def test_every_controller_of_a_plant_can_be_kept(name):
    """Those with mistakes, too, which are made of functions in functions."""
    plant = build("great_hall", SAMPLE_START, 86400.0)
    memories = []
    for _ in range(2):
        bench = Bench(plant, read_bench("great_hall"), SAMPLE_START)
        program = controller(name, BusLink(bench.bus), "great_hall")
        memories.append(Memory([program], [bench.bus]))
        if len(memories) == 1:
            bench.control(program, 10_000)
            bench.schedule.run(3_600_000)
    kept = memories[0].keep()
    assert kept != memories[1].keep()
    memories[1].restore(json.loads(json.dumps(kept)))
    assert memories[1].keep() == kept


def test_the_mark_tells_programs_and_settings_apart():
    plant = build("office", SAMPLE_START, 86400.0)
    bus = Bench(plant, read_bench("office"), SAMPLE_START).bus
    marks = [
        Memory([controller(name, BusLink(bus), "office")], [bus]).mark() for name in ("reference", *family("office"))
    ]
    again = Memory([controller("reference", BusLink(bus), "office")], [bus]).mark()
    assert again == marks[0]
    assert len(set(marks)) == len(marks)


class Chance:
    """Draws from what cannot be seen."""

    def __init__(self, source):
        self.source = source


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (random.Random(1), "random.Random"),
        (itertools.count(), "itertools.count"),
        ((number for number in range(3)), "builtins.generator"),
        (type("Own", (dict,), {})(), "Own"),
        (type("Own", (deque,), {})(), "Own"),
    ],
)
def test_a_memory_that_cannot_be_seen_is_told(source, what):
    with pytest.raises(RigError, match=rf"{what} has a memory that cannot be seen"):
        Memory([Chance(source)])


def test_an_object_that_was_made_since_is_told():
    program, memory = played(1)
    program.first = Part()
    with pytest.raises(RigError, match="a Part that was made since the start cannot be kept"):
        memory.keep()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda kept: kept["held"].pop("0"),
        lambda kept: kept["held"].update({"0": {"list": []}}),
        lambda kept: kept["held"].update({"0": {"object": [["parts", {"node": 10_000}]]}}),
        lambda kept: kept["held"].update({"0": {"object": [["parts", {"call": "print"}]]}}),
        lambda kept: kept["new"].append({"object": []}),
        lambda kept: kept.pop("new"),
    ],
)
def test_what_does_not_fit_is_refused(spoil):
    _, memory = played(2)
    kept = memory.keep()
    spoil(kept)
    with pytest.raises(InputError, match="what was remembered does not fit"):
        played(1)[1].restore(kept)
