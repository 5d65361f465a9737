"""What the bench asks of a controller that takes part in a run."""

from typing import Protocol


class Controller(Protocol):
    """What the rig asks of a controller: one scan of its program at plant time [s]."""

    def scan(self, time_s: float) -> None:
        """Read, decide, write."""
        ...
