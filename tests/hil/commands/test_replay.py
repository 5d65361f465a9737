"""`geotwin replay` plays a recording to real clients, and names the first difference."""

import re
import socket
import threading
import time
from pathlib import Path

import pytest
from pymodbus.client import ModbusTcpClient

from hil.bus.exchanges import CLOSE, CUT, OPEN, REQUEST, Exchange
from hil.cli import main
from hil.traffic.file import TrafficFile
from tests.hil.modbus.stand_in_rig import frame, whole

DOCS = Path(__file__).parents[3] / "docs"
MS = 1_000_000
READ, SHOWN = "04 0000 0002", "04 04 0007 0009"
WRITE, ECHO = "10 0004 0002 04 0011 0003", "10 0004 0002"


def recording(folder, *talks, ended=CLOSE, port=502):
    """A recording of connections one after the other; each is pairs of request and answer, None for silence."""
    kept, at, rows = TrafficFile(folder, {"units": []}), time.monotonic_ns(), []
    for number, pairs in enumerate(talks, start=1):
        ends = "modbus", f"10.0.0.9:{port}", f"10.0.0.1:{4000 + number}", number
        rows.append(Exchange(OPEN, at, 0, 0, *ends))
        for transaction, (asked, answer) in enumerate(pairs, start=100):
            at += MS
            request = frame(transaction, asked)
            told = b"" if answer is None else frame(transaction, answer)
            rows.append(
                Exchange(REQUEST, at, at + 1 if told else 0, 90_000, *ends, 1, request[7], request=request, answer=told)
            )
        at += MS
        rows.append(Exchange(ended, at, 0, 0, *ends))
    kept.keep(rows)
    kept.close()
    return folder


@pytest.fixture
def played(tmp_path, capsys):
    """Plays to a client in a thread; gives the exit code, what was said, and what the client returned."""

    def play(act, *words, wait="20"):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        got = []

        def client():
            for _ in range(400):
                try:
                    socket.create_connection(("127.0.0.1", port), 5.0).close()
                    break
                except OSError:
                    time.sleep(0.02)
            got.append(act(port))

        thread = threading.Thread(target=client, daemon=True)
        thread.start()
        code = main(["replay", str(tmp_path), "--listen", f"127.0.0.1:{port}", "--wait", wait, *words])
        thread.join(20.0)
        assert not thread.is_alive()
        return code, capsys.readouterr().out, got[0]

    return play


def asking(*requests, answers=True):
    """A client that sends requests on one connection, and takes an answer to each."""

    def act(port):
        got = []
        with socket.create_connection(("127.0.0.1", port), 5.0) as sock:
            sock.settimeout(5.0)
            for transaction, asked in enumerate(requests, start=7):
                sock.sendall(frame(transaction, asked))
                if answers:
                    header = whole(sock, 6)
                    got.append(header + whole(sock, int.from_bytes(header[4:6], "big")) if header else header)
        return got

    return act


def test_all_as_recorded(tmp_path, played):
    recording(tmp_path, [(READ, SHOWN), (WRITE, ECHO), ("03 0000 0001", "83 02")])
    code, said, got = played(asking(READ, WRITE, "03 0000 0001"))
    assert got == [frame(7, SHOWN), frame(8, ECHO), frame(9, "83 02")]
    assert "all 3 requests on 1 connections came as recorded\n" in said
    assert code == 0


def test_pymodbus_is_played_what_pymodbus_recorded(tmp_path, played):
    recording(tmp_path, [(READ, SHOWN), ("06 0004 0011", "06 0004 0011")], [(READ, "04 04 0008 FFFF")])

    def act(port):
        got = []
        for _ in range(2):
            with ModbusTcpClient("127.0.0.1", port=port) as bus:
                got.append(bus.read_input_registers(0, count=2, device_id=1).registers)
                if len(got) == 1:
                    assert not bus.write_register(4, 17, device_id=1).isError()
        return got

    code, said, got = played(act)
    assert got == [[7, 9], [8, 65535]]
    assert (code, "all 3 requests on 2 connections" in said) == (0, True)


def test_the_first_difference_is_named_and_answering_goes_on(tmp_path, played):
    recording(tmp_path, [(READ, SHOWN), (WRITE, ECHO), ("03 0000 0001", "03 02 0005"), (READ, SHOWN)])
    code, said, got = played(asking(READ, WRITE.replace("0003", "0004"), READ, "03 0000 0001", "03 0009 0001", WRITE))
    assert code == 1
    where = "first difference: connection 1, request 2 of 4, recorded at 20"
    assert said.count("first difference") == 1
    assert where in said
    assert "UTC (plant time 0:01:30)" in said
    assert "  expected: unit 1, function 16, write hr, address 4, count 2, values 17 3\n" in said
    assert "  got: unit 1, function 16, write hr, address 4, count 2, values 17 4 (hr 5 is 4 in place of 3)\n" in said
    assert "1 of 4 requests came as recorded before it" in said
    (page,) = re.findall(r"```text difference\n(.*?)```", (DOCS / "proxy.md").read_text(), re.DOTALL)
    assert re.sub(r"at 20[\d:. -]+", "", page) in re.sub(r"at 20[\d:. -]+", "", said)
    assert got[0] == frame(7, SHOWN)
    assert got[2:4] == [frame(9, SHOWN), frame(10, "03 02 0005")]
    assert [got[1], got[4], got[5]] == [frame(8, "90 0B"), frame(11, "83 0B"), frame(12, "90 0B")]


@pytest.mark.parametrize(("place", "code"), [("1/hr/5", 0), ("1/hr/4", 1), ("2/hr/5", 1), ("1/co/5", 1)])
def test_a_life_sign_may_differ(tmp_path, played, place, code):
    recording(tmp_path, [(WRITE, ECHO)])
    assert played(asking(WRITE.replace("0003", "0999")), "--ignore", place)[0] == code


def test_a_recorded_silence_is_kept(tmp_path, played):
    recording(tmp_path, [(READ, None), ("03 0000 0001", "03 02 0005")])

    def act(port):
        with socket.create_connection(("127.0.0.1", port), 5.0) as sock:
            sock.sendall(frame(1, READ) + frame(2, "03 0000 0001"))
            return whole(sock, 100)

    code, said, got = played(act, wait="1")
    assert got == frame(2, "03 02 0005")
    assert (code, "1 of them without an answer" in said) == (0, True)


def test_fewer_requests_are_a_difference_once_the_wait_is_over(tmp_path, played):
    recording(tmp_path, [(READ, SHOWN), (WRITE, ECHO)])
    code, said, _ = played(asking(READ), wait="1")
    assert code == 1
    assert "connection 1, request 2 of 2" in said
    assert "  got: nothing more; 1 of 2 came" in said


def test_more_requests_are_none(tmp_path, played):
    recording(tmp_path, [(READ, SHOWN)])
    code, said, got = played(asking(READ, READ, "03 0000 0001"))
    assert code == 0
    assert "came as recorded; after the end the controller asked for 2 more" in said
    assert got[1:] == [frame(8, SHOWN), frame(9, "83 0B")]


def test_a_request_where_the_controller_had_left_is_a_difference(tmp_path, played):
    recording(tmp_path, [(READ, SHOWN)], [(WRITE, ECHO)])
    code, said, _ = played(asking(READ, WRITE))
    assert code == 1
    assert "connection 1, after request 1" in said
    assert "expected: nothing more on this connection" in said


def test_a_connection_that_the_device_ended_is_ended_again(tmp_path, played):
    recording(tmp_path, [(READ, SHOWN)], [(WRITE, ECHO)], ended=CUT)

    def act(port):
        with socket.create_connection(("127.0.0.1", port), 5.0) as sock:
            sock.sendall(frame(7, READ))
            first = whole(sock, 100)  # up to its end
        return [first, *asking(WRITE)(port)]

    code, _, got = played(act)
    assert got == [frame(7, SHOWN), frame(7, ECHO)]
    assert code == 0


def test_what_is_no_frame_is_played_too(tmp_path, played):
    kept, at = TrafficFile(tmp_path, {"units": []}), time.monotonic_ns()
    ends = "modbus", "10.0.0.9:502", "10.0.0.1:4000", 1
    kept.keep([Exchange(REQUEST, at + n, 0, 0, *ends, request=part) for n, part in enumerate((b"GET / H", b"TTP\r\n"))])
    kept.close()

    def sending(data):
        def act(port):
            with socket.create_connection(("127.0.0.1", port), 5.0) as sock:
                sock.sendall(data)

        return act

    assert played(sending(b"GET / HTTP\r\n"))[0] == 0
    code, said, _ = played(sending(b"PUT / HTTP\r\n"))
    assert code == 1
    assert "got: 12 bytes that are no Modbus request: 50 55 54" in said


def test_several_ports_are_played_as_far_from_one_another(tmp_path, two_ports):
    folder = tmp_path / "ports"
    folder.mkdir()
    kept, at = TrafficFile(folder, {"units": []}), time.monotonic_ns()
    for number, port in enumerate((5020, 5021)):
        ends = "modbus", f"10.0.0.9:{port}", "10.0.0.1:4000", 1
        asked, answer = frame(1, READ), frame(1, f"04 04 0000 000{number}")
        kept.keep([Exchange(REQUEST, at + number, at + number, 0, *ends, 1, 4, request=asked, answer=answer)])
    kept.close()
    got = []

    def client():
        for port in (two_ports, two_ports + 1):
            for _ in range(400):
                try:
                    got.append(asking(READ)(port))
                    break
                except OSError:
                    time.sleep(0.02)

    thread = threading.Thread(target=client)
    thread.start()
    assert main(["replay", str(folder), "--listen", f"127.0.0.1:{two_ports}", "--wait", "5"]) == 0
    thread.join(10.0)
    assert got == [[frame(7, "04 04 0000 0000")], [frame(7, "04 04 0000 0001")]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--ignore", "1/hr"], "--ignore: '1/hr' is not UNIT/TABLE/ADDRESS, such as 1/hr/40"),
        (["--ignore", "1/hx/3"], "no table 'hx'; allowed: co, hr"),
        (["--ignore", "1/ir/3"], "input registers are never written; allowed: hr, co"),
        (["--ignore", "256/hr/3"], "the unit id '256' is no whole number of 0 .. 255"),
        (["--ignore", "1/hr/65536"], "the address '65536' is no whole number of 0 .. 65535"),
        (["--listen", "5020"], "--listen: '5020' is not HOST:PORT"),
        ([], "holds no bus.parquet"),
    ],
)
def test_what_is_given_wrongly(tmp_path, capsys, words, said):
    assert main(["replay", str(tmp_path), *words]) == 2
    assert said in capsys.readouterr().err
