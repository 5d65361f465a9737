"""The calls in which threads are held: sleeps, waits for descriptors, for futexes and for signals.

A wait ends by an answer of the rig alone: with what has become ready (found on duplicates of the descriptors), because
another thread woke it, or at its deadline. The kernel never does it: a second thread could take the event away, and the
call would then wait in real time.
"""

import os
import select
import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from errno import EAGAIN, EINVAL, ETIMEDOUT

from hil.virtual_time.kernel import Notice, descriptor_of, epoll_events
from hil.virtual_time.plant_time import as_timespec
from hil.virtual_time.tasks import Process, Task

_POLLFD = struct.Struct("ihh")
_READABLE, _WRITABLE = select.POLLIN | select.POLLHUP | select.POLLERR, select.POLLOUT | select.POLLERR
_ASKED = (select.POLLIN, select.POLLOUT, select.POLLPRI)
_GIVEN = (_READABLE, _WRITABLE, select.POLLPRI)


class Wait:
    """A call that is held: a sleep, where it is nothing more.

    deadline: in the rig's nanoseconds; order: its turn among those of one instant
    mask:     the signals that are blocked meanwhile, where the call says so
    charged:  its deadline has come, and was put off by what computing costs
    due:      it is to end at this instant with `value`; untimed: it had no deadline of its own
    """

    kind = "sleep"

    def __init__(self, notice: Notice, task: Task, process: Process, deadline: int, order: int) -> None:
        self.notice, self.task, self.process = notice, task, process
        self.deadline, self.order = deadline, order
        self.mask: int | None = None
        self.due, self.value, self.untimed, self.charged = False, 0, False, False
        self.descriptors: list[int] = []
        self.remainder = 0

    def ready(self) -> int | None:
        """What the call gives now because something has come; None where nothing has."""
        return None

    def late(self) -> tuple[int, int]:
        """What the call gives at its deadline: a value and an error."""
        return 0, 0

    def broken(self, now: int) -> None:
        """A signal breaks it off, and the program hears of it: a sleep says how much was left."""
        if self.remainder:
            self.process.write(self.remainder, as_timespec(max(self.deadline - now, 0)))

    def ends(self, now: int) -> None:
        """It is about to end: a call that says how much time was left does so."""

    def close(self) -> None:
        """It is over."""
        for descriptor in self.descriptors:
            if descriptor >= 0:
                os.close(descriptor)
        self.descriptors.clear()

    def _take(self, number: int) -> int:
        """Duplicate a descriptor of the program; OSError where it has none of that number."""
        self.descriptors.append(descriptor_of(self.process.pidfd(), number))
        return self.descriptors[-1]


class Poll(Wait):
    """`poll` and `ppoll`."""

    kind = "poll"

    def watch(self, address: int, count: int) -> None:
        """Watch what the program asks for; OSError where it has no such descriptor."""
        self._address, self._poll = address, select.poll()
        self._asked: list[tuple[int, int]] = list(
            (number, events) for number, events, _ in _POLLFD.iter_unpack(self.process.read(address, 8 * count))
        ) if count else []  # fmt: skip
        self._own = [-1 if number < 0 else self._take(number) for number, _ in self._asked]
        for own, (_, events) in zip(self._own, self._asked, strict=True):
            if own >= 0:
                self._poll.register(own, events & 0xFFFF)

    def ready(self) -> int | None:
        """How many descriptors are; what became of each is written into the program."""
        came = dict(self._poll.poll(0))
        if not came:
            return None
        self._tell(came)
        return len(came)

    def late(self) -> tuple[int, int]:
        """Nothing is ready."""
        self._tell({})
        return 0, 0

    def _tell(self, came: dict[int, int]) -> None:
        if self._asked:
            told = [
                _POLLFD.pack(number, events, came.get(own, 0))
                for own, (number, events) in zip(self._own, self._asked, strict=True)
            ]
            self.process.write(self._address, b"".join(told))


class Select(Wait):
    """`select` and `pselect6`.

    tell_rest: writes into the program how much time was left [ns], where it gave a time-out
    """

    kind = "select"
    tell_rest: Callable[[int], object] | None = None

    def watch(self, count: int, sets: Sequence[int]) -> None:
        """Watch the descriptors below `count` in three sets, at their addresses or 0; OSError where one is missing."""
        self._sets, self._size = sets, (count + 63) // 64 * 8
        self._poll, self._numbers = select.poll(), dict[int, tuple[int, int]]()
        bits = [int.from_bytes(self.process.read(one, self._size), "little") if one else 0 for one in sets]
        below = (1 << count) - 1
        asked = (bits[0] | bits[1] | bits[2]) & below
        while asked:
            number = (asked & -asked).bit_length() - 1
            asked &= asked - 1
            wanted = sum(_ASKED[place] for place in range(3) if bits[place] >> number & 1)
            own = self._take(number)
            self._numbers[own] = number, wanted
            self._poll.register(own, wanted)

    def ready(self) -> int | None:
        """How many bits are set in the three sets, which are written into the program."""
        given, count = [0, 0, 0], 0
        for own, events in self._poll.poll(0):
            number, wanted = self._numbers[own]
            for place in range(3):
                if wanted & _ASKED[place] and events & _GIVEN[place]:
                    given[place] |= 1 << number
                    count += 1
        if not count:
            return None
        self._tell(given)
        return count

    def late(self) -> tuple[int, int]:
        """Nothing is ready."""
        self._tell([0, 0, 0])
        return 0, 0

    def ends(self, now: int) -> None:
        """Say how much time was left."""
        if self.tell_rest is not None:
            with suppress(OSError):
                self.tell_rest(max(self.deadline - now, 0))

    def _tell(self, given: Sequence[int]) -> None:
        for address, bits in zip(self._sets, given, strict=True):
            if address:
                self.process.write(address, bits.to_bytes(self._size, "little"))


class Epoll(Wait):
    """`epoll_wait`, `epoll_pwait` and `epoll_pwait2`: the duplicate is the same object, with its state."""

    kind = "epoll"

    def watch(self, descriptor: int, address: int, most: int) -> None:
        """Watch an epoll descriptor; OSError where it is none."""
        self._own, self._address, self._most = self._take(descriptor), address, most
        if os.readlink(f"/proc/self/fd/{self._own}") != "anon_inode:[eventpoll]":
            raise OSError(EINVAL, "not an epoll descriptor")
        self._poll = select.poll()
        self._poll.register(self._own, select.POLLIN)

    def ready(self) -> int | None:
        """How many events there are; they are written into the program."""
        if not self._poll.poll(0):
            return None
        count, events = epoll_events(self._own, self._most)
        if count <= 0:
            return None
        self.process.write(self._address, events)
        return count


class Futex(Wait):
    """`futex` and `futex_waitv`: the words at which it waits, with the values that they had."""

    kind = "futex"

    def watch(self, words: Sequence[tuple[int, int | None]], bits: int = 0xFFFFFFFF) -> None:
        """words: addresses and values; None where it was moved there, and its value says nothing"""
        self.words, self.bits = list(words), bits

    def place(self, address: int) -> int | None:
        """Which of its words is at an address."""
        return next((place for place, (one, _) in enumerate(self.words) if one == address), None)

    def ready(self) -> int | None:
        """Which word has changed without a wake that the rig saw: the kernel's own at the end of a thread."""
        for place, (address, value) in enumerate(self.words):
            with suppress(OSError):
                if value is not None and int.from_bytes(self.process.read(address, 4), "little") != value:
                    return place
        return None

    def late(self) -> tuple[int, int]:
        """It took too long."""
        return 0, -ETIMEDOUT


class SignalWait(Wait):
    """`rt_sigtimedwait` with a time-out."""

    kind = "signal"

    def late(self) -> tuple[int, int]:
        """No signal came."""
        return 0, -EAGAIN
