"""A device file beside its table, and points that its registers may show."""

import pytest

from hil.bench.bench_file import read_bench
from hil.bus.maps.device_file import read_device
from hil.cli import main

TABLE = """Address;Name;Type;Factor;Unit;Access;Values
0;Supply;INT16;0.1;degC;R;
1;Power;UINT16;100;W;R;
2;Energy;UINT32;1;kWh;R;
4;Mode;ENUM;;;RW;"0=off;1=on"
"""
SAME = [
    "{table: hr, address: 0, name: flow_temp, type: int16, scale: 0.1, uom: degC}",
    "{table: hr, address: 1, name: power, type: uint16, scale: 0.1, uom: kW}",
    "{table: hr, address: 2, name: energy, type: uint32, uom: kWh}",
    "{table: hr, address: 4, name: mode, type: enum, access: rw, values: {0: off, 1: heating}}",
]


@pytest.fixture
def against(tmp_path, capsys):
    """What `geotwin check --against` says of a device of these registers: its exit code and lines."""
    (tmp_path / "table.csv").write_text(TABLE)
    (tmp_path / "words.yaml").write_text("factors: multiply\n")

    def compared(registers, *words):
        device = tmp_path / "device.yaml"
        rows = "".join(f"  - {row}\n" for row in registers)
        device.write_text(f'device: d\nsource: "made up for the tests"\nregisters:\n{rows}')
        mapping = ("--mapping", str(tmp_path / "words.yaml"))
        code = main(["check", str(device), "--against", str(tmp_path / "table.csv"), *mapping, *words])
        return code, [line.removeprefix(f"{device}: ") for line in capsys.readouterr().out.splitlines()]

    return compared


def test_a_device_that_says_the_same_in_other_units_and_names(against):
    assert against(SAME) == (0, ["a device of 4 registers, right"])


@pytest.mark.parametrize(
    ("number", "old", "new", "told"),
    [
        (0, "int16", "uint16", "wrong: 'flow_temp' (hr 0): type uint16, the table says int16 (table.csv:2)"),
        (0, "0.1", "0.01", "wrong: 'flow_temp' (hr 0): scale 0.01 degC, the table says 0.1 degC (table.csv:2)"),
        (0, "degC", "K", "wrong: 'flow_temp' (hr 0): unit K, the table says degC (table.csv:2)"),
        (1, "kW", "bar", "wrong: 'power' (hr 1): unit bar, the table says W (table.csv:3)"),
        (1, "scale: 0.1", "scale: 100", "wrong: 'power' (hr 1): scale 100 kW, the table says 100 W (table.csv:3)"),
        (2, "uint32", "uint32, order: CDAB", "wrong: 'energy' (hr 2-3): order CDAB, the table says ABCD (table.csv:4)"),
        (3, "access: rw, ", "", "wrong: 'mode' (hr 4): access r, the table says rw (table.csv:5)"),
        (3, "1: heating", "2: heating", "wrong: 'mode' (hr 4): values 0, 2, the table says 0, 1 (table.csv:5)"),
        (2, "2, name: energy", "7, name: Energy", "wrong: 'Energy' (hr 7-8): the table has it at hr 2-3 (table.csv:4)"),
        (2, "address: 2", "address: 7", "wrong: 'energy' (hr 7-8): the table has no such register"),
    ],
)  # fmt: skip
def test_what_differs(against, number, old, new, told):
    registers = list(SAME)
    assert old in registers[number]
    registers[number] = registers[number].replace(old, new)
    code, lines = against(registers)
    assert code == 2
    assert told in lines


def test_what_is_left_out_is_doubtful_only(against):
    code, lines = against(SAME[:2])
    assert code == 0
    assert lines[1:] == [
        "doubtful: 'Energy' (hr 2-3) is missing (table.csv:4)",
        "doubtful: 'Mode' (hr 4) is missing (table.csv:5)",
    ]


def test_editors_are_told_too(against):
    code, lines = against([SAME[0].replace("int16", "uint16")], "--format", "json")
    assert code == 2
    assert any('"severity": "error"' in line for line in lines)


def test_one_file_is_compared(tmp_path, capsys):
    assert main(["check", "a.yaml", "b.yaml", "--against", "table.csv"]) == 2
    assert "--against compares one device file with a table" in capsys.readouterr().err


UNIT = """Adresse;Bezeichnung;Typ;Einheit;Zugriff;Faktor;Werte
1;Vorlauftemperatur;INT16;°C;R;0,1;
2;Sollwert Vorlauftemperatur;INT16;°C;RW;0,1;
3;Verdampfer Eintrittstemperatur;INT16;°C;R;0,1;
4;Betrieb;BOOL;;R;;
5;Freigabe;ENUM;;RW;;"0=off;1=on"
6;Leistungsaufnahme;UINT16;kW;R;0,1;
7;Durchfluss Verdampfer;UINT16;l/h;R;;
8;Vorlaufdruck in Knoten;UINT16;kg;R;;
"""


def test_points_of_a_component_are_proposed(tmp_path, capsys):
    (tmp_path / "unit.csv").write_text(UNIT, encoding="utf-8")
    assert main(["import", str(tmp_path / "unit.csv"), "--for", "office", "hp_1"]) == 0
    printed = capsys.readouterr().out
    ideas = {
        line.split("name: ")[1].split(",")[0]: line.partition("# point: ")[2].split(" or ")[0]
        for line in printed.splitlines()
        if "# point: " in line
    }
    assert ideas["Vorlauftemperatur"] == "leaving_temp"
    assert ideas["sollwert_vorlauftemperatur"] == "leaving_temp_sp"
    assert ideas["verdampfer_eintrittstemperatur"] == "evaporator_entering_temp"
    assert ideas["Betrieb"] == "running"
    assert ideas["Freigabe"] == "enable_cmd"
    assert ideas["Leistungsaufnahme"] == "power"
    assert ideas["durchfluss_verdampfer"] == "evaporator_flow"
    assert "vorlaufdruck_in_knoten" not in ideas, "nothing of a unit has a mass"


def test_points_that_are_filled_in_can_be_bound(tmp_path):
    (tmp_path / "unit.csv").write_text(UNIT, encoding="utf-8")
    device = tmp_path / "unit.yaml"
    words = ["import", str(tmp_path / "unit.csv"), "--for", "office", "hp_1", "--points", "--out", str(device)]
    assert main(words) == 0
    points = {register.name: register.point for register in read_device(device).registers}
    assert points["Vorlauftemperatur"] == "leaving_temp"
    assert points["vorlaufdruck_in_knoten"] == ""
    bench = tmp_path / "bench.yaml"
    bench.write_text(
        "bench: b\nplant: office\nport: 5020\nunits:\n  - {unit: 1, device: unit.yaml, component: hp_1}\n"
        "  - {unit: 247, device: rig, component: rig}\n"
    )
    assert main(["check", str(bench)]) == 0
    assert read_bench(str(bench))[0].device.registers[0].point == "leaving_temp"


def test_points_of_a_whole_plant_have_their_whole_path(tmp_path, capsys):
    (tmp_path / "unit.csv").write_text("Address;Name;Type;Unit\n0;Outdoor temperature;INT16;degC\n")
    assert main(["import", str(tmp_path / "unit.csv"), "--for", "office"]) == 0
    assert "# point: weather.outdoor_temp" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--points",), "--points needs --for PLANT [COMPONENT]"),
        (("--for", "office", "hp_9"), "hp_9"),
        (("--for", "offise"), "office"),
        (("--for", "office", "hp_1", "hp_2"), "takes a plant and a component, not 3 words"),
    ],
)
def test_what_points_cannot_be_proposed_for(tmp_path, capsys, words, told):
    (tmp_path / "unit.csv").write_text(UNIT, encoding="utf-8")
    assert main(["import", str(tmp_path / "unit.csv"), *words]) == 2
    assert told in capsys.readouterr().err
