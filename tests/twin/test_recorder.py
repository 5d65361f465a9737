"""Recordings: exact, compact, comparable, and still there when the process was killed."""

import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from twin.errors import InputError, RigError
from twin.event import Event
from twin.recorded import EVENTS_FILE, RECORDING_FILE, STREAM_FILE, fingerprint, open_recording, recover
from twin.recorder import Column, Recorder, Source

Floats = NDArray[np.float64]
META = {"scenario": "toy", "seed": 7, "versions": {"geotwin": "0.1.0"}, "journal": "journal.jsonl"}
MODES = {0: "off", 1: "heat"}


def columns() -> tuple[list[Column], list[Column]]:
    plant = [
        Column("hp_1.energy", "J", 3, "float64"),
        Column("hp_1.leaving_temp", "degC", 0),
        Column("zone_1.layer[2]", "degC", 4),
        Column("hp_1.mode", "1", 2, "float32", MODES),
    ]
    bus = [Column("bus.hp_1.leaving_temp", "degC", 1), Column("bus.meter.energy", "kWh", 0, "float64")]
    return plant, bus


def run(folder: Path, rows: int, block_rows: int = 16, meta: dict[str, object] | None = None) -> tuple[Floats, Floats]:
    """Record random rows; returns what the two vectors held."""
    random = np.random.default_rng(3)
    plants = random.normal(20.0, 5.0, (rows, 5)) * [1.0, 1.0, 0.0, 1e9, 1.0]
    buses = random.normal(20.0, 5.0, (rows, 2))
    plant, bus = np.zeros(5), np.zeros(2)
    of_plant, of_bus = columns()
    sources = [Source(plant, of_plant), Source(bus, of_bus)]
    with Recorder(folder, sources, 5000, meta or META, block_rows=block_rows) as recorder:
        for row in range(rows):
            plant[:], bus[:] = plants[row], buses[row]
            recorder.record(row * 5000)
    return plants, buses


def single(values: Floats) -> Floats:
    return values.astype(np.float32).astype(np.float64)


def test_a_recording_holds_what_the_vectors_held(tmp_path: Path) -> None:
    plants, buses = run(tmp_path / "run", 100)
    recording = open_recording(tmp_path / "run" / RECORDING_FILE)
    assert recording.paths() == [column.path for source in columns() for column in source]
    assert np.array_equal(recording.time_s, np.arange(100) * 5.0)
    assert np.array_equal(recording.signal("hp_1.energy"), plants[:, 3])
    assert np.array_equal(recording.signal("hp_1.leaving_temp"), single(plants[:, 0]))
    assert np.array_equal(recording.signal("zone_1.layer[2]"), single(plants[:, 4]))
    assert np.array_equal(recording.signal("bus.hp_1.leaving_temp"), single(buses[:, 1]))
    assert np.array_equal(recording.signal("bus.meter.energy"), buses[:, 0])
    assert recording.signal("hp_1.leaving_temp").dtype == np.float64
    assert recording.unit("bus.meter.energy") == "kWh"
    assert recording.values("hp_1.mode") == MODES
    assert recording.values("hp_1.energy") == {}
    assert recording.meta == META
    assert recording.period_s == 5.0
    assert sorted(p.name for p in (tmp_path / "run").iterdir()) == [RECORDING_FILE]


def test_values_keep_their_bits_also_those_that_are_no_numbers(tmp_path: Path) -> None:
    values = np.array([0.0])
    special = np.array([np.nan, -0.0, np.inf, 5e-324, -np.inf, 1 / 3])
    special_nan = np.array([0x7FF8000000000123], np.uint64).view(np.float64)
    with Recorder(tmp_path, [Source(values, [Column("a.x", "1", 0, "float64")])], 1000, {}) as recorder:
        for row, number in enumerate([*special, *special_nan]):
            values[0] = number
            recorder.record(row)
    signal = open_recording(tmp_path).signal("a.x")
    assert signal.view(np.uint64).tolist() == np.concatenate([special, special_nan]).view(np.uint64).tolist()


def test_units_stand_in_the_file_for_any_parquet_reader(tmp_path: Path) -> None:
    run(tmp_path, 20)
    schema = pq.read_schema(tmp_path / RECORDING_FILE)
    assert schema.field("hp_1.leaving_temp").metadata == {b"unit": b"degC"}
    assert str(schema.field("hp_1.leaving_temp").type) == "float"
    assert str(schema.field("hp_1.energy").type) == "double"


def test_a_column_that_never_changes_costs_next_to_nothing(tmp_path: Path) -> None:
    run(tmp_path, 5000, block_rows=512)
    with pq.ParquetFile(tmp_path / RECORDING_FILE) as file:
        group = file.metadata.row_group(0)
        chunks = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert "RLE_DICTIONARY" in chunks["hp_1.mode"].encodings
    assert chunks["hp_1.mode"].total_compressed_size < 200
    assert "BYTE_STREAM_SPLIT" in chunks["hp_1.leaving_temp"].encodings
    assert chunks["hp_1.leaving_temp"].compression == "ZSTD"


def test_many_row_groups_read_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(tmp_path / "one", 300)
    monkeypatch.setattr("twin.recorded.GROUP_BYTES", 2000)
    plants, _ = run(tmp_path / "many", 300)
    with pq.ParquetFile(tmp_path / "many" / RECORDING_FILE) as file:
        assert file.metadata.num_row_groups > 3
    recording = open_recording(tmp_path / "many")
    assert np.array_equal(recording.signal("hp_1.energy"), plants[:, 3])
    assert fingerprint(tmp_path / "many" / RECORDING_FILE) == fingerprint(tmp_path / "one" / RECORDING_FILE)


def test_fingerprint_sees_every_bit_of_the_data_and_nothing_else(tmp_path: Path) -> None:
    run(tmp_path / "a", 50, block_rows=7)
    run(tmp_path / "b", 50, block_rows=50, meta={"scenario": "another name"})
    run(tmp_path / "c", 49)
    same, again, shorter = (fingerprint(tmp_path / name / RECORDING_FILE) for name in "abc")
    assert same == again
    assert shorter != same
    values = np.array([1.0])
    prints = set()
    for name, path, number, time_ms in (
        ("d", "a.x", 1.0, 5), ("e", "a.x", np.nextafter(1.0, 2.0), 5), ("f", "a.y", 1.0, 5), ("g", "a.x", 1.0, 6),
    ):  # fmt: skip
        values[0] = number
        with Recorder(tmp_path / name, [Source(values, [Column(path, "1", 0, "float64")])], 1, {}) as recorder:
            recorder.record(time_ms)
        prints.add(fingerprint(tmp_path / name / RECORDING_FILE))
    assert len(prints) == 4


def test_events_are_streamed_and_then_travel_with_the_data(tmp_path: Path) -> None:
    values = np.zeros(1)
    recorder = Recorder(tmp_path, [Source(values, [Column("a.x", "1", 0)])], 1000, {})
    recorder.event(60_000, "leak", "fault", True, "well_1: 5 K too much")
    recorder.event(90_500, "leak", "fault", False)
    assert len((tmp_path / EVENTS_FILE).read_text().splitlines()) == 2
    recorder.record(0)
    recorder.close()
    assert recorder.close() == tmp_path / RECORDING_FILE
    assert open_recording(tmp_path).events == [
        Event(60.0, "leak", "fault", True, "well_1: 5 K too much"),
        Event(90.5, "leak", "fault", False),
    ]


def test_rows_reach_the_disk_by_block_and_by_wall_clock(tmp_path: Path) -> None:
    now = [0.0]
    sources = [Source(np.zeros(1), [Column("a.x", "1", 0)])]
    recorder = Recorder(tmp_path, sources, 1000, {}, flush_s=0.5, block_rows=10, wall=lambda: now[0])
    counts = []
    for row in range(12):
        recorder.record(row)
        counts.append(recorder.written)
    now[0] = 0.6
    recorder.record(12)
    counts.append(recorder.written)
    recorder.record(13)
    recorder.flush()
    counts.append(recorder.written)
    assert counts == [0] * 9 + [10] * 3 + [13, 14]
    recorder.close()


def test_a_run_without_a_row_leaves_an_empty_recording(tmp_path: Path) -> None:
    run(tmp_path, 0)
    recording = open_recording(tmp_path)
    assert recording.time_s.size == 0
    assert recording.signal("hp_1.mode").size == 0


@pytest.mark.parametrize(
    ("plant", "message"),
    [
        ([Column("a.x", "1", 0), Column("a.x", "1", 1)], "'a.x' is recorded twice"),
        ([Column("a.x", "1", 2)], "no slot 2 among 2 values"),
        ([Column("a.x", "1", -1)], "no slot -1"),
        ([Column("a.x", "1", 0, "float16")], "allowed: float32, float64"),
        ([Column("time_ms", "ms", 0)], "'time_ms'"),
    ],
)
def test_wrong_columns_are_refused(tmp_path: Path, plant: list[Column], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Recorder(tmp_path, [Source(np.zeros(2), plant)], 1000, {})


def test_times_must_increase(tmp_path: Path) -> None:
    with Recorder(tmp_path, [Source(np.zeros(1), [Column("a.x", "1", 0)])], 1000, {}) as recorder:
        recorder.record(1000)
        with pytest.raises(RigError, match="1000 ms after 1000 ms"):
            recorder.record(1000)


def test_an_earlier_recording_is_never_overwritten(tmp_path: Path) -> None:
    run(tmp_path, 3)
    with pytest.raises(InputError, match="choose another folder"):
        run(tmp_path, 3)


def test_names_that_do_not_exist_and_files_that_are_none(tmp_path: Path) -> None:
    run(tmp_path / "run", 3)
    recording = open_recording(tmp_path / "run")
    with pytest.raises(InputError, match=r"no signal 'hp_1.leaving_tmp'; did you mean 'hp_1.leaving_temp'"):
        recording.signal("hp_1.leaving_tmp")
    with pytest.raises(InputError, match="no signal"):
        recording.unit("time_ms")
    (tmp_path / "text.parquet").write_text("not parquet")
    with pytest.raises(InputError, match="not a recording"):
        open_recording(tmp_path / "text.parquet")
    with pytest.raises(InputError, match="No such file"):
        open_recording(tmp_path / "none.parquet")
    pq.write_table(
        pq.read_table(tmp_path / "run" / RECORDING_FILE).replace_schema_metadata(), tmp_path / "bare.parquet"
    )
    with pytest.raises(InputError, match="not a recording"):
        open_recording(tmp_path / "bare.parquet")
    with pytest.raises(InputError, match="no recording to recover"):
        recover(tmp_path / "run")
    schema = pa.schema([("a", pa.int64())])
    with pa.OSFile(str(tmp_path / STREAM_FILE), "wb") as file, pa.ipc.new_stream(file, schema) as stream:
        stream.write_batch(pa.RecordBatch.from_pylist([{"a": 1}], schema=schema))
    with pytest.raises(InputError, match="no recording to recover"):
        recover(tmp_path)


def test_a_stream_cut_anywhere_gives_its_whole_blocks(tmp_path: Path) -> None:
    values = np.zeros(1)
    source = Source(values, [Column("a.x", "1", 0, "float64")])
    recorder = Recorder(tmp_path / "run", [source], 1000, {}, block_rows=2)
    head = (tmp_path / "run" / STREAM_FILE).stat().st_size
    ends = []
    for row in range(6):
        values[0] = row
        recorder.record(row)
        ends.append((tmp_path / "run" / STREAM_FILE).stat().st_size)
    stream = (tmp_path / "run" / STREAM_FILE).read_bytes()
    recorder.close()
    for cut in range(head, len(stream) + 1, 7):
        folder = tmp_path / f"cut_{cut}"
        folder.mkdir()
        (folder / STREAM_FILE).write_bytes(stream[:cut])
        whole = 2 * sum(cut >= end for end in ends[1::2])
        assert open_recording(recover(folder)).signal("a.x").tolist() == list(range(whole))


def test_damaged_events_are_named_with_their_line(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, [Source(np.zeros(1), [Column("a.x", "1", 0)])], 1000, {})
    recorder.record(0)
    recorder.flush()
    (tmp_path / EVENTS_FILE).write_text('{"t_ms": 0, "id": "a", "kind": "", "on": true, "detail": ""}\nrubbish\n{"t_ms')
    with pytest.raises(InputError, match=r"events.jsonl:2: not an event"):
        recorder.close()


CHILD = """
    import sys
    from pathlib import Path
    import numpy as np
    from twin.recorder import Column, Recorder, Source

    values = np.zeros(40)
    columns = [Column(f"a.x[{k}]", "1", k, "float64" if k % 2 else "float32") for k in range(40)]
    recorder = Recorder(Path(sys.argv[1]), [Source(values, columns)], 1000, {"seed": 7}, block_rows=25, flush_s=3600.0)
    recorder.event(0, "start", "step", True)
    shown = 0
    for row in range(10**9):
        values[:] = row + np.arange(40) / 64.0
        recorder.record(row * 1000)
        if recorder.written > shown:
            shown = recorder.written
            print(shown, flush=True)
"""


def test_a_killed_run_leaves_every_block_it_wrote(tmp_path: Path) -> None:
    command = [sys.executable, "-c", textwrap.dedent(CHILD), str(tmp_path / "run")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        written = [int(child.stdout.readline()) for _ in range(40)][-1]
        child.kill()
    assert written == 1000
    recording = open_recording(recover(tmp_path / "run"))
    rows = len(recording.time_s)
    assert rows >= written
    assert rows % 25 == 0
    assert np.array_equal(recording.time_s, np.arange(rows))
    for column in (0, 1, 39):
        assert np.array_equal(recording.signal(f"a.x[{column}]"), np.arange(rows) + column / 64.0)
    assert recording.meta == {"seed": 7}
    assert recording.events == [Event(0.0, "start", "step", True)]
