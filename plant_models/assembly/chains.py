"""The water side as a person writes it: chains of components, read from left to right as the water flows.

    wells:  (well return) > well_[1-4] > well_pump_[1-4] > source_hx.primary > (well return)
    source: (ground return) > [source_pump_1 | source_pump_2] > source_hx.secondary > (ground supply)

`(name)` is a junction that other chains may share; `[a | b > c]` are parallel branches; `name_[1-4]` are as many
parallel lanes, and the same range right behind continues them lane by lane; `name.passage` is one side of a component.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from twin.errors import InputError

_TOKEN = re.compile(r"\s*(?:(?P<junction>\([^()]+\))|(?P<ref>\w+(?:\[\d+-\d+\])?(?:\.\w+)?)|(?P<sign>[>|\[\]]))")
_RANGE = re.compile(r"\[(\d+)-(\d+)\]", re.ASCII)
_MOST_LANES, _MOST_RANGES, _LONGEST_NUMBER = 2000, 8, 9
_DEEPEST, _MOST_STEPS = 20, 200_000
"""Groups within groups, and ways through components in all."""


@dataclass(frozen=True)
class Step:
    """One way through a component, between two junctions of the plant (numbers into `Water.junctions`).

    where: the chain or the component that makes it, as `office.yaml:12:7`
    """

    component: str
    passage: str
    upstream: int
    downstream: int
    where: str = ""


class Water:
    """All chains of a plant: its junctions by number, and the steps that join them.

    places: where a junction is first named in a chain, such as `office.yaml:12:7`
    """

    def __init__(self) -> None:
        self._joined: list[int] = []
        self._named: dict[str, int] = {}
        self.places: dict[str, str] = {}
        self._steps: list[Step] = []

    def junction(self, name: str = "") -> int:
        """The number of the junction of that name, made when it is new; without a name a new one."""
        if name and name in self._named:
            return self.same(self._named[name])
        self._joined.append(len(self._joined))
        if name:
            self._named[name] = self._joined[-1]
        return self._joined[-1]

    def same(self, junction: int) -> int:
        """The number that stands for a junction and all that were joined with it."""
        while self._joined[junction] != junction:
            junction = self._joined[junction]
        return junction

    def join(self, one: int, other: int) -> None:
        """Make two junctions one; InputError where both have a name of their own."""
        one, other = self.same(one), self.same(other)
        names = self.names()
        if one != other and one in names and other in names:
            raise InputError(f"({names[one]}) and ({names[other]}) are one junction here; give it one name")
        self._joined[max(one, other)] = min(one, other)

    def named(self, name: str, where: str) -> int:
        """The junction of that name in a chain."""
        self.places.setdefault(name, where)
        return self.junction(name)

    def known(self, name: str) -> bool:
        """True where a chain or a component has named that junction."""
        return name in self._named

    def step(self, step: Step) -> None:
        """Add one way through a component."""
        if len(self._steps) >= _MOST_STEPS:
            raise InputError(f"{step.where}: more than {_MOST_STEPS:,} ways through components")
        self._steps.append(step)

    def count(self) -> int:
        """How many steps there are."""
        return len(self._steps)

    def steps(self) -> Iterator[Step]:
        """All steps, their junctions numbered as they are after all joining."""
        for s in self._steps:
            yield replace(s, upstream=self.same(s.upstream), downstream=self.same(s.downstream))

    def names(self) -> dict[int, str]:
        """The junctions that have a name."""
        return {self.same(number): name for name, number in reversed(self._named.items())}


def expand(name: str, where: str = "") -> list[str]:
    """`well_[1-3]` as well_1, well_2, well_3; a plain name as itself; of two ranges the last one runs first."""
    match = _RANGE.search(name)
    if match is None:
        return [name]
    prefix = f"{where}: " if where else ""
    if len(match[1]) > _LONGEST_NUMBER or len(match[2]) > _LONGEST_NUMBER or len(ranges(name)) > _MOST_RANGES:
        raise InputError(f"{prefix}{name!r} has numbers of more than {_LONGEST_NUMBER} digits, or too many ranges")
    first, last = int(match[1]), int(match[2])
    if not first <= last < first + _MOST_LANES:
        raise InputError(f"{prefix}the range in {name!r} runs backwards or is longer than {_MOST_LANES}")
    rest = expand(name[match.end() :], where)
    if len(rest) * (last + 1 - first) > _MOST_LANES:
        raise InputError(f"{prefix}the ranges in {name!r} stand for more than {_MOST_LANES} names")
    return [f"{name[: match.start()]}{number}{tail}" for number in range(first, last + 1) for tail in rest]


def ranges(name: str) -> list[str]:
    """The ranges in a name, as they are written: `room_[1-9]_[1-4]` has [1-9] and [1-4]."""
    return [match[0] for match in _RANGE.finditer(name)]


def lanes(value: str, name: str, where: str = "") -> list[str]:
    """A value for each of the components that `name` stands for.

    A value with as many names as there are components gives each its own; one whose range is the first of several in
    the name gives one value to each of its groups, so `house_[1-9]` serves all of `room_[1-9]_[1-4]`.
    """
    count, many = len(expand(name, where)), expand(value, where)
    if len(many) == 1:
        return many * count
    if len(many) == count:
        return many
    if ranges(value) == ranges(name)[: len(ranges(value))]:
        return [one for one in many for _ in range(count // len(many))]
    raise InputError(f"{where}{value!r} names {len(many)} things for {count} components")


def read_chain(text: str, water: Water, where: str) -> None:
    """Add a chain to the water of a plant; InputError with the place in the text."""
    tokens = _tokens(text, where)
    reader = _Reader(tokens, water, where)
    try:
        reader.chain(None)
    except InputError as error:
        raise error.under(where) from error
    if reader.next() is not None:
        raise InputError(f"{where}: {reader.next()!r} was not expected in {text!r}")


def _tokens(text: str, where: str) -> list[str]:
    tokens, position = [], 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            rest = text[position : position + 20].strip()
            raise InputError(f"{where}: cannot read {rest!r} as part of a water chain")
        tokens.append(match[0].strip())
        position = match.end()
    return tokens


class _Reader:
    """Recursive descent over the tokens of one chain; `lanes` are the open ends that the next element joins."""

    def __init__(self, tokens: list[str], water: Water, where: str) -> None:
        self.tokens, self.water, self.where = tokens, water, where
        self.position = self.depth = 0

    def next(self) -> str | None:
        return self.tokens[self.position] if self.position < len(self.tokens) else None

    def chain(self, start: int | None) -> list[int]:
        """Read element > element > ... from a junction (or a new one); returns the open ends."""
        ends = [self.water.junction() if start is None else start]
        first = self.next()
        ends = self.element(ends)
        while self.next() == ">":
            self.position += 1
            last, first = first, self.next()
            ends = self.element(ends)
            if last and first and last[0] == first[0] == "(":
                raise InputError(f"nothing stands between {last} and {first}; a component belongs there")
        return ends

    def element(self, ends: list[int]) -> list[int]:
        token = self.next()
        self.position += 1
        if token is None or token in ">|]":
            raise InputError(f"a component, a (junction) or a [group] is missing before {token!r}")
        if token == "[":
            return self.group(ends)
        if token.startswith("("):
            return self.junctions(token[1:-1].strip(), ends)
        return self.lanes(token, ends)

    def junctions(self, token: str, ends: list[int]) -> list[int]:
        """The junction of that name; a range in it stands for as many lanes as come or begin here."""
        names = expand(token)
        begins = self.position == 1
        if len(names) > 1 and len(names) != len(ends) and not begins:
            raise InputError(
                f"({token}) names {len(names)} junctions for {len(ends)} lanes; give as many, or one junction for all"
            )
        named = [self.water.named(name, self.where) for name in names]
        if len(named) == 1:
            named *= len(ends)
        if not (begins and len(names) > 1):
            for end, one in zip(ends, named, strict=True):
                self.water.join(end, one)
        return named if len(names) > 1 else named[:1]

    def group(self, ends: list[int]) -> list[int]:
        start, end = self.merged(ends), self.water.junction()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise InputError(f"groups stand deeper than {_DEEPEST} within one another")
        while True:
            steps = self.water.count()
            branch = self.chain(start)
            if self.water.count() == steps:
                raise InputError("a branch of a group [a | b] has no component: it would be a short circuit")
            for open_end in branch:
                self.water.join(open_end, end)
            sign = self.next()
            self.position += 1
            if sign == "]":
                self.depth -= 1
                return [end]
            if sign != "|":
                raise InputError("a group [a | b] is not closed by ']'")

    def lanes(self, token: str, ends: list[int]) -> list[int]:
        component, _, passage = token.partition(".")
        names = expand(component)
        if len(ends) != len(names):
            ends = [self.merged(ends)] * len(names)
        new = [self.water.junction() for _ in names]
        for name, upstream, downstream in zip(names, ends, new, strict=True):
            self.water.step(Step(name, passage, upstream, downstream, self.where))
        return new

    def merged(self, ends: list[int]) -> int:
        for end in ends[1:]:
            self.water.join(ends[0], end)
        return ends[0]
