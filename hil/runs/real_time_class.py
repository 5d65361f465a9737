"""The scheduling class of the process while a bench runs in real time."""

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def preferred() -> Iterator[str]:
    """Ask the system to prefer this process while a bench runs in real time; says what came of it."""
    try:
        before = os.sched_getscheduler(0), os.sched_getparam(0)
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except (OSError, AttributeError):
        yield "ordinary (a real-time class needs CAP_SYS_NICE)"
        return
    try:
        yield "real-time class (round robin)"
    finally:
        os.sched_setscheduler(0, *before)
