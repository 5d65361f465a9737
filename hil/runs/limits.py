"""Whether the rig kept what it promised: lag, skipped time, lost lines and dropped messages of a run, as it goes on."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hil.bus.transport import Transport
from scenarios.limits import Limits
from scenarios.phrases import said
from twin.clock import Clock


class Measure(NamedTuple):
    """One thing that a limit is about. name: of the limit; told: in words; unit: of both numbers, empty for counts."""

    name: str
    told: str
    value: float
    limit: float
    unit: str

    def shown(self, number: float) -> str:
        """A value or the limit in words."""
        return said(round(number, 1)) if self.unit else f"{number:g}"


class Watch:
    """Looks at the clock and the lines of a run; the first moment at which a limit is passed is kept."""

    def __init__(self, limits: Limits, clock: Clock, transports: Sequence[Transport], duration_s: float) -> None:
        self._limits, self._clock, self._transports = limits, clock, transports
        self._most_skipped_s = limits.most_skipped_s(duration_s)
        self._passed: dict[str, float] = {}

    def look(self, now_s: float) -> None:
        """Compare once. now_s: plant time [s]."""
        for one in self._measures():
            if one.value > one.limit:
                self._passed.setdefault(one.name, now_s)

    def complaints(self, start: datetime) -> list[str]:
        """A sentence for each limit that was passed: what, how far in all, and when first. start: of plant time."""
        since = {name: start + timedelta(seconds=now_s) for name, now_s in self._passed.items()}
        return [
            f"{one.told} {one.shown(one.value)}, beyond the limit of {one.shown(one.limit)}{one.unit}, since "
            f"{since[one.name]:%Y-%m-%d %H:%M:%S} of plant time (--limit {one.name}=...)"
            for one in self._measures()
            if one.name in self._passed
        ]

    def timing(self) -> dict[str, float]:
        """What came of all that is watched, for the result."""
        lag = self._clock.lag
        health = [transport.health() for transport in self._transports]
        return {
            "lag_p99_ms": lag.percentile(0.99),
            "lag_worst_ms": round(lag.worst_ms, 3),
            "skipped": float(lag.skipped),
            "skipped_s": round(lag.skipped_s, 3),
            "line_lost_s": round(sum(one.lost_s for one in health), 3),
            "messages_dropped": float(sum(one.dropped for one in health)),
        }

    def _measures(self) -> Iterator[Measure]:
        lag, limits = self._clock.lag, self._limits
        yield Measure("lag", "the rig was late by up to", lag.worst_ms / 1000.0, limits.lag, " of real time")
        yield Measure(
            "skipped", "the rig could not follow and skipped", lag.skipped_s, self._most_skipped_s, " of plant time"
        )
        health = [transport.health() for transport in self._transports]
        lost, dropped = sum(one.lost_s for one in health), sum(one.dropped for one in health)
        yield Measure("lost", "a line was without its connection for", lost, limits.lost, " of real time")
        yield Measure("dropped", "messages dropped:", dropped, limits.dropped, "")
