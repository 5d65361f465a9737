"""The threads of programs as the rig sees them: whether they rest, and what the kernel says of them."""

import os
from contextlib import suppress
from typing import Any

NEVER = 1 << 62
"""A deadline that never comes [ns]."""
AT_REST = b"SZ"
"""States of a thread that does nothing: asleep in a wait that can be broken off, and ended.

One that is gone is not among them: its end, or its execution of a program under its process's number, is about to be
told.
"""
VFORKED = b"D"
"""The same of a thread that waits for the child that borrowed its memory."""
STOPPED = b"tZ"
"""The same of a thread that has been stopped; it is on its way there, or on again, while it shows another one."""
HELD = b"SDZX"
"""The same of a thread that is held; D is one for which a signal has come."""


class Task:
    """A thread of a program.

    group:   the process it belongs to; wait: the call in which it is held (hil.virtual_time.waits)
    vforked: it stands still until the child that borrowed its memory has gone on
    fresh:   it stands in a stop until its turn: it is new, its program begins, or its child has given its memory back
    new:     its first stop has not been seen
    parked:  it is stopped because its program is frozen; stopped: by a signal of a program
    sleeping: it is stopped in a call in which it sleeps, until this descriptor (ours) is ready in this way
    until:   when a call that the kernel does ends by a socket's time-out [ns]
    order:   its turn among those of one instant
    ending:  it was stopped to end such a call
    resumed: the deadline of a wait that a signal broke off, with the number and arguments of the call
    """

    def __init__(self, number: int, group: int, program: str) -> None:
        self.number, self.group, self.program = number, group, program
        self.wait: Any = None
        self.vforked = self.fresh = self.new = self.parked = self.stopped = self.ending = False
        self.sleeping: tuple[int, int] | None = None
        self.until, self.order = NEVER, 0
        self.resumed: tuple[int, int, tuple[int, ...]] | None = None
        self.runs = -1
        self._files: dict[str, int] = {}

    @property
    def held(self) -> bool:
        """Whether it can do nothing before the rig lets it."""
        return self.wait is not None or self.fresh or self.parked or self.stopped or self.sleeping is not None

    def state(self) -> bytes:
        """The letter of its state; X where it is gone."""
        text = self._read("stat", 400)
        return text[text.rindex(b")") + 2 :][:1] if b")" in text else b"X"

    def count(self) -> tuple[int, int]:
        """How often it has run, and for how long [ns of its own computing]; -1 where it is gone."""
        words = self._read("schedstat", 100).split()
        return (int(words[2]), int(words[0])) if len(words) > 2 else (-1, 0)

    def asleep(self) -> bool:
        """Whether it is off every processor and waits for none.

        A thread that looks for what it is to wait for is in state S already, and may be preempted there: it seems to
        sleep and is about to go on. Only this file of the kernel's waits until that is over.
        """
        return not self._read("syscall", 16).startswith(b"running")

    def call(self) -> tuple[int, tuple[int, ...]]:
        """The call in which it sleeps, and its arguments; -1 where it is in none."""
        words = self._read("syscall", 256).split()
        if len(words) < 7:
            return -1, ()
        return int(words[0]), tuple(int(word, 16) for word in words[1:7])

    def signals(self) -> tuple[int, int, int]:
        """Masks of the signals that wait for it, that it blocks, and that it handles; bit 0 is signal 1."""
        found = {b"SigPnd": 0, b"ShdPnd": 0, b"SigBlk": 0, b"SigCgt": 0}
        with suppress(OSError, ValueError), open(f"/proc/{self.number}/status", "rb") as file:
            for line in file:
                name, _, value = line.partition(b":")
                if name in found:
                    found[name] = int(value, 16)
        return found[b"SigPnd"] | found[b"ShdPnd"], found[b"SigBlk"], found[b"SigCgt"]

    def close(self) -> None:
        """It is gone."""
        if self.sleeping is not None:
            os.close(self.sleeping[0])
            self.sleeping = None
        for file in self._files.values():
            os.close(file)
        self._files.clear()

    def _read(self, name: str, most: int) -> bytes:
        try:
            if name not in self._files:
                path = f"/proc/{self.group}/task/{self.number}/{name}"
                self._files[name] = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            return os.pread(self._files[name], most, 0)
        except OSError:
            return b""


def group_of(number: int) -> int:
    """The process of a thread; the thread itself where it is gone."""
    with suppress(OSError, ValueError), open(f"/proc/{number}/status", "rb") as file:
        for line in file:
            if line.startswith(b"Tgid:"):
                return int(line.split()[1]) or number
    return number


class Process:
    """A process of a program, as far as it is reached into: its memory and its descriptors."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._memory = self._pidfd = -1

    def read(self, address: int, size: int) -> bytes:
        """Bytes of its memory; OSError where there are none."""
        got = os.pread(self._opened(), size, address)
        if len(got) != size:
            raise OSError("the memory ends there")
        return got

    def write(self, address: int, data: bytes) -> None:
        """Write bytes into its memory."""
        os.pwrite(self._opened(), data, address)

    def pidfd(self) -> int:
        """The descriptor by which the kernel knows it."""
        if self._pidfd < 0:
            self._pidfd = os.pidfd_open(self.number)
        return self._pidfd

    def executed(self) -> None:
        """It has become another program: its memory is another one."""
        if self._memory >= 0:
            os.close(self._memory)
        self._memory = -1

    def close(self) -> None:
        """It is gone."""
        self.executed()
        if self._pidfd >= 0:
            os.close(self._pidfd)
        self._pidfd = -1

    def _opened(self) -> int:
        if self._memory < 0:
            self._memory = os.open(f"/proc/{self.number}/mem", os.O_RDWR | os.O_CLOEXEC)
        return self._memory
