"""Time-outs that programs give to sockets: withheld from the kernel, kept by socket, and ended at their plant time."""

import os
import stat

from hil.virtual_time.calls import RECEIVING, SENDING, number
from hil.virtual_time.kernel import descriptor_of
from hil.virtual_time.tasks import NEVER, Process, Task

RECEIVE, SEND = 0, 1


class SocketTimeouts:
    """The time-outs of all sockets [ns], by their inode."""

    def __init__(self) -> None:
        self._kept: dict[int, list[int]] = {}
        self._receiving = {number(name) for name in RECEIVING} - {None}
        self._sending = {number(name) for name in SENDING} - {None}

    def __bool__(self) -> bool:
        return bool(self._kept)

    def keep(self, process: Process, descriptor: int, way: int, time: int) -> bool:
        """Keep a time-out; whether the descriptor is a socket."""
        inode = _socket(process, descriptor)
        if inode is None:
            return False
        self._kept.setdefault(inode, [0, 0])[way] = time
        return True

    def kept(self, process: Process, descriptor: int, way: int) -> int:
        """The time-out of a socket; 0 where there is none."""
        return self._kept.get(_socket(process, descriptor) or 0, [0, 0])[way]

    def until(self, task: Task, process: Process, now: int) -> int:
        """When the call in which a thread sleeps is to end; NEVER where no time-out is on it."""
        call, arguments = task.call()
        way = RECEIVE if call in self._receiving else SEND if call in self._sending else None
        if way is None:
            return NEVER
        time = self.kept(process, arguments[0], way)
        return now + time if time else NEVER


def _socket(process: Process, descriptor: int) -> int | None:
    """The inode of a socket of a process."""
    try:
        own = descriptor_of(process.pidfd(), descriptor)
    except OSError:
        return None
    try:
        found = os.fstat(own)
        return found.st_ino if stat.S_ISSOCK(found.st_mode) else None
    finally:
        os.close(own)
