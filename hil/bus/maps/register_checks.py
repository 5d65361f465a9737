"""What a register of a device file cannot be: a table, type, number or name that does not go with the rest."""

from collections.abc import Iterator
from typing import Any

from hil.bus.maps.register_fields import SMALLEST_SCALE
from hil.bus.maps.register_types import INTEGER, ONE_BIT, ORDERS_16, ORDERS_WIDE, TABLES, TEXT
from twin.errors import InputError, unknown
from twin.units import is_unit
from twin.yaml_lines import place_of


def problems(register: Any) -> Iterator[str]:
    """What is wrong with a register (hil.bus.maps.register), in words; whoever asks stops at the first."""
    for check in (
        _table_problems,
        _type_problems,
        _number_problems,
        _name_problems,
        _counter_problems,
        _start_problems,
    ):
        yield from check(register)


def number_of(register: Any, given: str) -> float:
    """The value [uom] that a constant or first value names; InputError where it is none."""
    named = {name: number for number, name in register.values.items()}
    if given in named:
        return float(named[given])
    try:
        return float(int(given, 16) if given.lower().startswith("0x") else given)
    except ValueError as error:
        if named:
            raise unknown("value", given, named, place_of(given)) from error
        raise InputError(f"{place_of(given)}: {given!r} is not a number".lstrip(": ")) from error


def _table_problems(register: Any) -> Iterator[str]:
    one_bit = register.table in ONE_BIT
    orders: tuple[str, ...] = ("AB",) if one_bit or register.mask is not None else ORDERS_16
    if register.words > 1 and register.type != "string":
        orders = ORDERS_WIDE
    if one_bit and register.type != "bool":
        yield f"{TABLES[register.table]}s are bool, not {register.type}"
    if register.writable and register.table in ("di", "ir"):
        yield f"{TABLES[register.table]}s cannot be written; access is r"
    if any((table in ONE_BIT) != one_bit for table in register.tables[1:]):
        yield "one register cannot be a bit in one table and a word in the other"
    if any(table in ("co", "hr") for table in register.tables[1:]):
        yield f"the table that can be written comes first: [{', '.join((*register.tables[1:], register.table))}]"
    if register.order is not None and register.order not in orders:
        yield f"order {register.order} does not fit; allowed: {', '.join(orders)}"
    if register.address + register.words > 65536:
        yield "runs past address 65535"


def _type_problems(register: Any) -> Iterator[str]:
    fields = {
        "bit": ("bit", register.bit is not None),
        "length": ("string", register.length is not None),
        "text": ("string", register.text != ""),
        "values": ("enum", bool(register.values)),
        "means": ("enum", bool(register.means)),
        "bits": ("bitfield", bool(register.bits)),
        "byte": ("int8", register.byte is not None),
    }
    for field, (kind, given) in fields.items():
        kinds = ("int8", "uint8") if field == "byte" else (kind,)
        if given and register.type not in kinds:
            yield f"{field!r} is for the type {' or '.join(kinds)}"
        if not given and register.type in kinds and field in ("bit", "length", "byte"):
            yield f"a {register.type} needs {field!r}"
    if register.type == "string" and register.point:
        yield "a string has no point"
    if len(register.text) > 2 * register.words:
        yield f"the text has {len(register.text)} characters, {register.words} registers hold {2 * register.words}"


def _name_problems(register: Any) -> Iterator[str]:
    """What is wrong with the unit of measure, or with names that mean nothing or cannot be told apart."""
    if register.means and not register.point:
        yield "'means' is for a register with a point"
    if register.bits and register.point:
        yield "the bits of a word are points of their own: give each a register of type bit"
    if not is_unit(register.uom):
        yield f"uom: {register.uom!r} is not a unit; expected such as degC, kW, m3/h, bar, %, or 1"
    for names in (register.values, register.bits):
        folded = [name.casefold() for name in names.values()]
        twice = next((name for name in names.values() if folded.count(name.casefold()) > 1), "")
        if twice:
            yield f"two of its names are {twice!r}"


def _number_problems(register: Any) -> Iterator[str]:
    given = (register.min, register.max)
    if not register.kind.numeric:
        plain = (register.scale, register.offset, *given) == (1.0, 0.0, None, None)
        clamped = register.type == "enum" and register.on_bad_write == "clamp"
        if clamped:
            yield "an enum has nothing to clamp to; on_bad_write is exc3 or ignore"
        if not plain:
            yield f"scale, offset, min and max do not apply to the type {register.type}"
        return
    if abs(register.scale) < SMALLEST_SCALE:
        yield f"scale is {register.scale:g}; {SMALLEST_SCALE:g} is the smallest"
        return
    ends = sorted(raw * register.scale + register.offset for raw in (register.kind.lo, register.kind.hi))
    for limit in given:
        if limit is not None and not ends[0] <= limit <= ends[1]:
            yield f"{limit:g} does not fit; {register.type} reaches from {ends[0]:g} to {ends[1]:g} {register.uom}"
    if register.min is not None and register.max is not None and register.min > register.max:
        yield f"min {register.min:g} is above max {register.max:g}"


def _counter_problems(register: Any) -> Iterator[str]:
    """What is wrong with a part of a counter, or with its numbers for no value."""
    kind = register.kind
    whole = kind.numeric and kind.kind == INTEGER
    for key, given in (("modulo", register.modulo), ("rounding", register.rounding)):
        if given is not None and not whole:
            yield f"{key!r} is for whole numbers, not {register.type}"
    if register.overflow == "wrap" and not whole:
        yield f"'overflow: wrap' is for whole numbers, not {register.type}"
    if register.modulo is not None and (register.turns_at < 2.0 or register.turns_at % 1.0):
        yield f"modulo {register.modulo:g} is no whole number of steps of {register.scale:g}"
    if register.modulo is not None and register.turns_at > kind.hi + 1.0:
        yield f"modulo {register.modulo:g} is beyond what {register.type} holds"
    for state, number in (register.missing or {}).items():
        if not kind.numeric:
            yield f"'missing' is for numbers, not {register.type}"
        if not kind.lo <= number <= kind.hi or (whole and number % 1.0):
            yield f"missing: {state}: {number:g} is no raw number of {register.type} ({kind.lo:g} .. {kind.hi:g})"


def _start_problems(register: Any) -> Iterator[str]:
    """What is wrong with constants, first values and values that expire."""
    if register.fixed and register.initial:
        yield "'value' is a constant, 'initial' a first value; give one of them"
    if register.fixed and (register.writable or register.point):
        yield "'value' is a constant: the register has no point and is read only"
    if register.initial and not register.writable:
        yield "'initial' is for a register that can be written"
    if register.initial and register.point and register.expires is None:
        yield "'initial' is for a register without a point, or one that expires; the plant gives points theirs"
    if register.expires is not None and not (register.writable and register.expires > 0.0):
        yield "'expires' is a time above 0 for a register that can be written"
    if register.start is not None and register.kind.kind == TEXT:
        yield "the content of a string is its 'text'"
    if register.start is not None and register.quantised(register.start) != register.start:
        shown = register.quantised(register.start)
        if abs(shown - register.start) > 1e-9 * max(1.0, abs(register.start)):
            yield f"{register.start:g} is not a value of the register; the nearest is {shown:g}"
