"""The schematic of a plant as an SVG picture, drawn from its plant file."""

from html import escape

from hil.schematic.graph import Beside, Element, group_name
from hil.schematic.graph import graph as read_graph
from hil.schematic.layout import Layout, layout, place_of
from hil.schematic.rows import Stretch, Upright
from hil.schematic.symbols import symbol
from plant_models.assembly.plant_file import PlantText

CELL, ROW, BESIDE, MARGIN = 94.0, 86.0, 44.0, 56.0
BEGINNING = '<svg xmlns="http://www.w3.org/2000/svg" class="schematic" role="img" '
"""By which a picture is known as ours."""
STYLE = (
    "text{font:12px Arial,'Liberation Sans',sans-serif;fill:#222;paint-order:stroke;stroke:#fff;stroke-width:3px}"
    ".name{font-style:italic;fill:#555}.times{font-weight:700}.sign{stroke:none;font-weight:700}"
    ".side{font-size:9px;stroke:none}.symbol{fill:#fff;stroke:#222;stroke-width:1.6;stroke-linejoin:round}"
    ".symbol text{fill:#222}.ink{fill:#222}.out{stroke:#c2410c}.back{stroke:#1d4ed8}.way{fill:none;stroke-width:2.4}"
    ".stub{stroke:#333}.over{fill:none;stroke:#fff;stroke-width:8}"
    ".header{stroke:#333;stroke-width:4.5;stroke-linecap:round}.outhead{fill:#c2410c}.backhead{fill:#1d4ed8}"
    ".heat{stroke:#888;stroke-width:1.3;stroke-dasharray:4 4;fill:none}"
)
LEGEND = (
    (0, "out", "water towards the rooms"),
    (210, "back", "water back to it"),
    (360, "heat", "heat, measurement"),
)


def schematic(text: PlantText) -> str:
    """The whole picture; text in it is escaped."""
    graph = read_graph(text)
    return _Drawing(layout(graph), graph.names).svg(text.file.title)


class _Drawing:
    """Turns cells and rows into pixels, and these into SVG."""

    def __init__(self, placed: Layout, names: dict[int, str]) -> None:
        self.placed, self.names = placed, names
        low = min((s.low for s in placed.stretches), default=0.0)
        high = max((s.high for s in placed.stretches), default=1.0)
        self.left = MARGIN - low * CELL
        texts = [
            self.x(at) + 30.0 + 7.0 * len(group_name(b.members) + " x9999")
            for s in placed.stretches
            for at, e in s.elements
            for b in e.beside
        ]
        self.width = max((high - low) * CELL + 2 * MARGIN, 560.0, *texts, 0.0)
        self.tops: dict[float, float] = {}
        y = 26.0
        for row in sorted({s.row for s in placed.stretches}):
            beside = max((len(e.beside) for s in placed.stretches if s.row == row for _, e in s.elements), default=0)
            y += BESIDE * beside + ROW / 2
            self.tops[row] = y
            y += ROW / 2
        self.height = y + 34

    def x(self, cell: float) -> float:
        return self.left + cell * CELL

    def svg(self, title: str) -> str:
        placed = self.placed
        parts = [
            f'{BEGINNING}viewBox="0 0 {self.width:.0f} {self.height:.0f}" aria-label="{escape(title)}">',
            f"<title>{escape(title)}</title><style>{_scoped(STYLE)}</style>",
            '<rect width="100%" height="100%" fill="#fff"/>',
            *self.couplings(),
            *(self.upright(u) for u in placed.uprights if u.stretches),
            *(self.line(s) for s in sorted(placed.stretches, key=lambda s: s.row)),
            *(self.header_name(u) for u in placed.uprights if u.header and u.name),
            *(self.element(s, at, e) for s in placed.stretches for at, e in s.elements),
            self.legend(),
            "</svg>\n",
        ]
        return "\n".join(part for part in parts if part)

    def couplings(self) -> list[str]:
        """Dashed lines between the two sides of exchangers and units."""
        seen: dict[object, list[float]] = {}
        for s in self.placed.stretches:
            for _, e in s.elements:
                if e.passage:
                    seen.setdefault(place_of(e), []).append(self.tops[s.row])
        lines = []
        for place, ys in seen.items():
            x = self.x(self.placed.x[place])  # type: ignore[index]
            if len(ys) > 1:
                lines.append(f'<path class="heat" d="M{x:.1f} {min(ys):.1f}V{max(ys):.1f}"/>')
        return lines

    def upright(self, u: Upright) -> str:
        top, bottom = (self.tops[row] for row in u.span)
        x = self.x(u.x)
        if u.header:
            return f'<path class="header" d="M{x:.1f} {top - 7:.1f}V{bottom + 7:.1f}"/>'
        leaving = next((s for s in u.stretches if s.begin is u), u.stretches[-1])
        kind = "out" if leaving.heading > 0 else "back"
        return f'<path class="way {kind}" d="M{x:.1f} {top:.1f}V{bottom:.1f}"/>'

    def line(self, s: Stretch) -> str:
        """A stretch, which hides the verticals it crosses, with an arrow head and its named places."""
        ends = [self.x(u.x) for u in (s.begin, s.end) if u is not None]
        if len(ends) < 2:
            ends += [self.x(at) for at, _ in s.elements[-1:]] or ends
        y, first, last = self.tops[s.row], min(ends), max(ends)
        kind = "stub" if s.end is None else "out" if s.heading > 0 else "back"
        over = f'<path class="over" d="M{first + 8:.1f} {y:.1f}H{last - 8:.1f}"/>' if last - first > 16 else ""
        tip = (last - 9 if s.heading > 0 else first + 9) if s.end is not None else None
        back = -7 if s.heading > 0 else 7
        head = f'<path class="{kind}head" d="M{tip:.1f} {y:.1f}l{back} -4.5v9Z"/>' if tip is not None else ""
        dots = "".join(self.dot(self.x(at), y, self.names[j]) for at, j in s.dots if j in self.names)
        return f'{over}<path class="way {kind}" d="M{first:.1f} {y:.1f}H{last:.1f}"/>{head}{dots}'

    def dot(self, x: float, y: float, name: str) -> str:
        return (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="ink"/>'
            f'<text x="{x:.1f}" y="{y - 9:.1f}" text-anchor="middle" class="name">{escape(name)}</text>'
        )

    def header_name(self, u: Upright) -> str:
        y = self.tops[u.span[0]] - 13
        return f'<text x="{self.x(u.x):.1f}" y="{y:.1f}" text-anchor="middle" class="name">{escape(u.name)}</text>'

    def element(self, s: Stretch, at: float, e: Element) -> str:
        x, y = self.x(at), self.tops[s.row]
        drawn = symbol(e.model, e.passage, s.heading, len(e.members))
        beside = "".join(self.beside(number, x, y, b) for number, b in enumerate(e.beside))
        return f'<g class="symbol" transform="translate({x:.1f} {y:.1f})">{drawn}</g>{beside}' + _label(
            e.label, x, y + e.symbol.name_at
        )

    def beside(self, number: int, x: float, y: float, b: Beside) -> str:
        top = y - 46 - BESIDE * number
        start = top + 18
        drawn = symbol(b.model, "", 1, 1)
        times = f" &#215;{len(b.members)}" if len(b.members) > 1 else ""
        return (
            f'<path class="heat" d="M{x:.1f} {y - 20 - (BESIDE * number and 10):.1f}V{start - 4:.1f}"/>'
            f'<g class="symbol" transform="translate({x:.1f} {top:.1f}) scale(.62)">{drawn}</g>'
            f'<text x="{x + 18:.1f}" y="{top + 4:.1f}">{escape(group_name(b.members))}{times}</text>'
        )

    def legend(self) -> str:
        y = self.height - 12
        return "".join(
            f'<path class="way {kind}" d="M{MARGIN + x} {y - 4}h30"/><text x="{MARGIN + x + 36}" y="{y}">{text}</text>'
            for x, kind, text in LEGEND
        )


def _scoped(style: str) -> str:
    """The rules for this picture only: it may stand inside a page."""
    return "".join(f".schematic {rule}}}" for rule in style.split("}") if rule)


def _label(name: str, x: float, y: float) -> str:
    """The name under a symbol, broken at underscores where it is long."""
    lines = [""]
    for piece in name.replace("_", "_\0").split("\0"):
        if lines[-1] and len(lines[-1]) + len(piece) > 12:
            lines.append("")
        lines[-1] += piece
    rows = "".join(f'<tspan x="{x:.1f}" dy="{13 if n else 0}">{escape(line)}</tspan>' for n, line in enumerate(lines))
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle">{rows}</text>'
