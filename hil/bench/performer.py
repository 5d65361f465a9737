"""Carries out the timeline of a scenario on a bench: sets, ramps and faults, at their times or on their conditions."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hil.bench.bench import Bench
from hil.bench.directory import may_fault
from hil.bench.memory import Memory
from hil.bench.past import AFTER, AT, LEAD, PERFORM, WHEN, Past
from scenarios.expressions.live import LiveCondition
from scenarios.timeline.actions import Action, EndFault, FailPoint, FailSensor, FailWire, Fault, Ramp, SetPoint, Start
from twin.errors import InputError
from twin.event import RAMP, SET
from twin.schedule import EVENTS, Instant

RAMP_STEP_MS = 10_000
"""Longest step in which a ramp is led [ms]."""
Note = Callable[[int, str, str, bool, str], None]


@dataclass(eq=False)
class _Present:
    """A fault that was begun and not ended. undo: ends it."""

    key: str
    fault: Fault
    undo: Callable[[], None]


class Performer:
    """The actions of one scenario at work. `note` is told of every begin and end: time [ms], id, kind, on, detail.

    What it plans it names by the key of an action and numbers, so that it can be planned again (twin.schedule).
    """

    def __init__(self, bench: Bench, actions: Sequence[Action], note: Note, watch_ms: int = 1_000) -> None:
        """Hand the actions, checked with `check_action`, to the schedule.

        watch_ms: how often the conditions of `when` are asked [ms]
        """
        self.bench, self.schedule, self.note = bench, bench.schedule, note
        self.actions: dict[str, Action] = {}
        self._present: list[_Present] = []
        self.done: list[str] = []
        self._begun: dict[tuple[str, bool], int] = {}
        self._waiting: list[tuple[Start, str]] = []
        self._watched: list[tuple[LiveCondition, str]] = []
        self._memories: dict[str, Memory] = {}
        self.schedule.can(PERFORM, self._perform)
        self.schedule.can(LEAD, self._lead)
        for action in actions:
            self.plan(action)
        if self._watched or self._waiting:
            self.schedule.every(watch_ms, EVENTS, self._watch, name="conditions of the timeline")

    def plan(self, action: Action) -> None:
        """Hand one more action to the schedule; one that waits for a condition only before the start."""
        start, key = action.start, key_of(action)
        self.actions[key] = action
        if start.at_s is not None:
            self._at(round(start.at_s * 1000), key)
        elif start.when is not None:
            condition = LiveCondition(start.when, self.bench.read, start.hold_s)
            self._memories[key] = Memory([condition], [self.bench])
            self._watched.append((condition, key))
        else:
            self._waiting.append((start, key))

    def keep(self) -> dict[str, Any]:
        """What has happened so far and what is remembered of it; what is planned stands in the schedule."""
        return {
            "kinds": {key: _kind(action) for key, action in self.actions.items()},
            "done": self.done,
            "begun": [[ident, on, time_ms] for (ident, on), time_ms in self._begun.items()],
            "present": [[one.key, one.fault.subject] for one in self._present],
            "watched": {key: self._memories[key].keep() for _, key in self._watched},
        }

    def by(self, time_ms: int) -> list[Action]:
        """All that may begin until a time [ms], before anything has run; what waits for a condition may."""
        tick_ms = self.schedule.tick_ms
        asked = [action for action in self.actions.values() if action.start.when is not None]
        timed = [action for action in self.actions.values() if action.start.at_s is not None]
        first = [one for one in timed if (at := round((one.start.at_s or 0.0) * 1000)) + -at % tick_ms <= time_ms]
        following = [action for action in self.actions.values() if action.start.after] if asked or first else []
        return [*first, *asked, *following]

    def go_on(self, kept: dict[str, Any], instant: Instant) -> Instant:
        """Take up the work of another performer, which may have had another timeline from that instant on.

        Faults that are present there begin anew, for a bench that goes on from the same instant afterwards. Returns
        what is due then. InputError where what had happened by then is not what this timeline makes happen.
        """
        past = past_of(kept, instant, self.actions.values(), self.schedule.tick_ms)
        planned = [due for due in self.schedule.standing().due if due.name == PERFORM]
        self._begun = {(ident, on): time_ms for ident, on, time_ms in kept["begun"]}
        self.done = list(kept["done"])
        self._watched = [one for one in self._watched if past.still_asked(one[1])]
        for _, key in self._watched:
            self._memories[key].restore(kept["watched"][key])
        later = [due for due in planned if due.time_ms > past.now_ms]
        still = []
        for start, key in self._waiting:
            began_ms = self._begun.get((start.after, not start.ending))
            if past.waits(key) or (key not in past.kinds and began_ms is None):
                still.append((start, key))
            elif key not in past.kinds and began_ms is not None:
                later.append(past.later(key, began_ms + round(start.offset_s * 1000)))
        self._waiting = still
        self._present = [self._begin_again(key, subject) for key, subject in kept["present"]]
        return instant._replace(due=(*later, *past.due(self.actions)))

    def _begin_again(self, key: str, subject: str) -> _Present:
        """A fault that is present already."""
        fault = self.actions[key]
        if isinstance(fault, FailPoint) and fault.among:
            fault = next((replace(fault, point=point, among=()) for _, point in fault.among if point == subject), fault)
        if not isinstance(fault, Fault) or fault.subject != subject:
            raise InputError(f"the state has a fault on {subject}, which {fault.id} is not")
        return _Present(key, fault, fault.begin(self.bench))

    def _at(self, time_ms: int, key: str) -> None:
        self.schedule.call(time_ms, EVENTS, PERFORM, key)

    def _watch(self) -> None:
        """Ask all conditions, and start what waited for the begin or the end of another action."""
        now = self.schedule.now_ms
        for watched in [w for w in self._watched if w[0](now / 1000.0)]:
            self._watched.remove(watched)
            self._at(now, watched[1])
        for waiting in [w for w in self._waiting if (w[0].after, not w[0].ending) in self._begun]:
            self._waiting.remove(waiting)
            start, key = waiting
            self._at(max(now, self._begun[start.after, not start.ending] + round(start.offset_s * 1000)), key)

    def _perform(self, key: str) -> None:
        """Begin one action."""
        action = self.actions[key]
        self.done.append(key)
        if isinstance(action, SetPoint):
            self.bench.write(action.point, action.value)
            self._tell(action.id, SET, True, f"{action.point} = {self._named(action.point, action.value)}")
        elif isinstance(action, Ramp):
            begin = self.bench.store.read(action.point) if action.begin is None else action.begin
            first, last = self._named(action.point, begin), self._named(action.point, action.end)
            self._tell(action.id, RAMP, True, f"{action.point} from {first} to {last}")
            self._lead(key, self.schedule.now_ms, begin)
        elif isinstance(action, EndFault):
            self._end(action.id)
        else:
            self._fail(key, action)

    def _end(self, ident: str) -> None:
        """End the faults of that id."""
        if (ident, True) not in self._begun:
            return
        for one in [one for one in self._present if one.fault.id == ident]:
            self._present.remove(one)
            one.undo()
        self._tell(ident, "fault", False, "ended")

    def _named(self, path: str, value: float) -> str:
        """A value as a person reads it: its name, or the number with its unit."""
        point = self.bench.store.point(path)
        unit = "" if point.unit == "1" else f" {point.unit}"
        return point.values.get(round(value), f"{value:g}{unit}") if value == round(value) else f"{value:g}{unit}"

    def _lead(self, key: str, began_ms: int, begin: float) -> None:
        """Write a value that changes over time, in steps of at most 10 s; one step, and plan the next.

        began_ms, begin: when it was begun, and from where a ramp is led
        """
        action = self._led(key)
        if action is None:
            return
        over = round((action.over_s if isinstance(action, Ramp) else action.ramp_s) * 1000)
        elapsed = self.schedule.now_ms - began_ms
        passed_s = min(elapsed, over) / 1000.0
        value = action.value(begin, passed_s) if isinstance(action, Ramp) else action.level(passed_s)
        self.bench.write(action.point, value)
        if elapsed < over:
            step = max(self.schedule.tick_ms, min(RAMP_STEP_MS, over // 100))
            later = self.schedule.now_ms + min(step, over - elapsed)
            self.schedule.call(later, EVENTS, LEAD, key, began_ms, begin)
        elif isinstance(action, Ramp):
            self._tell(action.id, RAMP, False, f"{action.point} = {self._named(action.point, action.end)}")

    def _led(self, key: str) -> Ramp | FailPoint | None:
        """The ramp, or the fault in the plant where it was not ended meanwhile."""
        action = self.actions[key]
        if isinstance(action, Ramp):
            return action
        fault = next((one.fault for one in self._present if one.key == key), None)
        return fault if isinstance(fault, FailPoint) else None

    def _fail(self, key: str, wanted: Fault) -> None:
        fault = wanted.met(self.bench.read) if isinstance(wanted, FailPoint) else wanted
        if fault is None:
            return
        self._tell(fault.id, fault.kind, True, fault.sentence(self.bench))
        self._present.append(_Present(key, fault, fault.begin(self.bench)))
        if isinstance(fault, FailPoint):
            self._lead(key, self.schedule.now_ms, 0.0)

    def _tell(self, ident: str, kind: str, on: bool, detail: str) -> None:
        self._begun.setdefault((ident, on), self.schedule.now_ms)
        self.note(self.schedule.now_ms, ident, kind, on, detail)


def key_of(action: Action) -> str:
    """What an action is known by: its id, and a fingerprint of all that it says; another action has another key."""
    return f"{action.id}:{hashlib.sha256(repr(action).encode()).hexdigest()[:16]}"


def past_of(kept: dict[str, Any], instant: Instant, actions: Iterable[Action], tick_ms: int) -> Past:
    """What had happened by an instant, as a performer has kept it; InputError where these actions had not done so."""
    past = Past(kept, instant)
    known = {key_of(action): action for action in actions}
    at_ms = {key: round(one.start.at_s * 1000) for key, one in known.items() if one.start.at_s is not None}
    past.check([key for key, time_ms in at_ms.items() if time_ms + -time_ms % tick_ms <= past.now_ms], known)
    begun = {(ident, on): time_ms for ident, on, time_ms in kept["begun"]}
    for key, action in known.items():
        start = action.start
        began_ms = begun.get((start.after, not start.ending))
        if start.when is not None:
            past.still_asked(key)
        elif start.after and key not in past.kinds and began_ms is not None:
            past.later(key, began_ms + round(start.offset_s * 1000))
    return past


def _kind(action: Action) -> str:
    """How an action is begun."""
    return AT if action.start.at_s is not None else WHEN if action.start.when is not None else AFTER


def check_action(bench: Bench, action: Action, where: str) -> None:
    """InputError where a scenario asks for what this bench cannot do; where: the line of the scenario."""
    try:
        _check(bench, action)
    except InputError as error:
        raise error.under(where) from error


def _check(bench: Bench, action: Action) -> None:
    store = bench.store
    if isinstance(action, SetPoint | Ramp):
        bench.directory.check_set(action.point, action.value if isinstance(action, SetPoint) else action.end)
    elif isinstance(action, FailPoint):
        point = store.point(action.point)
        if not may_fault(point):
            raise InputError(f"{action.point} is a {point.kind}, not a fault")
        point.check(action.value, action.point)
    elif isinstance(action, FailSensor):
        bench.bus.sensed_at(action.point)
    elif isinstance(action, FailWire):
        bench.bus.wire.check(action.kind, action.target, "")
