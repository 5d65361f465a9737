"""Outside the model's range: when a law was used beyond what it was made for, and by how much.

A point that is declared with `law` is not 0 while the range of that law is left: its value is by how much, or 1.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scenarios.recording import Floats, Recording
from twin.points import Point
from twin.store import Store


@dataclass(frozen=True)
class Beyond:
    """One law of one component, left at least once.

    path:    the point that says so; law: in words
    first_s: when it was left first [s]; length_s: for how long in all [s]
    worst:   by how much at the most, in `unit` (of a plain flag 1); worst_s: when [s]
    """

    path: str
    law: str
    unit: str
    first_s: float
    length_s: float
    worst: float
    worst_s: float


def flags(store: Store) -> Iterator[tuple[str, Point]]:
    """Every point of a plant that tells of a law."""
    yield from ((path, point) for path, point in store.paths() if point.law)


def beyond(store: Store, recording: Recording) -> list[Beyond]:
    """The laws that were left during a recording, the longest first; only what was recorded is seen.

    A flag with several states is one entry for each state, told by its name.
    """
    recorded = set(recording.paths())
    found: list[Beyond] = []
    for path, point in flags(store):
        if path not in recorded:
            continue
        size = np.abs(np.nan_to_num(recording.signal(path)))
        if len(point.values) > 2:
            states = [
                (f"{point.law}: {name.replace('_', ' ')}", np.where(size == code, 1.0, 0.0))
                for code, name in point.values.items()
            ]
            found += [_left(path, law, "1", when, recording) for law, when in states[1:] if when.any()]
        elif size.any():
            found.append(_left(path, point.law, point.unit, size, recording))
    return sorted(found, key=lambda one: (-one.length_s, one.path))


def _left(path: str, law: str, unit: str, size: Floats, recording: Recording) -> Beyond:
    """One entry; size: by how much at every time of the recording, somewhere above 0."""
    time = recording.time_s
    held = np.diff(time, append=time[-1:])
    first, worst = int(np.argmax(size > 0.0)), int(np.argmax(size))
    length = float(held[size > 0.0].sum())
    return Beyond(path, law, unit, float(time[first]), length, float(size[worst]), float(time[worst]))
