"""A device as MQTT shows it: its values, which of them have changed, and what may be written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.bus.bus_vector import write_limits
from hil.bus.maps.device_map import DeviceMap
from hil.bus.unit_image import UnitImage
from hil.lines.mqtt.discovery import Announced
from hil.lines.mqtt.payloads import Limits, check_name, json_value


@dataclass
class MqttDevice:
    """One device of the plant on MQTT.

    name:     of this device, one level of its topics, such as `hp_1`
    device:   its register list
    bus:      its elements of the bus vector, one per register, in engineering units (a view: read when published)
    on_write: called with the register's number and the value [uom] for every accepted command, in order, on the loop's
              thread; it may refuse with InputError
    counts:   how each register counts, as discovery has it; by default none is a counter
    image:    what holds the texts and whole numbers of 64 bits that clients have written; None where there is none
    limits:   lowest and highest value to write for each register, as a Binding has them; by default the register's own
    """

    name: str
    device: DeviceMap
    bus: NDArray[np.float64]
    on_write: Callable[[int, float | str], None]
    limits: Sequence[Limits] = ()
    image: UnitImage | None = None
    counts: Sequence[str] = ()
    sequence: int = 0
    _last: NDArray[np.int64] | None = field(default=None, repr=False)
    _told: dict[int, int | bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        check_name("device name", self.name)
        self.limits = self.limits or tuple(write_limits(register) for register in self.device.registers)
        registers = self.device.registers
        self.shown = [i for i, r in enumerate(registers) if r.readable and (r.type != "string" or r.writable)]
        self.names = [self.device.registers[i].name for i in self.shown]
        self.numbers = {register.name: i for i, register in enumerate(self.device.registers)}

    def announced(self, expire_after: int = 0) -> list[Announced]:
        """Its registers as discovery tells of them. expire_after: seconds that a value is valid, 0 for ever"""
        counts = self.counts or [""] * len(self.limits)
        told = zip(self.device.registers, self.limits, counts, strict=True)
        return [Announced(register, limits, counted, expire_after) for register, limits, counted in told]

    def forget(self) -> None:
        """Take every value as changed at the next `changes`."""
        self._last = None

    def changes(self) -> list[int]:
        """The registers, out of those shown, whose bits differ from the last time this was asked: NaN equals NaN."""
        bits = np.ascontiguousarray(self.bus, np.float64).view(np.int64).copy()
        last, self._last = self._last, bits
        stored, told = ({} if self.image is None else dict(self.image.stored)), self._told
        self._told = stored
        if last is None:
            return self.shown
        if stored == told and np.array_equal(bits, last):
            return []
        return [i for i in self.shown if bits[i] != last[i] or stored.get(i) != told.get(i)]

    def values(self) -> list[Any]:
        """Every register that is shown, as JSON has it."""
        values = self.bus.tolist()
        return [self.value(number, values[number]) for number in self.shown]

    def value(self, number: int, shown: float) -> Any:
        """A register as JSON has it; `shown` is its element of the bus vector."""
        register = self.device.registers[number]
        if register.type == "string":
            return register.text if self.image is None else self.image.text(number)
        exact = None if self.image is None else self.image.stored.get(number)
        plain = isinstance(exact, int) and register.scale == 1.0 and register.offset == 0.0
        return exact if plain else json_value(register, shown)
