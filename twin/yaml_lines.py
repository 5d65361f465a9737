"""YAML as the user wrote it: every scalar stays a string, and everything knows its file, line and column.

`on`, `no` and `012` are not guessed at: the model that reads a value knows what it expects. Duplicate keys, aliases,
tags and several documents in one file are refused, so a file means what it looks like (and cannot explode).
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from twin.errors import InputError, unknown

M = TypeVar("M", bound=BaseModel)
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_DEEPEST = 40


class Located:
    """Mixed into what `load` returns: the file's name, and line and column counted from 1."""

    source: str = ""
    line: int = 0
    column: int = 0

    @property
    def where(self) -> str:
        """`plant.yaml:12:7`, the way editors and compilers write a place."""
        return f"{self.source}:{self.line}:{self.column}"


class Text(Located, str):
    """A scalar; an empty value is the empty text."""


class Seq(Located, list[Any]):
    """A sequence of Text, Seq and Map."""


class Map(Located, dict[Any, Any]):
    """A mapping of Text keys (each with its own place) to Text, Seq and Map."""


def load(text: str, name: str) -> Map:
    """The mapping a YAML text holds; `name` stands for the file in messages. Raises InputError with the place."""
    try:
        events = iter(list(yaml.parse(text, Loader=_LOADER)))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise InputError(f"{place}: not YAML: {getattr(error, 'problem', None) or error}") from error
    tree: Any = None
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            if tree is not None:
                raise InputError(f"{_place(event, name)}: a second document; expected one in a file")
            tree = _build(next(events), events, name, 0)
    if not isinstance(tree, Map):
        raise InputError(f"{name}:1:1: expected a mapping (key: value lines)")
    return tree


def check_keys(tree: Map, allowed: Iterable[str], what: str = "key") -> None:
    """InputError at the first key that is not allowed, with the nearest allowed one."""
    names = list(allowed)
    for key in tree:
        if key not in names:
            raise unknown(what, str(key), names, getattr(key, "where", ""))


class FileModel(BaseModel):
    """A pydantic model of (a part of) a user's file: immutable, and an unknown key is refused where it stands."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, given: Any) -> Any:
        if isinstance(given, Map):
            check_keys(given, [field.alias or name for name, field in cls.model_fields.items()])
        return given


def validate(model: type[M], tree: Map) -> M:
    """The tree as that model; what does not fit raises InputError with the place in the file."""
    try:
        return model.model_validate(tree)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = [step for step in first["loc"] if isinstance(step, int) or not step.startswith("function-")]
        given = first["input"]
        got = f", got {str(given)!r}" if isinstance(given, str | int | float) else ""
        named = ".".join(str(step) for step in path)
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{place(tree, path)}: {named + ': ' if named else ''}{message}{got}") from error


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
