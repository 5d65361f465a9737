"""Images that do not show what is: as it was when a fault began, without values, or with their words swapped."""

import math
from typing import Any

import numpy as np

from hil.bus.maps.register_types import SWAPPED
from hil.bus.unit_image import UnitImage
from hil.bus.wire_faults import ActiveWireFault

KINDS = ("stale", "no_value", "word_swapped")


class LyingImage:
    """Answers reads in the place of an image, within the scope of a fault; writes go to the image itself."""

    def __init__(self, image: UnitImage, fault: ActiveWireFault) -> None:
        """Remember what the image shows now."""
        self._image, self._fault = image, fault
        self._name = fault.kind.name.partition(".")[2]
        registers = image.device.registers
        scope = fault.scope
        self._meant = np.array([any(scope.holds(t, r.address) for t in r.tables) for r in registers])
        self._then, self._stored = image.bus.copy(), dict(image.stored)
        if self._name == "word_swapped":
            registers = tuple(
                register.model_copy(update={"order": SWAPPED[register.wire_order]})
                if meant and register.words > 1 and register.wire_order in SWAPPED
                else register
                for register, meant in zip(registers, self._meant, strict=True)
            )
        self._shown = UnitImage(image.device.model_copy(update={"registers": registers}), image.bus.copy())

    def now(self) -> UnitImage:
        """The image as the fault lets it be seen."""
        shown: Any = self._shown.bus
        shown[:] = self._image.bus
        self._shown.stored = self._stored if self._name == "stale" else dict(self._image.stored)
        if self._name == "stale":
            shown[self._meant] = self._then[self._meant]
        elif self._name == "no_value":
            shown[self._meant] = math.nan
        return self._shown
