"""What objects remember, as numbers and words that JSON can say, and put back into their equals.

The objects of a controller are numbered when they have just been made, in the order in which they refer to each other.
What is kept is what each of them holds then: numbers, words, containers, and others by their numbers. Put back, no
object is made and no code is called; those that are there get their values, and a container may be new.
"""

import functools
import hashlib
import json
import types
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from hil.bench.memory_kinds import NUMBERS, Kind, children, contents, fill, is_value, kind_of, made
from twin.errors import InputError, RigError

_DAMAGED = (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError)


class Memory:
    """The memory of some objects and of all that they refer to, numbered when they have just been made."""

    def __init__(self, roots: Iterable[Any], constants: Iterable[Any] = ()) -> None:
        """constants: what they may refer to and is no part of the memory, such as the bus.

        RigError where something has a memory that cannot be seen: a generator, a thread, a file.
        """
        self._nodes: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._methods: dict[tuple[int, int], int] = {}
        self._kinds: list[Kind] = []
        for constant in constants:
            self._number(constant, Kind.CONSTANT)
        waiting: deque[Any] = deque(roots)
        while waiting:
            value = waiting.popleft()
            if is_value(value):
                continue
            if type(value) is tuple:
                waiting.extendleft(reversed(value))
            elif id(value) not in self._numbers:
                kind = kind_of(value)
                self._number(value, kind)
                waiting.extend(children(value, kind))

    def _number(self, value: Any, kind: Kind) -> None:
        self._numbers[id(value)] = number = len(self._nodes)
        self._nodes.append(value)
        self._kinds.append(kind)
        if isinstance(value, types.MethodType):
            self._methods.setdefault((id(value.__self__), id(value.__func__)), number)

    def keep(self) -> dict[str, Any]:
        """What they hold now; RigError where one refers to an object that was made since."""
        fresh = _Fresh(self)
        held = {
            str(number): fresh.told(node, kind)
            for number, (node, kind) in enumerate(zip(self._nodes, self._kinds, strict=True))
            if kind.remembers
        }
        return {"held": held, "new": fresh.contents()}

    def restore(self, kept: dict[str, Any]) -> None:
        """Give them what was kept of their equals; InputError where it does not fit them."""
        try:
            made_new = [made(one) for one in kept["new"]]
            known = [str(number) for number, kind in enumerate(self._kinds) if kind.remembers]
            if known != list(kept["held"]):
                raise KeyError("other objects")
            for new, one in zip(made_new, kept["new"], strict=True):
                fill(new, kind_of(new), one, lambda told: self._value(told, made_new))
            for number, one in kept["held"].items():
                node, kind = self._nodes[int(number)], self._kinds[int(number)]
                fill(node, kind, one, lambda told: self._value(told, made_new))
        except _DAMAGED as error:
            raise InputError(f"what was remembered does not fit ({type(error).__name__}: {error})") from error

    def mark(self) -> str:
        """A fingerprint of what there is and what it holds now: another program or setting has another one."""
        digest = hashlib.sha256(json.dumps(self.keep()).encode())
        for node, kind in zip(self._nodes, self._kinds, strict=True):
            digest.update(f"{type(node).__module__}.{type(node).__qualname__} {kind.name}\n".encode())
            if kind is Kind.SETTLED:
                digest.update(repr(node).encode())
            if isinstance(node, types.FunctionType):
                digest.update(f"{node.__module__}.{node.__qualname__}\n".encode())
        return digest.hexdigest()

    def modules(self) -> set[str]:
        """The modules whose code the objects run."""
        code = (one if isinstance(one, types.FunctionType | type) else type(one) for one in self._nodes)
        return {name for one in code for name in _modules(one)}

    def known(self, value: Any) -> int | None:
        """The number of an object; None where it was made since."""
        if isinstance(value, types.MethodType):
            return self._methods.get((id(value.__self__), id(value.__func__)))
        return self._numbers.get(id(value))

    def _value(self, told: Any, new: list[Any]) -> Any:
        """The value that was told."""
        if not isinstance(told, dict):
            return told
        ((word, content),) = told.items()
        if word == "tuple":
            return tuple(self._value(one, new) for one in content)
        if word == "node":
            return self._nodes[content]
        if word == "new":
            return new[content]
        if word == "bytes":
            return bytes.fromhex(content)
        if word == "number" and content[0] in NUMBERS:
            return np.dtype(content[0]).type(content[1])
        raise ValueError(f"no value {word!r}")


class _Fresh:
    """Tells what objects hold, and collects the containers that were made since."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._new: list[Any] = []
        self._places: dict[int, int] = {}

    def told(self, node: Any, kind: Kind) -> Any:
        """What an object holds."""
        return contents(node, kind, self._value)

    def contents(self) -> list[Any]:
        """Those of the new containers; telling them may find more."""
        told, number = [], 0
        while number < len(self._new):
            new = self._new[number]
            told.append(self.told(new, kind_of(new)))
            number += 1
        return told

    def _value(self, value: Any) -> Any:
        if is_value(value):
            if isinstance(value, bytes):
                return {"bytes": value.hex()}
            return {"number": [value.dtype.name, value.item()]} if isinstance(value, np.generic) else value
        if type(value) is tuple:
            return {"tuple": [self._value(one) for one in value]}
        number = self._memory.known(value)
        if number is not None:
            return {"node": number}
        kind = kind_of(value)
        if not kind.container:
            raise RigError(f"a {_name(value)} that was made since the start cannot be kept")
        if id(value) not in self._places:
            self._places[id(value)] = len(self._new)
            self._new.append(value)
        return {"new": self._places[id(value)]}


def _modules(code: Any) -> Iterator[str]:
    """The modules of a function, or of a class and of those that it is made from."""
    if isinstance(code, types.FunctionType):
        yield code.__module__
    else:
        yield from (one.__module__ for one in code.__mro__)


def _name(value: Any) -> str:
    if isinstance(value, functools.partial):
        return "partial"
    return str(getattr(value, "__qualname__", type(value).__qualname__))
