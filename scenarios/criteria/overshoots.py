"""The criterion on how far a signal goes beyond what it was to come to."""

from typing import ClassVar

import numpy as np

from scenarios.criteria.criterion import Frame
from scenarios.criteria.responses import Response
from scenarios.criteria.verdict import FAIL, INCONCLUSIVE, PASS, Outcome, worst_outcome
from scenarios.expressions.series import number_series
from scenarios.expressions.text import Expression, parse
from scenarios.file_types import Duration, Formula, Quantity
from scenarios.phrases import measured, said
from scenarios.recording import Floats
from scenarios.windows import held_index, runs
from twin.yaml_lines import FileModel


class Overshoot(FileModel):
    """What `overshoot` asks for: the signal goes at most so much beyond `to`, for so long after the trigger."""

    signal: Formula
    to: Formula
    at_most: Quantity
    within: Duration | None = None


class Overshoots(Response):
    """After a step a signal goes at most so much beyond its target. Margin: what was left of that, at the worst moment.

    Beyond is up where the signal was below the target right before the trigger, down where it was above, and either way
    where it was there already. Each trigger is watched for `within`, up to the next one, or to the end.
    """

    KEY: ClassVar[str] = "overshoot"
    overshoot: Overshoot

    def formulas(self) -> dict[str, Expression]:
        asked = self.overshoot
        text = f"abs(({asked.signal.text}) - ({asked.to.text})) <= {asked.at_most.text}"
        return {"near": parse(text, asked.signal.where)}

    def judge_triggers(self, frame: Frame, triggers: Floats) -> Outcome:
        return worst_outcome(self._after(frame, float(trigger)) for trigger in triggers)

    def _after(self, frame: Frame, trigger: float) -> Outcome:
        """What came after one trigger."""
        distance, limit = frame.terms["near"].operands
        signal, target = (number_series(one, frame.recording) for one in distance.operands[0].operands)
        every, time, known = self.triggers(frame), frame.recording.time_s, frame.span.known_s
        within = self.overshoot.within
        planned = frame.span.end_s if within is None else trigger + within
        end = min([planned, *map(float, every[every > trigger])])
        first, last = held_index(time, np.asarray([trigger, min(end, known)]))
        seen = slice(int(first), int(last) + 1)
        before = max(int(np.searchsorted(time, trigger)) - 1, 0)
        way = np.sign(target[first] - signal[before])
        beyond = signal[seen] - target[seen]
        beyond = np.maximum(np.abs(beyond) if way == 0.0 else way * beyond, 0.0)
        if np.isnan(beyond).any() or np.isnan(way):
            at_s = max(float(time[seen][np.isnan(beyond)][0]), trigger) if np.isnan(beyond).any() else trigger
            return Outcome(self.id, FAIL, at_s=at_s, violation=(at_s, min(end, known)), detail="not known")
        return self._outcome(
            (np.maximum(time[seen], trigger), beyond), limit.value, distance.unit, (trigger, end, known)
        )

    def _outcome(
        self, seen: tuple[Floats, Floats], limit: float, unit: str, spans: tuple[float, float, float]
    ) -> Outcome:
        """seen: times [s] and how far beyond; spans: trigger, end, and what is known up to [s]."""
        (time, beyond), (trigger, end, known) = seen, spans
        worst = int(np.argmax(beyond))
        starts, stops = runs(beyond > limit)
        edges = np.append(time, min(end, known))
        over = (float(time[starts[0]]), float(edges[stops[0]])) if starts.size else None
        verdict = FAIL if over else INCONCLUSIVE if end > known else PASS
        detail = f"{measured(float(beyond[worst]), unit)} beyond after the trigger at {said(trigger)}"
        return Outcome(
            self.id,
            verdict,
            margin=None if verdict == INCONCLUSIVE else limit - float(beyond[worst]),
            unit=unit,
            at_s=float(time[worst]),
            violation=over,
            detail=detail,
        )

    def say(self) -> str:
        asked = self.overshoot
        within = f" within {said(asked.within)}" if asked.within is not None else ""
        return f"{self.say_after()}{asked.signal.text} goes at most {asked.at_most.text} beyond {asked.to.text}{within}"
