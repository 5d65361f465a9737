"""The connections of a recording, each with its requests in the order in which they came."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from hil.bus.exchanges import CLOSE, CUT, REQUEST, Exchange

LINE = "modbus"
MOST_PLAYED = 500_000
"""So many requests of a recording are held at once; what comes after them is not."""


class Recorded(NamedTuple):
    """A request as it was recorded. received: real time [ns since 1970]; plant_ms: plant time; answer: b"" for none."""

    received: int
    plant_ms: int
    request: bytes
    answer: bytes


@dataclass
class RecordedConnection:
    """A connection of a recording.

    number: as it was counted on its port; port: of the server; opened: real time [ns]
    ended:  CLOSE where the client ended it while the recording went on, CUT where the server did, else empty
    """

    number: int
    port: int
    opened: int
    requests: list[Recorded] = field(default_factory=list)
    ended: str = ""
    closed: int = 0


def connections(exchanges: Iterable[Exchange]) -> tuple[list[RecordedConnection], int]:
    """The connections on which something was asked, as they were opened; and how many requests are left out."""
    found: dict[tuple[str, str, int], RecordedConnection] = {}
    latest = count = beyond = 0
    for one in exchanges:
        port = one.server.rpartition(":")[2]
        if one.line != LINE or not port.isdecimal():
            continue
        talk = found.get((one.server, one.peer, one.connection))
        if talk is None:
            talk = RecordedConnection(one.connection, int(port), one.received)
            found[one.server, one.peer, one.connection] = talk
        if one.event in (CLOSE, CUT):
            talk.ended, talk.closed = one.event, one.received
            if not talk.requests:
                del found[one.server, one.peer, one.connection]
        elif one.event == REQUEST and one.request:
            latest = max(latest, one.received)
            if count >= MOST_PLAYED:
                beyond += 1
                continue
            count += 1
            answer = one.answer if one.answered else b""
            talk.requests.append(Recorded(one.received, one.plant_ms, one.request, answer))
    for talk in found.values():
        talk.requests.sort(key=lambda request: request.received)
        if talk.closed >= latest or beyond:
            talk.ended = ""
    return sorted((one for one in found.values() if one.requests), key=lambda one: one.opened), beyond
