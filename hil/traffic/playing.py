"""The device's side of a recording, played to a controller: what is answered, and the first difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic

from hil.bus.exchanges import CLOSE, CUT
from hil.bus.maps.function_codes import WRITES
from hil.lines.modbus.codes import GATEWAY_TARGET_SILENT
from hil.lines.modbus.pdu import refusal
from hil.lines.modbus.request_log import is_request
from hil.lines.modbus.stand_ins.replay import Answer
from hil.traffic.difference import Place, contrast, described, equal
from hil.traffic.recorded import Recorded, RecordedConnection

_LONGEST_MS = 10**14
"""Plant time beyond it is told as this [ms]."""
_MOST_KNOWN = 20_000
"""So many different reads are remembered with their answers."""
NOTHING, NO_MORE = "nothing more on this connection, which the controller ended here", "no further connection"


@dataclass
class Difference:
    """The first difference between a recording and what came. where: connection, request and times, in words."""

    where: str
    expected: str
    got: str

    def lines(self) -> list[str]:
        """As it is told."""
        return [f"first difference: {self.where}", f"  expected: {self.expected}", f"  got: {self.got}"]


class Player:
    """Gives each connection the next recorded one, and says what to answer.

    played, silent, total: requests that came as recorded, those of them without an answer, and all of the recording
    more:                  requests beyond its end
    difference:            the first, None while there is none
    moved:                 when the play last went on [s, monotonic]; came: whether anybody did
    """

    def __init__(self, recorded: Sequence[RecordedConnection], ignored: Sequence[Place] = ()) -> None:
        """ignored: registers whose written values may differ."""
        self.recorded, self.ignored = recorded, ignored
        self.total = sum(len(one.requests) for one in recorded)
        self.played = self.silent = self.more = 0
        self.difference: Difference | None = None
        self.moved, self.came = monotonic(), False
        self._latest_ns = recorded[0].opened if recorded else 0
        self._waiting = [PlayedConnection(one) for one in recorded]
        self._unfinished = dict.fromkeys(self._waiting)
        self._silent_yet: dict[PlayedTalk, None] = {}
        self._known: dict[bytes, tuple[bytes, bytes]] = {}
        for step in (step for one in recorded for step in one.requests):
            self._remember(step, new=False)

    @property
    def complete(self) -> bool:
        """Whether all of the recording was played."""
        return not self._unfinished

    def opened(self, port: int) -> "PlayedTalk":
        """A client has connected where the recorded port is played."""
        self.moved, self.came = monotonic(), True
        talk = PlayedTalk(self, port)
        self._silent_yet[talk] = None
        return talk

    def heard(self, talk: "PlayedTalk") -> None:
        """A client has sent its first bytes: those before it and it have the next recorded connections of the port."""
        for other in [one for one in self._silent_yet if one.port == talk.port]:
            other.one = next((one for one in self._waiting if one.recorded.port == talk.port), None)
            if other.one is not None:
                self._waiting.remove(other.one)
                del self._silent_yet[other]
            if other is talk:
                return

    def left(self, talk: "PlayedTalk") -> None:
        """A client is gone; what one has that said nothing is given to the next."""
        self._silent_yet.pop(talk, None)
        if talk.one is not None and not talk.heard:
            self._waiting.append(talk.one)
            self._waiting.sort(key=lambda one: one.recorded.opened)
            talk.one = None

    def pause_s(self) -> float:
        """How long the recording itself was silent from here to what is due next [s]."""
        due = min((one.due for one in self._unfinished), default=self._latest_ns)
        return max(0, due - self._latest_ns) / 1e9

    def went_on(self, one: "PlayedConnection", step: Recorded) -> None:
        """A request has come as it was recorded."""
        self.moved, self._latest_ns = monotonic(), max(self._latest_ns, step.received)
        self.played += 1
        self.silent += not step.answer
        self._remember(step, new=True)
        if one.finished:
            self._unfinished.pop(one, None)

    def differs(self, where: str, expected: str, got: str) -> None:
        """Keep the first difference."""
        if self.difference is None:
            self.difference = Difference(where, expected, got)

    def give_up(self) -> None:
        """Nothing came any more: what is due next was expected."""
        one = min(self._unfinished, key=lambda one: one.due)
        came = "nothing more" if self.came else "nobody connected"
        self.differs(one.where(self._several), described(one.expected), f"{came}; {self.played} of {self.total} came")

    def known(self, frame: bytes) -> Answer:
        """The latest recorded answer to an equal read, else the exception of a gateway whose device is silent."""
        found = self._known.get(frame[2:])
        if found is not None:
            return Answer(readdressed(found[1], found[0], frame))
        if not is_request(frame):
            return Answer()
        body = frame[6:7] + refusal(frame[7:], GATEWAY_TARGET_SILENT)
        return Answer(frame[:4] + len(body).to_bytes(2, "big") + body)

    @property
    def _several(self) -> bool:
        return len({one.port for one in self.recorded}) > 1

    def where(self, one: "PlayedConnection") -> str:
        """Connection, request and times."""
        return one.where(self._several)

    def _remember(self, step: Recorded, new: bool) -> None:
        """Keep the answer to a read. new: in place of an older one"""
        frame = step.request
        if not step.answer or step.answer[:2] != frame[:2] or not is_request(frame) or frame[7] in WRITES:
            return
        if new if frame[2:] in self._known else len(self._known) < _MOST_KNOWN:
            self._known[frame[2:]] = frame, step.answer


class PlayedConnection:
    """A recorded connection, and how far it was played."""

    def __init__(self, recorded: RecordedConnection) -> None:
        """Nothing of it was played."""
        self.recorded, self.at = recorded, 0

    @property
    def step(self) -> Recorded | None:
        """What is due next; None when all was played."""
        return self.recorded.requests[self.at] if self.at < len(self.recorded.requests) else None

    @property
    def finished(self) -> bool:
        """Whether all was played."""
        return self.at >= len(self.recorded.requests)

    @property
    def due(self) -> int:
        """When what is due next came in the recording [ns]."""
        return self.step.received if self.step is not None else 0

    @property
    def expected(self) -> bytes:
        """The frame that is due next."""
        return b"" if self.step is None else self.step.request

    def where(self, several_ports: bool) -> str:
        """`connection 2, request 4 of 9, recorded at 2026-01-15 08:00:04.500 UTC (plant time 0:01:30)`."""
        last = self.recorded.requests[-1]
        step, number = (last, len(self.recorded.requests)) if self.step is None else (self.step, self.at + 1)
        port = f" on port {self.recorded.port}" if several_ports else ""
        at = datetime.fromtimestamp(step.received / 1e9, UTC)
        plant = f" (plant time {timedelta(milliseconds=min(step.plant_ms, _LONGEST_MS))})" if step.plant_ms > 0 else ""
        place = f"request {number} of {len(self.recorded.requests)}" if self.step else f"after request {number}"
        return (
            f"connection {self.recorded.number}{port}, {place}, recorded at {at:%Y-%m-%d %H:%M:%S}"
            f".{at.microsecond // 1000:03d} UTC{plant}"
        )


class PlayedTalk:
    """A client's connection, to which a recorded one is played (hil.lines.modbus.stand_ins.replay.Talk)."""

    def __init__(self, player: Player, port: int) -> None:
        """port: the recorded one. one: the recorded connection, None before the first bytes and where no more is."""
        self._player, self.port = player, port
        self.one: PlayedConnection | None = None
        self.heard = False
        self._stray = b""

    def asked(self, frame: bytes) -> Answer:
        """A whole frame has come: the recorded answer, or after a difference whatever is known."""
        player, one = self._player, self._own()
        if player.difference is not None:
            return player.known(frame)
        if one is None or one.step is None:
            return self._beyond(frame)
        step = one.step
        if not equal(step.request, frame, player.ignored):
            what = contrast(step.request, frame, player.ignored)
            got = described(frame) + (f" ({what})" if what else "")
            player.differs(player.where(one), described(step.request), got)
            return player.known(frame)
        one.at += 1
        player.went_on(one, step)
        ends = one.finished and one.recorded.ended == CUT
        return Answer(readdressed(step.answer, step.request, frame), ends)

    def stray(self, data: bytes) -> Answer:
        """Bytes that are no frame: as recorded ones, or a difference."""
        player, one = self._player, self._own()
        if player.difference is not None or player.complete:
            return Answer()
        if one is None:
            player.differs("a connection that was not recorded", NO_MORE, described(data))
            return Answer()
        steps = one.recorded.requests[one.at :]
        expected = b"".join(step.request for step in steps if not is_request(step.request))
        self._stray += data[: len(expected) + 1]
        if not steps or is_request(steps[0].request) or not expected.startswith(self._stray):
            player.differs(player.where(one), described(one.expected) if steps else NOTHING, described(data))
        elif self._stray == expected:
            for step in steps:
                one.at += 1
                player.went_on(one, step)
        return Answer()

    def left(self) -> None:
        """The client is gone."""
        self._player.left(self)

    def _own(self) -> PlayedConnection | None:
        """The recorded connection, now that something has come."""
        self.heard = True
        if self.one is None:
            self._player.heard(self)
        return self.one

    def _beyond(self, frame: bytes) -> Answer:
        """A request that was not recorded here: a difference, unless the recording had ended."""
        player, one = self._player, self.one
        if one is None and not player.complete:
            player.differs("a connection that was not recorded", NO_MORE, described(frame))
        elif one is not None and one.recorded.ended == CLOSE:
            player.differs(player.where(one), NOTHING, described(frame))
        else:
            player.more += 1
        return player.known(frame)


def readdressed(answer: bytes, request: bytes, frame: bytes) -> bytes:
    """A recorded answer with the transaction id of the request that came now; one that was wrong stays as wrong."""
    shift = int.from_bytes(frame[:2], "big") - int.from_bytes(request[:2], "big")
    start, parts = 0, []
    while len(answer) - start >= 2:
        stop = start + 6 + int.from_bytes(answer[start + 4 : start + 6], "big")
        number = int.from_bytes(answer[start : start + 2], "big") + shift
        parts.append((number & 0xFFFF).to_bytes(2, "big") + answer[start + 2 : stop])
        start = stop
    return b"".join([*parts, answer[start:]])
