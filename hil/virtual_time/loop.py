"""An event loop whose time is plant time: it moves when everything in the loop and in all programs rests.

Whatever runs in the loop (the plant's instants, pauses of a line, servers, time-outs) and whatever a program waits for
come in one order. Where both wait for one instant, the loop comes first.
"""

import asyncio
import os
import select
import selectors
import socket
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from time import monotonic
from typing import Any, TypeVar, TypeVarTuple, Unpack

from hil.virtual_time.calls import RECEIVING, WAITING, number
from hil.virtual_time.plant_time import SECOND
from hil.virtual_time.rest import Rest
from hil.virtual_time.supervisor import Supervisor
from hil.virtual_time.tasks import NEVER
from hil.virtual_time.tracing import Tracer

_T = TypeVar("_T")
_Arguments = TypeVarTuple("_Arguments")
_STEP = 1000
"""The loop's deadlines are rounded to so many ns: they are floating-point seconds."""
_LOOKS = 20
"""So often it is looked for rest without a pause."""
_PAUSE_MS = 1
_SHORT_S = 0.05
"""What the loop itself does between two waits is counted up to this: a plant may compute for long [s]."""
_OFTEN = 64
"""After so many turns it is looked whether a program keeps time from passing."""


class PlantSelector(selectors.EpollSelector):
    """Waits for the loop's own descriptors, while it lets programs go on and plant time move."""

    def __init__(self, rig: Supervisor, tracer: Tracer, stuck: Callable[[float], object]) -> None:
        """stuck: called now and then with the real time [s] for which plant time has stood still"""
        super().__init__()
        self.outstanding = 0
        self._answered = {number(name) for name in (*RECEIVING, *WAITING, "connect")}
        self._own = select.epoll.fromfd(os.dup(self.fileno()))
        self._rig, self._tracer, self._rest, self._stuck = rig, tracer, Rest(rig, tracer), stuck
        self._at, self._entered, self._left, self._spent, self._turns = -1, 0.0, 0.0, 0.0, 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What has come on the loop's descriptors, or nothing when `timeout` seconds of plant time have passed."""
        if timeout is not None and timeout <= 0:
            return super().select(0)
        self._entered = monotonic()
        self._spent += min(self._entered - self._left, _SHORT_S)
        try:
            return self._select(timeout)
        finally:
            self._left = monotonic()
            self._spent += self._left - self._entered

    def _select(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        rig = self._rig
        until = NEVER if timeout is None else -(-(rig.time.now + round(timeout * SECOND)) // _STEP) * _STEP
        looks, own, notices = 0, self._own.poll, rig.notices.poll
        while True:
            self._turns += 1
            if not self._turns % _OFTEN:
                self._watch()
            if own(0):
                return super().select(0)
            if rig.take_notices() or self._tracer.look():
                self._rest.moved()
                looks = 0
            elif not self._rest.reached():
                looks += 1
                self._pause(looks)
            elif own(0) or notices(0) or self._tracer.look():
                looks = 0
            elif self.outstanding and not self._asked():
                looks += 1
                self._pause(looks)
            else:
                rig.marked = False
                looks = 0
                if not self._rest.ready() and self._step(rig.time.now + 1 if self.outstanding else until):
                    return []

    def _asked(self) -> bool:
        """Whether all work in other threads waits for what a program says: then programs go on, and time stands."""
        waiting = 0
        for thread in os.listdir("/proc/self/task"):
            with suppress(OSError, ValueError), open(f"/proc/self/task/{thread}/syscall", "rb") as file:
                waiting += int(file.read().split()[0]) in self._answered
        return waiting >= self.outstanding

    def _step(self, until: int) -> bool:
        """Let what comes next go on; whether that is the loop."""
        deadline, what = self._rest.next()
        if what is not None and deadline < until:
            self._reach(deadline)
            self._rest.release(what)
            return False
        if until == NEVER or self.outstanding:
            self._at = -1  # it is not the programs that keep time from passing
            self._pause(_LOOKS)
            return False
        self._reach(until)
        return True

    def _reach(self, time: int) -> None:
        rig = self._rig
        if time > rig.time.now:
            rig.time.now = time
            rig.advances += 1

    def close(self) -> None:
        """It is over."""
        self._own.close()
        super().close()

    def _watch(self) -> None:
        """Tell how long it has been this instant, without what the plant computed for long."""
        now = monotonic()
        if self._at != self._rig.time.now:
            self._at, self._entered, self._spent = self._rig.time.now, now, 0.0
        self._stuck(self._spent + now - self._entered)

    def _let_another_go_on(self) -> bool:
        """A thread spins until another one, due at this instant, has done something; whether there is one."""
        deadline, what = self._rest.next()
        if what is None or deadline > self._rig.time.now:
            return False
        self._rig.spins += 1
        self._rest.release(what)
        return True

    def _pause(self, looks: int) -> None:
        """Give the processor to the programs; one that spins for another's sake lets that one go on."""
        rig = self._rig
        if looks < _LOOKS:
            os.sched_yield()
            return
        if not self.outstanding and self._rest.spinning() and self._let_another_go_on():
            return
        waiting = select.poll()
        waiting.register(self.fileno(), select.POLLIN)
        waiting.register(rig.notices, select.POLLIN)
        waiting.poll(_PAUSE_MS)


class PlantLoop(asyncio.SelectorEventLoop):
    """The loop of a run on plant time; work given to other threads is waited for before time moves."""

    def __init__(self, rig: Supervisor, tracer: Tracer, stuck: Callable[[float], object]) -> None:
        self.rig = rig
        self._plant_selector = PlantSelector(rig, tracer, stuck)
        super().__init__(self._plant_selector)
        self._clock_resolution = 2e-6

    def time(self) -> float:
        """Plant time [s] since the loop began."""
        return self.rig.time.now / SECOND

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[_Arguments]], _T], *args: *_Arguments
    ) -> asyncio.Future[_T]:
        """The same as always; until it is done, time stands still."""
        chosen = self._plant_selector
        future = super().run_in_executor(executor, func, *args)
        chosen.outstanding += 1

        def done(_: object) -> None:
            chosen.outstanding -= 1

        future.add_done_callback(done)
        return future

    async def getaddrinfo(self, host: Any, port: Any, **hints: Any) -> Any:
        """The addresses of a host, at once: no other thread is to be waited for."""
        return socket.getaddrinfo(host, port, **hints)

    def close(self) -> None:
        """Close the loop and what the rig has open."""
        super().close()
        with suppress(OSError):
            self.rig.notices.close()
