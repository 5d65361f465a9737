"""The controllers that come with the rig: a reference that does its work well, and faulty ones that do not."""

from collections.abc import Callable
from typing import Protocol

from hil.controllers.faulty import NoMinOff, NoStandby, UnprovenValves
from hil.controllers.link import BusLink, Link
from hil.controllers.reference import ReferenceController
from twin.errors import unknown


class Controller(Protocol):
    """What the rig asks of a controller: one scan of its program at plant time [s]."""

    def scan(self, time_s: float) -> None:
        """Read, decide, write."""
        ...


CONTROLLERS: dict[str, Callable[[Link], Controller]] = {
    "reference": ReferenceController,
    "no_standby": NoStandby,
    "unproven_valves": UnprovenValves,
    "no_min_off": NoMinOff,
}
"""By name; the first line of its docstring says what each one is."""


def controller(name: str, link: Link) -> Controller:
    """The controller of that name on a link; InputError with the nearest name."""
    if name not in CONTROLLERS:
        raise unknown("controller", name, CONTROLLERS)
    return CONTROLLERS[name](link)


__all__ = ["CONTROLLERS", "BusLink", "Controller", "Link", "controller"]
