"""What happened in a run, as the recorder keeps it and a criterion and the report see it."""

from dataclasses import dataclass

SET, RAMP, POINT_FAULT = "set", "ramp", "physical"
"""Kinds of event that have no dot in them; a fault elsewhere is `PLACE.NAME`, such as sensor.stuck."""
_STEPS = {SET: "set", RAMP: "ramp"}


@dataclass(frozen=True)
class Event:
    """Something that began (`on`) or ended during a run: plant time [s], its id, what it was, a line for a person."""

    time_s: float
    id: str
    kind: str = ""
    on: bool = True
    detail: str = ""


def is_fault(kind: str) -> bool:
    """Whether an event of that kind made something faulty."""
    return bool(kind) and kind not in _STEPS


def words(kind: str) -> str:
    """The kind of an event for a person: `fault in the plant`, `sensor fault: stuck`."""
    if kind == POINT_FAULT:
        return "fault in the plant"
    place, _, name = kind.rpartition(".")
    return f"{place} fault: {name}" if place else _STEPS.get(kind, kind)
