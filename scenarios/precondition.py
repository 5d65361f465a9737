"""Preconditions: what must have held before a criterion says anything about the controller."""

from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from scenarios.criteria.verdict import ERROR, FAIL, INCONCLUSIVE, PASS, Outcome
from scenarios.expressions.moments import occurrences
from scenarios.expressions.series import condition_series
from scenarios.expressions.term import Term
from scenarios.expressions.wildcards import bind_single
from scenarios.file_types import Duration, Formula, Moments
from scenarios.phrases import said
from scenarios.recording import Recording
from scenarios.windows import run_length
from twin.errors import InputError
from twin.yaml_lines import FileModel


class Precondition(FileModel):
    """What must have held, for how long: at the latest when, counted from the start, or right before a moment.

    whose: rig: unmet, the run is an error of the bench; controller: it had to bring this about, unmet is its failure
    """

    held: Formula
    for_: Duration = Field(alias="for")
    within: Duration | None = None
    at: Moments | None = None
    whose: Literal["rig", "controller"] = "rig"

    @model_validator(mode="after")
    def _one_time(self) -> "Precondition":
        if (self.within is None) == (self.at is None):
            raise ValueError("give either `within` or `at`")
        if self.at is not None and self.at.condition is not None:
            raise ValueError(f"{self.at.text!r} is neither a time nor an id")
        return self

    def judge(self, recording: Recording, number: int, end_s: float) -> Outcome:
        """pass; unmet it is a failure of the controller or an error of the rig, as the file says.

        end_s: planned end of the recording [s]
        """
        when = f"within {said(self.within)}" if self.within is not None else f"right before {self.at.text}"  # type: ignore[union-attr]  # one of the two is given
        sentence, id_ = f"First {self.held.text} for {said(self.for_)}, {when}", f"precondition_{number}"
        try:
            term = bind_single(self.held, recording)
        except InputError as error:
            return Outcome(id_, ERROR, sentence, detail=str(error))
        if self.within is not None:
            verdict, at_s, margin = self._in_time(recording, term, self.within)
        else:
            verdict, at_s, margin = self._at_moment(recording, term, end_s)
        detail = {
            PASS: "",
            FAIL: "the controller did not bring about what it is to be tried in; nothing more is said about it",
            ERROR: "the precondition was not met; nothing can be said about the controller",
            INCONCLUSIVE: "the recording ends before it",
        }[verdict]
        reads = tuple(term.reads())
        return Outcome(id_, verdict, sentence, margin=margin, unit="s", at_s=at_s, signals=reads, detail=detail)

    def _in_time(self, recording: Recording, term: Term, within: float) -> tuple[str, float, float | None]:
        time = recording.time_s
        known = float(time[-1])
        length = run_length(time, condition_series(term, recording).true, known)
        met = (length >= self.for_) & (length > 0) & (time + self.for_ <= within)
        if met.any():
            at_s = float(time[int(np.argmax(met))]) + self.for_
            return PASS, at_s, within - at_s
        return self._unmet(known, within), min(within, known), None

    def _at_moment(self, recording: Recording, term: Term, end_s: float) -> tuple[str, float, float | None]:
        time = recording.time_s
        known = float(time[-1])
        times = occurrences(self.at, None, recording) if self.at is not None else time[:0]
        if times.size == 0 or float(times[0]) > known:
            step = known - float(time[-2]) if time.size > 1 else 0.0
            return self._unmet(known + step, end_s), known, None
        at_s = float(times[0])
        inside = (time >= at_s - self.for_) & (time < at_s)
        met = bool(inside.any() and condition_series(term, recording).true[inside].all())
        return (PASS if met else self._unmet(known, at_s)), at_s, None

    def _unmet(self, known_s: float, until_s: float) -> str:
        if self.whose == "controller":
            return FAIL if known_s >= until_s else INCONCLUSIVE
        return ERROR
