"""Bytes sent with pauses between them, in real time and in order."""

import asyncio
import socket
import struct
from collections import deque

from hil.modbus.replies import CLOSE, OPEN, RESET, Reply

_NO_LINGER = struct.pack("ii", 1, 0)
"""Ends a TCP connection with a reset."""


class PacedWriter:
    """Writes replies to a transport, each piece after its pause; what comes meanwhile waits behind it."""

    def __init__(self, transport: asyncio.Transport) -> None:
        """transport: of one connection."""
        self._transport = transport
        self._waiting: deque[tuple[float, bytes, int]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._held = b""
        self._late: list[Reply] = []

    @property
    def busy(self) -> bool:
        """Whether something waits, so that nothing may be written past it."""
        return bool(self._waiting or self._held)

    def put(self, reply: Reply) -> None:
        """Send a reply behind what waits."""
        if reply.late:
            self._late.append(Reply(reply.pieces, reply.ending))
            return
        if reply.hold:
            self._held += reply.data
            return
        pieces = reply.pieces
        if self._held and pieces:
            pieces, self._held = ((pieces[0][0], self._held + pieces[0][1]), *pieces[1:]), b""
        self._waiting.extend((pause, data, OPEN) for pause, data in pieces)
        if reply.ending != OPEN:
            self._waiting.append((0.0, b"", reply.ending))
        if self._timer is None:
            self._go_on()

    def next_request(self) -> None:
        """A further request has come: what was to be late is sent now."""
        late, self._late = self._late, []
        for reply in late:
            self.put(reply)

    def stop(self) -> None:
        """Send nothing more."""
        self._waiting.clear()
        if self._timer is not None:
            self._timer.cancel()

    def _go_on(self) -> None:
        self._timer = None
        while self._waiting:
            pause, data, ending = self._waiting[0]
            if pause > 0.0:
                self._waiting[0] = (0.0, data, ending)
                self._timer = asyncio.get_running_loop().call_later(pause, self._go_on)
                return
            self._waiting.popleft()
            if self._transport.is_closing():
                self._waiting.clear()
            elif ending == OPEN:
                self._transport.write(data)
            else:
                self._end(ending)

    def _end(self, ending: int) -> None:
        if ending == RESET and (sock := self._transport.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        if ending == CLOSE:
            self._transport.close()
        else:
            self._transport.abort()
