"""What the kernel tells of held programs: threads and processes that begin, execute, stop and end.

Every child is entered at its parent's own event, before it has run; a new thread stays in its first stop until its turn
comes. At every execution the vDSO is hidden: its clock reads are no calls, and programs fall back to those that are.
"""

import os
import signal
import struct
from collections.abc import Callable
from contextlib import suppress
from errno import EAGAIN, EINPROGRESS

from hil.virtual_time import kernel
from hil.virtual_time.calls import number
from hil.virtual_time.signals import INTERRUPTED
from hil.virtual_time.supervisor import Supervisor
from hil.virtual_time.tasks import NEVER, Task, group_of
from hil.virtual_time.timers import POSIX

_ALL, _OF_THIS_THREAD = 0x40000000, 0x20000000
"""__WALL and __WNOTHREAD."""
_PEEK = os.WEXITED | os.WSTOPPED | os.WNOHANG | os.WNOWAIT | _ALL | _OF_THIS_THREAD
_TAKE = os.WNOHANG | _ALL
_RESTARTS = range(-516, -511)
"""What the kernel gives inside a call that a stop has broken off."""
_RANDOM, _VDSO, _IGNORED = 25, 33, 1
"""AT_RANDOM, AT_SYSINFO_EHDR and AT_IGNORE of the auxiliary vector."""
_MOST_AT_ONCE = 256
_STOPPING = (signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


class Tracer:
    """The stops and ends of all threads."""

    def __init__(self, rig: Supervisor, ended: Callable[[int, int], None], random: Callable[[str, int], bytes]) -> None:
        """ended: told of each process that ended, with its status; random: the bytes for a process that executes."""
        self._rig, self._ended, self._random = rig, ended, random

    def look(self) -> bool:
        """Deal with what has happened, or with a part of very much; whether something had."""
        for done in range(_MOST_AT_ONCE):
            if (came := self._next()) is None:
                return done > 0
            self._deal(*came)
        return True

    def _next(self) -> tuple[int, int] | None:
        """A thread and its status. Children of the rig that are no programs are left to whoever waits for them."""
        try:
            seen = os.waitid(os.P_ALL, 0, _PEEK)
        except ChildProcessError:
            return None
        if seen is None:
            return None
        known = [seen.si_pid] if seen.si_pid in self._rig.tasks or _traced(seen.si_pid) else list(self._rig.tasks)
        for one in known:
            with suppress(ChildProcessError):
                found, status = os.waitpid(one, _TAKE)
                if found:
                    return found, status
        return None

    def _deal(self, thread: int, status: int) -> None:
        rig = self._rig
        if os.WIFEXITED(status) or os.WIFSIGNALED(status):
            rig.marked = True
            if (task := rig.tasks.get(thread)) is not None:
                rig.leave(task)
            self._ended(thread, status)
            return
        if not os.WIFSTOPPED(status):
            return
        event, number_ = status >> 16, os.WSTOPSIG(status)
        task = rig.tasks.get(thread) or self._born(thread, self._program_of(thread))
        task.stopped = False
        if event == kernel.EXEC:
            self._executed(task)
        elif event in (kernel.CLONE, kernel.FORK, kernel.VFORK):
            self._bore(task, event)
        elif event == kernel.VFORK_DONE:
            task.vforked, task.fresh, task.order = False, True, rig.order()  # goes on when its child rests
        elif event == kernel.STOP:
            self._stopped(task, number_)
        else:
            self._signalled(task, 0 if number_ == signal.SIGTRAP else number_)

    def _program_of(self, thread: int) -> str:
        """The program of a thread that was not announced: of its process, or of its parent."""
        group, parent = group_of(thread), 0
        with suppress(OSError, ValueError), open(f"/proc/{thread}/stat", "rb") as file:
            parent = int(file.read().rpartition(b")")[2].split()[1])
        of = [one.program for one in self._rig.tasks.values() if one.group in (group, parent)]
        return of[0] if of else ""

    def _bore(self, task: Task, event: int) -> None:
        """A thread has begun another one, or a process."""
        task.vforked = task.vforked or event == kernel.VFORK
        born = kernel.message(task.number)
        if born and born not in self._rig.tasks:
            self._born(born, task.program)
        kernel.go_on(task.number)

    def _born(self, thread: int, program: str) -> Task:
        """A new thread, which is not to run before its turn."""
        child = self._rig.enter(thread, program)
        child.new, child.order = True, self._rig.order()
        return child

    def _stopped(self, task: Task, number_: int) -> None:
        """A stop that is no signal's: the first of a thread, one that the rig asked for, that of a stopped group."""
        if task.ending:
            self.end_call(task)
        elif task.new:
            task.new, task.fresh = False, True
            return
        elif task.parked or task.sleeping is not None:
            return
        elif number_ in _STOPPING:
            task.stopped = True
            kernel.stay_stopped(task.number)
            self._stop_others(task.group)
            return
        kernel.go_on(task.number)

    def end_call(self, task: Task) -> None:
        """In a stop: the call in which a thread slept has taken too long."""
        registers = kernel.Registers(task.number)
        if registers.result in _RESTARTS:
            connects = registers.call == number("connect")
            registers.end_call(-EINPROGRESS if connects else -EAGAIN)
        task.ending, task.until = False, NEVER

    def _stop_others(self, group: int) -> None:
        """A process has stopped when all its threads have: those that are held come out of their calls for it."""
        for one in self._rig.tasks.values():
            if one.group == group and one.wait is not None:
                one.resumed = (one.wait.deadline, one.wait.notice.number, one.wait.notice.arguments)
                self._rig.finish(one.wait, 0, INTERRUPTED)

    def _signalled(self, task: Task, number_: int) -> None:
        """A signal is about to be taken. A thread that is held comes out of its call."""
        if number_:
            self._rig.marked = True
            if task.wait is not None:
                task.resumed = (task.wait.deadline, task.wait.notice.number, task.wait.notice.arguments)
                self._rig.drop(task.wait)
        kernel.go_on(task.number, number_)

    def _executed(self, task: Task) -> None:
        """A process has become another program: it has one thread, and its memory is new."""
        rig, thread = self._rig, task.number
        former = kernel.message(thread)
        for other in [one for one in rig.tasks.values() if one.group == task.group and one is not task]:
            rig.leave(other)
        if former != thread and (gone := rig.tasks.get(former)) is not None:
            rig.leave(gone)
        program = task.program
        rig.timers.forget(task.group, (POSIX,))
        if task.wait is not None:
            rig.drop(task.wait)
        task.close()
        del rig.tasks[thread]
        task = rig.enter(thread, program, thread)
        rig.process(thread).executed()
        with suppress(OSError):
            self._hide_clock(task)
        started = rig.programs.get(program)
        if started is not None and started.root == thread and not started.begun:
            started.begun, task.fresh, task.order = True, True, rig.order()
            return
        kernel.go_on(thread)

    def _hide_clock(self, task: Task) -> None:
        """Strike the vDSO out of the auxiliary vector, and give the random bytes of the run."""
        process = self._rig.process(task.group)
        with open(f"/proc/{task.number}/stat", "rb") as file:
            at = int(file.read().rpartition(b")")[2].split()[25])
        at += 8 * (int.from_bytes(process.read(at, 8), "little") + 2)
        while process.read(at, 8) != bytes(8):
            at += 8
        at += 8
        while (kind := int.from_bytes(process.read(at, 8), "little")) != 0:
            if kind == _VDSO:
                process.write(at, struct.pack("Q", _IGNORED))
            elif kind == _RANDOM:
                process.write(int.from_bytes(process.read(at + 8, 8), "little"), self._random(task.program, task.group))
            at += 16


def _traced(thread: int) -> bool:
    """Whether this process holds a thread."""
    with suppress(OSError, ValueError), open(f"/proc/{thread}/status", "rb") as file:
        for line in file:
            if line.startswith(b"TracerPid:"):
                return int(line.split()[1]) == os.getpid()
    return False
