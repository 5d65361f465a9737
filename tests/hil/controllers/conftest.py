"""The office with a controller in process: plant, bus and schedule, as a run puts them together."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import numpy as np
import pytest

from hil.bench.bench_file import read_bench
from hil.bench.bus_link import BusLink
from hil.bus.bus import Bus
from hil.controllers.registry import controller
from plant_models.plant import build
from twin.schedule import CONTROLLER, RECORD, Schedule

GROUPS = (("v1", "v3", "v5", "v7"), ("v2", "v4", "v6", "v8"))


class Office:
    """The office, advanced by `run`; `log` has the numbers of `watch` at every scan."""

    def __init__(
        self,
        name: str,
        start: str,
        weather: str = "",
        scan_s: float = 10.0,
        watch: tuple[str, ...] = (),
        days: float = 4.0,
    ) -> None:
        self.plant = build("office", datetime.fromisoformat(start), days * 86400.0, weather)
        self.store = self.plant.store
        self.bus = Bus(self.store, read_bench("office"))
        self.schedule = Schedule(round(self.plant.tick_s * 1000), self.plant.advance, self._settle)
        self.watch = watch
        self._places = np.array([self.store.index(path) for path in watch], np.int64)
        self._log: list[Any] = []
        self._times: list[float] = []
        self.refresh()
        if name != "none":
            self.controller: Any = controller(name, BusLink(self.bus))
            self.schedule.every(round(scan_s * 1000), CONTROLLER, self._scan)
        self.schedule.every(round(scan_s * 1000), RECORD, self._record)

    @property
    def now(self) -> float:
        return self.schedule.now_s

    def refresh(self) -> None:
        self.store.write("rig.plant_time", self.schedule.now_s)
        self.bus.refresh(self.schedule.now_s)

    def run(self, hours: float) -> None:
        self.schedule.run(self.schedule.now_ms + round(hours * 3_600_000))

    def read(self, path: str) -> float:
        return self.store.read(path)

    def set(self, **values: float) -> None:
        """Write points: `hp_1__enable_cmd=1`."""
        for name, value in values.items():
            self.store.write(name.replace("__", "."), value)

    def at(self, path: str) -> Any:
        """The recorded course of a watched point."""
        return np.array(self._log)[:, self.watch.index(path)]

    @property
    def times(self) -> Any:
        return np.array(self._times)

    def first(self, path: str, condition: Callable[[Any], Any], after: float = 0.0) -> float:
        """The first time at which a watched point meets a condition; infinite where it never does."""
        met = condition(self.at(path)) & (self.times >= after)
        return float(self.times[met.argmax()]) if met.any() else float("inf")

    def overlaps(self) -> Any:
        """At every recorded instant: valves of both groups are off their closed ends (positions must be watched)."""
        off = [np.max([self.at(f"{valve}.position") for valve in group], axis=0) > 0.01 for group in GROUPS]
        return off[0] & off[1]

    def _scan(self) -> None:
        self.refresh()
        self.controller.scan(self.schedule.now_s)

    def _record(self) -> None:
        self._times.append(self.schedule.now_s)
        self._log.append(self.store.values[self._places])

    def _settle(self, *_: object) -> None:
        for write in self.bus.inbox.take(self.schedule.now_ms):
            self.store.values[write.slot] = write.value


class FakeLink:
    """A link of two methods for a part alone: registers by name, set by the test or written by the part.

    A register that the part has not asked for is a KeyError.
    """

    def __init__(self) -> None:
        self.view: list[float] = []
        self._places: dict[str, int] = {}

    def place(self, name: str) -> int:
        if name not in self._places:
            self._places[name] = len(self.view)
            self.view.append(0.0)
        return self._places[name]

    def write(self, place: int, value: float) -> None:
        self.view[place] = value

    again = write

    def __getitem__(self, name: str) -> float:
        return self.view[self._places[name]]

    def set(self, **values: float) -> None:
        """Set registers: `p_1__running=1`."""
        for name, value in values.items():
            self.view[self._places[name.replace("__", ".")]] = value


@pytest.fixture
def office() -> type[Office]:
    return Office


@pytest.fixture
def link() -> FakeLink:
    return FakeLink()
