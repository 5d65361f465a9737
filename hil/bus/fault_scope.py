"""Which requests a fault of a line acts on: by table, addresses, function, connection, number and chance."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from hil.bus.maps.register_types import TABLES
from twin.errors import InputError, unknown
from twin.noise import seed_of, uniform
from twin.units import quantity

SCOPE = ("table", "addresses", "quantity", "function", "connection", "count", "probability")
"""The keys by which a scenario chooses requests: `table: hr`, `addresses: 10-19`, `quantity: 2` (that ask for so many),
`function: 3`, `connection: 1` (the first that came), `count: 5` (only so many), `probability: 30 %` (drawn by the seed
of the run)."""
MESSAGES = ("table", "addresses", "count", "probability")
"""Those of them by which messages that nobody asked for can be chosen."""
_RANGE = re.compile(r"\s*([0-9]{1,5})\s*(?:-\s*([0-9]{1,5})\s*)?")


class Request(NamedTuple):
    """One request, as far as a fault may choose by it. table, address and words are of what is read or written."""

    unit: str
    function: int
    table: str
    address: int
    words: int
    connection: int


def parse_scope(given: Mapping[str, object], where: str) -> dict[str, Any]:
    """The scope as words and numbers; InputError where one is none."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name == "table":
            if value not in TABLES:
                raise unknown("table", str(value), TABLES, where)
            found[name] = str(value)
        elif name == "addresses":
            match = _RANGE.fullmatch(str(value))
            first, last = (int(match[1]), int(match[2] or match[1])) if match else (1, 0)
            if not 0 <= first <= last <= 65535:
                raise InputError(f"{where}: addresses: {str(value)!r} is no range such as 10-19, within 0 .. 65535")
            found[name] = f"{first}-{last}"
        elif name == "probability":
            share = quantity(value, "1", where)
            if not 0.0 < share <= 1.0:
                raise InputError(f"{where}: probability: {str(value)!r} is not above 0 and up to 100 %")
            found[name] = share
        else:
            number = quantity(value, "1", where)
            if not (1.0 <= number <= 1e6 and number.is_integer()):
                raise InputError(f"{where}: {name}: {str(value)!r} is no whole number from 1 on")
            found[name] = number
    return found


@dataclass
class Scope:
    """Chooses requests; all of them where nothing is given. met: how many it has chosen."""

    table: str = ""
    first: int = 0
    last: int = 65535
    quantity: int = 0
    function: int = 0
    connection: int = 0
    count: float = math.inf
    probability: float = 1.0
    seed: int = 0
    met: int = 0
    seen: int = 0

    @classmethod
    def of(cls, parameters: Mapping[str, Any], seed: int, name: str) -> "Scope":
        """The scope among the parameters of a fault (parse_scope); name: of the fault, for its chance."""
        first, _, last = str(parameters.get("addresses", "0-65535")).partition("-")
        return cls(
            str(parameters.get("table", "")),
            int(first),
            int(last),
            int(parameters.get("quantity", 0)),
            int(parameters.get("function", 0)),
            int(parameters.get("connection", 0)),
            float(parameters.get("count", math.inf)),
            float(parameters.get("probability", 1.0)),
            seed_of(seed, "line", name),
        )

    def meets(self, request: Request) -> bool:
        """Whether a request is one of those; counts it."""
        if self.met >= self.count or not self._fits(request):
            return False
        self.seen += 1
        if self.probability < 1.0 and uniform(self.seed, self.seen) >= self.probability:
            return False
        self.met += 1
        return True

    def _fits(self, request: Request) -> bool:
        last = request.address + max(request.words, 1) - 1
        return (
            self.table in ("", request.table)
            and self.first <= last
            and request.address <= self.last
            and self.quantity in (0, request.words)
            and self.function in (0, request.function)
            and self.connection in (0, request.connection)
        )

    def holds(self, table: str, address: int) -> bool:
        """Whether an address of a table is among those it is about."""
        return self.table in ("", table) and self.first <= address <= self.last
