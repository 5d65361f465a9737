"""The recorder: rows of numbers gathered from the live vectors and streamed to disk while a run goes on.

While running: `recording.arrows`, an Arrow IPC stream of whole rows (times, single-precision columns, double-precision
columns), and `events.jsonl`. `close` turns both into `recording.parquet` (see twin.recorded) and removes them.
"""

import io
import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from twin.errors import InputError, RigError
from twin.recorded import DAMAGED, EVENTS_FILE, META, RECORDING_FILE, STREAM_FILE, recover, taken, whole_batches

BLOCK_BYTES = 1 << 20
"""Rows are handed to the operating system when this much has gathered, at the latest."""


class Column(NamedTuple):
    """One recorded number: its path (`bus.` before it for what the bus shows), unit, place in the vector, precision.

    values: the names of the numbers of an enumeration
    """

    path: str
    unit: str
    slot: int
    dtype: str = "float32"
    values: Mapping[int, str] = MappingProxyType({})


class Source(NamedTuple):
    """A live vector (the plant's, the bus's) and the columns to gather from it."""

    values: NDArray[np.float64]
    columns: Sequence[Column]


class Recorder:
    """Streams rows to a folder; a killed process loses at most the last `flush_s` of wall time before its last row.

    columns: paths and types of what is recorded
    written: rows handed to the operating system so far, which a killed process does not lose
    """

    def __init__(
        self,
        folder: Path,
        sources: Sequence[Source],
        period_ms: int,
        meta: Mapping[str, Any],
        *,
        flush_s: float = 0.5,
        block_rows: int | None = None,
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start a recording.

        sources: the vectors, read again at every `record`, and what to keep of them
        period_ms: the time between rows [ms], noted only: the caller records when it wants a row
        meta: scenario, seed, versions, journal: anything JSON can say, kept with the data
        flush_s, block_rows: rows go to disk when a row comes this long after the last time, or when so many gathered
        Raises InputError where the folder holds a recording or two columns have one path.
        """
        for name in (RECORDING_FILE, STREAM_FILE):
            if (folder / name).exists():
                raise InputError(f"{folder}: holds {name} of an earlier run; choose another folder")
        self.folder, self.written = folder, 0
        self._flush_s, self._wall = flush_s, wall
        columns = [column for source in sources for column in source.columns]
        _check(sources, columns)
        self.columns = [(column.path, column.dtype) for column in columns]
        self._rows = block_rows or max(16, BLOCK_BYTES // (8 * len(columns) + 8))
        self._times = np.zeros(self._rows, np.int64)
        self._block = np.zeros((self._rows, len(columns)))
        self._gathers = self._laid_out(sources)
        self._filled, self._last_ms = 0, -math.inf
        folder.mkdir(parents=True, exist_ok=True)
        self._events = (folder / EVENTS_FILE).open("w", encoding="utf-8", newline="\n")
        self._file = pa.OSFile(str(folder / STREAM_FILE), "wb")
        self._schema = _schema(columns, self._singles, {"period_ms": period_ms, "run": dict(meta)})
        self._stream = pa.ipc.new_stream(self._file, self._schema)
        # An empty block puts the schema on disk at once: also a run killed early leaves a readable recording.
        self._stream.write_batch(pa.RecordBatch.from_pylist([], schema=self._schema))
        self._flushed = wall()

    def record(self, time_ms: int) -> None:
        """Keep one row: every column as its vector holds it now. Times must increase, else RigError."""
        if time_ms <= self._last_ms:
            raise RigError(f"recording at {time_ms} ms after {self._last_ms} ms; times must increase")
        self._last_ms = time_ms
        row = self._filled
        self._times[row] = time_ms
        for values, slots, block in self._gathers:
            values.take(slots, 0, block[row], "clip")
        self._filled = row + 1
        if self._filled == self._rows or self._wall() - self._flushed >= self._flush_s:
            self.flush()

    def event(self, time_ms: int, ident: str, kind: str, on: bool, detail: str = "") -> None:
        """Note that something (a fault, a step of the scenario) began or ended; on disk at once."""
        entry = {"t_ms": time_ms, "id": ident, "kind": kind, "on": on, "detail": detail}
        self._events.write(json.dumps(entry) + "\n")
        self._events.flush()

    def flush(self) -> None:
        """Hand the gathered rows to the operating system. To be called, too, when the plant's time is halted.

        RigError where the file is gone: what is written to it would be lost.
        """
        if not (self.folder / STREAM_FILE).exists():
            raise RigError(f"{self.folder}: the recording was removed while the run was at work")
        count, singles = self._filled, self._singles
        if count:
            block = self._block[:count]
            arrays = [
                pa.array(self._times[:count]),
                _lists(block[:, :singles].astype(np.float32), self._schema.field("float32").type),
                _lists(block[:, singles:].copy(), self._schema.field("float64").type),
            ]
            self._stream.write_batch(pa.record_batch(arrays, schema=self._schema))
            self.written += count
            self._filled = 0
        self._flushed = self._wall()

    def so_far(self) -> tuple[bytes, bytes]:
        """The rows so far, as a packed stream, and the events; for `take_up` of another recorder."""
        self.flush()
        packed = io.BytesIO()
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_stream(packed, self._schema, options=options) as stream:
            for batch in whole_batches(self.folder / STREAM_FILE):
                stream.write_batch(batch)
        return packed.getvalue(), (self.folder / EVENTS_FILE).read_bytes()

    def take_up(self, rows: bytes, events: bytes) -> None:
        """Begin with what another recorder had so far, before a row of one's own.

        Columns that are not recorded here are left out; InputError where one is missing there, or it is damaged.
        """
        try:
            for times, singles, doubles in taken(rows, self.columns):
                lists = [
                    _lists(part, self._schema.field(name).type)
                    for name, part in (("float32", singles), ("float64", doubles))
                ]
                self._stream.write_batch(pa.record_batch([pa.array(times), *lists], schema=self._schema))
                self.written += len(times)
                self._last_ms = float(times[-1])
            for line in events.splitlines():
                json.loads(line)
        except DAMAGED as error:
            raise InputError(f"what was recorded so far is damaged ({type(error).__name__}: {error})") from error
        self._events.write(events.decode())
        self._events.flush()

    def close(self) -> Path:
        """End the recording and turn it into `recording.parquet`, whose path is returned. Twice is harmless."""
        if not self._file.closed:
            try:
                self.flush()
            finally:
                self._stream.close()
                self._file.close()
                self._events.close()
            recover(self.folder)
        return self.folder / RECORDING_FILE

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _laid_out(self, sources: Sequence[Source]) -> list[tuple[NDArray[np.float64], NDArray[np.intp], Any]]:
        """Single-precision columns to the left, double-precision ones to the right; one gather per source and kind."""
        gathers = []
        begin = 0
        for dtype in ("float32", "float64"):
            for source in sources:
                slots = [column.slot for column in source.columns if column.dtype == dtype]
                if slots:
                    block = self._block[:, begin : begin + len(slots)]
                    gathers.append((source.values, np.array(slots, np.intp), block))
                    begin += len(slots)
            if dtype == "float32":
                self._singles = begin
        return gathers


def _check(sources: Sequence[Source], columns: Sequence[Column]) -> None:
    seen = {"time_ms"}
    for column in columns:
        if column.path in seen:
            raise InputError(f"column {column.path!r} is recorded twice")
        if column.dtype not in ("float32", "float64"):
            raise InputError(f"column {column.path!r} is of type {column.dtype!r}; allowed: float32, float64")
        seen.add(column.path)
    for source in sources:
        for column in source.columns:
            if not 0 <= column.slot < len(source.values):
                raise InputError(f"column {column.path!r}: no slot {column.slot} among {len(source.values)} values")


def _schema(columns: Sequence[Column], singles: int, kept: dict[str, Any]) -> Any:
    """The layout of the stream's rows; `kept` and the columns go into its metadata."""
    kept["columns"] = [
        {"path": c.path, "unit": c.unit, "dtype": c.dtype, "values": {str(n): name for n, name in c.values.items()}}
        for c in columns
    ]
    fields = [
        pa.field("time_ms", pa.int64(), nullable=False),
        pa.field("float32", pa.list_(pa.float32(), singles), nullable=False),
        pa.field("float64", pa.list_(pa.float64(), len(columns) - singles), nullable=False),
    ]
    return pa.schema(fields, metadata={META: json.dumps(kept).encode()})


def _lists(rows: NDArray[Any], kind: Any) -> Any:
    """Whole rows as one Arrow array of lists."""
    numbers = pa.array(rows.reshape(-1))
    if rows.shape[1] == 0:
        return pa.array([[]] * len(rows), kind)
    return pa.FixedSizeListArray.from_arrays(numbers, type=kind)
