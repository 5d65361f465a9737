"""Which signals a report shows, and in which panels: those of the criteria first, then telling ones of each kind."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from hil.reports.shown import BAR_FROM
from scenarios import Outcome
from scenarios.criteria.verdict import ORDER

MOST_SIGNALS = 44
MOST_TRIES = 4
"""So many signals are read for each one of a kind that is wanted: those that never change are passed over."""

_NUMBER = re.compile(r"\d+")
_FOUND_IN_NAME = re.compile(r"(?:^|[._])(?:energy|volume|residual|time|since|stored|seen)(?:$|_)")


class Signals(Protocol):
    """Where the signals come from, such as twin.recorded.RecordedRun."""

    def paths(self) -> Iterable[str]: ...
    def unit(self, path: str) -> str: ...
    def values(self, path: str) -> dict[int, str]: ...
    def signal(self, path: str) -> NDArray[np.float64]: ...


@dataclass(frozen=True)
class Kind:
    """A kind of signal: the title of its panels, how many it shows unasked, and which names it takes, best first."""

    title: str
    unasked: int
    names: tuple[str, ...] = ()


LANES = Kind("Operation and alarms", 10, ("running", "alarm", "mode", "season", "stage", "state"))
_TEMPERATURES = Kind(
    "Temperatures",
    8,
    ("supply_temp", "return_temp", "leaving_temp", "entering_temp", "room_temp", "outdoor_temp", "_temp", "temp"),
)
_POWERS = Kind("Powers", 6, ("power", "capacity", "heat", "gain"))
_FLOWS = Kind("Flows", 5, ("flow",))
_AIR_FLOWS = Kind("Air flows", 2, ("air_flow", "fresh_air"))
_PRESSURES = Kind("Pressures", 5, ("pressure",))
_SMALL_PRESSURES = Kind("Pressure differences", 4, ("pressure", "difference", "head"))
FRACTIONS = Kind("Commands, speeds, positions", 6, ("_cmd", "speed", "position"))
_COUNTS = Kind("Ratios and counts", 0)
_UNITS = {
    "degC": _TEMPERATURES,
    "W": _POWERS,
    "kW": _POWERS,
    "m3/h": _FLOWS,
    "l/s": _FLOWS,
    "kg/s": Kind("Mass flows", 0),
    "J": Kind("Energies", 0),
    "kWh": Kind("Energies", 0),
    "K": Kind("Temperature differences", 0),
    "m": Kind("Levels and depths", 3, ("drawdown", "level", "depth")),
    "ppm": Kind("Solids", 2, ("sand",)),
}
_CALENDAR = ("weather.hour", "weather.weekday", "weather.day_of_year")
"""Judged by many criteria, and told by the axis of every plot."""
_ORDER = (_TEMPERATURES, _POWERS, _FLOWS, _AIR_FLOWS, _PRESSURES, _SMALL_PRESSURES, FRACTIONS, LANES)


@dataclass(frozen=True)
class Chosen:
    """A signal to be shown, and whether a criterion asked for it."""

    path: str
    unit: str
    kind: Kind
    asked: bool


def choose(signals: Signals, outcomes: Sequence[Outcome]) -> list[Chosen]:
    """The signals of the criteria (the gravest outcome's first), then typical ones that move, at most MOST_SIGNALS."""
    known = set(signals.paths())
    grave = sorted(outcomes, key=lambda outcome: -ORDER.index(outcome.verdict))
    asked = [path for outcome in grave for path in outcome.signals if path in known and path not in _CALENDAR]
    chosen = [_chosen(signals, path, True) for path in dict.fromkeys(asked)][:MOST_SIGNALS]
    left = {kind: kind.unasked for kind in (*_ORDER, *_UNITS.values())}
    for one in chosen:
        left[one.kind] = left.get(one.kind, 0) - 1
    tries = {kind: MOST_TRIES * kind.unasked for kind in left}
    taken = {one.path for one in chosen}
    for kind, path in _candidates(signals):
        if len(chosen) >= MOST_SIGNALS:
            break
        if path in taken or left[kind] <= 0 or tries[kind] <= 0:
            continue
        tries[kind] -= 1
        found = _chosen(signals, path, False)
        if found.kind in (kind, LANES, _SMALL_PRESSURES) and left[found.kind] > 0 and moves(signals.signal(path)):
            chosen.append(found)
            left[found.kind] -= 1
            left[kind] -= 0 if found.kind is kind else 1
    return chosen


def moves(values: NDArray[np.float64]) -> bool:
    """True where a signal is known and not always the same."""
    known = values[np.isfinite(values)]
    return bool(known.size and known.max() > known.min())


def _chosen(signals: Signals, path: str, asked: bool) -> Chosen:
    unit, values = signals.unit(path), signals.signal(path)
    known = values[np.isfinite(values)]
    largest = float(np.abs(known).max(initial=0.0))
    if unit == "Pa":
        return Chosen(path, unit, _PRESSURES if largest >= BAR_FROM else _SMALL_PRESSURES, asked)
    if unit not in ("1", ""):
        return Chosen(path, unit, _kind_by_unit(unit, path) or Kind(f"Signals in {unit}", 0), asked)
    if signals.values(path) or np.isin(known, (0.0, 1.0)).all():
        return Chosen(path, unit, LANES, asked)
    inside = largest <= 1.0 and known.min(initial=0.0) >= 0.0
    return Chosen(path, unit, FRACTIONS if inside else _COUNTS, asked)


def _candidates(signals: Signals) -> list[tuple[Kind, str]]:
    """True values (not those of the bus) with a telling name: the first of each family of components come first."""
    found: list[tuple[int, int, int, Kind, str]] = []
    members: dict[str, int] = {}
    for order, path in enumerate(signals.paths()):
        kind = _kind_by_name(signals.unit(path), path)
        if kind is None or path.startswith("bus.") or "[" in path or _FOUND_IN_NAME.search(path):
            continue
        name = path.rpartition(".")[2]
        rank = next((number for number, part in enumerate(kind.names) if part in name), None)
        if rank is not None:
            family = _NUMBER.sub("#", path)
            members[family] = members.get(family, -1) + 1
            found.append((members[family], rank, order, kind, path))
    found.sort(key=lambda one: one[:3])
    return [(kind, path) for _, _, _, kind, path in found]


def _component(path: str) -> str:
    return path.removeprefix("bus.").rpartition(".")[0]


def _kind_by_name(unit: str, path: str) -> Kind | None:
    """The kind that a signal most likely is of, before its values are known."""
    if unit == "Pa":
        return _PRESSURES
    if unit in ("1", ""):
        name = path.rpartition(".")[2]
        return FRACTIONS if any(part in name for part in FRACTIONS.names) else LANES
    return _kind_by_unit(unit, path)


def _kind_by_unit(unit: str, path: str) -> Kind | None:
    """The kind of a quantity; air is thousands of times the volume of water and has a panel of its own."""
    if unit == "m3/h" and any(part in path for part in _AIR_FLOWS.names):
        return _AIR_FLOWS
    return _UNITS.get(unit)


def panels(chosen: Sequence[Chosen], most: int = 8) -> list[tuple[str, list[Chosen]]]:
    """The signals by panel (title, signals): first what is judged, with the like of the same component beside it.

    On-off signals and modes make one panel, the last.
    """
    judged = {(one.kind, one.unit, _component(one.path)) for one in chosen if one.asked}
    groups: dict[tuple[bool, Kind, str], list[Chosen]] = {}
    for one in chosen:
        if one.kind is not LANES:
            near = (one.kind, one.unit, _component(one.path)) in judged
            groups.setdefault((near, one.kind, one.unit), []).append(one)
    order = {kind: number for number, kind in enumerate(_ORDER)}
    found = []
    for near, kind, unit in sorted(groups, key=lambda key: (not key[0], order.get(key[1], len(order)))):
        members = groups[near, kind, unit]
        title = f"{kind.title}, judged" if near else kind.title
        for begin in range(0, len(members), most):
            number = f" ({begin // most + 1})" if len(members) > most else ""
            found.append((title + number, members[begin : begin + most]))
    lanes = [one for one in chosen if one.kind is LANES]
    return [*found, (LANES.title, lanes)] if lanes else found
