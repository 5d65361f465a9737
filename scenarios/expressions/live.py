"""Evaluating a bound condition on live values, once a tick: closures compiled once, over a read function.

Conditions give 1.0, 0.0 or NaN (not known). Edges, rates and means remember what they saw, so a condition is to be
asked once at every instant, in order.
"""

import math
from collections.abc import Callable

from scenarios.expressions.live_memory import MEMORY, Step
from scenarios.expressions.term import DAY_S, Term

Read = Callable[[str], float]


class LiveCondition:
    """A condition asked once a tick: true when it has held for `hold_s` seconds."""

    def __init__(self, term: Term, read: Read, hold_s: float = 0.0) -> None:
        self.hold_s = hold_s
        self._step = compile_live(term, read)
        self._since: float | None = None

    def __call__(self, now_s: float) -> bool:
        """Whether the condition holds now and has held for the whole of `hold_s`; now_s: seconds from the start."""
        if self._step(now_s) != 1.0:
            self._since = None
            return False
        if self._since is None:
            self._since = now_s
        return now_s - self._since >= self.hold_s


def compile_live(term: Term, read: Read) -> Callable[[float], float]:
    """A function of the time [s] that gives the value of the term now."""
    if term.op == "constant":
        value = term.value
        return lambda _now: value
    if term.op == "read":
        path = term.path
        return lambda _now: read(path)
    parts = [compile_live(operand, read) for operand in term.operands]
    if term.op in MEMORY:
        return MEMORY[term.op](parts[0], term)
    if term.op in _OF_ONE:
        one, single = _OF_ONE[term.op], parts[0]
        return lambda now: one(single(now))
    pair = _OF_TWO[term.op]
    step = parts[0]
    for part in parts[1:]:
        step = _joined(pair, step, part)
    if term.op == "mean":
        total, count = step, len(parts)
        return lambda now: total(now) / count
    return step


def _joined(function: Callable[[float, float], float], left: Step, right: Step) -> Step:
    return lambda now: function(left(now), right(now))


def _known(value: bool, *inputs: float) -> float:
    return math.nan if any(map(math.isnan, inputs)) else 1.0 if value else 0.0


def _and(a: float, b: float) -> float:
    return 0.0 if a == 0.0 or b == 0.0 else a * b


def _or(a: float, b: float) -> float:
    return 1.0 if a == 1.0 or b == 1.0 else a + b


def _divide(a: float, b: float) -> float:
    return a / b if b else math.nan


def _least(a: float, b: float) -> float:
    return math.nan if math.isnan(a + b) else min(a, b)


def _greatest(a: float, b: float) -> float:
    return math.nan if math.isnan(a + b) else max(a, b)


_OF_ONE: dict[str, Callable[[float], float]] = {
    "neg": lambda x: -x,
    "time_of_day": lambda x: x % DAY_S,
    "abs": abs,
    "number": lambda x: x,
    "truth": lambda x: _known(x >= 0.5, x),
    "not": lambda x: 1.0 - x,
}
_OF_TWO: dict[str, Callable[[float, float], float]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "sum": lambda a, b: a + b,
    "mean": lambda a, b: a + b,
    "min": _least,
    "max": _greatest,
    "and": _and,
    "or": _or,
    "<": lambda a, b: _known(a < b, a, b),
    "<=": lambda a, b: _known(a <= b, a, b),
    ">": lambda a, b: _known(a > b, a, b),
    ">=": lambda a, b: _known(a >= b, a, b),
    "==": lambda a, b: _known(abs(a - b) <= 1e-9 * (1.0 + abs(b)), a, b),
}
