"""What a controller did on the bus, as `result.json` has it."""

from hil.plain_text import plain
from hil.reports.result_file import BusController, BusDevice, Distribution, RefusedRequests
from hil.reports.shown import finite
from hil.traffic.controllers import ControllerSeen, DeviceSeen
from hil.traffic.spread import Spread
from hil.traffic.suspicions import suspicions

MOST_EXCEPTIONS = 200
"""Kinds of refused requests that are told of a controller, the most frequent ones."""


def bus_part(seen: ControllerSeen) -> BusController:
    """One controller."""
    return BusController(
        host=plain(seen.host),
        connections=seen.connections,
        reconnects=seen.reconnects,
        requests=seen.requests,
        unanswered=seen.silent,
        answer_ms=_distribution(seen.answer_ms),
        devices=[_device(one, unit) for (_, unit), one in seen.devices.items()],
        exceptions=refused(seen)[:MOST_EXCEPTIONS],
        faults={plain(name): count for name, count in seen.faulty.items()},
        suspicions=[plain(one) for one in suspicions(seen)],
    )


def refused(seen: ControllerSeen) -> list[RefusedRequests]:
    """The requests that were refused, the most frequent first."""
    found = []
    for shape, asked in seen.asked.items():
        used = seen.devices.get((shape.port, shape.unit))
        for code, count in asked.exceptions.items():
            found.append(
                RefusedRequests(
                    device=plain(used.device.name) if used is not None else "",
                    unit=shape.unit,
                    function=shape.function,
                    table=shape.table,
                    address=shape.address,
                    quantity=shape.quantity,
                    exception=code,
                    count=count,
                )
            )
    return sorted(found, key=lambda one: -one.count)


def _device(seen: DeviceSeen, unit: int) -> BusDevice:
    order = {register: number for number, register in enumerate(seen.device.registers)}
    return BusDevice(
        device=plain(seen.device.name),
        port=seen.device.port,
        unit=unit,
        requests=seen.requests,
        writes=seen.writes,
        unanswered=seen.silent,
        exceptions=seen.exceptions,
        writes_refused=seen.refused_writes,
        poll_period_s=_distribution(seen.period),
        poll_period_plant_s=_distribution(seen.plant_period),
        read=[plain(one.shown) for one in sorted(seen.read, key=order.__getitem__)],
        written=[plain(one.shown) for one in sorted(seen.written, key=order.__getitem__)],
        never_read=[plain(one.shown) for one in seen.never_read()],
        never_written=[plain(one.shown) for one in seen.never_written()],
    )


def _distribution(spread: Spread) -> Distribution:
    worst = spread.worst if spread.count else None
    return Distribution(median=finite(spread.share(0.5)), p99=finite(spread.share(0.99)), worst=finite(worst))
