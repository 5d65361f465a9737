"""Criteria on all of the time: always, never, between."""

from abc import abstractmethod
from dataclasses import replace
from typing import ClassVar

import numpy as np
from pydantic import Field

from scenarios.criteria.criterion import Criterion, Frame, limits_of, opposite
from scenarios.criteria.verdict import FAIL, INCONCLUSIVE, ORDER, PASS, Outcome
from scenarios.expressions.moments import Moment
from scenarios.expressions.series import Condition
from scenarios.expressions.term import Term
from scenarios.expressions.text import Expression, parse
from scenarios.file_types import Duration, Formula, Moments, Quantity
from scenarios.phrases import said
from scenarios.recording import Floats
from scenarios.windows import Flags, held_index, runs, sliding_max
from twin.errors import InputError
from twin.yaml_lines import place_of


class Windowed(Criterion):
    """A criterion on a stretch of the time: from a moment (its first), until a moment, while a condition holds."""

    TRIGGER: ClassVar[str] = "start"
    from_: Moments | None = Field(default=None, alias="from", description="judged from this moment on (its first)")
    after: Moments | None = Field(default=None, description="the same as from")
    until: Moments | None = Field(default=None, description="judged until this moment")
    before: Moments | None = Field(default=None, description="the same as until")
    during: Formula | None = Field(default=None, alias="while", description="judged only while this holds")

    def moments(self) -> dict[str, Moment]:
        for one, other in (("from_", "after"), ("until", "before")):
            if getattr(self, one) is not None and getattr(self, other) is not None:
                raise InputError(
                    f"{place_of(self.id) or self.id}: {one.strip('_')!r} and {other!r} mean the same; give one of them"
                )
        given = {"start": self.from_ or self.after, "stop": self.until or self.before}
        return {role: moment for role, moment in given.items() if moment is not None}

    def window(self, frame: Frame) -> tuple[float, float] | None:
        """The judged stretch [s]; None where its first moment never came."""
        moments = self.moments()
        begin, end = frame.span.begin_s, frame.span.end_s
        if "start" in moments:
            starts = frame.times_of(moments["start"], "start")
            if starts.size == 0:
                return None
            begin = float(starts[0])
        if "stop" in moments:
            stops = frame.times_of(moments["stop"], "stop")
            later = stops[stops > begin]
            end = float(later[0]) if later.size else end
        return begin, end

    def say_window(self) -> str:
        """The stretch in words."""
        moments = self.moments()
        words = f", from {moments['start'].text}" if "start" in moments else ""
        words += f", until {moments['stop'].text}" if "stop" in moments else ""
        return words + (f", while {self.during.text}" if self.during else "")

    def active(self, frame: Frame, index: np.ndarray[tuple[int], np.dtype[np.int64]]) -> tuple[Flags, bool]:
        """Where `while` does not definitely fail to hold, and whether it ever holds."""
        if "during" not in frame.terms:
            return np.ones(index.size, np.bool_), True
        condition = frame.condition("during")
        return ~condition.false[index], bool(condition.true[index].any())

    def windowed_formulas(self) -> dict[str, Expression]:
        return {"during": self.during} if self.during is not None else {}


class Hold(Windowed):
    """A condition that must hold at every moment, violations no longer than `grace` forgiven."""

    grace: Duration = Field(default=0.0, description="a violation up to this long is forgiven")

    @abstractmethod
    def must(self) -> Expression:
        """The condition that must hold."""

    def formulas(self) -> dict[str, Expression]:
        return {"must": self.must()} | self.windowed_formulas()

    def judge_one(self, frame: Frame) -> Outcome:
        window = self.window(frame)
        if window is None:
            return self.not_exercised("its first moment never came")
        begin, end = window
        known = min(end, frame.span.known_s)
        if begin > known:
            return Outcome(self.id, INCONCLUSIVE, detail="its window begins after the end of the recording")
        frame = frame.frozen(begin)
        time, index = frame.grid(np.asarray([begin, known]))
        inside = self.inside(time, begin, end)
        active, exercised = self.active(frame, index[inside])
        if not exercised:
            return self.not_exercised("its condition (while) never held")
        condition = frame.condition("must")
        closed = end < frame.span.known_s
        return self._outcome(frame, condition, (time[inside], index[inside], active), known, end <= known, closed)

    def inside(self, time: Floats, begin: float, end: float) -> Flags:
        """The times that are judged; the end is one of them."""
        return (time >= begin) & (time <= end)

    def _outcome(
        self,
        frame: Frame,
        condition: Condition,
        judged: tuple[Floats, np.ndarray[tuple[int], np.dtype[np.int64]], Flags],
        known: float,
        complete: bool,
        closed: bool,
    ) -> Outcome:
        """complete: all of the window was seen; closed: it ended before the recording did.

        What is still violated at the end of the recording may come to last longer than the grace; the end of a closed
        window ends it.
        """
        time, index, active = judged
        starts, stops = runs(active & ~condition.true[index])
        edges = np.append(time, known)
        length = edges[stops] - time[starts]
        violated = length > self.grace if self.grace > 0 else np.ones_like(starts, np.bool_)
        open_end = bool(starts.size and stops[-1] == time.size and not violated[-1]) and not closed
        margin, unit, at_s = self._margin(
            time, np.where(active, condition.margin[index], np.inf), condition.unit, known
        )
        longest = float(length.max(initial=0.0))
        if margin is None and (self.grace > 0 or violated.any()):
            margin, unit = self.grace - longest, "s"
            at_s = float(time[starts[int(np.argmax(length))]]) if starts.size else float(time[0])
        first = int(np.argmax(violated)) if violated.any() else -1
        verdict = FAIL if first >= 0 else PASS if complete and not open_end else INCONCLUSIVE
        interval = (float(time[starts[first]]), float(edges[stops[first]])) if first >= 0 else None
        detail = "" if verdict == PASS else "the recording ends before its window"
        if interval is not None:
            unknown = "not known, " if np.isnan(condition.margin[index][starts[first]]) else ""
            detail = f"{unknown}violated for {said(interval[1] - interval[0])} from {said(interval[0])} on"
        limits = limits_of(frame.terms["must"])
        return Outcome(
            self.id, verdict, margin=margin, unit=unit, at_s=at_s, violation=interval, limits=limits, detail=detail
        )

    def _margin(self, time: Floats, margin: Floats, unit: str, known: float) -> tuple[float | None, str, float | None]:
        """The least margin, each moment given the best of the `grace` that follows it; None for a plain yes or no."""
        if not unit:
            return None, "", None
        margin = np.where(np.isnan(margin), -np.inf, margin)
        if self.grace > 0:
            margin = sliding_max(time, margin, self.grace)
            margin[time + self.grace >= known] = np.inf
        at = int(np.argmin(margin))
        return (float(margin[at]), unit, float(time[at])) if np.isfinite(margin[at]) else (None, "", None)

    def say_grace(self) -> str:
        return f", but for at most {said(self.grace)}" if self.grace > 0 else ""


class Always(Hold):
    """The condition holds at every moment. Margin: the least distance from the limit; seconds for a yes or no.

    With `within`, the moment of `until` must come in that time, and the condition hold until right before it; a plain
    yes or no then has the seconds that were left as its margin.
    """

    KEY: ClassVar[str] = "always"
    always: Formula
    within: Duration | None = Field(default=None, description="the moment of `until` must come in this time")

    def must(self) -> Expression:
        return self.always

    def moments(self) -> dict[str, Moment]:
        found = super().moments()
        if self.within is not None and "stop" not in found:
            raise InputError(f"{place_of(self.id) or self.id}: `within` is for `until`, which must come in that time")
        return found

    def window(self, frame: Frame) -> tuple[float, float] | None:
        window = super().window(frame)
        if window is None or self.within is None:
            return window
        return window[0], min(self._came(frame, window[0]), window[0] + self.within)

    def inside(self, time: Floats, begin: float, end: float) -> Flags:
        return super().inside(time, begin, end) if self.within is None else (time >= begin) & (time < end)

    def judge_one(self, frame: Frame) -> Outcome:
        window = self.window(frame)
        if self.within is None or window is None or window[0] > frame.span.known_s:
            return super().judge_one(frame)
        came = self._came(frame, window[0])
        ends = self._ends(came, window[0], frame.span.known_s)
        if window[1] <= window[0]:
            return ends
        held = super().judge_one(frame)
        if held.verdict == ends.verdict == PASS:
            return replace(ends if held.margin is None else held, detail=ends.detail)
        return max(held, ends, key=lambda one: ORDER.index(one.verdict))

    def _came(self, frame: Frame, begin: float) -> float:
        """When the moment of `until` came [s]: at once where its condition holds already, infinite if it never did."""
        at = held_index(frame.recording.time_s, np.asarray([begin]))
        if "stop" in frame.terms and frame.condition("stop").true[at].any():
            return begin
        later = frame.times_of(self.moments()["stop"], "stop")
        return float(min(later[(later >= begin) & (later <= frame.span.known_s)], default=np.inf))

    def _ends(self, came: float, begin: float, known: float) -> Outcome:
        """Whether the moment of `until` came in time."""
        deadline, text = begin + (self.within or 0.0), self.moments()["stop"].text
        left, late = deadline - min(came, known), (deadline, min(came, known))
        if came <= deadline:
            detail = f"{text} came {said(came - begin)} after the beginning"
            return Outcome(self.id, PASS, margin=left, unit="s", at_s=came, detail=detail)
        if deadline > known:
            return Outcome(self.id, INCONCLUSIVE, detail=f"the recording ends before {text} came")
        detail = f"{text} did not come within {said(deadline - begin)}"
        return Outcome(self.id, FAIL, margin=left, unit="s", at_s=deadline, violation=late, detail=detail)

    def say(self) -> str:
        comes = f", which comes within {said(self.within)}" if self.within is not None else ""
        return f"Always {self.always.text}{self.say_grace()}{self.say_window()}{comes}"


class Never(Hold):
    """The condition holds at no moment. Margin: the least distance from it; seconds for a yes or no."""

    KEY: ClassVar[str] = "never"
    never: Formula

    def must(self) -> Expression:
        return opposite(self.never)

    def say(self) -> str:
        return f"Never {self.never.text}{self.say_grace()}{self.say_window()}"


class Between(Hold):
    """A signal stays between two limits. Margin: the least distance from the nearer limit."""

    KEY: ClassVar[str] = "between"
    between: Formula
    lo: Quantity
    hi: Quantity

    def must(self) -> Expression:
        text = f"{self.lo.text} <= ({self.between.text}) <= {self.hi.text}"
        return parse(text, self.between.where)

    def check_units(self, terms: dict[str, Term]) -> None:
        for _, low, high in limits_of(terms["must"]):
            if low is not None and high is not None and low > high:
                self.lo.refuse(self.lo.root, f"`lo` ({self.lo.text}) is above `hi` ({self.hi.text})")

    def say(self) -> str:
        limits = f"between {self.lo.text} and {self.hi.text}"
        return f"{self.between.text} stays {limits}{self.say_grace()}{self.say_window()}"
