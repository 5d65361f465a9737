"""Criteria on sums over time: count, integral, ratio."""

from abc import abstractmethod
from typing import Annotated, Any, ClassVar

import numpy as np
from pydantic import BeforeValidator, WithJsonSchema

from scenarios.criteria.criterion import Frame
from scenarios.criteria.holds import Windowed
from scenarios.criteria.verdict import FAIL, INCONCLUSIVE, PASS, Outcome
from scenarios.expressions.series import rises
from scenarios.expressions.term import Term
from scenarios.expressions.text import Expression, Number
from scenarios.file_types import Formula, Quantity, Whole, read_duration
from scenarios.phrases import measured, said
from scenarios.recording import Floats
from scenarios.windows import durations, held_index, least_in_window, most_in_window
from twin.errors import InputError
from twin.units import convert
from twin.yaml_lines import FileModel, place_of


class Total(Windowed):
    """A criterion on one number for a stretch of time, with a limit above, below, or both."""

    def judge_one(self, frame: Frame) -> Outcome:
        window = self.window(frame)
        if window is None:
            return self.not_exercised("its first moment never came")
        begin, end = window
        known = min(end, frame.span.known_s)
        if begin >= known:
            return Outcome(self.id, INCONCLUSIVE, detail="its window begins at or after the end of the recording")
        return self.judge_window(frame.frozen(begin), (begin, known), complete=end <= known)

    @abstractmethod
    def judge_window(self, frame: Frame, window: tuple[float, float], complete: bool) -> Outcome:
        """The outcome for a stretch (begin, end) [s]; `complete` where it is not cut short by the recording."""

    def parts(self, frame: Frame, window: tuple[float, float]) -> Floats:
        """How long [s] each value of the recording counts: within the window, while the condition holds."""
        held = durations(frame.recording.time_s, *window)
        return held * frame.condition("during").true if "during" in frame.terms else held

    def summed(self, frame: Frame, role: str, window: tuple[float, float]) -> float:
        """The integral of a number over the window [its unit times s]; NaN where a value is not known."""
        parts = self.parts(frame, window)
        counted = parts > 0
        return float(np.sum(frame.number(role)[counted] * parts[counted]))

    def limited(
        self, value: float, limits: tuple[float | None, float | None], unit: str, final: tuple[bool, bool]
    ) -> Outcome:
        """Judge a total against (at most, at least). final: it can no longer fall, it can no longer rise."""
        most, least = limits
        room = [
            m
            for m in (None if most is None else most - value, None if least is None else value - least)
            if m is not None
        ]
        margin = min(room)
        over, under = most is not None and value > most, least is not None and value < least
        certain = (over and final[0]) or (under and final[1])
        verdict = FAIL if certain else PASS if not (over or under) and all(final) else INCONCLUSIVE
        return Outcome(self.id, verdict, margin=margin, unit=unit, detail=measured(value, unit))


def _per(given: Any) -> float | None:
    return None if str(given) == "whole" else read_duration(given)


Per = Annotated[
    float | None,
    BeforeValidator(_per),
    WithJsonSchema({"type": "string", "description": "a duration, or whole for the whole window"}),
]


class Count(Total):
    """How often a condition becomes true, in any stretch of `per` or in the whole. Margin: counts left."""

    KEY: ClassVar[str] = "count"
    count: Formula
    per: Per = None
    at_most: Whole | None = None
    at_least: Whole | None = None

    def formulas(self) -> dict[str, Expression]:
        where = place_of(self.id) or self.id
        _need_limit(where, self.at_most, self.at_least)
        if self.at_most is not None and self.at_least is not None and self.at_least > self.at_most:
            raise _crossed(where, self.at_least, self.at_most)
        return {"count": self.count} | self.windowed_formulas()

    def judge_window(self, frame: Frame, window: tuple[float, float], complete: bool) -> Outcome:
        begin, end = window
        moments = rises(frame.terms["count"], frame.recording)
        moments = moments[(moments >= begin) & (moments <= end)]
        if "during" in frame.terms:
            held = frame.condition("during").true
            moments = moments[held[held_index(frame.recording.time_s, moments)]]
        width = self.per if self.per is not None else np.inf
        too_short = width > end - begin if self.per is not None else False
        most, most_at = most_in_window(moments, width)
        least, least_at = (moments.size, begin) if self.per is None else (0, begin)
        if self.per is not None and not too_short:
            least, least_at = least_in_window(moments, width, begin, end)
        over = self.at_most is not None and most > self.at_most
        under = self.at_least is not None and least < self.at_least and not too_short
        sure_under = under and (complete or self.per is not None)
        unsure = not complete or (too_short and self.at_least is not None) or self._unknown(frame, window)
        verdict = FAIL if over or sure_under else INCONCLUSIVE if unsure else PASS
        upper = np.inf if self.at_most is None else float(self.at_most - most)
        lower = np.inf if self.at_least is None or too_short else float(least - self.at_least)
        margin, at_s = (upper, most_at) if upper <= lower else (lower, least_at)
        stretch = (at_s, min(at_s + width, end)) if verdict == FAIL else None
        detail = f"{most if upper <= lower else least} in {said(min(width, end - begin))} from {said(at_s)} on"
        finite = margin if np.isfinite(margin) else None
        return Outcome(self.id, verdict, margin=finite, unit="1", at_s=at_s, violation=stretch, detail=detail)

    def _unknown(self, frame: Frame, window: tuple[float, float]) -> bool:
        """True where what is counted reads a value that is not known."""
        time = frame.recording.time_s
        inside = (time >= window[0]) & (time <= window[1])
        reads = frame.terms["count"].reads()
        return any(bool(np.isnan(frame.recording.signal(path)[inside]).any()) for path in reads)

    def say(self) -> str:
        limits = [f"at most {self.at_most}" if self.at_most is not None else ""]
        limits += [f"at least {self.at_least}" if self.at_least is not None else ""]
        stretch = f"in any {said(self.per)}" if self.per is not None else "in all"
        return f"{self.count.text} happens {' and '.join(w for w in limits if w)} times {stretch}{self.say_window()}"


class Integral(Total):
    """The integral of a signal over time (energy of a power, time of a condition). Margin: in the limit's unit."""

    KEY: ClassVar[str] = "integral"
    NUMBERS: ClassVar[tuple[str, ...]] = ("integral",)
    integral: Formula
    at_most: Quantity | None = None
    at_least: Quantity | None = None

    def formulas(self) -> dict[str, Expression]:
        _need_limit(place_of(self.id) or self.id, self.at_most, self.at_least)
        return {"integral": self.integral} | self.windowed_formulas()

    def check_units(self, terms: dict[str, Term]) -> None:
        term = terms["integral"]
        if term.unit == "degC":
            message = (
                "a temperature in degC cannot be summed over time; use a difference, such as max(20 degC - t, 0 K)"
            )
            self.integral.refuse(self.integral.root, message)
        for limit in (self.at_most, self.at_least):
            if limit is not None:
                self._limit(limit, term.unit)
        if self.at_most is not None and self.at_least is not None:
            limits = [self._limit(one, term.unit) for one in (self.at_least, self.at_most)]
            least, most = (convert(*limit, over_time(term.unit)) for limit in limits)
            if least > most:
                raise _crossed(self.at_least.where, self.at_least.text, self.at_most.text)

    def _limit(self, limit: Expression, unit: str) -> tuple[float, str]:
        """The limit and its own unit; InputError where it does not fit the integral."""
        number = _number(limit)
        try:
            convert(1.0, over_time(unit), number.unit)
        except InputError as error:
            limit.refuse(number, f"{limit.text!r} does not fit the integral of a number in {unit}: {error}")
        return number.value, number.unit

    def judge_window(self, frame: Frame, window: tuple[float, float], complete: bool) -> Outcome:
        unit = frame.terms["integral"].unit
        given = [self._limit(limit, unit) for limit in (self.at_most, self.at_least) if limit is not None]
        shown = given[0][1]
        value = self.summed(frame, "integral", window)
        if np.isnan(value):
            return Outcome(self.id, INCONCLUSIVE, unit=shown, detail="a value is not known")
        limits = [
            None if q is None else convert(_number(q).value, _number(q).unit, shown)
            for q in (self.at_most, self.at_least)
        ]
        never_falls = complete or bool((frame.number("integral") >= 0).all())
        return self.limited(
            convert(value, over_time(unit), shown), (limits[0], limits[1]), shown, (never_falls, complete)
        )

    def say(self) -> str:
        return f"The integral of {self.integral.text} is {_say_limits(self.at_most, self.at_least)}{self.say_window()}"


class Parts(FileModel):
    """The two numbers of a ratio; each is summed over the time first."""

    of: Formula
    to: Formula


class Ratio(Total):
    """The ratio of two integrals over time, such as a seasonal performance factor. Margin: of the ratio."""

    KEY: ClassVar[str] = "ratio"
    NUMBERS: ClassVar[tuple[str, ...]] = ("of", "to")
    ratio: Parts
    at_most: Quantity | None = None
    at_least: Quantity | None = None

    def formulas(self) -> dict[str, Expression]:
        _need_limit(place_of(self.id) or self.id, self.at_most, self.at_least)
        return {"of": self.ratio.of, "to": self.ratio.to} | self.windowed_formulas()

    def check_units(self, terms: dict[str, Term]) -> None:
        for limit in (self.at_most, self.at_least):
            if limit is not None:
                self._limit(limit, terms)
        if self.at_most is None or self.at_least is None:
            return
        if self._limit(self.at_least, terms) > self._limit(self.at_most, terms):
            raise _crossed(self.at_least.where, self.at_least.text, self.at_most.text)

    def _limit(self, limit: Expression, terms: dict[str, Term]) -> float:
        number, unit = _number(limit), _quotient(terms)
        try:
            return convert(number.value, number.unit, unit)
        except InputError as error:
            limit.refuse(number, f"{limit.text!r} does not fit the ratio, which is in {unit}: {error}")

    def judge_window(self, frame: Frame, window: tuple[float, float], complete: bool) -> Outcome:
        of, to = (self.summed(frame, role, window) for role in ("of", "to"))
        if np.isnan(of) or np.isnan(to):
            return Outcome(self.id, INCONCLUSIVE, detail="a value is not known")
        if to <= 0:
            return self.not_exercised(f"{self.ratio.to.text} adds up to nothing")
        limits = [None if q is None else self._limit(q, frame.terms) for q in (self.at_most, self.at_least)]
        return self.limited(of / to, (limits[0], limits[1]), _quotient(frame.terms), (complete, complete))

    def say(self) -> str:
        what = f"The ratio of {self.ratio.of.text} to {self.ratio.to.text}, both over time,"
        return f"{what} is {_say_limits(self.at_most, self.at_least)}{self.say_window()}"


def over_time(unit: str) -> str:
    """The unit of an integral over time: W gives W*s, a count or a yes or no gives s."""
    return "s" if unit == "1" else f"{unit}*s"


def _quotient(terms: dict[str, Term]) -> str:
    of, to = terms["of"].unit, terms["to"].unit
    return "1" if of == to else f"{of}/({to})"


def _number(limit: Expression) -> Number:
    if not isinstance(limit.root, Number):
        limit.refuse(limit.root, "expected a number with its unit")
    return limit.root


def _need_limit(where: str, *limits: object) -> None:
    if all(limit is None for limit in limits):
        raise InputError(f"{where}: give at_most or at_least")


def _crossed(where: str, least: object, most: object) -> InputError:
    return InputError(f"{where}: at_least ({least}) is above at_most ({most})")


def _say_limits(most: Expression | None, least: Expression | None) -> str:
    words = [f"at most {most.text}"] if most is not None else []
    return " and ".join(words + ([f"at least {least.text}"] if least is not None else []))
