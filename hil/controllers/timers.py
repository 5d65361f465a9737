"""The two timers of a controller, as IEC 61131-3 has them, on plant time that is passed in.

They keep one number each and are asked at every scan or look, so their times are as fine as that.
"""

import math


class OnDelay:
    """TON: true once its input has been true for `delay_s`; false with its input.

    since: plant time of the first look at which the input was true [s], None while it is false
    """

    __slots__ = ("delay_s", "since")

    def __init__(self, delay_s: float) -> None:
        """delay_s: how long the input must be true [s]."""
        self.delay_s = delay_s
        self.since: float | None = None

    def update(self, time_s: float, so: bool) -> bool:
        """Look at the input at plant time [s]; whether it has been true for long enough."""
        if not so:
            self.since = None
            return False
        if self.since is None:
            self.since = time_s
        return time_s - self.since >= self.delay_s

    def holds(self, time_s: float) -> bool:
        """Whether it is true at a plant time [s], with the input as last seen."""
        return self.since is not None and time_s - self.since >= self.delay_s

    def reset(self) -> None:
        """Count anew, even where the input stays true."""
        self.since = None


class OffDelay:
    """TOF: true with its input, and until `delay_s` after it was last seen true.

    IEC 61131-3 counts from the look at which the input is first seen false; this counts from the one before, at which
    it was last seen true: what has been missing for `delay_s` may have gone missing just after that.

    last: plant time of the last look at which the input was true [s]; may lie ahead, see `hold`
    """

    __slots__ = ("delay_s", "last")

    def __init__(self, delay_s: float) -> None:
        """delay_s: how long it stays true without its input [s]."""
        self.delay_s = delay_s
        self.last = -math.inf

    def update(self, time_s: float, so: bool) -> bool:
        """Look at the input at plant time [s]; whether it is true, or was so a short while ago."""
        if so:
            if time_s > self.last:  # noqa: PLR1730  (max() would cost more than all the rest)
                self.last = time_s
            return True
        return time_s - self.last < self.delay_s

    def holds(self, time_s: float) -> bool:
        """As `update` with the input false."""
        return time_s - self.last < self.delay_s

    def hold(self, until_s: float) -> None:
        """Take the input as last true at that plant time [s], which may lie ahead: a grace after a start order."""
        self.last = until_s
