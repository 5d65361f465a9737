"""Points: the named numbers of a component, declared once on its `Model` class.

The declaration is the only place that knows a point's unit, range, default, tags and meaning. Register maps, pages,
recordings and range checks all derive from it.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from twin.errors import InputError, unknown
from twin.symbol import Symbol
from twin.units import ends, within

SENSOR, COMMAND, SETPOINT, STATUS, ALARM, PARAMETER, STATE, FAULT = (
    "sensor", "command", "setpoint", "status", "alarm", "parameter", "state", "fault",
)  # fmt: skip
WRITABLE = (COMMAND, SETPOINT)
RISES = "rises"
"""Tag of a counter that never counts down: electricity used, starts, hours. Energies and volumes without it may."""
FAULT_PREFIX = "fault_"
"""A physical fault is called `fault_<what>`, wherever it is named. Those that were declared without the prefix keep
their names in tables and recordings; both names are taken."""


@dataclass(frozen=True)
class Point:
    """One declared number (or a row of `count` numbers) of a component.

    kind:    sensor, command, setpoint, status, alarm, parameter, state, or fault (a physical fault: 0 is healthy)
    unit:    the unit inside the twin ("1" for fractions, counts and on/off)
    default: the value of a new component, in `unit`
    lo, hi:  what the point may be; None: as its unit has it (twin.units). A value from outside that range is refused
    values:  the names of the numbers of an enumeration, such as {0: "off", 1: "heat"}
    tags:    what else is to be known of it: `rises`
    law:     the law whose range is left while the point is not 0: its value is by how much, or 1; reports list it
    """

    kind: str
    unit: str
    default: float = 0.0
    lo: float | None = None
    hi: float | None = None
    doc: str = ""
    tags: tuple[str, ...] = ()
    count: int = 1
    values: dict[int, str] = field(default_factory=dict)
    law: str = ""

    @property
    def span(self) -> tuple[float, float]:
        """The lowest and highest number that is taken: as declared, else those of its states or of its unit."""
        low, high = (min(self.values), max(self.values)) if self.values else ends(self.unit)
        return (low if self.lo is None else self.lo), (high if self.hi is None else self.hi)

    def check(self, value: float, where: str) -> float:
        """The value itself when it is a finite number of the span; else InputError."""
        return within(value, self.unit, where, *self.span)


@dataclass(frozen=True)
class Link:
    """An index into another table, set while the plant is built; -1 where nothing is connected. Not a point."""

    table: str
    doc: str = ""


def sensor(unit: str, default: float = 0.0, **more: Any) -> Point:
    """A measured value: what an instrument would show, before the faults of the instrument."""
    return Point(SENSOR, unit, default, **more)


def command(unit: str = "1", default: float = 0.0, **more: Any) -> Point:
    """An order from the controller, such as a speed or a position."""
    return Point(COMMAND, unit, default, **more)


def setpoint(unit: str, default: float = 0.0, **more: Any) -> Point:
    """A value that a local loop holds, given by the controller."""
    return Point(SETPOINT, unit, default, **more)


def status(unit: str = "1", default: float = 0.0, **more: Any) -> Point:
    """A proof or a state that the component reports, such as a run proof or an end switch."""
    return Point(STATUS, unit, default, **more)


def alarm(**more: Any) -> Point:
    """An alarm of the component itself: 0 or 1."""
    return Point(ALARM, "1", 0.0, lo=0.0, hi=1.0, **more)


def parameter(unit: str, default: float, **more: Any) -> Point:
    """A constant of the component, set in the plant file."""
    return Point(PARAMETER, unit, default, **more)


def state(unit: str, default: float = 0.0, **more: Any) -> Point:
    """A number that the model itself advances."""
    return Point(STATE, unit, default, **more)


def fault(unit: str = "1", lo: float = 0.0, hi: float = 1.0, **more: Any) -> Point:
    """A physical fault of the component; 0 is healthy. `doc` is the sentence that says what an engineer would see."""
    return Point(FAULT, unit, 0.0, lo=lo, hi=hi, **more)


def link(table: str, doc: str = "") -> Any:
    """An index into the table of that name (the lower-case name of its Model)."""
    return Link(table, doc)


def terms(counters: str) -> list[tuple[str, float]]:
    """The points of a line of an account, each with its sign: "one - other" is one 1, other -1."""
    words = counters.split()
    return [(word, -1.0 if words[max(at - 1, 0)] == "-" else 1.0) for at, word in enumerate(words) if word not in "+-"]


def fault_name(name: str) -> str:
    """What a physical fault is called: with its prefix, however it was declared."""
    return name if name.startswith(FAULT_PREFIX) else FAULT_PREFIX + name


def declared_name(name: str) -> str:
    """The other name of a fault, as it may be declared; a point's own name without the prefix, a path's too."""
    component, dot, point = name.rpartition(".")
    return component + dot + point.removeprefix(FAULT_PREFIX)


def _declared(cls: type) -> dict[str, Any]:
    """All declarations of a class: those of its bases in order, then its own; InputError where one is made twice."""
    found: dict[str, Any] = {}
    own = {n: p for n, p in vars(cls).items() if isinstance(p, Point | Link)}
    for part in (*map(_declared, cls.__bases__), own):
        for name, declaration in part.items():
            if found.setdefault(name, declaration) is not declaration:
                raise InputError(f"{cls.__name__}: {name!r} is declared twice")
    return found


class Model:
    """A kind of component: its points, in the order of their declaration. Its kernels stand in the same file.

    A Model is never instantiated: a component is a row in the table of its Model. It may inherit declarations, even
    from plain classes that stand beside their kernels: those of its bases come first, base by base as they are named,
    then its own; nothing may be declared twice. `order` names the points that go before all others.
    `points` and `links` hold the declarations by name, `dtype` the layout of a row (8 bytes a number).

    For the plant file a Model may also declare:
    `route`:     the passages that water runs through, in order, when a chain names the component alone
    `ends`:      own junctions of a passage, as (upstream link, downstream link); "" where the chain decides, and
                 `other>` is the junction behind the passage `other` of the same component
    `optional`:  passages that may stand in no chain; they are left out then, and their link stays -1
    `inner`:     rows of other Models that belong to the component, by the link to them (a field's water: a Pipe)
    `catalogue`: the catalogue that `catalogue: item` looks up; a column that names a link holds text
    `implied`:   links that may name shipped data in place of a component, with the design figure that takes the name
    `design`:    design figures and their units ("" for text) that `size` turns into parameters; of unit
                 "folder": takes the folder of the plant file, None for a ready plant

    For books, drawings and recordings it may declare:
    `symbol`:     how a schematic draws it; None: it stands in the table of components only
    `energies`:   lines of the energy account, each with the counters of all components that make it: "one - other";
                  a line with {name} in it is one of every component
    `volumes`:    the same of the water account
    `into_water`: the name of these components on the line of the heat that they give to the water
    `in_rooms`:   their electricity belongs to the rooms, not to the plant room
    `initial`:    points that a scenario may give a value at the start beside states, set points and commands: the
                  component then really begins at it (`begin`)
    `begin_turn`: components of a lower number begin first: 0 what says where water may go and how the ground is,
                  1 what gives its value to the water of others, 2 all others
    `switches`:   statuses that an operator sets by hand, and a scenario at any time
    `recorded`:   False: recorded only where somebody asks
    `drives_water`: True: one of its passages is a pump or a fan
    """

    points: ClassVar[dict[str, Point]] = {}
    links: ClassVar[dict[str, Link]] = {}
    dtype: ClassVar[np.dtype[Any]]
    table: ClassVar[str] = ""
    order: ClassVar[tuple[str, ...]] = ()
    route: ClassVar[tuple[str, ...]] = ("passage",)
    ends: ClassVar[dict[str, tuple[str, str]]] = {}
    optional: ClassVar[tuple[str, ...]] = ()
    inner: ClassVar[dict[str, Any]] = {}
    catalogue: ClassVar[str] = ""
    implied: ClassVar[dict[str, str]] = {}
    design: ClassVar[dict[str, str]] = {}
    symbol: ClassVar[Symbol | None] = Symbol()
    energies: ClassVar[dict[str, str]] = {}
    volumes: ClassVar[dict[str, str]] = {}
    into_water: ClassVar[str] = ""
    in_rooms: ClassVar[bool] = False
    recorded: ClassVar[bool] = True
    drives_water: ClassVar[bool] = False
    initial: ClassVar[tuple[str, ...]] = ()
    begin_turn: ClassVar[int] = 2
    switches: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        cls.table = cls.__name__.lower()
        declared = _declared(cls)
        points = {n: p for n, p in declared.items() if isinstance(p, Point)}
        for name in cls.order:
            if name not in points:
                raise unknown("point", name, points, f"order of {cls.__name__}")
        cls.points = {n: points[n] for n in (*cls.order, *points)}
        cls.links = {n: p for n, p in declared.items() if isinstance(p, Link)}
        fields: list[Any] = [(n, "i8") for n in cls.links]
        fields += [(n, "f8") if p.count == 1 else (n, "f8", (p.count,)) for n, p in cls.points.items()]
        cls.dtype = np.dtype((np.record, fields))
        for counters in (*cls.energies.values(), *cls.volumes.values()):
            for name, _ in terms(counters):
                cls.point(name)
        for name in (*cls.initial, *cls.switches):
            cls.point(name)

    @classmethod
    def point(cls, name: str, where: str = "") -> Point:
        """The declaration of a point, or InputError with the nearest name."""
        return cls.points[cls.named(name, where)]

    @classmethod
    def named(cls, name: str, where: str = "") -> str:
        """The name of a point as it is declared, from that or `fault_<what>`; InputError with the nearest name."""
        if name in cls.points:
            return name
        other = declared_name(name)
        if other in cls.points and cls.points[other].kind == FAULT:
            return other
        component = where or cls.__name__
        known = [fault_name(n) if p.kind == FAULT else n for n, p in cls.points.items()]
        raise unknown("point", name, known, f"{component} ({cls.__name__})" if where else component)

    @classmethod
    def size(cls, figures: dict[str, Any]) -> dict[str, Any]:
        """The parameters that follow from the design figures of the plant file (numbers in the unit of `design`)."""
        return dict(figures)

    @classmethod
    def connect(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Called once all rows are set and linked: write what the component's passages and junctions need to start."""

    @classmethod
    def begin(cls, row: Any, number: int, tables: dict[str, Any], given: dict[str, float]) -> None:
        """Called before the start where a scenario gives points of `initial`: make them what the component begins at.

        given: all that the scenario gives for the component, by point (`layers[3]`); it stands in the row already
        InputError where the component cannot begin so
        """

    @classmethod
    def settle(cls, row: Any, number: int, tables: dict[str, Any]) -> None:
        """Called before the start, after `begin`: put what follows the water slowly onto the water as it is now."""
