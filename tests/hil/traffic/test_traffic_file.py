"""Every request and answer of the line is in `bus.parquet`, as it was on the wire, also after a crash."""

import subprocess

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pymodbus.client import ModbusTcpClient

from hil.bus.exchanges import Exchange
from hil.lines.modbus.request_log import MOST_WAITING
from hil.traffic import file as traffic_file
from hil.traffic.file import BUS_FILE, STREAM_FILE, Traffic, TrafficFile, recover
from tests.hil.modbus.line_rig import Wire
from twin.errors import InputError

METER = "04 0000 0002"


def requests(traffic):
    return [one for one in traffic.exchanges() if one.event == "request"]


def exchange(number):
    return Exchange(
        "request", number, number + 1, number, "modbus", "127.0.0.1:502", "127.0.0.1:4000", 1, 1, 3, "hr", number
    )


def test_what_is_kept_is_what_was_on_the_wire(rig, wire):
    answers = [wire.ask(METER) for _ in range(3)]
    answers.append(wire.ask("03 2000 0001"))
    kept = requests(rig.traffic())
    assert [one.answer for one in kept] == answers
    assert [one.request[7:].hex() for one in kept] == ["0400000002"] * 3 + ["0320000001"]
    assert [(one.unit, one.function, one.table, one.address, one.quantity, one.exception) for one in kept] == [
        *[(1, 4, "ir", 0, 2, 0)] * 3,
        (1, 3, "hr", 0x2000, 1, 2),
    ]
    assert all(one.received <= one.answered for one in kept)
    assert [one.received for one in kept] == sorted(one.received for one in kept)
    host, port = wire.sock.getsockname()
    assert {(one.peer, one.connection) for one in kept} == {(f"{host}:{port}", 1)}
    assert kept[0].server == f"127.0.0.1:{rig.port}"


def test_connections_begin_and_end(rig):
    for _ in range(2):
        client = ModbusTcpClient("127.0.0.1", port=rig.port)
        assert client.connect()
        assert not client.read_input_registers(0, count=2, device_id=1).isError()
        client.close()
        rig.call(lambda: None)
    kept = list(rig.traffic().exchanges())
    assert [(one.event, one.connection) for one in kept] == [
        (event, number) for number in (1, 2) for event in ("open", "request", "close")
    ]


def test_an_end_that_the_server_makes_is_another_event(rig, wire):
    with rig.fault("close_after", answers=1):
        wire.ask(METER)
        assert wire.sock.recv(1) == b""
    rig.call(lambda: None)
    assert [one.event for one in rig.traffic().exchanges()] == ["open", "request", "cut"]


def test_a_file_with_other_columns_or_without_values_is_refused(rig, wire, tmp_path):
    wire.ask(METER)
    file = rig.traffic().file
    table = pq.read_table(file)
    place = table.column_names.index("request")
    for column, said in ((pa.array(["x"] * table.num_rows), "its columns are others"), (None, "a value is missing")):
        found = pa.nulls(table.num_rows, pa.binary()) if column is None else column
        pq.write_table(table.set_column(place, "request", found), tmp_path / "other.parquet")
        with pytest.raises(InputError, match=said):
            list(Traffic(tmp_path / "other.parquet").exchanges())


def test_a_client_in_c_is_kept_too(rig):
    words = [
        "mbpoll",
        "-m",
        "tcp",
        "-p",
        str(rig.port),
        "-a",
        "2",
        "-0",
        "-r",
        "0",
        "-t",
        "4",
        "-c",
        "2",
        "-1",
        "127.0.0.1",
    ]
    subprocess.run(words, check=True, capture_output=True)
    [kept] = requests(rig.traffic())
    assert (kept.unit, kept.function, kept.address, kept.quantity) == (2, 3, 0, 2)


@pytest.mark.parametrize(
    ("fault", "given", "answered"),
    [
        ("no_reply", {}, False),
        ("reset", {}, False),
        ("exception", {"code": "6"}, True),
        ("delay", {"delay": "200 ms"}, True),
        ("truncated", {"bytes": "5"}, True),
    ],
)
def test_the_faults_that_met_a_request_stand_beside_what_was_sent(rig, wire, fault, given, answered):
    with rig.fault(fault, **given):
        wire.send(METER)
        if answered:
            seen = wire.bytes(5)
        else:
            wire.silent() if fault == "no_reply" else rig.call(lambda: None)
    [kept] = requests(rig.traffic())
    assert kept.faults == f"the_{fault}"
    assert bool(kept.answered) is answered
    assert kept.answer[:5] == (seen if answered else b"")
    assert kept.exception == (6 if fault == "exception" else 0)
    if fault == "delay":
        assert kept.answered - kept.received >= 200_000_000


def test_an_answer_that_comes_late_is_kept_once(rig, wire):
    with rig.fault("late", count="1"):
        wire.send(METER)
        wire.ask(METER)
        wire.answer()
    kept = requests(rig.traffic())
    assert sorted(one.faults for one in kept) == ["", "the_late"]
    assert all(one.answered for one in kept)
    assert len({one.answer[:2] for one in kept}) == 2


def test_a_great_deal_in_one_piece_does_not_wait_in_memory(rig):
    waiting = []
    rig.call(lambda: setattr(rig.server.log, "_keep", lambda taken: waiting.append(len(taken))))
    wire = Wire(rig.port)
    frame = bytes.fromhex("0001 0000 0006 01 04 0000 0001".replace(" ", ""))
    for _ in range(12):
        wire.sock.sendall(frame * 2000)
        wire.bytes(11 * 2000)
    rig.close()
    assert sum(waiting) == 12 * 2000 + 2
    assert max(waiting) <= MOST_WAITING + 64
    Wire.close_all()


def test_a_killed_run_leaves_what_came_until_then(tmp_path):
    kept = TrafficFile(tmp_path, {"units": []})
    for number in range(5):
        kept.keep([exchange(number)])
    stream = tmp_path / STREAM_FILE
    stream.write_bytes(stream.read_bytes()[:-40])  # as a power failure leaves it
    recover(tmp_path)
    assert not stream.exists()
    assert [one.address for one in Traffic(tmp_path).exchanges()] == [0, 1, 2, 3]


def test_beyond_the_most_it_is_only_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(traffic_file, "MOST_ROWS", 3)
    kept = TrafficFile(tmp_path, {"units": []})
    kept.keep([exchange(number) for number in range(5)])
    kept.keep([exchange(9)])
    kept.close()
    assert (kept.rows, kept.beyond) == (3, 3)
    assert Traffic(tmp_path).rows == 3


def test_a_record_that_is_removed_is_complained_of_and_ends_no_server(rig, wire):
    (rig.folder / STREAM_FILE).unlink()
    for _ in range(2):
        rig.file.keep([exchange(1)])
    assert "bus.arrows: the record of the bus ends after 0 rows: " in rig.file.complaint
    assert wire.ask(METER)
    rig.file.close()
    rig.close()


def test_what_is_no_record_is_refused(tmp_path):
    file = tmp_path / BUS_FILE
    file.write_bytes(b"PAR1 nonsense")
    with pytest.raises(InputError, match=r"bus\.parquet: not a record of the bus"):
        Traffic(tmp_path)
    pq.write_table(pa.table({"a": [1]}), file)
    with pytest.raises(InputError, match=r"bus\.parquet: not a record of the bus"):
        Traffic(tmp_path)
