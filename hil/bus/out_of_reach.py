"""Devices that a fault of their line keeps out of reach, as a controller in the process of the rig meets them.

One from outside meets the faults on its wire; the bus shows the truth then, to whoever else is there.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hil.bus.unit import Unit
from hil.bus.unit_image import UnitImage
from hil.bus.wire_fault_kinds import RESTART
from hil.bus.wire_faults import ActiveWireFault, WireFaults


class OutOfReach:
    """Units that are away show what they last showed and take nothing; one that starts anew forgets its orders.

    wired: whether the controller comes from outside, so that nothing but the orders concerns this place
    """

    def __init__(self, wire: WireFaults, units: Sequence[Unit], values: NDArray[np.float64], first: Any) -> None:
        """values: the bus vector; first: where each unit begins in it, and its end."""
        self._wire, self._units, self._values = wire, units, values
        self._parts = [slice(int(first[n]), int(first[n + 1])) for n in range(len(units))]
        self._away: list[int] = []
        self._kept: list[NDArray[np.float64]] = []
        self._start: NDArray[np.float64] | None = None
        self.wired = False
        self.images: Sequence[UnitImage] = ()
        wire.changed.append(self._changed)

    def __contains__(self, unit: int) -> bool:
        """Whether a unit, by its number, is away."""
        return unit in self._away

    def refreshed(self) -> None:
        """The bus vector was computed anew: units that are away go on showing what they last showed."""
        if self._start is None:
            self._start = self._values.copy()
        for number, kept in zip(self._away, self._kept, strict=True):
            self._values[self._parts[number]] = kept

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        """What is remembered of the units that are away now, by unit, and of the start of the run."""
        start = {} if self._start is None else {"start": self._start}
        return start | {str(number): kept for number, kept in zip(self._away, self._kept, strict=True)}

    def restore(self, kept: Mapping[str, NDArray[np.float64]]) -> None:
        """Remember what was remembered of the same units; KeyError, ValueError where they are others."""
        self._kept = [kept[str(number)] for number in self._away]
        self._start = kept.get("start")
        parts = [self._parts[number] for number in self._away]
        wrong = any(len(one) != part.stop - part.start for one, part in zip(self._kept, parts, strict=True))
        if wrong or (self._start is not None and len(self._start) != len(self._values)):
            raise ValueError("other units")

    def _changed(self, fault: ActiveWireFault, begins: bool) -> None:
        names = frozenset() if self.wired else self._wire.away()
        self._away = [number for number, unit in enumerate(self._units) if unit.name in names]
        self._kept = [self._values[self._parts[number]].copy() for number in self._away]
        restarts = fault.kind.name.endswith(".restart") and fault.kind.name != RESTART
        if begins and restarts and self._start is not None:
            for number, unit in enumerate(self._units):
                if unit.name in fault.units:
                    self._forget_orders(number, self._start[self._parts[number]])

    def _forget_orders(self, number: int, start: NDArray[np.float64]) -> None:
        """Give every command of a unit the value that it had at the start of the run."""
        image = self.images[number]
        for register, declared in enumerate(image.device.registers):
            value = float(start[register])
            if declared.writable and declared.type != "string" and math.isfinite(value):
                image.write(register, value, bounded=False)
