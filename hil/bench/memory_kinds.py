"""The kinds of objects that a memory is made of (hil.bench.memory): what each holds, and how it is told and filled."""

import datetime
import enum
import functools
import pathlib
import re
import types
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import is_dataclass
from typing import Any

import numpy as np
from pydantic import BaseModel

from twin.errors import RigError

NUMBERS = ("bool", "int64", "int32", "uint32", "uint8", "float64", "float32")
"""The types of numpy that are kept."""
_VALUES = (type(None), bool, int, float, str, bytes)
_CONSTANT = (
    type, types.ModuleType, re.Pattern, memoryview, range, enum.Enum, datetime.datetime, datetime.date, datetime.time,
    datetime.timedelta, datetime.tzinfo, pathlib.PurePath, np.dtype, types.MappingProxyType,
)  # fmt: skip


class Kind(enum.Enum):
    """What an object is to a memory; SETTLED: settings, which say by their repr all that they are."""

    CONSTANT, SETTLED, OBJECT, CELL, CODE, LIST, DEQUE, SET, DICT, ARRAY = range(10)

    @property
    def container(self) -> bool:
        """Whether a new one can be made."""
        return self in (Kind.LIST, Kind.DEQUE, Kind.SET, Kind.DICT, Kind.ARRAY)

    @property
    def remembers(self) -> bool:
        """Whether it holds anything of its own that changes."""
        return self.container or self in (Kind.OBJECT, Kind.CELL)


_COMPILED = (types.MethodDescriptorType, types.WrapperDescriptorType)
"""What a class has that was not written in Python, whose objects hold what Python does not see."""
_EXACT = {list: Kind.LIST, deque: Kind.DEQUE, set: Kind.SET, dict: Kind.DICT, types.CellType: Kind.CELL}
_CODE = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial)
_MAKERS: dict[str, Callable[[Any], Any]] = {
    "list": lambda _: [],
    "deque": lambda told: deque(maxlen=told["most"]),
    "set": lambda _: set(),
    "dict": lambda _: {},
    "array": lambda told: np.zeros(told["shape"], NUMBERS[NUMBERS.index(told["dtype"])]),
}


def is_value(value: Any) -> bool:
    """Whether it is kept as it stands: a number, a word, bytes, nothing."""
    return type(value) in _VALUES or (isinstance(value, np.generic) and value.dtype.name in NUMBERS)


def kind_of(value: Any) -> Kind:
    """The kind of an object; RigError where it has a memory that cannot be seen."""
    if type(value) in _EXACT:
        return _EXACT[type(value)]
    if isinstance(value, _CODE):
        return Kind.CODE
    if type(value) is np.ndarray and value.dtype.name in NUMBERS:
        return Kind.ARRAY
    if isinstance(value, _CONSTANT) or (type(value) is frozenset and all(map(is_value, value))):
        return Kind.CONSTANT
    if isinstance(value, BaseModel) or (is_dataclass(value) and _frozen(value)):
        return Kind.SETTLED
    if any(isinstance(part, _COMPILED) for one in type(value).__mro__[:-1] for part in vars(one).values()):
        raise RigError(
            f"a {type(value).__module__}.{type(value).__qualname__} has a memory that cannot be seen, so that it "
            "cannot be kept"
        )
    return Kind.OBJECT


def _frozen(value: Any) -> bool:
    """Whether a data class says that its objects do not change."""
    return bool(value.__dataclass_params__.frozen)


def children(value: Any, kind: Kind) -> Iterator[Any]:
    """What an object refers to, in a fixed order."""
    if kind is Kind.OBJECT:
        yield from _attributes(value).values()
    elif kind is Kind.CELL:
        yield from _held(value)
    elif kind is Kind.DICT:
        for pair in value.items():
            yield from pair
    elif kind in (Kind.LIST, Kind.DEQUE, Kind.SET):
        yield from value
    elif isinstance(value, types.FunctionType):
        yield from (*(value.__closure__ or ()), *(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())
    elif isinstance(value, types.MethodType):
        yield from (value.__self__, value.__func__)
    elif isinstance(value, functools.partial):
        yield from (value.func, *value.args, *value.keywords.values())
    elif isinstance(value, types.BuiltinFunctionType) and value.__self__ is not None:
        yield value.__self__


def contents(value: Any, kind: Kind, told: Callable[[Any], Any]) -> dict[str, Any]:
    """What an object holds, each part as `told` says it."""
    if kind is Kind.OBJECT:
        return {"object": [[name, told(one)] for name, one in _attributes(value).items()]}
    if kind is Kind.DICT:
        return {"dict": [[told(key), told(one)] for key, one in value.items()]}
    if kind is Kind.ARRAY:
        return {"array": value.ravel().tolist(), "shape": list(value.shape), "dtype": value.dtype.name}
    parts = [told(one) for one in (_held(value) if kind is Kind.CELL else value)]
    if kind is Kind.DEQUE:
        return {"deque": parts, "most": value.maxlen}
    return {kind.name.lower(): parts}


def made(told: dict[str, Any]) -> Any:
    """A new container, empty, for what was told; KeyError for anything else."""
    return _MAKERS[next(iter(told))](told)


def fill(value: Any, kind: Kind, told: dict[str, Any], meant: Callable[[Any], Any]) -> None:
    """Give an object what was told of its equal; `meant` says what each part stands for. KeyError, ValueError."""
    parts = told[kind.name.lower()]
    if kind is Kind.OBJECT:
        _set_attributes(value, {name: meant(one) for name, one in parts})
    elif kind is Kind.CELL:
        _set_cell(value, [meant(one) for one in parts])
    elif kind is Kind.DICT:
        new = {meant(key): meant(one) for key, one in parts}
        value.clear()
        value.update(new)
    elif kind is Kind.ARRAY:
        if told["dtype"] != value.dtype.name or told["shape"] != list(value.shape):
            raise ValueError("an array of another shape")
        value[...] = np.array(parts, value.dtype).reshape(value.shape)
    else:
        new_parts = [meant(one) for one in parts]
        value.clear()
        _put(value, new_parts)


def _put(value: Any, parts: Iterable[Any]) -> None:
    (value.update if isinstance(value, set) else value.extend)(parts)


def _slots(value: Any) -> list[str]:
    """The names of the places that its classes declare."""
    found: list[str] = []
    for one in reversed(type(value).__mro__):
        slots = one.__dict__.get("__slots__", ())
        names = (slots,) if isinstance(slots, str) else tuple(slots)
        found += [
            f"_{one.__name__.lstrip('_')}{name}" if name.startswith("__") and not name.endswith("__") else name
            for name in names
            if name not in ("__dict__", "__weakref__")
        ]
    return found


def _attributes(value: Any) -> dict[str, Any]:
    """Its attributes by name, those of slots first."""
    slots = {name: object.__getattribute__(value, name) for name in _slots(value) if _has(value, name)}
    return slots | getattr(value, "__dict__", {})


def _has(value: Any, name: str) -> bool:
    try:
        object.__getattribute__(value, name)
    except AttributeError:
        return False
    return True


def _set_attributes(value: Any, new: dict[str, Any]) -> None:
    """Slots that are declared, and the dictionary of the object: no property and no class is touched."""
    slots = _slots(value)
    for name in slots:
        if name in new:
            object.__setattr__(value, name, new.pop(name))
        elif _has(value, name):
            object.__delattr__(value, name)
    if hasattr(value, "__dict__"):
        value.__dict__.clear()
        value.__dict__.update(new)
    elif new:
        raise ValueError(f"no attribute {next(iter(new))!r}")


def _held(cell: Any) -> list[Any]:
    """What a variable that functions share holds; empty before it was given anything."""
    try:
        return [cell.cell_contents]
    except ValueError:
        return []


def _set_cell(cell: Any, held: list[Any]) -> None:
    if held:
        cell.cell_contents = held[0]
    elif _held(cell):
        del cell.cell_contents
