"""The panel of a paced run's lag: how late the rig was, over plant time."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource

from hil.reports.plot_style import COLOURS, TimeAxis


def lag_panel(axis: TimeAxis, lag: Sequence[tuple[float, float]]) -> Any:
    """Steps of the worst lag. lag: the end of each stretch of plant time [s] and the worst lag in it [ms]."""
    ends, worst = (np.asarray(column, np.float64) for column in zip(*lag, strict=True))
    ends = np.minimum(ends, axis.end_s)
    begins = np.concatenate(([0.0], ends[:-1]))
    plot = axis.figure("Lag of the rig, the worst of each stretch [ms of real time]", 160)
    source = ColumnDataSource({"left": axis.of(begins), "right": axis.of(ends), "top": worst.astype(np.float32)})
    bars = plot.quad("left", "right", "top", 0.0, source=source, color=COLOURS[0], line_color=COLOURS[0], name="lag")
    rows = [("lag", "@top{0.[0]} ms"), ("until", "@right{custom}")]
    plot.add_tools(axis.hover([bars], rows, ("@right",)))
    plot.y_range.start = 0.0
    return plot
