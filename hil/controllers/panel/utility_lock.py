"""The utility's lock: a contact of its receiver, by which it takes the units off the grid for a while."""

from hil.bench.bus_link import Link


class UtilityLock:
    """Whether the units are locked; a plant without such a contact never is."""

    def __init__(self, link: Link, register: str) -> None:
        """register: the contact, "" where there is none."""
        self._view = link.view
        self._contact = link.place(register) if register else None
        self.locked = False

    def look(self) -> None:
        """Read the contact. Clause OP-4.1."""
        self.locked = self._contact is not None and self._view[self._contact] > 0.5
