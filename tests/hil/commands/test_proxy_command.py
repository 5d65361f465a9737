"""`geotwin proxy` before a served bench: what clients did is told, captured, played again and made a device."""

import os
import re
import select
import signal
import subprocess
import sys
import threading

import pytest
from pymodbus.client import ModbusTcpClient

from hil.cli import main
from hil.traffic.file import Traffic
from tests.hil.modbus.line_rig import Rig
from tests.hil.traffic.test_pcap import streams


@pytest.fixture
def rig(tmp_path):
    rig = Rig(tmp_path)
    yield rig
    rig.close()


class Program:
    """`geotwin proxy` as a process of its own, on a free port."""

    def __init__(self, port, out):
        words = ["proxy", "--from", "127.0.0.1:0", "--to", f"127.0.0.1:{port}", "--out", str(out)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hil.cli", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
        assert select.select([self.process.stdout], [], [], 60.0)[0]
        self.port = int(re.match(r"passes 127.0.0.1:(\d+) on to", self.process.stdout.readline())[1])

    def end(self, number):
        self.process.send_signal(number)
        said, errors = self.process.communicate(timeout=30.0)
        return self.process.returncode, said, errors


def poll(port):
    """Reads and writes of two units; what was read."""
    with ModbusTcpClient("127.0.0.1", port=port) as bus:
        got = [bus.read_input_registers(0, count=4, device_id=1).registers for _ in range(3)]
        assert bus.read_holding_registers(5000, count=1, device_id=1).exception_code == 2
        assert not bus.write_register(0, 1, device_id=2).isError()
        assert bus.read_input_registers(0, count=1, device_id=77).exception_code == 11
    return got


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_recording_is_told_captured_played_and_made_a_device(rig, tmp_path, capsys, number, two_ports):
    out = tmp_path / "kept"
    proxy = Program(rig.port, out)
    got = poll(proxy.port)
    assert main(["pcap", str(out)]) == 2
    assert "still at work" in capsys.readouterr().err
    assert main(["judge", str(out)]) != 0
    code, said, errors = proxy.end(number)
    assert (code, errors) == (0, "")
    assert f"{out}/bus.parquet: 6 requests on 1 connections\n" in said
    assert "unit 1:\n  read ir 0-3: 3 times\n  read hr 5000: once, exception 02 (illegal data address) once\n" in said
    assert "unit 2:\n  wrote hr 0: once\n" in said
    assert "unit 77:\n  read ir 0: once, exception 0B (gateway target did not respond) once\n" in said
    rows = list(Traffic(out).exchanges())
    assert [one.event for one in rows] == ["open", *["request"] * 6, "close"]
    assert all(one.received < one.answered for one in rows[1:-1])
    capsys.readouterr()
    assert main(["pcap", str(out)]) == 0
    assert f"Modbus/TCP on port {proxy.port}\n" in capsys.readouterr().out
    there, back = streams((out / "bus.pcap").read_bytes()).values()
    assert (there, back) == tuple(b"".join(part) for part in zip(*((o.request, o.answer) for o in rows), strict=True))
    assert replayed(out, two_ports) == got
    assert "all 6 requests on 1 connections came as recorded" in capsys.readouterr().out
    assert main(["import", str(out), "--unit", "1", "--out", str(tmp_path / "meter.yaml")]) == 0
    assert main(["check", str(tmp_path / "meter.yaml")]) == 0


def test_what_a_killed_proxy_has_kept_is_there(rig, tmp_path, capsys):
    proxy = Program(rig.port, tmp_path / "kept")
    poll(proxy.port)
    threading.Event().wait(1.0)  # it hands over ten times a second
    proxy.end(signal.SIGKILL)
    assert main(["pcap", str(tmp_path / "kept")]) == 0
    assert len([one for one in Traffic(tmp_path / "kept").exchanges() if one.event == "request"]) == 6


def replayed(out, port):
    """What the same client reads of the replay."""
    got = []

    def client():
        while not got:
            try:
                got.append(poll(port))
            except Exception:  # not yet there
                threading.Event().wait(0.05)

    thread = threading.Thread(target=client, daemon=True)
    thread.start()
    assert main(["replay", str(out), "--listen", f"127.0.0.1:{port}", "--wait", "5"]) == 0
    thread.join(10.0)
    return got[0]


def test_it_ends_by_itself_with_nothing_asked(rig, tmp_path, capsys):
    out = tmp_path / "kept"
    words = ["proxy", "--from", "127.0.0.1:0", "--to", f"127.0.0.1:{rig.port}", "--out", str(out), "--for", "0.3"]
    assert main(words) == 0
    assert main(words) == 0
    said = capsys.readouterr().out
    assert said.count("0 requests on 0 connections\nnothing was asked\n") == 2
    assert len(list((tmp_path / "kept.runs").iterdir())) == 2
    assert main(["replay", str(out)]) == 2
    assert "nothing was asked over Modbus in this recording" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--from", "5030", "--to", "127.0.0.1:502"], 2, "--from: '5030' is not HOST:PORT"),
        (["--from", "127.0.0.1:5030", "--to", "127.0.0.1:0"], 2, "a device answers at a port of 1 .. 65535"),
        (["--from", "0.0.0.0:5030", "--to", "localhost:5030"], 2, "is where the proxy itself listens"),
        (["--from", "192.0.2.1:5030", "--to", "127.0.0.1:502"], 3, "Modbus port 5030 on 192.0.2.1: "),
    ],
)
def test_what_is_given_wrongly(tmp_path, capsys, words, code, said):
    assert main(["proxy", *words, "--out", str(tmp_path / "kept")]) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(("out", "said"), [("/", "is no folder for a recording"), ("mine", "cannot write results to")])
def test_what_is_not_ours_is_left_alone(rig, tmp_path, capsys, monkeypatch, out, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("dear")
    assert main(["proxy", "--from", "127.0.0.1:0", "--to", f"127.0.0.1:{rig.port}", "--out", out]) == 2
    assert said in capsys.readouterr().err
    assert (tmp_path / "mine" / "letter").read_text() == "dear"
