"""Holds the threads of programs, and lets one at a time go on as plant time comes.

Design and rules: docs/virtual-time.md.
"""

import os
import select
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from errno import EFAULT, EINVAL
from typing import Any, TypeVar

from hil.virtual_time import kernel
from hil.virtual_time.calls import names
from hil.virtual_time.kernel import Notice
from hil.virtual_time.plant_time import NotATimeError, PlantTime
from hil.virtual_time.program import Program
from hil.virtual_time.socket_timeouts import SocketTimeouts
from hil.virtual_time.tasks import Process, Task, group_of
from hil.virtual_time.timers import Timers
from hil.virtual_time.waits import Wait

_MOST_AT_ONCE = 256
Kind = TypeVar("Kind", bound=Wait)


class Call:
    """A call of a thread that has come to the rig; one of `give`, `pass_on` and `hold` ends its handling."""

    def __init__(self, rig: "Supervisor", notice: Notice, task: Task) -> None:
        self.rig, self.notice, self.task = rig, notice, task
        self.arguments = notice.arguments
        self.process = rig.process(task.group)

    def give(self, value: int = 0, error: int = 0) -> None:
        """End the call with a value, or with an error, which is negative."""
        kernel.answer(self.rig.listener(self.task), self.notice.id, value, error)

    def pass_on(self) -> None:
        """Let the kernel do it."""
        kernel.let_go_on(self.rig.listener(self.task), self.notice.id)

    def wait(self, kind: type[Kind], deadline: int) -> Kind:
        """A wait for this call, not yet held. One that a signal had broken off keeps its deadline."""
        resumed, self.task.resumed = self.task.resumed, None
        if resumed is not None and resumed[1:] == (self.notice.number, self.arguments):
            deadline = resumed[0]
        return kind(self.notice, self.task, self.process, deadline, self.rig.order())

    def hold(self, wait: Wait) -> None:
        """Hold the thread, unless the wait is over already."""
        self.task.wait = wait
        self.rig.waits[self.task.number] = wait
        if wait.kind != "futex" and (value := wait.ready()) is not None:
            self.rig.finish(wait, value)
        elif wait.deadline <= self.rig.time.now:
            self.rig.finish(wait, *wait.late())

    def escapes(self, what: str) -> None:
        """Let the kernel do it by its own clock, which the report tells."""
        self.rig.escapes[what] += 1
        self.pass_on()


Answer = Callable[[Call], None]
TURN = "turn"
"""The kind of a wait for one's turn."""
MOST_IN_TURN = 1000
"""After so many calls of a thread that never rests, another one that is due goes first: it may be waited for."""


class Supervisor:
    """All programs of a run.

    time:    plant time; waits: the held calls by thread
    marked:  a signal may be on its way to a held thread
    escapes: how often a call was left to the kernel and its own clock, by its name
    last_caller: who made the last call; last_call: of each thread, its number
    in_turn: calls since a thread was last let go on
    calls, advances, looks, spins: how many calls came, how often time moved on, how often a thread was looked at, and
              how often one was let go on while another computed
    """

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        """answers: what is done with each call, by its name."""
        self.time = PlantTime()
        self.tasks: dict[int, Task] = {}
        self.waits: dict[int, Wait] = {}
        self.programs: dict[str, Program] = {}
        self.timers = Timers(self.time, self.order, lambda: {task.group for task in self.tasks.values()})
        self.timeouts = SocketTimeouts()
        self.marked = False
        self.escapes: Counter[str] = Counter()
        self.notices = select.epoll()
        self.last_call: dict[int, int] = {}
        self.last_caller = 0
        self.calls = self.advances = self.looks = self.spins = 0
        self._processes: dict[int, Process] = {}
        self._answers = {number: answers[name] for number, name in names().items() if name in answers}
        self._names = names()
        self._listeners: dict[str, int] = {}
        self._heard: dict[int, str] = {}
        self._turn = self.in_turn = 0

    def order(self) -> int:
        """A number above all before it: who came first, of those due at one instant."""
        self._turn += 1
        return self._turn

    def process(self, group: int) -> Process:
        """A process by its number."""
        if group not in self._processes:
            self._processes[group] = Process(group)
        return self._processes[group]

    def listen(self, program: str, listener: int) -> None:
        """Take the calls of a program."""
        self._listeners[program] = listener
        self._heard[listener] = program
        self.notices.register(listener, select.EPOLLIN)

    def silence(self, program: str) -> None:
        """A program is over: nothing comes from it any more."""
        listener = self._listeners.pop(program, -1)
        if listener >= 0:
            del self._heard[listener]
            with suppress(OSError):
                self.notices.unregister(listener)
            os.close(listener)

    def listener(self, task: Task) -> int:
        """The descriptor over which the calls of a thread come."""
        return self._listeners.get(task.program, -1)

    def enter(self, number: int, program: str, group: int = 0) -> Task:
        """The thread of a number; one that was unknown is entered."""
        if number not in self.tasks:
            self.tasks[number] = Task(number, group or group_of(number), program)
        return self.tasks[number]

    def leave(self, task: Task) -> None:
        """A thread has ended."""
        if task.wait is not None:
            self.drop(task.wait)
        task.close()
        self.tasks.pop(task.number, None)
        self.last_call.pop(task.number, None)
        if not any(one.group == task.group for one in self.tasks.values()):
            self.timers.forget(task.group)
            if (gone := self._processes.pop(task.group, None)) is not None:
                gone.close()

    def drop(self, wait: Wait) -> None:
        """A wait is over, however that came."""
        wait.close()
        if wait.task.wait is wait:
            wait.task.wait = None
            self.waits.pop(wait.task.number, None)

    def finish(self, wait: Wait, value: int = 0, error: int = 0) -> None:
        """End a wait with an answer: its thread runs."""
        wait.ends(self.time.now)
        kernel.answer(self.listener(wait.task), wait.notice.id, value, error)
        self.drop(wait)

    def pass_on(self, wait: Wait) -> None:
        """End a wait by letting the kernel do the call, which returns at once."""
        kernel.let_go_on(self.listener(wait.task), wait.notice.id)
        self.drop(wait)

    def wake(self, wait: Wait, value: int = 0) -> None:
        """Another thread has ended a wait: it goes on at this instant, when the other rests."""
        wait.due, wait.value, wait.deadline, wait.order = True, value, self.time.now, self.order()

    def take_notices(self) -> bool:
        """Handle every call that waits, or a part of very many; whether there was one."""
        for done in range(_MOST_AT_ONCE):
            if not (ready := self.notices.poll(0)):
                return done > 0
            for listener, event in ready:
                if event & select.EPOLLIN:
                    self._take(listener)
                else:
                    self.notices.unregister(listener)
        return True

    def called(self, thread: int) -> str:
        """The name of the last call of a thread that came to the rig."""
        number = self.last_call.get(thread)
        return "none" if number is None else self._names.get(number, str(number))

    def _take(self, listener: int) -> None:
        notice = kernel.received(listener)
        if notice is None:
            return
        self.calls += 1
        task = self.tasks.get(notice.thread) or self.enter(notice.thread, self._heard[listener])
        if task.wait is not None:
            self.drop(task.wait)
        if task.resumed is not None and task.resumed[1:] != (notice.number, notice.arguments):
            task.resumed = None
        self.last_call[notice.thread], self.last_caller = notice.number, notice.thread
        self.in_turn += 1
        if self.in_turn > MOST_IN_TURN and self._others_due():
            self.spins += 1
            wait = Wait(notice, task, self.process(task.group), self.time.now, self.order())
            wait.kind = TURN
            task.wait = self.waits[task.number] = wait
        else:
            self._handle(Call(self, notice, task))

    def take_turn(self, wait: Wait) -> None:
        """Do a call now that was put off for another thread's sake."""
        self.drop(wait)
        self._handle(Call(self, wait.notice, wait.task))

    def _others_due(self) -> bool:
        return any(task.fresh for task in self.tasks.values()) or any(
            wait.due or wait.kind == TURN for wait in self.waits.values()
        )

    def _handle(self, call: Call) -> None:
        notice, task = call.notice, call.task
        handle: Any = self._answers.get(notice.number)
        try:
            if handle is None:
                call.escapes(self._names.get(notice.number, str(notice.number)))
            else:
                handle(call)
        except OSError as error:  # what it points to is not there, or no time
            if task.wait is not None:
                self.drop(task.wait)
            call.give(0, -EINVAL if isinstance(error, NotATimeError) else -EFAULT)
