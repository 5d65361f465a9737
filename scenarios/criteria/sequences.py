"""The criterion on order: steps that must come one after another."""

from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, Field

from scenarios.criteria.criterion import Frame
from scenarios.criteria.responses import Response
from scenarios.criteria.verdict import FAIL, INCONCLUSIVE, PASS, Outcome, worst_outcome
from scenarios.expressions.series import rises
from scenarios.expressions.text import Expression
from scenarios.file_types import Duration, Formula
from scenarios.phrases import said
from scenarios.recording import Floats
from twin.yaml_lines import FileModel


class Step(FileModel):
    """One step: a condition that becomes true, at most `within` after the step before it (or the trigger)."""

    that: Formula
    within: Duration | None = None


def _step(given: Any) -> Any:
    return given if isinstance(given, dict | Step) else Step(that=given)


class Sequence(Response):
    """Conditions become true in this order. Margin: the least time left, of each step and of the whole [s].

    The first step may hold already; every other one must become true at or after the moment of the step before it.
    """

    KEY: ClassVar[str] = "sequence"
    sequence: list[Annotated[Step, BeforeValidator(_step, json_schema_input_type=Step | str)]] = Field(min_length=2)
    within: Duration | None = Field(default=None, description="the longest time for the whole sequence")

    def formulas(self) -> dict[str, Expression]:
        return {f"step {number}": step.that for number, step in enumerate(self.sequence, 1)}

    def judge_triggers(self, frame: Frame, triggers: Floats) -> Outcome:
        steps = [(self.sequence[n - 1], f"step {n}") for n in range(1, len(self.sequence) + 1)]
        seen = [(step, rises(frame.terms[role], frame.recording), frame.condition(role).true) for step, role in steps]
        return worst_outcome([self._follow(frame, float(trigger), seen) for trigger in triggers])

    def _follow(self, frame: Frame, trigger: float, seen: list[tuple[Step, Floats, Any]]) -> Outcome:
        """The sequence after one trigger."""
        left, now = np.inf, trigger
        total = trigger + self.within if self.within is not None else np.inf
        for number, (step, risen, true) in enumerate(seen, 1):
            held = bool(true[max(int(np.searchsorted(frame.recording.time_s, now, side="right")) - 1, 0)])
            deadline = min(total, now + step.within if step.within is not None else np.inf)
            turn = int(np.searchsorted(risen, now))
            if held and number == 1:
                came = now
            elif turn < risen.size and risen[turn] <= frame.span.known_s:
                came = float(risen[turn])
            else:
                return self._missing(frame, number, held, deadline, now)
            left = min(left, deadline - came)
            if came > deadline:
                detail = f"step {number} ({step.that.text}) came {said(came - deadline)} late, at {said(came)}"
                return Outcome(
                    self.id, FAIL, margin=left, unit="s", at_s=came, violation=(deadline, came), detail=detail
                )
            now = came
        margin = left if np.isfinite(left) else None
        detail = f"complete {said(now - trigger)} after the trigger at {said(trigger)}"
        return Outcome(self.id, PASS, margin=margin, unit="s", at_s=now, detail=detail)

    def _missing(self, frame: Frame, number: int, held: bool, deadline: float, now: float) -> Outcome:
        """A step that did not come: out of order, too late, or the recording is too short."""
        known, name = frame.span.known_s, f"step {number} ({self.sequence[number - 1].that.text})"
        if deadline > known and (np.isfinite(deadline) or known < frame.span.end_s):
            return Outcome(self.id, INCONCLUSIVE, at_s=known, detail=f"the recording ends before {name} came")
        margin = deadline - known if np.isfinite(deadline) else None
        detail = f"{name} held already before its turn at {said(now)}" if held else f"{name} never came"
        violation = (now, known) if held else (min(deadline, known), known)
        return Outcome(self.id, FAIL, margin=margin, unit="s", at_s=violation[0], violation=violation, detail=detail)

    def say(self) -> str:
        steps = ", then ".join(
            step.that.text + (f" (within {said(step.within)})" if step.within is not None else "")
            for step in self.sequence
        )
        whole = f", all within {said(self.within)}" if self.within is not None else ""
        return f"{self.say_after()}in this order: {steps}{whole}"
