"""How a command ends: by a signal from outside, or by an error; what is said of it, and the exit code that it means."""

import asyncio
import errno
import shlex
import signal
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from types import FrameType

from twin.errors import InputError, RigError

BAD_INPUT, RIG_ERROR = 2, 3
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


def told(error: BaseException) -> tuple[str, int]:
    """What is said of an error, and the exit code."""
    if isinstance(error, InputError):
        return str(error), BAD_INPUT
    if isinstance(error, RigError):
        return str(error), RIG_ERROR
    if isinstance(error, KeyboardInterrupt):
        number = getattr(error, "number", signal.SIGINT)
        return f"ended by {signal.Signals(number).name}; what was recorded until now is kept", SIGNALLED + number
    return _unforeseen(error), RIG_ERROR


def _unforeseen(error: BaseException) -> str:
    """One sentence on what nobody foresaw, and the file that helps whoever mends it."""
    what = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"the disk is full ({error.filename or 'no file named'}); what was written until now is kept"
    words = " ".join(shlex.quote(word) for word in sys.argv[1:])
    text = f"geotwin {version('geotwin')}, Python {sys.version.split()[0]}\ngeotwin {words}\n\n"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="geotwin-error-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            file.write(text + "".join(traceback.format_exception(error)))
        return f"an error of the rig, not of a controller: {what}; please send {file.name} to whoever maintains it"
    except OSError:
        return f"an error of the rig, not of a controller: {what}"
