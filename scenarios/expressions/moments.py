"""Moments: a time from the start, an action of the timeline, or a condition becoming true."""

import re
from dataclasses import dataclass

import numpy as np

from scenarios.expressions.series import event_times, rises
from scenarios.expressions.term import Term
from scenarios.expressions.text import ENDING, Expression, parse
from scenarios.recording import Floats, Recording
from twin.errors import InputError
from twin.units import seconds

_EVENT = re.compile(r"^\s*([a-z][a-z0-9_]*)(\.end)?\s*(?:([+-])\s*(\d[\d.\s\w]*))?$")


@dataclass(frozen=True)
class Moment:
    """Exactly one of `time_s` [s from the start], `event` (an id, its end with `ending`) and `condition` is given.

    offset_s: added to the time of the event [s]
    """

    text: str
    where: str = ""
    time_s: float | None = None
    event: str = ""
    ending: bool = False
    offset_s: float = 0.0
    condition: Expression | None = None


def read_moment(text: str, where: str = "") -> Moment:
    """`2 h 10 min`, `p1_down`, `p1_down.end + 5 min`, or a condition such as `hp_1.running`."""
    try:
        return Moment(text, where, time_s=seconds(text))
    except InputError:
        pass
    match = _EVENT.match(text)
    if match is None:
        return Moment(text, where, condition=parse(text, where))
    offset = seconds(match[4], where) if match[4] else 0.0
    return Moment(text, where, event=match[1], ending=bool(match[2]), offset_s=-offset if match[3] == "-" else offset)


def occurrences(moment: Moment, term: Term | None, recording: Recording) -> Floats:
    """When the moment came [s], in order; `term` is its condition, bound. A condition counts when it becomes true."""
    if moment.time_s is not None:
        return np.asarray([moment.time_s])
    if term is not None:
        return rises(term, recording)
    return event_times(moment.event + ENDING * moment.ending, recording) + moment.offset_s
