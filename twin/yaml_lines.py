"""YAML as the user wrote it: every scalar stays a string, and everything knows its file, line and column.

`on`, `no` and `012` are not guessed at: the model that reads a value knows what it expects. Duplicate keys, aliases,
tags and several documents in one file are refused, so a file means what it looks like (and cannot explode).
"""

import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic_core import ErrorDetails

from twin.errors import Gathered, InputError, JoinedInputError, unknown
from twin.files import read_text

M = TypeVar("M", bound=BaseModel)
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DEEPEST, _MOST_VALUES = 40, 100_000
"""Levels of nesting, and keys and values of a file: the largest that ships has some 2,500."""
_HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What an escape such as "\\e" may bring into a text: control characters, and marks that turn text round."""
_WRITTEN: dict[str, str] = {}


def written(pattern: str, expected: str) -> str:
    """The pattern itself, for a field of a FileModel; a text that does not fit it is told what was expected."""
    _WRITTEN[pattern] = expected
    return pattern


class Located:
    """Mixed into what `load` returns: the file's name, and line and column counted from 1."""

    source: str = ""
    line: int = 0
    column: int = 0

    @property
    def where(self) -> str:
        """`plant.yaml:12:7`, the way editors and compilers write a place."""
        return f"{self.source}:{self.line}:{self.column}"


def place_of(given: object) -> str:
    """`file:line:column` of a value from a file; empty for any other."""
    return given.where if isinstance(given, Located) and given.source else ""


class Text(Located, str):
    """A scalar; an empty value is the empty text."""

    def beside(self) -> "Text":
        """The path of the file that it names, which lies beside the file that it stands in; its place is kept."""
        path = Text(Path(self.source).parent / self)
        path.source, path.line, path.column = self.source, self.line, self.column
        return path


class Seq(Located, list[Any]):
    """A sequence of Text, Seq and Map."""


class Map(Located, dict[Any, Any]):
    """A mapping of Text keys (each with its own place) to Text, Seq and Map."""


def read(file: Path, where: str = "", name: str = "") -> Map:
    """The mapping that a YAML file holds; where: the place that names the file, name: stands for it in messages."""
    return load(read_text(file, where=where, name=name or str(file)), name or str(file))


def load(text: str, name: str) -> Map:
    """The mapping a YAML text holds; `name` stands for the file in messages. Raises InputError with the place."""
    events = _events(text, name)
    tree: Any = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if tree is not None:
                raise InputError(f"{_place(event, name)}: a second document; expected one in a file")
            tree = _build(next(events), events, name, 0)
    if not isinstance(tree, Map):
        raise InputError(f"{name}:1:1: expected a mapping (key: value lines)")
    return tree


def _events(text: str, name: str) -> Iterator[Any]:
    """What the parser finds, one by one, so that nothing is read behind what is refused."""
    try:
        for number, event in enumerate(yaml.parse(text, Loader=_LOADER)):
            if number > _MOST_VALUES:
                raise InputError(f"{_place(event, name)}: more than {_MOST_VALUES:,} keys and values")
            yield event
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else f"{name}:1:1"
        lines = text.splitlines()
        if mark and mark.line < len(lines) and lines[mark.line][: mark.column + 1].endswith("\t"):
            raise InputError(f"{place}: a tab; YAML is indented with spaces") from error
        raise InputError(f"{place}: not YAML: {getattr(error, 'problem', None) or error}") from error


def check_keys(tree: Map, allowed: Iterable[str], what: str = "key") -> None:
    """InputError for every key that is not allowed, with the nearest allowed one."""
    names, found = list(allowed), Gathered()
    for key in tree:
        with found.trying():
            if key not in names:
                raise unknown(what, str(key), names, getattr(key, "where", ""))
    found.tell()


class FileModel(BaseModel):
    """A pydantic model of (a part of) a user's file: immutable, and an unknown key is refused where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="wrap")
    @classmethod
    def _known_keys(cls: type[M], given: Any, handler: ModelWrapValidatorHandler[M]) -> M:
        """Unknown keys are told together with what else is wrong; a missing key that one of them means is not."""
        if not isinstance(given, Map):
            return handler(given)
        allowed = cls.keys(given)  # type: ignore[attr-defined]  # M is bound by BaseModel only
        found = Gathered()
        with found.trying():
            check_keys(given, allowed)
        if not found.parts:
            return handler(given)
        meant = {part.nearest for part in found.parts}
        known = Map((key, value) for key, value in given.items() if key in allowed)
        known.source, known.line, known.column = given.source, given.line, given.column
        try:
            handler(known)
        except ValidationError as error:
            found.parts += _told(known, error, meant)
        raise JoinedInputError(found.parts)

    @classmethod
    def keys(cls, given: Map) -> list[str]:  # noqa: ARG003  (some know more keys, by what is given)
        """The keys that this part of a file may have."""
        return [field.alias or name for name, field in cls.model_fields.items()]


def validate(model: type[M], tree: Map) -> M:
    """The tree as that model; what does not fit raises InputError with the place in the file, all of it at once."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        raise JoinedInputError(_told(tree, error)) from error


def _told(tree: Map, error: ValidationError, meant: Collection[str] = ()) -> list[InputError]:
    """What pydantic found, each with its place and in words of a user's; no keys missing that were meant."""
    found = error.errors(include_url=False)
    kept = [one for one in found if one["type"] != "missing" or str(one["loc"][-1]) not in meant]
    return [part for one in kept for part in _one(tree, one)]


def _one(tree: Map, found: ErrorDetails) -> tuple[InputError, ...]:
    own = found.get("ctx", {}).get("error")
    path = [step for step in found["loc"] if isinstance(step, int) or not step.startswith("function-")]
    if isinstance(own, InputError):
        return own.at(place(tree, path)).parts
    given = found["input"]
    named = ".".join(str(step) for step in path)
    if found["type"] == "missing":
        return (InputError(f"{place(tree, path)}: the key {named!r} is missing"),)
    if found["type"] == "string_pattern_mismatch" and found["ctx"]["pattern"] in _WRITTEN:
        expected = _WRITTEN[found["ctx"]["pattern"]]
        return (InputError(f"{place(tree, path)}: {named}: {str(given)!r} is not {expected}"),)
    got = f", got {str(given)!r}" if isinstance(given, str | int | float) else ""
    message = found["msg"].removeprefix("Value error, ")
    return (InputError(f"{place(tree, path)}: {named + ': ' if named else ''}{message}{got}"),)


def place(tree: Map, path: Iterable[str | int]) -> str:
    """The place of the element that a path of keys and indices leads to, or of the last one found on the way."""
    found: Any = tree
    where = tree.where
    for step in path:
        try:
            found = found[step]
        except (LookupError, TypeError):
            continue
        where = getattr(found, "where", where)
    return where


def _place(event: Any, name: str) -> str:
    return f"{name}:{event.start_mark.line + 1}:{event.start_mark.column + 1}"


def _located(node: Any, event: Any, name: str) -> Any:
    node.source, node.line, node.column = name, event.start_mark.line + 1, event.start_mark.column + 1
    return node


def _build(event: Any, events: Iterator[Any], name: str, depth: int) -> Any:
    """The element that begins with this event, its last event consumed."""
    if isinstance(event, yaml.AliasEvent):
        raise InputError(f"{_place(event, name)}: aliases (*{event.anchor}) are not taken; write the value out")
    if event.tag not in (None, "!"):
        raise InputError(f"{_place(event, name)}: tags ({event.tag}) are not taken")
    if depth > _DEEPEST:
        raise InputError(f"{_place(event, name)}: nested deeper than {_DEEPEST} levels")
    if isinstance(event, yaml.ScalarEvent):
        harmful = _HARMFUL.search(event.value)
        if harmful is not None:
            raise InputError(f"{_place(event, name)}: the control character U+{ord(harmful[0]):04X} in a text")
        return _located(Text(event.value), event, name)
    if isinstance(event, yaml.SequenceStartEvent):
        items = _located(Seq(), event, name)
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(_build(event, events, name, depth + 1))
        return items
    mapping = _located(Map(), event, name)
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        key = _build(event, events, name, depth + 1)
        if not isinstance(key, Text):
            raise InputError(f"{key.where}: a key is plain text, not a sequence or a mapping")
        if key in mapping:
            first = next(known for known in mapping if known == key)
            raise InputError(f"{key.where}: {str(key)!r} is given twice, first in line {first.line}")
        mapping[key] = _build(next(events), events, name, depth + 1)
    return mapping
