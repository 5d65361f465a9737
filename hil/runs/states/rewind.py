"""Runs with programs that are saved and gone on from: what a program remembers cannot be read, so it is run again.

A program on plant time does the same every time. A saved run is therefore the instant and a fingerprint of the plant
and its bus; going on from it runs everything from the start, in plant time, and compares the two there.
"""

import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hil.bench.bench import Bench
from hil.runs.options import RunOptions
from hil.runs.states.saved import SUFFIX
from scenarios.phrases import said
from twin.errors import InputError, RigError
from twin.files import read_text, write_whole

FORMAT = 1


class Rewind:
    """The instants at which such a run is saved, and the one from which it goes on."""

    def __init__(self, options: RunOptions, bench: Bench, run: str, name: str, facts: dict[str, str]) -> None:
        """run, name: of the run; facts: of its report. InputError where the file is none of such a run."""
        self._bench, self._run, self._name, self._facts = bench, run, name, facts
        tick_ms = bench.schedule.tick_ms
        self._halts = {round(at_s * 1000.0) // tick_ms * tick_ms for at_s in options.save_at}
        self._file, self._programs = options.state, list(options.programs)
        self._from = None if options.state is None else _read(options.state, self._programs)
        self._began = 0.0

    def begin(self, folder: Path) -> None:
        """Plant time begins. folder: of the run"""
        self._folder, self._began = folder, time.monotonic()

    def reached(self, now_ms: int) -> None:
        """An instant is over; RigError where this run is another one by now than the saved one was."""
        if now_ms in self._halts:
            words = {
                "geotwin_programs": FORMAT, "run": self._run, "name": self._name, "time_ms": now_ms,
                "programs": self._programs, "stands": self._stands(),
            }  # fmt: skip
            file = self._folder / f"state-at-{said(now_ms / 1000.0).replace(' ', '-')}{SUFFIX}"
            write_whole(file, json.dumps(words))
            self._facts[f"state at {said(now_ms / 1000.0)}"] = file.name
        if self._from is not None and now_ms == self._from["time_ms"]:
            at = said(now_ms / 1000.0)
            if self._stands() != self._from["stands"]:
                raise RigError(
                    f"--from {self._file}: at {at} the plant stands elsewhere than in that run; its past is another one"
                )
            took = said(round(time.monotonic() - self._began, 1))
            self._facts["state"] = (
                f"goes on from {at} of a run of {self._from['name']}, which the programs went through again in {took}"
            )

    def _stands(self) -> str:
        """A fingerprint of the plant and of what its bus shows."""
        told = hashlib.sha256(self._bench.store.values.data.tobytes())
        told.update(self._bench.bus.values.tobytes())
        return told.hexdigest()


def _read(file: Path, programs: list[str]) -> Mapping[str, Any]:
    """The words of a file; InputError where it is no saved run with these programs."""
    try:
        words = json.loads(read_text(file))
        time_ms, stands, name = words["time_ms"], words["stands"], words["name"]
        if words["geotwin_programs"] != FORMAT or not isinstance(time_ms, int):
            raise ValueError("its format is another")
        if not (isinstance(stands, str) and isinstance(name, str)):
            raise ValueError("its words are no words")
        given = [str(one) for one in words["programs"]]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError(f"--from {file}: not the saved run of a program ({type(error).__name__}: {error})") from error
    if given != programs:
        raise InputError(f"--from {file}: is of {'; '.join(given)}, not of {'; '.join(programs)}")
    return {"time_ms": time_ms, "stands": stands, "name": name}
