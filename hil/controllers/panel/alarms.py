"""Pressure and leak supervision of the loops, and the lamps of the panel."""

from hil.bench.bus_link import Link

LAMPS = (
    "source_pump", "load_pump", "well_pump", "flow", "unit", "low_source", "changeover", "pressure", "leak", "well",
)  # fmt: skip


class Lamps:
    """The alarm lamps of the panel."""

    def __init__(self, link: Link, names: tuple[str, ...] = LAMPS) -> None:
        """Find all lamps of these names."""
        self._write = link.write
        self._all = link.place("panel.alarm")
        self._places = [link.place(f"panel.alarm_{name}") for name in names]
        self._shown: tuple[bool, ...] = ()

    def show(self, *states: bool) -> None:
        """Light the lamps, in the order of their names. Clause OP-2.1."""
        if states == self._shown:
            return
        self._shown = states
        for place, state in zip(self._places, states, strict=True):
            self._write(place, 1.0 if state else 0.0)
        self._write(self._all, 1.0 if any(states) else 0.0)
