"""Programs of controllers under test, started by the rig for a run and ended with it, in real time."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic_ns
from typing import Any, TypeVar

from hil.runs.started.placeholders import placed, words_of
from twin.errors import InputError

LOG_FILE = "controller.log"
"""What the program prints, in the folder of the run."""
PATIENCE_S = 5.0
"""So long a program that is told to end may take before it is killed."""
T = TypeVar("T")
Note = Callable[[int, str, str, bool, str], object]
"""Told of what happens to a program: time [ms], its name, kind, on, detail."""


class Program:
    """A program in a process group of its own, which ends with the run whatever it has started."""

    def __init__(self, words: Sequence[str], log: Path) -> None:
        """Start it; log: the file of its output. InputError where there is no such program."""
        self._log = log
        with log.open("wb") as file:
            try:
                self._process = subprocess.Popen(
                    words, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
                )
            except OSError as error:
                raise InputError(f"exec {words[0]}: {error.strerror}") from error

    def fate(self) -> str:
        """That it ended by itself, where it did."""
        code = self._process.poll()
        return "" if code is None else f"ended by itself with exit code {code}; its output is in {self._log.name}"

    def end(self) -> None:
        """End it and all that it has started."""
        self._send(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._send(signal.SIGKILL)
            self._process.wait()
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        """A signal to all that it has started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, number)


class Beside:
    """The programs of a run in real time, beside it; none of them, where the controller comes by itself."""

    now_ns = staticmethod(monotonic_ns)
    launch = None

    def __init__(self, commands: Sequence[str], strict: bool = False) -> None:
        """commands: with their placeholders; InputError where one cannot be read

        strict: one that ends by itself makes the run an error
        """
        self._commands = [words_of(command) for command in commands]
        self._strict = strict
        self.note: Note = lambda *_: None
        self._programs: list[Program] = []

    def complete(self, work: Coroutine[Any, Any, T]) -> T:
        """Do the work of a run on a loop of its own; whatever happens, the programs end with it."""
        try:
            return asyncio.run(work)
        finally:
            self.end()

    def begin(self, folder: Path, places: Mapping[str, str]) -> None:
        """Start the programs; InputError where one is not there. folder: of the run; places: what placeholders mean"""
        for number, words in enumerate(self._commands, 1):
            log = folder / (LOG_FILE if number == 1 else f"controller_{number}.log")
            self._programs.append(Program(placed(words, places), log))

    async def finish(self) -> None:
        """End them."""
        self.end()

    def end(self) -> None:
        """End them, and all that they have started."""
        for program in self._programs:
            program.end()
        self._programs.clear()

    def facts(self) -> dict[str, str]:
        """That one ended by itself, where it did."""
        return {"program of the controller": "; ".join(fates)} if (fates := self._fates()) else {}

    def complaints(self) -> list[str]:
        """The same, where it makes the run an error."""
        return [f"the program of the controller {fate}" for fate in self._fates()] if self._strict else []

    def _fates(self) -> list[str]:
        return [fate for program in self._programs if (fate := program.fate())]
