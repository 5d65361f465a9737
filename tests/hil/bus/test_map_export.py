"""The map of a bench in three forms, read back by other people's readers."""

import csv
import io
from pathlib import Path

import yaml

from hil.bus.device_file import parse_device, read_device
from hil.bus.map_export import Placement, map_csv, map_markdown, map_yaml

DEVICE = read_device(Path(__file__).parents[1] / "data" / "chiller_gateway.yaml")
BENCH = [Placement(5020, 1, "hp_1", DEVICE, "hp_1"), Placement(5021, 7, "hp_2", DEVICE)]


def test_csv_has_the_agreed_header_and_a_line_per_register() -> None:
    text = map_csv(BENCH)
    assert text.splitlines()[0] == (
        "port,unit,device,table,address,name,type,order,scale,offset,uom,access,min,max,point,comment"
    )
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 2 * len(DEVICE.registers)
    by_name = {row["name"]: row for row in rows if row["device"] == "hp_1"}
    assert list(by_name["supply_sp"].values()) == [
        "5020", "1", "hp_1", "hr", "1", "supply_sp", "int16", "AB", "0.1", "0", "degC", "rw", "7", "60",
        "hp_1.supply_sp", "",
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
    assert lines[0] == "## hp_1: port 5020, unit 1"
    assert lines[4].startswith("| table | address | name | type |")
    widths = {line.count("|") for line in lines if line.startswith("|")}
    assert widths == {14}
    names = [line.split(" | ")[2] for line in lines if line.startswith("| hr")][:4]
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
    assert {line.count(" | ") for line in page.splitlines() if line.startswith("| hr")} == {12}
