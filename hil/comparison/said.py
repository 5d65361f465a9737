"""How a comparison says things, in the terminal and on its pages."""

from hil.comparison.differences import Change, Difference
from hil.comparison.found import Kept
from hil.plain_text import one_line
from hil.reports.shown import digits, plant_time, shown
from scenarios.phrases import said

_MOST_WRITES = 3


def described(kept: Kept) -> str:
    """The device under test, or the controller where nobody named it."""
    return one_line(kept.result.dut or kept.result.controller)


def margins(change: Change) -> tuple[str, str]:
    """Before and after; a dash where there is none."""
    one, other = (shown(side.margin, side.unit) if side is not None else "–" for side in (change.before, change.after))
    return one, other


def moment(one: Difference, at_s: float | None) -> str:
    """A moment of plant time; from the start of the run where its clock is not known."""
    if one.start is None and at_s is not None:
        return f"{said(round(at_s))} from the start"
    return "–" if one.start is None else plant_time(one.start, at_s)


def lost(change: Change) -> str:
    """`-23 %` of itself; `all of it` where nothing is left of a margin, empty where it is the same."""
    if change.shrunk is None or abs(change.shrunk) < 0.005:
        return ""
    return "all of it" if change.shrunk >= 1.0 else f"{-100.0 * change.shrunk:+.0f} %"


def share(before: float, after: float) -> str:
    """`+5.2 %`; empty where there is nothing to be a share of, or nothing has changed."""
    told = f"{100.0 * (after - before) / abs(before):+.1f} %" if abs(before) > 1e-6 else ""
    return "" if told in ("+0.0 %", "-0.0 %") else told


def first_write(one: Difference) -> str:
    """`the controllers first wrote something else on day 1 06:31:05: source_pump_2.enable_cmd 1 became nothing`."""
    if one.writes is None:
        return ""
    told = [f"{one_line(path)} {_written(a)} before, {_written(b)} after" for path, a, b in one.writes.writes]
    more = f" and {len(told) - _MOST_WRITES} more" if len(told) > _MOST_WRITES else ""
    return f"{moment(one, one.writes.at_s)}: {'; '.join(told[:_MOST_WRITES])}{more}"


def energies(one: Difference) -> str:
    """What changed of useful energies, electricity and seasonal figures: `electricity 319 -> 335 kWh (+5.0 %)`."""
    told = [
        f"{name} {digits(a)} -> {digits(b)} {unit}".rstrip() + f" ({share(a, b)})"
        for name, a, b, unit in one.energy
        if (name in _SHORT or not unit) and max(abs(a), abs(b)) >= _LEAST and share(a, b)
    ]
    return ", ".join(told) or "energy: the same"


def _written(value: float | None) -> str:
    return "nothing" if value is None else f"{value:.6g}"


_SHORT = ("heat delivered", "cold delivered", "electricity")
_LEAST = 0.05
