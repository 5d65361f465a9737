"""What every protocol of the bench is to its runner: something that starts, publishes and stops."""

import contextlib
from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic_ns
from typing import Any, Protocol

from hil.bus.address import Address
from hil.bus.bus import Bus
from hil.bus.exchanges import Keep


@dataclass(frozen=True)
class Health:
    """What went wrong on a transport so far, for whoever judges what came over it. All zero: nothing did.

    lost_s:     real time without the broker, or whatever it is connected to, in all [s]
    lost_now_s: of this, how long it has been without it by now [s]; 0 while it is there
    losses:     how often it was lost
    dropped:    messages that were thrown away because they could not be sent
    refused:    commands that came and were not carried out
    sentence:   all of this in words; empty where nothing went wrong
    """

    lost_s: float = 0.0
    lost_now_s: float = 0.0
    losses: int = 0
    dropped: int = 0
    refused: int = 0
    sentence: str = ""


class Transport(Protocol):
    """One protocol serving devices to real controllers, in the event loop that also runs the plant.

    The runner writes the bus vector between two calls and never during one, so no transport needs a lock. Outside
    writes go the other way through a callback that the transport was built with, and are queued there until the tick.

    line: the name of its protocol, as in Line
    """

    line: str

    async def start(self) -> None:
        """Open ports or connect. Raises twin.errors.RigError where that is not possible; nothing is left open then."""
        ...

    def publish(self) -> None:
        """The bus vector has just been renewed: show it from now on. Called after every published tick."""
        ...

    async def stop(self) -> None:
        """Close everything that was opened and wait until it is closed. Also right when `start` failed."""
        ...

    def where(self) -> str:
        """Where it is to be found, after the name of the plant: `answers on 127.0.0.1, Modbus TCP port 5020`."""
        ...

    def address(self) -> Address:
        """What a controller connects to. To be asked after `start`."""
        ...

    def status(self) -> str:
        """A few words for the status line; empty for nothing."""
        ...

    def complaints(self) -> list[str]:
        """What says that no controller was there on this line; empty where one was, or where the line cannot know."""
        ...

    def health(self) -> Health:
        """What went wrong so far. To be asked before `stop`."""
        ...


class Launched(Protocol):
    """A program that a line has started: whether it runs, and its end."""

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        ...

    async def end(self) -> None:
        """End it."""
        ...


Launch = Callable[[str, Sequence[str], Path, Callable[[bytes], object]], Launched]
"""Starts a program by a name and its words in a folder; the last takes what it prints."""


@dataclass(frozen=True)
class Served:
    """What a protocol is given of a bench.

    plant:    name of the plant
    now_ms:   plant time [ms], which is 0 at `start`
    answered: to be called when a controller says that its scan is done; None where nothing waits for that
    keys:     what the bench file says of each line, by its name
    speed:    plant seconds in one second; 0 where nobody knows
    keep:     takes what goes over the line; None where nobody keeps it
    now_ns:   the clock of requests and answers [ns]
    turnaround_s: so much later an answer comes [s of the loop's time]
    launch:   starts a program on the clock of the run; None where real time is its clock
    """

    bus: Bus
    plant: str
    now_ms: Callable[[], int]
    start: datetime
    answered: Callable[..., None] | None = None
    keys: Mapping[str, Any] = field(default_factory=dict)
    speed: float = 0.0
    keep: Keep | None = None
    now_ns: Callable[[], int] = monotonic_ns
    launch: Launch | None = None
    turnaround_s: float = 0.0


@dataclass(frozen=True)
class Line:
    """A protocol as runs and commands know it; hil.runs.ports has the list of them.

    opened:     its transport at work, given what is served and what was wished for
    add_option: adds its option to a command; wish: what the option says, None for nothing
    own_wish:   what the bench file asks for where no option does, None for nothing
    """

    name: str
    opened: Callable[[Served, Any], AbstractAsyncContextManager[Transport]]
    add_option: Callable[[ArgumentParser], None] | None = None
    wish: Callable[[Namespace], Any] | None = None
    own_wish: Callable[[Served], Any] | None = None


@contextlib.asynccontextmanager
async def running(transport: Transport) -> AsyncIterator[Transport]:
    """A transport started; stopped again at the end, whatever happens."""
    try:
        await transport.start()
        yield transport
    finally:
        await transport.stop()
