"""How the plots of a report look: colours that colour-blind people tell apart, plant time on the axis, the tools."""

from datetime import datetime
from typing import Any

from bokeh.models import CustomJSHover, CustomJSTickFormatter, DatetimeTicker, HoverTool, Range1d
from bokeh.plotting import figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#333333", "#56B4E9", "#B8860B", "#7A4FBF")
DASHES = ("solid", "solid", "solid", "solid", "solid", [2, 2], [2, 2], [2, 2])
BAD, DARK, FAULT_GREY = "#B3261E", "#333333", "#8A8A8A"

_CLOCK = """
const two = n => String(n).padStart(2, "0");
const clock = (t, exact) => {
  const s = Math.round(t / 1000), day = Math.floor(s / 86400), r = s - day * 86400;
  const text = two(Math.floor(r / 3600)) + ":" + two(Math.floor(r / 60) % 60);
  return [day + 1, exact || r % 60 ? text + ":" + two(r % 60) : text];
};
"""
_TICK = (
    _CLOCK
    + """
const [day, text] = clock(tick, false);
const before = index > 0 ? clock(ticks[index - 1], false)[0] : 0;
return day == before ? text : text + "\\nday " + day;
"""
)
_HOVER = (
    _CLOCK
    + """
const [day, text] = clock(value, true);
return "day " + day + " " + text;
"""
)


class TimeAxis:
    """The shared time axis: milliseconds since the midnight before the start, on the plant's own clock."""

    def __init__(self, start: datetime, end_s: float) -> None:
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        self._offset_s = (start - midnight).total_seconds()
        self.end_s = end_s
        left, right = self.of(0.0), self.of(max(end_s, 1.0))
        self.range = Range1d(left, right, bounds=(left, right))
        self._formatter = CustomJSHover(code=_HOVER)

    def of(self, seconds: Any) -> Any:
        """Seconds from the start of the scenario (a number or an array) as a place on the axis."""
        return (seconds + self._offset_s) * 1000.0

    def hover(
        self, renderers: list[Any], rows: list[tuple[str, str]], times: tuple[str, ...], **more: Any
    ) -> HoverTool:
        """A hover that shows these rows; `times` are its fields that are plant times."""
        return HoverTool(
            renderers=renderers,
            tooltips=rows,
            formatters={field: self._formatter for field in times},
            **more,
        )

    def figure(self, title: str, height: int) -> Any:
        """An empty panel on this axis."""
        plot = figure(
            title=title,
            height=height,
            x_range=self.range,
            tools="xpan,xbox_zoom,xwheel_zoom,reset",
            active_drag="xbox_zoom",
            sizing_mode="stretch_width",
            min_border_left=64,
            min_border_right=12,
            output_backend="canvas",
            outline_line_color="#CCCCCC",
        )
        plot.title.text_font_size, plot.title.text_color = "13px", "#1D1D1F"
        plot.xaxis.ticker = DatetimeTicker(desired_num_ticks=9)
        plot.xaxis.formatter = CustomJSTickFormatter(code=_TICK)
        plot.axis.major_label_text_font_size = "11px"
        plot.axis.minor_tick_line_color = None
        plot.axis.axis_line_color = "#999999"
        plot.grid.grid_line_color = "#EBEBEB"
        return plot
