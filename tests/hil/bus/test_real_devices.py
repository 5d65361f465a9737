"""What maps of real devices look like: parts of words and counters, gaps, constants, expiry, whole houses."""

import math
import struct
from datetime import datetime

import numpy as np
import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bus.device_file import parse_device
from hil.bus.unit import ANY
from hil.bus.unit_image import UnitImage
from hil.modbus.pdu import respond
from plant_models.plant import build
from twin.errors import InputError

HEAD = 'device: d\nsource: "made up for the tests"\n'


def image(*lines, head=""):
    registers = "".join(f"  - {{{line}}}\n" for line in lines)
    return UnitImage(parse_device(f"{HEAD}{head}registers:\n{registers}", "d.yaml"))


def ask(image, request):
    return respond(image, bytes.fromhex(request)).hex()


@pytest.fixture
def house(tmp_path):
    """A bench of a household with these device files and lines; advanced by `run` in seconds."""

    def made(devices, *lines):
        for name, text in devices.items():
            (tmp_path / name).write_text(f"{HEAD}{text}")
        file = tmp_path / "bench.yaml"
        rows = "".join(f"  - {{{line}}}\n" for line in (*lines, "unit: 247, device: rig, component: rig"))
        file.write_text(f"bench: b\nplant: household_5_6\nport: 5020\nunits:\n{rows}")
        start = datetime.fromisoformat("2026-03-09T13:05:07+08:00")
        plant = build("household_5_6", start, 86400.0)
        bench = Bench(plant, read_bench(str(file)), plant.start)
        plant.prepare()
        bench.every(1000, lambda: None)
        bench.refresh()
        return bench

    return made


def run(bench, until_s):
    bench.schedule.run(round(until_s * 1000))
    bench.refresh()
    for served in bench.bus.served.values():
        served.refresh()


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


# No value


SENSORS = """registers:
  - {table: ir, address: 0, name: a, type: int16, scale: 0.1, uom: degC, point: weather.outdoor_temp}
  - {table: ir, address: 1, name: b, type: uint16, scale: 0.1, offset: -100, uom: degC, point: weather.outdoor_temp,
     missing: 0x7FFF}
  - {table: ir, address: 2, name: c, type: float32, uom: degC, point: weather.outdoor_temp, missing: -1}
  - {table: ir, address: 4, name: d, type: int16, scale: 0.1, uom: degC, point: weather.outdoor_temp,
     missing: {broken: 32767, short: -32768, over: 32766}}
"""


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("broken", "8000 7fff bf800000 7fff"), ("short", "8000 7fff bf800000 8000"),
        ("over", "8000 7fff bf800000 7ffe"), ("under", "8000 7fff bf800000 7fff"),
    ],
)  # fmt: skip
def test_an_instrument_without_a_value_shows_the_number_of_its_maker(house, fault, words):
    bench = house({"s.yaml": SENSORS}, "unit: 7, device: s.yaml, name: probe")
    served = bench.bus.served[5020, 7]
    good = ask(served, "04 0000 0002")
    sensed = bench.bus.sensed_at("weather.outdoor_temp")
    handle = bench.bus.faults.start("f", fault, {"weather.outdoor_temp": sensed}, {}, 0.0)
    run(bench, 1.0)
    assert ask(served, "04 0000 0005") == "040a" + words.replace(" ", "")
    registers = bench.bus.units[0].device.registers
    assert all(r.unknown(v) for r, v in zip(registers, bench.bus.images[0].bus, strict=True))
    bench.bus.faults.end(handle)
    run(bench, 2.0)
    assert ask(served, "04 0000 0002") == good


def test_no_measured_value_looks_like_no_value(house):
    """Far below the range of the register its end would be 8000 hex, which says that the sensor is broken."""
    bench = house({"s.yaml": SENSORS}, "unit: 7, device: s.yaml, name: probe")
    sensed = bench.bus.sensed_at("weather.outdoor_temp")
    bench.bus.faults.start("f", "offset", {"weather.outdoor_temp": sensed}, {"offset": -1e6}, 0.0)
    run(bench, 1.0)
    assert ask(bench.bus.served[5020, 7], "04 0000 0002") == "0404" + "8001" + "0000"
    bench.bus.faults.start("g", "offset", {"weather.outdoor_temp": sensed}, {"offset": 1e6 + 3176.7}, 1.0)
    run(bench, 2.0)
    shown = ask(bench.bus.served[5020, 7], "04 0001 0001")
    assert shown != "04027fff"


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
    assert ask(device, "11") == "110c" + b"Muster WP 3\xff".hex()
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


# One device, many components; many devices, one unit id

WHOLE_HOUSE = """registers:
  - {table: hr, address: 0, name: outside, type: int16, scale: 0.1, uom: degC, point: weather.outdoor_temp}
  - {table: hr, address: 10, name: "room_[1-3]_temp", type: float32, uom: degC, point: "room_[1-3].room_temp", every: 4}
  - {table: hr, address: 40, name: surplus, type: int16, uom: W, access: rw, expires: 60 s, initial: 5}
"""
CLOCK = """registers:
  - {table: ir, address: 93, name: hour, type: uint8, byte: high, point: local_hour}
  - {table: ir, address: 93, name: minute, type: uint8, byte: low, point: local_minute}
  - {table: ir, address: 94, name: day, type: uint16, point: local_day}
  - {table: ir, address: 95, name: month, type: uint16, point: local_month}
  - {table: ir, address: 96, name: year, type: uint16, point: local_year}
  - {table: ir, address: 97, name: weekday, type: uint16, point: local_weekday}
"""


def test_one_unit_shows_points_of_many_components(house):
    bench = house({"whole.yaml": WHOLE_HOUSE}, "unit: 1, device: whole.yaml")
    served, store = bench.bus.served[5020, 1], bench.store
    shown = struct.unpack(">f", respond(served, bytes.fromhex("03 000e 0002"))[2:])[0]
    assert shown == pytest.approx(store.read("room_2.room_temp"), abs=1e-4)
    assert store.read("weather.outdoor_temp") == pytest.approx(bench.bus.images[0].bus[0], abs=0.051)
    assert bench.directory.place("bus.room_3.room_temp") > 0


def test_parts_of_one_device_stand_at_one_unit_id_and_answer_as_one(house):
    bench = house(
        {"whole.yaml": WHOLE_HOUSE, "clock.yaml": CLOCK},
        "unit: 1, device: whole.yaml, name: house",
        "unit: 1, device: clock.yaml, component: rig, name: clock",
    )
    served = bench.bus.served[5020, 1]
    assert ask(served, "04 005d 0005") == "040a" + "0d05" + "0009" + "0003" + "07ea" + "0001"
    assert ask(served, "03 0028 0001") == "03020005"
    place = bench.bus.slot("house.surplus")
    bench.bus.write(place, 900.0)
    assert ask(served, "03 0028 0001") == "03020384", "what a part is told, the whole shows"
    assert ask(served, "06 0028 0064") == "0600280064"
    assert bench.bus.values[place.place] == 100.0


def test_a_written_value_is_forgotten_after_its_time_unless_written_again(house):
    bench = house({"whole.yaml": WHOLE_HOUSE}, "unit: 1, device: whole.yaml, name: house")
    served = bench.bus.served[5020, 1]
    ask(served, "06 0028 03e8")
    run(bench, 40.0)
    ask(served, "06 0028 03e9")
    run(bench, 90.0)
    assert ask(served, "03 0028 0001") == "030203e9"
    run(bench, 101.0)
    assert ask(served, "03 0028 0001") == "03020005"


def test_a_pulse_falls_back(house):
    line = "table: co, address: 0, name: enable, type: bool, access: rw, point: enable_cmd, "
    line += "expires: 3 s, initial: 0"
    pulse = f"registers:\n  - {{{line}}}\n"
    bench = house({"pulse.yaml": pulse}, "unit: 3, device: pulse.yaml, component: room_1")
    served = bench.bus.served[5020, 3]
    ask(served, "05 0000 ff00")
    run(bench, 2.0)
    assert bench.store.read("room_1.enable_cmd") == 1.0
    run(bench, 6.0)
    assert bench.store.read("room_1.enable_cmd") == 0.0
    assert ask(served, "01 0000 0001") == "010100"


def test_registers_of_the_controller_are_signals_and_are_replayed(house, tmp_path):
    from twin.journal import Journal, Replay

    whole = WHOLE_HOUSE.replace(", expires: 60 s, initial: 5", "")
    bench = house({"whole.yaml": whole}, "unit: 1, device: whole.yaml, name: house")
    assert bench.directory.unit("bus.house.surplus") == "W"
    assert "bus.house.surplus" in [column.path for source in bench.sources() for column in source.columns]
    bench.keep_journal(journal := Journal(tmp_path / "j.jsonl", {}))
    ask(bench.bus.served[5020, 1], "06 0028 0064")
    run(bench, 5.0)
    journal.close()
    again = house({"whole.yaml": whole}, "unit: 1, device: whole.yaml, name: house")
    again.replay(Replay(tmp_path / "j.jsonl", again.store, again.bus.free))
    run(again, 5.0)
    assert again.read("bus.house.surplus") == 100.0


@pytest.mark.parametrize(("line", "unit"), [("unit: 0", 0), ("unit: 255", 255), ("unit: any", ANY)])
def test_unit_ids_beyond_the_usual_ones(house, line, unit):
    bench = house({"clock.yaml": CLOCK}, f"{line}, device: clock.yaml, component: rig, name: clock, port: 5030")
    assert (5030, unit) in bench.bus.served


def test_one_component_on_two_units_has_two_names(house):
    bench = house({"clock.yaml": CLOCK}, "unit: 5, device: clock.yaml, component: rig")
    assert [unit.name for unit in bench.bus.units] == ["rig", "rig_unit_247"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (("unit: 1, device: whole.yaml", "unit: 1, device: other.yaml"), "hr 40 of d_unit_1 is taken by d"),
        (("unit: 1, device: clock.yaml",), "shows points of one component: say which with `component`"),
    ],
)
def test_parts_that_contradict_one_another_are_refused(house, lines, told):
    other = "registers:\n  - {table: hr, address: 40, name: x}\n"
    with pytest.raises(InputError) as error:
        house({"whole.yaml": WHOLE_HOUSE, "clock.yaml": CLOCK, "other.yaml": other}, *lines)
    assert told in str(error.value)
