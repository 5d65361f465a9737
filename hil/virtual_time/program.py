"""A program on plant time, as a run knows it."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hil.virtual_time.image import Image

LAST_WORDS = 400
"""So much of its last output an error repeats [characters]."""


@dataclass
class Program:
    """A program of a run.

    words:  the command, its placeholders filled in; folder: its working folder
    root:   its first process; begun: that one has executed it, and goes on when it is its turn
    frozen: it does not go on, whatever comes; code: with which it ended, negative for a signal; None while it runs
    charge_ns: so much plant time passes at each end of a timed wait
    image:  whose files it sees, in the place of this machine's
    told:   takes what it prints, instead of its log; last: the end of what it printed; written: bytes of its log
    """

    name: str
    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    root: int = 0
    charge_ns: int = 0
    begun: bool = False
    frozen: bool = False
    code: int | None = None
    written: int = 0
    last: str = ""
    image: Image | None = None
    told: Callable[[bytes], object] | None = None

    @property
    def log(self) -> Path:
        """The file of its output, beside its folder."""
        return self.folder.with_suffix(".log")

    def fate(self) -> str:
        """How it ended; empty while it runs."""
        if self.code is None:
            return ""
        if self.code < 0:
            known = -self.code in [one.value for one in signal.Signals]
            return f"was ended by {signal.Signals(-self.code).name if known else f'signal {-self.code}'}"
        return f"ended by itself with exit code {self.code}"

    def last_words(self) -> str:
        """The end of what it has printed."""
        words = " | ".join(line.strip() for line in self.last.splitlines() if line.strip())
        return words[-LAST_WORDS:]
