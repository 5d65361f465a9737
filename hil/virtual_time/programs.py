"""The programs of a run on plant time: the loop that the run lives in, and what a scenario does to its controllers."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any, TypeVar

from hil.virtual_time import kernel
from hil.virtual_time.answers import answers
from hil.virtual_time.calls import ARCHITECTURES, ESCAPES, machine
from hil.virtual_time.chance import Chances
from hil.virtual_time.image import Image
from hil.virtual_time.loop import PlantLoop
from hil.virtual_time.output import Output
from hil.virtual_time.program import Program
from hil.virtual_time.starting.start import begin
from hil.virtual_time.supervisor import Supervisor
from hil.virtual_time.tasks import Task
from hil.virtual_time.tracing import Tracer
from twin.clock import Lag
from twin.errors import RigError

UNSEEN = "the processor's own counter (rdtsc), /proc/uptime, times of files: a program that reads them sees real time"
PATIENCE_S = 5.0
"""So long a program that is told to end may take [s of plant time]."""
MOST_BUSY_S = 60.0
"""So long a program may compute without a wait [s of real time]."""
MOST_TASKS = 2000
"""Threads and processes of a program at one time."""
_KILL_S = 5.0
T = TypeVar("T")


class Programs:
    """Programs held on plant time, and the event loop that shares it with them.

    ended: called with a program that has ended by itself, at that instant of plant time
    """

    def __init__(self, seed: int) -> None:
        """seed: of the random numbers that the programs draw. RigError where the machine is of another architecture."""
        if machine() not in ARCHITECTURES:
            raise RigError(f"programs cannot be held on {machine()}, only on {', '.join(ARCHITECTURES)}")
        self._chances = Chances(seed)
        self.rig = Supervisor(answers(self._chances))
        self.ended: Callable[[Program], object] = lambda _: None
        self.trouble = ""
        self._tracer = Tracer(self.rig, self._gone, self._chances.at_start)
        self._start_ns = 0
        self._ending: set[str] = set()
        self._outputs: dict[str, Output] = {}
        self._began = monotonic()
        self.loop = PlantLoop(self.rig, self._tracer, self._stuck)

    def complete(self, work: Coroutine[Any, Any, T]) -> T:
        """Do some work on the loop of plant time; at its end no program is left, and the loop is closed."""
        asyncio.set_event_loop(self.loop)
        try:
            return self.loop.run_until_complete(work)
        finally:
            self._kill(*self.rig.programs, *(task.program for task in self.rig.tasks.values()))
            self.rig.timers.close()
            left = asyncio.all_tasks(self.loop)
            for task in left:
                task.cancel()
            self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            asyncio.set_event_loop(None)
            self.loop.close()

    @property
    def now_ns(self) -> int:
        """Plant time [ns] since `start_time`, or since the loop began before that."""
        return self.rig.time.now - self._start_ns

    def start_time(self, wall_s: float) -> "PlantClock":
        """Plant time 0 is now; the wall clock of programs shows `wall_s` [s since 1970, UTC]. The clock of the run."""
        self._start_ns = self.rig.time.now
        self.rig.time.wall = round(wall_s * 1e9) - self._start_ns
        self._began = monotonic()
        return PlantClock(self)

    def start(
        self,
        name: str,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str] | None = None,
        told: Callable[[bytes], object] | None = None,
        charge_ns: int = 0,
        image: Image | None = None,
    ) -> Program:
        """Start a program.

        told:      takes what it prints, instead of the file `NAME.log` beside its folder
        charge_ns: what computing costs it at each end of a timed wait
        image:     whose files it sees
        InputError where it cannot be executed, RigError where the system does not let it be held.
        """
        program = Program(name, words, folder, environment or {}, charge_ns=charge_ns, image=image)
        folder.mkdir(parents=True, exist_ok=True)
        self._begin(program, told)
        return program

    def _begin(self, program: Program, told: Callable[[bytes], object] | None = None) -> None:
        self._ending.discard(program.name)
        output = self._outputs[program.name] = Output(self.rig, program, lambda: self.now_ns, told)
        begin(self.rig, self._tracer, program, lambda reading: output.read(self.loop, reading))
        program.told = told

    def freeze(self, name: str) -> None:
        """Let a program stand still, whatever comes."""
        self.rig.programs[name].frozen = True
        for task in self._tasks(name):
            if not task.held:
                task.parked = True
                kernel.interrupt(task.number)

    def thaw(self, name: str) -> None:
        """Let it go on; what was due meanwhile is due now."""
        self.rig.programs[name].frozen = False
        for task in self._tasks(name):
            if task.parked:
                task.parked = False
                kernel.go_on(task.number)

    def kill(self, name: str) -> None:
        """End a program at once, as a loss of power does."""
        self._ending.add(name)
        self._kill(name)

    def restart(self, name: str) -> None:
        """Start a program anew that was killed."""
        program = self.rig.programs[name]
        self._begin(program, program.told)

    async def end(self, name: str) -> None:
        """Tell a program to end, and kill what is left of it after PATIENCE_S of plant time."""
        program = self.rig.programs[name]
        self._ending.add(name)
        if program.frozen:
            self.thaw(name)
        if program.code is None:
            self.rig.marked = True
            with suppress(ProcessLookupError):
                os.killpg(program.root, signal.SIGTERM)
            until = self.loop.time() + PATIENCE_S
            while program.code is None and self.loop.time() < until:
                await asyncio.sleep(0.01)
        self._kill(name)

    def facts(self) -> dict[str, str]:
        """How it went, for the report: pace, calls that were held, and what was left to the real clock."""
        rig, spent = self.rig, max(monotonic() - self._began, 1e-9)
        told = {
            "pace": f"{self.now_ns / 1e9 / spent:.0f} times real time",
            "held": f"{rig.calls:,} calls, time moved on {rig.advances:,} times",
        }
        if rig.spins:
            told["spinning"] = f"{rig.spins} times a thread computed until another one was let go on"
        escaped = [
            f"{name} ({count} times: {ESCAPES.get(name, 'by the real clock')})"
            for name, count in sorted(rig.escapes.items())
        ]
        told["left to the real clock"] = "; ".join(escaped) or "no call"
        told["out of the rig's sight"] = UNSEEN
        return {f"plant time of the programs: {name}": value for name, value in told.items()}

    def _tasks(self, name: str) -> list[Task]:
        return [task for task in self.rig.tasks.values() if task.program == name]

    def _kill(self, *names: str) -> None:
        """Kill programs and whatever they start meanwhile, and see them end."""
        until = monotonic() + _KILL_S
        while (left := [task for name in names for task in self._tasks(name)]) and monotonic() < until:
            for group in {task.group for task in left}:
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(group, signal.SIGKILL)
            self._tracer.look()
            self.rig.take_notices()
        for name in names:
            self.rig.silence(name)
            if (output := self._outputs.pop(name, None)) is not None:
                output.close()

    def _gone(self, process: int, status: int) -> None:
        for name, program in self.rig.programs.items():
            if program.root == process:
                program.code = os.waitstatus_to_exitcode(status)
                if name not in self._ending:
                    self.loop.call_soon_threadsafe(self._ended, program)

    def _ended(self, program: Program) -> None:
        """A program has ended by itself; what it has printed is taken in first."""
        if program.name in self._outputs:
            self._outputs[program.name].drain()
        self.ended(program)

    def _stuck(self, busy_s: float) -> None:
        """Look for a program that never waits, or never stops starting others."""
        tasks = list(self.rig.tasks.values())
        for name, count in Counter(task.program for task in tasks).items():
            if count > MOST_TASKS:
                self._give_up(name, f"has started more than {MOST_TASKS} threads and processes")
                return
        if tasks and busy_s > MOST_BUSY_S:
            last = self.rig.tasks.get(self.rig.last_caller, tasks[0])
            busy = next((task for task in tasks if not task.held), last)
            what = self.rig.called(busy.number)
            why = f"has let no plant time pass for {busy_s:.0f} s of real time, as a loop without a pause does"
            self._give_up(busy.program, f"{why}; the last of its calls about time was {what}")

    def _give_up(self, name: str, why: str) -> None:
        self.trouble = self.trouble or f"{name} {why}, at plant time {self.now_ns / 1e9:.3f} s"
        self._ending.add(name)
        self._kill(name)


class PlantClock:
    """The clock of a run whose programs are held: an instant happens when everything before it has."""

    name = "virtual"

    def __init__(self, programs: Programs) -> None:
        self.lag = Lag()
        self._programs, self._start = programs, programs.loop.time()

    async def wait(self, time_ms: int) -> None:
        """Return at the instant; RigError where a program keeps it from coming."""
        loop = self._programs.loop
        due = self._start + time_ms / 1000.0
        if loop.time() < due - 1e-6:
            await asyncio.sleep(due - loop.time())
        if self._programs.trouble:
            raise RigError(self._programs.trouble)
