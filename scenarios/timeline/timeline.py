"""The timeline: what is to happen, as a user writes it, and as the plain actions that a runner carries out."""

import re
from collections.abc import Iterator, Mapping

from scenarios.expressions.moments import Moment
from scenarios.expressions.text import Expression
from scenarios.expressions.wildcards import bind_single, is_wild, matches
from scenarios.file_types import setting
from scenarios.recording import Directory
from scenarios.timeline.actions import (
    Action,
    EndFault,
    FailPoint,
    FailSensor,
    FailWire,
    Fault,
    FaultKinds,
    Ramp,
    SetPoint,
    Start,
)
from scenarios.timeline.entries import ClearEntry, Entry, FaultEntry, RampEntry, SetEntry, fault_kind
from twin.errors import Gathered, InputError, nearest, unknown
from twin.faults import SENSOR, VALUE_FAULTS
from twin.points import FAULT_PREFIX

_SELECTED = re.compile(r"the (?P<what>\w+) one of (?P<of>\S+)")


class Timeline:
    """The entries of a scenario, checked among themselves: ids exist, no circles, nothing after the end."""

    def __init__(self, entries: list[Entry], duration_s: float) -> None:
        self.entries, self.duration_s = entries, duration_s
        self.ids = [entry.id or f"action_{number}" for number, entry in enumerate(entries, 1)]
        self.places = {id_: entry.where for id_, entry in zip(self.ids, entries, strict=True)}
        self._by_id: dict[str, Entry] = {}
        for entry in entries:
            if entry.id and entry.id in self._by_id:
                raise InputError(f"{entry.where}: the id {entry.id!r} is given twice")
            if entry.id:
                self._by_id[entry.id] = entry
        for entry in entries:
            at_s = self.begin(entry, ())
            if at_s is not None and not 0 <= at_s <= duration_s:
                raise InputError(f"{entry.where}: at {at_s:g} s is outside the scenario (0 .. {duration_s:g} s)")
            last_s = entry.repeats_s[-1] if at_s is None else at_s + entry.repeats_s[-1]
            if last_s > duration_s:
                raise InputError(f"{entry.where}: its last time is at {last_s:g} s, after the end ({duration_s:g} s)")
            if isinstance(entry, ClearEntry):
                self.check_id(entry.clear, entry.where, faults_only=True)

    def check_id(self, event: str, where: str, faults_only: bool = False) -> None:
        """InputError where no entry has that id."""
        ids = [i for i, entry in self._by_id.items() if isinstance(entry, FaultEntry) or not faults_only]
        if event not in ids:
            raise unknown("fault with the id" if faults_only else "id in the timeline", event, ids, where)

    def check_moment(self, event: str, ending: bool, where: str) -> None:
        """InputError where no entry has that id, or where the entry has no end."""
        self.check_id(event, where)
        ends = [entry for entry in self.entries if isinstance(entry, ClearEntry) and entry.clear == event]
        if ending and not ends and not self._by_id[event].has_end:
            raise InputError(f"{where}: {event!r} never ends: it has no `for` and nothing clears it")

    def begin(self, entry: Entry, seen: tuple[str, ...]) -> float | None:
        """The time an entry begins [s], None where that is known only in the run."""
        if entry.at is None:
            return None
        if entry.at.time_s is not None:
            return entry.at.time_s
        self.check_moment(entry.at.event, entry.at.ending, entry.at.where)
        if entry.at.event in seen:
            raise InputError(f"{entry.at.where}: {' -> '.join([*seen, entry.at.event])} is a circle")
        other = self._by_id[entry.at.event]
        base = self.begin(other, (*seen, entry.at.event))
        if entry.at.ending:
            base = None if base is None or other.length_s is None else base + other.length_s
        return None if base is None else base + entry.at.offset_s

    def time_of(self, moment: Moment) -> float | None:
        """When a moment comes [s], None where that is known only in the run."""
        if not moment.event:
            return moment.time_s
        entry = self._by_id[moment.event]
        base = self.begin(entry, ())
        if moment.ending:
            base = None if base is None or entry.length_s is None else base + entry.length_s
        return None if base is None else base + moment.offset_s

    def actions(self, directory: Directory, kinds: Mapping[str, FaultKinds]) -> list[Action]:
        """The actions, in the order of the file; kinds: the fault kinds of the bench by name (`modbus.no_reply`)."""
        found: list[Action] = []
        wrong = Gathered()
        for id_, entry in zip(self.ids, self.entries, strict=True):
            with wrong.trying():
                found += self._actions(id_, entry, directory, kinds)
        wrong.tell()
        return found

    def _actions(
        self, id_: str, entry: Entry, directory: Directory, kinds: Mapping[str, FaultKinds]
    ) -> Iterator[Action]:
        """The actions of an entry, as often as it happens."""
        first = self._start(entry, directory)
        for later_s in entry.repeats_s:
            start = first.later(later_s)
            yield from _once(id_, start, entry, directory, kinds)
            if isinstance(entry, FaultEntry) and entry.for_ is not None:
                over = Start(after=id_, offset_s=later_s + entry.for_)
                yield EndFault(id_, over if start.at_s is None else start.later(entry.for_))

    def _start(self, entry: Entry, directory: Directory) -> Start:
        if entry.when is not None:
            return Start(when=bind_single(entry.when.held, directory), hold_s=entry.when.for_)
        at_s = self.begin(entry, ())
        if at_s is not None or entry.at is None:
            return Start(at_s=at_s)
        return Start(after=entry.at.event, ending=entry.at.ending, offset_s=entry.at.offset_s)


def _once(
    id_: str, start: Start, entry: Entry, directory: Directory, kinds: Mapping[str, FaultKinds]
) -> Iterator[Action]:
    """What begins when an entry happens."""
    if isinstance(entry, SetEntry):
        for point in points(entry.set, directory, entry.where):
            yield SetPoint(id_, start, point, setting(entry.to, point, directory))
    elif isinstance(entry, RampEntry):
        for point in points(entry.ramp, directory, entry.where):
            begin = None if entry.from_ is None else setting(entry.from_, point, directory)
            yield Ramp(id_, start, point, begin, setting(entry.to, point, directory), entry.over, entry.shape)
    elif isinstance(entry, ClearEntry):
        yield EndFault(entry.clear, start)
    elif isinstance(entry, FaultEntry):
        yield from _faults(id_, start, entry, directory, kinds)


def points(path: str, directory: Directory, where: str) -> list[str]:
    """The point of that path, or all that its wildcards stand for; InputError where there is none."""
    known = list(directory.paths())
    try:
        found = list(matches(path, known).values()) if is_wild(path) else [path]
        for point in found:
            directory.unit(point)
    except InputError as error:
        raise error.under(where) from error
    if not found:
        raise InputError(f"{where}: no point matches {path!r}{nearest(path, known)}")
    return found


def _fault_points(path: str, directory: Directory, where: str) -> list[str]:
    """The fault of that path, or all that its wildcards stand for; where there is none, only faults are proposed."""
    try:
        return points(path, directory, where)
    except InputError as error:
        faults = [name for name in error.allowed if name.startswith(FAULT_PREFIX)]
        if not faults:
            raise
        component, _, name = path.rpartition(".")
        raise unknown(f"fault of {component}", name, faults, where) from error


def _one_of(id_: str, start: Start, entry: FaultEntry, directory: Directory, chosen: re.Match[str]) -> FailPoint:
    """The fault on the one of several equals for which something holds when it begins."""
    found = _fault_points(chosen["of"], directory, entry.where)
    conditions = [f"{point.split('.', 1)[0]}.{chosen['what']}" for point in found]
    for condition in conditions:
        points(condition, directory, entry.where)
    value = setting(entry.needed_to(), found[0], directory)
    return FailPoint(id_, start, found[0], value, entry.over, tuple(zip(conditions, found, strict=True)))


def _faults(
    id_: str, start: Start, entry: FaultEntry, directory: Directory, kinds: Mapping[str, FaultKinds]
) -> Iterator[Fault]:
    given: dict[str, object] = {name: str(value) for name, value in entry.parameters.items()}
    if entry.physical and (chosen := _SELECTED.fullmatch(entry.fault)) is not None:
        yield _one_of(id_, start, entry, directory, chosen)
    elif entry.physical:
        to: Expression = entry.needed_to()
        for point in _fault_points(entry.fault, directory, entry.where):
            yield FailPoint(id_, start, point, setting(to, point, directory), entry.over)
    elif (kind := fault_kind(entry.fault)) is not None:
        for point in points(entry.needed_target(), directory, entry.where):
            parsed = kind.parse(given, directory.unit(point), entry.where)
            yield FailSensor(id_, start, kind.name, point, parsed, entry.over)
    elif entry.fault in kinds:
        numbers = kinds[entry.fault].parse(given, "1", entry.where)
        yield FailWire(id_, start, entry.fault, entry.needed_target(), numbers)
    else:
        raise unknown("fault", entry.fault, [*kinds, *(SENSOR + name for name in VALUE_FAULTS)], entry.where)
