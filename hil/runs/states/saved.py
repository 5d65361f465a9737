"""A run at an instant: all that it needs to go on, in one file that holds words and numbers and is never executed."""

import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hil.bench.state import State
from twin.errors import InputError
from twin.files import opened, written_whole

SUFFIX = ".state"
FORMAT = 1
MOST_BYTES = 2_000_000_000
"""Of a file, and of what it holds unpacked: some hundred million recorded numbers."""
_WORDS, _ROWS, _EVENTS, _NUMBERS = "state.json", "recording.arrows", "events.jsonl", "numbers/"
_DAMAGED = (
    zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, ValueError, TypeError, AttributeError, RecursionError,
    NotImplementedError, RuntimeError,
)  # fmt: skip
"""What reading a damaged or foreign file may raise."""


@dataclass(frozen=True)
class Saved:
    """A run at an instant.

    about:  what it is of (hil.runs.states.identity), and when [ms]
    bench, timeline, controller, stop: where each of these stands; None for what the run does not have
    rows, events, writes: what was recorded and journalled so far
    """

    about: Mapping[str, Any]
    bench: State
    timeline: dict[str, Any]
    controller: dict[str, Any] | None
    stop: dict[str, Any] | None
    rows: bytes
    events: bytes
    writes: list[Any]

    @property
    def time_ms(self) -> int:
        """The instant [ms of plant time]."""
        return int(self.about["time_ms"])


def write(saved: Saved, file: Path) -> Path:
    """Write a file, whole or not at all; returns it. InputError where that cannot be."""
    words = {
        "geotwin_state": FORMAT, "about": saved.about, "bench": saved.bench.words, "timeline": saved.timeline,
        "controller": saved.controller, "stop": saved.stop, "writes": saved.writes,
    }  # fmt: skip
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(file) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as kept:
            kept.writestr(_WORDS, json.dumps(words))
            kept.writestr(_EVENTS, saved.events)
            kept.writestr(zipfile.ZipInfo(_ROWS), saved.rows)
            for name, data in saved.bench.numbers.items():
                kept.writestr(_NUMBERS + name, data)
    except OSError as error:
        raise InputError(f"cannot write the state to {file}: {error.strerror or error}") from error
    return file


def read(file: Path) -> Saved:
    """Read a file, and check that it is whole; InputError says what it is not."""
    with opened(file, MOST_BYTES) as stream:
        try:
            with zipfile.ZipFile(stream) as kept:
                if sum(info.file_size for info in kept.infolist()) > MOST_BYTES:
                    raise ValueError(f"more than {MOST_BYTES:,} bytes unpacked")
                parts = {info.filename: kept.read(info) for info in kept.infolist()}
            return _saved(json.loads(parts[_WORDS]), parts)
        except InputError:
            raise
        except _DAMAGED as error:
            raise InputError(f"{file}: not a state of geotwin, or damaged ({type(error).__name__}: {error})") from error


def _saved(words: Any, parts: dict[str, bytes]) -> Saved:
    """The run, of words and numbers of the right kinds; ValueError, KeyError, TypeError where they are others."""
    if words["geotwin_state"] != FORMAT:
        raise ValueError(f"its format is {words['geotwin_state']!r}, not {FORMAT}")
    for name in ("about", "bench", "timeline"):
        if type(words[name]) is not dict:
            raise TypeError(f"{name!r} is no object")
    for name in ("controller", "stop"):
        if words[name] is not None and type(words[name]) is not dict:
            raise TypeError(f"{name!r} is no object")
    if type(words["about"]["time_ms"]) is not int:
        raise TypeError("'time_ms' is no whole number")
    numbers = {name.removeprefix(_NUMBERS): data for name, data in parts.items() if name.startswith(_NUMBERS)}
    return Saved(
        words["about"], State(words["bench"], numbers), words["timeline"], words["controller"], words["stop"],
        parts[_ROWS], parts[_EVENTS], list(words["writes"]),
    )  # fmt: skip
