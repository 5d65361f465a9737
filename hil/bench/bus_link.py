"""What a controller sees of a plant: registers by name, their present values, and writes of commands."""

from typing import Any, Protocol

from hil.bus.bus import Bus, Slot


class Link(Protocol):
    """A controller's way to the devices. The same controller code runs over any of them and sees the same values.

    view: the present value of every register, indexed by its place, in the unit of the register (kPa, %, degC, kW)
    """

    view: Any

    def place(self, name: str) -> int:
        """The place of `component.register`, such as hp_1.leaving_temp_sp; InputError with the nearest name."""
        ...

    def write(self, place: int, value: float) -> None:
        """Command a register; nothing goes out while the value is the one last written."""
        ...

    def again(self, place: int, value: float) -> None:
        """Command a register that shows something else than was written last."""
        ...


class BusLink:
    """The link of a controller in the process of the rig: reads the bus vector, writes through the inbox."""

    def __init__(self, bus: Bus) -> None:
        """Look at a bus; whoever runs the plant refreshes it before each scan."""
        self.view: Any = bus.view
        self._bus = bus
        self._slots: dict[int, Slot] = {}
        self._written: list[float | None] = [None] * len(bus.values)

    def place(self, name: str) -> int:
        """The place of `component.register`; InputError with the nearest name."""
        slot = self._bus.slot(name)
        self._slots[slot.place] = slot
        return slot.place

    def write(self, place: int, value: float) -> None:
        """Command a register by the rules of the wire; RefusedRequest where a client would be refused."""
        if self._written[place] != value and self._bus.write(self._slots[place], value):
            self._written[place] = value

    def again(self, place: int, value: float) -> None:
        """Command a register, even where the value is the one last written."""
        self._written[place] = None
        self.write(place, value)
