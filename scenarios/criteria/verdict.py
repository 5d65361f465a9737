"""What judging gives: one outcome a criterion, and the verdict of a whole scenario."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

PASS, WARN, NOT_EXERCISED, INCONCLUSIVE, FAIL, ERROR = (
    "pass", "warn", "not exercised", "inconclusive", "fail", "error",
)  # fmt: skip
ORDER = (PASS, WARN, NOT_EXERCISED, INCONCLUSIVE, FAIL, ERROR)

Limit = tuple[str, float | None, float | None]


@dataclass(frozen=True)
class Outcome:
    """What became of one criterion.

    verdict:   pass; fail; warn (failed, severity warn); inconclusive (its window runs past the end of the recording);
               not exercised (its trigger never came); error (the precondition was not met, or the rig broke)
    margin:    room left, in `unit`; below zero (or zero, at the limit itself) where violated; None where there is none
    at_s:      the worst moment [s from the start of the scenario]
    violation: the first interval of violation [s], or None
    signals:   the paths needed to see why
    limits:    lines for a plot: (path, low, high), each in the unit of the path, None where open
    sentence:  the criterion in words; detail: what was seen
    """

    id: str
    verdict: str
    sentence: str = ""
    requirement: str = ""
    severity: str = FAIL
    margin: float | None = None
    unit: str = ""
    at_s: float | None = None
    violation: tuple[float, float] | None = None
    signals: tuple[str, ...] = ()
    limits: tuple[Limit, ...] = ()
    detail: str = ""


def worst(verdicts: Iterable[str]) -> str:
    """The worst verdict: error, then fail, inconclusive, not exercised, warn, pass. Of nothing: not exercised."""
    return max(verdicts, key=ORDER.index, default=NOT_EXERCISED)


def worst_outcome(outcomes: Iterable[Outcome]) -> Outcome:
    """The outcome with the worst verdict; among equals the one with the least margin, then the first."""
    return max(outcomes, key=lambda o: (ORDER.index(o.verdict), -_margin(o)))


def _margin(outcome: Outcome) -> float:
    return math.inf if outcome.margin is None else outcome.margin
