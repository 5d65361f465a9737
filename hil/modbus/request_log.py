"""The log of requests: who asked what, when it came and when the answer left.

Verdicts on timing use these stamps, not the simulator's clock. An entry costs well under a microsecond because it is
taken apart only when somebody reads it.
"""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from hil.modbus.pdu import describe

Entry = tuple[int, int, int, str, bytes, int]
"""Received, answered, plant time, peer, the MBAP frame of the request, exception."""


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
    """The latest requests of a server, oldest first; older ones fall out."""

    def __init__(self, size: int = 8192) -> None:
        """size: how many requests are kept."""
        self._entries: deque[Entry] = deque(maxlen=size)
        self.add = self._entries.append

    def __len__(self) -> int:
        """How many requests are kept at present."""
        return len(self._entries)

    def __iter__(self) -> Iterator[Request]:
        """The requests, oldest first."""
        for received, answered, plant_time, peer, frame, exception in list(self._entries):
            yield Request(received, answered, plant_time, peer, frame[6], *describe(frame[7:]), exception)
