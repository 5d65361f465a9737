"""Where a bench stands: what is forgotten after a time, held exactly, forced, out of reach or on its way goes on."""

import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.state import State
from hil.campaigns.mutant import Mutant
from hil.campaigns.tampering import Tampering
from plant_models.plant import SAMPLE_START, build
from twin.errors import InputError, RigError
from twin.recorder import Recorder
from twin.schedule import EVENTS

DEVICE = """device: unit
source: "a test"
registers:
  - {table: hr, address: 0, name: sp, type: int16, scale: 0.1, uom: degC, access: rw, point: leaving_temp_sp,
     expires: 60 s}
  - {table: hr, address: 1, name: note, type: uint16, access: rw, expires: 30 s, initial: 5}
  - {table: hr, address: 2, name: count, type: uint64, access: rw}
  - {table: hr, address: 10, name: title, type: string, length: 2, access: rw}
  - {table: ir, address: 0, name: power, type: int16, uom: W, point: power}
"""
UNITS = "bench: own\nplant: single_well\nport: 5020\nunits:\n  - {unit: 1, device: unit.yaml, component: hp_1}\n"
WATCHED = ("bus.hp_1.leaving_temp_sp", "bus.hp_1.power", "bus.hp_1.note", "bus.hp_1.count", "hp_1.leaving_temp_sp")


@pytest.fixture
def make(tmp_path):
    (tmp_path / "unit.yaml").write_text(DEVICE)
    (tmp_path / "bench.yaml").write_text(UNITS)

    def made():
        bench = Bench(
            build("single_well", SAMPLE_START, 86400.0), read_bench(str(tmp_path / "bench.yaml")), SAMPLE_START
        )
        bench.every(1000, lambda: None, name="looks")
        return bench

    return made


def worked(bench):
    """A bench in the middle of everything."""
    image = bench.bus.images[0]
    bench.schedule.run(10_000)
    for name, value in (("sp", 41.0), ("note", 9.0), ("count", 7.0)):
        bench.bus.write(bench.bus.slot(f"hp_1.{name}"), value)
    image.write(2, 2.0**60, bounded=False)
    image.write_text(3, "ABC")
    bench.bus.force(bench.bus.slot("hp_1.power"), 123.0)
    bench.schedule.run(25_000)
    bench.bus.write(bench.bus.slot("hp_1.sp"), 39.0)
    return bench


def seen(bench):
    rows = [[bench.read(path) for path in WATCHED]]
    for _ in range(12):
        bench.schedule.run(bench.schedule.now_ms + 10_000)
        rows.append([bench.read(path) for path in WATCHED])
    return rows, bench.bus.images[0].text(3), dict(bench.bus.images[0].stored), bench.store.values.tobytes()


def test_it_goes_on_in_another_bench_and_in_the_same(make):
    bench = worked(make())
    state = bench.keep()
    first = seen(bench)
    assert [row[2] for row in first[0]][:3] == [9.0, 9.0, 5.0], "what was written is forgotten"
    assert first[0][0][0] == 39.0, "the echo of what was just written"
    assert first[0][0][4] == 41.0
    assert [row[0] for row in first[0]][1] == first[0][1][4] == 39.0
    assert first[0][-1][0] != 39.0
    assert (first[0][0][1], first[1]) == (123.0, "ABC")
    other = make()
    other.go_on(state)
    assert seen(other) == first
    bench.go_on(state)
    assert seen(bench) == first


def test_a_device_out_of_reach_stays_there(make):
    bench, other = worked(make()), make()
    ends = [one.bus.wire.start("modbus.no_reply", "hp_1", {}, "away") for one in (bench, other)]
    bench.schedule.run(40_000)
    with pytest.raises(InputError, match="other faults of the lines"):
        make().go_on(bench.keep())
    other.go_on(bench.keep())
    for end, one in zip(ends, (bench, other), strict=True):
        one.schedule.run(70_000)
        end()
    assert seen(other) == seen(bench)


def test_what_cannot_be_kept_is_said(make):
    def steps(bench):
        yield bench.schedule.at(90_000, EVENTS)

    bench = worked(make())
    bench.schedule.start(steps(bench))
    bench.schedule.run(30_000)
    with pytest.raises(RigError, match="a process is at work that cannot be kept"):
        bench.keep()
    for kind in ("late", "biased"):
        tampered = make()
        Tampering(Mutant(kind, "hp_1.sp" if kind == "late" else "hp_1.power")).attach(tampered, 0.0, 100.0)
        with pytest.raises(RigError, match="cannot be kept"):
            tampered.keep()
    listening = make()
    listening.watch_lines()
    with pytest.raises(RigError, match="whose lines are open"):
        listening.keep()


def test_a_state_of_another_bench_is_refused(make):
    state = worked(make()).keep()
    office = Bench(build("office", SAMPLE_START, 86400.0), read_bench("office"), SAMPLE_START)
    with pytest.raises(InputError, match="the numbers of the state are not those of this plant and its devices"):
        office.go_on(state)
    for words in ({}, state.words | {"instant": (0, 0)}, state.words | {"waiting": [("hp_1.nothing", 1.0, "x")]}):
        with pytest.raises(InputError, match="the state does not fit this bench"):
            make().go_on(State(words, state.numbers))


def test_a_recorder_takes_up_the_rows_of_another_one(make, tmp_path):
    bench = make()
    sources = bench.sources()
    with Recorder(tmp_path / "a", sources, 1000, {}) as first:
        first.record(0)
        first.event(0, "x", "set", True)
        rows, events = first.so_far()
    fewer = [sources[0]._replace(columns=sources[0].columns[::2])]
    with Recorder(tmp_path / "b", fewer, 1000, {}) as second:
        second.take_up(rows, events)
        assert second.written == 1
        with pytest.raises(RigError, match="times must increase"):
            second.record(0)
    more = [sources[0]._replace(columns=[*sources[0].columns, sources[0].columns[0]._replace(path="more.than_before")])]
    with (
        Recorder(tmp_path / "c", more, 1000, {}) as third,
        pytest.raises(InputError, match="was not recorded so far"),
    ):
        third.take_up(rows, events)
    with Recorder(tmp_path / "d", fewer, 1000, {}) as fourth:
        for spoilt in (rows[:-200], b"", b"ARROW1" * 20):
            with pytest.raises(InputError, match="what was recorded so far is damaged"):
                fourth.take_up(spoilt, events)
        with pytest.raises(InputError, match="what was recorded so far is damaged"):
            fourth.take_up(rows, b"not an event\n")


def test_the_date_is_right_after_going_back_over_midnight(tmp_path):
    (tmp_path / "clock.yaml").write_text(
        'device: clock\nsource: "a test"\nregisters:\n'
        "  - {table: ir, address: 0, name: day, type: uint16, point: local_day}\n"
    )
    (tmp_path / "bench.yaml").write_text(UNITS.replace("unit.yaml, component: hp_1", "clock.yaml, component: rig"))
    plant = build("single_well", SAMPLE_START, 86400.0)
    bench = Bench(plant, read_bench(str(tmp_path / "bench.yaml")), SAMPLE_START.replace(hour=23, minute=59, second=50))
    bench.every(10_000, lambda: None)
    bench.schedule.run(0)
    evening = bench.keep()
    for _ in range(2):
        assert bench.read("bus.rig.local_day") == 15.0
        bench.schedule.run(10_000)
        assert bench.read("bus.rig.local_day") == 16.0
        bench.go_on(evening)
