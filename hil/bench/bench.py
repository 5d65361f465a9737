"""The bench: a plant, its bus and its time, with whatever is to happen on it."""

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.bench.directory import BUS, BenchDirectory
from hil.bench.participant import Controller
from hil.bench.plant_clock import POINTS, PlantClock, shows_clock
from hil.bench.state import State, away, instant_of, packed, stored_of, stored_words, unpack
from hil.bus.bus import Bus
from hil.bus.unit import Unit
from plant_models.piping.meters import HeatMeter
from plant_models.plant import Plant
from plant_models.weather.weather import Weather
from scenarios.timeline.actions import FailSensor, FailWire
from twin.errors import InputError, RigError
from twin.journal import Inbox, Journal, Replay
from twin.points import PARAMETER, STATE, Point, declared_name
from twin.recorder import Column, Source
from twin.schedule import CONTROLLER, EVENTS, RECORD, Schedule
from twin.store import Store

EXACT_UNITS = ("J", "m3", "s")
"""Counters of these units grow without end: recorded in double precision."""
UNRECORDED = ("rig.speed", "rig.lockstep", *POINTS)
"""Points that tell how a run is paced, so that a run is the same in every clock, and parts of the time beside it."""

FORGET = "forget"
LINES_MS = 1000
"""How often it is looked at what was asked over the lines [ms]."""
BLURRED, MOST_BLURRED = (HeatMeter, Weather), 64
"""Kinds whose temperatures a seed blurs, and how many of them at most."""


class Bench:
    """A plant at work with its bus: `schedule` runs it, `refresh` brings the bus up to the present instant."""

    def __init__(self, plant: Plant, units: list[Unit], start: datetime, seed: int = 0) -> None:
        """start: the instant of plant time 0, shown to controllers as local standard time"""
        self.plant, self.store = plant, plant.store
        self.bus = Bus(plant.store, units, seed)
        self.directory = BenchDirectory(plant.store, self.bus)
        self.schedule = Schedule(round(plant.tick_s * 1000), plant.advance, self._settle)
        self.writes: Inbox | Replay = self.bus.inbox
        self._local = start.replace(tzinfo=UTC).timestamp()
        self._values: Any = plant.store.values.data
        self._plant_time = plant.store.index("rig.plant_time")
        self._local_time = plant.store.index("rig.local_time")
        self._clock = PlantClock(plant.store) if shows_clock(self.bus) else None
        self._expiring = self.bus.expiring()
        self._due: dict[int, int] = {}
        self._slots: dict[str, int] = {}
        self._published = self.bus.values.copy()
        self._fresh_ms = -1
        self.schedule.can(FORGET, self._forget)

    def keep(self) -> State:
        """Where everything stands between two instants: plant, devices, instruments, and what is due.

        RigError where something cannot be kept: an open line, a process, a journal that is replayed.
        """
        if self.writes is not self.bus.inbox or self.directory.lines.open or self.tampered():
            raise RigError("a bench whose lines are open, or that replays a journal or lies, cannot be kept")
        words = {
            "instant": self.schedule.standing(),
            "fresh_ms": self._fresh_ms,
            "forgotten": sorted(self._due.items()),
            "waiting": [(write.path, write.value, write.source) for write in self.bus.inbox.queue],
            "stored": [stored_words(image.stored) for image in self.bus.served.values()],
            "lines": [fault.id for fault in self.bus.wire.active],
        }
        return State(words, packed(self._arrays(), self.bus.away.arrays()))

    def go_on(self, state: State) -> None:
        """Go on from a state of the same bench, bit for bit; InputError where it does not fit.

        What is due must have been declared here; faults of a line must have begun, as they had there.
        """
        words = state.words
        try:
            if words["lines"] != [fault.id for fault in self.bus.wire.active]:
                raise ValueError("other faults of the lines")
            instant, stored = instant_of(words["instant"]), [stored_of(one) for one in words["stored"]]
            unpack(self._arrays(), state.numbers)
            self.bus.away.restore(away(state.numbers))
            self._fresh_ms = int(words["fresh_ms"])
            self._due = {int(slot): int(due_ms) for slot, due_ms in words["forgotten"]}
            self.bus.inbox.queue.clear()
            for path, value, source in words["waiting"]:
                self.bus.inbox.put(str(path), float(value), str(source))
            for image, kept in zip(self.bus.served.values(), stored, strict=True):
                image.stored.clear()
                image.stored.update(kept)
                image.refresh()
            self.schedule.stand(instant)
        except (KeyError, ValueError, TypeError, RigError) as error:
            raise InputError(f"the state does not fit this bench ({error})") from error
        if self._clock is not None:
            self._clock.forget()

    def tampered(self) -> bool:
        """Whether somebody changes what is written or shown (hil.campaigns.tampering)."""
        return self.bus.tamper is not None or bool(self.bus.lies)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        """The numbers that go on from one instant to the next, as they are."""
        return self.plant.arrays() | self.bus.arrays()

    def keep_journal(self, journal: Journal) -> None:
        """Journal every outside write that the plant takes from here on, what waits for it included."""
        self.bus.inbox.keep(journal)

    def replay(self, replay: Replay) -> None:
        """Take the writes of an earlier run instead of any controller's."""
        self.writes = replay

        def steps() -> Any:
            while (due := replay.next_ms()) is not None:
                yield self.schedule.at(max(due, self.schedule.now_ms + 1), CONTROLLER)

        self.schedule.start(steps())

    def refresh(self) -> None:
        """Compute the bus of the present instant, once."""
        now = self.schedule.now_ms
        if now != self._fresh_ms:
            self._fresh_ms = now
            self._values[self._plant_time] = now / 1000.0
            self._values[self._local_time] = local = self._local + now / 1000.0
            if self._clock is not None:
                self._clock.show(local)
            self.bus.refresh(now / 1000.0)
            np.copyto(self._published, self.bus.values)

    def control(self, controller: Controller, scan_ms: int, until_s: float = math.inf) -> None:
        """Let a controller in process scan from the start on; from `until_s` on it leaves everything as it is."""
        schedule, refresh, scan = self.schedule, self.refresh, controller.scan

        def act() -> None:
            refresh()
            if schedule.now_s < until_s:
                scan(schedule.now_s)

        schedule.every(scan_ms, CONTROLLER, act, name="controller")

    def every(self, period_ms: int, act: Callable[[], None], name: str = "") -> None:
        """Call `act` with a fresh bus, every period of plant time; for transports and watchers. name: see Schedule"""

        def refreshed() -> None:
            self.refresh()
            act()

        self.schedule.every(period_ms, CONTROLLER, refreshed, name=name)

    def record(self, period_ms: int, act: Callable[[int], None]) -> None:
        """Call `act` with the time [ms] at the recording instants."""

        def refreshed() -> None:
            self.refresh()
            act(self.schedule.now_ms)

        self.schedule.every(period_ms, RECORD, refreshed, name="recording")

    def sources(self, asked: Iterable[str] = ()) -> list[Source]:
        """What is recorded: every point but parameters and inner states, all shown registers, and what is asked for.

        Of the components that the plant file calls unrecorded only what is asked for. Registers are recorded as
        published, without the echo of what a controller has just written.
        """
        asked = list(asked)
        wanted = {name for path in asked for name in (path, declared_name(path))}
        left_out = {
            name for name, _, _ in self.store.components() if any(fnmatchcase(name, p) for p in self.plant.unrecorded)
        }
        plant = [
            _column(path, point, self.store.index(path))
            for path, point in self.store.paths()
            if path in wanted or (path.split(".", 1)[0] not in left_out and _kept(self.store, path, point))
        ]
        bus = [
            Column(BUS + path, register.uom, place, "float32", self.directory.values(BUS + path))
            for path, (place, register) in self.bus.shown().items()
            if path not in UNRECORDED and (BUS + path in wanted or path.split(".", 1)[0] not in left_out)
        ]
        lines = [path.removeprefix(BUS) for path in asked if self.directory.on_line(path)]
        told = [Column(BUS + path, self.directory.lines.unit(path), place) for place, path in enumerate(lines)]
        known = [Source(self.store.values, plant), Source(self._published, bus)]
        return [*known, Source(self.directory.lines.want(lines), told)] if lines else known

    def watch_lines(self) -> None:
        """A line is open from now on: what is asked over it is counted, where a scenario wants that judged."""
        lines = self.directory.lines
        lines.open = True
        if len(lines.values):
            self.every(LINES_MS, lambda: lines.look(self.schedule.now_s))

    def read(self, path: str) -> float:
        """The present value of a path, `bus.` or not, for live conditions."""
        if self.directory.on_line(path):
            return self.directory.lines.value(path.removeprefix(BUS), self.schedule.now_s)
        if path.startswith(BUS):
            self.refresh()
            return float(self.bus.values[self.directory.place(path)])
        if path not in self._slots:
            self._slots[path] = self.store.index(path)
        value: float = self._values[self._slots[path]]
        return value

    def write(self, path: str, value: float) -> None:
        """Give a point a value at once, as a scenario does."""
        self.store.write(path, value)

    def meaning(self, path: str) -> str:
        """What a point is, in words."""
        return self.store.point(path).doc

    def fail_sensor(self, fault: FailSensor) -> Callable[[], None]:
        """Begin a fault of an instrument; what is returned ends it."""
        bus, name = self.bus, f"{fault.id}: {fault.point}"
        slots = {fault.point: bus.sensed_at(fault.point)}
        handle = bus.faults.start(name, fault.fault, slots, fault.parameters, self.schedule.now_s, fault.ramp_s)
        return lambda: bus.faults.end(handle)

    def blur(self, sigma_k: float) -> None:
        """Give the temperatures that meters and the weather station show a noise, of that standard deviation [K]."""
        exact = [
            path
            for path in self.bus.shown()
            if self.store.model(path.split(".", 1)[0]) in BLURRED and self.store.point(path).unit == "degC"
        ]
        slots = {path: self.bus.sensed_at(path) for path in exact[:MOST_BLURRED]}
        self.bus.faults.start("instruments", "noise", slots, {"sigma": sigma_k}, 0.0)

    def fail_wire(self, fault: FailWire) -> Callable[[], None]:
        """Begin a fault of a line; what is returned ends it."""
        return self.bus.wire.start(fault.kind, fault.target, fault.parameters, fault.id)

    def _settle(self, plant_ms: int) -> None:
        size = len(self._values)
        for write in self.writes.take(plant_ms):
            if write.slot < size:
                self._values[write.slot] = write.value
            else:
                self.bus.view[write.slot - size] = write.value
            if write.slot in self._expiring:
                self._forget_later(write.slot, plant_ms)

    def _forget_later(self, slot: int, plant_ms: int) -> None:
        """Let a written value be forgotten after its time, if nothing is written until then."""
        due_ms = self._due[slot] = plant_ms + self._expiring[slot][0]
        self.schedule.call(due_ms, EVENTS, FORGET, slot, due_ms)

    def _forget(self, slot: int, due_ms: int) -> None:
        if self._due[slot] != due_ms:
            return
        value = self._expiring[slot][1]
        if slot < len(self._values):
            self._values[slot] = value
        else:
            self.bus.view[slot - len(self._values)] = value
            self.bus.forget(slot - len(self._values))


def _kept(store: Store, path: str, point: Point) -> bool:
    if (
        path in UNRECORDED
        or point.kind == PARAMETER
        or point.count > 1
        or (point.kind == STATE and point.unit not in EXACT_UNITS)
    ):
        return False
    return store.model(path.split(".", 1)[0]).recorded


def _column(path: str, point: Point, slot: int) -> Column:
    exact = point.unit in EXACT_UNITS
    return Column(path, point.unit, slot, "float64" if exact else "float32", point.values)
