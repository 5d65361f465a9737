"""What happened in a run, as the recorder keeps it and a criterion sees it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that began (`on`) or ended during a run: plant time [s], its id, what it was, a line for a person."""

    time_s: float
    id: str
    kind: str = ""
    on: bool = True
    detail: str = ""
