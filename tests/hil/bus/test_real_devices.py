"""What maps of real devices look like: parts of words and counters, gaps, functions, constants."""

import math
import struct

import numpy as np
import pytest

from hil.bus.maps.device_file import parse_device
from hil.bus.unit_image import UnitImage
from hil.lines.modbus.pdu import respond
from twin.errors import InputError

HEAD = 'device: d\nsource: "made up for the tests"\n'


def image(*lines, head=""):
    registers = "".join(f"  - {{{line}}}\n" for line in lines)
    return UnitImage(parse_device(f"{HEAD}{head}registers:\n{registers}", "d.yaml"))


def ask(image, request):
    return respond(image, bytes.fromhex(request)).hex()


# Words and their parts


def test_bytes_and_bits_share_a_word_and_a_register_shows_it_whole():
    device = image(
        "table: hr, address: 3, name: outdoor, type: int8, byte: high, uom: degC, access: rw",
        "table: hr, address: 3, name: alarm, type: bit, bit: 0, access: rw",
        "table: hr, address: 3, name: heating, type: bit, bit: 7, access: rw",
        "table: hr, address: 3, name: status, type: bitfield, access: rw",
    )
    assert ask(device, "06 0003 f481") == "060003f481"
    assert list(device.bus[:3]) == [-12.0, 1.0, 1.0]
    assert ask(device, "03 0003 0001") == "0302f481"
    device.write(2, 0.0)
    assert ask(device, "03 0003 0001") == "0302f401"
    device.write(3, 0x0580)
    assert list(device.bus[:3]) == [5.0, 0.0, 1.0], "the word written as a whole is written to its parts"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [
        ("bcd16", 1234.0, "1234"), ("bcd32", 98765432.0, "98765432"), ("uint24", 0xABCDEF, "00abcdef"),
        ("int24", -2.0, "00fffffe"), ("uint48", 2.0**47 + 1, "800000000001"), ("int48", -1.0, "ffffffffffff"),
    ],
)  # fmt: skip
def test_decimal_digits_and_numbers_of_24_and_48_bits(kind, value, words):
    device = image(f"table: hr, address: 0, name: total, type: {kind}, access: rw")
    count = len(words) // 4
    assert ask(device, f"10 0000 {count:04x} {2 * count:02x} {words}") == f"100000{count:04x}"
    assert device.bus[0] == value
    assert ask(device, f"03 0000 {count:04x}") == f"03{2 * count:02x}{words}"


def test_digits_that_are_none_are_refused():
    assert ask(image("table: hr, address: 0, name: total, type: bcd16, access: rw"), "06 0000 12a4") == "8603"


@pytest.mark.parametrize("number", [0x0123456789ABCDEF, 2**64 - 1, 10**15 + 1])
def test_whole_numbers_of_64_bits_are_kept_to_the_last_bit(number):
    device = image("table: hr, address: 0, name: serial, type: uint64, order: CDAB, access: rw")
    words = struct.pack(">4H", *(number >> shift & 0xFFFF for shift in (0, 16, 32, 48)))
    respond(device, bytes.fromhex("10 0000 0004 08") + words)
    assert respond(device, bytes.fromhex("03 0000 0004"))[2:] == words


def test_half_of_a_wide_value_is_checked_as_part_of_the_whole():
    device = image(
        "table: hr, address: 0, name: total, type: uint32, access: rw, max: 70000", head="allow_partial: true\n"
    )
    assert ask(device, "06 0000 0001") == "0600000001"
    assert ask(device, "06 0001 1170") == "0600011170"
    assert ask(device, "06 0001 1171") == "8603", "65536 + 4465 is more than 70000"
    assert device.bus[0] == 70000.0


def test_a_controller_may_write_a_text():
    device = image('table: hr, address: 8, name: zone, type: string, length: 4, access: rw, text: "Hall"')
    assert device.text(0) == "Hall"
    assert ask(device, "10 0008 0004 08" + b"Attic\0\0\0".hex()) == "1000080004"
    assert ask(device, "03 0008 0004") == "0308" + b"Attic\0\0\0".hex()
    assert device.text(0) == "Attic"
    assert ask(device, "10 0008 0004 08 00ff000000000000") == "9003", "no printable text"


# Counters


def counted(value_kwh, *lines):
    """The values that registers of a meter show at a count."""
    from hil.bus.bus_vector import plain_points, publish, state_rows

    device = image(*lines).device
    points = plain_points(device.registers)
    points.source[:] = 0
    for row, register in zip(points, device.registers, strict=True):
        row.gain = 0.001 if register.uom == "MWh" else 1.0
    bus = np.zeros(len(points))
    publish(np.array([value_kwh]), bus, points, state_rows([]))
    return bus.tolist()


@pytest.mark.parametrize("count", [0.0, 999.4, 999.6, 1000.0, 1600.7, 1999.999, 12345678.5])
def test_the_parts_of_a_split_counter_add_up(count):
    """MWh and kWh of one counter: no part is rounded up while the other has not turned."""
    kilo, mega = counted(
        count,
        "table: ir, address: 0, name: kilo, type: uint16, uom: kWh, modulo: 1000",
        "table: ir, address: 1, name: mega, type: uint16, uom: MWh, rounding: down",
    )
    assert mega * 1000.0 + kilo == math.floor(count)
    assert kilo < 1000.0


def test_a_counter_turns_over_at_the_end_of_its_register_or_stays_there():
    turned, held = counted(
        65536.0 + 17.0,
        "table: ir, address: 0, name: turns, type: uint16, uom: kWh, overflow: wrap",
        "table: ir, address: 1, name: stays, type: uint16, uom: kWh",
    )
    assert (turned, held) == (17.0, 65535.0)


# Gaps, functions, constants


@pytest.mark.parametrize(("gaps", "word"), [("zero", "0000"), ("0x8000", "8000"), ("65535", "ffff")])
def test_a_read_over_gaps_is_answered_as_the_device_does(gaps, word):
    device = image(
        "table: hr, address: 4, name: first, access: rw", "table: hr, address: 7, name: last", head=f"gaps: {gaps}\n"
    )
    assert ask(device, "03 0004 0004") == f"03080000{word}{word}0000"
    assert ask(device, "03 0003 0002") == "8302", "before the first register there is nothing"
    assert ask(device, "10 0004 0002 04 0001 0002") == "9002", "nothing is written into a gap"


def test_a_gap_is_an_exception_unless_the_device_says_otherwise():
    device = image("table: hr, address: 0, name: first", "table: hr, address: 2, name: last")
    assert ask(device, "03 0000 0003") == "8302"


def test_a_device_has_the_functions_it_says():
    device = image(
        *(f"table: hr, address: {n}, name: r{n}, access: rw" for n in range(8)),
        head="functions: [3, 8, 16, 17]\nmost_registers: 4\nidentity: {vendor: Muster, product: WP, revision: '3'}\n",
    )
    assert ask(device, "06 0000 0001") == "8601"
    assert ask(device, "10 0000 0001 02 0001") == "1000000001"
    assert ask(device, "03 0000 0004") == "0308" + "0001" + "0000" * 3
    assert ask(device, "03 0000 0005") == "8303"
    assert ask(device, "08 0000 a537") == "080000a537"
    assert ask(device, "08 000b 0000") == "8801"
    assert ask(device, "11") == "110d00ff" + b"Muster WP 3".hex()
    assert ask(image("table: hr, address: 0, name: a"), "11") == "9101"


def test_constants_first_values_and_two_tables_for_one_register():
    device = image(
        "table: [hr, ir], address: 0x10, name: firmware, type: uint16, value: 0x0C",
        "table: ir, address: 17, name: model, type: enum, values: {0: A, 0x03: D}, value: D",
        "table: co, address: 5, name: remote_ok, type: bool, value: 1",
        "table: hr, address: 20, name: curve, type: int16, scale: 0.1, uom: degC, access: rw, min: -20, "
        "max: 40, initial: 12.5",
    )
    assert ask(device, "03 0010 0001") == ask(device, "04 0010 0001").replace("04", "03", 1) == "0302000c"
    assert ask(device, "04 0011 0001") == "04020003"
    assert ask(device, "01 0005 0001") == "010101"
    assert ask(device, "03 0014 0001") == "0302007d"
    assert ask(device, "06 0010 0001") == "8602"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("value: 12, access: rw", "the register has no point and is read only"),
        ("value: 3.5", "3.5 is not a value of the register; the nearest is 4"),
        ("value: x", "'x' is not a number"),
        ("initial: 3", "'initial' is for a register that can be written"),
        ("expires: 5 s", "'expires' is a time above 0 for a register that can be written"),
        ("missing: 40000", "40000 is no raw number of int16"),
        ("modulo: 100000", "modulo 100000 is beyond what int16 holds"),
        ("modulo: 0.5", "modulo 0.5 is no whole number of steps of 1"),
        ("type: float32, rounding: down", "'rounding' is for whole numbers, not float32"),
        ("type: int8", "a int8 needs 'byte'"),
        ("byte: high", "'byte' is for the type int8 or uint8"),
        ("missing: {brokn: 3}", "did you mean 'broken'"),
        ("rounding: up", "no rounding 'up'"),
    ],
)
def test_what_does_not_go_together_is_refused_where_it_stands(line, told):
    with pytest.raises(InputError, match=r"^d\.yaml:4:") as error:
        image(f"table: hr, address: 0, name: a, {line}")
    assert told in str(error.value)
