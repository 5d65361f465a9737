"""Devices that notice a silent controller, and what each of them does then (`watchdog` of a device file)."""

from dataclasses import dataclass

from hil.bench.bench import Bench
from hil.bus.bus import FREE
from hil.bus.maps.device_map import Watchdog
from hil.bus.maps.register_checks import number_of
from hil.bus.unit import Unit
from hil.bus.unit_image import UnitImage
from twin.journal import OWN

PERIOD_MS = 1000
"""How often watchdogs look [ms of plant time]."""


@dataclass
class _Watched:
    """A unit with a watchdog. heard: how many requests so far; last_s: when the last came, None before the first;
    silent: tripped."""

    unit: Unit
    dog: Watchdog
    own: UnitImage
    asked: tuple[UnitImage, ...]
    heard: int = 0
    last_s: float | None = None
    silent: bool = False


class Watchdogs:
    """Looks at every device of a bench that has a watchdog; to be started where outside controllers can come."""

    def __init__(self, bench: Bench) -> None:
        """Start looking, if there is anything to look at."""
        bus = bench.bus
        self._bench = bench
        self._watched = [
            _Watched(unit, unit.device.watchdog, image, (image, bus.served[unit.port, unit.unit]))
            for unit, image in zip(bus.units, bus.images, strict=True)
            if unit.device.watchdog is not None
        ]
        if self._watched:
            bench.every(PERIOD_MS, self.look)

    def look(self) -> None:
        """Compare once."""
        now_s = self._bench.schedule.now_s
        for one in self._watched:
            if (heard := _heard(one)) != one.heard:
                one.heard, one.last_s = heard, now_s
                if one.silent:
                    self._show(one, silent=False)
            elif one.last_s is not None and not one.silent and now_s - one.last_s >= one.dog.after:
                self._show(one, silent=True)
                self._react(one)

    def _show(self, one: _Watched, silent: bool) -> None:
        """Raise or clear the alarm, and what else is so meanwhile."""
        one.silent = silent
        source = one.unit.name + OWN
        if one.dog.alarm:
            self._bench.bus.inbox.put(f"{FREE}{one.unit.name}.{one.dog.alarm}", float(silent), source)
        if one.dog.point:
            self._bench.bus.inbox.put(f"{one.unit.component}.{one.dog.point}", float(silent), source)

    def _react(self, one: _Watched) -> None:
        """Write what the device writes itself when its controller is silent."""
        registers = one.unit.device.registers
        numbers = {register.name: number for number, register in enumerate(registers)}
        for name, value in one.dog.set.items():
            number = numbers[name]
            one.own.write(number, number_of(registers[number], value), bounded=False)


def _heard(one: _Watched) -> int:
    """How many requests have come to a unit: asked itself, or the device that it is a part of."""
    return sum(image.heard for image in dict.fromkeys(one.asked))
