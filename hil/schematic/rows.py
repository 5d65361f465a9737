"""The rows of a schematic: which stretch of water stands above which, found by moving one at a time."""

from dataclasses import dataclass, field
from itertools import pairwise

from hil.schematic.graph import Element

NEAR, BESIDE, NEW_ROW = 0.1, 0.35, 2.5
"""Two lines closer than this [cells] would be read as one, or are hard to tell apart; what a row costs."""
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
    """Give every stretch its row: from several first orders the best end, by moves of one or of a whole loop."""
    drawing = _Drawing(stretches, uprights)
    blocks = [block for block in _blocks(stretches) if 2 * len(block) < len(stretches)]
    orders = (
        stretches,
        stretches[::-1],
        sorted(stretches, key=lambda s: s.low),
        sorted(stretches, key=lambda s: -s.high),
    )
    best, least = dict.fromkeys(stretches, 0.0), float("inf")
    for order in orders if len(stretches) < 30 else orders[:2]:  # seconds matter in a report
        for number, stretch in enumerate(order):
            stretch.row = float(number)
        cost = _improved(drawing, blocks)
        if cost < least - 1e-9:
            best, least = {s: s.row for s in stretches}, cost
    for stretch, row in best.items():
        stretch.row = row


def _improved(drawing: "_Drawing", blocks: list[list[Stretch]]) -> float:
    """Move until nothing helps; what it costs then."""
    cost = float("inf")
    for _ in range(10):
        before = cost
        for stretch in drawing.stretches:
            drawing.settle(stretch)
        for block in blocks:
            drawing.settle_block(block)
        cost = drawing.cost()
        if cost > before - 1e-9:
            break
    return cost


def spread(uprights: list[Upright]) -> None:
    """Move vertical lines apart that would lie on each other."""
    for number, one in enumerate(uprights):
        for other in uprights[number + 1 :]:
            (top, bottom), (first, last) = one.span, other.span
            if abs(one.x - other.x) < NEAR and first <= bottom and top <= last:
                one.x, other.x = one.x - APART / 2.0, other.x + APART / 2.0


def _blocks(stretches: list[Stretch]) -> list[list[Stretch]]:
    """Stretches that hang together by vertical lines."""
    left, blocks = list(stretches), []
    while left:
        block = [left.pop(0)]
        for stretch in block:
            for upright in (stretch.begin, stretch.end):
                near = [other for other in (upright.stretches if upright else ()) if other in left]
                block += near
                left = [other for other in left if other not in near]
        blocks.append(block)
    return blocks


class _Drawing:
    """What a choice of rows costs. Who could meet whom follows from the columns and is looked up once."""

    def __init__(self, stretches: list[Stretch], uprights: list[Upright]) -> None:
        self.stretches, self.uprights = stretches, uprights
        self.rivals = {
            one: [o for o in stretches if o is not one and one.low < o.high + 0.15 and o.low < one.high + 0.15]
            for one in stretches
        }
        self.passed: dict[Upright, list[tuple[Stretch, float]]] = {}
        self.passing: dict[Stretch, list[tuple[Upright, float]]] = {s: [] for s in stretches}
        for upright in uprights:
            self.passed[upright] = []
            for s in stretches:
                if s not in upright.stretches and s.low + NEAR < upright.x < s.high - NEAR:
                    dear = 40.0 if any(abs(at - upright.x) < 0.5 for at, _ in s.elements) else 4.0
                    self.passed[upright].append((s, dear))
                    self.passing[s].append((upright, dear))
        self.beside = {one: [o for o in uprights if o is not one and abs(one.x - o.x) < BESIDE] for one in uprights}
        self.sides: dict[tuple[str, ...], list[Stretch]] = {}
        for s in stretches:
            for _, element in s.elements:
                if element.passage:
                    self.sides.setdefault(element.members, []).append(s)

    def settle(self, stretch: Stretch) -> None:
        """Move one stretch to the best row, an existing one or a new one between two."""
        rows = sorted({s.row for s in self.stretches if s is not stretch})
        between = [(a + b) / 2.0 for a, b in pairwise(rows)]
        best, least = stretch.row, self.local(stretch) + (0.0 if stretch.row in rows else NEW_ROW)
        for row in [rows[0] - 1.0, *rows, *between, rows[-1] + 1.0] if rows else ():
            stretch.row = row
            cost = self.local(stretch) + (0.0 if row in rows else NEW_ROW)
            if cost < least - 1e-9:
                best, least = row, cost
        stretch.row = best
        self.close_gaps()

    def settle_block(self, block: list[Stretch]) -> None:
        """Move a whole loop, upright or upside down, to the best place between or among the others' rows."""
        kept = {s: s.row for s in self.stretches}
        best, least = kept, self.cost()
        others = [s for s in self.stretches if s not in block]
        rows = {row: n for n, row in enumerate(sorted({s.row for s in block}))}
        others_rows = sorted({s.row for s in others})
        for way in (1, -1):
            for start in range(-len(rows), len(others_rows) + 1):
                for apart in (True, False):
                    for n, row in enumerate(others_rows):
                        for s in others:
                            if kept[s] == row:
                                s.row = n + (len(rows) if apart and n >= start else 0.0)
                    for s in block:
                        n = rows[kept[s]]
                        s.row = float(start + (n if way > 0 else len(rows) - 1 - n))
                    cost = self.cost()
                    if cost < least - 1e-9:
                        best, least = {s: s.row for s in self.stretches}, cost
        for s, row in best.items():
            s.row = row
        self.close_gaps()

    def close_gaps(self) -> None:
        """Number the rows from 0."""
        rows = {row: float(number) for number, row in enumerate(sorted({s.row for s in self.stretches}))}
        for stretch in self.stretches:
            stretch.row = rows[stretch.row]

    def local(self, stretch: Stretch) -> float:
        """The costs that depend on the row of one stretch."""
        total = sum(500.0 for other in self.rivals[stretch] if other.row == stretch.row)
        for upright, dear in self.passing[stretch]:
            top, bottom = upright.span
            total += dear if top < stretch.row < bottom else 0.0
        total += sum(self.upright(end) for end in (stretch.begin, stretch.end) if end is not None)
        return total + sum(self.apart(e.members) for _, e in stretch.elements if e.passage)

    def upright(self, upright: Upright) -> float:
        """Its length, what it crosses, what it would lie upon; water to the rooms wants to be above the water back."""
        top, bottom = upright.span
        total = bottom - top + sum(dear for s, dear in self.passed[upright] if top < s.row < bottom)
        for other in self.beside[upright]:
            first, last = other.span
            total += 6.0 if first <= bottom and top <= last else 0.0
        if not upright.header and len(upright.stretches) == 2:
            out, back = upright.stretches
            total += 2.5 if (out.row - back.row) * out.heading > 0 else 0.0
        return total

    def apart(self, members: tuple[str, ...]) -> float:
        """Both ways through a component should be close together."""
        rows = [s.row for s in self.sides[members]]
        return 1.2 * (max(rows) - min(rows))

    def cost(self) -> float:
        """The costs of the whole."""
        total = NEW_ROW * len({s.row for s in self.stretches})
        total += sum(250.0 for s in self.stretches for other in self.rivals[s] if other.row == s.row)
        total += sum(self.upright(upright) for upright in self.uprights)
        return total + sum(self.apart(members) for members in self.sides)
