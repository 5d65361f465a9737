"""A valve that is driven and proven."""

from hil.bench.bus_link import Link

NEARLY_CLOSED, HALF = 5.0, 50.0
"""Positions [%] that contradict a closed valve, and an open one."""


class Valve:
    """A changeover valve: its command, end switches and position. Clause PU-6.1."""

    def __init__(self, link: Link, name: str) -> None:
        """Find the registers of the valve."""
        self._view, self._write = link.view, link.write
        self._cmd = link.place(f"{name}.open_cmd")
        self._open, self._closed = link.place(f"{name}.open_proof"), link.place(f"{name}.closed_proof")
        self._position = link.place(f"{name}.position")

    def order(self, is_open: bool) -> None:
        """Run to an end."""
        self._write(self._cmd, 1.0 if is_open else 0.0)

    def is_open(self) -> bool:
        """Proven open: by its switch, not contradicted by its position."""
        return bool(self._view[self._open] > 0.5 and self._view[self._position] > HALF)

    def is_closed(self) -> bool:
        """Proven closed: by its switch, not contradicted by its position."""
        return bool(self._view[self._closed] > 0.5 and self._view[self._position] < NEARLY_CLOSED)

    def position(self) -> float:
        """Position feedback [%]."""
        return float(self._view[self._position])
