"""Evaluating a bound condition on live values, once a tick: closures compiled once, over a read function.

Conditions give 1.0, 0.0 or NaN (not known). Edges, rates and means remember what they saw, so a condition is to be
asked once at every instant, in order.
"""

import math
from collections import deque
from collections.abc import Callable

from scenarios.expressions.binding import Term

Read = Callable[[str], float]
_Step = Callable[[float], float]


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
    if term.op in _MEMORY:
        return _MEMORY[term.op](parts[0], term)
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


def _joined(function: Callable[[float, float], float], left: _Step, right: _Step) -> _Step:
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


def _rising(inner: _Step, _term: Term) -> _Step:
    before = math.nan

    def step(now: float) -> float:
        nonlocal before
        value = inner(now)
        risen = 1.0 if value == 1.0 and before == 0.0 else 0.0
        before = value
        return risen

    return step


def _rate(inner: _Step, _term: Term) -> _Step:
    before: tuple[float, float] | None = None

    def step(now: float) -> float:
        nonlocal before
        value = inner(now)
        rate = 0.0 if before is None or now <= before[0] else (value - before[1]) / (now - before[0])
        before = now, value
        return rate

    return step


class _Rolling:
    """The mean over the last `window` seconds, weighted by time; what is not known is kept apart, as lost seconds."""

    def __init__(self, inner: _Step, window: float) -> None:
        self.inner, self.window = inner, window
        self.seen: deque[tuple[float, float]] = deque()
        self.total = self.lost = 0.0

    def __call__(self, now: float) -> float:
        value = self.inner(now)
        if self.seen:
            self._book(self.seen[-1], now, 1.0)
        self.seen.append((now, value))
        while len(self.seen) > 1 and self.seen[1][0] <= now - self.window:
            self._book(self.seen.popleft(), self.seen[0][0], -1.0)
        first, held = self.seen[0]
        width = min(self.window, now - first)
        if width <= 0.0:
            return value
        outside = now - width - first
        if self.lost - (outside if math.isnan(held) else 0.0) > 1e-9:
            return math.nan
        return (self.total - (0.0 if math.isnan(held) else held * outside)) / width

    def _book(self, sample: tuple[float, float], end: float, sign: float) -> None:
        start, value = sample
        if math.isnan(value):
            self.lost += sign * (end - start)
        else:
            self.total += sign * value * (end - start)


_MEMORY: dict[str, Callable[[_Step, Term], _Step]] = {
    "rising": _rising,
    "rate": _rate,
    "rolling": lambda inner, term: _Rolling(inner, term.value),
}
_OF_ONE: dict[str, Callable[[float], float]] = {
    "neg": lambda x: -x,
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
