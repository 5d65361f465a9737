"""The log of requests: who asked what, when it came and when the answer left, and what the answer was.

Verdicts on timing use these stamps, not the simulator's clock. An entry costs well under a microsecond because it is
taken apart only when somebody reads it: a test, or whoever keeps what goes over the line (hil.bus.exchanges.Keep).
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from time import monotonic_ns
from typing import NamedTuple

from hil.bus.exchanges import CLOSE, CUT, OPEN, REQUEST, Exchange, Keep
from hil.bus.maps.function_codes import TABLE_OF
from hil.lines.modbus.pdu import describe

KEPT_EVERY_S, HELD_KEPT_EVERY_S = 0.1, 60.0
"""How often the log is emptied into what keeps it [s]: in real time, and where the time is the plant's."""
MOST_WAITING = 8192
"""So many entries wait for that at the most, between two pieces of what one client has sent."""
_MOST_KNOWN = 4096
LINE = "modbus"


class Source(NamedTuple):
    """A connection: both its ends as HOST:PORT, and its number on its port."""

    peer: str
    server: str
    number: int

    @classmethod
    def of(cls, transport: asyncio.BaseTransport, number: int) -> "Source":
        """Of a connection that was taken in as the so manieth."""
        return cls(_end(transport, "peername"), _end(transport, "sockname"), number)


def _end(transport: asyncio.BaseTransport, which: str) -> str:
    """An end of a connection, as HOST:PORT."""
    end = transport.get_extra_info(which)
    return f"{end[0]}:{end[1]}" if end else ""


def is_request(frame: bytes) -> bool:
    """Whether bytes are a whole frame of Modbus, with a function code."""
    return len(frame) >= 8 and frame[2:4] == b"\0\0" and int.from_bytes(frame[4:6], "big") == len(frame) - 6


Entry = tuple[int, int, int, Source, bytes, int, bytes, str]
"""Received, answered, plant time, connection, frame of the request, exception, frame of the answer, faults that met it;
without a frame, in place of the last the event: of the connection, or REQUEST for an answer to nothing."""


class Request(NamedTuple):
    """One request and its answer.

    received, answered: monotonic [ns]; answered is 0 where no answer was sent
    plant_time:         plant time when it came [ms]
    exception:          the exception code answered, 0 for none
    """

    received: int
    answered: int
    plant_time: int
    peer: str
    unit: int
    function: int
    address: int
    quantity: int
    exception: int


class RequestLog:
    """The latest requests of a server, oldest first; older ones fall out, or go to what keeps them.

    add: takes an Entry
    """

    def __init__(
        self,
        size: int = 8192,
        keep: Keep | None = None,
        now_ns: Callable[[], int] = monotonic_ns,
        every_s: float = KEPT_EVERY_S,
    ) -> None:
        """size: how many requests stay where nothing keeps them. keep: takes all of them in turn, every so often [s].

        now_ns: the clock of what comes
        """
        self._every_s = every_s
        self._entries: deque[Entry] = deque(maxlen=None if keep else size)
        self.add = self._entries.append
        self._keep, self.now_ns = keep, now_ns
        self._timer: asyncio.TimerHandle | None = None
        self._known: dict[bytes, tuple[int, int, str, int, int]] = {}

    def __len__(self) -> int:
        """How many requests are in it at present."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Request]:
        """The requests, oldest first."""
        for received, answered, plant_time, source, frame, exception, _, _ in list(self._entries):
            if is_request(frame):
                yield Request(received, answered, plant_time, source.peer, frame[6], *describe(frame[7:]), exception)

    def start(self) -> None:
        """Hand over what comes from here on, again and again, where somebody keeps it."""
        if self._keep is not None:
            self._hand_over()
            self._timer = asyncio.get_running_loop().call_later(self._every_s, self.start)

    def stop(self) -> None:
        """Hand over the rest."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._keep is not None:
            self._hand_over()

    def ease(self) -> None:
        """Hand over at once where much waits; for clients that send a great deal in one piece."""
        if self._keep is not None and len(self._entries) > MOST_WAITING:
            self._hand_over()

    def opened(self, source: Source, plant_time: Callable[[], int]) -> None:
        """A connection has begun."""
        if self._keep is not None:
            self.add((self.now_ns(), 0, plant_time(), source, b"", 0, b"", OPEN))

    def closed(self, source: Source, plant_time: Callable[[], int], cut: bool = False) -> None:
        """A connection has ended. cut: by its server, not by the client"""
        if self._keep is not None:
            self.add((self.now_ns(), 0, plant_time(), source, b"", 0, b"", CUT if cut else CLOSE))

    def _hand_over(self) -> None:
        if self._keep is not None and self._entries:
            self._keep([self._exchange(entry) for entry in self._entries])
            self._entries.clear()

    def _exchange(self, entry: Entry) -> Exchange:
        received, answered, plant_ms, source, frame, exception, answer, met = entry
        common = (received, answered, plant_ms, LINE, source.server, source.peer, source.number)
        if not frame:
            return Exchange(met, *common, answer=answer, exception=exception)
        if not is_request(frame):
            return Exchange(REQUEST, *common, request=frame)
        return Exchange(REQUEST, *common, *self._described(frame[6:]), frame, answer, exception, met)

    def _described(self, request: bytes) -> tuple[int, int, str, int, int]:
        """Unit, function, table, address and count of a request behind its header; controllers ask the same again."""
        found = self._known.get(request)
        if found is None:
            function, address, count = describe(request[1:])
            found = request[0], function, TABLE_OF.get(function, ""), address, count
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[request] = found
        return found
