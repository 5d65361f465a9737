"""Signals from outside that end a command: what they are called, and how a run is ended by one."""

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

SIGNALLED = 128
"""Exit code of a command that a signal ended, less the number of the signal."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(KeyboardInterrupt):
    """The command is ended by a signal; number: of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _raise(number: int, _frame: FrameType | None) -> None:
    raise Ended(number)


@contextmanager
def signals_raised() -> Iterator[None]:
    """Let every ending signal raise Ended, also in a container, whose first process has no other answer to SIGTERM."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, _raise) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def told_of_signals(tell: Callable[[int], None]) -> Iterator[None]:
    """Within a coroutine: call `tell` with the number of an ending signal instead."""
    loop = asyncio.get_running_loop()
    before = {number: signal.getsignal(number) for number in SIGNALS}
    for number in SIGNALS:
        loop.add_signal_handler(number, partial(tell, int(number)))
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
