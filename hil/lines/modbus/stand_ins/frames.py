"""Frames cut out of what comes over a connection, and requests matched with their answers, as a listener does it."""

from collections.abc import Callable

from hil.bus.exchanges import REQUEST
from hil.lines.modbus.request_log import Entry, Source, is_request

_HEADER, _SHORTEST, _LONGEST = 6, 2, 254
"""Bytes of an MBAP header before its length counts; what the length may be: unit id, function and its data."""
_PIECE = 1400
"""Bytes of what is no frame are kept in pieces of at most so many, as a segment of TCP has."""
MOST_WAITING = 1024
"""Requests of a connection that may wait for answers; beyond them the oldest counts as unanswered."""
GIVEN_UP_NS = 30_000_000_000
"""A request that has waited so long counts as unanswered [ns]; an answer after that has no request."""
_EXCEPTION = 8
"""Where an answer that refuses has the code."""


class Frames:
    """Cuts frames out of bytes as they come, and keeps at most one unfinished frame.

    rest: what has come of the next frame
    raw:  whether a length that cannot be has come: nothing after it can be cut any more
    """

    def __init__(self) -> None:
        """Nothing has come yet."""
        self.rest = b""
        self.raw = False

    def cut(self, data: bytes) -> tuple[list[bytes], bytes]:
        """The frames that are whole now, and the bytes that can be no frame any more."""
        if self.raw:
            return [], data
        found: list[bytes] = []
        data, start = self.rest + data, 0
        while len(data) - start >= _HEADER:
            length = data[start + 4] << 8 | data[start + 5]
            if not _SHORTEST <= length <= _LONGEST:
                self.raw, self.rest = True, b""
                return found, data[start:]
            stop = start + _HEADER + length
            if stop > len(data):
                break
            found.append(data[start:stop])
            start = stop
        self.rest = data[start:]
        return found, b""


class Matching:
    """Finds the answer to each request of a connection by its transaction id, and tells both together.

    A transaction id that is used again gives up the request before it. Times are monotonic [ns]; those of requests are
    told apart, so that they keep their order.
    """

    def __init__(self, source: Source, tell: Callable[[Entry], None]) -> None:
        """tell: takes each request with its answer, or without one; and each piece of what is no frame."""
        self._source, self._tell = source, tell
        self._waiting: dict[bytes, tuple[int, bytes]] = {}
        self._from_client, self._from_device = Frames(), Frames()
        self._latest = 0
        self.requests = 0

    def asked(self, data: bytes, at: int) -> None:
        """The client has sent something."""
        frames, raw = self._from_client.cut(data)
        for frame in frames:
            self._latest = at = max(at, self._latest + 1)
            self.requests += 1
            if not is_request(frame):
                self._unanswered(at, frame)
                continue
            if (before := self._waiting.pop(frame[:2], None)) is not None:
                self._unanswered(*before)
            elif len(self._waiting) >= MOST_WAITING:
                self._unanswered(*self._waiting.pop(next(iter(self._waiting))))
            self._waiting[frame[:2]] = at, frame
        for start in range(0, len(raw), _PIECE):
            self._latest = at = max(at, self._latest + 1)
            self._unanswered(at, raw[start : start + _PIECE])

    def answered(self, data: bytes, at: int) -> None:
        """The device has sent something."""
        frames, raw = self._from_device.cut(data)
        for frame in frames:
            received, asked = self._waiting.pop(frame[:2], (0, b""))
            if asked:
                self._tell((received, max(at, received), 0, self._source, asked, _exception(frame), frame, ""))
            else:
                self._unasked(at, frame)
        for start in range(0, len(raw), _PIECE):
            self._unasked(at, raw[start : start + _PIECE])

    def give_up(self, now: int) -> None:
        """Tell the requests that have waited too long as unanswered."""
        late = [key for key, (at, _) in self._waiting.items() if now - at > GIVEN_UP_NS]
        for key in late:
            self._unanswered(*self._waiting.pop(key))

    def end(self, at: int) -> None:
        """The connection has ended: tell what still waits, and what has come of a frame."""
        for waiting in self._waiting.values():
            self._unanswered(*waiting)
        self._waiting.clear()
        if self._from_client.rest:
            self._unanswered(max(at, self._latest + 1), self._from_client.rest)
        if self._from_device.rest:
            self._unasked(at, self._from_device.rest)
        self._from_client, self._from_device = Frames(), Frames()

    def _unanswered(self, at: int, frame: bytes) -> None:
        self._tell((at, 0, 0, self._source, frame, 0, b"", ""))

    def _unasked(self, at: int, data: bytes) -> None:
        self._tell((at, at, 0, self._source, b"", 0, data, REQUEST))


def _exception(answer: bytes) -> int:
    """The code of an answer that refuses, 0 of any other."""
    return answer[_EXCEPTION] if len(answer) > _EXCEPTION and answer[_EXCEPTION - 1] & 0x80 else 0
