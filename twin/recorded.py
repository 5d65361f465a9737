"""Recordings on disk: turning what a run streamed into `recording.parquet`, reading it, comparing two of them.

The file has one column per path (float32 or float64, unit in the field's metadata) beside `time_ms`; the key `geotwin`
of the file's metadata holds, as JSON, what the recorder was told of the run, and the events.
"""

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from twin.errors import InputError, unknown
from twin.event import Event
from twin.files import opened, read_bytes
from twin.points import declared_name

STREAM_FILE, RECORDING_FILE, EVENTS_FILE = "recording.arrows", "recording.parquet", "events.jsonl"
META = "geotwin"
MOST_BYTES, MOST_ROWS, MOST_EVENTS_BYTES = 50_000_000_000, 1_000_000_000, 100_000_000
"""Of a recording, its rows, and the events that are streamed beside it."""
DAMAGED = (OSError, pa.ArrowException, ValueError, KeyError, TypeError, AttributeError, RecursionError, OverflowError)
"""What reading a damaged recording may raise."""
GROUP_BYTES = 128 << 20
"""So many bytes of rows are turned into columns at once."""


@dataclass
class RecordedRun:
    """A recording as read from disk: signals by path, in double precision whatever the file holds."""

    file: Path
    time_s: NDArray[np.float64]
    meta: dict[str, Any]
    events: list[Event]
    period_s: float
    _units: dict[str, str]
    _values: dict[str, dict[int, str]]
    _footer: Any = field(repr=False)
    _signals: dict[str, NDArray[np.float64]] = field(default_factory=dict, repr=False)

    def paths(self) -> list[str]:
        """Every recorded path, in the order of the columns."""
        return list(self._units)

    def unit(self, path: str) -> str:
        """The unit of a signal; InputError with the nearest path where there is none."""
        return self._units[self._named(path)]

    def values(self, path: str) -> dict[int, str]:
        """The names of the numbers of an enumeration; empty for any other signal."""
        return self._values.get(self._named(path), {})

    def signal(self, path: str) -> NDArray[np.float64]:
        """The values of a signal, one per time in `time_s`; InputError with the nearest path where there is none."""
        path = self._named(path)
        if path not in self._signals:
            try:
                values = self._parquet.read(columns=[path], use_threads=False).column(path).to_numpy()
                self._signals[path] = values.astype(np.float64)
            except DAMAGED as error:
                raise InputError(f"{self.file}: the signal {path!r} is damaged ({error})") from error
        return self._signals[path]

    def _named(self, path: str) -> str:
        """The column of a path; a fault's is found by either of its names."""
        if path in self._units:
            return path
        if (other := declared_name(path)) in self._units:
            return other
        raise unknown("signal", path, self._units, str(self.file))

    @cached_property
    def _parquet(self) -> Any:
        """The open file: opening it anew for every signal takes ten times as long as reading, with many columns."""
        return pq.ParquetFile(self.file, metadata=self._footer)


def open_recording(file: Path) -> RecordedRun:
    """Open a `recording.parquet` (or the folder that holds one). Raises InputError where it is no recording."""
    if file.is_dir():
        file = file / RECORDING_FILE
    try:
        with opened(file, MOST_BYTES) as stream, pq.ParquetFile(stream) as parquet:
            footer = parquet.metadata
            if footer.num_rows > MOST_ROWS:
                raise InputError(f"{file}: {footer.num_rows:,} rows; at most {MOST_ROWS:,} are read")
            times = parquet.read(columns=["time_ms"]).column("time_ms").to_numpy()
        kept = json.loads((footer.metadata or {})[META.encode()])
        units = {str(column["path"]): str(column["unit"]) for column in kept["columns"]}
        values = {c["path"]: {int(n): str(name) for n, name in c["values"].items()} for c in kept["columns"]}
        events = [Event(e["t_ms"] / 1000.0, e["id"], e["kind"], e["on"], e["detail"]) for e in kept["events"]]
        run, period_s = dict(kept["run"]), kept["period_ms"] / 1000.0
    except InputError:
        raise
    except DAMAGED as error:
        raise InputError(f"{file}: not a recording of geotwin ({type(error).__name__}: {error})") from error
    return RecordedRun(file, times / 1000.0, run, events, period_s, units, values, footer)


def recover(folder: Path) -> Path:
    """Turn what a run streamed into `recording.parquet`, also after the run was killed; the streams are removed.

    A last block or line that was cut short is left out. Raises InputError where the folder holds no stream.
    """
    stream, events = folder / STREAM_FILE, folder / EVENTS_FILE
    kept = _kept(stream)
    kept["events"] = _whole_lines(events)
    unfinished = folder / f"{RECORDING_FILE}.part"
    try:
        _convert(stream, unfinished, kept)
    except OSError:  # reading ends where a block is damaged: this is the disk
        raise
    except DAMAGED as error:
        unfinished.unlink(missing_ok=True)
        raise InputError(f"{stream}: damaged, cannot be recovered ({type(error).__name__}: {error})") from error
    os.replace(unfinished, folder / RECORDING_FILE)
    stream.unlink()
    events.unlink(missing_ok=True)
    return folder / RECORDING_FILE


def fingerprint(file: Path) -> str:
    """The sha256 of times and columns (paths, types and the bits of every value), whatever the metadata says."""
    digest = hashlib.sha256()
    with pq.ParquetFile(file) as parquet:
        names = parquet.schema_arrow.names
        for begin in range(0, len(names), 64):
            table = parquet.read(columns=names[begin : begin + 64])
            for name in names[begin : begin + 64]:
                values = table.column(name).to_numpy()
                digest.update(f"{name}\n{values.dtype}\n{len(values)}\n".encode())
                digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()


def _kept(stream: Path) -> dict[str, Any]:
    """What the recorder noted at the head of its stream."""
    try:
        with opened(stream, MOST_BYTES) as source, pa.ipc.open_stream(source) as reader:
            kept: dict[str, Any] = json.loads((reader.schema.metadata or {})[META.encode()])
    except InputError as error:
        raise InputError(f"no recording to recover: {error}") from error
    except DAMAGED as error:
        raise InputError(f"{stream}: no recording to recover ({type(error).__name__}: {error})") from error
    return kept


def taken(stream: bytes, columns: Sequence[tuple[str, str]]) -> Iterator[tuple[NDArray[Any], ...]]:
    """The rows of a stream in memory, block by block: times, and the columns (path, type) of each precision.

    InputError where the stream has no such column; DAMAGED where it is none.
    """
    with pa.ipc.open_stream(stream) as reader:
        kept = json.loads((reader.schema.metadata or {})[META.encode()])["columns"]
        places = {(c["path"], c["dtype"]): at for c, (_, at) in zip(kept, _places(kept), strict=True)}
        for column in columns:
            if column not in places:
                raise InputError(f"{column[0]} was not recorded so far")
        wanted = {word: [places[column] for column in columns if column[1] == word] for word in ("float32", "float64")}
        for batch in reader:
            batch.validate(full=True)
            if batch.num_rows:
                parts = [np.ascontiguousarray(_matrix(batch, word)[:, slots]) for word, slots in wanted.items()]
                yield batch.column("time_ms").to_numpy(), *parts


def whole_batches(stream: Path) -> Iterator[Any]:
    """The whole blocks of a stream: a last one that was cut short is left out."""
    with pa.memory_map(str(stream)) as source, pa.ipc.open_stream(source) as reader:
        while True:
            try:
                batch = reader.read_next_batch()
                batch.validate(full=True)
            except (StopIteration, OSError, pa.ArrowInvalid):
                return
            if batch.num_rows:
                yield batch


def _matrix(batch: Any, name: str) -> NDArray[Any]:
    """The rows of a block, one array row each."""
    lists = batch.column(name)
    width = lists.type.list_size
    numbers: NDArray[Any] = lists.flatten().to_numpy().reshape(len(lists), width)
    return numbers


def _constant(stream: Path) -> dict[str, NDArray[np.bool_]]:
    """For each precision, which columns never change a bit."""
    words = {"float32": np.uint32, "float64": np.uint64}
    first: dict[str, NDArray[Any]] = {}
    same: dict[str, NDArray[np.bool_]] = {}
    for batch in whole_batches(stream):
        for name, word in words.items():
            bits = _matrix(batch, name).view(word)
            top = first.setdefault(name, bits[0].copy())
            same[name] = same.get(name, np.True_) & (bits == top).all(axis=0)
    return same


def _groups(stream: Path, row_bytes: int) -> Iterator[list[Any]]:
    """Blocks, gathered until they hold GROUP_BYTES."""
    group: list[Any] = []
    rows = 0
    for batch in whole_batches(stream):
        group.append(batch)
        rows += batch.num_rows
        if rows * row_bytes >= GROUP_BYTES:
            yield group
            group, rows = [], 0
    if group:
        yield group


def _convert(stream: Path, file: Path, kept: dict[str, Any]) -> None:
    """Write the columns: floats byte-split, columns that never change as one dictionary entry, all zstd."""
    columns = kept["columns"]
    fields = [pa.field("time_ms", pa.int64(), nullable=False)]
    fields += [
        pa.field(c["path"], pa.type_for_alias(c["dtype"]), nullable=False, metadata={"unit": c["unit"]})
        for c in columns
    ]
    schema = pa.schema(fields, metadata={META: json.dumps(kept).encode()})
    places = _places(columns)
    constant = _constant(stream)
    still = [
        c["path"] for c, (name, at) in zip(columns, places, strict=True) if name in constant and constant[name][at]
    ]
    moving = [c["path"] for c in columns if c["path"] not in set(still)]
    with pq.ParquetWriter(
        file, schema, compression="zstd", use_dictionary=still, use_byte_stream_split=moving, write_statistics=False
    ) as writer:
        for group in _groups(stream, sum(int(c["dtype"][5:]) // 8 for c in columns) + 8):
            turned = {name: _turned(group, name) for name in ("float32", "float64")}
            times = pa.concat_arrays([batch.column("time_ms") for batch in group])
            arrays = [times] + [pa.array(turned[name][at]) for name, at in places]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=len(times))


def _places(columns: list[dict[str, str]]) -> list[tuple[str, int]]:
    """For each column, in which list of the stream's rows it stands and where."""
    counts = {"float32": 0, "float64": 0}
    places = []
    for column in columns:
        places.append((column["dtype"], counts[column["dtype"]]))
        counts[column["dtype"]] += 1
    return places


def _turned(group: list[Any], name: str) -> NDArray[Any]:
    """The rows of some blocks as contiguous columns."""
    parts = [_matrix(batch, name) for batch in group]
    columns = np.empty((parts[0].shape[1], sum(len(part) for part in parts)), parts[0].dtype)
    begin = 0
    for part in parts:
        for top in range(0, len(part), 64):
            rows = part[top : top + 64]
            columns[:, begin : begin + len(rows)] = rows.T
            begin += len(rows)
    return columns


def _whole_lines(file: Path) -> list[dict[str, Any]]:
    """The events that were streamed; a last line that was cut short is left out."""
    if not file.exists():
        return []
    entries = []
    for number, line in enumerate(read_bytes(file, MOST_EVENTS_BYTES).split(b"\n")[:-1], 1):
        try:
            entries.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise InputError(f"{file}:{number}: not an event ({error})") from error
    return entries
