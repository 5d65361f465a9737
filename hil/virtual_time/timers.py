"""The timers that programs set: timerfd, alarm and interval timers, POSIX timers."""

import os
import select
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from signal import SIGALRM

from hil.virtual_time.kernel import send_timer_signal
from hil.virtual_time.plant_time import PlantTime
from hil.virtual_time.tasks import NEVER

DESCRIPTOR, ALARM, POSIX = "descriptor", "alarm", "posix"
NO_SIGNAL = 1
"""SIGEV_NONE."""
_FEW = 64
"""So many eventfds are kept before it is looked whether programs have closed theirs."""


@dataclass
class Timer:
    """A timer. deadline, interval [ns]; order: its turn among those of one instant.

    event:  the eventfd that stands for a timerfd, and `identity` its id in the kernel
    number: of a POSIX timer; thread: which one gets the signal, 0 for the process
    """

    kind: str
    group: int
    clock: int = 1
    deadline: int = NEVER
    interval: int = 0
    order: int = 0
    event: int = -1
    identity: int = -1
    number: int = 0
    signal: int = SIGALRM
    notify: int = 0
    thread: int = 0
    value: int = 0


class Timers:
    """All timers of a run."""

    def __init__(self, time: PlantTime, order: Callable[[], int], groups: Callable[[], Collection[int]]) -> None:
        """groups: the processes of all programs"""
        self._time, self._order, self._groups = time, order, groups
        self._all: list[Timer] = []
        self._numbered, self._sweeps_at = 1000, _FEW

    def made(self, timer: Timer) -> Timer:
        """Keep a new timer, which stands still."""
        if timer.kind == DESCRIPTOR:
            self._sweep()
        self._numbered += 1
        timer.number, timer.order = self._numbered, self._order()
        self._all.append(timer)
        return timer

    def _sweep(self) -> None:
        """Close the eventfds that no program has any more, when they have become many."""
        behind = [one for one in self._all if one.kind == DESCRIPTOR]
        if len(behind) < self._sweeps_at:
            return
        held = {identity for group in self._groups() for identity in identities_of(group)}
        for gone in (one for one in behind if one.identity not in held):
            os.close(gone.event)
            self._all.remove(gone)
        self._sweeps_at = max(_FEW, 2 * sum(one.kind == DESCRIPTOR for one in self._all))

    def next(self, still: Collection[int] = ()) -> Timer | None:
        """The timer that comes first; those of processes that stand still are left out."""
        running = (one for one in self._all if one.group not in still)
        return min(running, key=lambda one: (one.deadline, one.order), default=None)

    def set(self, timer: Timer, value: int, interval: int, absolute: bool = False) -> None:
        """Set a timer to go off after, or at, a time [ns], and then every interval; 0 stops it."""
        timer.interval, timer.order = interval, self._order()
        if not value:
            timer.deadline = NEVER
            return
        at = self._time.until(timer.clock, value) if absolute else self._time.now + value
        timer.deadline = max(at, self._time.now)

    def left(self, timer: Timer) -> int:
        """Until it goes off [ns]; 0 where it stands still."""
        return 0 if timer.deadline == NEVER else max(timer.deadline - self._time.now, 1)

    def fire(self, timer: Timer) -> None:
        """It goes off."""
        timer.deadline = timer.deadline + timer.interval if timer.interval else NEVER
        timer.order = self._order()
        with suppress(OSError):
            if timer.kind == DESCRIPTOR:
                os.eventfd_write(timer.event, 1)
            elif timer.kind == ALARM:
                os.kill(timer.group, SIGALRM)
            elif timer.notify != NO_SIGNAL:
                send_timer_signal(timer.group, timer.thread, timer.signal, timer.number, 0, timer.value)

    def of_descriptor(self, group: int, descriptor: int) -> Timer | None:
        """The timer behind a descriptor of a process, however it came there."""
        identity = identity_of(f"{group}", descriptor)
        return next((one for one in self._all if one.kind == DESCRIPTOR and one.identity == identity >= 0), None)

    def alarm_of(self, group: int) -> Timer:
        """The one alarm of a process."""
        found = next((one for one in self._all if one.kind == ALARM and one.group == group), None)
        return found or self.made(Timer(ALARM, group))

    def numbered(self, group: int, number: int) -> Timer | None:
        """A POSIX timer of a process."""
        return next(
            (one for one in self._all if one.kind == POSIX and one.group == group and one.number == number), None
        )

    def remove(self, timer: Timer) -> None:
        """It is deleted."""
        self._all.remove(timer)

    def forget(self, group: int, kinds: tuple[str, ...] = (ALARM, POSIX)) -> None:
        """A process has ended, or executes another program: those go with it."""
        self._all = [one for one in self._all if one.group != group or one.kind not in kinds]

    def close(self) -> None:
        """The run is over."""
        for timer in self._all:
            if timer.event >= 0:
                os.close(timer.event)
        self._all.clear()


def identities_of(process: int) -> list[int]:
    """The kernel's ids of all eventfds of a process."""
    found = []
    with suppress(OSError):
        for number in os.listdir(f"/proc/{process}/fd"):
            with suppress(OSError):
                if os.readlink(f"/proc/{process}/fd/{number}") == "anon_inode:[eventfd]":
                    found.append(identity_of(f"{process}", int(number)))
    return found


def identity_of(process: str, descriptor: int) -> int:
    """The kernel's id of an eventfd; -1 where it is none."""
    with suppress(OSError, ValueError), open(f"/proc/{process}/fdinfo/{descriptor}", "rb") as file:
        for line in file:
            if line.startswith(b"eventfd-id:"):
                return int(line.split()[1])
    return -1


def empty(event: int) -> None:
    """Forget what an eventfd has counted; its flags are the program's, so it is looked first."""
    poll = select.poll()
    poll.register(event, select.POLLIN)
    if poll.poll(0):
        os.eventfd_read(event)
