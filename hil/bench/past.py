"""What a timeline has made happen by an instant, and whether another one would have made the same happen."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any

from scenarios.phrases import said
from twin.errors import InputError
from twin.schedule import EVENTS, Due, Instant

AT, WHEN, AFTER = "at", "when", "after"
"""How an action is begun: at a time, on a condition, by another one."""
PERFORM, LEAD = "perform", "lead"
"""What the schedule calls the begin of an action, and a step of one that takes its time."""


class Past:
    """What had happened to a timeline by an instant; actions are known by their keys (hil.bench.performer)."""

    def __init__(self, kept: dict[str, Any], instant: Instant) -> None:
        """kept: as a performer has kept it; InputError where it is none."""
        try:
            self.kinds: dict[str, str] = dict(kept["kinds"])
            self._done: list[str] = list(kept["done"])
            self._watched: Collection[str] = dict(kept["watched"])
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"the state has no timeline ({error})") from error
        self._due = instant.due
        self.now_ms = max(instant.event_ms, instant.plant_ms)
        self._planned = {due.given[0] for due in instant.due if due.name == PERFORM}

    def check(self, passed: Sequence[str], actions: Collection[str]) -> None:
        """InputError where what has happened is not the same. passed: what begins by then here; actions: all of here"""
        own = Counter(passed)
        there = Counter(key for key in self._done if self.kinds[key] == AT)
        for key in [*(own - there), *(there - own)]:
            which = "is not in the run of the state" if own[key] else "is in the run of the state only"
            raise InputError(f"{_id(key)} begins before {said(self.now_ms / 1000)} and {which}")
        for key in self._done:
            if key not in actions:
                raise InputError(f"{_id(key)} has begun in the run of the state, and is not in this timeline")

    def still_asked(self, key: str) -> bool:
        """Whether the condition of an action has not come yet; InputError where it was not asked at all."""
        if key not in self.kinds:
            raise InputError(f"{_id(key)} waits for a condition that was not asked in the run of the state")
        return key in self._watched

    def waits(self, key: str) -> bool:
        """Whether an action waited there for another one."""
        return key in self.kinds and key not in self._done and key not in self._planned

    def later(self, key: str, time_ms: int) -> Due:
        """The begin of an action that was not there, and follows one that was; InputError where it would have begun."""
        if time_ms <= self.now_ms:
            raise InputError(f"{_id(key)} begins before {said(self.now_ms / 1000)}, but not in the run of the state")
        return Due(time_ms, EVENTS, PERFORM, (key,))

    def due(self, actions: Collection[str]) -> list[Due]:
        """What goes on as it was planned there, but what begins at times of its own."""
        return [
            due
            for due in self._due
            if due.name not in (PERFORM, LEAD)
            or (due.given[0] in actions and (due.name == LEAD or self.kinds[due.given[0]] != AT))
        ]


def _id(key: str) -> str:
    """The id of an action, as its scenario has it."""
    return repr(key.rpartition(":")[0])
