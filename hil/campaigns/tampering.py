"""A mutant at work on a bench: what the controller writes, reads and remembers, made wrong in one place."""

import math
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from hil.bench.bench import Bench
from hil.bench.participant import Controller
from hil.bench.tamper import Nothing
from hil.bus.bus import Slot
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import SWAPPED, arrange
from hil.campaigns.mutant import AGAIN_S, LATE_S, STALE_S, Mutant
from twin.schedule import EVENTS

_BIAS = {"degC": 3.0, "K": 3.0}
_SHARE = 0.15
RESTARTS_AT = (0.4, 0.7)
"""When a controller starts anew, as shares of the judged time."""


class Tampering(Nothing):
    """Puts a mutant between the controller and the bus of a run (hil.bench.tamper.Tamper)."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self._first: float | None = None

    def attach(self, bench: Bench, warm_up_s: float, end_s: float) -> None:
        """Change what is written and read from here on; the values that stay are those of the end of the warm-up."""
        self._bench, self._bus = bench, bench.bus
        self._warm_up_s, self._end_s = warm_up_s, end_s
        if not self.mutant.register:
            return
        self._slot = self._bus.slot(self.mutant.register)
        self._other = self._bus.slot(self.mutant.other) if self.mutant.other else self._slot
        self._register = self._of(self._slot)
        if self.mutant.writes:
            self._bus.tamper = self._written
        else:
            self._past: deque[tuple[float, float]] = deque()
            self._bus.lies.append(self._read)

    def controller(self, made: Callable[[], Controller]) -> Controller:
        """The controller; one that starts anew, where that is the mistake."""
        if self.mutant.kind != "restarted":
            return made()
        judged = self._end_s - self._warm_up_s
        return Restarting(made, [self._warm_up_s + share * judged for share in RESTARTS_AT])

    def _of(self, slot: Slot) -> Register:
        return self._bus.units[slot.unit].device.registers[slot.register]

    # Writes

    def _written(self, slot: Slot, value: float) -> Iterator[tuple[Slot, float]]:
        """What arrives of a write, now; what arrives later is planned."""
        kind = self.mutant.kind
        if slot == self._other != self._slot and kind == "swapped":
            yield from self._allowed(self._slot, value)
            return
        if slot != self._slot:
            yield slot, value
            return
        if kind in ("swapped", "shifted"):
            yield from self._allowed(self._other, value)
        elif kind == "late":
            self._later(LATE_S, value)
        elif kind == "repeated":
            self._later(AGAIN_S, value)
            yield slot, value
        elif kind == "stuck":
            self._first = value if self._first is None else self._first
            yield slot, self._first
        elif kind != "lost":
            yield from self._allowed(slot, self._changed(value))

    def _changed(self, value: float) -> float:
        register, (low, high) = self._register, self._limits(self._slot)
        if self.mutant.kind == "scaled":
            return value / 10.0
        if self.mutant.kind == "word_swapped":
            swapped = arrange(register.encode(value), register.wire_order)
            return register.value(register.kind.unpack(arrange(swapped, SWAPPED[register.wire_order])))
        if register.values:
            numbers = sorted(register.values)
            return float(numbers[len(numbers) - 1 - numbers.index(round(value))]) if round(value) in numbers else value
        return low + high - value

    def _limits(self, slot: Slot) -> tuple[float, float]:
        return self._bus.images[slot.unit].limits[slot.register]

    def _allowed(self, slot: Slot, value: float) -> Iterator[tuple[Slot, float]]:
        """A write as far as the device takes it: what is outside is refused, what the register cannot hold rounded."""
        low, high = self._limits(slot)
        register = self._of(slot)
        named = not register.values or round(value) in register.values
        if math.isfinite(value) and low <= value <= high and named:
            yield slot, register.quantised(value)

    def _later(self, after_s: float, value: float) -> None:
        schedule, slot = self._bench.schedule, self._slot

        def steps() -> Any:
            yield schedule.at(schedule.now_ms + round(after_s * 1000), EVENTS)
            self._bus.take(slot, value)

        schedule.start(steps())

    # Reads

    def _read(self, time_s: float) -> None:
        values, place, kind = self._bus.values, self._slot.place, self.mutant.kind
        true = float(values[place])
        if kind == "neighbour":
            values[place] = self._held(float(values[self._other.place]))
        elif kind == "biased":
            values[place] = self._held(self._biased(true))
        elif kind == "frozen":
            if time_s <= self._warm_up_s or self._first is None:
                self._first = true
            values[place] = self._first
        else:
            self._past.append((time_s, true))
            while len(self._past) > 1 and self._past[1][0] <= time_s - STALE_S:
                self._past.popleft()
            values[place] = self._past[0][1]

    def _biased(self, value: float) -> float:
        register = self._register
        if register.type in ("bool", "bit"):
            return 1.0 - value
        if register.values:
            return value
        return value + _BIAS.get(register.uom, abs(value) * _SHARE)

    def _held(self, value: float) -> float:
        """The value as the register can show it."""
        register = self._register
        if register.values and round(value) not in register.values:
            return float(min(register.values, key=lambda number: abs(number - value)))
        if register.type in ("bool", "bit"):
            return float(value != 0.0)
        return register.quantised(value) if math.isfinite(value) else value


class Restarting:
    """A controller that is made anew at given times [s]; it comes back with no memory."""

    def __init__(self, made: Callable[[], Controller], times_s: list[float]) -> None:
        self._made, self._times = made, deque(times_s)
        self._controller = made()

    def scan(self, time_s: float) -> None:
        """One scan; of a new one where it is time."""
        if self._times and time_s >= self._times[0]:
            self._times.popleft()
            self._controller = self._made()
        self._controller.scan(time_s)
