"""The map of a bench in three forms, read back by other people's readers."""

import csv
import io
from pathlib import Path

import yaml

from hil.bus.map_export import Placement, map_csv, map_markdown, map_yaml
from hil.bus.maps.device_file import parse_device, read_device
from hil.bus.unit import ANY
from hil.reports.asked_for import asked_for

DEVICE = read_device(Path(__file__).parents[1] / "data" / "chiller_gateway.yaml")
BENCH = [Placement(5020, 1, "hp_1", DEVICE, "hp_1"), Placement(5021, 7, "hp_2", DEVICE)]


def test_csv_has_the_agreed_header_and_a_line_per_register() -> None:
    text = map_csv(BENCH)
    assert text.splitlines()[0] == (
        "port,unit,device,table,address,manual,name,type,order,scale,offset,uom,access,functions,min,max,on_bad_write,"
        "start,point,comment"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2 * len(DEVICE.registers)
    by_name = {row["name"]: row for row in rows if row["device"] == "hp_1"}
    assert list(by_name["supply_sp"].values()) == [
        "5020", "1", "hp_1", "hr", "1", "40002", "supply_sp", "int16", "AB", "0.1", "0", "degC", "rw", "3 6 16 22 23",
        "7", "60", "exc3", "", "hp_1.supply_sp", "",
    ]  # fmt: skip
    assert by_name["mode_cmd"]["comment"] == "0=off, 1=heat, 2=cool"
    assert by_name["night"]["comment"] == "bit 3"
    assert by_name["model"]["comment"] == "4 registers, 'WW-215'"
    assert by_name["start_cmd"]["order"] == ""
    assert {row["point"] for row in rows if row["device"] == "hp_2" and row["name"] == "power"} == {"power"}


def test_yaml_reads_back_as_typed_values() -> None:
    first, second = yaml.safe_load(map_yaml(BENCH))
    assert (first["port"], first["unit"], second["device"]) == (5020, 1, "hp_2")
    energy = next(register for register in first["registers"] if register["name"] == "energy_count")
    assert energy == {
        "table": "ir", "address": 6, "name": "energy_count", "type": "uint64", "order": "DCBA", "scale": 0.001,
        "offset": 0.0, "uom": "MWh", "access": "r", "point": "hp_1.energy", "on_bad_write": "exc3",
    }  # fmt: skip
    mode = next(register for register in first["registers"] if register["name"] == "mode_cmd")
    assert mode["values"] == {0: "off", 1: "heat", 2: "cool"}


def test_markdown_has_a_table_per_device_in_order_of_address() -> None:
    lines = map_markdown(BENCH).splitlines()
    lines = lines[lines.index("## hp_1: port 5020, unit 1") :]
    assert lines[4].startswith("| table | address | manual | name | type |")
    widths = {line.count("|") for line in lines if line.startswith("|")}
    assert widths == {18}
    names = [line.split(" | ")[3] for line in lines if line.startswith("| hr")][:4]
    assert names == ["mode_cmd", "supply_sp", "load_limit", "supply_sp_f"]


HOSTILE = """\
device: trick
source: "=HYPERLINK(\\"http://evil\\") <script>alert(1)</script>"
registers:
  - {table: hr, address: 0, name: a, scale: 0.1, offset: -5, comment: "=cmd|' /C calc'!A0"}
  - {table: hr, address: 1, name: b, comment: "<b> | [x](http://evil)"}
"""


def test_texts_of_a_device_do_nothing_in_a_spreadsheet_or_on_a_page() -> None:
    placed = [Placement(5020, 1, "trick", parse_device(HOSTILE, "trick.yaml"), "x", "geotwin/x")]
    rows = list(csv.DictReader(io.StringIO(map_csv(placed))))
    assert rows[0]["comment"] == "'=cmd|' /C calc'!A0"
    assert rows[0]["offset"] == "-5"
    page = map_markdown(placed)
    assert "<script>" not in page
    assert "](http" not in page
    assert {line.count(" | ") for line in page.splitlines() if line.startswith("| hr")} == {16}


def test_what_a_programmer_needs_of_a_register() -> None:
    """Limits and start of the bench, both forms of an address, the functions that fit, no value, expiry."""
    device = parse_device(
        "device: d\nsource: test\nfunctions: [3, 6, 16]\nregisters:\n"
        "  - {table: [hr, ir], address: 9999, name: temp, scale: 0.1, uom: degC, missing: 0x7FFF}\n"
        "  - {table: hr, address: 4, name: wide, type: float32, access: rw, expires: 60 s}\n"
        "  - {table: hr, address: 6, name: mode, type: enum, values: {0: off, 1: heat}, access: w}\n",
        "d.yaml",
    )
    placement = Placement(5020, ANY, "d", device, limits=[(0, 0), (-3.5, 70), (0, 1)], start=[0.0, 12.5, 1.0])
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(map_csv([placement])))}
    temp, wide, mode = rows["temp"], rows["wide"], rows["mode"]
    assert (temp["unit"], temp["manual"], temp["functions"], temp["table"]) == ("any", "410000", "3", "hr;ir")
    assert temp["comment"] == "no value (broken): 32767"
    assert (wide["manual"], wide["functions"], wide["min"], wide["max"]) == ("40005", "3 16", "-3.5", "70")
    assert (wide["start"], wide["comment"]) == ("12.5", "forgotten after 60 s")
    assert (mode["functions"], mode["start"], mode["on_bad_write"]) == ("6 16", "heat", "exc3")


def test_a_point_named_by_its_whole_path_is_no_point_of_the_component() -> None:
    device = parse_device(
        "device: d\nsource: test\nregisters:\n"
        "  - {table: ir, address: 0, name: outdoor, uom: degC, point: weather.outdoor_temp}\n"
        "  - {table: ir, address: 1, name: power, uom: W, point: power}\n  - {table: hr, address: 0, name: spare}\n",
        "d.yaml",
    )
    placement = Placement(5020, 1, "hp_1", device, "hp_1")
    rows = {row["name"]: row["point"] for row in csv.DictReader(io.StringIO(map_csv([placement])))}
    assert rows == {"outdoor": "weather.outdoor_temp", "power": "hp_1.power", "spare": ""}


def test_the_map_of_a_plant_says_what_its_scenarios_ask_for() -> None:
    told = asked_for("office", ["rig"])
    assert "| curve cold | -7.6 degC, 50 degC |" in told
    assert "| REQ-ROOM-001 | Rooms are kept at 19 degC or more" in told
    assert "`heartbeat`" in told
    assert "heartbeat" not in asked_for("office", [])
