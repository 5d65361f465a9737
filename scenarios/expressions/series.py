"""Evaluating a bound expression over a whole recording."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scenarios.expressions.looking_back import count, previous, rate, rolling_mean, seconds_since
from scenarios.expressions.term import DAY_S, Term, difference
from scenarios.expressions.text import ENDING, HELD, SINCE, TIME_OF_DAY, WITHIN
from scenarios.recording import Floats, Recording
from scenarios.windows import Flags, any_true, held_index, range_max

NO_UNIT = ""


@dataclass(frozen=True)
class Condition:
    """A condition over time. Neither true nor false means not known (a value was NaN).

    margin: how far from the limit, above zero where true, in `unit`; +-inf for a plain yes or no, NaN where not known
    unit:   the unit of the margin; NO_UNIT for a plain yes or no and where different units are mixed
    """

    true: Flags
    false: Flags
    margin: Floats
    unit: str


def number_series(term: Term, recording: Recording) -> Floats:
    """The values of a number at every time of the recording."""
    if term.op == "constant":
        return np.full(recording.time_s.size, term.value)
    if term.op == "read":
        return recording.signal(term.path)
    if term.op in _OVER_TIME:
        return _OVER_TIME[term.op](term, recording)
    values = [number_series(operand, recording) for operand in term.operands]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return _finite(_FUNCTIONS[term.op](values))


def freeze(term: Term, recording: Recording, trigger_s: float) -> Term:
    """The term for one trigger: every at_trigger(..) as the value that its signal had last before it."""
    if not term.triggered:
        return term
    if term.op == "at_trigger":
        at = max(int(np.searchsorted(recording.time_s, trigger_s)) - 1, 0)
        return Term("constant", term.unit, value=float(number_series(term.operands[0], recording)[at]))
    return replace(term, operands=tuple(freeze(operand, recording, trigger_s) for operand in term.operands))


def event_times(event: str, recording: Recording) -> Floats:
    """When an event of the timeline began, or ended where its name is that of the end (`p1_down.end`) [s], in order."""
    id_, on = event.removesuffix(ENDING), not event.endswith(ENDING)
    times = [one.time_s for one in recording.events if one.id == id_ and one.on is on]
    return np.unique(np.asarray(times, np.float64))


def rises(term: Term, recording: Recording) -> Floats:
    """The times [s] at which a condition becomes true; true from the first time on does not count."""
    series = condition_series(term, recording)
    if term.momentary:
        return recording.time_s[series.true]
    risen = np.zeros_like(series.true)
    risen[1:] = series.true[1:] & ~series.true[:-1]
    return recording.time_s[risen]


def condition_series(term: Term, recording: Recording) -> Condition:
    """A condition at every time of the recording."""
    if term.op in _COMBINED:
        inner = [condition_series(operand, recording) for operand in term.operands]
        return _COMBINED[term.op](term, recording.time_s, inner)
    values = [number_series(operand, recording) for operand in term.operands]
    known = ~np.isnan(values[0]) & ~np.isnan(values[-1])
    if term.op == "truth":
        return _plain(values[0] >= 0.5, known)
    if term.op == "==":
        return _plain(np.isclose(values[0], values[1], rtol=1e-9, atol=1e-9), known)
    margin = values[0] - values[1] if term.op in (">", ">=") else values[1] - values[0]
    true = known & (margin > 0 if term.op in ("<", ">") else margin >= 0)
    return Condition(true, known & ~true, margin, difference(term.operands[0].unit))


def _both(left: Condition, right: Condition) -> Condition:
    """`and`: false where either is false, whatever the other; not known where the rest is not known."""
    true, false = left.true & right.true, left.false | right.false
    units = {side.unit for side in (left, right)} - {NO_UNIT}
    margins = [side.margin if len(units) < 2 else _sign(side) for side in (left, right)]
    margin = np.where(true | false, np.fmin(*margins), np.nan)
    return Condition(true, false, margin, units.pop() if len(units) == 1 else NO_UNIT)


def _sign(condition: Condition) -> Floats:
    return np.where(condition.true, np.inf, np.where(condition.false, -np.inf, np.nan))


def _inverse(condition: Condition) -> Condition:
    return Condition(condition.false, condition.true, -condition.margin, condition.unit)


def _plain(true: Flags, known: Flags) -> Condition:
    true = true & known
    false = known & ~true
    return Condition(true, false, np.where(true, np.inf, np.where(false, -np.inf, np.nan)), NO_UNIT)


def _rising(inner: Condition) -> Condition:
    true = np.zeros_like(inner.true)
    true[1:] = inner.true[1:] & inner.false[:-1]
    return _plain(true, np.ones_like(true))


def _held(inner: Condition, time: Floats, width: float) -> Condition:
    """True where it was true all of the last `width` seconds; margin: the least of them, -inf in the first ones."""
    first, last = held_index(time, time - width), np.arange(time.size)
    early, unknown = time - width < time[0], ~(inner.true | inner.false)
    false = any_true(inner.false, first, last) | early
    true = ~false & ~any_true(unknown, first, last)
    least = np.where(early, -np.inf, -range_max(-np.nan_to_num(inner.margin, nan=np.inf), first, last))
    return Condition(true, false, np.where(true | false, least, np.nan), inner.unit)


def _within(term: Term, time: Floats, inner: Condition) -> Condition:
    """True where it is true at some moment not more than `term.value` seconds before or after."""
    width, last = term.value, held_index(time, time + term.value)
    first = np.searchsorted(time, time - width) if term.operands[0].momentary else held_index(time, time - width)
    pending = (time + width > time[-1]) & term.hopeful
    true = any_true(inner.true, first, last) | pending
    return _plain(true, true | ~any_true(~(inner.true | inner.false), first, last))


_COMBINED: dict[str, Callable[[Term, Floats, list[Condition]], Condition]] = {
    "and": lambda _term, _time, inner: _both(*inner),
    "or": lambda _term, _time, inner: _inverse(_both(*map(_inverse, inner))),
    "not": lambda _term, _time, inner: _inverse(inner[0]),
    "rising": lambda _term, _time, inner: _rising(inner[0]),
    HELD: lambda term, time, inner: _held(inner[0], time, term.value),
    WITHIN: lambda term, time, inner: _within(term, time, inner[0]),
}


def _finite(values: Floats) -> Floats:
    """A division by zero has no value."""
    return np.where(np.isinf(values), np.nan, values)


def _as_number(term: Term, recording: Recording) -> Floats:
    inner = condition_series(term.operands[0], recording)
    return np.where(inner.true, 1.0, np.where(inner.false, 0.0, np.nan))


def _since(term: Term, recording: Recording) -> Floats:
    moments = rises(term.operands[0], recording) if term.operands else event_times(term.event, recording)
    return seconds_since(recording.time_s, moments)


def _of_one(function: Callable[[Floats, Floats, float], Floats]) -> Callable[[Term, Recording], Floats]:
    """A function of times, values and a time [s], of the one operand of a term and its value."""
    return lambda term, recording: function(recording.time_s, number_series(term.operands[0], recording), term.value)


_OVER_TIME: dict[str, Callable[[Term, Recording], Floats]] = {
    "number": _as_number,
    "rate": _of_one(lambda time, values, _: rate(time, values)),
    "rolling": _of_one(rolling_mean),
    "previous": _of_one(previous),
    "count": lambda term, recording: count(recording.time_s, rises(term.operands[0], recording), term.value),
    SINCE: _since,
}


def _fold(function: Callable[[Floats, Floats], Floats]) -> Callable[[list[Floats]], Floats]:
    def folded(values: list[Floats]) -> Floats:
        result = values[0]
        for more in values[1:]:
            result = function(result, more)
        return result

    return folded


_FUNCTIONS: dict[str, Callable[[list[Floats]], Floats]] = {
    "+": _fold(np.add),
    "-": _fold(np.subtract),
    "*": _fold(np.multiply),
    "/": _fold(np.divide),
    "neg": lambda values: -values[0],
    TIME_OF_DAY: lambda values: values[0] % DAY_S,
    "abs": lambda values: np.abs(values[0]),
    "min": _fold(np.minimum),
    "max": _fold(np.maximum),
    "sum": _fold(np.add),
    "mean": lambda values: sum(values[1:], values[0]) / len(values),
}
