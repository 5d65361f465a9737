"""When everything rests, and what comes next: the one place where plant time moves on.

Plant time may move when no program can do anything by itself: every thread is held, or asleep in the kernel in two
looks with the same run count between them.
"""

from contextlib import suppress
from time import monotonic

from hil.virtual_time import kernel
from hil.virtual_time.signals import hand_over, let_in
from hil.virtual_time.sleepers import Sleepers
from hil.virtual_time.supervisor import TURN, Supervisor
from hil.virtual_time.tasks import AT_REST, HELD, NEVER, STOPPED, VFORKED, Task
from hil.virtual_time.timers import Timer
from hil.virtual_time.tracing import Tracer
from hil.virtual_time.waits import Futex, Wait

SPIN_NS = 1_000_000_000
"""After so much computing a thread may be spinning for another's sake: those due at this instant go on, too."""
Next = Wait | Timer | Task


class Rest:
    """Looks whether all programs rest, and lets what is due go on."""

    def __init__(self, rig: Supervisor, tracer: Tracer) -> None:
        self._rig, self._tracer = rig, tracer
        self._sleepers = Sleepers(rig, tracer)
        self._computed: dict[int, int] = {}

    def moved(self) -> None:
        """Something has come from a program: it is not spinning."""
        self._computed.clear()

    def reached(self) -> bool:
        """Whether everything rests. Signals are handed over on the way."""
        return self._quiet() and not (self._rig.marked and hand_over(self._rig)) and not self._sleepers.take()

    def spinning(self) -> bool:
        """Whether a thread has computed for so long without a call that it may wait for another that is due."""
        for task in self._free():
            _, computed = task.count()
            if computed - self._computed.setdefault(task.number, computed) > SPIN_NS:
                self._computed[task.number] = computed
                return True
        return False

    def _free(self) -> list[Task]:
        return [task for task in self._rig.tasks.values() if not task.held]

    def _quiet(self) -> bool:
        rig = self._rig
        watched = [one for one in rig.tasks.values() if not one.fresh]
        if not rig.marked:
            watched = [one for one in watched if one.wait is None]
        counts = []
        for task in watched:
            rig.looks += 1
            if task.state() not in _resting(task):
                return False
            counts.append(task.count())
        for task, count in zip(watched, counts, strict=True):
            if (task.wait is None and not task.asleep()) or task.state() not in _resting(task) or task.count() != count:
                return False
            if task.runs != count[0]:
                task.runs, task.until = count[0], NEVER
        return True

    def ready(self) -> bool:
        """At rest: let the first go on for whom something has come; whether there was one."""
        rig = self._rig
        for wait in rig.waits.values():  # in the order in which they began
            if wait.due or self._frozen(wait.task):
                continue
            if wait.descriptors or isinstance(wait, Futex):
                with suppress(OSError):
                    if (value := wait.ready()) is not None:
                        rig.in_turn = 0
                        rig.finish(wait, value)
                        return True
            if wait.mask is not None:
                pending, _, handled = wait.task.signals()
                if came := pending & ~wait.mask:
                    let_in(rig, wait, came & handled)
                    return True
        return self._sleepers.wake(self._still())

    def _still(self) -> set[int]:
        """The processes that are frozen."""
        return {task.group for task in self._rig.tasks.values() if self._frozen(task)}

    def _frozen(self, task: Task) -> bool:
        program = self._rig.programs.get(task.program)
        return program is not None and program.frozen

    def next(self) -> tuple[int, Next | None]:
        """The next instant at which a program waits for something, and for what; NEVER and None where none does."""
        rig = self._rig
        found: list[tuple[int, int, Next]] = [
            (wait.deadline, wait.order, wait) for wait in rig.waits.values() if not self._frozen(wait.task)
        ]
        if (timer := rig.timers.next(self._still())) is not None:
            found.append((timer.deadline, timer.order, timer))
        for task in rig.tasks.values():
            if self._frozen(task):
                continue
            if task.fresh:
                found.append((rig.time.now, task.order, task))
            elif rig.timeouts and (not task.held or task.sleeping is not None):
                self._look_at_call(task)
                found.append((task.until, task.order, task))
        if not found:
            return NEVER, None
        deadline, _, what = min(found, key=lambda one: one[:2])
        return (max(deadline, rig.time.now), what) if deadline < NEVER else (NEVER, None)

    def _cost(self, task: Task) -> int:
        program = self._rig.programs.get(task.program)
        return program.charge_ns if program is not None else 0

    def _look_at_call(self, task: Task) -> None:
        """A thread asleep in a call that the kernel does: it may end by a time-out of its socket."""
        if task.until == NEVER and (task.sleeping is not None or task.state() == b"S"):
            task.until = self._rig.timeouts.until(task, self._rig.process(task.group), self._rig.time.now)
            task.order = self._rig.order()

    def release(self, what: Next) -> None:
        """Let go on what is due: one thread."""
        rig = self._rig
        rig.in_turn = 0
        if isinstance(what, Timer):
            rig.marked = rig.marked or what.event < 0
            rig.timers.fire(what)
        elif isinstance(what, Wait) and what.kind == TURN:
            rig.take_turn(what)
        elif isinstance(what, Wait) and not what.due and not what.charged and (cost := self._cost(what.task)):
            what.charged, what.deadline, what.order = True, rig.time.now + cost, rig.order()
        elif isinstance(what, Wait):
            rig.finish(what, *((what.value, 0) if what.due else what.late()))
        elif what.fresh:
            what.fresh = False
            kernel.go_on(what.number)
        else:
            self._end_call(what)

    def _end_call(self, task: Task) -> None:
        """A socket's time-out is over: the call is broken off by a stop, and gives what a time-out gives."""
        task.ending, task.until = True, NEVER
        if task.sleeping is not None:  # it stands in a stop already, with nothing to come
            self._tracer.end_call(task)
            self._sleepers.go_on(task)
            return
        kernel.interrupt(task.number)
        until = monotonic() + 1.0
        while task.ending and task.number in self._rig.tasks and monotonic() < until:
            self._tracer.look()


def _resting(task: Task) -> bytes:
    if task.wait is not None:
        return HELD
    if task.vforked:
        return VFORKED
    return STOPPED if task.stopped or task.parked or task.sleeping is not None else AT_REST
