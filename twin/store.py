"""The store: every number of a plant in one vector, seen as one table per kind of component.

A path `component.point` names one number and is the index of that number in the vector; `component.point[3]` names an
element of a row of numbers.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from twin.errors import InputError, unknown
from twin.points import WRITABLE, Model, Point
from twin.units import convert

_PATH = re.compile(r"^(?P<component>[\w/ -]+)\.(?P<point>\w+)(?:\[(?P<element>\d+)\])?$")


class Store:
    """The numbers of a plant: `values` is the vector (float64), `tables` its views by kind, one row per component."""

    def __init__(self, components: Mapping[type[Model], Sequence[str]]) -> None:
        """Lay out one table per kind with the rows named as given; every point starts at its declared default."""
        self.models: dict[str, type[Model]] = {}
        self.tables: dict[str, Any] = {}
        self._rows: dict[str, tuple[type[Model], int, int]] = {}
        words = sum(model.dtype.itemsize // 8 * len(names) for model, names in components.items())
        self.values: NDArray[np.float64] = np.zeros(words, np.float64)
        offset = 0
        for model, names in components.items():
            width = model.dtype.itemsize // 8
            block = self.values[offset : offset + width * len(names)]
            table = block.view(model.dtype).view(np.recarray)
            for name, point in model.points.items():
                table[name] = point.default
            for name in model.links:
                table[name] = -1
            self.models[model.table] = model
            self.tables[model.table] = table
            for row, name in enumerate(names):
                if name in self._rows:
                    raise InputError(f"two components are named {name!r}; a name stands for one component")
                self._rows[name] = (model, row, offset + row * width)
            offset += width * len(names)

    def components(self) -> Iterator[tuple[str, type[Model], int]]:
        """Every component: its name, its Model and its row in the table of that Model."""
        for name, (model, row, _) in self._rows.items():
            yield name, model, row

    def has(self, component: str, table: str) -> bool:
        """True where there is a component of that name in that table."""
        return component in self._rows and self._rows[component][0].table == table

    def model(self, component: str) -> type[Model]:
        """The Model of a component; InputError with the nearest name where there is none."""
        return self._find(component)[0]

    def row(self, component: str) -> Any:
        """The row of a component: a record whose fields read and write the vector itself."""
        model, row, _ = self._find(component)
        return self.tables[model.table][row]

    def row_number(self, component: str) -> int:
        """The number of the component's row in the table of its Model."""
        return self._find(component)[1]

    def point(self, path: str) -> Point:
        """The declaration behind a path."""
        return self._resolve(path)[0]

    def index(self, path: str) -> int:
        """The index of a point in `values`; InputError names the nearest component or point."""
        return self._resolve(path)[1]

    def paths(self) -> Iterator[tuple[str, Point]]:
        """Every path with its declaration, in the order of the vector; rows of numbers element by element."""
        for component, (model, _, _) in self._rows.items():
            for name, point in model.points.items():
                if point.count == 1:
                    yield f"{component}.{name}", point
                else:
                    for element in range(point.count):
                        yield f"{component}.{name}[{element}]", point

    def read(self, path: str, unit: str | None = None) -> float:
        """The value at a path, in the point's own unit or in `unit`."""
        point, index = self._resolve(path)
        value = float(self.values[index])
        return value if unit is None else convert(value, point.unit, unit)

    def write(self, path: str, value: float, unit: str | None = None) -> None:
        """Set the value at a path, given in the point's own unit or in `unit`; the declared range is checked."""
        point, index = self._resolve(path)
        if unit is not None:
            value = convert(value, unit, point.unit)
        self.values[index] = point.check(value, path)

    def writable(self, path: str) -> bool:
        """True for a command or a set point: what a controller may write."""
        return self.point(path).kind in WRITABLE

    def snapshot(self) -> NDArray[np.float64]:
        """A copy of every number, bit for bit."""
        return self.values.copy()

    def restore(self, snapshot: NDArray[np.float64]) -> None:
        """Put a snapshot of this same plant back."""
        if snapshot.shape != self.values.shape:
            raise InputError(f"the snapshot has {snapshot.size} numbers, this plant {self.values.size}")
        self.values[:] = snapshot

    def _find(self, component: str) -> tuple[type[Model], int, int]:
        if component not in self._rows:
            raise unknown("component", component, self._rows)
        return self._rows[component]

    def _resolve(self, path: str) -> tuple[Point, int]:
        match = _PATH.match(path)
        if match is None:
            raise InputError(f"{path!r} is not a path; expected component.point, such as hp_1.leaving_temp")
        model, _, offset = self._find(match["component"])
        name = model.named(match["point"], match["component"])
        point = model.points[name]
        element = int(match["element"] or 0)
        if element >= point.count or (point.count > 1 and match["element"] is None):
            raise InputError(f"{path!r}: {match['point']!r} has elements [0] .. [{point.count - 1}]")
        fields: Mapping[str, Any] = model.dtype.fields or {}
        return point, offset + fields[name][1] // 8 + element
