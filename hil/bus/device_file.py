"""Device files: YAML or CSV read, and the map checked as a whole."""

from pathlib import Path

from hil.bus.device_csv import read_csv
from hil.bus.device_map import DeviceMap, Register
from hil.bus.numbering import protocol_addresses
from twin.errors import Gathered, InputError
from twin.yaml_lines import Map, load, validate


def read_device(path: Path, where: str = "") -> DeviceMap:
    """The device in a .yaml or .csv file; InputError names file, line and column of what is wrong.

    where: the place that names the file
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}").under(where) from error
    return parse_device(text, path.name)


def parse_device(text: str, name: str) -> DeviceMap:
    """The device in a text; `name` stands for the file in messages and says by its ending whether it is CSV."""
    tree = protocol_addresses(read_csv(text, name) if name.endswith(".csv") else load(text, name))
    device = validate(DeviceMap, tree)
    _check_overlaps(device, tree)
    return device


def _check_overlaps(device: DeviceMap, tree: Map) -> None:
    names: dict[str, Map] = {}
    wrong = Gathered()
    owners: dict[tuple[str, int, int], tuple[Register, Map]] = {}
    for register, place in zip(device.registers, tree["registers"], strict=True):
        if register.name in names:
            first = names[register.name]
            wrong.parts.append(InputError(f"{place.where}: the name {register.name!r} is taken in line {first.line}"))
        names[register.name] = place
        bits = range(16) if register.bit is None else [register.bit]
        for word in range(register.address, register.address + register.words):
            for bit in bits:
                other, earlier = owners.setdefault((register.table, word, bit), (register, place))
                if other is not register:
                    wrong.parts.append(
                        InputError(
                            f"{place.where}: {register.name!r} ({register.span}) overlaps "
                            f"{other.name!r} ({other.span}) of line {earlier.line}"
                        )
                    )
    wrong.tell()
