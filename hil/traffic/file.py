"""`bus.parquet`: every request and answer of a run, streamed to disk while it goes on.

While running: `bus.arrows`, an Arrow IPC stream; `close` turns it into `bus.parquet`, `recover` that of a killed run.
The key `geotwin` of its metadata holds, as JSON, the units with their registers, so that the file can be read alone.
"""

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hil.bus.exchanges import Exchange
from twin.errors import InputError
from twin.files import opened
from twin.recorded import META, whole_batches

STREAM_FILE, BUS_FILE = "bus.arrows", "bus.parquet"
MOST_ROWS = 10_000_000
"""Of a file; what comes beyond them is counted only."""
MOST_BYTES = 20_000_000_000
_STAMP = pa.timestamp("ns", tz="UTC")
_FIELDS: dict[str, Any] = {
    "event": pa.string(),
    "received": _STAMP,
    "answered": _STAMP,
    "plant_ms": pa.int64(),
    "line": pa.string(),
    "server": pa.string(),
    "peer": pa.string(),
    "connection": pa.uint32(),
    "unit": pa.uint8(),
    "function": pa.uint8(),
    "table": pa.string(),
    "address": pa.int32(),
    "quantity": pa.int32(),
    "request": pa.binary(),
    "answer": pa.binary(),
    "exception": pa.uint8(),
    "faults": pa.string(),
}
"""The columns: those of Exchange, with real times; answered is null where no answer was sent."""
_REPEATED = ("event", "line", "server", "peer", "table", "faults", "answer", "request")
_DAMAGED = (OSError, pa.ArrowException, ValueError, KeyError, TypeError, RecursionError)


class TrafficFile:
    """Keeps what goes over the lines of a run; a killed process loses what came within the last tenth of a second.

    rows:      how many were kept; beyond: how many came when the file was full
    complaint: why nothing is kept any more; empty while all is well
    """

    def __init__(self, folder: Path, meta: Mapping[str, Any], epoch_ns: int | None = None) -> None:
        """Start the file. meta: anything JSON can say. InputError where the folder holds one.

        epoch_ns: from which the times of exchanges are counted [ns since 1970]; by default the monotonic clock's
        """
        for name in (BUS_FILE, STREAM_FILE):
            if (folder / name).exists():
                raise InputError(f"{folder}: holds {name} of an earlier run; choose another folder")
        self.folder, self.rows, self.beyond, self.complaint = folder, 0, 0, ""
        self._epoch = time.time_ns() - time.monotonic_ns() if epoch_ns is None else epoch_ns
        self._schema = pa.schema(list(_FIELDS.items()), metadata={META: json.dumps(dict(meta)).encode()})
        self._file = pa.OSFile(str(folder / STREAM_FILE), "wb")
        self._stream = pa.ipc.new_stream(self._file, self._schema)
        self._stream.write_batch(pa.RecordBatch.from_pylist([], schema=self._schema))

    def keep(self, exchanges: Sequence[Exchange]) -> None:
        """Hand exchanges to the operating system; what cannot be written ends the record with a complaint.

        It is called by servers in the middle of their work, which an error must not end.
        """
        if self.complaint:
            return
        taken = exchanges[: MOST_ROWS - self.rows]
        self.beyond += len(exchanges) - len(taken)
        if not taken:
            return
        try:
            os.stat(self.folder / STREAM_FILE)
            self._write(taken)
        except (OSError, pa.ArrowException) as error:
            self.complaint = f"{self.folder / STREAM_FILE}: the record of the bus ends after {self.rows} rows: {error}"

    def _write(self, taken: Sequence[Exchange]) -> None:
        event, received, answered, *others = zip(*taken, strict=True)
        epoch = self._epoch
        columns = [event, [at + epoch for at in received], [at + epoch if at else None for at in answered], *others]
        arrays = [pa.array(column, kind) for column, kind in zip(columns, _FIELDS.values(), strict=True)]
        self._stream.write_batch(pa.record_batch(arrays, schema=self._schema))
        self.rows += len(taken)

    def close(self) -> Path:
        """End the file and turn it into `bus.parquet`, whose path is returned. Twice is harmless."""
        if not self._file.closed:
            with contextlib.suppress(OSError, pa.ArrowException):  # a full disk: what is there is recovered
                self._stream.close()
            self._file.close()
            recover(self.folder)
        return self.folder / BUS_FILE


def recover(folder: Path) -> None:
    """Turn what a run streamed into `bus.parquet`, also after it was killed; nothing where it streamed nothing."""
    stream, unfinished = folder / STREAM_FILE, folder / f"{BUS_FILE}.part"
    if not stream.exists():
        return
    try:
        with opened(stream, MOST_BYTES) as source, pa.ipc.open_stream(source) as reader:
            schema = reader.schema
        with pq.ParquetWriter(
            unfinished, schema, compression="zstd", use_dictionary=list(_REPEATED), write_statistics=False
        ) as writer:
            for batches in _gathered(stream):
                writer.write_table(pa.Table.from_batches(batches, schema), row_group_size=_GROUP_ROWS)
    except _DAMAGED as error:
        unfinished.unlink(missing_ok=True)
        raise InputError(f"{stream}: damaged, cannot be recovered ({type(error).__name__}: {error})") from error
    os.replace(unfinished, folder / BUS_FILE)
    stream.unlink()


_GROUP_ROWS = 100_000


def _gathered(stream: Path) -> Iterator[list[Any]]:
    """Blocks of the stream, gathered until they hold a row group."""
    group: list[Any] = []
    for batch in whole_batches(stream):
        group.append(batch)
        if sum(one.num_rows for one in group) >= _GROUP_ROWS:
            yield group
            group = []
    if group:
        yield group


class Traffic:
    """What a run kept of its lines, read block by block."""

    def __init__(self, folder: Path) -> None:
        """Open `bus.parquet` of a folder, or such a file. InputError where it is none."""
        self.file = folder / BUS_FILE if folder.is_dir() else folder
        try:
            with opened(self.file, MOST_BYTES) as stream, pq.ParquetFile(stream) as parquet:
                schema = parquet.schema_arrow
                kept, columns = schema.metadata, dict(zip(schema.names, schema.types, strict=True))
                self.rows: int = parquet.metadata.num_rows
            self.meta: dict[str, Any] = json.loads(kept[META.encode()])
            if list(columns.items()) != list(_FIELDS.items()) or not isinstance(self.meta["units"], list):
                raise ValueError("its columns are others")
        except InputError:
            raise
        except _DAMAGED as error:
            raise InputError(
                f"{self.file}: not a record of the bus of geotwin ({type(error).__name__}: {error})"
            ) from error

    def exchanges(self) -> Iterator[Exchange]:
        """All of it, in the order in which it was told; times in real ns since 1970."""
        stamps = {"received": pa.int64(), "answered": pa.int64()}
        try:
            with pq.ParquetFile(self.file) as parquet:
                for batch in parquet.iter_batches(batch_size=20_000, use_threads=False):
                    if any(batch.column(name).null_count for name in _FIELDS if name != "answered"):
                        raise ValueError("a value is missing")
                    columns = [
                        batch.column(name).cast(stamps[name]).fill_null(0) if name in stamps else batch.column(name)
                        for name in _FIELDS
                    ]
                    yield from map(Exchange, *(column.to_pylist() for column in columns))
        except _DAMAGED as error:
            raise InputError(f"{self.file}: damaged ({type(error).__name__}: {error})") from error
