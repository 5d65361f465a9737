"""Where everything of a schematic stands: ground to the left, rooms to the right, water out above and back below.

Left to right: every place gets the mean of its neighbours' places, with wells held at one end and rooms at the other,
as in a chain of springs; from this order come columns. Top to bottom: every stretch of water between junctions or
turning points is one straight row; a search moves rows until lines are short and few cross.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

from hil.schematic.graph import Element, Graph
from hil.schematic.rows import Stretch, Upright, choose_rows, spread
from twin.symbol import ROOMS, SOURCE

NARROW, WIDE, HEADER, GAP = 0.55, 0.95, 0.12, 0.34
Place = tuple[str, object]
Point = tuple[float, Element | int]
"""What has a horizontal place: ("J", junction) or ("E", members of an element); a Point is such a place on a path."""


@dataclass(frozen=True)
class Layout:
    """Columns and rows, in units of a cell.

    x:         of every place
    stretches: rows of elements between uprights, with their row
    uprights:  vertical lines: of a named junction, or where water turns round
    """

    x: dict[Place, float]
    stretches: list[Stretch]
    uprights: list[Upright]


def layout(graph: Graph) -> Layout:
    """Place everything; the same graph always gives the same layout."""
    headers = _headers(graph)
    x = _columns(graph, headers)
    stretches, uprights = _stretches(graph, headers, x)
    choose_rows(stretches, uprights)
    spread(uprights)
    return Layout(x, stretches, uprights)


def place_of(element: Element) -> Place:
    """Both ways through a component have one horizontal place."""
    return ("E", element.members)


def width(element: Element) -> float:
    """The cells an element takes."""
    return NARROW if element.symbol.narrow else WIDE


def _headers(graph: Graph) -> set[int]:
    """Junctions where water does not simply run on from one way into one other."""
    leaving: dict[int, int] = defaultdict(int)
    arriving: dict[int, int] = defaultdict(int)
    for e in graph.elements:
        leaving[e.up] += 1
        arriving[e.down] += 1
    return {j for j in {*leaving, *arriving} if j >= 0 and (leaving[j], arriving[j]) != (1, 1)}


def _columns(graph: Graph, headers: set[int]) -> dict[Place, float]:
    """The horizontal place of everything [cells]."""
    flows = [e for e in graph.elements if e.down >= 0]
    near: dict[Place, list[Place]] = defaultdict(list)
    widths: dict[Place, float] = {}
    for e in flows:
        widths[place_of(e)] = max(width(e), widths.get(place_of(e), 0.0))
        for junction in (e.up, e.down):
            near[place_of(e)].append(("J", junction))
            near[("J", junction)].append(place_of(e))
            named = junction in headers or junction in graph.names
            widths[("J", junction)] = HEADER if named else 0.0
    held = _held(flows)
    level = {place: held.get(place, 0.5) for place in near}
    for _ in range(600):
        for place, others in near.items():
            if place not in held:
                level[place] = sum(level[other] for other in others) / len(others)
    order = sorted(near, key=lambda place: round(level[place], 9))
    rank = {place: number for number, place in enumerate(order)}
    first = _packed(order, near, widths, rank)
    last = _packed(order[::-1], near, widths, {place: -number for place, number in rank.items()})
    span = max(last.values(), default=0.0)
    return {place: (first[place] + span - last[place]) / 2.0 for place in order}


def _held(flows: list[Element]) -> dict[Place, float]:
    """Wells and the like at 0, rooms at 1; where one kind is missing, the first or the last element instead."""
    held: dict[Place, float] = {}
    for e in flows:
        ends = {e.symbol.end, *(beside.symbol.end for beside in e.beside)}
        if ROOMS in ends:
            held[place_of(e)] = 1.0
        elif SOURCE in ends:
            held[place_of(e)] = 0.0
    for value, e in ((0.0, flows[0]), (1.0, flows[-1])) if flows else ():
        if value not in held.values():
            held.setdefault(place_of(e), value)
    return held


def _packed(
    order: list[Place], near: dict[Place, list[Place]], widths: dict[Place, float], rank: dict[Place, int]
) -> dict[Place, float]:
    """The leftmost place of everything that keeps neighbours apart."""
    found: dict[Place, float] = {}
    for place in order:
        before = [other for other in near[place] if rank[other] < rank[place]]
        found[place] = max((found[o] + (widths[o] + widths[place]) / 2.0 + GAP for o in before), default=0.0)
    return found


def _stretches(graph: Graph, headers: set[int], x: dict[Place, float]) -> tuple[list[Stretch], list[Upright]]:
    """All rows and the vertical lines between them."""
    uprights = {j: Upright(x[("J", j)], graph.names.get(j, ""), True) for j in sorted(headers) if ("J", j) in x}
    stretches: list[Stretch] = []
    turns: list[Upright] = []
    for path in _paths(graph, headers):
        _split(path, x, uprights, stretches, turns)
    for e in graph.elements:
        if e.down < 0 and e.up in x_junctions(x):
            upright = uprights.get(e.up)
            if upright is None:
                upright = uprights[e.up] = Upright(x[("J", e.up)], graph.names.get(e.up, ""), True)
            at = upright.x
            stretches.append(Stretch([(at + 0.75, e)], [], at, at + 1.2, 1, upright, None))
    for stretch in stretches:
        for upright in (stretch.begin, stretch.end):
            if upright is not None:
                upright.stretches.append(stretch)
    return stretches, [*uprights.values(), *turns]


def x_junctions(x: dict[Place, float]) -> set[object]:
    """The junctions that have a place."""
    return {place[1] for place in x if place[0] == "J"}


def _paths(graph: Graph, headers: set[int]) -> list[list[Element]]:
    """Elements from header to header as water flows; loops without one begin anywhere."""
    leaving: dict[int, list[Element]] = defaultdict(list)
    for e in graph.elements:
        if e.down >= 0:
            leaving[e.up].append(e)
    done: set[int] = set()
    paths = []
    flows = [e for e in graph.elements if e.down >= 0]
    for first in [e for e in flows if e.up in headers] + flows:
        if id(first) in done:
            continue
        path = [first]
        done.add(id(first))
        while path[-1].down not in headers:
            onward = [e for e in leaving[path[-1].down] if id(e) not in done]
            if not onward:
                break
            path.append(onward[0])
            done.add(id(onward[0]))
        paths.append(path)
    return paths


def _split(
    path: list[Element], x: dict[Place, float], uprights: dict[int, Upright], stretches: list[Stretch],
    turns: list[Upright],
) -> None:  # fmt: skip
    """Cut a path where it turns from right to left or back, and add its stretches."""
    points: list[Point] = [(x[("J", path[0].up)], path[0].up)]
    for e in path:
        points += [(x[place_of(e)], e), (x[("J", e.down)], e.down)]
    begin, end = uprights.get(path[0].up), uprights.get(path[-1].down)
    heading, current = 0, points[:1]
    if begin is None and path[0].up == path[-1].down:  # a closed loop: begin behind its leftmost place
        del points[0]
        first = min(range(len(points)), key=lambda number: points[number][0])
        points = points[first + 1 :] + points[: first + 1]
        begin = end = _turn(points[-1], -1)
        turns.append(begin)
        points.insert(0, points[-1])
        heading, current = 1, []
    for before, point in pairwise(points):
        step = 1 if point[0] > before[0] else -1
        if heading and step != heading:
            turns.append(_turn(before, heading))
            stretches.append(_stretch(current, heading, begin, turns[-1], uprights))
            begin, current = turns[-1], []
        heading = step
        current.append(point)
    stretches.append(_stretch(current, heading, begin, end, uprights))


def _turn(point: Point, heading: int) -> Upright:
    """The vertical line just beyond the place where water turns round."""
    reach = width(point[1]) / 2.0 + 0.12 if isinstance(point[1], Element) else 0.15
    return Upright(point[0] + heading * reach, "", False)


def _stretch(
    points: list[Point], heading: int, begin: Upright | None, end: Upright | None, uprights: dict[int, Upright]
) -> Stretch:
    elements = [(at, what) for at, what in points if isinstance(what, Element)]
    dots = [(at, what) for at, what in points if isinstance(what, int) and what not in uprights]
    every = [at for at, _ in points] + [upright.x for upright in (begin, end) if upright is not None]
    low = min([*every, *(at - width(e) / 2.0 for at, e in elements)])
    high = max([*every, *(at + width(e) / 2.0 for at, e in elements)])
    return Stretch(elements, dots, low, high, heading, begin, end)
