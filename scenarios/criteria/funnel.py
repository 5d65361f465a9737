"""The criterion on a signal that must stay near a reference trajectory."""

from pathlib import Path
from typing import ClassVar

import numpy as np
from pydantic import PrivateAttr, model_validator

from scenarios.criteria.criterion import Frame
from scenarios.criteria.holds import Windowed
from scenarios.criteria.reference import Reference, read_reference
from scenarios.criteria.verdict import FAIL, INCONCLUSIVE, PASS, Outcome
from scenarios.expressions.series import number_series
from scenarios.expressions.term import Term
from scenarios.expressions.text import Expression, parse
from scenarios.file_types import BesideName, Duration, Formula, Line, Quantity
from scenarios.phrases import said
from scenarios.recording import Floats
from scenarios.windows import Flags, Indices, runs
from twin.yaml_lines import FileModel, place_of


class Tube(FileModel):
    """What `funnel` asks for: the signal is near its reference, off by `value`, early or late by `time`.

    column: of the reference; where it is left out, it bears the name of the signal
    """

    signal: Formula
    reference: BesideName
    column: Line | None = None
    value: Quantity
    time: Duration = 0.0
    _read: Reference = PrivateAttr()

    @model_validator(mode="after")
    def _readable(self) -> "Tube":
        self._read = read_reference(self.reference, self.column or self.signal.text, place_of(self.reference))
        return self

    @property
    def given(self) -> Reference:
        """The reference as it was read."""
        return self._read

    def trajectory(self, unit: str) -> Reference:
        """The reference in the unit of the signal; InputError where they do not fit."""
        return self._read.converted(unit, place_of(self.reference))


class Funnel(Windowed):
    """A signal stays in a tube around a reference trajectory. Margin: the least distance from its wall.

    It is compared at every time of the recording that the reference covers, too.
    """

    KEY: ClassVar[str] = "funnel"
    NUMBERS: ClassVar[tuple[str, ...]] = ("signal",)
    funnel: Tube

    def formulas(self) -> dict[str, Expression]:
        text = f"abs(({self.funnel.signal.text}) - ({self.funnel.signal.text})) <= {self.funnel.value.text}"
        near = parse(text, self.funnel.signal.where)
        return {"signal": self.funnel.signal, "near": near} | self.windowed_formulas()

    def check_units(self, terms: dict[str, Term]) -> None:
        self.funnel.trajectory(terms["signal"].unit)

    def judge_one(self, frame: Frame) -> Outcome:
        window = self.window(frame)
        if window is None:
            return self.not_exercised("its first moment never came")
        begin, end = window
        frame = frame.frozen(begin)
        reference = self.funnel.trajectory(frame.terms["signal"].unit)
        first, last = max(begin, float(reference.time_s[0])), min(end, frame.span.known_s, reference.end_s)
        if first > last:
            return Outcome(self.id, INCONCLUSIVE, detail="the recording and the reference do not meet in its window")
        time, index = frame.grid(np.asarray([first, last]))
        inside = (time >= first) & (time <= last)
        active, exercised = self.active(frame, index[inside])
        if not exercised:
            return self.not_exercised("its condition (while) never held")
        whole = first == begin and last == end
        return self._outcome(frame, reference, (time[inside], index[inside], active), whole)

    def _outcome(
        self,
        frame: Frame,
        reference: Reference,
        judged: tuple[Floats, Indices, Flags],
        whole: bool,
    ) -> Outcome:
        """whole: recording and reference cover all of the window."""
        time, index, active = judged
        distance, limit = frame.terms["near"].operands
        values = number_series(frame.terms["signal"], frame.recording)[index]
        low, high = reference.tube(time, limit.value, self.funnel.time)
        room = np.minimum(values - low, high - values)
        room = np.where(active, np.where(np.isnan(room), -np.inf, room), np.inf)
        worst = int(np.argmin(room))
        starts, stops = runs(room < 0.0)
        edges = np.append(time, time[-1])
        outside = (float(time[starts[0]]), float(edges[stops[0]])) if starts.size else None
        verdict = FAIL if outside else PASS if whole else INCONCLUSIVE
        detail = "" if whole else "the recording or the reference covers a part of its window only"
        if outside is not None:
            detail = f"outside for {said(outside[1] - outside[0])} from {said(outside[0])} on"
        margin, at_s = float(room[worst]) if np.isfinite(room[worst]) else None, float(time[worst])
        return Outcome(
            self.id,
            verdict,
            margin=margin,
            unit=distance.unit,
            at_s=at_s,
            violation=outside,
            detail=detail,
        )

    def say(self) -> str:
        asked = self.funnel
        late = f" and {said(asked.time)}" if asked.time else ""
        near = f"{asked.value.text}{late} of {Path(asked.reference).name}"
        return f"{asked.signal.text} stays within {near}{self.say_window()}"
