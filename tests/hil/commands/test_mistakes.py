"""The mistakes people make, each told with file, line and column, what it is, and what was probably meant."""

import json
import re
from typing import NamedTuple

import pytest

from hil.cli import main
from hil.commands.check import checked

DEVICE = """\
device: pump_drive
source: manual 7, page 12
registers:
  - {table: hr, address: 0, name: speed, type: uint16, scale: 0.1, uom: "%", access: rw, point: speed_cmd}
  - {table: hr, address: 1, name: hand, type: enum, values: {0: 'off', 1: 'on'}, access: rw, point: enable_cmd}
  - {table: ir, address: 0, name: flow, type: float32, uom: L/s, point: flow}
  - {table: di, address: 0, name: trip, type: bool, point: alarm_trip}
"""
BENCH = """\
bench: mine
plant: plant.yaml
port: 5020
units:
  - {unit: 1, device: device.yaml, component: pump}
  - {unit: 2, device: heat_meter, component: meter}
  - {unit: 3, device: panel, component: panel}
"""
PLANT = """\
plant: mine
title: A pump, a pipe and a room
source: tried by hand
bench: bench.yaml
site: {weather: weather.csv, ground_temp: 12 degC, latitude: 51.3, longitude: 12.4, time_zone: +01:00}
components:
  pump:    {model: Pump, catalogue: il_80_220, drive: vfd}
  pipe:    {model: Pipe, dn_mm: 100 mm, length_m: 50 m}
  holding: {model: PressureHolding, loop: (back), loop_volume: 1 m3}
  meter:   {model: HeatMeter, passage: pipe, supply: (far), back: (back)}
  room:    {model: Zone, area: 100 m2, design_load: 50 W/m2}
  panel:   {model: Panel}
water:
  ring: (back) > pump > (far)
  rest: (far) > pipe > (back)
"""
WEATHER = """\
time,outdoor_temp,diffuse_irradiance,direct_irradiance
2026-01-15 00:00,-2,0,0
2026-01-15 12:00,1,80,100
2026-01-16 00:00,-3,0,0
2026-01-16 12:00,0,80,100
2026-01-17 00:00,-3,0,0
"""
SCENARIO = """\
scenario: mine
title: Two hours
why: to see
requirements: {REQ-1: It flows, REQ-2: It is told}
plant: plant.yaml
clock: {start: "2026-01-15T04:00:00+01:00", duration: 2 h, scan: 1 s, seed: 3}
warm_up: 10 min
initial:
  room.temp: 19 degC
precondition:
  - {held: pump.running, for: 1 min, within: 5 min}
timeline:
  - {at: 30 min, fault: pump.fault_trip, to: 1, id: down}
  - {at: down + 5 min, fault: sensor.offset, target: meter.supply_temp, offset: 2 K, for: 10 min}
  - {at: 1 h, set: pump.speed_cmd, to: 50 %}
  - {at: 70 min, ramp: weather.temp_shift, to: -5 K, over: 10 min}
expect:
  - {id: flow, requirement: REQ-1, always: meter.flow > 5 m3/h, grace: 10 s}
  - {id: alarm, requirement: REQ-2, after: down, within: 30 s, alarm: pump.alarm_trip}
  - {id: band, requirement: REQ-1, between: meter.supply_temp, lo: 5 degC, hi: 60 degC}
  - {id: starts, requirement: REQ-1, count: rising(pump.running), per: 1 h, at_most: 3}
"""
CONFIGURATION = """\
controller: landscape_pool
program: pool
wiring:
  wells:  {stations: well_1, pumps: well_pump_1}
  source: {pumps: "pool_pump_[1-2]", meter: pool_meter}
"""
FILES = {
    "device.yaml": DEVICE, "bench.yaml": BENCH, "plant.yaml": PLANT, "weather.csv": WEATHER, "scenario.yaml": SCENARIO,
}  # fmt: skip


class Mistake(NamedTuple):
    """One mistake: in which file, what becomes what, the line, and words that must be told."""

    file: str
    old: str
    new: str
    line: int
    words: str


def _of(file: str, *mistakes: tuple[str, str, int, str]) -> list[Mistake]:
    return [Mistake(file, *mistake) for mistake in mistakes]


MISTAKES = [
    *_of(
        "device.yaml",
        ("device: pump_drive", "devise: pump_drive", 1, "no key 'devise'; did you mean 'device'?"),
        ("device: pump_drive", "device: pump drive", 1, "'pump drive' is not a name"),
        ("source: manual 7, page 12\n", "", 1, "the key 'source' is missing"),
        ("table: ir", "table: input", 6, "no table 'input'"),
        ("table: hr, address: 0", "table: hr, address: 40001", 4, "looks like a manual's number; write 0"),
        ("table: hr, address: 0", "table: hr, address: 65536", 4, "address"),
        ("address: 1", "address: one", 5, "address"),
        ("address: 1", "address: 0", 5, "'hand' (hr 0) overlaps 'speed' (hr 0) of line 4"),
        ("name: hand", "name: speed", 5, "the name 'speed' is taken in line 4"),
        ("name: hand", "name: 2nd", 5, "'2nd' is not a name"),
        ("type: uint16", "type: unit16", 4, "no type 'unit16'; did you mean 'uint16'?"),
        ("type: float32", "type: float32, order: CDBA", 6, "no order 'CDBA'"),
        ("scale: 0.1", "scale: 0", 4, "scale is 0"),
        ("scale: 0.1", "scale: 0;1", 4, "scale"),
        ('uom: "%"', "uom: procent", 4, "'procent' is not a unit"),
        ("access: rw, point: speed_cmd", "acces: rw, point: speed_cmd", 4, "no key 'acces'; did you mean 'access'?"),
        ("access: rw, point: speed_cmd", "access: write, point: speed_cmd", 4, "no access 'write'; allowed: r, rw, w"),
        ("type: bool", "type: int16", 7, "discrete inputs are bool, not int16"),
        ("values: {0: 'off', 1: 'on'}", "values: {0: 'off', 1: 'OFF'}", 5, "two of its names are 'off'"),
        ("values: {0: 'off', 1: 'on'}", "values: {0 'off'}", 5, "values"),
    ),
    *_of(
        "bench.yaml",
        ("plant: plant.yaml", "plant: plnt.yaml", 2, "cannot be read"),
        ("plant: plant.yaml", "plant: ofice", 2, "no plant 'ofice'; did you mean 'office'?"),
        ("port: 5020", "port: 70000", 3, "port"),
        ("unit: 2", "unit: two", 6, "unit 'two' is not a unit id"),
        ("unit: 2", "unit: 300", 6, "unit id 300 is outside 0 .. 255"),
        ("unit: 2", "unit: 1", 6, "of meter is taken by pump, which has the same port and unit id 1"),
        ("unit: 2", "unit: 2-3", 6, "2 unit ids for 1 components"),
        ("device: heat_meter", "device: heatmeter", 6, "no device 'heatmeter'; did you mean 'heat_meter'?"),
        ("device: device.yaml", "device: devices.yaml", 5, "cannot be read"),
        ("component: pump", "component: pmup", 5, "no component 'pmup'; did you mean 'pump'?"),
        ("component: meter", "component: room", 6, "the device 'heat_meter' does not fit room, a Zone"),
        ("units:", "unit:", 4, "no key 'unit'; did you mean 'units'?"),
    ),
    *_of(
        "plant.yaml",
        ("title:", "titel:", 2, "no key 'titel'; did you mean 'title'?"),
        ("plant: mine", "plant: my plant", 1, "'my plant' is not a name"),
        ("bench: bench.yaml", "bench: bnch.yaml", 4, "cannot be read"),
        ("weather: weather.csv", "weather: wether.csv", 5, "wether.csv"),
        ("weather: weather.csv", "weather: bejing_design_year", 5, "did you mean 'beijing_design_year'?"),
        ("ground_temp: 12 degC", "ground_temp: 12 K", 5, "'12 K' is not a temperature"),
        ("latitude: 51.3", "latitude: 151.3", 5, "latitude"),
        ("time_zone: +01:00", "time_zone: CET", 5, "'CET'"),
        ("model: Pump", "model: pump", 7, "no model 'pump'; did you mean 'Pump'?"),
        ("catalogue: il_80_220", "catalogue: IL80/220", 7, "'IL80/220'; did you mean 'il_80_220'?"),
        ("drive: vfd", "drive: fu", 7, "no value 'fu'; allowed: "),
        ("dn_mm: 100 mm", "dn_mm: 100", 8, "'100' has no unit"),
        ("dn_mm: 100 mm", "dn_mm: 100 kW", 8, "100 kW is not a quantity in mm"),
        ("dn_mm: 100 mm", "dn_mm: 10 m", 8, "10000 mm is outside 5 .. 2000 mm"),
        ("dn_mm: 100 mm", "dn: 100 mm", 8, "no parameter 'dn'; did you mean 'dn_mm'?"),
        ("loop: (back)", "loop: (bakc)", 9, "no junction 'bakc'; did you mean 'back'?"),
        ("passage: pipe", "passage: pip", 10, "no component 'pip'; did you mean 'pipe'?"),
        ("area: 100 m2", "area: 100 m", 11, "100 m is not a quantity in m2"),
        ("> pump >", "> pomp >", 14, "no component 'pomp'; did you mean 'pump'?"),
        ("> pump > (far)", "> pump > (fra)", 14, "(fra) is the end of pump only; did you mean (far)?"),
        ("> pump > (far)", "> pump >", 14, "a component, a (junction) or a [group] is missing"),
        ("  panel:   {model: Panel}", "  pump:    {model: Pump}", 12, "'pump' is given twice, first in line 7"),
    ),
    *_of(
        "weather.csv",
        ("outdoor_temp", "outdor_temp", 1, "a column 'outdor_temp'; did you mean 'outdoor_temp'?"),
        ("2026-01-15 12:00", "2026-01-15 25:00", 3, "no ISO time such as"),
        ("1,80,100\n2026-01-16 00", "warm,80,100\n2026-01-16 00", 3, "'warm' is not a number"),
    ),
    *_of(
        "scenario.yaml",
        ("plant: plant.yaml", "plant: plants.yaml", 5, "cannot be read"),
        ("plant: plant.yaml", "plant: offfice", 5, "no plant 'offfice'; did you mean 'office'?"),
        ('start: "2026-01-15T04:00:00+01:00"', 'start: "2026-01-15 04:00"', 6, "is not a date and time with"),
        ("duration: 2 h", "duration: 2", 6, "'2' is not a duration"),
        ("warm_up: 10 min", "warmup: 10 min", 7, "no key 'warmup'; did you mean 'warm_up'?"),
        ("room.temp: 19 degC", "room.temp: 19", 9, "19 has no unit"),
        ("room.temp: 19 degC", "rom.temp: 19 degC", 9, "no component 'rom'; did you mean 'room'?"),
        ("room.temp: 19 degC", "meter.supply_temp: 40 degC", 9, "meter.supply_temp is a sensor; it follows"),
        ("held: pump.running", "held: pump.runing", 11, "no point 'runing'; did you mean 'running'?"),
        ("within: 5 min}", "within: 5 min, at: 10 min}", 11, "give either `within` or `at`"),
        ("fault: pump.fault_trip", "fault: pump.trip_fault", 13, "no fault of pump 'trip_fault'"),
        ("to: 1, id: down", "to: 2, id: down", 13, "is outside 0 .. 1"),
        ("fault: pump.fault_trip", "fault: pump.speed_cmd", 13, "pump.speed_cmd is a command, not a fault"),
        ("at: down + 5 min", "at: dwon + 5 min", 14, "no id in the timeline 'dwon'; did you mean 'down'?"),
        ("fault: sensor.offset", "fault: sensor.ofset", 14, "no fault 'sensor.ofset'; did you mean 'sensor.offset'?"),
        ("offset: 2 K", "offset: 2 degC", 14, "'2 degC' is a temperature; expected a difference"),
        ("target: meter.supply_temp", "target: room.temp", 14, "room.temp is shown by no device"),
        ("set: pump.speed_cmd, to: 50 %", "set: pump.speed_cmd, to: 150 %", 15, "is outside 0 .. 1"),
        ("set: pump.speed_cmd, to: 50 %", "set: pump.flow, to: 5 m3/h", 15, "pump.flow is a sensor; it follows"),
        ("at: 1 h,", "at: 3 h,", 15, "at 10800 s is outside the scenario"),
        ("over: 10 min", "ovr: 10 min", 16, "no key 'ovr'; did you mean 'over'?"),
        ("requirement: REQ-1, always", "requirement: REQ-11, always", 18, "no requirement 'REQ-11'"),
        ("meter.flow > 5 m3/h", "meter.flow > 5 bar", 18, "bar does not fit m3/h"),
        ("meter.flow > 5 m3/h", "meter.flow > 5", 18, "5 has no unit"),
        ("meter.flow > 5 m3/h", "meter.flow >> 5 m3/h", 18, "expected a signal"),
        ("within: 30 s", "withing: 30 s", 19, "no key 'withing'; did you mean 'within'?"),
        ("id: alarm", "id: flow", 19, "the criterion 'flow' is given twice"),
        ("lo: 5 degC", "lo: 5 K", 20, "K does not fit degC"),
        (", at_most: 3", "", 21, "give at_most or at_least"),
    ),
]  # fmt: skip
IDS = [f"{mistake.file}: {mistake.new or 'without ' + mistake.old.strip()}"[:60] for mistake in MISTAKES]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_files_are_right_as_they_stand(folder, capsys):
    names = [name for name in FILES if not name.startswith("weather")]
    assert main(["check", *names]) == 0, capsys.readouterr().out
    assert "doubtful" not in capsys.readouterr().out


def test_there_are_sixty_of_them_and_all_differ():
    assert len({(m.file, m.old, m.new) for m in MISTAKES}) == len(MISTAKES) >= 60


@pytest.mark.parametrize("mistake", MISTAKES, ids=IDS)
def test_a_mistake_is_told_with_its_line_and_what_was_meant(folder, mistake):
    text = FILES[mistake.file]
    assert text.count(mistake.old) >= 1
    (folder / mistake.file).write_text(text.replace(mistake.old, mistake.new, 1))
    asked = "plant.yaml" if mistake.file == "weather.csv" else mistake.file
    found = checked(asked)
    told = [*map(str, found.wrong), *found.doubtful]
    assert any(mistake.words in one for one in told), told
    place = next(one for one in told if mistake.words in one)
    file, line, _ = re.match(r"([^:]+):(\d+)(?::(\d+))?: ", place).groups()
    assert (file, int(line)) == (mistake.file, mistake.line), place


def test_all_mistakes_of_all_files_are_told_at_once_for_editors_too(folder, capsys):
    wanted = [
        ("device.yaml", "type: uint16", "type: unit16"),
        ("device.yaml", "type: float32", "type: flaot32"),
        ("scenario.yaml", "duration: 2 h", "duration: 2"),
        ("scenario.yaml", "within: 30 s", "withing: 30 s"),
        ("plant.yaml", "dn_mm: 100 mm", "dn_mm: 100"),
        ("plant.yaml", "area: 100 m2", "area: 100 m"),
    ]
    for file, old, new in wanted:
        (folder / file).write_text((folder / file).read_text().replace(old, new, 1))
    assert main(["check", "--format", "json", "device.yaml", "scenario.yaml", "plant.yaml"]) == 2
    entries = json.loads(capsys.readouterr().out)
    assert [(e["file"], e["line"]) for e in entries] == [
        ("device.yaml", 4), ("device.yaml", 6), ("scenario.yaml", 6), ("scenario.yaml", 19), ("plant.yaml", 8),
        ("plant.yaml", 11),
    ]  # fmt: skip
    assert [e["nearest"] for e in entries if e["nearest"]] == ["uint16", "float32", "within"]
    assert "uint16" in entries[0]["allowed"]
    assert {e["severity"] for e in entries} == {"error"}
