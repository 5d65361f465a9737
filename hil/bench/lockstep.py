"""Lockstep: the plant waits for the answer of its controller."""

import asyncio

from hil.bench.bench import Bench
from hil.bus.bus import Slot
from twin.errors import RigError

ANSWER_S = 30.0
"""How long a lockstep run waits for its controller between two scans [s of real time]."""
PACE = "rig."
"""What the paths begin with of a controller's life sign and its answers: they tell its pace, not what it does."""


class Answers:
    """Waits until the controller has written `rig.sync` (or the MQTT sync topic) for a scan."""

    def __init__(self, bench: Bench, first_s: float) -> None:
        """Listen to the writes of the bench. first_s: how long the first answer may take [s of real time]"""
        self._first_s = first_s
        self._event = asyncio.Event()
        self._first = True
        self._path = bench.bus.path
        bench.bus.listeners.append(self._see)

    def done(self, *_: object) -> None:
        """The scan is finished."""
        self._event.set()

    async def wait(self, time_ms: int) -> None:
        """Return when the scan at `time_ms` is answered; RigError when it is not."""
        limit = self._first_s if self._first else ANSWER_S
        try:
            async with asyncio.timeout(limit):
                await self._event.wait()
        except TimeoutError as error:
            what = "no controller has answered" if self._first else "the controller has stopped answering"
            raise RigError(
                f"{what}: nothing wrote rig.sync for {limit:g} s at plant time {time_ms / 1000:g} s"
            ) from error
        self._first = False
        self._event.clear()

    def _see(self, slot: Slot, _: float) -> None:
        if self._path(slot) == "rig.sync":
            self.done()
