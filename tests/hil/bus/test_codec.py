"""A register type is one codec: with its entry in TYPES it is served, read by a client and quantised alike."""

import asyncio
from dataclasses import dataclass

import numpy as np
import pytest

from hil.bus.bus_vector import plain_points, publish, state_rows
from hil.bus.maps.device_file import parse_device
from hil.bus.maps.register_types import TYPES, RegisterType
from hil.bus.refusal import Reason
from hil.bus.unit import Unit
from hil.bus.unit_image import UnitImage
from hil.controllers.remote.modbus_link import ModbusLink
from hil.lines.modbus.listener import ModbusPort
from hil.lines.modbus.pdu import respond
from hil.lines.modbus.server import ModbusTcpServer
from twin.errors import InputError

DEVICE = """\
device: meter
source: test
registers:
  - {table: hr, address: 0, name: total, type: digits, scale: 0.1, uom: m3, access: rw}
  - {table: hr, address: 1, name: after, type: uint16, access: rw}
"""


@dataclass(frozen=True)
class Decimal(RegisterType):
    """Four decimal digits, one in every four bits, as old meters send them."""

    native = False

    def pack(self, raw: float) -> bytes:
        return bytes.fromhex(f"{int(raw):04d}")

    def unpack(self, data: bytes) -> int:
        return int(data.hex())


@pytest.fixture
def device(monkeypatch):
    with pytest.raises(InputError, match="no type 'digits'"):
        parse_device(DEVICE, "meter.yaml")
    monkeypatch.setitem(TYPES, "digits", Decimal(1, "H", 0.0, 9999.0, 9999.0))
    return parse_device(DEVICE, "meter.yaml")


def test_it_is_quantised_by_codec_and_kernel_alike(device):
    points = plain_points(device.registers)
    points.source[0] = 0
    for value, shown in [(123.44, 123.4), (-5.0, 0.0), (2e6, 999.9), (float("nan"), 999.9)]:
        bus = np.zeros(2)
        publish(np.array([value]), bus, points, state_rows([]))
        assert device.registers[0].quantised(value) == pytest.approx(shown)
        assert bus[0] == device.registers[0].quantised(value)


def test_the_server_writes_and_reads_its_digits(device):
    seen = []
    image = UnitImage(device, on_write=lambda number, value: seen.append((number, round(value, 6))))
    assert respond(image, bytes.fromhex("06 0000 1234")) == bytes.fromhex("06 0000 1234")
    assert respond(image, bytes.fromhex("10 0000 0002 04 4321 00ff")) == bytes.fromhex("10 0000 0002")
    assert respond(image, bytes.fromhex("03 0000 0002")) == bytes.fromhex("03 04 4321 00ff")
    assert seen == [(0, 123.4), (0, 432.1), (1, 255.0)]


def test_a_client_of_ours_reads_and_writes_it_over_tcp(device):
    image = UnitImage(device)

    async def there_and_back():
        server = ModbusTcpServer([ModbusPort({1: image}, 0)])
        await server.start()
        port = server.ports[0]
        link = ModbusLink("127.0.0.1", port, [Unit("meter", port, 1, device, "meter")])
        try:
            place = link.place("meter.total")
            link.write(place, 765.43)
            assert link.view[place] == pytest.approx(765.4)
            assert await link.flush()
            assert await link.poll()
            return link.view[place]
        finally:
            link.close()
            await server.stop()

    assert asyncio.run(there_and_back()) == pytest.approx(765.4)
    assert respond(image, bytes.fromhex("03 0000 0001")) == bytes.fromhex("03 02 7654")


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_of_a_refusal_is_an_exception_of_the_protocol(reason):
    device = parse_device(
        "device: d\nsource: test\nregisters:\n"
        "  - {table: hr, address: 0, name: wide, type: float32, access: rw}\n"
        "  - {table: hr, address: 2, name: hidden, access: w}\n"
        "  - {table: hr, address: 3, name: shown}\n"
        "  - {table: hr, address: 4, name: small, access: rw, max: 9}\n",
        "d.yaml",
    )
    asked = {
        Reason.ABSENT: ("03 0005 0001", "83 02"),
        Reason.SPLIT: ("03 0001 0001", "83 02"),
        Reason.WRITE_ONLY: ("03 0002 0001", "83 02"),
        Reason.READ_ONLY: ("06 0003 0001", "86 02"),
        Reason.BAD_VALUE: ("06 0004 000a", "86 03"),
        Reason.BUSY: ("06 0004 0009", "86 06"),
    }
    request, answer = asked[reason]
    image = UnitImage(device, has_room=lambda _: reason is not Reason.BUSY)
    assert respond(image, bytes.fromhex(request)) == bytes.fromhex(answer)
    assert respond(image, bytes.fromhex("03 0004 0001")) == bytes.fromhex("03 02 0000")
