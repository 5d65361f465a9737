"""What the rig asks of the kernel to hold a program: seccomp notifications, ptrace, descriptors of another process.

Facts: https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html, ptrace.2, pidfd_getfd.2.
"""

import ctypes
import fcntl
import os
import struct
from typing import NamedTuple

_LIBC = ctypes.CDLL(None, use_errno=True)
_LIBC.ptrace.argtypes = [ctypes.c_long, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p]
_LIBC.ptrace.restype = ctypes.c_long
_LIBC.syscall.restype = ctypes.c_long
_RECV, _SEND, _ID_VALID, _ADDFD = 0xC0502100, 0xC0182101, 0x40082102, 0x40182103
_CONTINUE, _ADD_AND_ANSWER = 1, 2
_NOTICE, _RESPONSE = struct.Struct("QIIiIQ6Q"), struct.Struct("QqiI")
_SEIZE, _INTERRUPT, _LISTEN, _CONT, _GET_MESSAGE = 0x4206, 0x4207, 0x4208, 7, 0x4201
_GET_REGISTERS, _SET_REGISTERS, _GENERAL = 0x4204, 0x4205, 1
OPTIONS = 0x10 | 2 | 4 | 8 | 0x20 | 0x100000
"""PTRACE_O_TRACEEXEC, FORK, VFORK, CLONE, VFORKDONE, EXITKILL: whatever a program starts is held, and ends with us."""
FORK, VFORK, CLONE, EXEC, VFORK_DONE, STOP = 1, 2, 3, 4, 5, 128
"""PTRACE_EVENT_ of the stops."""
_PIDFD_GETFD, _SIGQUEUE, _TGSIGQUEUE = 438, {"x86_64": 129, "aarch64": 138}, {"x86_64": 297, "aarch64": 240}
_EPOLL_EVENT = struct.Struct("<IQ" if os.uname().machine == "x86_64" else "<IxxxxQ")
_MOST_EVENTS = 512


class Notice(NamedTuple):
    """A call that a thread of a program has made and that waits for its answer."""

    id: int
    thread: int
    number: int
    arguments: tuple[int, ...]


def received(listener: int) -> Notice | None:
    """The next call that waits; None where it is gone. To be asked only where the listener is readable: it blocks."""
    buffer = bytearray(80)
    try:
        fcntl.ioctl(listener, _RECV, buffer)
    except OSError:
        return None
    number, thread, _, call, _, _, *arguments = _NOTICE.unpack(buffer)
    return Notice(number, thread, call, tuple(arguments))


def answer(listener: int, notice: int, value: int, error: int) -> None:
    """End a call with a value, or with an error (negative); one whose thread has gone is let be."""
    _respond(listener, notice, value, error, 0)


def let_go_on(listener: int, notice: int) -> None:
    """Let the kernel do a call."""
    _respond(listener, notice, 0, 0, _CONTINUE)


def _respond(listener: int, notice: int, value: int, error: int, flags: int) -> None:
    try:  # noqa: SIM105  (a context costs more than the call)
        fcntl.ioctl(listener, _SEND, _RESPONSE.pack(notice, value, error, flags))
    except OSError:
        pass


def still_waits(listener: int, notice: int) -> bool:
    """Whether the thread that made a call still waits for the answer."""
    try:
        fcntl.ioctl(listener, _ID_VALID, struct.pack("Q", notice))
    except OSError:
        return False
    return True


def give_descriptor(listener: int, notice: int, descriptor: int, closes_at_exec: bool) -> bool:
    """End a call with a descriptor that the program gets; whether that went well."""
    asked = struct.pack("QIIII", notice, _ADD_AND_ANSWER, descriptor, 0, os.O_CLOEXEC if closes_at_exec else 0)
    try:
        fcntl.ioctl(listener, _ADDFD, asked)
    except OSError:
        return False
    return True


def descriptor_of(pidfd: int, number: int) -> int:
    """A duplicate of a descriptor of another process; OSError where it has none of that number."""
    got: int = _LIBC.syscall(_PIDFD_GETFD, pidfd, ctypes.c_int(number), 0)
    if got < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return got


def epoll_events(descriptor: int, most: int) -> tuple[int, bytes]:
    """What is ready on an epoll descriptor: how many events, and their bytes as the kernel writes them."""
    most = min(max(most, 1), _MOST_EVENTS)
    buffer = ctypes.create_string_buffer(_EPOLL_EVENT.size * most)
    count: int = _LIBC.epoll_wait(descriptor, buffer, most, 0)
    return count, buffer.raw[: _EPOLL_EVENT.size * max(count, 0)]


def seize(thread: int) -> None:
    """Become the tracer of a process; OSError where that is forbidden."""
    if _LIBC.ptrace(_SEIZE, thread, None, OPTIONS) < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def go_on(thread: int, signal: int = 0) -> None:
    """Let a stopped thread run, with a signal."""
    _LIBC.ptrace(_CONT, thread, None, signal)


def stay_stopped(thread: int) -> None:
    """Leave a thread in the stop that a stopping signal has put it into; it tells of what comes."""
    _LIBC.ptrace(_LISTEN, thread, None, None)


def interrupt(thread: int) -> None:
    """Stop a thread, also one that is asleep in the kernel."""
    _LIBC.ptrace(_INTERRUPT, thread, None, None)


def message(thread: int) -> int:
    """What a stop tells: the thread that was created."""
    told = ctypes.c_ulong()
    _LIBC.ptrace(_GET_MESSAGE, thread, None, ctypes.byref(told))
    return told.value


_PLACES = {"x86_64": (10, 15), "aarch64": (0, 8)}
"""Where the result and the number of a call are among the registers."""


class Registers:
    """The result and the number of the call in which a thread has stopped."""

    def __init__(self, thread: int) -> None:
        self._thread, self._values = thread, (ctypes.c_uint64 * 64)()
        self._asked = struct.pack("QQ", ctypes.addressof(self._values), ctypes.sizeof(self._values))
        self._result, self._call = _PLACES[os.uname().machine]
        vector = self._vector()
        _LIBC.ptrace(_GET_REGISTERS, thread, _GENERAL, vector)
        self._size = ctypes.c_uint64.from_buffer(vector, 8).value

    @property
    def result(self) -> int:
        """What the call has given, an error as a negative number."""
        return ctypes.c_int64(self._values[self._result]).value

    @property
    def call(self) -> int:
        """The number of the call."""
        return self._values[self._call]

    def end_call(self, result: int) -> None:
        """Let the call have given a result; the kernel does not begin it again."""
        self._values[self._result] = ctypes.c_uint64(result).value
        if os.uname().machine == "x86_64":
            self._values[self._call] = ctypes.c_uint64(-1).value
        self._asked = struct.pack("QQ", ctypes.addressof(self._values), self._size)
        _LIBC.ptrace(_SET_REGISTERS, self._thread, _GENERAL, self._vector())

    def _vector(self) -> ctypes.Array[ctypes.c_char]:
        return ctypes.create_string_buffer(self._asked, 16)


def send_timer_signal(process: int, thread: int, signal: int, timer: int, overrun: int, value: int) -> None:
    """Send the signal of a POSIX timer to a process, or to one thread of it where `thread` is not 0."""
    told = ctypes.create_string_buffer(128)
    struct.pack_into("iii4xiiQ", told, 0, signal, 0, -2, timer, overrun, value)
    machine = os.uname().machine
    if thread:
        _LIBC.syscall(_TGSIGQUEUE[machine], process, thread, signal, told)
    else:
        _LIBC.syscall(_SIGQUEUE[machine], process, signal, told)
