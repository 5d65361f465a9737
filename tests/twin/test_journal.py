"""The inbox queues, the journal remembers to the bit, the replay repeats; a killed run leaves a readable journal."""

import json
import math
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from twin.errors import InputError
from twin.journal import Inbox, Journal, Replay
from twin.points import Model, command, setpoint
from twin.store import Store


class Pump(Model):
    """A pump with a limited command and a free set point."""

    speed_cmd = command("1", lo=0.0, hi=1.0)
    head_sp = setpoint("m")


HEADER = {"scenario": "toy", "seed": 7, "versions": {"geotwin": "0.1.0"}}


class Wall:
    """A wall clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def store() -> Store:
    return Store({Pump: ["pump_1", "pump_2"]})


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_write_waits_for_the_tick_and_keeps_its_order(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    journal = Journal(file, HEADER)
    inbox = Inbox(store, journal)
    inbox.put("pump_1.speed_cmd", 0.25, "modbus:502/1")
    inbox.put(store.index("pump_2.head_sp"), 12.5, "page")
    inbox.put("pump_1.speed_cmd", 0.75, "mqtt")
    assert not store.values.any()
    taken = inbox.take(5000)
    assert [(w.path, w.value, w.source) for w in taken] == [
        ("pump_1.speed_cmd", 0.25, "modbus:502/1"),
        ("pump_2.head_sp", 12.5, "page"),
        ("pump_1.speed_cmd", 0.75, "mqtt"),
    ]
    for write in taken:
        store.values[write.slot] = write.value
    assert store.read("pump_1.speed_cmd") == 0.75
    assert store.read("pump_2.head_sp") == 12.5
    assert inbox.take(6000) == []
    journal.close()
    header, first, *_ = lines(file)
    assert header == {"geotwin_journal": 1, **HEADER}
    assert first == {"t_ms": 5000, "path": "pump_1.speed_cmd", "value": 0.25, "source": "modbus:502/1"}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("pump_1.speed_cmd", 1.5, "outside 0 .. 1"),
        ("pump_1.head_sp", math.nan, "not a finite number"),
        ("pump_1.head_sp", math.inf, "not a finite number"),
        ("pump_1.sped_cmd", 0.5, "did you mean 'speed_cmd'"),
        ("pump_3.speed_cmd", 0.5, "no component 'pump_3'"),
        (99, 0.5, "no point has the index 99"),
    ],
)
def test_a_wrong_write_is_refused_and_leaves_no_trace(
    store: Store, path: str | int, value: float, message: str
) -> None:
    inbox = Inbox(store)
    with pytest.raises(InputError, match=message):
        inbox.put(path, value, "page")
    assert inbox.take(0) == []


def test_a_flood_keeps_nobody_else_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("twin.journal.MOST_WAITING", 3)
    inbox = Inbox(store)
    for _ in range(3):
        assert inbox.has_room(["pump_1.speed_cmd"])
        inbox.put("pump_1.speed_cmd", 0.5, "flood")
    assert not inbox.has_room(["pump_1.speed_cmd"])
    assert not inbox.has_room(["pump_2.speed_cmd", "pump_1.speed_cmd"])
    assert inbox.has_room(["pump_2.speed_cmd", "pump_2.head_sp"])
    inbox.put("pump_2.speed_cmd", 1.0, "another")
    assert not inbox.has_room(["pump_2.speed_cmd"])
    assert [write.source for write in inbox.take(0)] == ["flood", "flood", "flood", "another"]
    assert inbox.has_room(["pump_1.speed_cmd", "pump_2.speed_cmd"])


def test_replay_gives_the_same_bits_at_the_same_times(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    journal = Journal(file, HEADER)
    inbox = Inbox(store, journal)
    values = [0.1 + 0.2, 5e-324, -0.0, 19999.999999999996, 1 / 3, 2.0**13 + 2.0**-39, -1e-7]
    told = {}
    for time_ms, value in enumerate(values):
        inbox.put("pump_1.head_sp", value, 'quoted "source" \u20ac\n')
        inbox.put("pump_2.head_sp", -value, "page")
        told[time_ms * 1000] = inbox.take(time_ms * 1000)
    journal.close()
    replay = Replay(file, store)
    assert replay.header["seed"] == 7
    assert not replay.truncated
    for time_ms, writes in told.items():
        assert replay.next_ms() == time_ms
        again = replay.take(time_ms)
        assert again == writes
        assert [w.value.hex() for w in again] == [w.value.hex() for w in writes]
        assert replay.take(time_ms + 999) == []
    assert replay.next_ms() is None


def test_lines_reach_the_disk_when_the_wall_clock_has_moved_on(store: Store, tmp_path: Path) -> None:
    file, wall = tmp_path / "journal.jsonl", Wall()
    journal = Journal(file, HEADER, flush_s=0.5, wall=wall)
    inbox = Inbox(store, journal)
    assert len(lines(file)) == 1
    inbox.put("pump_1.head_sp", 1.0, "page")
    inbox.take(0)
    assert len(lines(file)) == 1
    wall.now += 0.6
    inbox.take(1000)  # nothing new has come, yet the waiting line goes out
    assert len(lines(file)) == 2
    wall.now += 0.6
    inbox.put("pump_1.head_sp", 2.0, "page")
    inbox.take(2000)
    assert len(lines(file)) == 3
    journal.close()


def test_every_cut_of_the_last_line_is_tolerated(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    journal = Journal(file, HEADER)
    inbox = Inbox(store, journal)
    for time_ms in (0, 1000):
        inbox.put("pump_1.head_sp", 20.125 + time_ms, "page")
        inbox.take(time_ms)
    journal.close()
    whole = file.read_bytes()
    start = whole[:-1].rfind(b"\n") + 1
    for end in range(start, len(whole) + 1):
        file.write_bytes(whole[:end])
        replay = Replay(file, store)
        complete = end >= len(whole) - 1  # only the line's end is missing
        assert [w.value for w in replay.take(9999)] == ([20.125, 1020.125] if complete else [20.125])
        assert replay.truncated == (start < end < len(whole) - 1)


HEAD = '{"geotwin_journal": 1}\n'
GOOD = '{"t_ms": 5, "path": "pump_1.head_sp", "value": 1.0, "source": "page"}\n'


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "not the header"),
        ('{"geotwin_journal": 2}\n', 1, "not the header"),
        (GOOD, 1, "not the header"),
        (HEAD + GOOD[:20] + "\n" + GOOD, 2, "not a write"),
        (HEAD + GOOD + "\n" + GOOD, 3, "not a write"),
        (HEAD + "[" * 90_000 + "\n" + GOOD, 2, "not a write"),
        (HEAD + "[" * 100_000 + "\n" + GOOD, 2, "a line of more than 100,000 bytes"),
        (HEAD + GOOD.replace("1.0", "NaN"), 2, "not a finite number"),
        (HEAD + GOOD.replace("1.0", "1e999"), 2, "not a finite number"),
        (HEAD + GOOD.replace("1.0", "1" + "0" * 400), 2, "too large"),
        (HEAD + GOOD.replace("1.0", "true"), 2, "value a number"),
        (HEAD + GOOD.replace("5", "5.5"), 2, "t_ms an integer"),
        (HEAD + GOOD.replace('"pump_1.head_sp"', "3"), 2, "texts"),
        (HEAD + GOOD.replace("head_sp", "hed_sp"), 2, "did you mean 'head_sp'"),
        (HEAD + GOOD.replace("head_sp", "speed_cmd").replace("1.0", "1.5"), 2, "outside 0 .. 1"),
        (HEAD + GOOD + GOOD.replace("5", "4"), 3, "times never go back"),
    ],
)
def test_other_damage_is_named_with_its_line(store: Store, tmp_path: Path, text: str, line: int, message: str) -> None:
    file = tmp_path / "journal.jsonl"
    file.write_text(text)
    with pytest.raises(InputError, match=rf"journal.jsonl:{line}: .*{message}"):
        Replay(file, store)


def test_a_missing_journal_is_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        Replay(tmp_path / "none.jsonl", store)


CHILD = """
    import sys
    from pathlib import Path
    from twin.journal import Inbox, Journal
    from twin.points import Model, setpoint
    from twin.store import Store

    class Pump(Model):
        head_sp = setpoint("m")

    wall = iter(range(10**9))  # one second passes with every look at the clock
    journal = Journal(Path(sys.argv[1]), {}, flush_s=10.0, wall=lambda: float(next(wall)))
    inbox = Inbox(Store({Pump: ["pump_1"]}), journal)
    for count in range(1, 10**9):
        inbox.put("pump_1.head_sp", count + 0.5, "page")
        inbox.take(count)
        if not journal.dirty:
            print(count, flush=True)
"""


def test_a_killed_run_leaves_all_flushed_writes(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(CHILD), str(file)], stdout=subprocess.PIPE)
    with child:
        assert child.stdout is not None
        flushed = [int(child.stdout.readline()) for _ in range(50)][-1]
        child.kill()
    replay = Replay(file, store)
    values = [w.value for w in replay.take(10**9)]
    assert len(values) >= flushed
    assert values == [count + 0.5 for count in range(1, len(values) + 1)]
