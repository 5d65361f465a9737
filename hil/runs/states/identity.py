"""What a saved run is of: plant, devices, controller and code as they were before anything ran, each by a mark."""

import hashlib
import math
import platform
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from hil.bench.bench import Bench
from hil.bench.memory import Memory
from hil.runs.versions import ROOMS, code_mark, versions
from twin.errors import InputError
from twin.kernel import JIT

DIFFERENT = {
    "code": "another version of geotwin, or of what it computes with, or another machine",
    "plant": "another plant, or one that starts at another moment or other values",
    "weather": "other weather",
    "devices": "other devices",
    "controller": "another controller, or one with other settings",
    "scan_ms": "another scan period",
    "period_ms": "another time between recorded rows",
    "stop": "another condition that ends the run",
    "held": "a controller that stops working at another time",
    "seed": "another seed, which its faults depend on",
}
"""What a mark stands for, as a person is told where it differs."""


def mark_of(parts: Iterable[Any]) -> str:
    """A fingerprint of bytes and of what can be told in words."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else repr(part).encode()
        digest.update(f"{len(data)}\n".encode() + data)
    return digest.hexdigest()


def plant_mark(bench: Bench) -> str:
    """Of all numbers of a plant, by their names; to be asked before anything has run."""
    store = bench.store
    names = [(name, model.table) for name, model, _ in store.components()]
    names += [(table, str(model.dtype.descr)) for table, model in store.models.items()]
    arrays = bench.plant.arrays()
    start = bench.plant.start.isoformat()
    return mark_of([bench.plant.tick_s, start, names, *(array.tobytes() for array in arrays.values())])


def devices_mark(bench: Bench) -> str:
    """Of all devices: where they are, what their registers are, and what those show of the plant."""
    bus = bench.bus
    maps = {id(unit.device): unit.device for unit in bus.units}
    marks = {number: mark_of([device]) for number, device in maps.items()}
    told = [(unit.name, unit.port, unit.unit, unit.component, marks[id(unit.device)]) for unit in bus.units]
    return mark_of([told, bus.points.tobytes()])


def weather_mark(bench: Bench, until_ms: int) -> str:
    """Of the weather up to an instant [ms], and of the row that comes then."""
    row = bench.store.row("weather")
    last = math.ceil((float(row.offset_s) + until_ms / 1000.0) / float(row.step_s)) + 1
    return mark_of([np.ascontiguousarray(bench.plant.weather[: last + 1]).tobytes()])


def controller_mark(memory: Memory) -> str:
    """Of a controller: what it is and remembers when it has just been made, and its code where that is not ours."""
    files = []
    for name in sorted(memory.modules()):
        file = getattr(sys.modules.get(name), "__file__", None)
        if name.partition(".")[0] not in ROOMS and file and Path(file).is_file():
            files.append((name, Path(file).read_bytes()))
    return mark_of([memory.mark(), files])


def code() -> str:
    """Of the code of geotwin and of what it computes with."""
    return mark_of([code_mark(), versions(), platform.machine(), JIT])


def check_same(there: Mapping[str, Any], here: Mapping[str, Any], file: Path) -> None:
    """InputError that says in which respects a state is of another run."""
    other = [what for name, what in DIFFERENT.items() if there.get(name) != here.get(name)]
    if other:
        raise InputError(f"{file}: this run cannot go on from there: the state is of {'; of '.join(other)}")
