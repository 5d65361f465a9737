"""What a fault of a line makes of an answer: pieces of bytes with pauses between them, and perhaps the end.

An effect takes the answer as pieces and gives other pieces. Source of what devices do: docs/faults.md#on-a-line.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hil.bus.wire_faults import ActiveWireFault

OPEN, CLOSE, RESET = 0, 1, 2
_HEADER = 7


@dataclass(frozen=True)
class Reply:
    """An answer on its way: (pause before it [s], bytes) for each piece, then perhaps the end of the connection.

    hold: it waits for the next answer, and goes out with it; late: it waits for the next request
    sent: called once, with when its last byte was handed over (monotonic [ns]), or 0 where that never comes
    """

    pieces: tuple[tuple[float, bytes], ...]
    ending: int = OPEN
    hold: bool = False
    late: bool = False
    sent: Callable[[int], None] = lambda _: None

    @property
    def data(self) -> bytes:
        """All its bytes."""
        return b"".join(piece for _, piece in self.pieces)

    def with_data(self, data: bytes) -> "Reply":
        """The same with other bytes, in one piece."""
        return replace(self, pieces=((self.pieces[0][0] if self.pieces else 0.0, data),))


Effect = Callable[[Reply, ActiveWireFault, random.Random], Reply]


def _no_reply(reply: Reply, _fault: ActiveWireFault, _draw: random.Random) -> Reply:
    return replace(reply, pieces=())


def _delay(reply: Reply, fault: ActiveWireFault, draw: random.Random) -> Reply:
    given = fault.parameters
    pause = given["delay"] + draw.random() * given["jitter"] + given["per_byte"] * len(reply.data)
    return replace(
        reply, pieces=tuple((own + pause * (at == 0), piece) for at, (own, piece) in enumerate(reply.pieces))
    )


def _exception(reply: Reply, fault: ActiveWireFault, _draw: random.Random) -> Reply:
    data, code = reply.data, int(fault.parameters["code"])
    return reply.with_data(data[:4] + b"\0\3" + data[6:7] + bytes((data[7] | 0x80, code)))


def _truncated(reply: Reply, fault: ActiveWireFault, _draw: random.Random) -> Reply:
    return reply.with_data(reply.data[: int(fault.parameters["bytes"])])


def _slow(reply: Reply, fault: ActiveWireFault, _draw: random.Random) -> Reply:
    gap, data = fault.parameters["gap"], reply.data
    return replace(reply, pieces=tuple((gap if at else 0.0, data[at : at + 1]) for at in range(len(data))))


def _split(reply: Reply, fault: ActiveWireFault, _draw: random.Random) -> Reply:
    at, data = int(fault.parameters["bytes"]), reply.data
    return replace(reply, pieces=((0.0, data[:at]), (fault.parameters["gap"], data[at:])))


def _duplicate(reply: Reply, _fault: ActiveWireFault, _draw: random.Random) -> Reply:
    return reply.with_data(reply.data * 2)


def _garbage(reply: Reply, fault: ActiveWireFault, draw: random.Random) -> Reply:
    return reply.with_data(draw.randbytes(int(fault.parameters["bytes"])) + reply.data)


def _changed(at: int, by: int) -> Effect:
    """One byte of the answer is another."""

    def effect(reply: Reply, _fault: ActiveWireFault, _draw: random.Random) -> Reply:
        data = bytearray(reply.data)
        if at < len(data):
            data[at] = (data[at] + by) % 256
        return reply.with_data(bytes(data))

    return effect


def _wrong_byte_count(reply: Reply, fault: ActiveWireFault, draw: random.Random) -> Reply:
    return _changed(8, 2)(reply, fault, draw) if len(reply.data) > _HEADER + 2 else reply


def _fewer(reply: Reply, fault: ActiveWireFault, _draw: random.Random) -> Reply:
    data = reply.data
    if len(data) <= _HEADER + 2:
        return reply
    values = data[_HEADER + 2 :][: -2 * int(fault.parameters["words"])]
    body = data[6 : _HEADER + 1] + bytes((len(values),)) + values
    return reply.with_data(data[:4] + len(body).to_bytes(2, "big") + body)


def _reset(reply: Reply, _fault: ActiveWireFault, _draw: random.Random) -> Reply:
    return replace(reply, pieces=(), ending=RESET)


EFFECTS: dict[str, Effect] = {
    "no_reply": _no_reply,
    "delay": _delay,
    "exception": _exception,
    "truncated": _truncated,
    "slow": _slow,
    "split": _split,
    "joined": lambda reply, _fault, _draw: replace(reply, hold=True),
    "late": lambda reply, _fault, _draw: replace(reply, late=True),
    "duplicate": _duplicate,
    "garbage": _garbage,
    "wrong_unit": _changed(6, 1),
    "wrong_function": _changed(7, 1),
    "wrong_transaction": _changed(1, 1),
    "wrong_length": _changed(5, 3),
    "wrong_byte_count": _wrong_byte_count,
    "fewer": _fewer,
    "reset": _reset,
}
"""The effect of each kind that acts on the bytes of an answer, by its name on a line."""


def affected(reply: Reply, faults: list[ActiveWireFault], draw: random.Random) -> Reply:
    """The answer after all faults that meet its request, in the order in which they began."""
    for fault in faults:
        effect: Any = EFFECTS.get(fault.kind.name.partition(".")[2])
        if effect is not None and reply.pieces:
            reply = effect(reply, fault, draw)
    return reply
