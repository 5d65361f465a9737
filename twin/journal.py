"""Outside writes: queued, journalled with their time, applied at a tick boundary, replayable bit for bit.

A journal is a text file of JSON lines: a header (`scenario`, `seed`, `versions`), then one line per write,
`{"t_ms": 5000, "path": "pump_1.speed_cmd", "value": 0.5, "source": "modbus:502/1"}`. Values are written so that
reading gives the same bits.
"""

import json
import math
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from twin.errors import InputError
from twin.files import opened
from twin.points import Point
from twin.store import Store

JOURNAL_FILE = "journal.jsonl"
FORMAT = 1
MOST_BYTES, LONGEST_LINE = 512_000_000, 100_000
"""Bytes of a journal that is replayed, and of one of its lines: some five million writes."""
OWN = " itself"
"""What the source of a write ends with that a device makes itself: its watchdog, its start."""
_LATEST_MS = 2**53


class Write(NamedTuple):
    """One number from outside: the plant vector gets `value` at `slot`."""

    slot: int
    value: float
    path: str
    source: str


MOST_WAITING = 100_000
"""So many writes wait for a tick at most, some 15 MB of them; then doors to the outside refuse what comes."""
_NOTHING: list[Write] = []
_MOST = sys.float_info.max


class Journal:
    """Streams the writes of a run to a file; a killed process loses at most the last second of wall time."""

    def __init__(
        self,
        file: Path,
        header: Mapping[str, Any],
        flush_s: float = 0.5,
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the file with a header line: `header` holds scenario, seed and versions (anything JSON can say).

        flush_s: lines are handed to the operating system when a write or tick comes this long after the last time
        wall:    the clock that is meant, in seconds
        """
        self.file, self.dirty = file, False
        self._flush_s, self._wall = flush_s, wall
        file.parent.mkdir(parents=True, exist_ok=True)
        self._stream = file.open("w", encoding="utf-8", newline="\n")
        self._stream.write(json.dumps({"geotwin_journal": FORMAT, **header}) + "\n")
        self.flush()

    def add(self, time_ms: int, write: Write) -> None:
        """Note one write; it is on its way to disk after `flush_if_due` or `flush`."""
        _, value, path, source = write
        line = f'{{"t_ms": {time_ms}, "path": {_quoted(path)}, "value": {value!r}, "source": {_quoted(source)}}}\n'
        self._stream.write(line)
        self.dirty = True

    def flush_if_due(self) -> None:
        """Hand the lines to the operating system when `flush_s` has passed since the last time."""
        if self._wall() - self._flushed >= self._flush_s:
            self.flush()

    def flush(self) -> None:
        """Hand every line to the operating system: from here on a killed process does not lose it."""
        self._stream.flush()
        self._flushed = self._wall()
        self.dirty = False

    def close(self) -> None:
        """Flush and close; a closed journal takes no more lines."""
        self._stream.close()


class Inbox:
    """The queue between the outside and the plant. `put` may be called from any thread, `take` from the ticks only.

    Whoever lets something in from outside asks `has_room` first. A point for which nothing waits always has room: a
    flood keeps nobody else's command out, nor the answer that a plant in lockstep waits for. queue: what waits
    """

    def __init__(self, store: Store, journal: Journal | None = None) -> None:
        """The store resolves paths and gives the ranges; without a journal the writes leave no trace."""
        self._store = store
        self._journal = journal
        self.queue: deque[Write] = deque()
        self._waiting: set[str] = set()
        self._known: dict[str, tuple[int, float, float]] = {}
        self._paths: dict[int, str] = {}

    def keep(self, journal: Journal) -> None:
        """Journal every write that is taken from here on, those already queued included."""
        self._journal = journal

    def know(self, free: Mapping[str, int]) -> None:
        """Take writes to places that are no points of the plant, too: registers that belong to the controller.

        free: their slots by path, beyond those of the plant vector
        """
        self._known |= {path: (slot, -_MOST, _MOST) for path, slot in free.items()}

    def has_room(self, paths: Sequence[str]) -> bool:
        """Whether one more write to each of these points may wait."""
        return len(self.queue) + len(paths) <= MOST_WAITING or self._waiting.isdisjoint(paths)

    def put(self, path_or_slot: str | int, value: float, source: str) -> None:
        """Queue a value, in the point's own unit, for the next tick boundary. The plant is not touched here.

        path_or_slot: `component.point`, or its index in the plant vector
        source: who writes, such as "modbus:hp_1" or "page"
        Raises InputError where the path does not exist or the value is not a number in the point's range.
        """
        path = self._path(path_or_slot) if isinstance(path_or_slot, int) else path_or_slot
        if path not in self._known:
            self._known[path] = self._store.index(path), *self._store.point(path).span
        slot, lo, hi = self._known[path]
        number = float(value)
        if not lo <= number <= hi:
            _checked(self._store.point(path), number, f"{path} from {source}")
        self.queue.append(Write(slot, number, path, source))
        self._waiting.add(path)

    def take(self, time_ms: int) -> list[Write]:
        """The writes that came since the last call, in their order, journalled as applied at `time_ms`."""
        journal = self._journal
        if not self.queue:
            if journal is not None and journal.dirty:
                journal.flush_if_due()
            return _NOTHING
        writes = []
        self._waiting.clear()
        for _ in range(len(self.queue)):
            write = self.queue.popleft()
            writes.append(write)
            if journal is not None:
                journal.add(time_ms, write)
        if journal is not None:
            journal.flush_if_due()
        return writes

    def _path(self, slot: int) -> str:
        if not self._paths:
            self._paths = {self._store.index(path): path for path, _ in self._store.paths()}
        if slot not in self._paths:
            raise InputError(f"no point has the index {slot} in the plant vector")
        return self._paths[slot]


class Replay:
    """The writes of an earlier run, given again at the same times; stands where an `Inbox` stands.

    header: what the journal says of its run; truncated: the last line was cut short (a killed run) and left out
    count:  how many writes it holds
    """

    def __init__(self, file: Path, store: Store, free: Mapping[str, int] = MappingProxyType({})) -> None:
        """Read the whole journal. Raises InputError with the line number where it is damaged or fits another plant.

        free: see Inbox.know
        """
        self._writes: deque[tuple[int, Write]] = deque()
        self.header: dict[str, Any] = {}
        self.truncated = False
        last = -math.inf
        for number, line in enumerate(_lines(file), 1):
            where = f"{file}:{number}"
            if not line.endswith(b"\n") and _parsed(line) is None:
                self.truncated = True
            elif number == 1:
                self.header = _header(line, where)
            else:
                entry = _write(line, store, free, where)
                if entry[0] < last:
                    raise InputError(f"{where}: time {entry[0]} ms comes after {last:.0f} ms; times never go back")
                last = entry[0]
                self._writes.append(entry)
        if not self.header:
            _header(b"", f"{file}:1")
        self.count = len(self._writes)

    @property
    def given(self) -> int:
        """How many writes were given so far."""
        return self.count - len(self._writes)

    def take(self, time_ms: int) -> list[Write]:
        """The writes journalled up to `time_ms` that were not given yet."""
        if not self._writes or self._writes[0][0] > time_ms:
            return _NOTHING
        writes = []
        while self._writes and self._writes[0][0] <= time_ms:
            writes.append(self._writes.popleft()[1])
        return writes

    def next_ms(self) -> int | None:
        """The time of the next write [ms], or None when all were given."""
        return self._writes[0][0] if self._writes else None


class Noted(NamedTuple):
    """A write as a journal has it, whatever plant it was for."""

    time_ms: int
    path: str
    value: float
    source: str


def noted(file: Path) -> Iterator[Noted]:
    """Every write of a journal in its order, but a last one that was cut short; InputError where it is damaged."""
    lines = _lines(file)
    _header(next(lines, b""), f"{file}:1")
    for number, line in enumerate(lines, 2):
        if not line.endswith(b"\n") and _parsed(line) is None:
            return
        yield _noted(line, f"{file}:{number}")


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return json.dumps(text)


def _checked(point: Point, value: float, where: str) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise InputError(f"{where}: {number} is not a finite number")
    return point.check(number, where)


def _lines(file: Path) -> Iterator[bytes]:
    """The lines of a journal with their ends, one by one."""
    with opened(file, MOST_BYTES) as stream:
        number = 0
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            if len(line) > LONGEST_LINE:
                raise InputError(f"{file}:{number}: a line of more than {LONGEST_LINE:,} bytes")
            yield line


def _parsed(line: bytes) -> dict[str, Any] | None:
    """The JSON object of a line, or None where it is none."""
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) else None


def _header(line: bytes, where: str) -> dict[str, Any]:
    header = _parsed(line) or {}
    if header.get("geotwin_journal") != FORMAT:
        raise InputError(f"{where}: not the header of a journal of format {FORMAT}")
    return header


def _noted(line: bytes, where: str) -> Noted:
    entry = _parsed(line)
    if entry is None or sorted(entry) != ["path", "source", "t_ms", "value"]:
        raise InputError(f"{where}: not a write; expected an object with t_ms, path, value and source")
    time_ms, path, value, source = entry["t_ms"], entry["path"], entry["value"], entry["source"]
    if type(time_ms) is not int or type(value) not in (int, float) or type(path) is not str or type(source) is not str:
        raise InputError(f"{where}: expected t_ms an integer, value a number, path and source texts")
    if not 0 <= time_ms <= _LATEST_MS:
        raise InputError(f"{where}: the time {time_ms} ms is outside 0 .. {_LATEST_MS} ms")
    if not abs(value) <= _MOST:
        raise InputError(f"{where}: {path}: {value!s:.20} is not a finite number, or too large for one")
    return Noted(time_ms, path, float(value), source)


def _write(line: bytes, store: Store, free: Mapping[str, int], where: str) -> tuple[int, Write]:
    time_ms, path, value, source = _noted(line, where)
    try:
        if path in free:
            return time_ms, Write(free[path], value, path, source)
        slot = store.index(path)
        return time_ms, Write(slot, _checked(store.point(path), value, path), path, source)
    except InputError as error:
        raise InputError(f"{where}: {error}") from error
