"""Which registers a controller uses in a scenario: what it reads that changes, and what it writes."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from hil.bench.bench import Bench
from hil.bench.bus_link import Link
from hil.bench.tamper import Nothing
from hil.bus.bus import Slot
from hil.traffic.controllers import ControllerSeen


@dataclass(frozen=True)
class Use:
    """Registers by `unit.register`. read: those read that were not the same all the time; written: those commanded."""

    read: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, list[str]]:
        """For a file."""
        return {"read": sorted(self.read), "written": sorted(self.written)}

    @classmethod
    def of(cls, given: Any) -> "Use":
        """From a file."""
        return cls(frozenset(map(str, given["read"])), frozenset(map(str, given["written"])))


@dataclass
class _Watched:
    """The values of the bus as a controller asks for them. first: of each place; changed: places that had others."""

    view: Any
    first: dict[int, float] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)

    def __getitem__(self, place: int) -> float:
        value: float = self.view[place]
        if self.first.setdefault(place, value) != value:
            self.changed.add(place)
        return value

    def __len__(self) -> int:
        return len(self.view)


class _WatchedLink:
    """A link whose reads are watched."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self.view = _Watched(link.view)

    def place(self, name: str) -> int:
        return self._link.place(name)

    def write(self, place: int, value: float) -> None:
        self._link.write(place, value)

    def again(self, place: int, value: float) -> None:
        self._link.again(place, value)


class Watching(Nothing):
    """Changes nothing in a run, and knows at its end what was used (hil.bench.tamper.Tamper)."""

    def __init__(self) -> None:
        self._link: _WatchedLink | None = None
        self._written: set[int] = set()

    def attach(self, bench: Bench, _warm_up_s: float, _end_s: float) -> None:
        """Watch what is commanded."""
        self._names = {slot.place: name for name, slot in bench.bus.slots.items()}
        bench.bus.listeners.append(self._commanded)

    def link(self, link: Link) -> Link:
        """A link whose reads are watched."""
        self._link = _WatchedLink(link)
        return self._link

    def use(self) -> Use:
        """What was used so far."""
        read = self._link.view.changed if self._link is not None else set()
        return Use(
            frozenset(self._names[place] for place in read), frozenset(self._names[place] for place in self._written)
        )

    def _commanded(self, slot: Slot, _value: float) -> None:
        self._written.add(slot.place)


def used_over_the_wire(seen: Sequence[ControllerSeen], names: Container[str], commanded: Use) -> Use:
    """What controllers from outside used, as the record of the bus tells; names: of the registers of the bench.

    commanded: what arrived of them, on any line
    """
    read, written = set[str](), set[str](commanded.written)
    for device in (device for one in seen for device in one.devices.values()):
        read |= {f"{device.device.name}.{known.name}" for known in device.read}
        written |= {f"{device.device.name}.{known.name}" for known in device.written}
    return Use(frozenset(name for name in read if name in names), frozenset(name for name in written if name in names))
