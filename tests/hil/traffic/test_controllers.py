"""What the record says of a controller: asked by clients of others over real sockets, and summed up."""

import struct

import pytest
from pymodbus.client import ModbusTcpClient

from hil.reports.bus.part import bus_part
from hil.traffic.controllers import controllers
from hil.traffic.registers import devices, told
from hil.traffic.spread import Spread
from hil.traffic.suspicions import suspicions


@pytest.fixture
def client(rig):
    made = ModbusTcpClient("127.0.0.1", port=rig.port, timeout=2, retries=0)
    assert made.connect()
    yield made
    made.close()


def register(rig, name):
    slot = rig.bench.bus.slot(name)
    return rig.bench.bus.units[slot.unit].device.registers[slot.register]


def seen_by(rig):
    [seen] = controllers(rig.traffic())
    return seen


def test_requests_devices_and_coverage(rig, client):
    speed = register(rig, "pump.speed_cmd")
    for _ in range(4):
        client.read_input_registers(0, count=2, device_id=1)
        client.write_register(speed.address, 50, device_id=2)
    client.close()
    assert client.connect()
    client.read_input_registers(9000, count=1, device_id=1)
    client.write_register(speed.address, 65535, device_id=2)
    client.read_input_registers(0, count=1, device_id=99)
    part = bus_part(seen_by(rig))
    assert (part.host, part.connections, part.requests, part.unanswered) == ("127.0.0.1", 2, 11, 0)
    meter, pump = part.devices
    assert (meter.device, meter.requests, meter.writes, meter.exceptions) == ("source_meter", 5, 0, 1)
    assert (pump.device, pump.requests, pump.writes, pump.writes_refused) == ("pump", 5, 5, pump.exceptions)
    assert meter.poll_period_s.median <= meter.poll_period_s.worst
    first, second = sorted(
        (r for r in rig.bench.bus.units[0].device.registers if r.table == "ir"), key=lambda r: r.address
    )[:2]
    assert meter.read == [f"{first.name} {first.type}", f"{second.name} {second.type}"]
    assert pump.written == ["speed_cmd " + speed.type]
    assert "speed_cmd" not in " ".join(pump.never_written)
    assert [one for one in pump.never_written if one.startswith("enable_cmd")]
    assert {(one.device, one.unit, one.address, one.exception) for one in part.exceptions} >= {
        ("source_meter", 1, 9000, 2),
        ("", 99, 0, 11),
    }


def test_reconnections_are_told_from_connections_side_by_side(rig):
    for _ in range(3):
        both = [ModbusTcpClient("127.0.0.1", port=rig.port) for _ in range(2)]
        assert all(one.connect() for one in both)
        for one in both:
            assert not one.read_input_registers(0, count=1, device_id=1).isError()
            one.close()
        rig.call(lambda: None)
    seen = seen_by(rig)
    assert (seen.connections, seen.at_once, seen.reconnects) == (6, 2, 4)


def wide(rig, unit=0):
    return next(r for r in rig.bench.bus.units[unit].device.registers if r.words == 2 and "r" in r.access)


def test_half_a_value(rig, client):
    register = wide(rig)
    client.read_input_registers(register.address, count=1, device_id=1)
    [sentence] = suspicions(seen_by(rig))
    assert sentence.startswith(f"source_meter: reads a part only of {register.name} ")


@pytest.mark.parametrize("by", [1, 0])
def test_a_base_off_by_one(rig, client, by):
    last = max((r for r in rig.bench.bus.units[0].device.registers if "ir" in r.tables), key=lambda r: r.address)
    client.read_input_registers(last.address + by, count=last.words, device_id=1)
    found = suspicions(seen_by(rig))
    assert len(found) == by
    assert all("the base of addresses is off by one" in one for one in found)


def test_the_numbers_of_a_manual(rig, client):
    client.read_input_registers(30001, count=1, device_id=1)
    [sentence] = suspicions(seen_by(rig))
    assert "ir 30001 is not there, ir 0 is: the numbers of a manual" in sentence


def test_another_function(rig, client):
    client.read_holding_registers(0, count=1, device_id=1)
    found = suspicions(seen_by(rig))
    assert any("hr 0 is not there, but among the input registers (ir)" in one for one in found)


def test_several_requests_where_one_would_do(rig, client):
    for _ in range(5):
        for address, count in ((0, 1), (1, 1), (2, 2)):
            client.read_input_registers(address, count=count, device_id=1)
        client.write_register(register(rig, "pump.speed_cmd").address, 50, device_id=2)
    [sentence] = suspicions(seen_by(rig))
    assert sentence == "source_meter: 3 requests of a cycle read ir 0-3, where one of 4 would do"


def test_words_the_wrong_way_round(rig):
    """A device with a float between 5 and 60: written in the order of the map, and in the other one."""
    unit = rig.bench.bus.units[1]
    row = ["sp", ["hr"], 0, 2, "float32", "ABCD", "rw", True, 1.0, 0.0, 5.0, 60.0]
    known = devices([{"name": "d", "port": 1, "unit": 1, "most": None, "gaps": False, "registers": [row]}])[1, 1]
    [register] = known.registers
    right = struct.pack(">f", 45.0)
    assert not register.looks_swapped(right)
    assert register.looks_swapped(right[2:] + right[:2])
    assert not register.looks_swapped(struct.pack(">f", 4500.0))
    assert devices(told([unit]))[unit.port, unit.unit].registers[0].name == unit.device.registers[0].name
    rig.close()


def test_the_spread_of_numbers():
    spread = Spread()
    assert spread.share(0.5) is None
    for number in range(1, 1001):
        spread.add(number / 10)
    assert spread.share(0.5) == pytest.approx(50.0, rel=0.01)
    assert spread.share(0.99) == pytest.approx(99.0, rel=0.01)
    assert (spread.worst, spread.count) == (100.0, 1000)
