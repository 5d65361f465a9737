"""Calls that set timers."""

import os
import struct
from errno import EINVAL, ENFILE, ENOSYS
from signal import SIGALRM

from hil.virtual_time.kernel import give_descriptor
from hil.virtual_time.plant_time import SECOND, as_timespec, as_timeval, timespec, timeval
from hil.virtual_time.supervisor import Answer, Call
from hil.virtual_time.timers import DESCRIPTOR, POSIX, Timer, empty, identity_of

_NONBLOCK, _CLOEXEC, _ABSOLUTE = os.O_NONBLOCK, os.O_CLOEXEC, 1
_TO_THREAD = 4
"""SIGEV_THREAD_ID."""
_REAL = 0
"""ITIMER_REAL; the others count what a program computes."""


def timerfd_create(call: Call) -> None:
    """A timer behind a descriptor: an eventfd stands for it."""
    clock, flags = call.arguments[:2]
    if call.rig.time.shown(clock) is None:
        call.give(0, -EINVAL)
        return
    try:
        event = os.eventfd(0, os.EFD_CLOEXEC | (os.EFD_NONBLOCK if flags & _NONBLOCK else 0))
    except OSError:
        call.give(0, -ENFILE)
        return
    timers = call.rig.timers
    timers.made(Timer(DESCRIPTOR, call.task.group, clock, event=event, identity=identity_of("self", event)))
    if not give_descriptor(call.rig.listener(call.task), call.notice.id, event, bool(flags & _CLOEXEC)):
        call.give(0, -ENOSYS)


def timerfd_settime(call: Call) -> None:
    """Set it, and forget what it has counted."""
    number, flags, new, old = call.arguments[:4]
    timer = call.rig.timers.of_descriptor(call.task.group, number)
    if timer is None:
        call.pass_on()
        return
    interval, value = timespec(call.process.read(new, 16)), timespec(call.process.read(new + 16, 16))
    _tell(call, timer, old)
    empty(timer.event)
    call.rig.timers.set(timer, value, interval, bool(flags & _ABSOLUTE))
    call.give()


def timerfd_gettime(call: Call) -> None:
    """How long until it goes off."""
    timer = call.rig.timers.of_descriptor(call.task.group, call.arguments[0])
    if timer is None:
        call.pass_on()
        return
    _tell(call, timer, call.arguments[1])
    call.give()


def _tell(call: Call, timer: Timer, address: int) -> None:
    if address:
        left = call.rig.timers.left(timer)
        call.process.write(address, as_timespec(timer.interval) + as_timespec(left))


def alarm(call: Call) -> None:
    """SIGALRM after so many seconds."""
    timers = call.rig.timers
    timer = timers.alarm_of(call.task.group)
    left = timers.left(timer)
    left = max((left + SECOND // 2) // SECOND, 1) if left else 0
    timers.set(timer, (call.arguments[0] & 0xFFFFFFFF) * SECOND, 0)
    call.give(left)


def setitimer(call: Call) -> None:
    """SIGALRM after a time, and then again and again."""
    which, new, old = call.arguments[:3]
    if which != _REAL:
        call.pass_on()
        return
    timers = call.rig.timers
    timer = timers.alarm_of(call.task.group)
    left, interval = timers.left(timer), timer.interval
    again, value = (timeval(call.process.read(new + at, 16)) for at in (0, 16)) if new else (0, 0)
    if old:
        call.process.write(old, as_timeval(interval) + as_timeval(left))
    timers.set(timer, value, again)
    call.give()


def getitimer(call: Call) -> None:
    """How long until SIGALRM comes."""
    which, address = call.arguments[:2]
    if which != _REAL:
        call.pass_on()
        return
    timer = call.rig.timers.alarm_of(call.task.group)
    call.process.write(address, as_timeval(timer.interval) + as_timeval(call.rig.timers.left(timer)))
    call.give()


def timer_create(call: Call) -> None:
    """A timer that sends a signal."""
    clock, event, given = call.arguments[:3]
    if call.rig.time.shown(clock if clock < 1 << 31 else -1) is None:
        call.pass_on()
        return
    timer = call.rig.timers.made(Timer(POSIX, call.task.group, clock, signal=SIGALRM))
    timer.value = timer.number
    if event:
        timer.value, timer.signal, timer.notify, thread = struct.unpack("Qiii", call.process.read(event, 20))
        timer.thread = thread if timer.notify == _TO_THREAD else 0
    call.process.write(given, struct.pack("i", timer.number))
    call.give()


def _numbered(call: Call) -> Timer | None:
    timer = call.rig.timers.numbered(call.task.group, call.arguments[0] & 0xFFFFFFFF)
    if timer is None:
        call.pass_on()
    return timer


def timer_settime(call: Call) -> None:
    """Set it."""
    if (timer := _numbered(call)) is None:
        return
    _, flags, new, old = call.arguments[:4]
    if not new:
        call.give(0, -EINVAL)
        return
    interval, value = timespec(call.process.read(new, 16)), timespec(call.process.read(new + 16, 16))
    _tell(call, timer, old)
    call.rig.timers.set(timer, value, interval, bool(flags & _ABSOLUTE))
    call.give()


def timer_gettime(call: Call) -> None:
    """How long until it goes off."""
    if (timer := _numbered(call)) is not None:
        _tell(call, timer, call.arguments[1])
        call.give()


def timer_getoverrun(call: Call) -> None:
    """None is lost: plant time stands still while a program computes."""
    if _numbered(call) is not None:
        call.give()


def timer_delete(call: Call) -> None:
    """It is no more."""
    if (timer := _numbered(call)) is not None:
        call.rig.timers.remove(timer)
        call.give()


ANSWERS: dict[str, Answer] = {
    "timerfd_create": timerfd_create,
    "timerfd_settime": timerfd_settime,
    "timerfd_gettime": timerfd_gettime,
    "alarm": alarm,
    "setitimer": setitimer,
    "getitimer": getitimer,
    "timer_create": timer_create,
    "timer_settime": timer_settime,
    "timer_gettime": timer_gettime,
    "timer_getoverrun": timer_getoverrun,
    "timer_delete": timer_delete,
}
