"""One client of the Modbus TCP server: MBAP frames in, answers out, in order."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import cast

from hil.bus.unit_image import UnitImage
from hil.bus.wire_faults import ActiveWireFault
from hil.lines.modbus.codes import GATEWAY_ITSELF, GATEWAY_TARGET_SILENT, ILLEGAL_ADDRESS, READ_INPUT_REGISTERS
from hil.lines.modbus.line_faults import name_of
from hil.lines.modbus.listener import Listener
from hil.lines.modbus.paced_writer import PacedWriter
from hil.lines.modbus.pdu import refusal, respond
from hil.lines.modbus.replies import CLOSE, Reply, affected
from hil.lines.modbus.request_log import Source

_HEADER = 6
_LONGEST = 254
_EXCEPTION = 8
"""Where an answer that refuses has the code."""
_PIECE = 64
"""Frames answered before it is asked whether the client takes them: at most 17 kB of answers."""
Asked = list[tuple[bytes, int, bytes]]
"""Frames taken from a chunk of bytes, with the exception answered (0: none) and the answer; empty for none."""


class Connection(asyncio.Protocol):
    """A connection keeps at most what came in one piece, answered no faster than the client takes its answers.

    Frames go one by one through `_take`, and on through `_take_through` while a fault of the line is at work.
    """

    def __init__(self, listener: Listener) -> None:
        """listener: the port this connection came in at."""
        self._listener = listener
        self._units = listener.port.units
        self._silent = listener.port.unknown_unit == "silence"
        self._log, self._now_ns = listener.log.add, listener.log.now_ns
        self._plant_time = listener.plant_time
        self._turnaround_s = listener.turnaround_s
        self._rest = b""
        self._paused = False
        self._source = Source("", "", 0)
        self._idle: asyncio.TimerHandle | None = None
        self._active = 0
        self._faults = listener.faults
        self._number = self._answered = 0
        self._muted = self._left = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for a place; without one the connection ends here."""
        self._transport = cast("asyncio.Transport", transport)
        self._write = self._transport.write
        self._paced = PacedWriter(self._transport, self._now_ns)
        if not self._listener.admit(self):
            transport.close()
            return
        self._number = self._listener.counts.accepted
        self._source = Source.of(transport, self._number)
        self._listener.log.opened(self._source, self._plant_time)
        self._active = self._now_ns()
        if self._listener.port.idle_timeout is not None:
            self._watch(self._listener.port.idle_timeout)

    def eof_received(self) -> None:
        """The client ends the connection."""
        self._left = True

    def connection_lost(self, error: Exception | None) -> None:
        """Give the place back."""
        if self._idle is not None:
            self._idle.cancel()
        self._paced.stop()
        if self._number:
            self._listener.log.closed(self._source, self._plant_time, cut=error is None and not self._left)
        self._listener.leave(self)

    def pause_writing(self) -> None:
        """The client does not take its answers: answer and read no more of its requests for now."""
        self._paused = True
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """The client has caught up: first what waits is answered, then more is read."""
        self._paused = False
        self._answer_frames(self._rest, self._now_ns())
        if not self._paused:
            self._transport.resume_reading()

    def abort(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def mute(self) -> None:
        """Answer nothing any more: the device has lost the connection and does not know it."""
        self._muted = True

    def data_received(self, data: bytes) -> None:
        """Answer every whole frame that has come.

        The usual case is one frame, asked before since the last publication: all of it but the transaction id is the
        key of the finished answer.
        """
        received = self._active = self._now_ns()
        if self._muted:
            return
        if len(data) > 7 and not self._rest and not (self._faults.active or self._paced.busy or self._turnaround_s):
            image = self._units.get(data[6])
            tail = image.answers.get(data[2:]) if image is not None else None
            if tail is not None and image is not None:
                image.heard += 1
                answer = data[:2] + tail
                self._write(answer)
                self._log((received, self._now_ns(), self._plant_time(), self._source, data, 0, answer, ""))
                return
        self._answer_frames(self._rest + data, received)

    def _answer_frames(self, data: bytes, received: int) -> None:
        """Answer the whole frames in `data`, piece by piece as long as the client takes them, and keep the rest."""
        start, more = 0, True
        while more and not self._paused:
            start, more = self._answer_piece(data, start, received)
            if self._transport.is_closing():  # the client has gone: whatever is written now, asyncio logs
                start, more = len(data), False
        self._rest = data[start:]

    def _answer_piece(self, data: bytes, start: int, received: int) -> tuple[int, bool]:
        """Answer some whole frames from `start` on; returns where the next one begins, and whether it may be whole."""
        answers: list[bytes] = []
        asked: Asked = []
        end, broken = len(data), False
        while (more := end - start >= _HEADER) and len(asked) < _PIECE:
            length = data[start + 4] << 8 | data[start + 5]
            stop = start + _HEADER + length
            broken = not 2 <= length <= _LONGEST
            if broken or stop > end:
                more = False
                break
            if data[start + 2] or data[start + 3]:
                self._listener.counts.dropped_frames += 1
            else:
                self._take(data[start:stop], answers, asked)
            start = stop
        self._send(answers)
        self._note(asked, received)
        if broken:
            self._listener.counts.broken_frames += 1
            self._transport.close()
            return end, False
        return start, more

    def _note(self, asked: Asked, received: int) -> None:
        """Log and count the frames of a piece, whose answers have been handed over."""
        answered, plant_time = self._now_ns() + round(self._turnaround_s * 1e9), self._plant_time()
        for frame, exception, answer in asked:
            self._log((received, answered if answer else 0, plant_time, self._source, frame, exception, answer, ""))
            if answer:
                self._listener.counts.answered(frame, exception)
        self._listener.log.ease()

    def _send(self, answers: list[bytes]) -> None:
        """Hand over answers, behind what a fault of the line keeps waiting."""
        if answers and (self._paced.busy or self._turnaround_s):
            self._paced.put(Reply(((self._turnaround_s, b"".join(answers)),)))
        elif answers:
            self._write(b"".join(answers))
        answers.clear()

    def _take_through(self, frame: bytes, answers: list[bytes], asked: Asked) -> None:
        """Answer one frame through the faults of the line that meet it."""
        port, unit = self._listener.port.port, frame[6]
        met = self._faults.meeting(port, frame, self._number)
        self._paced.next_request()
        names = [name_of(fault) for fault in met]
        if "no_reply" in names or "restart" in names:
            self._noted(frame, b"", met)(0)
            return
        image = self._units.get(unit)
        if "exception" in names or "reset" in names:
            own = frame[:4] + b"\0\3" + frame[6:7] + bytes((frame[7] | 0x80, 0))
        elif image is not None:
            fresh: list[bytes] = []
            image.harmed += bool(met)
            seen = self._faults.seen(image, port, unit, met) if frame[7] <= READ_INPUT_REGISTERS else image
            image.heard += seen is not image  # what it shows now may be a copy
            self._answer(frame, seen, fresh, [])
            own = fresh[0] if fresh else b""
        else:
            self._answer(frame, None, answers, asked)
            return
        self._send(answers)
        reply = self._ended(affected(Reply(((self._turnaround_s, own),)), met, self._faults.draw))
        self._paced.put(replace(reply, sent=self._noted(frame, reply.data, met)))

    def _noted(self, frame: bytes, answer: bytes, met: Sequence[ActiveWireFault]) -> Callable[[int], None]:
        """Logs and counts a request that went through the faults of the line, when its answer is sent or lost."""
        received, plant_time = self._active, self._plant_time()
        refused = len(answer) > _EXCEPTION and answer[_EXCEPTION - 1] & 0x80
        exception, names = answer[_EXCEPTION] if refused else 0, ",".join(fault.name for fault in met)

        def sent(answered: int) -> None:
            told = answer if answered else b""
            self._log((received, answered, plant_time, self._source, frame, exception if told else 0, told, names))
            if told:
                self._listener.counts.answered(frame, exception)

        return sent

    def _ended(self, reply: Reply) -> Reply:
        """The reply, and the end of the connection where it has had its answers."""
        self._answered += 1
        fault = self._faults.on_port(self._listener.port.port, "close_after")
        if fault is None or self._answered < fault.parameters["answers"]:
            return reply
        return replace(reply, ending=CLOSE)

    def _take(self, frame: bytes, answers: list[bytes], asked: Asked) -> None:
        """Answer one frame; the answer to a read is kept in the image until the next publication or write."""
        if self._faults.active:
            self._take_through(frame, answers, asked)
            return
        image = self._units.get(frame[6])
        exception, tail = self._answer(frame, image, answers, asked)
        if tail and image is not None and not exception and frame[7] <= READ_INPUT_REGISTERS:
            image.remember(frame[2:], tail)

    def _answer(self, frame: bytes, image: UnitImage | None, answers: list[bytes], asked: Asked) -> tuple[int, bytes]:
        """Answer one frame from an image; returns the exception and the answer behind its transaction id."""
        unit, request = frame[6], frame[7:]
        if image is not None:
            image.heard += 1
            answer = respond(image, request)
        elif self._silent:
            asked.append((frame, 0, b""))
            return 0, b""
        else:
            own = unit in GATEWAY_ITSELF
            answer = refusal(request, ILLEGAL_ADDRESS if own else GATEWAY_TARGET_SILENT)
        exception = answer[1] if answer[0] & 0x80 else 0
        tail = bytes((0, 0, 0, len(answer) + 1, unit)) + answer
        if exception and image is not None:
            image.refused += 1
        answers.append(frame[:2] + tail)
        asked.append((frame, exception, answers[-1]))
        return exception, tail

    def _watch(self, timeout: float) -> None:
        """Close the connection when it has been idle for so long; else look again when that can be at the earliest."""
        rest = timeout - (self._now_ns() - self._active) / 1e9
        if rest <= 0:
            self._listener.counts.idle += 1
            self._transport.abort()  # a client that takes nothing would never let it be closed
            return
        self._idle = asyncio.get_running_loop().call_later(rest, self._watch, timeout)
