"""A plant on its bench in the hands of a test: read, write, let time pass, wait for something."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.bus_link import BusLink, Link
from hil.bench.memory import Memory
from hil.bench.participant import Controller
from hil.bench.state import State
from hil.controllers.registry import controller as ready
from hil.runs.options import NONE
from plant_models.assembly.plant_file import read_plant
from plant_models.plant import YEAR_S, Plant
from scenarios.expressions.live import LiveCondition
from scenarios.expressions.text import parse
from scenarios.expressions.wildcards import bind_single
from scenarios.file_types import read_duration
from twin.errors import InputError, RigError
from twin.units import quantity

START = "2026-01-15T08:00:00+08:00"
Maker = Callable[[Link], Controller]


@dataclass(frozen=True)
class Saved:
    """A rig at an instant, for `Rig.restore`; made: how the rig was built."""

    made: tuple[Any, ...]
    bench: State
    controller: dict[str, Any]


class Rig:
    """A plant with its devices and a controller in the process, at plant time 0 s.

    plant: the plant at work; bench: its devices, bus and time; controller: what scans it, None for nothing
    """

    def __init__(
        self,
        plant: str = "office",
        controller: str | Maker = "reference",
        start: str | datetime = START,
        bench: str | None = None,
        scan: str = "1 s",
        seed: int = 0,
    ) -> None:
        """Build it; InputError where a file or a name is wrong.

        plant:      ready plant or plant file; bench: a bench file instead of its own
        controller: a name or a configuration file as for `geotwin run`, "none", or a function that is given the link to
                    the devices and returns an object with `scan(time_s)`
        start:      the plant's clock at its time 0; scan: plant time between two scans of the controller
        """
        self._made = (plant, controller, start, bench, scan, seed)
        moment = datetime.fromisoformat(start) if isinstance(start, str) else start
        self.plant = Plant(read_plant(plant), moment, YEAR_S)
        self.bench = Bench(self.plant, read_bench(bench or plant), self.plant.start, seed)
        self._link = BusLink(self.bench.bus)
        self.controller: Controller | None = None
        if callable(controller):
            self.controller = controller(self._link)
        elif controller != NONE:
            self.controller = ready(controller, self._link, plant)
        if self.controller is not None:
            self.bench.control(self.controller, round(read_duration(scan) * 1000))
        self.bench.every(self.bench.schedule.tick_ms, lambda: None, name="rig")
        self._memory, self._unseen = _memory(self)

    @property
    def now_s(self) -> float:
        """Plant time [s]."""
        return self.bench.schedule.now_s

    def read(self, path: str) -> float:
        """The present value of a point in its unit; with `bus.` in front what its device shows; InputError."""
        self.bench.directory.unit(path)
        return self.bench.read(path)

    def write(self, path: str, value: float) -> None:
        """Write a register as a controller does, in its unit; RefusedRequest where the device refuses it.

        It takes effect at the next tick.
        """
        self._link.write(self._link.place(path), value)

    def set(self, path: str, value: str | float) -> None:
        """Give a point a value at once, as a scenario does: `set("weather.outdoor_temp", "-12 degC")`, or a fault.

        A number is in the unit of the point. InputError where a scenario may not set it.
        """
        number = value if isinstance(value, int | float) else quantity(value, self.bench.directory.unit(path), path)
        self.bench.directory.check_set(path, float(number))
        self.bench.write(path, float(number))

    def run(self, duration: str) -> None:
        """Let plant time pass: `run("10 min")`."""
        self.bench.schedule.run(self.bench.schedule.now_ms + round(read_duration(duration) * 1000))

    def run_until(self, condition: str, within: str, hold: str = "0 s") -> float:
        """Let plant time pass until a condition of the scenario language holds; returns how long that took [s].

        hold: for so long it must hold. AssertionError where that does not come `within` the time.
        """
        asked = LiveCondition(bind_single(parse(condition), self.bench.directory), self.bench.read, read_duration(hold))
        schedule, began = self.bench.schedule, self.bench.schedule.now_ms
        last = began + round(read_duration(within) * 1000)
        due = began
        while not asked(schedule.now_s):
            if due >= last:
                raise AssertionError(f"not within {within} of plant time: {condition}; {self._seen(condition)}")
            due += schedule.tick_ms
            schedule.run(due)
        return (schedule.now_ms - began) / 1000.0

    def save(self) -> "Saved":
        """Where everything stands: plant, devices, faults of instruments, what is due, the controller.

        RigError where that cannot be kept: a controller with a generator, a thread, a file; a process in the schedule.
        What a controller keeps elsewhere than in its objects (in a global variable, in a file) is not kept.
        """
        if self._memory is None:
            raise RigError(self._unseen)
        return Saved(self._made, self.bench.keep(), self._memory.keep())

    def restore(self, saved: "Saved") -> None:
        """Go back, or on, to where this rig or its equal was saved; from there all happens bit for bit as it did.

        InputError where the state is of another rig.
        """
        if saved.made != self._made or self._memory is None:
            raise InputError("the state is of a rig that was built in another way")
        self.bench.go_on(saved.bench)
        self._memory.restore(saved.controller)

    def fork(self) -> "Rig":
        """Another rig that stands where this one does: for what happens if; this one is not touched by it.

        A controller that was given as a function is made by it once more.
        """
        saved, other = self.save(), Rig(*self._made)
        other.restore(saved)
        return other

    def _seen(self, condition: str) -> str:
        """The values of the points that a condition names."""
        term = bind_single(parse(condition), self.bench.directory)
        paths, left = dict[str, None](), [term]
        while left:
            one = left.pop()
            left += one.operands
            if one.op == "read":
                paths[one.path] = None
        values = {path: self.read(path) for path in paths}
        return ", ".join(f"{path} is {value:.6g}" for path, value in values.items() if math.isfinite(value))


def _memory(rig: Rig) -> tuple[Memory | None, str]:
    """What a rig that was just built remembers beside its bench; why that cannot be kept, where it cannot."""
    bench = rig.bench
    try:
        return Memory([rig.controller, rig._link], [rig, bench, bench.bus, bench.plant, bench.store]), ""
    except RigError as error:
        return None, str(error)
