"""What may stand between the controller and the bus of a run: an onlooker, or a mutant (hil.campaigns)."""

from collections.abc import Callable
from typing import Protocol

from hil.bench.bench import Bench
from hil.bench.bus_link import Link
from hil.bench.participant import Controller


class Tamper(Protocol):
    """Is shown the parts of a run as they are made, and may put others in their places."""

    def attach(self, bench: Bench, warm_up_s: float, end_s: float, /) -> None:
        """The bench is there; nothing has run."""
        ...

    def link(self, link: Link) -> Link:
        """The link that a controller in the process gets."""
        ...

    def controller(self, made: Callable[[], Controller]) -> Controller:
        """The controller in the process; `made` makes one."""
        ...


class Nothing:
    """Leaves everything as it is."""

    def attach(self, _bench: Bench, _warm_up_s: float, _end_s: float, /) -> None:
        """Nothing is changed."""

    def link(self, link: Link) -> Link:
        """The same."""
        return link

    def controller(self, made: Callable[[], Controller]) -> Controller:
        """One that is made."""
        return made()
