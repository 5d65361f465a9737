"""The time of the plant: a SimPy environment in integer milliseconds that owns the ticks.

What happens at the same instant happens in the order of its phase, never in the order in which processes were created:
the plant first catches up to the instant, then controllers scan, recorders record, and outside writes and scenario
events take effect for the time that follows. This is the one module that knows SimPy.

What is to happen can be kept and put back where it was declared: by `every`, or by `call` with a name and numbers.
A process (`start`) cannot: where it stands is nowhere written.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Any, NamedTuple

import simpy
from simpy.events import URGENT, Event

from twin.errors import RigError

CONTROLLER, RECORD, EVENTS = 1, 2, 3
"""The phases of an instant, in their order; the plant comes before them all."""

Steps = Generator[Event, Any, None]


class Due(NamedTuple):
    """Something that is to happen: its time [ms] and phase, the name under which it was declared, and what it is given.

    again: whether it is one of `every`
    """

    time_ms: int
    phase: int
    name: str
    given: tuple[Any, ...] = ()
    again: bool = False


class Instant(NamedTuple):
    """Where a schedule stands: the times of the last instant, of its last event and of the plant [ms]; what is due, in
    its order."""

    now_ms: int
    event_ms: int
    plant_ms: int
    due: tuple[Due, ...]


class Schedule:
    """The environment and its ticks: between two instants the plant is advanced by all ticks in one call.

    now_ms: the present plant time [ms] since the start
    """

    def __init__(self, tick_ms: int, advance: Callable[[int], None], settle: Callable[[int], None]) -> None:
        """tick_ms: length of a tick; every instant lies on a tick.

        advance: called with a number of ticks to advance the plant by
        settle:  called with the plant's time before it is advanced: applies what was written from outside until then
        """
        self.tick_ms = tick_ms
        self.now_ms = 0
        self._environment = simpy.Environment(initial_time=0)
        self._advance = advance
        self._settle = settle
        self._plant_ms = 0
        self._turns: dict[str, _Turn] = {}
        self._acts: dict[str, Callable[..., None]] = {}

    @property
    def now_s(self) -> float:
        """The present plant time [s] since the start."""
        return self.now_ms / 1000.0

    def at(self, time_ms: int, phase: int) -> Event:
        """An event for a process to wait for: that phase of the first instant not before `time_ms`."""
        delay = time_ms + -time_ms % self.tick_ms - self._environment.now
        return self._event(self._catch_up, phase, delay if delay > 0 else 0)

    def after(self, delay_ms: int, phase: int) -> Event:
        """The same, counted from now."""
        return self.at(self.now_ms + delay_ms, phase)

    def start(self, steps: Steps) -> None:
        """Start a process: a generator that yields what `at` and `after` return. It runs when the time does."""
        self._environment.process(steps)

    def every(self, period_ms: int, phase: int, act: Callable[[], None], first_ms: int = 0, name: str = "") -> None:
        """Call `act` in that phase every `period_ms`, from `first_ms` on.

        name: by which it is known again; by default its number among all that are declared so
        """
        name = name or f"every {len(self._turns) + 1}"
        if name in self._turns:
            raise RigError(f"two things that happen again and again are called {name!r}")
        turn = self._turns[name] = _Turn(self, period_ms, phase, act, first_ms, name)
        self._event(turn.begin, URGENT, 0)

    def can(self, name: str, act: Callable[..., None]) -> None:
        """Declare what `call` may name: `act` is given the numbers and words that the call was."""
        if name in self._acts:
            raise RigError(f"two things that can happen are called {name!r}")
        self._acts[name] = act

    def call(self, time_ms: int, phase: int, name: str, *given: Any) -> None:
        """Let what was declared under that name happen at a time [ms], in that phase; given: what JSON can say."""
        self.at(time_ms, phase).callbacks.append(_Call(self._acts[name], name, given).happen)

    def standing(self) -> Instant:
        """Where it stands between two instants; RigError where a process waits, which cannot be kept."""
        due = []
        for time, phase, _, event in sorted(self._environment._queue):
            what = getattr(event.callbacks[-1], "__self__", None)
            if isinstance(what, _Turn):
                due.append(Due(what.due, what.phase, what.name, (), True))
            elif isinstance(what, _Call):
                due.append(Due(int(time), phase, what.name, what.given))
            else:
                raise RigError(f"a process is at work that cannot be kept ({what or event})")
        return Instant(self.now_ms, int(self._environment.now), self._plant_ms, tuple(due))

    def stand(self, instant: Instant) -> None:
        """Go on from there, not to be called by what happens itself. RigError where something was not declared here.

        Of `every` what is not among the due happens at its next time.
        """
        known = {True: self._turns.keys(), False: self._acts.keys()}
        for due in instant.due:
            if due.name not in known[due.again]:
                raise RigError(f"nothing that is called {due.name!r} can happen here")
        self._environment = simpy.Environment(initial_time=instant.event_ms)
        self.now_ms, self._plant_ms = instant.now_ms, instant.plant_ms
        for due in instant.due:
            if due.again:
                self._turns[due.name].plan(due.time_ms)
            else:
                self.call(due.time_ms, due.phase, due.name, *due.given)
        planned = {due.name for due in instant.due if due.again}
        for name, turn in self._turns.items():
            if name not in planned:
                turn.plan(turn.after(max(instant.event_ms, instant.plant_ms)))

    def _event(self, callback: Callable[[Event], None], phase: int, delay: int) -> Event:
        event = Event(self._environment)
        event.callbacks = [callback]
        event._ok, event._value = True, None
        self._environment.schedule(event, phase, delay)
        return event

    def next_ms(self) -> int | None:
        """The time of the next instant, or None when nothing is left to happen."""
        time = self._environment.peek()
        return None if time == simpy.core.Infinity else int(time)

    def run_instant(self) -> int:
        """Run everything of the next instant, with the ticks that lead to it; returns its time [ms]."""
        time = self._environment.peek()
        while self._environment.peek() == time:
            self._environment.step()
        return int(time)

    def run(self, until_ms: int) -> None:
        """Run all instants up to and including `until_ms`."""
        step, peek = self._environment.step, self._environment.peek
        while peek() <= until_ms:
            step()
        self._reach(until_ms)

    def _catch_up(self, _: Event) -> None:
        """Called first of all at every event: brings the plant to the instant."""
        now = int(self._environment.now)
        if now != self.now_ms:
            self.now_ms = now
            self._reach(now)

    def _reach(self, time_ms: int) -> None:
        ticks = (time_ms - self._plant_ms) // self.tick_ms
        if ticks > 0:
            self._settle(self._plant_ms)
            self._advance(ticks)
            self._plant_ms += ticks * self.tick_ms


class _Turn:
    """What happens again and again; due: when it comes next [ms]."""

    __slots__ = ("_act", "_at", "_period_ms", "_schedule", "due", "name", "phase")

    def __init__(
        self, schedule: Schedule, period_ms: int, phase: int, act: Callable[[], None], first_ms: int, name: str
    ) -> None:
        self._schedule, self._at, self._period_ms, self._act = schedule, schedule.at, period_ms, act
        self.phase, self.due, self.name = phase, first_ms, name

    def begin(self, _: Event) -> None:
        """Plan the first turn."""
        self.plan(max(self.due, self._schedule.now_ms))

    def plan(self, time_ms: int) -> None:
        """Let the next turn come at that time."""
        self.due = time_ms
        self._at(time_ms, self.phase).callbacks.append(self.turn)

    def turn(self, _: Event) -> None:
        """Act, and plan the next turn."""
        self._act()
        self.due = due = self.due + self._period_ms
        self._at(due, self.phase).callbacks.append(self.turn)

    def after(self, time_ms: int) -> int:
        """The first of its times after that one [ms]; to be asked before it has begun."""
        return self.due + max(0, (time_ms - self.due) // self._period_ms + 1) * self._period_ms


class _Call:
    """Something declared that happens once."""

    __slots__ = ("_act", "given", "name")

    def __init__(self, act: Callable[..., None], name: str, given: Sequence[Any]) -> None:
        self._act, self.name, self.given = act, name, tuple(given)

    def happen(self, _: Event) -> None:
        """Do it."""
        self._act(*self.given)
