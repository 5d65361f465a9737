"""Slips that look right: a plant, bench, device and scenario of a user's, each with one thing that cannot be meant.

`wrong` is refused; `doubtful` is told and left to the user.
"""

import shutil
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from hil.books.factors import SHIPPED
from hil.cli import main
from hil.commands.check import checked
from plant_models.assembly.plant_file import ready_plants
from plant_models.plant import build

CLINIC = Path(__file__).parents[1] / "data" / "clinic"


class Slip(NamedTuple):
    """What becomes what in which file, and the words that must be told there."""

    file: str
    old: str
    new: str
    words: str


WRONG = [
    Slip("plant.yaml", "start_position: 0.5", 'start_position: "0,5"', "'0,5' has a decimal comma; write '0.5'"),
    Slip("plant.yaml", "latitude: 48.1", 'latitude: "48,1"', "'48,1' has a decimal comma; write '48.1'"),
    Slip("plant.yaml", "area: 500 m2", 'area: "500,5 m2"', "write '500.5 m2'"),
    Slip("plant.yaml", "start_position: 0.5", "start_position: -0.5", "mixer.start_position: -0.5 is outside 0 .. 1"),
    Slip("plant.yaml", "drive: vfd, check_valve: 1}", "drive: 7, check_valve: 1}", "no value '7'; allowed: 0 vfd"),
    Slip("plant.yaml", "drive: vfd, check_valve: 1}", "drive: 0.5, check_valve: 1}", "no value '0.5'; allowed"),
    Slip("plant.yaml", "check_valve: 1}", "check_valve: yes}", "'yes' is not a quantity; expected a number,"),
    Slip("plant.yaml", "  unit_power:", "  unit power:", "'unit power' is not a name of components"),
    Slip("plant.yaml", "  unit_power:", "  unit-power:", "'unit-power' is not a name of components"),
    Slip("plant.yaml", "  unit_power:", "  2nd_meter:", "'2nd_meter' is not a name of components"),
    Slip("plant.yaml", "  unit_power:", "  weather:", "the name 'weather' is taken"),
    Slip("plant.yaml", "  unit_power:", "  bus:", "the name 'bus' is taken"),
    Slip("plant.yaml", "  unit_power:", "\tunit_power:", "a tab; YAML is indented with spaces"),
    Slip("bench.yaml", "component: panel}", "component: panel, port: abc}", "port 'abc' is not a TCP port"),
    Slip("bench.yaml", "component: panel}", "component: panel, port: 70000}", "port '70000' is not a TCP port"),
    Slip("bench.yaml", "unit: 1-2, ", "unit: 1-2, port: 0, ", "port '0' is not a TCP port"),
    Slip("scenario.yaml", "duration: 4 h", 'duration: "4,5 h"', "'4,5 h' has a decimal comma; write '4.5 h'"),
    Slip("scenario.yaml", '> 19 degC"', '> 19 degC", from: 3 h, until: 2 h', "'2 h' does not come after 3 h"),
    Slip(
        "scenario.yaml", '> 19 degC"', '> 19 degC", from: 5 h', "'5 h' is at 5 h, after the end of the scenario (4 h)"
    ),
    Slip("scenario.yaml", '> 19 degC"', '> 19 degC", until: 20 min', "nothing is judged before the end of the warm-up"),
    Slip("scenario.yaml", '> 19 degC"', '> 19 degC", from: snap - 50 min', "'snap - 50 min' is at 10 min; nothing is"),
    Slip(
        "scenario.yaml", "after: down, within: 10 s", "after: 30 h, within: 10 s", "'30 h' is at 1 d 6 h, after the end"
    ),
    Slip(
        "scenario.yaml",
        "after: down.end, within: 30 min",
        "after: down.end + 2 h, within: 30 min",
        "at 4 h 20 min, after",
    ),
    Slip(
        "scenario.yaml",
        "lo: 25 degC, hi: 60 degC",
        "lo: 60 degC, hi: 25 degC",
        "`lo` (60 degC) is above `hi` (25 degC)",
    ),
    Slip("scenario.yaml", "at_most: 3}", "at_most: 3, at_least: 5}", "at_least (5) is above at_most (3)"),
    Slip("scenario.yaml", "at_most: 300 kWh", "at_most: 300 kWh, at_least: 1 GWh", "at_least (1 GWh) is above at_most"),
    Slip("scenario.yaml", "at_least: 2.5,", "at_least: 2.5, at_most: 2,", "at_least (2.5) is above at_most (2)"),
    Slip(
        "scenario.yaml",
        "room_[1-2].temp > 19",
        "room_[1-5].temp > 19",
        "'room_[1-5].temp': there is no 3, 4, 5; there are 1, 2",
    ),
    Slip(
        "scenario.yaml", "room_[1-2].temp: 20", "room_[2-3].temp: 20", "'room_[2-3].temp': there is no 3; there are 2"
    ),
    Slip(
        "scenario.yaml",
        "fault: source_pump.fault_trip",
        'fault: "well_pump_[1,4].fault_trip"',
        "there is no 4; there are 1",
    ),
    Slip("plant.yaml", "(hot)\n", "(buffer)\n", "(buffer) is the name of a component too; give the junction another"),
    Slip("plant.yaml", "bench: bench.yaml", "bench: Bench.yaml", "cannot be read"),
    Slip("plant.yaml", "back: (cooled)", "back: (source return)", "(source return) lies in another water than load_"),
    Slip("plant.yaml", "back: (cooled)", "back: (supply)", "supply and back are one junction; nothing is measured"),
    Slip(
        "plant.yaml", "passage: supply_pipe", "passage: source_pipe", "(supply) lies in another water than load_meter"
    ),
    Slip("plant.yaml", "supply: (source supply)}", "supply: (supply)}", "(supply) lies in another water than source_"),
]
FORWARDS = "(load return) > unit_pump > hp.condenser > buffer > (hot)"
BACKWARDS = "(hot) > unit_pump > hp.condenser > buffer > (load return)"
DOUBTFUL = [
    Slip("plant.yaml", "supply: (supply), back: (cooled)", "supply: (cooled), back: (supply)", "are the two swapped?"),
    Slip("plant.yaml", f"  unit:   {FORWARDS}", f"  unit:   {BACKWARDS}", "no water comes back to unit_pump"),
    Slip("plant.yaml", "kv: 40 m3/h", "kv: 40 L/h", "mixer.kv: 0.04 m3/h beside pumps of 17.5 m3/h"),
    Slip("plant.yaml", "primary_flow_design: 32 m3/h", "primary_flow_design: 32 L/h", "0.032 m3/h beside pumps of 16"),
    Slip("plant.yaml", "nominal_flow: 32 m3/h", "nominal_flow: 4 m3/s", "14400 m3/h beside pumps of 35 m3/h"),
    Slip("scenario.yaml", "R3: The", "R4: Nobody tests it, R3: The", "no criterion has the requirement 'R4'"),
    Slip("scenario.yaml", "fault_trip, to: 1", "fault_trip, to: 0", "a fault of 0 is healthy"),
    Slip(
        "scenario.yaml",
        "within: 60 s, that",
        "within: 3 h, that",
        "unit-off may take until 5 h, after the end of the scenario",
    ),
    Slip("scenario.yaml", "per: 1 h", "per: 10 h", "starts counts per 10 h, but only 3 h 30 min are judged"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copytree(CLINIC, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def slipped(folder: Path, slip: Slip) -> int:
    """Make the slip in the file, and say in which line it is."""
    text = (folder / slip.file).read_text()
    assert slip.old in text
    (folder / slip.file).write_text(text.replace(slip.old, slip.new, 1))
    return text[: text.index(slip.old)].count("\n") + 1 + (slip.old[0] == "\n")


@pytest.mark.parametrize("file", sorted(path.name for path in CLINIC.iterdir() if path.name != "winter.csv"))
def test_the_files_are_right_as_they_stand(folder, file):
    found = checked(file)
    assert (found.wrong, found.doubtful) == ([], [])


@pytest.mark.parametrize("slip", WRONG, ids=[f"{slip.file}: {slip.new.strip()}"[:70] for slip in WRONG])
def test_what_cannot_be_meant_is_refused_where_it_stands(folder, slip):
    line = slipped(folder, slip)
    told = [str(part) for part in checked(slip.file).wrong]
    assert any(one.startswith(f"{slip.file}:{line}:") and slip.words in one for one in told), told


@pytest.mark.parametrize("slip", DOUBTFUL, ids=[f"{slip.file}: {slip.new.strip()}"[:70] for slip in DOUBTFUL])
def test_what_is_probably_not_meant_is_told_where_it_stands(folder, slip):
    line = slipped(folder, slip)
    found = checked(slip.file)
    assert found.wrong == []
    assert any(one.startswith(f"{slip.file}:{line}:") and slip.words in one for one in found.doubtful), found.doubtful


def test_what_comes_after_all_windows_is_doubtful(folder):
    """The pump fails at two hours; each criterion is done with by then."""
    text = (folder / "scenario.yaml").read_text()
    head, _ = text.split("expect:")
    expect = 'expect:\n  - {id: warm, requirement: R1, always: "room_1.temp > 19 degC", until: 90 min}\n'
    (folder / "scenario.yaml").write_text(head + expect)
    told = [one for one in checked("scenario.yaml").doubtful if "no criterion is judged any more (1 h 30 min)" in one]
    assert [one.split(":")[1] for one in told] == ["12", "13"]


def test_no_ready_plant_is_doubtful():
    start = datetime(2026, 1, 15)  # noqa: DTZ001  (plant time is local standard time)
    assert {name: found for name in ready_plants() if (found := build(name, start, 86400.0).doubts)} == {}


def test_a_device_that_serves_one_component_twice_is_doubtful(folder):
    slipped(folder, Slip("bench.yaml", "component: source_pump}", "component: unit_pump}", ""))
    assert checked("bench.yaml").doubtful == ["bench.yaml:7:5: unit 3 of port 5120 serves unit_pump in the same way"]


def test_a_configuration_says_where_it_names_a_plant_that_is_not_there(folder):
    wiring = "wiring: {load: {pumps: p, meter: m, holding: h}, units: hp, rooms: room_1}\n"
    (folder / "control.yaml").write_text("program: plant_room\ncontroller: hospital\n" + wiring)
    (told,) = map(str, checked("control.yaml").wrong)
    assert told.startswith("control.yaml:2:13: no plant 'hospital'")
    assert told.endswith("; a file of yours is named with its ending, such as hospital.yaml")


@pytest.mark.parametrize("other", ["office", "other.yaml"])
def test_a_bench_of_another_plant_is_refused(folder, other):
    (folder / "other.yaml").write_text((folder / "plant.yaml").read_text())
    slipped(folder, Slip("bench.yaml", "plant: plant.yaml", f"plant: {other}", ""))
    (told,) = map(str, checked("plant.yaml").wrong)
    assert told == f"bench.yaml:2:8: the bench is for {other!r}, but plant.yaml names it"


def test_a_plant_without_a_configuration_says_what_to_give(folder, capsys):
    assert main(["run", "scenario.yaml"]) == 2
    assert "the plant 'clinic' has no configuration for the reference controller" in capsys.readouterr().err


def test_a_part_that_is_missing_is_told_at_a_place_of_the_file(folder):
    (folder / "control.yaml").write_text("program: plant_room\ncontroller: plant.yaml\n")
    told = [str(part) for part in checked("control.yaml").wrong]
    assert told[0] == "control.yaml:1:1: the key 'load' is missing"


def test_factors_are_checked_too(folder):
    file = folder / "factors.yaml"
    file.write_text(SHIPPED.read_text())
    assert (checked("factors.yaml").wrong, checked("factors.yaml").what) == ([], "24 factors of the savings report")
    file.write_text(file.read_text().replace("price:", "prise:", 1))
    assert "no key 'prise'; did you mean 'price'?" in str(checked("factors.yaml").wrong[0])


def test_a_table_of_weather_is_no_device(folder):
    (told,) = map(str, checked("winter.csv").wrong)
    assert told == "winter.csv:1:1: no registers; weather is checked with the plant or scenario that names it"


def test_a_table_with_semicolons_means_the_same(folder):
    (folder / "meter.csv").write_text((CLINIC / "meter.csv").read_text().replace(",", ";"))
    assert not checked("meter.csv").wrong


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_files_of_any_editor_are_read(folder, mark, ending):
    for file in folder.iterdir():
        file.write_bytes((mark + file.read_text().replace("\n", ending)).encode())
    for file in ("plant.yaml", "bench.yaml", "drive.yaml", "meter.csv", "scenario.yaml"):
        assert checked(file).wrong == [], file


def test_a_plant_is_served_to_the_end_of_its_weather(folder, capsys):
    """Five seconds of the file are left, ten times as fast."""
    asked = ["serve", "plant.yaml", "--modbus-port", "0", "--start", "2026-01-16T23:59:55", "--speed", "10"]
    assert main(asked) == 0
    assert "the weather file ends at 2026-01-17 00:00:00; the plant is served until then" in capsys.readouterr().out
    assert main([*asked[:4], "--start", "2025-01-16T08:00"]) == 2
    assert "winter.csv covers nothing before 2026-01-15 00:00:00" in capsys.readouterr().err
    assert main([*asked[:4], "--start", "2027-01-16T08:00"]) == 2
    assert "winter.csv covers 2026-01-15 00:00:00 .. 2026-01-17 00:00:00" in capsys.readouterr().err
