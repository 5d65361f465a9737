"""Topics, values and Home Assistant configs as pure functions."""

import json
import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.bus.bus_vector import write_limits
from hil.bus.maps.device_file import parse_device
from hil.bus.maps.register import Register
from hil.lines.mqtt.discovery import RISING, Announced, discovery
from hil.lines.mqtt.payloads import (
    Topics,
    check_name,
    error_json,
    json_value,
    read_command,
    read_sync,
    text_value,
    timestamp,
)
from twin.errors import InputError

HEADER = "device: unit\nsource: test\nidentity: {vendor: Muster, product: WP 10}\nregisters:\n"


def register(**fields: Any) -> Register:
    """One register, as a file would give it."""
    return Register.model_validate({"table": "hr", "address": 0, "name": "x", "access": "rw"} | fields)


REGISTERS = [
    register(type="int16", scale=0.1, uom="degC", min=20, max=55),
    register(type="float32", uom="W"),
    register(type="uint16", on_bad_write="clamp"),
    register(type="enum", values={0: "off", 1: "heat"}),
    register(table="co", type="bool"),
    register(type="bit", bit=3),
    register(type="bitfield"),
]


WRITTEN = st.floats().map(repr) | st.integers().map(str) | st.sampled_from(["heat", "on", '"0"', "1e5", "7e-3"])


@given(st.sampled_from(REGISTERS), st.binary(max_size=300) | WRITTEN.map(str.encode))
def test_any_bytes_are_a_value_within_limits_or_refused(target: Register, payload: bytes) -> None:
    limits = write_limits(target)
    try:
        value = read_command(target, payload, limits)
    except InputError:
        return
    assert math.isfinite(value)
    assert limits[0] <= value <= limits[1]


@given(st.floats(20.0, 55.0))
def test_a_number_is_taken_to_the_nearest_step_of_the_register(number: float) -> None:
    value = read_command(REGISTERS[0], repr(number).encode(), write_limits(REGISTERS[0]))
    assert abs(value - number) <= 0.05 + 1e-9
    assert abs(value * 10 - round(value * 10)) < 1e-9


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (45.230000000000004, "45.23"),
        (-0.5, "-0.5"),
        (3.0, "3"),
        (1e20, "1e+20"),
        (math.nan, "None"),
        (math.inf, "None"),
    ],
)
def test_numbers_as_text(number: float, text: str) -> None:
    assert text_value(json_value(REGISTERS[1], number)) == text


def test_a_name_that_is_a_number_is_a_name() -> None:
    """The states of SG Ready are called 1 to 4, whatever the register counts: what is shown can be sent back."""
    ready = register(type="enum", values={0: "1", 1: "2", 2: "3", 3: "4"})
    limits = write_limits(ready)
    for raw, name in ready.values.items():
        assert text_value(json_value(ready, float(raw))) == name
        assert read_command(ready, name.encode(), limits) == raw
    counted = register(type="enum", values={5: "off", 7: "on"})
    assert read_command(counted, b"7", write_limits(counted)) == 7.0
    with pytest.raises(InputError, match="has no value '0'"):
        read_command(ready, b"0", limits)


def test_values_in_json() -> None:
    assert json_value(REGISTERS[4], 1.0) is True
    assert json_value(REGISTERS[3], 1.0) == "heat"
    assert json_value(REGISTERS[3], 7.0) == 7
    assert json_value(REGISTERS[1], math.nan) is None
    assert json.dumps(json_value(REGISTERS[0], 453 * 0.1)) == "45.3"


@given(st.binary(max_size=100_000))
def test_an_answer_is_short_and_valid_json_whatever_came(payload: bytes) -> None:
    answer = error_json("2000-01-01T00:00:00.000Z", payload, "no")
    assert len(answer) < 600
    assert json.loads(answer)["error"] == "no"


def test_time_is_utc_in_milliseconds() -> None:
    assert timestamp(datetime(2015, 11, 15, tzinfo=UTC), 86_400_001) == "2015-11-16T00:00:00.001Z"
    beijing = datetime(2015, 11, 15, tzinfo=timezone(timedelta(hours=8)))
    assert timestamp(beijing, 0) == "2015-11-14T16:00:00.000Z"


@pytest.mark.parametrize(("payload", "answered"), [(b"", None), (b"86400000", 86_400_000), (b" 5 ", 5)])
def test_sync(payload: bytes, answered: int | None) -> None:
    assert read_sync(payload) == answered


@pytest.mark.parametrize("payload", [b"-1", b"1e3", b"now", "٣".encode(), b"9" * 16, b"\xff"])
def test_a_sync_that_is_none(payload: bytes) -> None:
    with pytest.raises(InputError):
        read_sync(payload)


@pytest.mark.parametrize(
    "name", ["", "a/b", "+", "#", "a+", "$SYS", "time", "error", "sync", "availability", "a\0b", "ü"]
)
def test_names_that_cannot_be_in_a_topic(name: str) -> None:
    with pytest.raises(InputError, match="MQTT topic"):
        check_name("device name", name)
    with pytest.raises(InputError, match="MQTT topic"):
        Topics(name)


@pytest.mark.parametrize(
    "topic",
    ["geotwin/office/hp_1/set", "geotwin/office/a/b/c/set", "geotwin/officer/a/b/set", "other", "", "geotwin/office"],
)
def test_a_topic_that_addresses_no_point(topic: str) -> None:
    assert Topics("office").addressed(topic) is None


def configs(lines: str) -> dict[str, dict[str, Any]]:
    """Home Assistant's configs of a device, by entity kind and point."""
    device = parse_device(HEADER + lines, "unit.yaml")
    counted = {"energy": RISING}
    points = [Announced(item, write_limits(item), counted.get(item.name, "")) for item in device.registers]
    found = discovery(Topics("office"), "hp_1", device, points)
    return {topic.split("/")[1] + "." + topic.split("/")[3]: json.loads(payload) for topic, payload in found}


def test_each_kind_of_point_becomes_its_kind_of_entity() -> None:
    entities = configs("""
  - {table: ir, address: 0, name: supply_temp, type: int16, scale: 0.01, uom: degC}
  - {table: ir, address: 1, name: spread, type: int16, scale: 0.01, uom: K}
  - {table: ir, address: 2, name: energy, type: uint32, uom: kWh}
  - {table: ir, address: 4, name: flow, type: uint16, scale: 0.01, uom: m3/h}
  - {table: ir, address: 5, name: state, type: enum, values: {0: "off", 1: heating}}
  - {table: ir, address: 6, name: serial, type: string, length: 4, text: "4711"}
  - {table: di, address: 0, name: running, type: bool}
  - {table: co, address: 0, name: enable_cmd, type: bool, access: rw}
  - {table: hr, address: 0, name: supply_temp_sp, type: int16, scale: 0.1, uom: degC, access: rw, min: 20, max: 55}
  - {table: hr, address: 1, name: mode_cmd, type: enum, access: rw, values: {0: "off", 1: heat}}
  - {table: hr, address: 2, name: power_limit_sp, type: float32, uom: W, access: w}
""")
    shown = {
        name: (c.get("unit_of_measurement"), c.get("device_class"), c.get("state_class"))
        for name, c in entities.items()
    }
    assert shown == {
        "sensor.supply_temp": ("°C", "temperature", "measurement"),
        "sensor.spread": ("K", None, "measurement"),
        "sensor.energy": ("kWh", "energy", "total_increasing"),
        "sensor.flow": ("m³/h", "volume_flow_rate", "measurement"),
        "sensor.state": (None, "enum", None),
        "binary_sensor.running": (None, None, None),
        "switch.enable_cmd": (None, None, None),
        "number.supply_temp_sp": ("°C", "temperature", None),
        "select.mode_cmd": (None, None, None),
        "number.power_limit_sp": ("W", "power", None),
    }
    set_point = entities["number.supply_temp_sp"]
    assert (set_point["min"], set_point["max"], set_point["step"]) == (20, 55, 0.1)
    assert set_point["command_topic"] == "geotwin/office/hp_1/supply_temp_sp/set"
    assert set_point["availability_topic"] == "geotwin/office/availability"
    assert set_point["device"] == {
        "identifiers": ["geotwin_office_hp_1"],
        "name": "office hp_1",
        "manufacturer": "Muster",
        "model": "WP 10",
    }
    assert entities["select.mode_cmd"]["options"] == ["off", "heat"]
    assert "state_topic" not in entities["number.power_limit_sp"]
    assert "command_topic" not in entities["sensor.supply_temp"]
    assert (entities["number.power_limit_sp"]["min"], entities["number.power_limit_sp"]["max"]) == (-1e9, 1e9)
