"""Warm-ups that were computed before, kept beside the results for every run that begins with the same one.

A kept warm-up is a saved run (hil.runs.states.saved), named by a mark of all that decides how it goes on.
"""

import contextlib
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from hil.runs.states.saved import SUFFIX, Saved, read, write
from twin.errors import InputError

FOLDER = ".warm"
"""Within the folder of the results."""
PAYS_S = 0.5
"""A warm-up that took less real time than this [s] is not kept: taking it from a file would hardly be faster."""
MOST_BYTES, MOST_FILES = 1_000_000_000, 200
"""Of all that are kept; those that were not used for the longest time are dropped."""


class Warm:
    """The kept warm-up of a run."""

    def __init__(self, out: Path, mark: Callable[[], str]) -> None:
        """out: folder of the results; mark: tells the mark, asked where it is needed"""
        self._folder, self._mark = out / FOLDER, mark

    @cached_property
    def file(self) -> Path:
        """Where it is kept."""
        return self._folder / f"{self._mark()[:32]}{SUFFIX}"

    def find(self) -> Saved | None:
        """The warm-up; None where there is none. A damaged one is deleted."""
        if not self._folder.is_dir() or not self.file.is_file():
            return None
        try:
            saved = read(self.file)
        except InputError:
            self.file.unlink(missing_ok=True)
            return None
        with contextlib.suppress(OSError):
            os.utime(self.file)
        return saved

    def keep(self, saved: Saved) -> None:
        """Keep it, and drop what is too much; where that cannot be, nothing is kept."""
        with contextlib.suppress(InputError, OSError):
            write(saved, self.file)
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        files = sorted(self._folder.glob(f"*{SUFFIX}"), key=lambda file: file.stat().st_mtime, reverse=True)
        size = 0
        for number, file in enumerate(files):
            size += file.stat().st_size
            if file != self.file and (size > MOST_BYTES or number >= MOST_FILES):
                file.unlink(missing_ok=True)
