"""Programs on plant time as the tests start them: their output, how they ended, and when."""

import asyncio
import gc
import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hil.virtual_time.programs import Programs

HERE = Path(__file__).parent
WALL_S = 1_800_000_000.5
"""What the wall clock of programs shows at the start."""


@dataclass
class Played:
    """A program that was played. stamped: its lines with their plant times; lines: without; at_s: when it ended."""

    programs: Any
    code: int | None
    at_s: float
    fate: str
    words: str
    stamped: list[str] = field(default_factory=list)

    @property
    def lines(self):
        """What it printed."""
        return [line[13:] for line in self.stamped]


def play(words, folder, *, seed=1, limit_s=1e6, environment=None, meanwhile=None):
    """Play one program until it ends, or until `limit_s` of plant time, when it is told to end."""
    programs = Programs(seed)

    async def work():
        clock = programs.start_time(WALL_S)
        ended = asyncio.Event()
        at = []
        programs.ended = lambda _: (at.append(programs.now_ns), ended.set())
        program = programs.start("p", [str(word) for word in words], folder / "p", environment)
        if meanwhile is not None:
            await meanwhile(programs)
        try:
            await asyncio.wait_for(ended.wait(), limit_s)
        except TimeoutError:
            await programs.end("p")
        await clock.wait(0)
        return Played(programs, program.code, (at or [programs.now_ns])[0] / 1e9, program.fate(), program.last_words())

    played = programs.complete(work())
    played.stamped = (folder / "p.log").read_text(errors="replace").splitlines()
    return played


def processes():
    """Numbers and commands of all processes that this one has started, and theirs; ended ones, too."""
    told = subprocess.run(["ps", "-eo", "pid,ppid,stat,args"], capture_output=True, text=True, check=True).stdout
    parents, found = {}, [os.getpid()]
    for line in told.splitlines()[1:]:
        number, parent, _, words = line.split(maxsplit=3)
        parents[int(number)] = int(parent), words
    for number in found:
        found += [one for one, (parent, _) in parents.items() if parent == number]
    return {one: parents[one][1] for one in found[1:] if parents[one][1] != "ps -eo pid,ppid,stat,args"}


def descriptors():
    """How many descriptors this process has, without those that only wait to be collected."""
    gc.collect()
    return len(os.listdir("/proc/self/fd"))


class Stopwatch:
    """Real time since it was made [s]."""

    def __init__(self):
        self._since = time.monotonic()

    @property
    def s(self):
        """Seconds."""
        return time.monotonic() - self._since
