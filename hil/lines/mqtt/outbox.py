"""What waits for the broker: the latest word on every retained topic, and some of what lies beside it."""

from collections import OrderedDict
from typing import NamedTuple


class Message(NamedTuple):
    """One message to be sent."""

    topic: str
    payload: str | bytes
    retain: bool


class Outbox:
    """Messages in order, of which the latest of each retained topic is never dropped.

    So what a plant says of itself at the start gets through however large it is, and the queue is bounded all the same:
    by the number of topics, and by `spare_limit` messages beside (states that are no longer the latest, and what is not
    retained). Beyond that the oldest of these are dropped and counted in `dropped`.
    """

    def __init__(self, spare_limit: int) -> None:
        self.spare_limit = spare_limit
        self.dropped = 0
        self._waiting: OrderedDict[int, Message] = OrderedDict()
        self._latest: dict[str, int] = {}
        self._spare: OrderedDict[int, None] = OrderedDict()
        self._count = 0

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def spare(self) -> int:
        """How many messages wait that may be dropped."""
        return len(self._spare)

    def put(self, message: Message, *, first: bool = False) -> None:
        """Add a message behind all others, or before them."""
        number = self._count = self._count + 1
        self._waiting[number] = message
        if first:
            self._waiting.move_to_end(number, last=False)
        older: int | None = number
        if message.retain:
            older = self._latest.get(message.topic)
            self._latest[message.topic] = number
        if older is not None:
            self._spare[older] = None
        if len(self._spare) > self.spare_limit:
            oldest, _ = self._spare.popitem(last=False)
            del self._waiting[oldest]
            self.dropped += 1

    def take(self) -> Message:
        """The message that has waited longest. KeyError where none waits."""
        number, message = self._waiting.popitem(last=False)
        self._spare.pop(number, None)
        if self._latest.get(message.topic) == number:
            del self._latest[message.topic]
        return message

    def clear(self) -> int:
        """Forget everything that waits; returns how many messages that were."""
        count = len(self._waiting)
        for part in (self._waiting, self._latest, self._spare):
            part.clear()
        return count
