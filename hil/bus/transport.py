"""What every protocol of the bench is to its runner: something that starts, publishes and stops."""

from typing import Protocol


class Transport(Protocol):
    """One protocol serving devices to real controllers, in the event loop that also runs the plant.

    The runner writes the bus vector between two calls and never during one, so no transport needs a lock. Outside
    writes go the other way through a callback that the transport was built with, and are queued there until the tick.
    """

    async def start(self) -> None:
        """Open ports or connect. Raises twin.errors.RigError where that is not possible; nothing is left open then."""
        ...

    def publish(self) -> None:
        """The bus vector has just been renewed: show it from now on. Called after every published tick."""
        ...

    async def stop(self) -> None:
        """Close everything that was opened and wait until it is closed. Also right when `start` failed."""
        ...
