"""Calls that read the clock, answered from plant time, and those that would set the machine's, which are refused."""

import ctypes
import struct
from errno import ENOSYS, EPERM

from hil.virtual_time.plant_time import BOOTED, SECOND, as_timespec, as_timeval
from hil.virtual_time.supervisor import Answer, Call

_TICKS = 100
"""Clock ticks in a second (USER_HZ)."""
_LIBC = ctypes.CDLL(None)


def _clock(number: int) -> int:
    return ctypes.c_int(number & 0xFFFFFFFF).value


def clock_gettime(call: Call) -> None:
    """What a clock shows; one of the time that a program computes is real."""
    shown = call.rig.time.shown(_clock(call.arguments[0]))
    if shown is None:
        call.pass_on()
        return
    call.process.write(call.arguments[1], as_timespec(shown))
    call.give()


def gettimeofday(call: Call) -> None:
    """The wall clock, to the microsecond; the zone is UTC."""
    wall = call.rig.time.wall + call.rig.time.now
    if call.arguments[0]:
        call.process.write(call.arguments[0], as_timeval(wall))
    if call.arguments[1]:
        call.process.write(call.arguments[1], bytes(8))
    call.give()


def time(call: Call) -> None:
    """The wall clock, in seconds."""
    seconds = (call.rig.time.wall + call.rig.time.now) // SECOND
    if call.arguments[0]:
        call.process.write(call.arguments[0], struct.pack("q", seconds))
    call.give(seconds)


def times(call: Call) -> None:
    """Ticks since the machine was started, and what the process has computed, which is real."""
    if call.arguments[0]:
        with open(f"/proc/{call.task.group}/stat", "rb") as file:
            words = file.read().rpartition(b")")[2].split()
        call.process.write(call.arguments[0], struct.pack("4q", *(int(word) for word in words[11:15])))
    call.give((BOOTED + call.rig.time.now) * _TICKS // SECOND)


def sysinfo(call: Call) -> None:
    """What the machine has, with the time since it was started in plant time."""
    told = ctypes.create_string_buffer(128)
    _LIBC.sysinfo(told)
    struct.pack_into("q", told, 0, (BOOTED + call.rig.time.now) // SECOND)
    call.process.write(call.arguments[0], told.raw[:112])
    call.give()


def _refused(call: Call) -> None:
    """The clock of the machine is nobody's to set."""
    call.give(0, -EPERM)


def _absent(call: Call) -> None:
    """Programs fall back to what is trapped."""
    call.give(0, -ENOSYS)


ANSWERS: dict[str, Answer] = {
    "clock_gettime": clock_gettime,
    "gettimeofday": gettimeofday,
    "time": time,
    "times": times,
    "sysinfo": sysinfo,
    "clock_settime": _refused,
    "settimeofday": _refused,
    "io_uring_setup": _absent,
}
