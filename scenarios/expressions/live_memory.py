"""What a live condition remembers from one instant to the next: edges, rates, means over time."""

import math
from collections import deque
from collections.abc import Callable

from scenarios.expressions.term import Term

Step = Callable[[float], float]


def _rising(inner: Step, _term: Term) -> Step:
    before = math.nan

    def step(now: float) -> float:
        nonlocal before
        value = inner(now)
        risen = 1.0 if value == 1.0 and before == 0.0 else 0.0
        before = value
        return risen

    return step


def _rises(inner: Step, term: Term) -> Callable[[float], bool]:
    """Whether the condition becomes true now; true at the first instant does not count."""
    before, momentary = 1.0, term.operands[0].momentary

    def step(now: float) -> bool:
        nonlocal before
        value, was = inner(now), before
        before = value
        return value == 1.0 and (momentary or was != 1.0)

    return step


def _since(inner: Step, term: Term) -> Step:
    """Time since the operand became true, infinite before it did for the first time."""
    became, risen = -math.inf, _rises(inner, term)

    def step(now: float) -> float:
        nonlocal became
        became = now if risen(now) else became
        return now - became

    return step


def _count(inner: Step, term: Term) -> Step:
    """How often the operand became true in the last seconds."""
    moments, risen = deque[float](), _rises(inner, term)

    def step(now: float) -> float:
        moments.extend([now] if risen(now) else [])
        while moments and moments[0] <= now - term.value:
            moments.popleft()
        return float(len(moments))

    return step


def _rate(inner: Step, _term: Term) -> Step:
    before: tuple[float, float] | None = None

    def step(now: float) -> float:
        nonlocal before
        value = inner(now)
        rate = 0.0 if before is None or now <= before[0] else (value - before[1]) / (now - before[0])
        before = now, value
        return rate

    return step


class _Held:
    """True where the operand was true all of the last `width` seconds, unknown where only what is not known says no."""

    def __init__(self, inner: Step, width: float) -> None:
        self.inner, self.width = inner, width
        self.began: float | None = None
        self.seen: deque[tuple[float, float]] = deque()

    def __call__(self, now: float) -> float:
        self.began = now if self.began is None else self.began
        self.seen.append((now, self.inner(now)))
        while len(self.seen) > 1 and self.seen[1][0] <= now - self.width:
            self.seen.popleft()
        values = [value for _, value in self.seen]
        if now - self.width < self.began or 0.0 in values:
            return 0.0
        return math.nan if any(map(math.isnan, values)) else 1.0


def _previous(inner: Step, term: Term) -> Step:
    """The value that held so long ago, or the one of the instant before; at the beginning the first one."""
    seen: deque[tuple[float, float]] = deque()

    def step(now: float) -> float:
        seen.append((now, inner(now)))
        while len(seen) > 1 and (len(seen) > 2 if term.value == 0.0 else seen[1][0] <= now - term.value):
            seen.popleft()
        return seen[0][1]

    return step


class _Rolling:
    """The mean over the last `window` seconds, weighted by time; what is not known is kept apart, as lost seconds."""

    def __init__(self, inner: Step, window: float) -> None:
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


MEMORY: dict[str, Callable[[Step, Term], Step]] = {
    "rising": _rising,
    "rate": _rate,
    "previous": _previous,
    "held": lambda inner, term: _Held(inner, term.value),
    "since": _since,
    "count": _count,
    "rolling": lambda inner, term: _Rolling(inner, term.value),
}
"""By the name of the operation: its step, from the step of its operand and its term."""
