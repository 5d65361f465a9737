"""Telegraf configurations in their three styles become devices whose registers a client decodes."""

import struct

import pytest

from hil.cli import main
from tests.hil.tables.imported_device import imported, read, show

REGISTER = """
[[inputs.modbus]]
  name = "Unit"
  slave_id = 1
  controller = "tcp://localhost:502"
  configuration_type = "register"
  coils = [{ name = "enable", address = [3]}]
  discrete_inputs = [{ name = "pump running", address = [0]}]
  holding_registers = [
    { name = "supply",  byte_order = "AB",   data_type = "FIXED",  scale = 0.1, address = [0]},
    { name = "energy",  byte_order = "CDAB", data_type = "UFIXED", scale = 0.01, address = [5, 6]},
    { name = "flow",    byte_order = "ABCD", data_type = "FLOAT32-IEEE", scale = 1.0, address = [8, 9]},
    { name = "old",     byte_order = "ABCD", data_type = "FLOAT32", scale = 0.001, address = [10, 11]},
    { name = "swapped", byte_order = "BA",   data_type = "UINT16", scale = 1.0, address = [12]},
    { name = "torn",    byte_order = "ABCD", data_type = "UINT32", scale = 1.0, address = [20, 22]},
    { name = "short",   byte_order = "ABCD", data_type = "UINT32", scale = 1.0, address = [24]},
    { name = "half",    byte_order = "AB",   data_type = "FLOAT16-IEEE", scale = 1.0, address = [26]},
  ]
  input_registers = [{ name = "total", byte_order = "HGFEDCBA", data_type = "INT64", scale = 1.0, address = [0,1,2,3]}]
"""
REQUEST = """
[[inputs.modbus]]
  configuration_type = "request"
  [[inputs.modbus.request]]
    slave_id = 7
    byte_order = "DCBA"
    register = "holding"
    measurement = "heat"
    fields = [
      { address=0, name="supply", type="INT16", scale=0.1 },
      { address=1, name="power", type="FLOAT32" },
      { address=3, name="left", type="UINT16", omit=true },
    ]
  [[inputs.modbus.request]]
    slave_id = 8
    register = "coil"
    fields = [{ address=2, name="enable" }]
"""
METRIC = """
[[inputs.modbus]]
  configuration_type = "metric"
  [[inputs.modbus.metric]]
    slave_id = 1
    byte_order = "ABCD"
    measurement = "unit"
    fields = [
      { register="coil", address=0, name="door" },
      { register="input", address=2, name="supply temp", type="INT16", scale=0.01 },
      { register="holding", address=4, name="low", type="UINT8L" },
      { register="holding", address=4, name="high", type="INT8H" },
      { address=6, name="text", type="STRING", length=4 },
      { address=11, name="third", type="BIT", bit=3 },
    ]
"""


def telegraf(tmp_path, text, *words):
    (tmp_path / "telegraf.toml").write_text(text)
    return imported(tmp_path / "telegraf.toml", *words)


def test_the_style_register(tmp_path, capsys):
    image = telegraf(tmp_path, REGISTER)
    show(image, supply=-4.5, energy=1234.56, flow=2.5, old=70.0, swapped=0x1234, total=-(2**40), pump_running=1.0)
    assert struct.unpack(">h", read(image, 3, 0, 1)) == (-45,)
    low, high = struct.unpack(">HH", read(image, 3, 5, 2))
    assert high << 16 | low == 123456
    assert struct.unpack(">f", read(image, 3, 8, 2)) == (2.5,)
    assert struct.unpack(">I", read(image, 3, 10, 2)) == (70000,)
    assert read(image, 3, 12, 1) == b"\x34\x12"
    assert struct.unpack("<q", read(image, 4, 0, 4)) == (-(2**40),)
    assert read(image, 2, 0, 1) == b"\x01"
    told = capsys.readouterr().out
    assert "the addresses [20, 22] do not follow one another" in told
    assert "a UINT32 takes 2 registers, not 1" in told
    assert "the type 'FLOAT16-IEEE' is not known" in told
    assert "8 registers, 3 rows not understood" in told


def test_the_style_request_and_a_unit_of_it(tmp_path, capsys):
    image = telegraf(tmp_path, REQUEST, "--unit", "7")
    show(image, supply=20.1, power=1.5)
    assert read(image, 3, 0, 1) == struct.pack("<h", 201)
    assert read(image, 3, 1, 2) == struct.pack("<f", 1.5)
    assert "omitted by the request" in capsys.readouterr().out


def test_the_style_metric(tmp_path):
    image = telegraf(tmp_path, METRIC)
    show(image, supply_temp=12.34, low=200.0, high=-3.0, third=1.0, door=1.0)
    assert struct.unpack(">h", read(image, 4, 2, 1)) == (1234,)
    assert struct.unpack(">bB", read(image, 3, 4, 1)) == (-3, 200)
    assert read(image, 3, 11, 1) == b"\x00\x08"
    assert read(image, 1, 0, 1) == b"\x01"
    assert len(read(image, 3, 6, 4)) == 8


@pytest.mark.parametrize(
    ("text", "words", "told"),
    [
        (REQUEST, (), "of the units 7, 8: say with --unit which is to be imported"),
        (REQUEST, ("--unit", "9"), "nothing of unit 9; it is of 7, 8"),
        ("[inputs]\ncpu = 1\n", (), "no [[inputs.modbus]] in it"),
        ("inputs = [[[", (), "not TOML"),
        ("[[inputs.modbus]]\nconfiguration_type = 'other'\n", (), "configuration_type 'other' is not known"),
        ("[[inputs.modbus]]\ncoils = 3\n", (), "coils is not a list of tables"),
        ("[[inputs.modbus]]\nslave_id = 'x'\ncoils = [{name='a',address=[0]}]\n", (), "slave_id 'x' is not a number"),
        ("[[inputs.modbus]]\ncoils = [{name='a',address=[]}]\n", (), "no row is a register"),
    ],
)
def test_what_is_no_such_file(tmp_path, capsys, text, words, told):
    (tmp_path / "telegraf.toml").write_text(text)
    assert main(["import", str(tmp_path / "telegraf.toml"), *words]) == 2
    assert told in capsys.readouterr().err
