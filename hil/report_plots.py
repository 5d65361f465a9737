"""The plots of a report: a panel for each group of signals over one time axis, with limits, faults and worst points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from bokeh.embed import components
from bokeh.layouts import gridplot
from bokeh.models import BoxAnnotation, ColumnDataSource, Label, Legend, Range1d, Span
from bokeh.resources import Resources
from numpy.typing import NDArray

from hil.decimation import decimate
from hil.happenings import Happening
from hil.plot_lanes import happening_lanes, lane_panel, signal_lane
from hil.plot_style import BAD, COLOURS, DARK, DASHES, FAULT_GREY, TimeAxis
from hil.shown import Scale, digits, one_line, shown, trade_scale
from hil.signal_choice import LANES, Chosen, choose, panels
from scenarios import Outcome
from scenarios.verdict import PASS
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
) -> Plots:
    """Draw a recording. start: the plant's clock at its time 0; words: what to say of a happening."""
    axis = TimeAxis(start, float(recording.time_s[-1]))
    chosen = choose(recording, outcomes)
    drawn: list[Any] = []
    if happened:
        drawn.append(lane_panel("What happened", happening_lanes(happened, axis, words), axis))
    for title, members in panels(chosen):
        if members[0].kind is LANES:
            lanes = [
                signal_lane(one.path, recording.time_s, recording.signal(one.path), recording.values(one.path))
                for one in members
            ]
            drawn.append(_shaded(lane_panel(title, lanes, axis), happened, axis))
        else:
            panel = _Panel(recording, axis, members)
            drawn.append(_shaded(panel.draw(title, outcomes), happened, axis))
    layout = gridplot([[plot] for plot in drawn], sizing_mode="stretch_width", toolbar_options={"logo": None})
    script, place = components(layout)
    return Plots(Resources(mode="inline", components=["bokeh"]).render_js(), script, place, len(chosen))


class _Panel:
    """A panel of curves that share one unit."""

    def __init__(self, recording: RecordedRun, axis: TimeAxis, members: Sequence[Chosen]) -> None:
        self._axis, self._members = axis, members
        self._time_s = recording.time_s
        self._raw = {one.path: recording.signal(one.path) for one in members}
        largest = max(float(np.abs(v[np.isfinite(v)]).max(initial=0.0)) for v in self._raw.values())
        unit = members[0].unit
        fraction = members[0].kind.title.startswith("Commands")
        self.scale = Scale("%", 100.0) if fraction else trade_scale(unit, largest)

    def draw(self, title: str, outcomes: Sequence[Outcome]) -> Any:
        """The panel with curves, limits and worst points."""
        plot = self._axis.figure("", 250)
        self._curves(plot)
        mine = [outcome for outcome in outcomes if set(outcome.signals) & set(self._raw)]
        far = self._limits(plot, mine)
        unit = f" [{self.scale.unit}]" if self.scale.unit else ""
        plot.title.text = f"{title}{unit}" + (f"   (not in the picture: {', '.join(far)})" if far else "")
        for outcome in mine:
            if outcome.violation is not None:
                begin, end = (self._axis.of(moment) for moment in outcome.violation)
                plot.add_layout(
                    BoxAnnotation(
                        left=begin, right=end, fill_color=BAD, fill_alpha=0.10, line_color=None, level="underlay"
                    )
                )
        self._worst_points(plot, mine)
        return plot

    def _curves(self, plot: Any) -> None:
        entries, renderers = [], []
        for number, one in enumerate(self._members):
            values = self._raw[one.path]
            kept = decimate(values)
            name = one_line(one.path)
            source = ColumnDataSource(
                {
                    "x": self._axis.of(self._time_s[kept]),
                    "y": self._shown(values[kept]).astype(np.float32),
                }
            )
            curve = plot.line(
                "x", "y", source=source, name=name, line_width=1.6, color=COLOURS[number], line_dash=DASHES[number]
            )
            entries.append((name, [curve]))
            renderers.append(curve)
        rows = [("", "$name"), ("", f"@y{{0.[000]}} {self.scale.unit}"), ("at", "@x{custom}")]
        plot.add_tools(self._axis.hover(renderers, rows, ("@x",), line_policy="nearest"))
        legend = Legend(items=entries, ncols=4, click_policy="hide", label_text_font_size="11px", location="left")
        legend.border_line_color, legend.padding, legend.margin = None, 0, 4
        legend.glyph_height, legend.label_height, legend.spacing = 14, 14, 14
        plot.add_layout(legend, "above")

    def _limits(self, plot: Any, outcomes: Sequence[Outcome]) -> list[str]:
        """Draw the limits and set the height; returns those that lie too far off."""
        known = [self._shown(values[np.isfinite(values)]) for values in self._raw.values()]
        low = min((float(v.min()) for v in known if v.size), default=0.0)
        high = max((float(v.max()) for v in known if v.size), default=1.0)
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
            plot.add_layout(
                Label(
                    x=5,
                    x_units="screen",
                    y=limit,
                    text=text,
                    text_font_size="10px",
                    text_color=DARK,
                    text_baseline="bottom" if word == "high" else "top",
                    background_fill_color="white",
                    background_fill_alpha=0.8,
                )
            )
        room = 0.12 * max(high - low, height)
        plot.y_range = Range1d(low - room, high + room)
        return far

    def _limit_lines(self, outcomes: Sequence[Outcome]) -> list[tuple[str, float]]:
        """Each limit once: `low` or `high`, and where."""
        found: dict[tuple[str, float], None] = {}
        for outcome in outcomes:
            for path, low, high in outcome.limits:
                if path in self._raw:
                    sides = (("low", low), ("high", high))
                    found |= {(word, self.scale.of(limit)): None for word, limit in sides if limit is not None}
        return list(found)

    def _worst_points(self, plot: Any, outcomes: Sequence[Outcome]) -> None:
        """Mark the worst moment of each criterion: a cross where it did not pass, a ring where it was tightest."""
        for bad in (False, True):
            rows = [found for o in outcomes if (o.verdict != PASS) is bad if (found := self._worst(o)) is not None]
            if not rows:
                continue
            names = ("x", "y", "text", "margin")
            source = ColumnDataSource({name: [row[i] for row in rows] for i, name in enumerate(names)})
            look = {"marker": "x", "size": 13, "line_width": 3} if bad else {"marker": "circle", "size": 9}
            marks = plot.scatter("x", "y", source=source, line_color=BAD if bad else DARK, fill_color=None, **look)
            shown_rows = [("worst moment", "@text"), ("margin", "@margin"), ("at", "@x{custom}")]
            plot.add_tools(self._axis.hover([marks], shown_rows, ("@x",)))
            for x, y, text, _ in rows if bad else ():
                near_end = x > self._axis.of(0.75 * self._axis.end_s)
                plot.add_layout(
                    Label(
                        x=x,
                        y=y,
                        x_offset=-10 if near_end else 10,
                        y_offset=6,
                        text=text,
                        text_align="right" if near_end else "left",
                        text_font_size="11px",
                        text_font_style="bold",
                        text_color=BAD,
                        background_fill_color="white",
                        background_fill_alpha=0.7,
                    )
                )

    def _worst(self, outcome: Outcome) -> tuple[float, float, str, str] | None:
        """Place, name and margin of the worst moment, on the first curve here that the criterion is about."""
        about = [limit[0] for limit in outcome.limits] or list(outcome.signals)
        path = next((path for path in about if path in self._raw), None)
        if path is None or outcome.at_s is None:
            return None
        at = max(int(np.searchsorted(self._time_s, outcome.at_s, side="right")) - 1, 0)
        value = float(self._raw[path][at])
        if not np.isfinite(value):
            return None
        text = one_line(f"{outcome.id}: {outcome.verdict}")
        return self._axis.of(outcome.at_s), self.scale.of(value), text, shown(outcome.margin, outcome.unit)

    def _shown(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        numbers = values * self.scale.factor + self.scale.offset
        return np.where(np.isfinite(numbers), numbers, np.nan)


def _shaded(plot: Any, happened: Sequence[Happening], axis: TimeAxis) -> Any:
    """Shade the time of the faults."""
    for one in happened:
        if one.fault:
            end_s = axis.end_s if one.end_s is None else one.end_s
            plot.add_layout(
                BoxAnnotation(
                    left=axis.of(one.begin_s),
                    right=axis.of(end_s),
                    fill_color=FAULT_GREY,
                    fill_alpha=0.16,
                    line_color=None,
                    level="underlay",
                )
            )
    return plot
