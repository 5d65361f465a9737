"""A device file beside the table that it was made from: what is missing, what the table has not, and what differs."""

from collections.abc import Iterator

from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.tables.entry import Entry, Table
from twin.errors import InputError
from twin.units import convert


def differences(device: DeviceMap, table: Table, made: DeviceMap) -> tuple[list[str], list[str]]:
    """What the device file says against the table, and what of the table it leaves out.

    made: the device that the table gives by itself
    """
    rows = [entry for entry in table.entries if entry.register]
    given = {_place(one): (one, entry) for one, entry in zip(made.registers, rows, strict=True)}
    named = {one.name: (one, entry) for one, entry in given.values()}
    wrong: list[str] = []
    met: set[str] = set()
    for register in device.registers:
        other, entry = given.get(_place(register)) or named.get(register.name) or (None, None)
        if other is None or entry is None:
            wrong.append(f"{register.name!r} ({register.span}): the table has no such register")
            continue
        met.add(other.name)
        wrong += [f"{register.name!r} ({register.span}): {text} ({entry.place})" for text in _unlike(register, other)]
    left = [
        f"{one.name!r} ({one.span}) is missing ({entry.place})" for one, entry in given.values() if one.name not in met
    ]
    return wrong, left + list(_lost(table.entries))


def _place(register: Register) -> tuple[str, int, tuple[int, int] | None]:
    return register.table, register.address, register.mask


def _lost(entries: list[Entry]) -> Iterator[str]:
    yield from (f"{entry.place}: not understood: {entry.lost}" for entry in entries if entry.lost)


def _unlike(register: Register, other: Register) -> Iterator[str]:
    """What differs, in words."""
    if _place(register) != _place(other):
        yield f"the table has it at {other.span}"
    if not set(other.tables) <= set(register.tables) and register.table == other.table:
        yield f"the table has it in {', '.join(other.tables)}, not only in {', '.join(register.tables)}"
    gain, bias = _conversion(other.uom, register.uom)
    if gain is None or bias is None:
        yield f"unit {register.uom}, the table says {other.uom}"
        gain, bias = 1.0, 0.0
    if not _near(register.scale, other.scale * gain):
        yield f"scale {register.scale:g} {_of(register)}, the table says {other.scale:g} {_of(other)}".replace(
            "  ", " "
        )
    if not _near(register.offset, other.offset * gain + bias):
        yield f"offset {register.offset:g}, the table says {other.offset:g}"
    if register.words != other.words or (register.type != other.type and not _alike(register, other)):
        yield f"type {register.type}, the table says {other.type}"
    if register.wire_order != other.wire_order and register.words == other.words:
        yield f"order {register.wire_order}, the table says {other.wire_order}"
    if register.access != other.access:
        yield f"access {register.access}, the table says {other.access}"
    if register.values and other.values and set(register.values) != set(other.values):
        yield f"values {_listed(register)}, the table says {_listed(other)}"


def _of(register: Register) -> str:
    return "" if register.uom == "1" else register.uom


def _listed(register: Register) -> str:
    return ", ".join(str(number) for number in register.values)


def _alike(register: Register, other: Register) -> bool:
    """Whether two types are one on the wire: an enumeration, a bit field and a whole number without sign."""
    one_word = {"enum", "uint16", "bitfield", "bool"}
    return {register.type, other.type} <= one_word or {register.type, other.type} == {"enum", "int16"}


def _conversion(unit: str, to: str) -> tuple[float | None, float | None]:
    """Gain and bias from one unit to another; None where they do not fit together."""
    if (unit == "K") != (to == "K"):
        return None, None
    try:
        bias = convert(0.0, unit, to)
        return convert(1.0, unit, to) - bias, bias
    except InputError:
        return None, None


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-9 * max(1.0, abs(one), abs(other)) or abs(one - other) <= 1e-6 * abs(one)
