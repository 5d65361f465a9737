"""Evaluating a bound expression over a whole recording."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from scenarios.expressions.term import Term, difference
from scenarios.recording import Floats, Recording
from scenarios.windows import Flags

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
    if term.op == "number":
        inner = condition_series(term.operands[0], recording)
        return np.where(inner.true, 1.0, np.where(inner.false, 0.0, np.nan))
    values = [number_series(operand, recording) for operand in term.operands]
    if term.op in _FUNCTIONS:
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return _finite(_FUNCTIONS[term.op](values))
    if term.op == "rate":
        return _rate(recording.time_s, values[0])
    return _rolling_mean(recording.time_s, values[0], term.value)


def freeze(term: Term, recording: Recording, trigger_s: float) -> Term:
    """The term for one trigger: every at_trigger(..) as the value that its signal had last before it."""
    if not term.triggered:
        return term
    if term.op == "at_trigger":
        at = max(int(np.searchsorted(recording.time_s, trigger_s)) - 1, 0)
        return Term("constant", term.unit, value=float(number_series(term.operands[0], recording)[at]))
    return replace(term, operands=tuple(freeze(operand, recording, trigger_s) for operand in term.operands))


def condition_series(term: Term, recording: Recording) -> Condition:
    """A condition at every time of the recording."""
    if term.op in ("and", "or"):
        left, right = (condition_series(operand, recording) for operand in term.operands)
        return _both(left, right) if term.op == "and" else _inverse(_both(_inverse(left), _inverse(right)))
    if term.op == "not":
        return _inverse(condition_series(term.operands[0], recording))
    if term.op == "rising":
        return _rising(condition_series(term.operands[0], recording))
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


def _finite(values: Floats) -> Floats:
    """A division by zero has no value."""
    return np.where(np.isinf(values), np.nan, values)


def _rate(time: Floats, values: Floats) -> Floats:
    """The change since the time before [1/s]; 0 at the first time."""
    rate = np.zeros_like(values)
    rate[1:] = np.diff(values) / np.diff(time)
    return rate


def _rolling_mean(time: Floats, values: Floats, window: float) -> Floats:
    """The mean over the `window` seconds before each time, weighted by time; over what is there at the beginning."""
    offset = values[0] if np.isfinite(values[0]) else 0.0
    steps = np.diff(time)
    unknown = np.isnan(values)
    integral = np.concatenate(([0.0], np.cumsum(np.where(unknown, 0.0, values - offset)[:-1] * steps)))
    lost = np.concatenate(([0.0], np.cumsum(unknown[:-1] * steps)))
    start = np.maximum(time - window, time[0])
    width = time - start
    with np.errstate(invalid="ignore"):
        mean = offset + (integral - np.interp(start, time, integral)) / width
    mean[0] = values[0]
    return np.where(lost - np.interp(start, time, lost) > 1e-9, np.nan, mean)


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
    "abs": lambda values: np.abs(values[0]),
    "min": _fold(np.minimum),
    "max": _fold(np.maximum),
    "sum": _fold(np.add),
    "mean": lambda values: sum(values[1:], values[0]) / len(values),
}
