"""What a controller's requests give reason to suspect: a list of sentences for whoever programmed it."""

from collections import defaultdict
from collections.abc import Iterator

from hil.bus.maps.function_codes import READS
from hil.bus.maps.numbering import LEADING
from hil.bus.maps.register_types import TABLES
from hil.traffic.controllers import ControllerSeen, DeviceSeen, Shape
from hil.traffic.registers import Device

MOST = 30
"""So many sentences are told of a controller."""
_ABSENT = 2
_POLLED = 3
"""A read that came so often is one of a cycle."""


def suspicions(seen: ControllerSeen) -> list[str]:
    """The sentences, the gravest first; at most MOST."""
    found: list[str] = []
    for key, used in seen.devices.items():
        shapes = [shape for shape in seen.asked if (shape.port, shape.unit) == key and shape.table]
        for shape in shapes:
            halves, absent = list(_half(shape, used.device)), seen.asked[shape].exceptions[_ABSENT]
            misplaced = list(_misplaced(shape, used.device)) if absent and (shape.quantity > 1 or not halves) else []
            found += misplaced or halves
        found += _swapped(used)
        polled = [shape for shape in shapes if shape.function in READS and seen.asked[shape].good >= _POLLED]
        found += _blocks(polled, used.device)
    return list(dict.fromkeys(found))[:MOST]


def _half(shape: Shape, device: Device) -> Iterator[str]:
    does = "reads" if shape.function in READS else "writes"
    for register in device.halves(shape.table, shape.address, shape.quantity):
        yield (
            f"{device.name}: {does} a part only of {register.shown} "
            f"({register.tables[0]} {register.address}-{register.last}) with a request of {shape.range}"
        )


def _misplaced(shape: Shape, device: Device) -> Iterator[str]:
    """A request for what is not there, where a small change would have met registers."""
    table, address, quantity = shape.table, shape.address, shape.quantity
    base = 10_000 * int(LEADING[table]) + 1  # the number of the first address in manuals
    if base > 1 and device.covers(table, address - base, quantity):
        yield (
            f"{device.name}: {shape.range} is not there, {table} {address - base} is: the numbers of a manual "
            f"({base} and on) go over the wire from 0 on"
        )
        return
    for by in (-1, 1):
        if device.covers(table, address + by, quantity):
            yield (
                f"{device.name}: {shape.range} is not there, but from {address + by} on: the base of addresses is off "
                "by one"
            )
            return
    for other in TABLES:
        if other != table and device.covers(other, address, quantity):
            yield (
                f"{device.name}: {shape.range} is not there, but among the {TABLES[other]}s ({other}): another function"
            )
            return


def _swapped(used: DeviceSeen) -> Iterator[str]:
    for name, count in used.swapped.items():
        yield (
            f"{used.device.name}: {count} values written to {name} were out of range and would be within it with their "
            "words the other way round"
        )


def _blocks(polled: list[Shape], device: Device) -> Iterator[str]:
    """Several requests of a cycle where one would do: together they are registers without a gap."""
    by_table: dict[tuple[str, int], list[Shape]] = defaultdict(list)
    for shape in polled:
        by_table[shape.table, shape.function].append(shape)
    for (table, _), shapes in by_table.items():
        most = device.most if table in ("hr", "ir") else 2000
        for run in _runs(sorted(shapes, key=lambda one: one.address), device, most):
            first, last = run[0].address, max(one.address + one.quantity for one in run) - 1
            if len(run) > 1:
                yield (
                    f"{device.name}: {len(run)} requests of a cycle read {table} {first}-{last}, where one of "
                    f"{last - first + 1} would do"
                )


def _runs(shapes: list[Shape], device: Device, most: int) -> Iterator[list[Shape]]:
    """Shapes in order of address, gathered as long as one request could have all of them."""
    run: list[Shape] = []
    for shape in shapes:
        end = max((one.address + one.quantity for one in [*run, shape]), default=0)
        if run and not (end - run[0].address <= most and _readable(device, shape.table, run[0].address, end)):
            yield run
            run = []
        run.append(shape)
    if run:
        yield run


def _readable(device: Device, table: str, first: int, end: int) -> bool:
    return device.gaps or all((table, word) in device.at for word in range(first, end))
