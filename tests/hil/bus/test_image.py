"""Reading and writing the image of one unit, by request PDUs as the standard's examples and by rules of device maps."""

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hil.bus.maps.device_file import parse_device, read_device
from hil.bus.maps.device_map import DeviceMap
from hil.bus.maps.register import Register
from hil.bus.maps.register_types import ORDERS_16, ORDERS_WIDE, TYPES, arrange
from hil.bus.refusal import Reason, RefusedRequest
from hil.bus.unit_image import UnitImage
from hil.lines.modbus.pdu import describe, respond

EXAMPLE = Path(__file__).parents[1] / "data" / "chiller_gateway.yaml"
DEVICE = read_device(EXAMPLE)


def unit(*registers: str, allow_partial: str = "no") -> UnitImage:
    lines = "\n".join(f"- {{{register}}}" for register in registers)
    text = f"device: d\nsource: s\nallow_partial: {allow_partial}\nregisters:\n{lines}\n"
    return UnitImage(parse_device(text, "d.yaml"))


def ask(image: UnitImage, request: str) -> str:
    return respond(image, bytes.fromhex(request)).hex(" ")


@pytest.fixture
def image() -> UnitImage:
    image = UnitImage(DEVICE)
    names = [register.name for register in image.device.registers]
    for name, value in {
        "leaving_temp": 7.25,
        "entering_temp": 12.0,
        "power": 70000.0,
        "energy": 1.5,
        "running": 1.0,
    }.items():
        image.bus[names.index(name)] = value
    return image


def writes(image: UnitImage) -> list[tuple[str, float]]:
    seen: list[tuple[str, float]] = []
    image.on_write = lambda number, value: seen.append((image.device.registers[number].name, value))
    return seen


def test_reads_show_types_and_orders(image: UnitImage) -> None:
    assert ask(image, "04 0000 0006") == "04 0c 02 d5 b0 04 11 70 00 01 00 00 3f c0"
    assert ask(image, "02 0000 0002") == "02 01 01"
    assert ask(image, "04 0014 0004") == "04 08 57 57 32 2d 35 31 00 00"
    assert ask(image, "03 0001 0001") == "03 02 00 46"  # 7.0 degC: 0 is below the set point's range


def test_a_swapped_text_reads_as_users_report_it(image: UnitImage) -> None:
    """docs/fieldbus.md#register-maps: a device that swaps the bytes of its text words shows "rP3oME1-" for
    "Pro3EM-1"."""
    text = "table: ir, address: 0, name: t, type: string, length: 4, text: Pro3EM-1, order: "
    assert respond(unit(text + "BA"), b"\x04\0\0\0\4")[2:] == b"rP3oME1-"
    assert respond(unit(text + "AB"), b"\x04\0\0\0\4")[2:] == b"Pro3EM-1"


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ("03 0000 0000", "83 03"), ("03 0000 007e", "83 03"), ("04 0000 00", "84 03"), ("03", "83 03"),
        ("01 0000 07d1", "81 03"), ("41", "c1 01"), ("83 0000 0001", "83 01"), ("07", "87 01"),
        ("05 0000 1234", "85 03"), ("05 0009 ff00", "85 02"), ("01 0001 0001", "81 02"),
        ("03 0007 0001", "83 02"), ("04 000d 0001", "84 02"), ("04 ffff 0002", "84 02"), ("02 0001 0002", "82 02"),
        ("04 0004 0001", "84 02"), ("04 0005 0001", "84 02"), ("04 0000 0003", "84 02"),
        ("10 0003 0001 02 0000", "90 02"), ("10 0000 0001 04 0000 0000", "90 03"), ("10 0000 0000 00", "90 03"),
        ("06 0003 0000", "86 02"), ("0f 0000 0001 02 01", "8f 03"), ("16 0000 00", "96 03"),
        ("17 0000 0001 0000 0001 02 00", "97 03"), ("17 0007 0001 0000 0001 02 0001", "97 02"),
        ("2b 0d 01 00", "ab 01"), ("2b 0e 05 00", "ab 03"), ("2b 0e 04 07", "ab 02"), ("2b 0e", "ab 03"),
    ],
)  # fmt: skip
def test_exceptions_as_the_standard_has_them(image: UnitImage, request_: str, answer: str) -> None:
    seen = writes(image)
    assert ask(image, request_) == answer
    assert seen == []


def test_writes_are_echoed_and_reported(image: UnitImage) -> None:
    seen = writes(image)
    assert ask(image, "06 0001 01c2") == "06 00 01 01 c2"
    assert ask(image, "03 0001 0001") == "03 02 01 c2"
    assert ask(image, "05 0000 ff00") == "05 00 00 ff 00"
    assert ask(image, "01 0000 0001") == "01 01 01"
    assert ask(image, "0f 0000 0002 01 02") == "0f 00 00 00 02"
    assert ask(image, "10 0003 0002 04 0000 4290") == "10 00 03 00 02"
    assert seen == [
        ("supply_sp", 45.0),
        ("start_cmd", 1.0),
        ("start_cmd", 0.0),
        ("reset_cmd", 1.0),
        ("supply_sp_f", 72.0),
    ]


def test_a_refresh_shows_what_the_plant_made_of_it(image: UnitImage) -> None:
    assert ask(image, "04 0000 0001") == "04 02 02 d5"
    image.bus[12] = 8.0
    image.remember(b"request", b"answer")
    image.refresh()
    assert image.answers == {}
    assert ask(image, "04 0000 0001") == "04 02 03 20"


@pytest.mark.parametrize(
    ("request_", "answer", "seen"),
    [
        ("06 0000 0003", "86 03", []),
        ("06 0001 0045", "86 03", []),
        ("06 0001 0259", "86 03", []),
        ("06 0001 0258", "06 00 01 02 58", [("supply_sp", 60.0)]),
        ("06 0002 ffff", "06 00 02 ff ff", [("load_limit", 6553.5)]),
        ("10 0003 0002 04 0000 7fc0", "10 00 03 00 02", []),
        (
            "10 0000 0003 06 0001 01c2 0064",
            "10 00 00 00 03",
            [("mode_cmd", 1.0), ("supply_sp", 45.0), ("load_limit", 10.0)],
        ),
        ("10 0000 0003 06 0001 ffff 0064", "90 03", []),
    ],
)
def test_bad_values_go_the_way_the_map_says(image: UnitImage, request_: str, answer: str, seen: list[object]) -> None:
    got = writes(image)
    assert ask(image, request_) == answer
    assert got == seen


def test_a_write_within_the_process_follows_the_rules_of_the_wire(image: UnitImage) -> None:
    seen = writes(image)
    names = [register.name for register in image.device.registers]
    image.write(names.index("supply_sp"), 45.04)
    image.write(names.index("load_limit"), 1e9)
    image.write(names.index("supply_sp_f"), math.nan)
    image.write(names.index("night"), 1.0)
    assert seen == [("supply_sp", 45.0), ("load_limit", 6553.5), ("night", 1.0)]
    assert ask(image, "03 0001 0001") == "03 02 01 c2"
    for name, value in [("supply_sp", 5.0), ("mode_cmd", 3.0), ("baud", math.nan), ("local", 1.0)]:
        reason = Reason.READ_ONLY if name == "local" else Reason.BAD_VALUE
        with pytest.raises(RefusedRequest) as refused:
            image.write(names.index(name), value)
        assert refused.value.reason is reason


def test_clamping_ends_at_the_limits() -> None:
    image = unit("table: hr, address: 0, name: x, access: rw, min: -5, max: 5, on_bad_write: clamp")
    assert ask(image, "06 0000 0100") == "06 00 00 01 00"
    assert ask(image, "03 0000 0001") == "03 02 00 05"
    ask(image, "06 0000 8000")
    assert ask(image, "03 0000 0001") == "03 02 ff fb"


def test_bits_of_one_word_are_written_together_except_read_only_ones(image: UnitImage) -> None:
    seen = writes(image)
    assert ask(image, "06 0005 8009") == "06 00 05 80 09"
    assert seen == [("enable", 1.0), ("night", 1.0)]
    assert ask(image, "03 0005 0001") == "03 02 00 09"
    assert ask(image, "16 0005 fffe 0000") == "16 00 05 ff fe 00 00"
    assert ask(image, "03 0005 0001") == "03 02 00 08"


def test_mask_write_as_in_the_standard() -> None:
    """Application Protocol 1.1b3, 6.16: 0x12 with AND 0xF2 and OR 0x25 becomes 0x17."""
    image = unit("table: hr, address: 4, name: x, type: uint16, access: rw")
    ask(image, "06 0004 0012")
    assert ask(image, "16 0004 00f2 0025") == "16 00 04 00 f2 00 25"
    assert ask(image, "03 0004 0001") == "03 02 00 17"


def test_read_write_writes_first(image: UnitImage) -> None:
    assert ask(image, "17 0000 0002 0001 0001 02 0190") == "17 04 00 00 01 90"


def test_identification(image: UnitImage) -> None:
    expected = b"\x2b\x0e\x01\x81\0\0\3" + b"\0\x0dExample Works" + b"\1\6WW-215" + b"\2\3" + b"2.1"
    assert respond(image, b"\x2b\x0e\1\0") == expected
    assert respond(image, b"\x2b\x0e\4\1") == b"\x2b\x0e\4\x81\0\0\1\1\6WW-215"
    assert respond(image, b"\x2b\x0e\1\2") == b"\x2b\x0e\1\x81\0\0\1\2\0032.1"


def test_parts_of_wide_values_only_where_the_map_allows_them() -> None:
    image = unit(
        "table: hr, address: 0, name: x, type: float32, access: rw",
        "table: hr, address: 2, name: y, access: rw",
        allow_partial="yes",
    )
    seen = writes(image)
    assert ask(image, "06 0000 3fc0") == "06 00 00 3f c0"
    assert ask(image, "03 0001 0002") == "03 04 00 00 00 00"
    assert ask(image, "10 0001 0002 04 0000 0007") == "10 00 01 00 02"
    assert seen == [("x", 1.5), ("x", 1.5), ("y", 7.0)]


def test_write_only_registers_are_not_read() -> None:
    image = unit("table: hr, address: 0, name: x, access: w", "table: hr, address: 1, name: y")
    assert ask(image, "06 0000 0001") == "06 00 00 00 01"
    assert ask(image, "03 0000 0001") == ask(image, "03 0000 0002") == "83 02"
    assert ask(image, "06 0001 0001") == "86 02"
    assert ask(image, "03 0001 0001") == "03 02 00 00"


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from([name for name in TYPES if name not in ("string", "bit")]))
def test_every_type_and_order_round_trips_through_requests(data: st.DataObject, type_name: str) -> None:
    kind = TYPES[type_name]
    half = {"byte": "low"} if type_name in ("int8", "uint8") else {}
    orders = ("AB",) if half else ORDERS_16 if kind.words == 1 else ORDERS_WIDE
    order = data.draw(st.sampled_from(orders))
    width = {"float32": 32, "float64": 64}.get(type_name)
    whole = st.integers(max(int(kind.lo), -(2**53)), min(int(kind.hi), 2**53))
    raw = (
        data.draw(st.floats(width=width, allow_nan=False, allow_infinity=False) if width else whole) or 0
    )  # -0.0 is shown as 0.0
    plain = Register(table="hr", address=1, name="x", type=type_name, order=order, access="rw", **half)
    others = (Register(table="hr", address=0, name="a"), Register(table="hr", address=1 + plain.words, name="b"))
    image = UnitImage(DeviceMap(device="d", source="test", registers=(others[0], plain, others[1])))
    seen = writes(image)
    words = arrange(kind.pack(raw), order) if not half else bytes((0, raw & 0xFF))
    respond(image, bytes((16, 0, 1, 0, kind.words, len(words))) + words)
    assert seen == [("x", float(raw))]
    assert respond(image, bytes((3, 0, 0, 0, kind.words + 2)))[2:] == b"\0\0" + words + b"\0\0"


@settings(max_examples=500, deadline=None)
@given(st.binary(min_size=1, max_size=253))
def test_any_request_is_answered_and_described(request: bytes) -> None:
    answer = respond(UnitImage(DEVICE), request)
    assert answer[0] & 0x7F == request[0] & 0x7F
    assert 2 <= len(answer) <= 253
    assert len(describe(request)) == 3
