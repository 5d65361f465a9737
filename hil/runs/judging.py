"""Judging a recording of the bench: what is said of a line counts only where one was open."""

import numpy as np

from hil.bench.line_signals import is_line_signal
from scenarios import Outcome, Recording, Scenario, judge

NO_LINE = "no line was open in this run: nothing was asked over one"


def judged(scenario: Scenario, recording: Recording) -> list[Outcome]:
    """The outcomes; criteria on the traffic of a line that was never open are not exercised."""
    criteria = {criterion.id: criterion for criterion in scenario.expect}
    return [
        criteria[outcome.id].unjudged(NO_LINE) if outcome.id in criteria and _silent(outcome, recording) else outcome
        for outcome in judge(scenario, recording)
    ]


def _silent(outcome: Outcome, recording: Recording) -> bool:
    """Whether it rests on a signal of a line that was never open."""
    return any(is_line_signal(path) and bool(np.isnan(recording.signal(path)).all()) for path in outcome.signals)
