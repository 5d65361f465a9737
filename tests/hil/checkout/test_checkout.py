"""A check-out: registers driven and watched over real sockets, and the list that is signed, taken up and printed."""

import csv
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from pymodbus.client import ModbusTcpClient

from hil import cli
from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bus.maps.register import Register
from hil.checkout.known_values import known_values
from hil.checkout.sheet import FROM_CONTROLLER, SEEN, TO_CONTROLLER, items, save, take_up
from plant_models.plant import build
from tests.hil.modbus.line_rig import free_port
from twin.errors import InputError
from twin.points import sensor

PLANT = "household_5_6"
START = datetime(2026, 1, 15, 8)  # noqa: DTZ001  (plant time is local standard time)


@pytest.fixture(scope="module")
def bench():
    made = Bench(build(PLANT, START, 86400.0), read_bench(PLANT), START)
    made.refresh()
    return made


@contextmanager
def checkout(folder: Path, *words: str):
    """The command at work in a process of its own; its port and the process."""
    port = free_port()
    command = [sys.executable, "-m", "hil.cli", "checkout", PLANT, "--modbus-port", str(port), "--out", str(folder)]
    with subprocess.Popen(
        [*command, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield port, process
        finally:
            process.kill()


def until(process, text):
    """Read what the command says up to a text."""
    said = ""
    while text not in said:
        piece = process.stdout.read(1)
        assert piece, said
        said += piece
    return said


def connected(port):
    """A client of pymodbus' once the port is open."""
    client = ModbusTcpClient("127.0.0.1", port=port)
    end = time.monotonic() + 60.0
    while not client.connect():
        assert time.monotonic() < end
        time.sleep(0.1)
    return client


def rows(folder):
    with (folder / "checkout.csv").open(encoding="utf-8") as file:
        return {f"{row['device']}.{row['name']}": row for row in csv.DictReader(file)}


def test_a_forced_register_shows_its_value_until_it_is_released(bench):
    slot, truth = bench.bus.slot("source_meter.supply_temp"), float(bench.bus.values[0])
    assert bench.bus.force(slot, 12.3449) == 12.34
    bench.bus.refresh(0.0)
    assert bench.bus.values[slot.place] == 12.34
    assert bench.bus.values[0] == truth
    bench.bus.release(slot)
    bench.bus.refresh(0.0)
    assert bench.bus.values[slot.place] != 12.34
    assert bench.bus.forced() == {}


@pytest.mark.parametrize(
    ("given", "unit", "values"),
    [
        ({"type": "bool", "table": "di"}, "1", [1.0, 0.0]),
        ({"type": "enum", "values": {0: "off", 3: "heat"}}, "1", [0.0, 3.0]),
        ({"type": "int16", "scale": 0.1, "uom": "degC"}, "degC", [-10.0, 30.0, 70.0]),
        ({"type": "uint16", "uom": "%"}, "1", [10.0, 50.0, 90.0]),
        ({"type": "uint16", "uom": "kPa"}, "Pa", [60.0, 300.0, 540.0]),
        ({"type": "int16", "scale": 0.01, "uom": "degC"}, "degC", [-10.0, 30.0, 70.0]),
        ({"type": "uint8", "byte": "high", "uom": "kPa"}, "Pa", [26.0, 128.0, 230.0]),
        ({"type": "uint16", "value": "7"}, "1", []),
    ],
)
def test_known_values_are_plain_and_fit_the_register(given, unit, values):
    register = Register(**{"table": "ir", "address": 0, "name": "a"} | given)
    assert known_values(register, sensor(unit)) == pytest.approx(values)


def test_every_register_is_on_the_list_once(bench):
    lines = items(bench.bus)
    names = [line.name for line in lines]
    assert len(set(names)) == len(names)
    expected = {
        f"{unit.name}.{register.name}"
        for unit in bench.bus.units
        for register in unit.device.registers
        if not register.constant
    }
    assert set(names) == expected
    assert {line.name for line in lines if line.direction == FROM_CONTROLLER} >= {"pump.enable_cmd", "room_1.temp_sp"}
    assert all(line.values for line in lines if line.direction == TO_CONTROLLER and line.path and line.register.uom)


def test_the_list_is_taken_up_with_what_was_said(bench, tmp_path):
    lines, again, file = items(bench.bus), items(bench.bus), tmp_path / "deep" / "checkout.csv"
    lines[0].result, lines[0].by, lines[0].remark, lines[0].seen = "failed", "A. Muster", "=1+1, off by one", "read"
    save(lines, file)
    assert "'=1+1" in file.read_text(encoding="utf-8")
    assert take_up(again, file) == 1
    assert again[0] == lines[0]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("port,unit", "port;unit", r":1: is no list of a check-out"),
        (",pump,di,0,", ",pumpe,di,0,", r":2: no register 'pumpe.running'; did you mean 'pump.running'"),
        (",pump,di,0,", ",pump,di,9,", r":2: pump.running has address '9' here and '0' on the bench"),
        (",open,", ",opened,", r":2: no result 'opened'; did you mean 'open'"),
        (",open,,,", ",open", r":2: has not 17 cells"),
    ],
)
def test_a_list_of_another_bench_is_refused(old, new, message, bench, tmp_path):
    lines, file = items(bench.bus), tmp_path / "checkout.csv"
    save(lines, file)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        take_up(lines, file)


def test_without_a_name_nobody_signs(capsys):
    assert cli.main(["checkout", PLANT]) == 2
    assert "who signs? give --by NAME, or --auto" in capsys.readouterr().err


def test_the_rig_alone_sees_what_is_read_and_written(tmp_path):
    with checkout(tmp_path / "list", "--auto", "--patience", "3") as (port, process):
        client = connected(port)
        shown = set()
        while process.poll() is None:
            try:
                shown.add(client.read_input_registers(0, count=2, device_id=3).registers[0])
                client.write_register(0, 215, device_id=11)
            except Exception:  # the command has ended
                break
            time.sleep(0.02)
        said = process.communicate()[0]
        client.close()
    assert process.returncode == 4, said
    assert "registers driven, 2 of them read" in said
    found = rows(tmp_path / "list")
    assert found["source_meter.supply_temp"]["seen"] == "every value read"
    assert found["source_meter.supply_temp"]["result"] == SEEN
    assert found["source_meter.flow"]["result"] == "open"
    assert found["source_meter.flow"]["seen"].startswith("not read at ")
    assert found["room_1.temp_sp"]["seen"].endswith("last 21.5")
    assert found["room_2.temp_sp"]["seen"] == ""
    assert {3000, 7000, 65536 - 1000} <= shown
    page = (tmp_path / "list" / "checkout.html").read_text(encoding="utf-8")
    assert "3 seen" in page


def test_a_person_signs_and_goes_on_where_it_ended(tmp_path):
    folder = tmp_path / "list"
    with checkout(folder, "--by", "A. Muster", "--only", "source_meter") as (port, process):
        client = connected(port)
        until(process, "driven to 30 degC")
        assert client.read_input_registers(0, count=1, device_id=3).registers == [3000]
        time.sleep(0.3)  # a log of requests is handed over ten times a second
        process.stdin.write("y looks right\n")
        process.stdin.flush()
        until(process, "return_temp")
        process.stdin.write("y\n")
        process.stdin.flush()
        until(process, "has not read it since; y again")
        process.stdin.write("n shows 3.0\nv 12\nq\n")
        process.stdin.flush()
        until(process, "driven to 12 m3/h")
        said = process.communicate()[0]
        client.close()
    assert process.returncode == 1
    assert "1 failed" in said
    found = rows(folder)
    assert found["source_meter.supply_temp"]["seen"] == "read 1 times at 30"
    signed = [found["source_meter.supply_temp"][key] for key in ("result", "by", "remark")]
    assert signed == ["ok", "A. Muster", "looks right"]
    assert found["source_meter.return_temp"]["result"] == "failed"
    assert found["pump.running"]["result"] == "open"
    with checkout(folder, "--by", "B. Muster", "--only", "source_meter") as (_, process):
        said = until(process, "does the controller show it?")
        assert "2 of 156 registers have a result already" in said
        assert "2/7  source_meter.return_temp" in said
        process.stdin.close()
        process.wait(30)
    assert [{**row, "port": ""} for row in rows(folder).values()] == [{**row, "port": ""} for row in found.values()]
