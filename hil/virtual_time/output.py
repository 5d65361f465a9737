"""What a program prints, kept with the plant time of each line in front."""

import asyncio
import os
from collections.abc import Callable
from typing import BinaryIO

from hil.virtual_time.program import Program
from hil.virtual_time.supervisor import Supervisor

MOST_LOG = 16 << 20
"""Of what a program prints so much is kept [bytes]."""
LAST_WORDS = 1600
"""So much of the end of it is remembered [characters]."""
_CHUNK = 65536
_MOST_CHUNKS = 64
"""No pipe holds more."""


class Output:
    """The output of one start of a program."""

    def __init__(
        self, rig: Supervisor, program: Program, now_ns: Callable[[], int], told: Callable[[bytes], object] | None
    ) -> None:
        """told: takes what is printed, instead of a file"""
        self._rig, self._program, self._now_ns, self._told = rig, program, now_ns, told
        self._rest = bytearray()
        self._file: BinaryIO | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._reading = -1

    def read(self, loop: asyncio.AbstractEventLoop, reading: int) -> None:
        """Take in what comes from a descriptor until it ends."""
        if self._told is None:
            self._file = self._program.log.open("ab", buffering=0)
        self._loop, self._reading = loop, reading
        loop.add_reader(reading, self._take)

    def drain(self) -> None:
        """Take in what has been printed by now."""
        for _ in range(_MOST_CHUNKS):
            if self._reading < 0 or not self._take():
                return

    def close(self) -> None:
        """The program is gone: take in what it has left."""
        self.drain()
        if self._reading >= 0:
            self._end()

    def _take(self) -> bool:
        """Take in a piece, or the end; whether there was one."""
        try:
            data = os.read(self._reading, _CHUNK)
        except BlockingIOError:
            return False
        except OSError:
            data = b""
        self._program.last = (self._program.last + data.decode(errors="replace"))[-LAST_WORDS:]
        if self._told is not None:
            self._told(data)
        else:
            self._keep(data)
        if not data:
            self._end()
        return bool(data)

    def _end(self) -> None:
        assert self._loop is not None  # noqa: S101  (it reads since `read`)
        self._loop.remove_reader(self._reading)
        os.close(self._reading)
        self._reading = -1
        if self._file is not None:
            self._file.close()

    def _keep(self, data: bytes) -> None:
        self._rest += data
        lines = self._rest.split(b"\n")
        self._rest = lines.pop() if data and len(lines[-1]) < _CHUNK else bytearray()
        stamp = f"{self._now_ns() / 1e9:12.3f} ".encode()
        text = b"".join(stamp + bytes(line) + b"\n" for line in lines if line or data)
        left = MOST_LOG - self._program.written
        if self._file is None or not text or left <= 0:
            return
        self._file.write(text[:left])
        self._program.written += len(text)
        if self._program.written >= MOST_LOG:
            self._file.write(b"\n(more was printed than is kept)\n")
