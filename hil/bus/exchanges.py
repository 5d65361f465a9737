"""What went over a line, as every protocol tells it to whoever keeps it: requests with their answers, connections."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

REQUEST, OPEN, CLOSE, CUT = "request", "open", "close", "cut"
"""CUT: the end of a connection that its server made, not the client."""


class Exchange(NamedTuple):
    """One request with its answer, or the beginning or end of a connection.

    event:              REQUEST, OPEN, CLOSE or CUT
    received, answered: monotonic [ns]; answered is 0 where no answer was sent
    plant_ms:           plant time when it came [ms]
    server, peer:       both ends of the connection, as HOST:PORT
    connection:         number of the connection on its port, from 1 on
    table, address, quantity: what was read or written (TABLES); empty and 0 where the request has none
    exception:          the code answered, 0 for none
    faults:             ids of the faults of the line that met it, with commas between them

    Of what is no frame of the protocol there are the bytes only, in `request` or `answer`; an answer to nothing that
    was asked has no request.
    """

    event: str
    received: int
    answered: int
    plant_ms: int
    line: str
    server: str
    peer: str
    connection: int
    unit: int = 0
    function: int = 0
    table: str = ""
    address: int = 0
    quantity: int = 0
    request: bytes = b""
    answer: bytes = b""
    exception: int = 0
    faults: str = ""


Keep = Callable[[Sequence[Exchange]], None]
"""Takes what went over a line since the last time."""
