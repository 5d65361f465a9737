"""The faults of the line of one server: which of them meet a request, and what they do to ports and connections."""

import random
from collections.abc import Callable, Mapping

from hil.bus.fault_scope import Request
from hil.bus.maps.function_codes import TABLE_OF
from hil.bus.unit_image import UnitImage
from hil.bus.wire_fault_kinds import kind_on
from hil.bus.wire_faults import ActiveWireFault, WireFaults
from hil.lines.modbus.lying_images import KINDS, LyingImage
from hil.lines.modbus.pdu import describe

LINE = "modbus"


def name_of(fault: ActiveWireFault) -> str:
    """The name of a kind on this line; empty for one of another line."""
    return kind_on(LINE, fault.kind.name)


class LineFaults:
    """Looks at the active faults of a bench for one server.

    names: of the units behind a port and unit id
    """

    def __init__(self, wire: WireFaults, names: Mapping[tuple[int, int], tuple[str, ...]], seed: int = 0) -> None:
        self._wire, self._names = wire, names
        self._told: Callable[[ActiveWireFault, bool], None] | None = None
        self._lying: dict[tuple[ActiveWireFault, int, int], LyingImage] = {}
        self.draw = random.Random(seed)

    @property
    def active(self) -> bool:
        """Whether any fault is present."""
        return bool(self._wire.active)

    def listen(self, changed: Callable[[ActiveWireFault, bool], None] | None) -> None:
        """Have every fault told as it begins and ends; None: no more."""
        if self._told is not None:
            self._wire.changed.remove(self._told)
        self._told = changed
        if changed is not None:
            self._wire.changed.append(changed)

    def on_port(self, port: int, name: str) -> ActiveWireFault | None:
        """A fault of that kind on a unit of the port, None where there is none."""
        for fault in self._wire.active:
            if name_of(fault) == name and port in self.ports(fault):
                return fault
        return None

    def ports(self, fault: ActiveWireFault) -> set[int]:
        """The ports of the units that a fault is on."""
        return {port for (port, _), names in self._names.items() if fault.units & set(names)}

    def alone(self, port: int) -> bool:
        """Whether one unit only is behind a port: what happens to it happens to the port."""
        return len({names for (known, _), names in self._names.items() if known == port}) == 1

    def meeting(self, port: int, frame: bytes, connection: int) -> list[ActiveWireFault]:
        """The faults that act on a request, in the order in which they began."""
        function, address, count = describe(frame[7:])
        names = self._names.get((port, frame[6]), ())
        found = []
        for fault in self._wire.active:
            hit = next((name for name in names if name in fault.units), "")
            request = Request(hit, function, TABLE_OF.get(function, ""), address, count, connection)
            if hit and name_of(fault) and fault.meets(request):
                found.append(fault)
        return found

    def seen(self, image: UnitImage, port: int, unit: int, faults: list[ActiveWireFault]) -> UnitImage:
        """The image that a read sees through these faults."""
        for fault in faults:
            if name_of(fault) in KINDS:
                key = (fault, port, unit)
                if key not in self._lying:
                    self._lying[key] = LyingImage(image, fault)
                return self._lying[key].now()
        return image

    def begin(self, fault: ActiveWireFault, images: Mapping[tuple[int, int], UnitImage]) -> None:
        """Remember what the units of a fault show as it begins."""
        if name_of(fault) in KINDS:
            for (port, unit), names in self._names.items():
                if fault.units & set(names):
                    self._lying[fault, port, unit] = LyingImage(images[port, unit], fault)

    def end(self, fault: ActiveWireFault) -> None:
        """Forget what was remembered for a fault."""
        for key in [key for key in self._lying if key[0] is fault]:
            del self._lying[key]
