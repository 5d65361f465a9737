"""Paths that stand for several: `hp_[1-2].running`, `zone_*.temp`, `pump_[1,3].speed`, `bus.*.*.writes`.

In a condition such a path means *for each*: all wildcards of one criterion take the same value together. Inside min,
max, mean, sum, any and all it means *over all of them*.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice

from scenarios.expressions.binding import bind_condition
from scenarios.expressions.term import Term
from scenarios.expressions.text import Expression, Node, Number, Operation, Signal
from scenarios.recording import Directory
from twin.errors import InputError, nearest
from twin.points import declared_name

GATHERING = ("min", "max", "mean", "sum", "any", "all")
_TIMES = ("s", "min", "h", "d")
_WILD = re.compile(r"\*|\[\d+(?:-\d+)(?:,\d+(?:-\d+)?)*\]|\[\d+(?:,\d+(?:-\d+)?)+\]")

_MISSING = 4
"""So many of the numbers that are not there are told."""
Capture = tuple[str, ...]


def is_wild(path: str) -> bool:
    """True where the path stands for several; `wall[3]` is one element and does not."""
    return _WILD.search(path) is not None


def matches(pattern: str, paths: Iterable[str]) -> dict[Capture, str]:
    """The paths that a pattern stands for, by what its wildcards took, in natural order (2 before 10).

    A fault that nobody has by the name in the pattern is looked for by its name without the prefix.
    """
    paths = list(paths)
    found = _matching(pattern, paths)
    found = found or _matching(declared_name(pattern), paths)
    _check_numbers(pattern, found)
    return found


def _check_numbers(pattern: str, found: Mapping[Capture, str]) -> None:
    """InputError where a range of a pattern writes numbers that nothing has: `room_[1-5]` of two rooms."""
    for number, allowed in enumerate(_compiled(pattern)[1]):
        there = {int(capture[number]) for capture in found if allowed}
        absent = (n for low, high in allowed for n in range(low, high + 1) if n not in there)
        missing = list(islice(absent, _MISSING))
        if there and missing:
            absent_ones, present = (", ".join(map(str, some)) for some in (missing, sorted(there)))
            raise InputError(f"{pattern!r}: there is no {absent_ones}; there are {present}")


def _matching(pattern: str, paths: Sequence[str]) -> dict[Capture, str]:
    regex, ranges = _compiled(pattern)
    found: dict[Capture, str] = {}
    for path in paths:
        match = regex.fullmatch(path)
        if match and all(_within(text, allowed) for text, allowed in zip(match.groups(), ranges, strict=True)):
            found[match.groups()] = path
    return {capture: found[capture] for capture in sorted(found, key=_natural)}


def captures(expressions: Sequence[Expression], directory: Directory) -> list[Capture]:
    """What the wildcards shared by these expressions stand for, one entry an instance; `[()]` where there are none."""
    shared: dict[Capture, str] | None = None
    first = ""
    for expression in expressions:
        for signal in _free(expression.root):
            found = _found(expression, signal, directory)
            if shared is not None and set(found) != set(shared):
                expression.refuse(signal, f"{signal.path!r} and {first!r} do not stand for the same set")
            if shared is None:
                shared, first = found, signal.path
    return [()] if shared is None else list(shared)


def fix(expression: Expression, capture: Capture, directory: Directory) -> Expression:
    """The expression for one instance: its wildcards replaced, and those inside min, max, ... written out."""
    return replace(expression, root=_fixed(expression, expression.root, capture, directory))


def bind_single(expression: Expression, directory: Directory) -> Term:
    """A condition that is one yes or no: wildcards only inside min, max, mean, sum, any and all. Raises InputError."""
    for signal in _free(expression.root):
        expression.refuse(signal, f"{signal.path!r} stands for several; write any(..) or all(..) around it here")
    for event in expression.events():
        expression.refuse(event, f"since({event.path}) is for criteria; begin at {event.path} + a time instead")
    term = bind_condition(fix(expression, (), directory), directory)
    if term.looks_ahead:
        expression.refuse(expression.root, "`within .. of` looks ahead, which only a criterion can")
    return term


def fill(pattern: str, capture: Capture) -> str:
    """The path that a pattern stands for once its wildcards are known."""
    parts = iter(capture)
    return _WILD.sub(lambda _: next(parts), pattern)


def _fixed(expression: Expression, node: Node, capture: Capture, directory: Directory) -> Node:
    if isinstance(node, Signal):
        return replace(node, path=fill(node.path, capture)) if is_wild(node.path) else node
    if not isinstance(node, Operation):
        return node
    operands: list[Node] = []
    for operand in node.operands:
        if _gathers(node):
            each = captures([replace(expression, root=operand)], directory)
            operands += [_fixed(expression, operand, one, directory) for one in each]
        else:
            operands.append(_fixed(expression, operand, capture, directory))
    return replace(node, operands=tuple(operands))


def _gathers(node: Operation) -> bool:
    """True where the wildcards inside mean over all of them; not in a mean over time such as mean(x, 10 min)."""
    last = node.operands[-1] if len(node.operands) == 2 else None
    over_time = node.name == "mean" and isinstance(last, Number) and last.unit in _TIMES
    return node.name in GATHERING and not over_time


def _free(node: Node) -> Iterator[Signal]:
    """The wildcard paths that mean for each."""
    if isinstance(node, Signal) and is_wild(node.path):
        yield node
    elif isinstance(node, Operation) and not _gathers(node):
        for operand in node.operands:
            yield from _free(operand)


def _found(expression: Expression, signal: Signal, directory: Directory) -> dict[Capture, str]:
    paths = list(directory.paths())
    try:
        found = matches(signal.path, paths)
    except InputError as error:
        expression.refuse(signal, str(error))
    if not found:
        hint = nearest(signal.path, paths)
        expression.refuse(signal, f"no point matches {signal.path!r}{hint}")
    return found


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> tuple[re.Pattern[str], tuple[tuple[tuple[int, int], ...], ...]]:
    ranges: list[tuple[tuple[int, int], ...]] = []
    regex, position = "", 0
    for match in _WILD.finditer(pattern):
        regex += re.escape(pattern[position : match.start()])
        whole = r"([^.]+)" if pattern[match.start() - 1 : match.start()] == "." else r"(\w+)"
        regex += whole if match[0] == "*" else r"(\d+)"
        ranges.append(() if match[0] == "*" else tuple(_range(part) for part in match[0][1:-1].split(",")))
        position = match.end()
    return re.compile(regex + re.escape(pattern[position:])), tuple(ranges)


def _range(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    if high and int(low) > int(high):
        raise InputError(f"the range [{text}] runs backwards")
    return int(low), int(high or low)


def _within(text: str, allowed: tuple[tuple[int, int], ...]) -> bool:
    return not allowed or any(low <= int(text) <= high for low, high in allowed)


def _natural(capture: Capture) -> list[tuple[int, str]]:
    return [(int(text), "") if text.isdecimal() else (-1, text) for text in capture]
