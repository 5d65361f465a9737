"""Carries out the timeline of a scenario on a bench: sets, ramps and faults, at their times or on their conditions."""

from collections.abc import Callable, Sequence

from hil.bench.bench import Bench
from hil.bench.directory import may_fault
from scenarios.expressions.live import LiveCondition
from scenarios.timeline.actions import Action, EndFault, FailPoint, FailSensor, FailWire, Fault, Ramp, SetPoint, Start
from twin.errors import InputError
from twin.event import RAMP, SET
from twin.schedule import EVENTS, Steps

RAMP_STEP_MS = 10_000
"""Longest step in which a ramp is led [ms]."""
Note = Callable[[int, str, str, bool, str], None]


class Performer:
    """The actions of one scenario at work. `note` is told of every begin and end: time [ms], id, kind, on, detail."""

    def __init__(self, bench: Bench, actions: Sequence[Action], note: Note, watch_ms: int = 1_000) -> None:
        """Hand the actions, checked with `check_action`, to the schedule.

        watch_ms: how often the conditions of `when` are asked [ms]
        """
        self.bench, self.schedule, self.note = bench, bench.schedule, note
        self._running: dict[str, list[Callable[[], None]]] = {}
        self._begun: dict[tuple[str, bool], int] = {}
        self._waiting: list[tuple[Start, Action]] = []
        self._watched: list[tuple[LiveCondition, Action]] = []
        for action in actions:
            self.plan(action)
        if self._watched or self._waiting:
            self.schedule.every(watch_ms, EVENTS, self._watch)

    def plan(self, action: Action) -> None:
        """Hand one more action to the schedule; one that waits for a condition only before the start."""
        start = action.start
        if start.at_s is not None:
            self._at(round(start.at_s * 1000), action)
        elif start.when is not None:
            self._watched.append((LiveCondition(start.when, self.bench.read, start.hold_s), action))
        else:
            self._waiting.append((start, action))

    def _at(self, time_ms: int, action: Action) -> None:
        def steps() -> Steps:
            yield self.schedule.at(time_ms, EVENTS)
            yield from self._perform(action)

        self.schedule.start(steps())

    def _watch(self) -> None:
        """Ask all conditions, and start what waited for the begin or the end of another action."""
        now = self.schedule.now_ms
        for watched in [w for w in self._watched if w[0](now / 1000.0)]:
            self._watched.remove(watched)
            self._at(now, watched[1])
        for waiting in [w for w in self._waiting if (w[0].after, not w[0].ending) in self._begun]:
            self._waiting.remove(waiting)
            start, action = waiting
            self._at(max(now, self._begun[start.after, not start.ending] + round(start.offset_s * 1000)), action)

    def _perform(self, action: Action) -> Steps:
        """The steps of one action, from its begin on."""
        if isinstance(action, SetPoint):
            self.bench.write(action.point, action.value)
            self._tell(action.id, SET, True, f"{action.point} = {self._named(action.point, action.value)}")
        elif isinstance(action, Ramp):
            yield from self._ramp(action)
        elif isinstance(action, EndFault):
            if (action.id, True) not in self._begun:
                return
            for undo in self._running.pop(action.id, []):
                undo()
            self._tell(action.id, "fault", False, "ended")
        else:
            yield from self._fail(action)

    def _ramp(self, ramp: Ramp) -> Steps:
        store = self.bench.store
        begin = store.read(ramp.point) if ramp.begin is None else ramp.begin
        first, last = self._named(ramp.point, begin), self._named(ramp.point, ramp.end)
        self._tell(ramp.id, RAMP, True, f"{ramp.point} from {first} to {last}")
        yield from self._lead(ramp.point, ramp.over_s, lambda elapsed: ramp.value(begin, elapsed))
        self._tell(ramp.id, RAMP, False, f"{ramp.point} = {last}")

    def _named(self, path: str, value: float) -> str:
        """A value as a person reads it: its name, or the number with its unit."""
        point = self.bench.store.point(path)
        unit = "" if point.unit == "1" else f" {point.unit}"
        return point.values.get(round(value), f"{value:g}{unit}") if value == round(value) else f"{value:g}{unit}"

    def _lead(self, point: str, over_s: float, value: Callable[[float], float]) -> Steps:
        """Write a value that changes over time, in steps of at most 10 s."""
        began = self.schedule.now_ms
        over = round(over_s * 1000)
        step = max(self.schedule.tick_ms, min(RAMP_STEP_MS, over // 100))
        while True:
            elapsed = self.schedule.now_ms - began
            self.bench.write(point, value(min(elapsed, over) / 1000.0))
            if elapsed >= over:
                return
            yield self.schedule.after(min(step, over - elapsed), EVENTS)

    def _fail(self, wanted: Fault) -> Steps:
        fault = wanted.met(self.bench.read) if isinstance(wanted, FailPoint) else wanted
        if fault is None:
            return
        self._tell(fault.id, fault.kind, True, fault.sentence(self.bench))
        ended: list[bool] = []
        end = fault.begin(self.bench)

        def undo() -> None:
            ended.append(True)
            end()

        self._running.setdefault(fault.id, []).append(undo)
        if isinstance(fault, FailPoint):
            for event in self._lead(fault.point, fault.ramp_s, fault.level):
                yield event
                if ended:
                    return

    def _tell(self, ident: str, kind: str, on: bool, detail: str) -> None:
        self._begun.setdefault((ident, on), self.schedule.now_ms)
        self.note(self.schedule.now_ms, ident, kind, on, detail)


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
