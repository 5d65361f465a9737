"""A capture is read back by a parser of its own, packet by packet: TCP streams that hold what was on the wire."""

import ipaddress
import struct

import pytest
from pymodbus.client import ModbusTcpClient

from hil.bus.exchanges import CLOSE, CUT, OPEN, REQUEST, Exchange
from hil.cli import main
from hil.traffic.pcap import write_pcap
from tests.hil.modbus.line_rig import Wire


def checksum_fits(data):
    data += b"\0" * (len(data) % 2)
    total = sum(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    while total > 0xFFFF:
        total = (total >> 16) + (total & 0xFFFF)
    return total == 0xFFFF


def packets(data):
    """Time [ns], ends, flags, numbers and content of every packet, whose lengths and checksums are looked at."""
    magic, major, minor, _, _, snap, link = struct.unpack_from("<IHHiIII", data)
    assert (magic, major, minor, link) == (0xA1B23C4D, 2, 4, 101)
    at = 24
    while at < len(data):
        seconds, nanos, kept, whole = struct.unpack_from("<IIII", data, at)
        assert kept == whole <= snap
        packet, at = data[at + 16 : at + 16 + kept], at + 16 + kept
        if packet[0] >> 4 == 4:
            assert packet[0] == 0x45
            assert int.from_bytes(packet[2:4], "big") == len(packet)
            assert packet[9] == 6
            assert checksum_fits(packet[:20])
            ends, tcp = (packet[12:16], packet[16:20]), packet[20:]
        else:
            assert int.from_bytes(packet[4:6], "big") == len(packet) - 40
            ends, tcp = (packet[8:24], packet[24:40]), packet[40:]
        assert checksum_fits(b"".join(ends) + struct.pack(">II", len(tcp), 6) + tcp)
        ports, sequence, acknowledged = struct.unpack_from(">HH", tcp), *struct.unpack_from(">II", tcp, 4)
        source, target = zip((str(ipaddress.ip_address(end)) for end in ends), ports, strict=True)
        yield seconds * 10**9 + nanos, source, target, tcp[13], sequence, acknowledged, tcp[(tcp[12] >> 4) * 4 :]


def streams(data):
    """The bytes of each direction, from sequence numbers alone; every number has to follow the one before it."""
    found, due, times = {}, {}, []
    for at, source, target, flags, sequence, acknowledged, content in packets(data):
        times.append(at)
        if flags & 2:
            assert (source, target) not in due
            found[source, target] = b""
        else:
            assert sequence == due[source, target]
        if flags & 16:
            assert acknowledged == due[target, source]
        due[source, target] = (sequence + len(content) + bool(flags & 3)) & 0xFFFFFFFF
        found[source, target] += content
    assert times == sorted(times)
    return found


def test_a_capture_has_the_streams_of_every_connection(rig, tmp_path, capsys):
    client = ModbusTcpClient("127.0.0.1", port=rig.port)
    assert client.connect()
    for _ in range(3):
        assert not client.read_input_registers(0, count=4, device_id=1).isError()
    wire = Wire(rig.port)
    with rig.fault("delay", delay="100 ms"):
        wire.send("04 0000 0002")
        wire.send("04 0002 0001")
        own = wire.answer() + wire.answer()
    ends = wire.sock.getsockname(), ("127.0.0.1", rig.port)
    Wire.close_all()
    client.close()
    rig.traffic()
    assert main(["pcap", str(tmp_path), "-o", str(tmp_path / "out.pcap")]) == 0
    assert "packets, Modbus/TCP on port" in capsys.readouterr().out
    found = streams((tmp_path / "out.pcap").read_bytes())
    assert len(found) == 4
    asked = b"".join(
        bytes.fromhex(frame.replace(" ", ""))
        for frame in ("0001 0000 0006 01 04 0000 0002", "0002 0000 0006 01 04 0002 0001")
    )
    assert found[ends] == asked
    assert found[ends[1], ends[0]] == own


@pytest.mark.parametrize(
    ("hosts", "ended"), [(("10.0.0.1", "10.0.0.2"), CLOSE), (("fe80::1%eth0", "fe80::2"), CLOSE), (("::1", "::2"), CUT)]
)
def test_answers_that_leave_later_than_further_requests_are_in_order(tmp_path, hosts, ended):
    ends = "modbus", f"{hosts[0]}:502", f"{hosts[1]}:4000", 1
    epoch = 1_800_000_000_000_000_000
    told = [
        Exchange(OPEN, epoch, 0, 0, *ends),
        Exchange(REQUEST, epoch + 20_000, epoch + 30_000, 0, *ends, request=b"second", answer=b"2"),
        Exchange(REQUEST, epoch + 10_000, epoch + 90_000, 0, *ends, request=b"first", answer=b"1"),
        Exchange(REQUEST, epoch + 95_000, 0, 0, *ends, request=b"third"),
        Exchange(ended, epoch + 99_000, 0, 0, *ends),
        Exchange(OPEN, epoch + 99_500, 0, 0, "mqtt", "a:1", "b:2", 1),
    ]
    with (tmp_path / "x.pcap").open("wb") as out:
        count = write_pcap(told, out)
    contents = list(streams((tmp_path / "x.pcap").read_bytes()).values())
    assert contents == [b"firstsecondthird", b"21"]
    assert count == 3 + 5 + 3


def test_a_run_without_a_line_has_no_capture(tmp_path, capsys):
    assert main(["pcap", str(tmp_path)]) == 2
    assert "holds no bus.parquet; only runs over a line" in capsys.readouterr().err
