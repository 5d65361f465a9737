"""Where a bench stands at an instant: words and numbers, nothing that could be run."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError
from twin.schedule import Due, Instant

_AWAY = "away "


@dataclass(frozen=True)
class State:
    """words: what JSON can say; numbers: the bytes of arrays by name, as this machine holds them."""

    words: dict[str, Any]
    numbers: dict[str, bytes]


def packed(arrays: Mapping[str, NDArray[Any]], away: Mapping[str, NDArray[np.float64]]) -> dict[str, bytes]:
    """The bytes of arrays as they are now. away: those of devices out of reach"""
    found = {name: array.tobytes() for name, array in arrays.items()}
    return found | {_AWAY + name: array.tobytes() for name, array in away.items()}


def unpack(arrays: Mapping[str, NDArray[Any]], numbers: Mapping[str, bytes]) -> None:
    """Give the arrays what was packed of their equals; InputError, and nothing given, where they are others."""
    kept = {name: data for name, data in numbers.items() if not name.startswith(_AWAY)}
    if {name: len(data) for name, data in kept.items()} != {name: array.nbytes for name, array in arrays.items()}:
        raise InputError("the numbers of the state are not those of this plant and its devices")
    for name, array in arrays.items():
        np.frombuffer(array, np.uint8)[:] = np.frombuffer(kept[name], np.uint8)


def away(numbers: Mapping[str, bytes]) -> dict[str, NDArray[np.float64]]:
    """What was packed of devices out of reach; ValueError where that is no array."""
    kept = {name.removeprefix(_AWAY): data for name, data in numbers.items() if name.startswith(_AWAY)}
    return {name: np.frombuffer(data, np.float64).copy() for name, data in kept.items()}


def instant_of(told: Any) -> Instant:
    """An instant as JSON gives it back; ValueError, TypeError where it is none."""
    now_ms, event_ms, plant_ms, due = told
    found = []
    for time_ms, phase, name, given, again in due:
        if type(given) not in (list, tuple) or type(name) is not str:
            raise ValueError("what is due has no name")
        found.append(Due(int(time_ms), int(phase), name, tuple(given), bool(again)))
    return Instant(int(now_ms), int(event_ms), int(plant_ms), tuple(found))


def stored_words(stored: Mapping[int, int | bytes]) -> list[list[Any]]:
    """What registers hold exactly, for JSON."""
    return [[number, raw.hex() if isinstance(raw, bytes) else raw] for number, raw in sorted(stored.items())]


def stored_of(told: Any) -> dict[int, int | bytes]:
    """The same, back from JSON; ValueError, TypeError where it is none."""
    return {int(number): bytes.fromhex(raw) if isinstance(raw, str) else int(raw) for number, raw in told}
