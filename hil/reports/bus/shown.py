"""What a controller did on the bus, as the report shows it."""

from dataclasses import dataclass

from hil.lines.modbus.codes import EXCEPTIONS
from hil.plain_text import one_line
from hil.reports.bus.part import bus_part, refused
from hil.reports.result_file import BusController, BusDevice, Distribution
from hil.reports.shown import digits
from hil.traffic.controllers import ControllerSeen
from scenarios.phrases import said

MOST_REFUSED = 20
"""Kinds of refused requests that the page shows; all of them are in the record of the bus."""


@dataclass(frozen=True)
class BusTables:
    """One controller. facts: name and value; devices: the cells of each row; refused: those of refused requests.

    never: device, and what of it was never read or written, in words
    """

    host: str
    facts: list[tuple[str, str]]
    devices: list[tuple[str, ...]]
    refused: list[tuple[str, ...]]
    more_refused: int
    suspicions: list[str]
    never: list[tuple[str, str, str]]


def bus_tables(seen: ControllerSeen) -> BusTables:
    """The tables of one controller."""
    part, exceptions = bus_part(seen), refused(seen)
    rows: list[tuple[str, ...]] = [
        (
            one_line(one.device) or f"unit {one.unit}, not there",
            f"{one.function}",
            f"{one.table} {one.address}" + (f"-{one.address + one.quantity - 1}" if one.quantity > 1 else ""),
            f"{one.exception:02X} {EXCEPTIONS.get(one.exception, '')}".strip(),
            digits(one.count),
        )
        for one in exceptions[:MOST_REFUSED]
    ]
    never = [
        (one_line(one.device), one_line(", ".join(one.never_read)), one_line(", ".join(one.never_written)))
        for one in part.devices
        if one.never_read or one.never_written
    ]
    return BusTables(
        host=one_line(part.host),
        facts=_facts(part),
        devices=[_device(one) for one in part.devices],
        refused=rows,
        more_refused=max(0, len(exceptions) - MOST_REFUSED),
        suspicions=[one_line(one) for one in part.suspicions],
        never=never,
    )


def _facts(part: BusController) -> list[tuple[str, str]]:
    """What is true of the controller as a whole."""
    answers = f"median {_ms(part.answer_ms.median)}, 99 % below {_ms(part.answer_ms.p99)}"
    rows = [
        ("Connections", f"{part.connections}, of these {part.reconnects} in the place of earlier ones"),
        ("Requests", f"{digits(part.requests)}, {digits(part.unanswered)} without an answer"),
        ("Answered within", f"{answers}, worst {_ms(part.answer_ms.worst)}"),
    ]
    if part.faults:
        met = ", ".join(f"{one_line(name)} {digits(count)}" for name, count in part.faults.items())
        rows.append(("Requests met by faults of the line", met))
    return rows


def _device(one: BusDevice) -> tuple[str, ...]:
    read, written = len(one.read), len(one.written)
    return (
        one_line(one.device),
        f"{one.unit}",
        digits(one.requests),
        _period(one.poll_period_s, one.poll_period_plant_s, "median"),
        _period(one.poll_period_s, one.poll_period_plant_s, "worst"),
        f"{digits(one.writes)}" + (f", {digits(one.writes_refused)} refused" if one.writes_refused else ""),
        digits(one.exceptions),
        f"{read} of {read + len(one.never_read)}",
        f"{written} of {written + len(one.never_written)}",
    )


def _period(real: Distribution, plant: Distribution, which: str) -> str:
    """`1.02 s`, with the plant time where that differs."""
    seconds, shown = getattr(real, which), getattr(plant, which)
    if seconds is None:
        return "–"
    told = f"{digits(seconds)} s"
    return told if shown is None or shown < 1.5 * seconds else f"{told} ({said(round(shown))} of the plant)"


def _ms(number: float | None) -> str:
    return "–" if number is None else f"{digits(number)} ms"
