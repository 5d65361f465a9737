"""Whole devices of a bench: one unit id for many components, numbers for no value, values that expire, plant time."""

import struct
from datetime import datetime

import pytest

from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bus.unit import ANY
from hil.lines.modbus.pdu import respond
from plant_models.plant import build
from twin.errors import InputError
from twin.journal import Journal, Replay

HEAD = 'device: d\nsource: "made up for the tests"\n'


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


EXACT = """registers:
  - {table: hr, address: %d, name: count, type: uint64, access: rw%s}
  - {table: hr, address: %d, name: title, type: string, length: 2, access: rw}
"""


def test_an_exact_number_and_a_text_are_the_same_through_a_part_and_the_whole_device(house):
    """Modbus writes to the whole device, MQTT to its part; each shows what the other wrote."""
    bench = house(
        {"one.yaml": EXACT % (0, "", 4), "two.yaml": EXACT % (10, ", expires: 60 s", 14)},
        "unit: 1, device: one.yaml, name: one", "unit: 1, device: two.yaml, name: two",
    )  # fmt: skip
    whole = bench.bus.served[5020, 1]
    one, two = bench.bus.images[:2]
    assert ask(whole, "10 000a 0004 08 8000000000000001").startswith("10")
    assert ask(whole, "10 000e 0002 04 41424300").startswith("10")
    assert dict(two.stored) == {0: 0x8000000000000001, 1: b"ABC\0"}
    assert two.text(1) == "ABC"
    assert dict(one.stored) == {}
    one.write_text(1, "xyz")
    assert ask(whole, "03 0004 0002") == "0304" + b"xyz\0".hex()
    run(bench, 59.0)
    assert ask(whole, "03 000a 0004") == "0308" + "8000000000000001"
    run(bench, 61.0)
    assert ask(whole, "03 000a 0004") == "0308" + "0000000000000000"
    assert (dict(two.stored), dict(one.stored)) == ({1: b"ABC\0"}, {1: b"xyz\0"})


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
