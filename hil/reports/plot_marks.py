"""The worst moment of each criterion in the plots, its violation and the faults."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bokeh.models import BoxAnnotation, ColumnDataSource, Label

from hil.plain_text import one_line
from hil.reports.happenings import Happening
from hil.reports.plot_style import BAD, DARK, FAULT_GREY, TimeAxis
from hil.reports.shown import shown
from scenarios import Outcome
from scenarios.criteria.verdict import PASS


@dataclass(frozen=True)
class Mark:
    """The worst moment of a criterion: time [s], place on the vertical axis."""

    outcome: Outcome
    at_s: float
    height: float


def path_of(outcome: Outcome, drawn: Collection[str]) -> str | None:
    """The signal at which the worst moment of a criterion is marked, None where it is not among those drawn."""
    about = [limit[0] for limit in outcome.limits] or list(outcome.signals)
    return next((path for path in about if path in drawn), None)


def add_marks(plot: Any, axis: TimeAxis, marks: Sequence[Mark]) -> None:
    """A cross and a name where a criterion did not pass, a ring where one that passed was tightest."""
    for bad in (False, True):
        chosen = [mark for mark in marks if (mark.outcome.verdict != PASS) is bad]
        if not chosen:
            continue
        source = ColumnDataSource(
            {
                "x": [axis.of(mark.at_s) for mark in chosen],
                "y": [mark.height for mark in chosen],
                "text": [_name(mark) for mark in chosen],
                "margin": [shown(mark.outcome.margin, mark.outcome.unit) for mark in chosen],
            }
        )
        look = {"marker": "x", "size": 13, "line_width": 3} if bad else {"marker": "circle", "size": 9}
        drawn = plot.scatter("x", "y", source=source, line_color=BAD if bad else DARK, fill_color=None, **look)
        rows = [("worst moment", "@text"), ("margin", "@margin"), ("at", "@x{custom}")]
        plot.add_tools(axis.hover([drawn], rows, ("@x",)))
        for mark in chosen if bad else ():
            plot.add_layout(_label(mark, axis))


def _name(mark: Mark) -> str:
    return one_line(f"{mark.outcome.id}: {mark.outcome.verdict}")


def _label(mark: Mark, axis: TimeAxis) -> Any:
    near_end = mark.at_s > 0.75 * axis.end_s
    return Label(
        x=axis.of(mark.at_s),
        y=mark.height,
        x_offset=-10 if near_end else 10,
        y_offset=6,
        text=_name(mark),
        text_align="right" if near_end else "left",
        text_font_size="11px",
        text_font_style="bold",
        text_color=BAD,
        background_fill_color="white",
        background_fill_alpha=0.7,
    )


def shade(plot: Any, axis: TimeAxis, happened: Sequence[Happening], outcomes: Sequence[Outcome] = ()) -> Any:
    """Shade the time of the faults, and the first violation of each of these criteria; returns the plot."""
    stretches = [
        (one.begin_s, axis.end_s if one.end_s is None else one.end_s, FAULT_GREY, 0.16) for one in happened if one.fault
    ]
    stretches += [(*outcome.violation, BAD, 0.10) for outcome in outcomes if outcome.violation is not None]
    for begin_s, end_s, colour, alpha in stretches:
        left, right = axis.of(begin_s), axis.of(end_s)
        box = BoxAnnotation(left=left, right=right, fill_color=colour, fill_alpha=alpha, line_color=None)
        box.level = "underlay"
        plot.add_layout(box)
    return plot
