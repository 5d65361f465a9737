"""What became of the lies told to a controller: each one, what the controller did meanwhile, whether a limit fell."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hil.bench.lockstep import PACE
from hil.plain_text import one_line
from hil.reports.happenings import happenings
from hil.reports.shown import plant_time
from scenarios import Outcome
from twin.event import Event
from twin.journal import OWN, noted

AFTER_S = 600.0
"""A limit that falls up to so long after a lie is put down to it [s of plant time]."""


@dataclass(frozen=True)
class ToldLie:
    """A lie that was told: when [s of plant time], what, what the controller wrote until its end, which limits fell.

    writes: how many; first: the first of them, with its delay; empty where there was none
    """

    id: str
    begin_s: float
    end_s: float
    what: str
    writes: int
    first: str
    fell: tuple[str, ...]


def told_lies(prefix: str, events: Sequence[Event], journal: Path, outcomes: Sequence[Outcome]) -> list[ToldLie]:
    """Every lie of a run in order of time; prefix: what their ids begin with."""
    lies = [one for one in happenings(events) if one.id.startswith(prefix)]
    writes = _writes(journal) if lies else []
    found = []
    for one in lies:
        end_s = one.begin_s if one.end_s is None else one.end_s
        meanwhile = [(at, path, value) for at, path, value in writes if one.begin_s < at <= end_s]
        fell = tuple(o.id for o in outcomes if o.violation and one.begin_s <= o.violation[0] <= end_s + AFTER_S)
        at, path, value = meanwhile[0] if meanwhile else (0.0, "", 0.0)
        first = f"{path} = {value:g} after {at - one.begin_s:.0f} s" if meanwhile else ""
        found.append(ToldLie(one.id, one.begin_s, end_s, one.detail, len(meanwhile), first, fell))
    return found


def listed(lie: ToldLie, start: datetime) -> tuple[str, str, str, str]:
    """When, what, what the controller wrote, which limits fell; start: the plant's clock at its time 0."""
    writes = f"{lie.writes}, the first {one_line(lie.first)}" if lie.writes else "none"
    fell = ", ".join(one_line(name) for name in lie.fell) or "none"
    return plant_time(start, lie.begin_s), one_line(lie.what), writes, fell


def _writes(journal: Path) -> list[tuple[float, str, float]]:
    """Time [s], path and value of what the controller wrote.

    Neither what devices write themselves nor what tells how a controller is paced counts.
    """
    return [
        (write.time_ms / 1000.0, write.path, write.value)
        for write in noted(journal)
        if not write.source.endswith(OWN) and not write.path.startswith(PACE)
    ]
