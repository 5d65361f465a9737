"""A run to which no controller came says so first, and blames none."""

import asyncio
import contextlib
import threading

import pytest
from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException

from hil.bus.address import Address
from hil.cli import main
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read

SCENARIO = """\
scenario: short
title: Ten minutes with whoever comes
why: to see who was there
requirements: {REQ-1: "Rooms are hot"}
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 10 min, scan: 5 s}
expect:
  - {id: hot, requirement: REQ-1, always: "zone_1.temp > 40 degC"}
"""


def played(tmp_path, port, wait_s, speed=600.0):
    options = RunOptions(
        controller="modbus",
        clock="realtime",
        speed=speed,
        lines={"modbus": Address("127.0.0.1", port)},
        out=tmp_path,
        wait_s=wait_s,
    )
    run = Run(read(SCENARIO, "short.yaml"), options)
    folder = tmp_path / "short"
    folder.mkdir()
    return asyncio.run(run.play(folder, lambda _: None))


def client_of(port, ask, stop):
    client = ModbusTcpClient("127.0.0.1", port=port, timeout=1, retries=0)
    while not stop.is_set():
        with contextlib.suppress(
            ModbusException, ConnectionError
        ):  # the rig begins later than the client, and ends earlier
            if client.connect():
                ask(client)
        stop.wait(0.02)
    client.close()


@pytest.fixture
def with_client(tmp_path, two_ports):
    """Plays the scenario while a client of another library asks."""

    def play(ask, wait_s):
        stop = threading.Event()
        thread = threading.Thread(target=client_of, args=(two_ports, ask, stop))
        thread.start()
        try:
            return played(tmp_path, two_ports, wait_s)
        finally:
            stop.set()
            thread.join()

    return play


@pytest.mark.parametrize("wait_s", [0.0, 0.1])
def test_nobody_connected(tmp_path, two_ports, wait_s):
    result = played(tmp_path, two_ports, wait_s)
    assert result.verdict == "error"
    assert result.notes[0].startswith("nobody connected: no client came to Modbus TCP port")
    assert ("; the plant waited 0.1 s for it (--wait)" in result.notes[0]) == bool(wait_s)
    assert result.timing["simulated_s"] == (0.0 if wait_s else 600.0)
    assert [outcome.verdict for outcome in result.outcomes] == ["not exercised"]
    assert result.judged()[0].detail.startswith("nobody connected")


def test_all_that_was_asked_was_refused(with_client):
    result = with_client(lambda client: client.read_holding_registers(4711, count=2, device_id=3), 0.0)
    assert result.verdict == "error"
    assert (
        "Modbus requests were refused; the first: unit 3, function 3, address 4711, count 2: exception 02"
        in (result.notes[0])
    )
    assert [outcome.verdict for outcome in result.outcomes] == ["not exercised"]


def test_whoever_is_served_is_judged(with_client):
    result = with_client(lambda client: client.read_input_registers(0, count=1, device_id=1), None)
    assert result.notes == ()
    assert [outcome.verdict for outcome in result.outcomes] == ["fail"]


def test_the_summary_of_an_earlier_run_does_not_stay(tmp_path, capsys):
    (tmp_path / "junit.xml").write_text("old")
    scenario = tmp_path / "short.yaml"
    scenario.write_text(SCENARIO)
    assert main(["run", str(scenario), "--controller", "none", "--out", str(tmp_path)]) == 1
    assert 'name="office/short"' in (tmp_path / "junit.xml").read_text()
    assert "hot" in capsys.readouterr().out


def test_plant_time_waits_for_whoever_comes_late(tmp_path, two_ports):
    """At this speed the whole run takes a second; the client comes after two."""
    stop = threading.Event()
    wish = Address("127.0.0.1", two_ports)

    def write(client):
        client.write_register(0, 1, device_id=91)
        client.read_input_registers(0, count=1, device_id=1)

    late = threading.Timer(2.0, client_of, (two_ports, write, stop))
    late.start()
    try:
        options = RunOptions(controller="modbus", clock="realtime", speed=600.0, lines={"modbus": wish}, out=tmp_path)
        result = asyncio.run(Run(read(SCENARIO, "short.yaml"), options).play(tmp_path, lambda _: None))
    finally:
        stop.set()
        late.join()
    assert result.notes == ()
    assert result.timing["simulated_s"] == 600.0
    assert result.timing["skipped"] == 0.0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--controller", "mqtt"), "--controller mqtt needs a broker: --mqtt HOST:PORT, or --mqtt embedded"),
        (("--wait", "5 s"), "--wait is for a controller from outside; 'reference' is there from the start"),
    ],
)
def test_what_does_not_go_together_is_refused(capsys, words, said):
    assert main(["run", "pump_failure", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("text", ["5", "-1 s", "soon"])
def test_a_wait_is_a_duration(capsys, text):
    assert main(["run", "pump_failure", "--controller", "modbus:127.0.0.1:5020", f"--wait={text}"]) == 2
    assert "--wait" in capsys.readouterr().err
