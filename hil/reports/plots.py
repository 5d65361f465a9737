"""The plots of a report: a panel for each group of signals over one time axis, with limits, faults and worst points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from bokeh.embed import components
from bokeh.layouts import gridplot
from bokeh.models import ColumnDataSource, Label, Legend, Range1d, Span
from bokeh.resources import Resources
from numpy.typing import NDArray

from hil.plain_text import one_line
from hil.reports.decimation import decimate
from hil.reports.happenings import Happening
from hil.reports.plot_lag import lag_panel
from hil.reports.plot_lanes import LANE_MIDDLE, happening_lanes, lane_panel, signal_lane
from hil.reports.plot_marks import Mark, add_marks, path_of, shade
from hil.reports.plot_style import COLOURS, DARK, DASHES, TimeAxis
from hil.reports.shown import Scale, digits, trade_scale
from hil.reports.signal_choice import FRACTIONS, LANES, Chosen, choose, panels
from scenarios import Outcome
from twin.recorded import RecordedRun

FAR = 2.0
"""A limit further off than so many times the height of the curves is named in the title instead of drawn."""


@dataclass(frozen=True)
class Plots:
    """What goes into the page: the library, the drawing, the place for it, and how many signals it shows."""

    library: str
    script: str
    place: str
    signals: int


def draw(
    recording: RecordedRun,
    outcomes: Sequence[Outcome],
    happened: Sequence[Happening],
    start: datetime,
    words: Callable[[Happening], str],
    lag: Sequence[tuple[float, float]] = (),
) -> Plots:
    """Draw a recording.

    start: the plant's clock at its time 0; words: what to say of a happening; lag: over plant time [s], [ms]
    """
    axis = TimeAxis(start, float(recording.time_s[-1]))
    chosen = choose(recording, outcomes)
    drawn: list[Any] = []
    if happened:
        drawn.append(lane_panel("What happened", happening_lanes(happened, axis, words), axis))
    for title, members in panels(chosen):
        paths = {one.path for one in members}
        about = [outcome for outcome in outcomes if paths & set(outcome.signals)]
        if members[0].kind is LANES:
            plot = _lanes(recording, axis, title, [one.path for one in members], about)
        else:
            plot = _Panel(recording, axis, members).draw(title, about)
        drawn.append(shade(plot, axis, happened, about))
    if lag:
        drawn.append(shade(lag_panel(axis, lag), axis, happened, []))
    layout = gridplot([[plot] for plot in drawn], sizing_mode="stretch_width", toolbar_options={"logo": None})
    script, place = components(layout)
    return Plots(Resources(mode="inline", components=["bokeh"]).render_js(), script, place, len(chosen))


def _lanes(recording: RecordedRun, axis: TimeAxis, title: str, paths: list[str], outcomes: Sequence[Outcome]) -> Any:
    """The panel of what is on or off."""
    time_s = recording.time_s
    plot = lane_panel(
        title, [signal_lane(path, time_s, recording.signal(path), recording.values(path)) for path in paths], axis
    )
    found = [(outcome, path_of(outcome, paths)) for outcome in outcomes]
    marks = [
        Mark(outcome, outcome.at_s, len(paths) - 1 - paths.index(path) + LANE_MIDDLE)
        for outcome, path in found
        if path is not None and outcome.at_s is not None
    ]
    add_marks(plot, axis, marks)
    return plot


class _Panel:
    """A panel of curves that share one unit."""

    def __init__(self, recording: RecordedRun, axis: TimeAxis, members: Sequence[Chosen]) -> None:
        self._axis = axis
        self._time_s = recording.time_s
        raw = {one.path: recording.signal(one.path) for one in members}
        largest = max(float(np.abs(values[np.isfinite(values)]).max(initial=0.0)) for values in raw.values())
        fractions = members[0].kind is FRACTIONS
        self.scale = Scale("%", 100.0) if fractions else trade_scale(members[0].unit, largest)
        self._values = {path: self._shown(values) for path, values in raw.items()}

    def draw(self, title: str, outcomes: Sequence[Outcome]) -> Any:
        """The panel with curves, the limits of these criteria and their worst points."""
        plot = self._axis.figure("", 250)
        self._curves(plot)
        far = self._limits(plot, outcomes)
        unit = f" [{self.scale.unit}]" if self.scale.unit else ""
        plot.title.text = f"{title}{unit}" + (f"   (not in the picture: {', '.join(far)})" if far else "")
        marks = [mark for outcome in outcomes if (mark := self._worst(outcome)) is not None]
        add_marks(plot, self._axis, marks)
        return plot

    def _curves(self, plot: Any) -> None:
        entries, renderers = [], []
        for number, (path, values) in enumerate(self._values.items()):
            kept = decimate(values)
            name = one_line(path)
            data = {"x": self._axis.of(self._time_s[kept]), "y": values[kept].astype(np.float32)}
            look = {"color": COLOURS[number], "line_dash": DASHES[number], "line_width": 1.6}
            curve = plot.line("x", "y", source=ColumnDataSource(data), name=name, **look)
            entries.append((name, [curve]))
            renderers.append(curve)
        rows = [("", "$name"), ("", f"$snap_y{{0.[000]}} {self.scale.unit}"), ("at", "$snap_x{custom}")]
        plot.add_tools(self._axis.hover(renderers, rows, ("$snap_x",), line_policy="interp"))
        legend = Legend(items=entries, ncols=4, click_policy="hide", label_text_font_size="11px", location="left")
        legend.border_line_color, legend.padding, legend.margin = None, 0, 4
        legend.glyph_height, legend.label_height, legend.spacing = 14, 14, 10
        plot.add_layout(legend, "above")

    def _limits(self, plot: Any, outcomes: Sequence[Outcome]) -> list[str]:
        """Draw the limits and set the height; returns those that lie too far off."""
        known = [values[np.isfinite(values)] for values in self._values.values()]
        low = min((float(values.min()) for values in known if values.size), default=0.0)
        high = max((float(values.max()) for values in known if values.size), default=1.0)
        height = max(high - low, 0.02 * max(abs(high), abs(low)), 1e-6)
        reach = (low - FAR * height, high + FAR * height)
        far: list[str] = []
        for word, limit in self._limit_lines(outcomes):
            text = f"{word} limit {digits(limit)} {self.scale.unit}".strip()
            if not reach[0] <= limit <= reach[1]:
                far.append(text)
                continue
            low, high = min(low, limit), max(high, limit)
            plot.add_layout(Span(location=limit, dimension="width", line_dash=[7, 4], line_color=DARK, line_width=1.3))
            label = Label(x=5, x_units="screen", y=limit, text=text, text_font_size="10px", text_color=DARK)
            label.text_baseline = "bottom" if word == "high" else "top"
            label.background_fill_color, label.background_fill_alpha = "white", 0.8
            plot.add_layout(label)
        room = 0.12 * max(high - low, height)
        plot.y_range = Range1d(low - room, high + room)
        return far

    def _limit_lines(self, outcomes: Sequence[Outcome]) -> list[tuple[str, float]]:
        """Each limit once: `low` or `high`, and where."""
        found: dict[tuple[str, float], None] = {}
        for outcome in outcomes:
            for path, low, high in outcome.limits:
                if path in self._values:
                    sides = (("low", low), ("high", high))
                    found |= {(word, self.scale.of(limit)): None for word, limit in sides if limit is not None}
        return list(found)

    def _worst(self, outcome: Outcome) -> Mark | None:
        """The worst moment of a criterion, on the first curve here that it is about."""
        path = path_of(outcome, self._values)
        if path is None or outcome.at_s is None:
            return None
        at = max(int(np.searchsorted(self._time_s, outcome.at_s, side="right")) - 1, 0)
        value = float(self._values[path][at])
        return Mark(outcome, outcome.at_s, value) if np.isfinite(value) else None

    def _shown(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        numbers = values * self.scale.factor + self.scale.offset
        return np.where(np.isfinite(numbers), numbers, np.nan)
