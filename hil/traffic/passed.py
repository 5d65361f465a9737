"""What was read and written of each unit id in a recording, in lines."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hil.bus.exchanges import REQUEST, Exchange
from hil.lines.modbus.codes import EXCEPTIONS
from hil.traffic.values import Range, read_range, written_range

MOST_KINDS = 5_000
"""So many different ranges are told apart; what comes beyond them is counted with its unit id."""
MOST_LINES = 30
"""Of one unit id."""


@dataclass
class Count:
    """How often something was asked, how often without an answer, and how often refused with which exception."""

    requests: int = 0
    silent: int = 0
    exceptions: Counter[int] = field(default_factory=Counter)

    def add(self, one: Exchange) -> None:
        """Count a request."""
        self.requests += 1
        self.silent += not one.answered
        if one.exception:
            self.exceptions[one.exception] += 1

    def __str__(self) -> str:
        """`12 times, 2 without an answer, exception 02 (illegal data address) 3 times`."""
        parts = [_times(self.requests)]
        parts += [f"{self.silent} without an answer"] if self.silent else []
        for code, count in sorted(self.exceptions.items()):
            parts.append(f"exception {code:02X} ({EXCEPTIONS.get(code, 'unknown')}) {_times(count)}")
        return ", ".join(parts)


def passed(exchanges: Iterable[Exchange]) -> list[str]:
    """For each unit id what was read and written, and how often, most often first."""
    found: dict[int, dict[str, Count]] = {}
    kinds = 0
    for one in exchanges:
        if one.event != REQUEST or not one.function:
            continue
        unit = found.setdefault(one.unit, {})
        for what in _asked(one):
            count = unit.get(what)
            if count is None and kinds >= MOST_KINDS:
                what = "other requests"  # noqa: PLW2901  (told under another name)
                count = unit.get(what)
            if count is None:
                kinds += 1
                count = unit[what] = Count()
            count.add(one)
    return [line for unit, asked in sorted(found.items()) for line in _lines(unit, asked)]


def _lines(unit: int, asked: dict[str, Count]) -> Iterator[str]:
    yield f"unit {unit}:"
    often = sorted(asked.items(), key=lambda item: -item[1].requests)
    for what, count in often[:MOST_LINES]:
        yield f"  {what}: {count}"
    if len(often) > MOST_LINES:
        yield f"  and {len(often) - MOST_LINES} other ranges"


def _asked(one: Exchange) -> list[str]:
    """What a request reads and writes, in words; its function where it does neither."""
    said: list[tuple[str, Range | None]] = [("read", read_range(one.request)), ("wrote", written_range(one.request))]
    return [f"{verb} {what}" for verb, what in said if what is not None] or [f"function {one.function}"]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
