"""The program of a controller under test, started by the rig for a run and ended with it (`--exec`)."""

import os
import shlex
import signal
import subprocess
from argparse import ArgumentParser
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from hil.bus.address import Address
from twin.errors import InputError

LOG_FILE = "controller.log"
"""What the program prints, in the folder of the run."""
PATIENCE_S = 5.0
"""So long a program that is told to end may take before it is killed."""
PORTS_APART = 100
"""Runs side by side have their first ports so far apart."""


def add_exec(command: ArgumentParser) -> None:
    """Add `--exec` to a command."""
    command.add_argument(
        "--exec",
        dest="program",
        default="",
        metavar="COMMAND",
        help="start this program for each run and end it with it; {host} and {port} are where the devices answer, or "
        "where the broker is",
    )


def words_of(command: str) -> list[str]:
    """The words of a command; no shell reads them."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise InputError(f"--exec {command!r}: {error}") from error
    if not words:
        raise InputError("--exec: no program is named")
    return words


def placed(words: Sequence[str], address: Address) -> list[str]:
    """The words with {host} and {port} of what the controller connects to in their places."""
    host, port = ("127.0.0.1" if address.host in ("0.0.0.0", "::") else address.host), str(address.port)  # noqa: S104
    return [word.replace("{host}", host).replace("{port}", port) for word in words]


class Program:
    """A program in a process group of its own, which ends with the run whatever it has started."""

    def __init__(self, command: str, folder: Path) -> None:
        """command: with {host} and {port}; folder: of the run, where its output is kept."""
        self._words, self._log = words_of(command), folder / LOG_FILE
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, address: Address) -> None:
        """Start it, given what it is to connect to; InputError where there is no such program."""
        words = placed(self._words, address)
        with self._log.open("wb") as log:
            try:
                self._process = subprocess.Popen(
                    words, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
                )
            except OSError as error:
                raise InputError(f"--exec {words[0]}: {error.strerror}") from error

    def fate(self) -> str:
        """That it ended by itself, where it did."""
        code = None if self._process is None else self._process.poll()
        return "" if code is None else f"ended by itself with exit code {code}; its output is in {LOG_FILE}"

    def __enter__(self) -> "Program":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is None:
            return
        self._send(signal.SIGTERM)
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._send(signal.SIGKILL)
            self._process.wait()
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        """A signal to all that it has started."""
        if self._process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, number)
