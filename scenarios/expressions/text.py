"""Conditions and formulas as a user writes them, read into a tree. No names or units are looked up here.

`hp_1.alarm_flow and not hp_2.running`, `abs(rate(valve.position)) < 5 %/s`, `20 degC < supply.temp <= 52 degC`.
Loosest binding first: implies, or, and, not, `held for` and `within .. of`, comparisons, + and -, * and /, sign.
"""

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, NoReturn

from scenarios.expressions.term import CLOCK
from twin.errors import InputError, unknown

COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
KEYWORDS = ("and", "or", "not", "implies")
TIME_OF_DAY, SINCE, HELD, WITHIN = "time_of_day", "since", "held", "within"
FUNCTIONS = (
    *("abs", "min", "max", "mean", "sum", "any", "all"),
    *("rate", "rising", "falling", "at_trigger", "before", "previous", "count", SINCE),
)
ENDING = ".end"
_LONGEST, _DEEPEST, _MOST_TOKENS = 2000, 40, 300

_SEGMENT = r"[A-Za-z_](?:\w|\[\d[\d,\-]*\]|(?<=_)\*(?!\w))*"
_ATOM = r"(?:%|(?!(?:and|or|not|implies|held|within|of)\b)[A-Za-zµ°]+[23]?(?![\w.\[(]))"
_TOKEN = re.compile(
    rf"""\s*(?:(?P<clock>\d{{1,2}}:\d\d(?::\d\d)?)(?![\w.:])
    |(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?![A-Za-z_]*\.[A-Za-z])\s*(?P<unit>(?:(?<=\s)1\s?/\s?)?{_ATOM}(?:\s?[/*]\s?{_ATOM})*)?
    |(?P<name>{_SEGMENT}(?:\.(?:{_SEGMENT}|\*(?=\.)))*)
    |(?P<sign><=|>=|==|!=|[<>+\-*/(),]))""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Number:
    """A quantity as written; `unit` is empty where none was given. 06:30 is a number of seconds with the unit CLOCK."""

    value: float
    unit: str
    column: int


@dataclass(frozen=True)
class Signal:
    """A path such as hp_1.running, bus.hp_1.running or hp_[1-2].running; without a dot, the name of a value."""

    path: str
    column: int


@dataclass(frozen=True)
class Operation:
    """An operator or a function with its operands; `neg` is the sign."""

    name: str
    operands: tuple["Node", ...]
    column: int


Node = Number | Signal | Operation


@dataclass(frozen=True)
class Expression:
    """A tree with the text it came from and the place of that text (`file:line:column`, or empty)."""

    text: str
    root: Node
    where: str = ""

    def refuse(self, node: Node, message: str) -> NoReturn:
        """Raise InputError for this node of the expression."""
        raise InputError(_message(self.text, self.where, node.column, message))

    def events(self) -> Iterator[Signal]:
        """Every event of the timeline that the expression counts from: `p1_down` in since(p1_down)."""
        yield from _events(self.root)


class _Token(NamedTuple):
    kind: str  # number, clock, name, sign or end
    text: str
    unit: str
    column: int


def parse(text: str, where: str = "") -> Expression:
    """The expression in a text. Raises InputError with the place and what was expected."""
    return Expression(text, _parse(str(text), where), where)


@lru_cache(maxsize=1024)
def _parse(text: str, where: str) -> Node:
    reader = _Reader(text, where)
    root = reader.binary(0)
    if reader.token.kind != "end":
        reader.refuse("expected an operator or the end")
    return root


def is_event(path: str) -> bool:
    """Whether a name in since(..) is the id of a line of the timeline (its end with .end), not a path."""
    return "." not in path.removesuffix(ENDING)


def _events(node: Node) -> Iterator[Signal]:
    if not isinstance(node, Operation):
        return
    for operand in node.operands:
        if node.name == SINCE and isinstance(operand, Signal) and is_event(operand.path):
            yield operand
        yield from _events(operand)


def _message(text: str, where: str, column: int, message: str) -> str:
    prefix = f"{where}: " if where else ""
    return f"{prefix}{message} (at character {column + 1} of {text!r})"


def _tokens(text: str, where: str) -> Iterator[_Token]:
    if len(text) > _LONGEST:
        raise InputError(_message(text[:40] + "...", where, 0, f"longer than {_LONGEST} characters"))
    position, end, count = 0, len(text.rstrip()), 0
    while position < end:
        match = _TOKEN.match(text, position)
        count += 1
        if count > _MOST_TOKENS:
            raise InputError(_message(text[:40] + "...", where, position, f"more than {_MOST_TOKENS} words and signs"))
        if match is None:
            column = position + len(text[position:]) - len(text[position:].lstrip())
            raise InputError(_message(text, where, column, f"{text[column]!r} is not understood here"))
        kind = match.lastgroup if match.lastgroup != "unit" else "number"
        yield _Token(str(kind), match[str(kind)], match["unit"] or "", match.start(str(kind)))
        position = match.end()
    yield _Token("end", "", "", end)


class _Reader:
    """Recursive descent over the tokens of one text."""

    LEVELS: tuple[tuple[str, ...], ...] = (("implies",), ("or",), ("and",), COMPARISONS, ("+", "-"), ("*", "/"))

    def __init__(self, text: str, where: str) -> None:
        self.text, self.where, self.depth = text, where, 0
        self.rest = _tokens(text, where)
        self.token = next(self.rest)

    def refuse(self, message: str) -> NoReturn:
        found = f"{message}, got {self.token.text!r}" if self.token.kind != "end" else f"{message}, got the end"
        raise InputError(_message(self.text, self.where, self.token.column, found))

    def take(self) -> _Token:
        taken = self.token
        self.token = next(self.rest, taken)
        return taken

    def binary(self, level: int) -> Node:
        """An operand at this level of binding, with the operators of the level behind it."""
        if level == len(self.LEVELS):
            return self.unary()
        if level == 3 and self.token.kind == "name" and self.token.text in _BEFORE_CONDITIONS:
            return self.deeper(_BEFORE_CONDITIONS[self.token.text].__get__(self))
        left = self.binary(level + 1)
        if level == 3:
            return self.timed(self.comparison(left))
        while self.token.text in self.LEVELS[level] and self.token.kind != "number":
            operator = self.take()
            right = self.binary(level if level == 0 else level + 1)
            left = Operation(operator.text, (left, right), operator.column)
        return left

    def comparison(self, left: Node) -> Node:
        """`a < b`, or the chain `a < b < c`, which means `a < b and b < c`."""
        found: Node | None = None
        while self.token.text in COMPARISONS:
            operator = self.take()
            right = self.binary(4)
            pair = Operation(operator.text, (left, right), operator.column)
            found = pair if found is None else Operation("and", (found, pair), operator.column)
            left = right
        return left if found is None else found

    def timed(self, left: Node) -> Node:
        """`hp_1.running held for 5 min`; `a within 5 s of b` is `a and within 5 s of b`."""
        while self.token.kind == "name" and self.token.text in (HELD, WITHIN):
            operator = self.token
            if operator.text == WITHIN:
                left = Operation("and", (left, self.deeper(self.nearby)), operator.column)
                continue
            self.take()
            self.expect("for")
            left = Operation(HELD, (left, self.duration()), operator.column)
        return left

    def nearby(self) -> Node:
        """`within 5 s of hp_1.running`."""
        operator = self.take()
        width = self.duration()
        self.expect("of")
        return Operation(WITHIN, (self.binary(3), width), operator.column)

    def duration(self) -> Number:
        if self.token.kind != "number":
            self.refuse("expected a time, such as 5 min")
        return self.number()

    def negation(self) -> Node:
        operator = self.take()
        return Operation("not", (self.binary(3),), operator.column)

    def unary(self) -> Node:
        if self.token.text == "-":
            operator = self.take()
            operand = self.deeper(self.unary)
            if isinstance(operand, Number):
                return Number(-operand.value, operand.unit, operator.column)
            return Operation("neg", (operand,), operator.column)
        return self.primary()

    def primary(self) -> Node:
        token = self.token
        if token.kind == "number":
            return self.number()
        if token.kind == "clock":
            return self.clock()
        if token.text == "(":
            self.take()
            inner = self.deeper(lambda: self.binary(0))
            self.expect(")")
            return inner
        if token.kind != "name" or token.text in KEYWORDS:
            self.refuse("expected a signal, a quantity or '('")
        self.take()
        if token.text == TIME_OF_DAY:
            return Operation(TIME_OF_DAY, (), token.column)
        return self.call(token) if self.token.text == "(" else Signal(token.text, token.column)

    def clock(self) -> Number:
        """A time of day: `06:30`, `23:59:30`, up to `24:00`."""
        token = self.take()
        hours, minutes, seconds = (*map(int, token.text.split(":")), 0)[:3]
        value = 3600.0 * hours + 60.0 * minutes + seconds
        if minutes > 59 or seconds > 59 or value > 86400.0:
            raise InputError(_message(self.text, self.where, token.column, f"{token.text} is no time of day"))
        return Number(value, CLOCK, token.column)

    def number(self) -> Number:
        """A quantity; a duration may have several parts: `2 h 10 min`."""
        token = self.take()
        value, unit = float(token.text), token.unit
        seconds = {"d": 86400.0, "h": 3600.0, "min": 60.0, "s": 1.0}
        while unit in seconds and self.token.kind == "number" and self.token.unit in seconds:
            part = self.take()
            value, unit = value * seconds[unit] + float(part.text) * seconds[part.unit], "s"
        if not math.isfinite(value):
            raise InputError(_message(self.text, self.where, token.column, f"{token.text} is not a finite number"))
        return Number(value, unit, token.column)

    def call(self, name: _Token) -> Node:
        if name.text not in FUNCTIONS:
            raise unknown("function", name.text, FUNCTIONS, self.where)
        self.take()
        arguments = [self.deeper(lambda: self.binary(0))]
        while self.token.text == ",":
            self.take()
            arguments.append(self.deeper(lambda: self.binary(0)))
        self.expect(")")
        return Operation(name.text, tuple(arguments), name.column)

    def expect(self, sign: str) -> None:
        if self.token.text != sign:
            self.refuse(f"expected {sign!r}")
        self.take()

    def deeper(self, read: Callable[[], Node]) -> Node:
        """What `read` reads, one level further in; a text nested too deeply is refused."""
        self.depth += 1
        if self.depth > _DEEPEST:
            self.refuse(f"nested deeper than {_DEEPEST} levels")
        node = read()
        self.depth -= 1
        return node


_BEFORE_CONDITIONS: dict[str, Callable[[_Reader], Node]] = {"not": _Reader.negation, WITHIN: _Reader.nearby}
"""Words that stand before a condition, and what reads them."""
