"""One client of the Modbus TCP server: MBAP frames in, answers out, in order."""

import asyncio
from time import monotonic_ns
from typing import TYPE_CHECKING, cast

from hil.modbus_codes import GATEWAY_TARGET_SILENT
from hil.modbus_pdu import refusal, respond

if TYPE_CHECKING:
    from hil.modbus_tcp import Listener

_HEADER = 6
_LONGEST = 254
_BUFFER = 4096


class Connection(asyncio.BufferedProtocol):
    """The bytes of a connection go through one small buffer of its own, so a hostile client costs no memory.

    Frames go one by one through `_take`, which is where a later fault of a frame or connection gets in.
    """

    def __init__(self, listener: "Listener") -> None:
        """listener: the port this connection came in at."""
        self._listener = listener
        self._units = listener.port.units
        self._silent = listener.port.unknown_unit == "silence"
        self._log = listener.log.add
        self._bytes = bytearray(_BUFFER)
        self._view = memoryview(self._bytes)
        self._filled = 0
        self._peer = ""
        self._idle: asyncio.TimerHandle | None = None
        self._active = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a place; without one the connection ends here. asyncio has set TCP_NODELAY."""
        self._transport = cast("asyncio.Transport", transport)
        peer = transport.get_extra_info("peername")
        self._peer = f"{peer[0]}:{peer[1]}" if peer else ""
        if not self._listener.admit(self):
            transport.close()
            return
        self._active = monotonic_ns()
        if self._listener.port.idle_timeout is not None:
            self._watch(self._listener.port.idle_timeout)

    def connection_lost(self, _error: Exception | None) -> None:
        """Give the place back."""
        if self._idle is not None:
            self._idle.cancel()
        self._listener.leave(self)

    def pause_writing(self) -> None:
        """The client does not take its answers: read no more of its requests for now."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has caught up."""
        self._transport.resume_reading()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def get_buffer(self, _sizehint: int) -> memoryview:
        """Where asyncio puts the next bytes; never empty, since a frame is far shorter than the buffer."""
        return self._view[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        """Answer every whole frame that has come; the rest waits for its end."""
        received = self._active = monotonic_ns()
        data, start, end = self._bytes, 0, self._filled + nbytes
        answers: list[bytes] = []
        asked: list[tuple[int, bytes, int, bool]] = []
        broken = False
        while end - start >= _HEADER:
            length = data[start + 4] << 8 | data[start + 5]
            if not 2 <= length <= _LONGEST:
                broken = True
                break
            stop = start + _HEADER + length
            if stop > end:
                break
            if data[start + 2] or data[start + 3]:
                self._listener.counts.dropped_frames += 1
            else:
                self._take(bytes(self._view[start:stop]), answers, asked)
            start = stop
        self._filled = end - start
        if start and self._filled:
            data[: self._filled] = data[start:end]
        if answers and not self._transport.is_closing():
            self._transport.write(answers[0] if len(answers) == 1 else b"".join(answers))
        if asked:
            self._book(received, asked)
        if broken:
            self._listener.counts.broken_frames += 1
            self._filled = 0
            self._transport.close()

    def _take(self, frame: bytes, answers: list[bytes], asked: list[tuple[int, bytes, int, bool]]) -> None:
        """Answer one frame."""
        unit, request = frame[6], frame[7:]
        image = self._units.get(unit)
        if image is not None:
            answer = respond(image, request)
        elif self._silent:
            asked.append((unit, request, 0, False))
            return
        else:
            answer = refusal(request, GATEWAY_TARGET_SILENT)
        answers.append(frame[:4] + (len(answer) + 1).to_bytes(2, "big") + frame[6:7] + answer)
        asked.append((unit, request, answer[1] if answer[0] & 0x80 else 0, True))

    def _book(self, received: int, asked: list[tuple[int, bytes, int, bool]]) -> None:
        answered, plant_time = monotonic_ns(), self._listener.plant_time()
        for unit, request, exception, was_answered in asked:
            stamp = answered if was_answered else 0
            self._log((received, stamp, plant_time, self._peer, unit, request, exception))

    def _watch(self, timeout: float) -> None:
        """Close the connection when it has been idle for so long; else look again when that can be at the earliest."""
        rest = timeout - (monotonic_ns() - self._active) / 1e9
        if rest <= 0:
            self._listener.counts.idle += 1
            self._transport.close()
            return
        self._idle = asyncio.get_running_loop().call_later(rest, self._watch, timeout)
