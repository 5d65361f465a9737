"""Every fault of the line as a client of somebody else's sees it: raw frames on real sockets, and pymodbus' client."""

from datetime import datetime

import pytest
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

from hil.bus.transport import Served
from hil.bus.wire_fault_kinds import WIRE_FAULTS
from hil.lines.modbus.line import modbus_server
from hil.lines.modbus.replies import EFFECTS
from tests.hil.modbus.line_rig import Rig, Wire
from twin.errors import InputError

READ = "03 0000 0001"
METER = "04 0000 0008"


@pytest.fixture(scope="module")
def rig(tmp_path_factory):
    made = Rig(tmp_path_factory.mktemp("rig"))
    yield made
    made.close()


@pytest.fixture
def wire(rig):
    return Wire(rig.port)


@pytest.fixture(autouse=True)
def closed():
    yield
    Wire.close_all()


def test_every_kind_of_the_bytes_has_its_effect():
    acting = {
        "few_connections",
        "close_after",
        "half_open",
        "refuse",
        "down",
        "stale",
        "no_value",
        "word_swapped",
        "restart",
    }
    assert {name.partition(".")[2] for name in WIRE_FAULTS if name.startswith("modbus.")} == EFFECTS.keys() | acting


def test_no_reply_is_of_one_device_only_and_ends(rig, wire):
    with rig.fault("no_reply"):
        wire.send(METER)
        assert wire.silent()
        assert wire.ask(READ, unit=2)[7] == 3, "another unit on the line answers"
    assert wire.ask(METER)[7] == 4


def test_a_request_without_reply_is_not_carried_out(rig, wire):
    assert wire.ask("06 0001 0064", unit=2)[7] == 6
    with rig.fault("no_reply", "pump", function="6"):
        wire.send("06 0001 0032", unit=2)
        assert wire.silent()
        assert wire.ask("03 0001 0001", unit=2)[9:] == b"\0\x64"


@pytest.mark.parametrize(
    ("scope", "hit", "miss"),
    [
        ({"table": "ir", "addresses": "0-1"}, "04 0000 0002", "04 0002 0002"),
        ({"function": "4"}, "04 0000 0002", "2b 0e 01 00"),
        ({"addresses": "3"}, "04 0002 0002", "04 0000 0002"),
    ],
)
def test_requests_are_chosen_by_table_addresses_and_function(rig, wire, scope, hit, miss):
    with rig.fault("exception", code="6", **scope):
        assert wire.ask(hit)[7:].hex() == f"{0x80 | int(hit[:2], 16):02x}06"
        assert wire.ask(miss)[7] == int(miss[:2], 16)


def test_requests_are_chosen_by_connection_count_and_chance(rig, wire):
    other = Wire(rig.port)
    assert other.ask(METER)[7] == 4
    number = rig.call(lambda: rig.server.counts[0].accepted)
    with rig.fault("exception", code="4", connection=str(number), count="2"):
        assert [other.ask(METER)[7] for _ in range(3)] == [0x84, 0x84, 4]
        assert wire.ask(METER)[7] == 4
    with rig.fault("exception", code="4", probability="30 %"):
        seen = [wire.ask(METER)[7] == 0x84 for _ in range(200)]
    with rig.fault("exception", code="4", probability="30 %"):
        assert seen == [wire.ask(METER)[7] == 0x84 for _ in range(200)], "the same seed, the same requests"
    assert 35 <= sum(seen) <= 85
    other.sock.close()


def test_answers_come_late_in_pieces_twice_or_after_garbage(rig, wire):
    whole = wire.ask(METER)
    with rig.fault("delay", delay="300 ms", per_byte="1 ms"):
        wire.send(METER)
        assert wire.silent(0.25)
        assert wire.answer()[6:] == whole[6:]
    with rig.fault("slow", gap="5 ms"):
        wire.send(METER)
        first = wire.sock.recv(100)
        assert len(first) < len(whole)
        assert (first + wire.bytes(len(whole) - len(first)))[6:] == whole[6:]
    with rig.fault("split", bytes="9", gap="200 ms"):
        wire.send(METER)
        assert len(wire.sock.recv(100)) == 9
        assert wire.silent(0.1)
        assert wire.bytes(len(whole) - 9) == whole[9:]
    with rig.fault("duplicate"):
        wire.send(METER)
        assert wire.answer() == wire.answer()
    with rig.fault("garbage", bytes="4"):
        wire.send(METER)
        assert wire.bytes(4 + len(whole))[10:] == whole[6:]


def test_answers_are_joined_or_come_with_the_next_request(rig, wire):
    with rig.fault("joined", count="1"):
        wire.send(METER)
        assert wire.silent()
        wire.send(METER)
        assert [wire.answer()[:2] for _ in range(2)] == [b"\0\1", b"\0\2"]
    with rig.fault("late", count="1"):
        wire.send(METER)
        assert wire.silent()
        wire.send(METER)
        assert [wire.answer()[:2] for _ in range(2)] == [b"\0\3", b"\0\4"]


@pytest.mark.parametrize(
    ("kind", "at", "change"),
    [("wrong_transaction", 1, 1), ("wrong_length", 5, 3), ("wrong_unit", 6, 1), ("wrong_function", 7, 1),
     ("wrong_byte_count", 8, 2)],
)  # fmt: skip
def test_a_field_of_the_answer_is_wrong(rig, wire, kind, at, change):
    whole = wire.ask(METER)
    with rig.fault(kind):
        wire.send(METER)
        data = bytearray(wire.bytes(len(whole)))
    data[at] = (data[at] - change) % 256
    assert data[2:] == whole[2:]
    assert data[1] == 2


def test_the_end_of_an_answer_is_missing(rig, wire):
    with rig.fault("truncated", bytes="10"):
        wire.send(METER)
        assert len(wire.bytes(10)) == 10
        assert wire.silent()


def test_connections_are_reset_closed_muted_or_refused(rig):
    def connected():
        return Wire(rig.port)

    with rig.fault("reset"):
        one = connected()
        one.send(METER)
        with pytest.raises(ConnectionResetError):
            one.bytes(1)
    with rig.fault("close_after", answers="2"):
        one = connected()
        assert [one.ask(METER)[7] for _ in range(2)] == [4, 4]
        with pytest.raises((EOFError, ConnectionError)):
            one.ask(METER)
    one = connected()
    assert one.ask(METER)[7] == 4, "and so is known to the server when the fault begins"
    with rig.fault("half_open"):
        one.send(METER)
        assert one.silent()
        assert connected().ask(METER)[7] == 4, "whoever connects anew is answered"
    one.send(METER)
    assert one.silent(), "the device has forgotten the connection for good"
    one = connected()
    with rig.fault("refuse"):
        with pytest.raises(ConnectionRefusedError):
            connected()
        assert one.ask(METER)[7] == 4
    with rig.fault("down"):
        with pytest.raises((EOFError, ConnectionError)):
            one.ask(METER)
        with pytest.raises(ConnectionRefusedError):
            connected()
    assert connected().ask(METER)[7] == 4


def test_few_connections(rig):
    kept = []
    rig.call(lambda: [c.abort() for listener in rig.server._listeners for c in list(listener.connections)])
    for policy, first, second in (("refuse", True, False), ("oldest", False, True), ("mute", True, None)):
        with rig.fault("few_connections", most="1", when_full=policy):
            a = Wire(rig.port)
            assert a.ask(METER)[7] == 4
            b = Wire(rig.port)
            kept += [a, b]
            for one, lives in ((b, second), (a, first)):
                if lives:
                    assert one.ask(METER)[7] == 4, policy
                elif lives is None:
                    one.send(METER)
                    assert one.silent(), policy
                else:
                    with pytest.raises((EOFError, ConnectionError)):
                        one.ask(METER)
        rig.call(lambda: [c.abort() for listener in rig.server._listeners for c in list(listener.connections)])


def registers(wire, pdu=METER):
    return wire.ask(pdu)[9:].hex()


def test_reads_show_what_was_no_value_or_swapped_words(rig, wire):
    device = next(unit.device for unit in rig.bench.bus.units if unit.name == "source_meter")
    flow = next(register for register in device.registers if register.name == "flow")
    energy = next(register for register in device.registers if register.words == 2 and register is not flow)
    ask = f"04 {flow.address:04x} {flow.words:04x}"
    wide = f"04 {energy.address:04x} 0002"
    rig.set("source_meter.flow", 1.0)
    rig.set(f"source_meter.{energy.name}", 1234.5)
    was, words = registers(wire, ask), registers(wire, wide)
    with rig.fault("stale", addresses=f"{flow.address}-{flow.address + flow.words - 1}"):
        rig.set("source_meter.flow", 2.0)
        rig.set(f"source_meter.{energy.name}", 4321.0)
        assert registers(wire, ask) == was
        assert registers(wire, wide) != words, "what the fault is not about goes on"
    assert registers(wire, ask) != was
    with rig.fault("word_swapped"):
        swapped = registers(wire, wide)
    plain = registers(wire, wide)
    assert swapped == plain[4:] + plain[:4] != plain
    with rig.fault("no_value", addresses=str(flow.address)):
        assert flow.unknown(flow.decode(bytes.fromhex(registers(wire, ask))))


def test_a_device_that_starts_anew_is_away_and_forgets_its_orders(rig, wire):
    pump = rig.bench.bus.slot("pump.speed_cmd")
    start = rig.start[pump.place]
    wire.ask("06 0001 0032", unit=2)
    assert rig.bench.bus.values[pump.place] != start
    with rig.fault("restart", "pump"):
        wire.send(READ, unit=2)
        assert wire.silent()
        assert wire.ask(METER)[7] == 4, "the other devices of the line stay"
    assert wire.ask("03 0001 0001", unit=2)[9:] == round(start * 10).to_bytes(2, "big")


def test_pymodbus_sees_an_exception_and_a_silence(rig):
    client = ModbusTcpClient("127.0.0.1", port=rig.port, timeout=0.4, retries=0)
    assert client.connect()
    with rig.fault("exception", code="6"):
        assert client.read_input_registers(0, count=2, device_id=1).exception_code == 6
    with rig.fault("no_reply"), pytest.raises(ModbusException):
        client.read_input_registers(0, count=2, device_id=1)
    client.close()


def test_without_faults_nothing_is_left_of_them(rig, wire):
    assert not rig.server.faults.active
    assert wire.ask(METER)[7] == 4
    assert not rig.server.faults._lying


@pytest.mark.parametrize(
    ("kind", "given", "told"),
    [
        ("exception", {"code": "300"}, "up to 255"),
        ("exception", {}, "needs 'code'"),
        ("delay", {"dely": "1 s"}, "did you mean 'delay'"),
        ("no_reply", {"table": "hx"}, "no table 'hx'"),
        ("no_reply", {"addresses": "9-3"}, "no range such as 10-19"),
        ("no_reply", {"probability": "130 %"}, "not above 0 and up to 100 %"),
        ("no_reply", {"count": "0"}, "no whole number from 1 on"),
        ("down", {"table": "hr"}, "no parameter of fault 'modbus.down' 'table'"),
        ("few_connections", {"most": "1", "when_full": "wait"}, "no when_full 'wait'"),
    ],
)
def test_what_a_fault_cannot_be_is_refused(kind, given, told):
    with pytest.raises(InputError) as error:
        WIRE_FAULTS[f"modbus.{kind}"].parse(given, "1", "x.yaml:3:5")
    assert told in str(error.value)
    assert str(error.value).startswith("x.yaml:3:5")


def test_a_device_hears_every_request_also_one_that_is_answered_from_memory(rig, wire):
    image = rig.bench.bus.served[rig.port, 1]
    for _ in range(3):
        image.heard = 0
        wire.ask(METER)
        assert image.heard
    with rig.fault("no_reply"):
        image.heard = 0
        wire.send(METER)
        assert wire.silent()
        assert not image.heard


def test_unit_ids_0_and_255_mean_whoever_answers_at_the_port(rig, wire):
    """A gateway to several devices has no registers of its own; a device that is alone answers (section 4.2)."""
    for unit in (0, 255):
        assert wire.ask(METER, unit)[7:].hex() == "8402"
    assert wire.ask(METER, 9)[7:].hex() == "840b"
    served = Served(rig.bench.bus, "b", lambda: 0, datetime(2026, 1, 15))  # noqa: DTZ001
    only = {(1, 5): rig.bench.bus.served[rig.port, 1]}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rig.bench.bus, "served", only)
        (listener,) = modbus_server(served, "127.0.0.1")._listeners
    assert set(listener.port.units) == {5, 0, 255}
