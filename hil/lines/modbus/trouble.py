"""What may go wrong thousands of times in a second is told once, and once more when it is over."""

import asyncio
import logging

from hil.lines.modbus import limits

_log = logging.getLogger(__name__)


class Trouble:
    """One kind of trouble; count: how often it has come, in all."""

    def __init__(self, over: str) -> None:
        """over: what is said at the end, after the number of times."""
        self.count = 0
        self._over = over
        self._told_of = 0
        self._watch: asyncio.TimerHandle | None = None

    def came(self, sentence: str) -> None:
        """It has come (again); the sentence is told the first time."""
        self.count += 1
        if self._watch is None:
            _log.warning("%s", sentence)
            self._told_of = self.count - 1
            self._look_later(self.count)

    def end(self) -> None:
        """Nobody is told any more."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _look_later(self, seen: int) -> None:
        self._watch = asyncio.get_running_loop().call_later(limits.CALM_S, self._look, seen)

    def _look(self, seen: int) -> None:
        if self.count > seen:
            self._look_later(self.count)
            return
        self._watch = None
        _log.warning("%d %s", self.count - self._told_of, self._over)
