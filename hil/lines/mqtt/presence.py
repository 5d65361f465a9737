"""How long a connection has been away: what a run needs to know of it when it is judged."""

from collections.abc import Callable
from time import monotonic


class Presence:
    """The absences of a connection that was there at first, in seconds of real time.

    losses: how often it was lost
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        """clock: seconds that never go back."""
        self.losses = 0
        self._clock = clock
        self._heard = clock()
        self._lost_at: float | None = None
        self._before_s = 0.0

    def heard(self) -> None:
        """Something came from the other end just now."""
        self._heard = self._clock()

    def lost(self) -> None:
        """The connection is gone, and was of no use since something came from it last."""
        if self._lost_at is None:
            self._lost_at = self._heard
            self.losses += 1

    def back(self) -> None:
        """The connection is there (again)."""
        self._before_s, self._lost_at = self.total_s(), None
        self.heard()

    def now_s(self) -> float:
        """How long it has been away this time [s]; 0 while it is there."""
        return 0.0 if self._lost_at is None else self._clock() - self._lost_at

    def total_s(self) -> float:
        """How long it has been away in all, this time included [s]."""
        return self._before_s + self.now_s()
