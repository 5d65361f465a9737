"""What happened in a run: the events of a recording, paired into windows, as the report tells and shades them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from twin.event import Event, is_fault


@dataclass(frozen=True)
class Happening:
    """Something that happened: from begin_s to end_s [s]; end_s None for what has no length or never ended."""

    id: str
    kind: str
    begin_s: float
    end_s: float | None = None
    detail: str = ""

    @property
    def fault(self) -> bool:
        """Whether it made something faulty."""
        return is_fault(self.kind)


def happenings(events: Sequence[Event]) -> list[Happening]:
    """The events in order of time, each end put to its begin; several begins of one id at one time are one."""
    found: list[Happening] = []
    open_at: dict[str, int] = {}
    for event in sorted(events, key=lambda event: event.time_s):
        at = open_at.get(event.id)
        if not event.on:
            if at is not None:
                found[at] = replace(found[at], end_s=event.time_s)
                del open_at[event.id]
            continue
        if at is not None and found[at].begin_s == event.time_s and found[at].kind == event.kind:
            details = [text for text in (found[at].detail, event.detail) if text]
            found[at] = replace(found[at], detail="; ".join(dict.fromkeys(details)))
            continue
        open_at[event.id] = len(found)
        found.append(Happening(event.id, event.kind, event.time_s, detail=event.detail))
    return found
