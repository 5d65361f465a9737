"""The kernel that fills the bus vector gives the bits that a client decodes, and units are converted exactly."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hil.bus.bus_vector import bind, conversion, plain_points, publish, state_rows, write_limits
from hil.bus.maps.device_file import parse_device
from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import ORDERS_16, ORDERS_WIDE, TYPES, arrange
from twin.errors import InputError
from twin.points import Model, command, sensor, setpoint, status
from twin.store import Store

NUMBERS = [name for name in TYPES if name not in ("string", "bit")]


class Unit(Model):
    """A heat pump, as far as its registers go."""

    leaving_temp = sensor("degC", 20.0)
    energy = sensor("J")
    running = status()
    speed_cmd = command("1", lo=0.0, hi=1.0)
    supply_sp = setpoint("degC", 45.0, lo=5.0, hi=65.0)


def device(*lines: str) -> DeviceMap:
    registers = "\n".join(f"  - {{{line}}}" for line in lines)
    return parse_device(f"device: d\nsource: test\nregisters:\n{registers}\n", "d.yaml")


def register(type_name: str, order: str | None = None, scale: float = 1.0, offset: float = 0.0) -> Register:
    half = {"byte": "low"} if type_name in ("int8", "uint8") else {}
    return Register(
        table="hr", address=0, name="x", type=type_name, order=order, scale=scale, offset=offset, access="rw", **half
    )


@pytest.mark.parametrize(
    ("order", "words"), [("ABCD", "47F12000"), ("CDAB", "200047F1"), ("BADC", "F1470020"), ("DCBA", "0020F147")]
)
def test_orders_of_a_float_as_libmodbus_documents_them(order: str, words: str) -> None:
    """modbus_set_float_abcd and its kin: 123456.0 is 0x47F12000."""
    assert arrange(TYPES["float32"].pack(123456.0), order) == bytes.fromhex(words)


def test_orders_of_64_bits() -> None:
    data = bytes.fromhex("0102030405060708")
    assert arrange(data, "CDAB").hex() == "0708050603040102"
    assert arrange(data, "BADC").hex() == "0201040306050807"
    assert arrange(data, "DCBA").hex() == "0807060504030201"
    assert struct.unpack("<q", arrange(struct.pack(">q", -(2**40)), "DCBA"))[0] == -(2**40)


@given(st.binary(min_size=8, max_size=8), st.sampled_from(ORDERS_WIDE))
def test_ordering_twice_gives_the_same_bytes(data: bytes, order: str) -> None:
    assert arrange(arrange(data, order), order) == data


@pytest.mark.parametrize(
    ("type_name", "scaled", "raw"),
    [
        ("int16", 2.5, 2), ("int16", 3.5, 4), ("int16", -7.6, -8), ("int16", 40000.0, 32767), ("int16", -1e9, -32768),
        ("uint16", -3.0, 0), ("uint16", 65535.4, 65535), ("int32", 1e12, 2**31 - 1), ("uint64", 1e30, 2**64 - 2048),
        ("int64", -1e30, -(2**63)), ("int16", math.nan, -32768), ("uint16", math.nan, 65535), ("bool", math.nan, 0),
        ("float32", math.inf, 3.4028234663852886e38), ("bool", 7.0, 1),
    ],
)  # fmt: skip
def test_raw_numbers_are_rounded_and_clipped(type_name: str, scaled: float, raw: float) -> None:
    assert TYPES[type_name].raw(scaled) == raw


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(NUMBERS),
    st.floats(-1e300, 1e300) | st.just(math.nan),
    st.sampled_from([1.0, 0.1, 0.01, -0.5, 10.0, 3e-7]),
    st.sampled_from([0.0, -100.0, 273.15]),
)
def test_the_kernel_gives_the_bits_of_the_codec(type_name: str, value: float, scale: float, offset: float) -> None:
    plain = register(type_name, None, *((scale, offset) if TYPES[type_name].numeric else ()))
    points = plain_points([plain])
    points[0].source = 0
    bus = np.zeros(1)
    with np.errstate(over="ignore"):  # without JIT the numbers are numpy's, which warn
        publish(np.array([value]), bus, points, state_rows([]))
    assert struct.pack("d", bus[0]) == struct.pack("d", plain.quantised(value))
    assert np.array_equal(plain.quantised(bus[0]), bus[0], equal_nan=True)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(NUMBERS))
def test_every_raw_number_round_trips_in_every_order(data: st.DataObject, type_name: str) -> None:
    kind = TYPES[type_name]
    order = data.draw(st.sampled_from(ORDERS_16 if kind.words == 1 else ORDERS_WIDE))
    width = {"float32": 32, "float64": 64}.get(type_name)
    raw = data.draw(st.floats(width=width) if width else st.integers(int(kind.lo), int(kind.hi)))
    assert np.array_equal(kind.unpack(arrange(arrange(kind.pack(raw), order), order)), raw, equal_nan=bool(width))


def test_registers_show_the_points_of_their_component() -> None:
    store = Store({Unit: ["hp_1", "hp_2"]})
    store.write("hp_2.leaving_temp", 21.537)
    store.write("hp_2.energy", 7.2e9)
    store.write("hp_2.speed_cmd", 0.333)
    binding = bind(
        device(
            "table: ir, address: 0, name: t, scale: 0.1, uom: degF, point: leaving_temp",
            "table: ir, address: 1, name: e, type: float64, uom: MWh, point: energy",
            'table: hr, address: 0, name: s, type: uint16, uom: "%", access: rw, point: speed_cmd',
            "table: hr, address: 1, name: kept, access: rw",
        ),
        "hp_2",
        store,
    )
    bus = np.full(4, 9.0)
    publish(store.values, bus, binding.points, state_rows([]))
    assert bus == pytest.approx([70.8, 2.0, 33.0, 9.0], abs=1e-12)
    assert binding.paths == ("hp_2.leaving_temp", "hp_2.energy", "hp_2.speed_cmd", "")
    assert binding.limits[2] == (0.0, 100.0)
    assert binding.to_point(2, 100.0) == 1.0
    assert binding.to_point(2, 33.0) == pytest.approx(0.33)


@pytest.mark.parametrize(
    ("unit", "uom", "gain", "bias"),
    [
        ("degC", "degF", 1.8, 32.0), ("degC", "K", 1.0, 273.15), ("J", "GWh", 1 / 3.6e12, 0.0), ("W", "kW", 1e-3, 0.0),
        ("Pa", "bar", 1e-5, 0.0), ("m3/h", "L/s", 1 / 3.6, 0.0), ("1", "%", 100.0, 0.0), ("K", "K", 1.0, 0.0),
    ],
)  # fmt: skip
def test_units_are_converted_by_gain_and_bias(unit: str, uom: str, gain: float, bias: float) -> None:
    assert conversion(unit, uom) == pytest.approx((gain, bias), rel=1e-13)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("table: ir, address: 0, name: t, point: leaving_tmp", "d.t: hp_1 (Unit) has no point|d.t: .*'leaving_temp'"),
        ("table: ir, address: 0, name: t, uom: kW, point: leaving_temp", "d.t: .* is not a quantity in kW"),
        ("table: hr, address: 0, name: t, uom: degC, access: rw, point: leaving_temp", "hp_1.leaving_temp is a sensor"),
        (
            "table: hr, address: 0, name: t, uom: degC, access: rw, min: 70, point: supply_sp",
            "d.t: min and max lie out",
        ),
    ],
)
def test_what_cannot_be_bound(line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        bind(device(line), "hp_1", Store({Unit: ["hp_1"]}))


def test_write_limits_are_numbers_the_register_can_hold() -> None:
    tenths = Register(table="hr", address=0, name="x", scale=0.1, max=0.3, access="rw")
    assert write_limits(tenths)[1] == 3 * 0.1 != 0.3
    single = Register(table="hr", address=0, name="x", type="float32", min=0.7, access="rw")
    assert write_limits(single)[0] == float(np.float32(0.7))
