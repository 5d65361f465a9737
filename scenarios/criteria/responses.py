"""Criteria on what follows a trigger: within, settles, alarm."""

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field

from scenarios.criteria.criterion import Criterion, Frame, limits_of, opposite
from scenarios.criteria.verdict import FAIL, INCONCLUSIVE, ORDER, PASS, Outcome, worst_outcome
from scenarios.expressions.moments import Moment
from scenarios.expressions.text import Expression, parse
from scenarios.file_types import Duration, Formula, Moments, Quantity
from scenarios.phrases import said
from scenarios.recording import Floats
from scenarios.windows import first_true, held_index, least_held, run_length, sliding_max
from twin.yaml_lines import FileModel


class Response(Criterion):
    """A criterion on what follows a trigger. Every trigger counts; the worst is reported."""

    TRIGGER: ClassVar[str] = "after"
    after: Moments | None = Field(default=None, description="the trigger; the beginning of the judged time if left out")

    def moments(self) -> dict[str, Moment]:
        return {"after": self.after} if self.after is not None else {}

    def triggers(self, frame: Frame) -> Floats:
        """When the trigger came [s]."""
        if self.after is None:
            return np.asarray([frame.span.begin_s])
        return frame.times_of(self.after, "after")

    def judge_one(self, frame: Frame) -> Outcome:
        triggers = self.triggers(frame)
        known = triggers[triggers <= frame.span.known_s]
        if triggers.size == 0:
            return self.not_exercised("its trigger never came")
        if known.size == 0:
            return Outcome(self.id, INCONCLUSIVE, detail="its trigger lies behind the end of the recording")
        if not frame.triggered:
            return self.judge_triggers(frame, known)
        return worst_outcome(self.judge_triggers(frame.frozen(float(one)), np.asarray([one])) for one in known)

    @abstractmethod
    def judge_triggers(self, frame: Frame, triggers: Floats) -> Outcome:
        """The worst outcome of these triggers, all within the recording."""

    def say_after(self) -> str:
        return f"After {self.after.text}, " if self.after is not None else "From the beginning, "


class Within(Response):
    """The condition comes within a time after the trigger (and stays for `hold`). Margin: seconds left."""

    KEY: ClassVar[str] = "that"
    that: Formula
    within: Duration
    hold: Duration = Field(default=0.0, description="how long the condition must stay once it has come")

    def formulas(self) -> dict[str, Expression]:
        return {"that": self.that}

    def judge_triggers(self, frame: Frame, triggers: Floats) -> Outcome:
        return judge_within(self.id, frame, triggers, "that", (self.within, self.hold))

    def say(self) -> str:
        stays = f" and stays for {said(self.hold)}" if self.hold else ""
        return f"{self.say_after()}{self.that.text} within {said(self.within)}{stays}"


def judge_within(id_: str, frame: Frame, triggers: Floats, role: str, times: tuple[float, float]) -> Outcome:
    """The worst of the triggers; times: within, hold [s]."""
    within, hold = times
    time, index = frame.grid(triggers)
    known = frame.span.known_s
    true = frame.condition(role).true[index]
    stays = run_length(time, true, known)
    held = true & (stays >= hold)
    pending = (first_true(~true, np.arange(time.size)) == time.size) & ~held
    at = held_index(time, triggers)
    came = np.append(time, np.inf)[first_true(held, at)]
    maybe = np.append(time, np.inf)[first_true(pending, at)]
    deadline = triggers + within
    left = np.where(np.isfinite(came), deadline - came, np.minimum(deadline - known, 0.0))
    unsure = (came > deadline) & ((deadline > known) | (maybe <= deadline))
    rank = np.where(came <= deadline, ORDER.index(PASS), np.where(unsure, ORDER.index(INCONCLUSIVE), ORDER.index(FAIL)))
    worst = int(np.lexsort((left, -rank))[0])
    verdict = ORDER[int(rank[worst])]
    arrived = float(came[worst])
    late = (float(deadline[worst]), min(arrived, known)) if verdict == FAIL else None
    detail = f"came {said(arrived - triggers[worst])}" if np.isfinite(arrived) else "did not come"
    return Outcome(
        id_,
        verdict,
        margin=None if verdict == INCONCLUSIVE else float(left[worst]),
        unit="s",
        at_s=arrived if verdict == PASS else float(min(deadline[worst], known)),
        violation=late,
        limits=limits_of(frame.terms[role]),
        detail=f"{detail} after the trigger at {said(float(triggers[worst]))}",
    )


class Settle(FileModel):
    """What `settle` asks for: the signal comes to `to`, give or take `band`, within a time, and stays for `hold`."""

    signal: Formula
    to: Formula
    band: Quantity
    within: Duration
    hold: Duration = 0.0


class Settles(Response):
    """A signal settles after the trigger. Margin: room left in the band over the best `hold` seconds in time."""

    KEY: ClassVar[str] = "settle"
    settle: Settle

    def formulas(self) -> dict[str, Expression]:
        asked = self.settle
        text = f"abs(({asked.signal.text}) - ({asked.to.text})) <= {asked.band.text}"
        return {"near": parse(text, asked.signal.where)}

    def judge_triggers(self, frame: Frame, triggers: Floats) -> Outcome:
        within, hold, known = self.settle.within, self.settle.hold, frame.span.known_s
        time, index = frame.grid(triggers)
        condition = frame.condition("near")
        margin = np.where(np.isnan(condition.margin), -np.inf, condition.margin)[index]
        room = least_held(time, margin, hold)
        sure = sliding_max(time, np.where(time + hold <= known, room, -np.inf), within)
        hopeful = sliding_max(time, room, within)
        at, end = held_index(time, triggers), triggers + within
        open_end = (end > known) | (hopeful[at] >= 0)
        rank = np.where(
            sure[at] >= 0, ORDER.index(PASS), np.where(open_end, ORDER.index(INCONCLUSIVE), ORDER.index(FAIL))
        )
        worst = int(np.lexsort((sure[at], -rank))[0])
        verdict, trigger, deadline = ORDER[int(rank[worst])], float(triggers[worst]), float(end[worst])
        best = float(sure[at[worst]])
        settled = int(first_true((room >= 0) & (time + hold <= known), at[[worst]])[0])
        when = float(time[settled]) if settled < time.size else None
        detail = "did not settle" if when is None else f"settled {said(when - trigger)}"
        return Outcome(
            self.id,
            verdict,
            margin=best if verdict != INCONCLUSIVE and np.isfinite(best) else None,
            unit=condition.unit,
            at_s=when if verdict == PASS else min(deadline, known),
            violation=(deadline, min(deadline + hold, known)) if verdict == FAIL else None,
            limits=self._limits(frame),
            detail=f"{detail} after the trigger at {said(trigger)}",
        )

    def _limits(self, frame: Frame) -> tuple[tuple[str, float | None, float | None], ...]:
        """The band as lines, where the target is a number."""
        distance, band = frame.terms["near"].operands
        signal, target = distance.operands[0].operands
        if signal.op != "read" or target.op != "constant":
            return ()
        return ((signal.path, target.value - band.value, target.value + band.value),)

    def say(self) -> str:
        asked = self.settle
        stays = f" and stays for {said(asked.hold)}" if asked.hold else ""
        near = f"{asked.signal.text} is within {asked.band.text} of {asked.to.text}"
        return f"{self.say_after()}{near} within {said(asked.within)}{stays}"


class Cleared(FileModel):
    """When the alarm must be gone again: within a time after a moment."""

    after: Moments
    within: Duration


class Alarm(Response):
    """The alarm is raised in time after the trigger, did not stand before it, and is cleared. Margin: seconds left."""

    KEY: ClassVar[str] = "alarm"
    alarm: Formula
    within: Duration
    cleared: Cleared | None = None

    def formulas(self) -> dict[str, Expression]:
        return {"alarm": self.alarm, "gone": opposite(self.alarm)}

    def moments(self) -> dict[str, Moment]:
        return super().moments() | ({"cleared": self.cleared.after} if self.cleared is not None else {})

    def judge_triggers(self, frame: Frame, triggers: Floats) -> Outcome:
        first = float(triggers[0])
        before = int(np.searchsorted(frame.recording.time_s, first)) - 1
        if self.after is not None and before >= 0 and frame.condition("alarm").true[before]:
            stood = (float(frame.recording.time_s[before]), first)
            return Outcome(
                self.id, FAIL, at_s=first, violation=stood, detail="the alarm stood already before the trigger"
            )
        raised = judge_within(self.id, frame, triggers, "alarm", (self.within, 0.0))
        if self.cleared is None:
            return raised
        return worst_outcome([raised, self._judge_cleared(frame, self.cleared)])

    def _judge_cleared(self, frame: Frame, cleared: Cleared) -> Outcome:
        times = frame.times_of(cleared.after, "cleared")
        known = times[times <= frame.span.known_s]
        if times.size == 0:
            return self.not_exercised(f"{cleared.after.text} never came")
        if known.size == 0:
            return Outcome(self.id, INCONCLUSIVE, detail=f"{cleared.after.text} lies behind the end of the recording")
        outcome = judge_within(self.id, frame, known, "gone", (cleared.within, 0.0))
        return replace(outcome, detail=f"cleared: {outcome.detail}")

    def say(self) -> str:
        words = f"{self.say_after()}the alarm {self.alarm.text} within {said(self.within)}"
        if self.cleared is None:
            return words
        return f"{words}, cleared within {said(self.cleared.within)} after {self.cleared.after.text}"
