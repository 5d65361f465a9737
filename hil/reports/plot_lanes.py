"""Lanes: bars over time for what is on or off, for modes, and for what happened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, Label
from numpy.typing import NDArray

from hil.plain_text import one_line
from hil.reports.happenings import Happening
from hil.reports.plot_style import BAD, COLOURS, FAULT_GREY, TimeAxis
from hil.reports.shown import digits

LANE_HEIGHT, LANE_MIDDLE = 30, 0.3
MOST_LETTERS = 110
MOST_BARS = 500
"""So many bars are drawn in a lane; shorter gaps are then closed, shorter bars made visible."""


@dataclass(frozen=True)
class Bar:
    """A bar in a lane, from begin_s to end_s [s]; `named` where its text is written into it."""

    begin_s: float
    end_s: float
    colour: str
    text: str
    hatched: bool = False
    named: bool = False


@dataclass(frozen=True)
class Lane:
    """One line of bars under its name."""

    name: str
    bars: Sequence[Bar]


def signal_lane(path: str, time_s: NDArray[np.float64], values: NDArray[np.float64], names: dict[int, str]) -> Lane:
    """A bar for every stretch in which a signal is neither 0 nor unknown."""
    begins = np.concatenate(([0], np.flatnonzero(values[1:] != values[:-1]) + 1))
    ends = np.concatenate((time_s[begins[1:]], time_s[-1:]))
    shortest = 0.0 if begins.size <= MOST_BARS else (time_s[-1] - time_s[0]) / MOST_BARS
    bars: list[Bar] = []
    for begin, end in zip(begins, ends, strict=True):
        value = float(values[begin])
        if not np.isfinite(value) or value == 0.0:
            continue
        alarm = "alarm" in path
        colour = BAD if alarm else COLOURS[int(value - 1) % len(COLOURS)] if names else COLOURS[0]
        text = one_line(names.get(int(value), digits(value)) if names else "on" if value == 1.0 else digits(value))
        last = max(float(end), float(time_s[begin]) + shortest)
        bar = Bar(float(time_s[begin]), last, colour, text, named=bool(names))
        if bars and bars[-1].text == text and bar.begin_s - bars[-1].end_s < shortest:
            bar = replace(bar, begin_s=bars.pop().begin_s)
        bars.append(bar)
    return Lane(one_line(path), bars)


def happening_lanes(happened: Sequence[Happening], axis: TimeAxis, words: Callable[[Happening], str]) -> list[Lane]:
    """A lane for each fault, and one for all else. words: what to say of a happening."""
    tick = axis.end_s / 300.0
    lanes: dict[str, list[Bar]] = {}
    for one in happened:
        last = axis.end_s if one.fault and one.end_s is None else one.end_s or one.begin_s
        bar = Bar(one.begin_s, max(last, one.begin_s + tick), FAULT_GREY if one.fault else COLOURS[0], words(one))
        bar = replace(bar, hatched=one.fault)
        name = f"{one_line(one.id)}: {words(one)}"[:MOST_LETTERS] if one.fault else "steps of the scenario"
        lanes.setdefault(name, []).append(bar)
    return [Lane(name, bars) for name, bars in lanes.items()]


def lane_panel(title: str, lanes: Sequence[Lane], axis: TimeAxis) -> Any:
    """A panel of lanes, the first on top; from below, they are one high, their bars round LANE_MIDDLE."""
    plot = axis.figure(title, 62 + LANE_HEIGHT * len(lanes))
    plot.y_range.start, plot.y_range.end = 0, len(lanes)
    plot.yaxis.visible = False
    plot.ygrid.ticker = list(range(len(lanes) + 1))
    rows = [(len(lanes) - 1 - number, lane, bar) for number, lane in enumerate(lanes) for bar in lane.bars]
    look = {"fill_color": "colour", "fill_alpha": 0.75, "line_color": "colour"}
    hatch = {"hatch_pattern": "hatch", "hatch_color": "white", "hatch_alpha": 0.8, "hatch_scale": 8}
    bars = plot.quad(source=_source(rows, axis), **look, **hatch)
    shown = [("", "@name"), ("", "@text"), ("from", "@left{custom}"), ("to", "@right{custom}")]
    plot.add_tools(axis.hover([bars], shown, ("@left", "@right")))
    for level, _, bar in rows:
        if bar.named and bar.end_s - bar.begin_s > 0.04 * axis.end_s:
            place = {"x": axis.of(bar.begin_s), "y": level + LANE_MIDDLE, "x_offset": 5, "text_baseline": "middle"}
            plot.add_layout(Label(text=bar.text, text_font_size="11px", text_color="white", **place))
    for number, lane in enumerate(lanes):
        height = len(lanes) - 1 - number + 0.54
        plot.add_layout(Label(x=5, x_units="screen", y=height, text=lane.name, text_font_size="11px"))
    return plot


def _source(rows: Sequence[tuple[int, Lane, Bar]], axis: TimeAxis) -> ColumnDataSource:
    """The bars as columns; rows: level, lane, bar."""
    return ColumnDataSource(
        {
            "left": [axis.of(bar.begin_s) for _, _, bar in rows],
            "right": [axis.of(bar.end_s) for _, _, bar in rows],
            "bottom": [level + LANE_MIDDLE - 0.2 for level, _, _ in rows],
            "top": [level + LANE_MIDDLE + 0.2 for level, _, _ in rows],
            "colour": [bar.colour for _, _, bar in rows],
            "hatch": ["right_diagonal_line" if bar.hatched else " " for _, _, bar in rows],
            "name": [lane.name for _, lane, _ in rows],
            "text": [bar.text for _, _, bar in rows],
        }
    )
