"""A run disturbed from outside, repeated from its journal alone, leaves the same recording to the bit."""

from pathlib import Path
from random import Random

import numpy as np

from twin.fault_set import FaultSet, fault_rows
from twin.faults import apply_faults
from twin.journal import JOURNAL_FILE, Inbox, Journal, Replay
from twin.points import Model, command, sensor
from twin.recorded import RECORDING_FILE, fingerprint
from twin.recorder import Column, Recorder, Source
from twin.store import Store


class Tank(Model):
    """Stirred water with a heater: 1 K/s at full power against a loss of 0.1 % per second."""

    heat_cmd = command("1", lo=0.0, hi=1.0)
    temp = sensor("degC", 20.0)


def run(folder: Path, source: Inbox | Replay, store: Store, user: Random | None = None, seed: int = 7) -> str:
    """600 s of a tank that a user writes to now and then, with a noisy sensor; the fingerprint of its recording."""
    sensed = store.values.copy()
    faults = FaultSet(fault_rows(4), sensed.size, seed)
    faults.start("noisy", "noise", {"tank.temp": [store.index("tank.temp")]}, {"sigma": 0.1}, 60.0)
    kept = [Column(path, point.unit, store.index(path), "float64") for path, point in store.paths()]
    shown = [Column(f"bus.{column.path}", column.unit, column.slot) for column in kept]
    tank = store.row("tank")
    with Recorder(folder, [Source(store.values, kept), Source(sensed, shown)], 1000, {}) as recorder:
        for time_ms in range(0, 600_000, 1000):
            if user is not None and isinstance(source, Inbox):
                for _ in range(user.choice((0, 0, 0, 0, 1, 2))):
                    source.put("tank.heat_cmd", user.random(), "page")
            for write in source.take(time_ms):
                store.values[write.slot] = write.value
            tank.temp += tank.heat_cmd - 0.001 * (tank.temp - 15.0)
            np.copyto(sensed, store.values)
            apply_faults(sensed, faults.rows, time_ms / 1000.0)
            recorder.record(time_ms)
    return fingerprint(folder / RECORDING_FILE)


def plant() -> Store:
    return Store({Tank: ["tank"]})


def test_a_journal_repeats_its_run(tmp_path: Path) -> None:
    store, journal = plant(), Journal(tmp_path / JOURNAL_FILE, {"seed": 7})
    first = run(tmp_path / "first", Inbox(store, journal), store, Random(1))
    journal.close()
    other = plant()
    again = run(tmp_path / "again", Replay(tmp_path / JOURNAL_FILE, other), other)
    assert again == first
    undisturbed, reseeded = plant(), plant()
    assert run(tmp_path / "undisturbed", Inbox(undisturbed), undisturbed) != first
    replay = Replay(tmp_path / JOURNAL_FILE, reseeded)
    assert run(tmp_path / "reseeded", replay, reseeded, seed=8) != first
