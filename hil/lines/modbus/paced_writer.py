"""Bytes sent with pauses between them, in the time of the loop and in order."""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from hil.lines.modbus.replies import CLOSE, OPEN, RESET, Reply

_NO_LINGER = struct.pack("ii", 1, 0)
"""Ends a TCP connection with a reset."""
Told = tuple[Callable[[int], None], ...]


class PacedWriter:
    """Writes replies to a transport, each piece after its pause; what comes meanwhile waits behind it."""

    def __init__(self, transport: asyncio.Transport, now_ns: Callable[[], int]) -> None:
        """transport: of one connection; now_ns: the clock of what is sent"""
        self._transport, self._now_ns = transport, now_ns
        self._waiting: deque[tuple[float, bytes, int, Told]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._held: list[Reply] = []
        self._late: list[Reply] = []

    @property
    def busy(self) -> bool:
        """Whether something waits, so that nothing may be written past it."""
        return bool(self._waiting or self._held)

    def put(self, reply: Reply) -> None:
        """Send a reply behind what waits."""
        if reply.late:
            self._late.append(replace(reply, late=False, hold=False))
            return
        if reply.hold:
            self._held.append(reply)
            return
        pieces = reply.pieces
        told: Told = (reply.sent,)
        if self._held and pieces:
            first = b"".join(held.data for held in self._held)
            told = (*(held.sent for held in self._held), *told)
            pieces, self._held = ((pieces[0][0], first + pieces[0][1]), *pieces[1:]), []
        for number, (pause, data) in enumerate(pieces, 1):
            self._waiting.append((pause, data, OPEN, told if number == len(pieces) else ()))
        if reply.ending != OPEN:
            self._waiting.append((0.0, b"", reply.ending, () if pieces else told))
        elif not pieces:
            reply.sent(0)
        if self._timer is None:
            self._go_on()

    def next_request(self) -> None:
        """A further request has come: what was to be late is sent now."""
        late, self._late = self._late, []
        for reply in late:
            self.put(reply)

    def stop(self) -> None:
        """Send nothing more."""
        if self._timer is not None:
            self._timer.cancel()
        self._drop()

    def _drop(self) -> None:
        """Nothing of what waits will ever be sent."""
        lost = [one for *_, told in self._waiting for one in told]
        lost += [reply.sent for reply in (*self._held, *self._late)]
        self._waiting.clear()
        self._held, self._late = [], []
        for told in lost:
            told(0)

    def _go_on(self) -> None:
        self._timer = None
        while self._waiting:
            pause, data, ending, told = self._waiting[0]
            if self._transport.is_closing():
                self._drop()
                return
            if pause > 0.0:
                self._waiting[0] = (0.0, data, ending, told)
                self._timer = asyncio.get_running_loop().call_later(pause, self._go_on)
                return
            self._waiting.popleft()
            if ending == OPEN:
                self._transport.write(data)
            else:
                self._end(ending)
            at = self._now_ns() if ending == OPEN else 0
            for one in told:
                one(at)

    def _end(self, ending: int) -> None:
        if ending == RESET and (sock := self._transport.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        if ending == CLOSE:
            self._transport.close()
        else:
            self._transport.abort()
