"""Futexes: waits are held here, and wakes release them, so that the kernel's own clock has no part in them.

Facts: https://man7.org/linux/man-pages/man2/futex.2.html, https://docs.kernel.org/userspace-api/futex2.html.
"""

import struct
from collections.abc import Iterator
from errno import EAGAIN

from hil.virtual_time.filter import FUTEX_COMMANDS
from hil.virtual_time.plant_time import timespec
from hil.virtual_time.supervisor import Answer, Call
from hil.virtual_time.tasks import NEVER
from hil.virtual_time.waits import Futex

_WAIT, _WAKE, _REQUEUE, _CMP_REQUEUE, _WAKE_OP, _LOCK_PI, _WAIT_BITSET, _WAKE_BITSET, _LOCK_PI2 = (
    0, 1, 3, 4, 5, 6, 9, 10, 13,
)  # fmt: skip
_PRIVATE, _WALL = 128, 256
_ANY = 0xFFFFFFFF
_MOST_WORDS = 128
_WORD = struct.Struct("QQII")
"""`struct futex_waitv`: value, address, flags."""


def futex(call: Call) -> None:
    """Wait at a word, wake who waits there, or move him to another."""
    command = call.arguments[1] & FUTEX_COMMANDS
    if command in (_WAIT, _WAIT_BITSET):
        _wait(call, command)
    elif command in (_LOCK_PI, _LOCK_PI2):
        call.escapes("futex_lock_pi") if call.arguments[3] else call.pass_on()
    else:
        _wake(call, command)


def futex_waitv(call: Call) -> None:
    """Wait at several words; the answer is which one was woken."""
    address, count, _, timeout, clock, _ = call.arguments
    if not 1 <= count <= _MOST_WORDS:
        call.pass_on()
        return
    words = [(at, value & _ANY) for value, at, _, _ in _WORD.iter_unpack(call.process.read(address, 24 * count))]
    if any(_now_at(call, at) != value for at, value in words):
        call.give(0, -EAGAIN)
        return
    until = call.rig.time.until(clock, timespec(call.process.read(timeout, 16))) if timeout else NEVER
    wait = call.wait(Futex, until)
    wait.watch(words)
    call.hold(wait)


def _now_at(call: Call, address: int) -> int:
    return int.from_bytes(call.process.read(address, 4), "little")


def _wait(call: Call, command: int) -> None:
    address, flags, value, timeout, _, bits = call.arguments
    if _now_at(call, address) != value & _ANY:
        call.give(0, -EAGAIN)
        return
    until = NEVER
    if timeout:
        time = timespec(call.process.read(timeout, 16))
        clock = 0 if flags & _WALL else 1
        until = call.rig.time.now + time if command == _WAIT else call.rig.time.until(clock, time)
    wait = call.wait(Futex, until)
    wait.untimed = not timeout
    wait.watch([(address, value & _ANY)], _ANY if command == _WAIT else bits & _ANY)
    call.hold(wait)


def _waiting(call: Call, address: int) -> Iterator[tuple[Futex, int]]:
    """Who waits at a word of the process, first in, first, and which of his words it is."""
    for wait in sorted(call.rig.waits.values(), key=lambda one: one.order):
        if isinstance(wait, Futex) and not wait.due and wait.task.group == call.task.group:
            place = wait.place(address)
            if place is not None:
                yield wait, place


def _wake(call: Call, command: int) -> None:
    address, flags, most, more, other, last = call.arguments
    if command == _CMP_REQUEUE and _now_at(call, address) != last & _ANY:
        call.give(0, -EAGAIN)
        return
    most, woken = most & 0x7FFFFFFF, 0
    for wait, place in list(_waiting(call, address)):
        if woken >= most:
            break
        if command != _WAKE_BITSET or wait.bits & last:
            call.rig.wake(wait, place)
            woken += 1
    if command in (_REQUEUE, _CMP_REQUEUE):
        for wait, place in list(_waiting(call, address))[: more & 0x7FFFFFFF]:
            wait.words[place] = other, None
            woken += 1
    if command == _WAKE_OP:
        for wait, place in list(_waiting(call, other)):
            call.rig.wake(wait, place)  # a wake that was not asked for is lawful
    if command == _WAKE_OP or not (woken or flags & _PRIVATE):
        call.pass_on()
    else:
        call.give(woken)


ANSWERS: dict[str, Answer] = {"futex": futex, "futex_waitv": futex_waitv}
