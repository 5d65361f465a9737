"""Device files: YAML or CSV read, and the map checked as a whole."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hil.bus.maps.device_csv import read_csv
from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.numbering import like, protocol_addresses
from hil.bus.maps.register import Register
from hil.bus.maps.register_fields import HEX, MOST_REGISTERS
from hil.bus.maps.register_types import TYPES, Table
from plant_models.assembly.chains import expand
from twin.errors import Gathered, InputError
from twin.files import read_text
from twin.yaml_lines import Map, Seq, Text, load, place_of, validate

_WHOLE_NUMBER = re.compile(r"[0-9]{1,6}")


def read_device(path: Path, where: str = "") -> DeviceMap:
    """The device in a .yaml or .csv file; InputError names file, line and column of what is wrong.

    where: the place that names the file
    """
    return parse_device(read_text(path, where=where, name=path.name), path.name)


def parse_device(text: str, name: str) -> DeviceMap:
    """The device in a text; `name` stands for the file in messages and says by its ending whether it is CSV."""
    tree = protocol_addresses(_expanded(read_csv(text, name) if name.endswith(".csv") else load(text, name)))
    device = validate(DeviceMap, tree)
    _check_overlaps(device, tree)
    return device


def _check_overlaps(device: DeviceMap, tree: Map) -> None:
    names: dict[str, Map] = {}
    wrong = Gathered()
    owners: dict[tuple[str, int, int], tuple[Register, Map]] = {}
    divided = {(r.table, r.address) for r in device.registers if r.mask is not None}
    for register, place in zip(device.registers, tree["registers"], strict=True):
        if register.name in names:
            first = names[register.name]
            wrong.parts.append(InputError(f"{place.where}: the name {register.name!r} is taken in line {first.line}"))
        names[register.name] = place
        for key in _taken(register, divided):
            other, earlier = owners.setdefault(key, (register, place))
            if other is not register:
                wrong.parts.append(
                    InputError(
                        f"{place.where}: {register.name!r} ({register.span}) overlaps "
                        f"{other.name!r} ({other.span}) of line {earlier.line}"
                    )
                )
    wrong.tell()


def _taken(register: Register, divided: set[tuple[Table, int]]) -> Iterator[tuple[str, int, int]]:
    """Table, word and bit of everything that a register takes.

    A word may be shown as a whole beside its bits and halves, once, by a register without a point: it takes `WHOLE`.
    """
    bits = range(16)
    if register.mask is not None:
        shift, mask = register.mask
        bits = range(shift, shift + mask.bit_length())
    elif (register.table, register.address) in divided and register.type in WHOLES and not register.point:
        bits = range(WHOLE, WHOLE + 1)
    for table in register.tables:
        for word in range(register.address, register.address + register.words):
            yield from ((table, word, bit) for bit in bits)


WHOLES, WHOLE = ("bitfield", "uint16"), 16
"""Types that may show a word beside its parts, and the place they take beside its bits."""


def _expanded(tree: Map) -> Map:
    """The tree with a row for each register of a line that stands for several (`name: room_[1-8]_temp`)."""
    registers = tree.get("registers")
    if not isinstance(registers, Seq):
        return tree
    rows, wrong = like(Seq(), registers), Gathered()
    for row in registers:
        with wrong.trying():
            rows += _rows(row)
        if len(rows) > MOST_REGISTERS:
            raise InputError(f"{row.where}: more than {MOST_REGISTERS:,} registers")
    wrong.tell()
    new: Map = like(Map(tree), tree)
    new["registers"] = rows
    return new


def _rows(row: Any) -> list[Any]:
    if not isinstance(row, Map) or not isinstance(row.get("name"), Text) or "[" not in row["name"]:
        return [row]
    names = expand(row["name"], row["name"].where)
    point = row.get("point")
    points = expand(point, point.where) if isinstance(point, Text) and "-" in point else [point] * len(names)
    if len(points) != len(names):
        raise InputError(f"{place_of(point) or row.where}: {len(points)} points for {len(names)} names")
    address, every = str(row.get("address", "")), str(row.get("every", ""))
    kind, length = TYPES.get(str(row.get("type", "int16"))), str(row.get("length", "1"))
    step = every or (length if kind is not None and not kind.words else str(kind.words if kind else 1))
    if not (HEX.fullmatch(address) or _WHOLE_NUMBER.fullmatch(address)) or not _WHOLE_NUMBER.fullmatch(step):
        raise InputError(f"{row.where}: a line for several registers needs a whole number as address (and as `every`)")
    first = int(address, 16) if HEX.fullmatch(address) else int(address)
    return [_copy(row, name, first + number * int(step), points[number]) for number, name in enumerate(names)]


def _copy(row: Map, name: str, address: int, point: Any) -> Map:
    """The row for one of several registers."""
    new: Map = like(Map(row), row)
    new.pop("every", None)
    new["name"] = like(Text(name), row["name"])
    new["address"] = like(Text(address), row["address"])
    if point is not None:
        new["point"] = like(Text(point), row["point"])
    return new
