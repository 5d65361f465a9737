"""The rows of a schematic: which stretch of water stands above which, found by moving one at a time."""

from dataclasses import dataclass, field
from itertools import pairwise

from hil.schematic_graph import Element

NEAR = 0.1
"""Two lines closer than this [cells] would be read as one."""
APART = 0.3
"""So far are they moved apart."""


@dataclass(eq=False)
class Upright:
    """A vertical line at x: a named junction (header), or where a stretch turns round."""

    x: float
    name: str
    header: bool
    stretches: list["Stretch"] = field(default_factory=list)

    @property
    def span(self) -> tuple[float, float]:
        """Its first and last row."""
        rows = [stretch.row for stretch in self.stretches]
        return (min(rows), max(rows)) if rows else (0.0, 0.0)


@dataclass(eq=False)
class Stretch:
    """A straight row of elements, from upright to upright as water flows; heading 1 to the right, -1 to the left."""

    elements: list[tuple[float, Element]]
    dots: list[tuple[float, int]]
    low: float
    high: float
    heading: int
    begin: Upright | None
    end: Upright | None
    row: float = 0.0


def choose_rows(stretches: list[Stretch], uprights: list[Upright]) -> None:
    """Give every stretch its row; better and better by single moves and swaps, until none helps."""
    for number, stretch in enumerate(stretches):
        stretch.row = float(number)
    for _ in range(12):
        before = _cost(stretches, uprights)
        for stretch in stretches:
            _settle(stretch, stretches, uprights)
        _close_gaps(stretches)
        if _cost(stretches, uprights) > before - 1e-9:
            break


def spread(uprights: list[Upright]) -> None:
    """Move vertical lines apart that would lie on each other."""
    for number, one in enumerate(uprights):
        for other in uprights[number + 1 :]:
            (top, bottom), (first, last) = one.span, other.span
            if abs(one.x - other.x) < NEAR and first <= bottom and top <= last:
                one.x, other.x = one.x - APART / 2.0, other.x + APART / 2.0


def _settle(stretch: Stretch, stretches: list[Stretch], uprights: list[Upright]) -> None:
    """Move one stretch to the best row, an existing one or a new one between two."""
    best, least = stretch.row, _cost(stretches, uprights)
    start = stretch.row
    rows = sorted({s.row for s in stretches})
    for row in [rows[0] - 1.0, *rows, *((a + b) / 2.0 for a, b in pairwise(rows)), rows[-1] + 1.0]:
        if row != start:
            stretch.row = row
            cost = _cost(stretches, uprights)
            if cost < least - 1e-9:
                best, least = row, cost
    stretch.row = best
    for other in stretches:
        stretch.row, other.row = other.row, stretch.row
        cost = _cost(stretches, uprights)
        if cost < least - 1e-9:
            least = cost
        else:
            stretch.row, other.row = other.row, stretch.row
    _close_gaps(stretches)


def _close_gaps(stretches: list[Stretch]) -> None:
    rows = {row: float(number) for number, row in enumerate(sorted({s.row for s in stretches}))}
    for stretch in stretches:
        stretch.row = rows[stretch.row]


def _cost(stretches: list[Stretch], uprights: list[Upright]) -> float:
    """Overlaps are forbidden, crossings are dear, length and rows cost a little, outward water wants to be above."""
    total = 1.5 * len({s.row for s in stretches})
    for number, one in enumerate(stretches):
        for other in stretches[number + 1 :]:
            if one.row == other.row and one.low < other.high + 0.15 and other.low < one.high + 0.15:
                total += 500.0
    spans = [(upright, *upright.span) for upright in uprights]
    for number, (upright, top, bottom) in enumerate(spans):
        total += bottom - top
        for stretch in stretches:
            passed = top < stretch.row < bottom and stretch.low + NEAR < upright.x < stretch.high - NEAR
            if passed and stretch not in upright.stretches:
                total += 40.0 if any(abs(at - upright.x) < 0.5 for at, _ in stretch.elements) else 4.0
        for beside, first, last in spans[number + 1 :]:
            if abs(upright.x - beside.x) < NEAR and first <= bottom and top <= last:
                total += 6.0
        if not upright.header and len(upright.stretches) == 2:
            out, back = upright.stretches
            if (out.row - back.row) * out.heading > 0:
                total += 2.5
    return total + _apart(stretches)


def _apart(stretches: list[Stretch]) -> float:
    """Both ways through a component should be close together."""
    rows: dict[tuple[str, ...], list[float]] = {}
    for stretch in stretches:
        for _, element in stretch.elements:
            if element.passage:
                rows.setdefault(element.members, []).append(stretch.row)
    return sum(1.2 * (max(found) - min(found)) for found in rows.values())
