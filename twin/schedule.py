"""The time of the plant: a SimPy environment in integer milliseconds that owns the ticks.

What happens at the same instant happens in the order of its phase, never in the order in which processes were created:
the plant first catches up to the instant, then controllers scan, recorders record, and outside writes and scenario
events take effect for the time that follows. This is the one module that knows SimPy.
"""

from collections.abc import Callable, Generator
from typing import Any

import simpy
from simpy.events import URGENT, Event

CONTROLLER, RECORD, EVENTS = 1, 2, 3
"""The phases of an instant, in their order; the plant comes before them all."""

Steps = Generator[Event, Any, None]


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

    def every(self, period_ms: int, phase: int, act: Callable[[], None], first_ms: int = 0) -> None:
        """Call `act` in that phase every `period_ms`, from `first_ms` on."""

        due, at = first_ms, self.at

        def begin(_: Event) -> None:
            nonlocal due
            due = max(due, self.now_ms)
            at(due, phase).callbacks.append(turn)

        def turn(_: Event) -> None:
            nonlocal due
            act()
            due += period_ms
            at(due, phase).callbacks.append(turn)

        self._event(begin, URGENT, 0)

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
