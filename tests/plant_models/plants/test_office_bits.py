"""The office plant gives the same bits compiled and as plain Python, and goes on from a snapshot bit for bit."""

import hashlib
import os
import subprocess
import sys
from datetime import datetime

from plant_models.plant import Plant, build

TICKS = 200
START = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
COMMANDS = {
    **{f"v{number}.open_cmd": 1.0 for number in (1, 3, 5, 7)},
    **{f"{pump}.enable_cmd": 1.0 for pump in ("well_pump_1", "well_pump_2", "source_pump_1", "load_pump_1")},
    **{f"{pump}.speed_cmd": 0.9 for pump in ("well_pump_1", "well_pump_2", "source_pump_1", "load_pump_1")},
    "hp_1.enable_cmd": 1.0,
}


def started() -> Plant:
    """The plant with valves on their way, pumps ramping up and a unit about to start."""
    plant = build("office", START)
    for path, value in COMMANDS.items():
        plant.store.write(path, value)
    return plant


def digest(plant: Plant) -> str:
    """A number for all the bits of the plant."""
    return hashlib.sha256(plant.store.values.tobytes()).hexdigest()


def run_elsewhere(plain: str) -> str:
    """The digest after `TICKS` ticks in a process of its own, with or without compiled code."""
    result = subprocess.run(
        [sys.executable, __file__],
        env={**os.environ, "NUMBA_DISABLE_JIT": plain},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.strip()


def test_compiled_and_plain_python_give_the_same_bits() -> None:
    assert run_elsewhere("0") == run_elsewhere("1")


def test_the_number_of_ticks_in_a_call_changes_no_bit() -> None:
    at_once, one_by_one = started(), started()
    at_once.advance(TICKS)
    for _ in range(TICKS):
        one_by_one.advance(1)
    assert digest(at_once) == digest(one_by_one)
    assert at_once.store.read("well_1.flow") > 5.0, "the plant is at work"


def test_a_snapshot_goes_on_bit_for_bit() -> None:
    plant = started()
    plant.advance(TICKS)
    snapshot = plant.snapshot()
    plant.advance(TICKS)
    first = plant.store.values.copy()
    plant.store.write("load_pump_1.speed_cmd", 0.4)
    plant.advance(TICKS)
    assert digest(plant) != hashlib.sha256(first.tobytes()).hexdigest()
    plant.restore(snapshot)
    plant.advance(TICKS)
    assert plant.store.values.tobytes() == first.tobytes()


if __name__ == "__main__":
    at_work = started()
    at_work.advance(TICKS)
    print(digest(at_work))
