"""A recorded device becomes a device file, and a bench with it answers as the device did."""

import time

import pytest
from pymodbus.client import ModbusTcpClient

from hil.bus.exchanges import REQUEST, Exchange
from hil.bus.maps.device_file import read_device
from hil.cli import main
from hil.traffic.file import TrafficFile
from tests.hil.modbus.line_rig import Rig
from tests.hil.modbus.stand_in_rig import frame

TALK = [
    ("04 0000 0003", "04 06 0000 FFFF 8000"),
    ("04 0000 0003", "04 06 0005 FFFF 8000"),
    ("04 0000 0003", "04 06 0002 FFFF 8000"),
    ("04 0007 0001", "84 02"),
    ("03 0004 0002", "03 04 0011 FFFE"),
    ("06 0004 0012", "06 0004 0012"),
    ("16 0005 00FF 1200", "16 0005 00FF 1200"),
    ("10 0009 0001 02 0063", "10 0009 0001"),
    ("03 0009 0001", "83 02"),
    ("06 0020 0001", "86 03"),
    ("17 0004 0001 0030 0001 02 0007", "17 02 0012"),
    ("02 0000 0003", "02 01 05"),
    ("01 0000 0002", "01 01 02"),
    ("05 0000 FF00", "05 0000 FF00"),
    ("0F 0003 0002 01 02", "0F 0003 0002"),
    ("04 0050 0002", "04 06 0000"),
    ("2B 0E 01 00", "AB 01"),
    ("04 0060 0001", None),
]


def recorded(folder, talk=TALK, units=(9,), ports=(502,)):
    kept, at = TrafficFile(folder, {"units": []}), time.monotonic_ns()
    for port in ports:
        for unit in units:
            for asked, answer in talk:
                at += 1_000_000
                told = b"" if answer is None else frame(1, answer, unit)
                request, refused = frame(1, asked, unit), answer is not None and answer[0] in "89A"
                ends = "modbus", f"10.0.0.9:{port}", "10.0.0.1:4000", 1
                row = Exchange(
                    REQUEST, at, at if told else 0, 0, *ends, unit, request[7],
                    request=request, answer=told, exception=told[8] if refused else 0,
                )  # fmt: skip
                kept.keep([row])
    kept.close()
    return folder


@pytest.fixture
def device(tmp_path):
    file = tmp_path / "device.yaml"
    assert main(["import", str(recorded(tmp_path)), "--unit", "9", "--out", str(file)]) == 0
    return file


def test_every_word_is_a_register_with_what_it_held_last(device, capsys):
    assert main(["check", str(device)]) == 0
    registers = {(one.table, one.address): one for one in read_device(device).registers}
    shown = {place: (one.type, one.access, one.fixed, one.initial) for place, one in registers.items()}
    assert shown == {
        ("ir", 0): ("uint16", "r", "2", ""),
        ("ir", 1): ("uint16", "r", "65535", ""),
        ("ir", 2): ("uint16", "r", "32768", ""),
        ("hr", 4): ("uint16", "rw", "", "18"),
        ("hr", 5): ("uint16", "rw", "", str(0x12FE)),
        ("hr", 9): ("uint16", "w", "", "99"),
        ("hr", 48): ("uint16", "rw", "", "7"),
        ("di", 0): ("bool", "r", "1", ""),
        ("di", 1): ("bool", "r", "0", ""),
        ("di", 2): ("bool", "r", "1", ""),
        ("co", 0): ("bool", "rw", "", "1"),
        ("co", 1): ("bool", "r", "1", ""),
        ("co", 3): ("bool", "rw", "", "0"),
        ("co", 4): ("bool", "rw", "", "1"),
    }
    assert {one.name for one in registers.values()} >= {"ir_0", "hr_48", "co_4"}
    assert registers["ir", 0].comment == "0 .. 5 in the recording"
    assert registers["ir", 1].comment == ""
    source = read_device(device).source
    assert source.startswith(f"recording {device.parent}, unit id 9, from 20")


def test_a_bench_with_it_answers_the_same_reads_with_the_same_words(device, tmp_path):
    rig = Rig(tmp_path, units=f"  - {{unit: 9, device: {device.name}, name: found}}\n")
    try:
        with ModbusTcpClient("127.0.0.1", port=rig.port) as bus:
            assert bus.read_input_registers(0, count=3, device_id=9).registers == [2, 0xFFFF, 0x8000]
            assert bus.read_holding_registers(4, count=2, device_id=9).registers == [0x12, 0x12FE]
            assert bus.read_discrete_inputs(0, count=3, device_id=9).bits[:3] == [True, False, True]
            assert bus.read_coils(0, count=2, device_id=9).bits[:2] == [True, True]
            assert bus.read_input_registers(7, count=1, device_id=9).exception_code == 2
            assert bus.read_holding_registers(9, count=1, device_id=9).exception_code == 2
            for word in (1, 0xFFFF):
                assert not bus.write_register(4, word, device_id=9).isError()
                assert bus.read_holding_registers(4, count=1, device_id=9).registers == [word]
    finally:
        rig.close()


def test_the_file_itself_is_taken_too(tmp_path, capsys):
    recorded(tmp_path)
    assert main(["import", str(tmp_path / "bus.parquet"), "--unit", "9", "--name", "mine", "--source", "site"]) == 0
    said = capsys.readouterr().out
    assert 'device: mine\nsource: "site"\n' in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "a recording is imported with --unit N; it has 9, 10"),
        (["--unit", "8"], "nothing of unit id 8 was read or written with success; it has 9, 10"),
        (["--unit", "9"], "unit id 9 answered at ports 502, 503; choose with --port"),
        (["--unit", "9", "--port", "504"], "nothing of unit id 9 was read or written with success"),
    ],
)
def test_which_unit_is_meant_has_to_be_said(tmp_path, capsys, words, said):
    recorded(tmp_path, units=(9, 10), ports=(502, 503))
    assert main(["import", str(tmp_path), *words]) == 2
    assert said in capsys.readouterr().err
    assert main(["import", str(tmp_path), "--unit", "9", "--port", "503"]) == 0


def test_a_folder_without_a_recording(tmp_path, capsys):
    assert main(["import", str(tmp_path), "--unit", "9"]) == 2
    assert "holds no bus.parquet" in capsys.readouterr().err
