"""The broker that a fault takes away: from everybody where it is the rig's own, else from the rig alone."""

import asyncio
from collections.abc import Awaitable, Callable

from hil.lines.mqtt.broker import ForeignBroker, LocalBroker
from hil.lines.mqtt.link import MqttLink
from twin.errors import RigError


class Outage:
    """Ends and starts a broker, one step after the other; what goes wrong is told by `check`."""

    def __init__(self, broker: LocalBroker | ForeignBroker, link: MqttLink) -> None:
        self._broker, self._link = broker, link
        self._wanted = 0
        self._step: asyncio.Task[None] | None = None
        self._error: RigError | None = None

    def begin(self) -> None:
        """The broker is gone, until as many `end` as `begin` have come."""
        self._wanted += 1
        if self._wanted == 1:
            self._next(self._leave)

    def end(self) -> None:
        """One reason less for it to be gone."""
        self._wanted -= 1
        if self._wanted == 0:
            self._next(self._return)

    def renew(self) -> None:
        """The broker starts anew and knows nothing. RigError where it is not the rig's."""
        if isinstance(self._broker, ForeignBroker):
            raise RigError(
                f"mqtt.session_lost: the broker at {self._broker.settings} is not the rig's, which cannot make it "
                "forget anything; run with --mqtt embedded"
            )
        self._next(self._leave)
        if self._wanted == 0:
            self._next(self._return)

    def check(self) -> None:
        """Raise what has gone wrong."""
        if self._error is not None:
            raise self._error

    async def settled(self) -> None:
        """Wait until all is done that was begun."""
        if self._step is not None:
            await asyncio.wait([self._step])

    def _next(self, act: Callable[[], Awaitable[None]]) -> None:
        before = self._step

        async def step() -> None:
            if before is not None:
                await asyncio.wait([before])
            try:
                await act()
            except RigError as error:
                self._error = error

        self._step = asyncio.get_running_loop().create_task(step())

    async def _leave(self) -> None:
        self._link.hold()
        if isinstance(self._broker, LocalBroker):
            await self._broker.stop()

    async def _return(self) -> None:
        if isinstance(self._broker, LocalBroker):
            await self._broker.start()
        self._link.release()
