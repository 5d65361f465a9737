"""Points that the registers of a table may show: by the words of their names, of the same dimension and direction."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hil.bus.bus_vector import bind
from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.tables.entry import Entry
from hil.tables.words import Vocabulary, plain
from twin.errors import InputError
from twin.points import ALARM, COMMAND, SENSOR, SETPOINT, STATUS, Model
from twin.store import Store

_SHOWN, _TRIED, _LEAST = 3, 40, 0.5
_KINDS = (SENSOR, STATUS, ALARM, COMMAND, SETPOINT)
_DIFFERENCE = "K"


@dataclass(frozen=True)
class Candidate:
    """A point that a register may show: as a device file names it, its words, and the unit of its values."""

    named: str
    words: frozenset[str]
    unit: str


def propose(entries: Sequence[Entry], device: DeviceMap, store: Store, component: str, words: Vocabulary) -> None:
    """Write the nearest points into the entries (`ideas`), the nearest first; those of one component, or of all.

    A point goes first in one entry only: the one whose words are nearest.
    """
    by_word: dict[str, list[Candidate]] = {}
    for one in _candidates(store, component):
        for word in one.words:
            by_word.setdefault(word, []).append(one)
    found: list[tuple[float, Entry, str]] = []
    for entry, register in zip((one for one in entries if one.register), device.registers, strict=True):
        entry.ideas = []
        if register.point or register.type in ("string", "bitfield"):
            continue
        scored = _scored(_words(f"{register.name} {register.comment}", words), by_word, register)
        entry.ideas = _first(_fitting(scored, register, device, store, component))
        if entry.ideas:
            found.append((scored[entry.ideas[0]], entry, entry.ideas[0]))
    _once(found)


def _once(found: list[tuple[float, Entry, str]]) -> None:
    """Leave a point that several rows have as their nearest to the one with the best score."""
    taken: set[str] = set()
    for _, entry, named in sorted(found, key=lambda one: -one[0]):
        if named in taken:
            entry.ideas = [idea for idea in entry.ideas if idea not in taken]
        taken |= set(entry.ideas[:1])


def _scored(given: frozenset[str], by_word: dict[str, list[Candidate]], register: Register) -> dict[str, float]:
    """Points that share enough words with a register, the best first, with their scores."""
    near = {one for word in given for one in by_word.get(word, ())}
    alike = (one for one in near if (one.unit == _DIFFERENCE) == (register.uom == _DIFFERENCE))
    scores = {one.named: _score(given, one) for one in alike}
    good = [(name, score) for name, score in scores.items() if score >= _LEAST]
    return dict(sorted(good, key=lambda one: (-one[1], len(one[0]), one[0]))[:_TRIED])


def _first(names: Iterator[str]) -> list[str]:
    return [name for name, _ in zip(names, range(_SHOWN), strict=False)]


def _candidates(store: Store, component: str) -> Iterator[Candidate]:
    if component:
        model: type[Model] = store.model(component)
        for name, point in model.points.items():
            if point.kind in _KINDS and point.count == 1:
                yield Candidate(name, frozenset(plain(name).split()), point.unit)
        return
    for path, point in store.paths():
        owner, _, name = path.partition(".")
        if point.kind in _KINDS and "[" not in name:
            near = {word for word in plain(owner).split() if not word.isdigit()}
            yield Candidate(path, frozenset({*plain(name).split(), *near}), point.unit)


def _words(text: str, known: Vocabulary) -> frozenset[str]:
    """The words of a register, and what they mean: those of compounds, too (Vorlauftemperatur: leaving, temp)."""
    spaced = f" {plain(text)} "
    meant = {
        meaning
        for meaning, words in known.points.items()
        if any((word in spaced) if len(word) >= 5 else f" {word} " in spaced for word in words)
    }
    plainly = {re.sub(r"\d+$", "", word) for word in spaced.split()}
    return frozenset(meant | plainly)


def _score(given: frozenset[str], one: Candidate) -> float:
    """The share of a point's words that a register has."""
    return len(given & one.words) / len(one.words) + 0.01 * len(given & one.words)


def _fitting(
    names: Iterable[str], register: Register, device: DeviceMap, store: Store, component: str
) -> Iterator[str]:
    """Those that a device can show in that register: of its dimension, and written only where it may be."""
    for name in names:
        given = register.model_dump(by_alias=True, exclude_none=True) | {"point": name}
        try:
            shown = Register.model_validate(given)
            bind(device.model_copy(update={"registers": (shown,)}), component, store)
        except (InputError, ValueError):
            continue
        yield name
