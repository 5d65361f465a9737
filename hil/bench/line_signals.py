"""What was asked over a line, as signals that a scenario can judge: `bus.<unit>.requests` and the like.

They are recorded where a scenario names them. Without an open line they are NaN, which no criterion takes for kept.
"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hil.bus.bus import Bus
from hil.bus.unit_image import UnitImage

SIGNALS: dict[str, str] = {
    "requests": "requests that have reached the device",
    "answers": "requests answered without an exception, and met by no fault of the line",
    "exceptions": "requests answered with an exception",
    "writes": "registers written",
    "silence": "time since the last of these answers, or since the start [s]",
}
"""The signals of every unit. `bus.<unit>.<register>.writes` counts the writes of one register."""
_WRITES = "writes"


def is_line_signal(path: str) -> bool:
    """Whether a recorded path has the form of one of these."""
    return path.startswith("bus.") and path.rpartition(".")[2] in SIGNALS


class LineSignals:
    """Counts of what every unit of a bench was asked, looked up by their names without `bus.`."""

    def __init__(self, bus: Bus) -> None:
        """Nothing is looked at until somebody wants it."""
        self._bus = bus
        self._units = {unit.name: number for number, unit in enumerate(bus.units)}
        self._wanted: list[str] = []
        self._since: dict[str, tuple[int, float]] = {}
        self.values: NDArray[np.float64] = np.zeros(0)
        self.open = False

    def __contains__(self, path: str) -> bool:
        """Whether there is such a signal."""
        unit, _, name = path.partition(".")
        return unit in self._units and (name in SIGNALS or self._register(path) is not None)

    def names(self) -> Iterator[str]:
        """The signals of all units, and the writes of every register that may be written."""
        yield from (f"{unit}.{name}" for unit in self._units for name in SIGNALS)
        for slot in self._bus.slots:
            if self._register(f"{slot}.{_WRITES}") is not None:
                yield f"{slot}.{_WRITES}"

    def unit(self, path: str) -> str:
        """The unit of a signal."""
        return "s" if path.endswith(".silence") else "1"

    def want(self, paths: list[str]) -> NDArray[np.float64]:
        """Keep these up to date from now on; returns their values, in this order, NaN until a line is open."""
        self._wanted, self.values = paths, np.full(len(paths), math.nan)
        return self.values

    def look(self, now_s: float) -> None:
        """Bring them up to date. To be called every second, so that silence is right to a second."""
        if self.open:
            for place, path in enumerate(self._wanted):
                self.values[place] = self.value(path, now_s)

    def value(self, path: str, now_s: float) -> float:
        """A signal as it is now; NaN while no line is open."""
        if not self.open:
            return math.nan
        unit, _, name = path.partition(".")
        images = self._images(self._units[unit])
        if name not in SIGNALS:
            return float(self._register_writes(path))
        refused = sum(image.refused for image in images)
        heard, harmed = sum(image.heard for image in images), sum(image.harmed for image in images)
        if name == _WRITES:
            return float(sum(self._unit_writes(self._units[unit])))
        answers = max(0, heard - refused - harmed)
        if name == "silence":
            counted, since = self._since.get(unit, (0, 0.0))
            if counted != answers:
                counted, since = self._since[unit] = answers, now_s
            return now_s - since
        return float({"requests": heard, "answers": answers, "exceptions": refused}[name])

    def _images(self, number: int) -> list[UnitImage]:
        """The image of a unit, and that of the device which it is a part of."""
        unit = self._bus.units[number]
        return list(dict.fromkeys((self._bus.images[number], self._bus.served[unit.port, unit.unit])))

    def _unit_writes(self, number: int) -> list[int]:
        """How often each register of a unit was written, itself or as a part of a device."""
        own, whole = self._bus.images[number], self._images(number)[-1]
        if whole is own:
            return own.written
        unit = self._bus.units[number]
        parts = [n for n, one in enumerate(self._bus.units) if (one.port, one.unit) == (unit.port, unit.unit)]
        first = sum(len(self._bus.units[n].device.registers) for n in parts if n < number)
        return [a + b for a, b in zip(own.written, whole.written[first : first + len(own.written)], strict=True)]

    def _register(self, path: str) -> tuple[int, int] | None:
        """The unit and number of the register in `unit.register.writes`."""
        name, _, last = path.rpartition(".")
        slot = self._bus.slots.get(name) if last == _WRITES else None
        if slot is None or not self._bus.units[slot.unit].device.registers[slot.register].writable:
            return None
        return slot.unit, slot.register

    def _register_writes(self, path: str) -> int:
        found = self._register(path)
        return 0 if found is None else self._unit_writes(found[0])[found[1]]
