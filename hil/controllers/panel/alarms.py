"""The alarm lamps of the panel."""

from collections.abc import Mapping

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
        self._places = {name: link.place(f"panel.alarm_{name}") for name in names}
        self._shown: tuple[Mapping[str, bool], bool] | None = None

    def show(self, lit: Mapping[str, bool], nameless: bool = False) -> None:
        """Light the lamps that are true by their names; those that are not named stay dark.

        nameless: there is an alarm that has no lamp of its own

        Raises KeyError where a name is none of the lamps'. Clauses OP-2.1, OP-2.3.
        """
        if (lit, nameless) == self._shown:
            return
        if not lit.keys() <= self._places.keys():
            raise KeyError(f"no lamps: {sorted(lit.keys() - self._places.keys())}")
        self._shown = lit, nameless
        for name, place in self._places.items():
            self._write(place, 1.0 if lit.get(name) else 0.0)
        self._write(self._all, 1.0 if nameless or any(lit.values()) else 0.0)
