"""Calls that wait: each becomes a wait that the rig holds."""

import ctypes
import struct
from collections.abc import Callable
from errno import EINVAL, EMFILE, ENFILE

from hil.virtual_time.plant_time import as_timespec, as_timeval, long_timeval, timespec
from hil.virtual_time.supervisor import Answer, Call
from hil.virtual_time.tasks import NEVER
from hil.virtual_time.waits import Epoll, Poll, Select, SignalWait, Wait

_ABSOLUTE = 1
_COMPUTED = (2, 3)
"""CLOCK_PROCESS_CPUTIME_ID and CLOCK_THREAD_CPUTIME_ID: what a program computes takes its real time."""
_MOST_POLLED, _MOST_SELECTED = 65536, 1024


def _signed(value: int) -> int:
    return ctypes.c_int(value & 0xFFFFFFFF).value


def _in_ms(call: Call, value: int) -> int:
    time = _signed(value)
    return NEVER if time < 0 else call.rig.time.now + time * 1_000_000


def _after(call: Call, address: int, read: Callable[[bytes], int] = timespec) -> int:
    """The deadline of a time-out in the program's memory; NEVER where it gives none."""
    return call.rig.time.now + read(call.process.read(address, 16)) if address else NEVER


def _masked(call: Call, wait: Wait, address: int) -> None:
    if address:
        wait.mask = int.from_bytes(call.process.read(address, 8), "little")


def _not_there(call: Call, wait: Wait, error: OSError) -> None:
    """A descriptor that is not there: the kernel says so at once. Where the rig itself has too many, that is told."""
    wait.close()
    if error.errno in (EMFILE, ENFILE):
        call.escapes("descriptors")
    else:
        call.pass_on()


def nanosleep(call: Call) -> None:
    """A sleep."""
    wait = call.wait(Wait, _after(call, call.arguments[0]))
    wait.remainder = call.arguments[1]
    call.hold(wait)


def clock_nanosleep(call: Call) -> None:
    """A sleep by a clock, for a time or until one."""
    clock, flags, asked, rest = _signed(call.arguments[0]), *call.arguments[1:4]
    time, absolute = timespec(call.process.read(asked, 16)), bool(flags & _ABSOLUTE)
    if call.rig.time.shown(clock) is None:
        call.escapes("clock_nanosleep") if clock in _COMPUTED or clock < 0 else call.pass_on()
        return
    wait = call.wait(Wait, call.rig.time.until(clock, time) if absolute else call.rig.time.now + time)
    wait.remainder = 0 if absolute else rest
    call.hold(wait)


def poll(call: Call) -> None:
    """`poll`, in milliseconds."""
    _poll(call, _in_ms(call, call.arguments[2]), 0)


def ppoll(call: Call) -> None:
    """`ppoll`, with a mask of signals."""
    _poll(call, _after(call, call.arguments[2]), call.arguments[3])


def _poll(call: Call, deadline: int, mask: int) -> None:
    address, count = call.arguments[:2]
    if count > _MOST_POLLED:
        call.pass_on()
        return
    wait = call.wait(Poll, deadline)
    try:
        wait.watch(address, count)
    except OSError as error:
        _not_there(call, wait, error)
        return
    _masked(call, wait, mask)
    call.hold(wait)


def select(call: Call) -> None:
    """`select`, in microseconds."""
    _select(call, _after(call, call.arguments[4], long_timeval), 0, as_timeval)


def pselect6(call: Call) -> None:
    """`pselect`, with a mask of signals."""
    mask = struct.unpack("QQ", call.process.read(call.arguments[5], 16))[0] if call.arguments[5] else 0
    _select(call, _after(call, call.arguments[4]), mask, as_timespec)


def _select(call: Call, deadline: int, mask: int, written: Callable[[int], bytes]) -> None:
    count = _signed(call.arguments[0])
    if not 0 <= count <= _MOST_SELECTED:
        call.pass_on()
        return
    wait = call.wait(Select, deadline)
    try:
        wait.watch(count, call.arguments[1:4])
    except OSError as error:
        _not_there(call, wait, error)
        return
    if call.arguments[4]:
        wait.tell_rest = lambda left: call.process.write(call.arguments[4], written(left))
    _masked(call, wait, mask)
    call.hold(wait)


def epoll_wait(call: Call) -> None:
    """`epoll_wait`, in milliseconds."""
    _epoll(call, _in_ms(call, call.arguments[3]), 0)


def epoll_pwait(call: Call) -> None:
    """`epoll_pwait`, with a mask of signals."""
    _epoll(call, _in_ms(call, call.arguments[3]), call.arguments[4])


def epoll_pwait2(call: Call) -> None:
    """`epoll_pwait2`, in nanoseconds."""
    _epoll(call, _after(call, call.arguments[3]), call.arguments[4])


def _epoll(call: Call, deadline: int, mask: int) -> None:
    if _signed(call.arguments[2]) <= 0:
        call.give(0, -EINVAL)
        return
    wait = call.wait(Epoll, deadline)
    try:
        wait.watch(_signed(call.arguments[0]), call.arguments[1], _signed(call.arguments[2]))
    except OSError as error:
        _not_there(call, wait, error)
        return
    _masked(call, wait, mask)
    call.hold(wait)


def rt_sigtimedwait(call: Call) -> None:
    """A wait for signals; without a time-out the kernel does it."""
    if not call.arguments[2]:
        call.pass_on()
        return
    wait = call.wait(SignalWait, _after(call, call.arguments[2]))
    wait.mask = ~int.from_bytes(call.process.read(call.arguments[0], 8), "little")
    if call.task.signals()[0] & ~wait.mask:
        call.pass_on()
        return
    call.hold(wait)


ANSWERS: dict[str, Answer] = {
    "nanosleep": nanosleep,
    "clock_nanosleep": clock_nanosleep,
    "poll": poll,
    "ppoll": ppoll,
    "select": select,
    "pselect6": pselect6,
    "epoll_wait": epoll_wait,
    "epoll_pwait": epoll_pwait,
    "epoll_pwait2": epoll_pwait2,
    "rt_sigtimedwait": rt_sigtimedwait,
}
