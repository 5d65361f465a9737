"""Whether the controller is there: plant time begins when it has come, and a run to which none came says so."""

import asyncio
import time
from collections.abc import Callable, Sequence

from hil.bus.transport import Transport
from scenarios.phrases import said

LOOK_S = 0.02
"""Between two looks at the lines [s of real time]."""


async def attended(transports: Sequence[Transport], wait_s: float, ended: Callable[[], bool]) -> bool:
    """Whether a controller came over one of the lines within so much real time, or before the run was ended.

    It has come when it was served: a connection alone asks for nothing.
    """
    until = time.monotonic() + wait_s
    while all(transport.complaints() for transport in transports):
        if ended() or time.monotonic() >= until:
            return False
        await asyncio.sleep(LOOK_S)
    return True


def absent(transports: Sequence[Transport], waited_s: float) -> list[str]:
    """What says that no controller was there; empty where one was. waited_s: before plant time began [s], 0 for none"""
    complaints = [transport.complaints() for transport in transports]
    if not all(complaints):
        return []
    told = [sentence for sentences in complaints for sentence in sentences]
    if waited_s:
        told[0] += f"; the plant waited {said(waited_s)} for it (--wait)"
    return told
