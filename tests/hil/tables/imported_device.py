"""The device of an imported table: made to show values, and read as a client reads it."""

import struct

from hil.bus.maps.device_file import read_device
from hil.bus.unit_image import UnitImage
from hil.cli import main
from hil.lines.modbus.pdu import respond


def imported(table, *words):
    """The image of the device that a table gives, after `geotwin check` has taken it."""
    device = table.parent / "device.yaml"
    assert main(["import", str(table), "--out", str(device), *words]) == 0
    assert main(["check", str(device)]) == 0
    return UnitImage(read_device(device))


def show(image, **values):
    """Let registers show values, as the plant would."""
    for number, register in enumerate(image.device.registers):
        if register.name in values:
            image.bus[number] = register.quantised(values.pop(register.name))
    image.refresh()
    assert not values


def read(image, function, address, count):
    """The bytes of an answer, decoded by nothing of ours."""
    answer = respond(image, struct.pack(">BHH", function, address, count))
    assert answer[0] == function, answer.hex()
    assert answer[1] == len(answer) - 2
    return answer[2:]
