"""The plots of a comparison: one panel a signal, the earlier run as a broad pale line, the later as a thin dark one."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from bokeh.embed import components
from bokeh.layouts import gridplot
from bokeh.models import Label, Span
from bokeh.resources import Resources

from hil.plain_text import one_line
from hil.reports.decimation import decimate
from hil.reports.happenings import Happening, happenings
from hil.reports.plot_marks import shade
from hil.reports.plot_style import BAD, COLOURS, DARK, TimeAxis
from hil.reports.plots import Plots
from hil.reports.result import RunResult
from hil.reports.shown import Scale, digits, trade_scale
from hil.reports.signal_choice import choose
from scenarios import Outcome
from twin.recorded import RecordedRun

BEFORE, AFTER = "#9DB9D6", "#0B3C6F"
MOST_PANELS = 12
SAME = 1e-6
"""Two signals that are never further apart than this share of their range are the same."""
Side = tuple[RunResult, RecordedRun]


def overlaid(before: Side, after: Side, criteria: Sequence[str], written: Iterable[str], at_s: float | None) -> Plots:
    """Draw the signals that differ: those of these criteria, then what was written differently, then telling ones.

    at_s: the first moment at which the controllers wrote something else [s], None where there is none
    """
    result, recording = after
    axis = TimeAxis(result.scenario.clock.start, float(max(before[1].time_s[-1], recording.time_s[-1])))
    happened = happenings(recording.events)
    paths = _paths(before[1], recording, result.outcomes, criteria, written)
    drawn = [_panel(path, before[1], recording, axis, result.outcomes, happened, at_s) for path in paths]
    if not drawn:
        return Plots("", "", "", 0)
    layout = gridplot([[plot] for plot in drawn], sizing_mode="stretch_width", toolbar_options={"logo": None})
    script, place = components(layout)
    return Plots(Resources(mode="inline", components=["bokeh"]).render_js(), script, place, len(drawn))


def _paths(
    before: RecordedRun,
    after: RecordedRun,
    outcomes: Sequence[Outcome],
    criteria: Sequence[str],
    written: Iterable[str],
) -> list[str]:
    """What is drawn, at most MOST_PANELS signals."""
    known = set(before.paths()) & set(after.paths())
    asked = {outcome.id: outcome.signals for outcome in outcomes}
    wanted = [path for ident in criteria for path in asked.get(ident, ())]
    wanted += [*written, *(one.path for one in choose(after, outcomes))]
    found: list[str] = []
    for path in dict.fromkeys(wanted):
        if len(found) < MOST_PANELS and path in known and _differ(before, after, path):
            found.append(path)
    return found


def _differ(before: RecordedRun, after: RecordedRun, path: str) -> bool:
    one, other = before.signal(path), after.signal(path)
    if one.shape != other.shape or not np.array_equal(np.isfinite(one), np.isfinite(other)):
        return True
    known = np.isfinite(one)
    if not known.any():
        return False
    both = np.concatenate((one[known], other[known]))
    return bool(np.abs(one[known] - other[known]).max() > SAME * (both.max() - both.min()))


def _panel(
    path: str,
    before: RecordedRun,
    after: RecordedRun,
    axis: TimeAxis,
    outcomes: Sequence[Outcome],
    happened: Sequence[Happening],
    at_s: float | None,
) -> Any:
    sides = ((before, BEFORE, 5.0, "before"), (after, AFTER, 1.6, "after"))
    largest = max(float(np.abs(known).max(initial=0.0)) for side, *_ in sides for known in [_known(side, path)])
    names = after.values(path)
    scale = Scale("") if names else trade_scale(after.unit(path), largest)
    plot = axis.figure("", 190)
    told = ", ".join(f"{number} {one_line(name)}" for number, name in names.items()) or scale.unit
    plot.title.text = f"{one_line(path)}" + (f" [{told}]" if told else "")
    for side, colour, width, name in sides:
        values = side.signal(path) * scale.factor + scale.offset
        kept = decimate(values)
        x, y = axis.of(side.time_s[kept]), values[kept].astype(np.float32)
        curve = plot.line(x, y, name=name, line_color=colour, line_width=width, line_join="round")
        rows = [("", "$name"), ("", f"$snap_y{{0.[000]}} {scale.unit}"), ("at", "$snap_x{custom}")]
        plot.add_tools(axis.hover([curve], rows, ("$snap_x",), line_policy="interp"))
    _limits(plot, path, scale, outcomes)
    if at_s is not None:
        plot.add_layout(Span(location=axis.of(at_s), dimension="height", line_color=COLOURS[1], line_width=1.2))
    return shade(plot, axis, happened)


def _limits(plot: Any, path: str, scale: Scale, outcomes: Sequence[Outcome]) -> None:
    """The limits of the criteria on this signal, each once."""
    found = {(word, limit) for outcome in outcomes for where, low, high in outcome.limits if where == path
             for word, limit in (("low", low), ("high", high)) if limit is not None}  # fmt: skip
    for word, limit in sorted(found):
        place = scale.of(limit)
        plot.add_layout(Span(location=place, dimension="width", line_dash=[7, 4], line_color=BAD, line_width=1.2))
        text = f"{word} limit {digits(place)} {scale.unit}".strip()
        label = Label(x=5, x_units="screen", y=place, text=text, text_font_size="10px", text_color=DARK)
        label.text_baseline = "bottom" if word == "high" else "top"
        plot.add_layout(label)


def _known(side: RecordedRun, path: str) -> Any:
    values = side.signal(path)
    return values[np.isfinite(values)]
