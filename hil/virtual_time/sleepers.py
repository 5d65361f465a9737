"""Threads that sleep in the kernel until another process of their program writes or reads: they wake in their turn.

The kernel would wake such a thread beside the one that wrote, and what both do at that instant would have no order. It
is stopped in its sleep instead, and begins its call again when there is something for it and everybody else rests.
"""

import os
import select
import socket
import stat
from time import monotonic

from hil.virtual_time import kernel
from hil.virtual_time.calls import RECEIVING, SENDING, number
from hil.virtual_time.kernel import descriptor_of
from hil.virtual_time.supervisor import Supervisor
from hil.virtual_time.tasks import Task
from hil.virtual_time.tracing import Tracer

_STOP_S = 1.0
"""So long a thread may take to stop [s of real time]."""


class Sleepers:
    """The threads that are stopped in their sleep."""

    def __init__(self, rig: Supervisor, tracer: Tracer) -> None:
        self._rig, self._tracer = rig, tracer
        self._ways = dict.fromkeys((number(name) for name in RECEIVING), select.POLLIN)
        self._ways |= dict.fromkeys((number(name) for name in SENDING if name != "connect"), select.POLLOUT)
        self._looked: dict[int, int] = {}

    def take(self) -> bool:
        """At rest: stop those that have gone to sleep since; whether there was one."""
        any_ = False
        for task in list(self._rig.tasks.values()):
            if not (task.held or task.vforked) and self._looked.get(task.number) != task.runs:
                self._looked[task.number] = task.runs
                any_ = self._stop(task) or any_
        return any_

    def wake(self, still: set[int]) -> bool:
        """At rest: let the first go on for whom there is something, or a signal; whether there was one.

        still: processes that are frozen
        """
        for task in self._rig.tasks.values():
            if task.sleeping is None or task.group in still:
                continue
            own, way = task.sleeping
            poll = select.poll()
            poll.register(own, way)
            pending, blocked, _ = task.signals()
            if poll.poll(0) or pending & ~blocked:
                self.go_on(task)
                return True
        return False

    def go_on(self, task: Task) -> None:
        """Let a thread begin its call again."""
        if task.sleeping is not None:
            os.close(task.sleeping[0])
            task.sleeping = None
            self._looked.pop(task.number, None)
            kernel.go_on(task.number)

    def _stop(self, task: Task) -> bool:
        call, arguments = task.call()
        way = self._ways.get(call)
        if way is None:
            return False
        try:
            own = descriptor_of(self._rig.process(task.group).pidfd(), arguments[0])
        except OSError:
            return False
        if not _between_processes(own):
            os.close(own)
            return False
        task.sleeping = own, way
        kernel.interrupt(task.number)
        until = monotonic() + _STOP_S
        while task.number in self._rig.tasks and task.state() != b"t" and monotonic() < until:
            self._tracer.look()
        return True


def _between_processes(descriptor: int) -> bool:
    """Whether it is a pipe, or a socket of this machine's own kind: the rig itself answers on neither."""
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISSOCK(mode):
        return stat.S_ISFIFO(mode)
    with socket.socket(fileno=os.dup(descriptor)) as one:
        return one.family == socket.AF_UNIX
