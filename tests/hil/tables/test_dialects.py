"""Tables in several dialects, made up for the tests: table, device file, `geotwin check`, and what a client decodes."""

import struct
from pathlib import Path

import openpyxl
import pytest

from hil.bus.maps.device_file import read_device
from hil.cli import main
from hil.lines.modbus.pdu import respond
from tests.hil.tables.imported_device import imported, read, show

GERMAN = """Wärmepumpe WP 12, Modbus-Liste;;;;;;;
Alle 32-Bit-Werte: low word zuerst;;;;;;;
;;;;;;;
Adresse;Bezeichnung;Datentyp;Faktor;Einheit;Zugriff;Wertebereich;Bemerkung
Messwerte
30001;Vorlauftemperatur;INT16;0,1;°C;R;-50..100;
30002;Rücklauf;S16;0,1;°C;nur lesen;;
30003-30004;Wärmemenge;UINT32;1;kWh;L;;Zähler
40001;Betriebsart;UINT16;1;-;L/S;0 - Aus / 1 - Ein / 2 - Auto;
40002;Sollwert;INT16;x10;°C;R/W;20 - 60;
40003;Durchfluss;FLOAT;;m³/h;nur lesen;;
"""
ENGLISH = """Register (hex),Parameter,Data type,Scale,Units,FC,Values,Byte order
0x0000,Outdoor temperature,S16,1/10,deg C,3,,
0x000A,Energy,UINT32,/100,kWh,03,,CDAB
001Ch,Mode,U16,,,03/06,"0: off, 1: on, 2: auto",
0x0020,Power,REAL,,W,4,,ABCD
0x0001,Pump running,BOOL,,,2,,
0x0002,Pump enable,bit,,,"1, 5",0=OFF;1=ON,
0x0030,Status word,Bitfield16,,,3,"Bit 0: alarm, Bit 1: warning",
0x0031,Serial number,STRING[8],,,3,,
"""
FRENCH = """Table Modbus\t\t\t\t\t
Désignation\tAdresse (base 1)\tType de données\tUnité\tAccès\tType de registre
Température extérieure\t1\tentier signé 16 bits\t0,1 °C\tLecture seule\tRegistre d'entrée
Débit\t2\tnon signé 16 bits\tl/h\tLecture\tRegistre d'entrée
Consigne\t11\tINT\t0,5 °C\tLecture/Écriture\tRegistre de maintien
Énergie\t12\tUDINT\tkWh\tLecture\tRegistre de maintien
"""
SECTIONS = """sep=;
"Device X, six digits"
"Input registers";;;
No.;Address;Name;Format;Resolution
1;300001;Supply;int16;0.01 °C
2;300002;Return;int16;0.01 °C
Holding registers;;;
No.;Address;Name;Format;R/W
1;400001;Set point;uint16;RW
2;400101.03;Release;bool;RW
2;400101.04;Boost;bool;RW
;;;
"""
POLISH = """Nr rej.|Opis|Rodzaj|Mnożnik|Jm
100|Temperatura zasilania|liczba ze znakiem|10|st. C
101|Ciśnienie|liczba bez znaku|100|bar
"""
MAPPING = """columns: {address: Nr rej., name: Opis, type: Rodzaj, factor: Mnożnik, unit: Jm}
types: {int16: liczba ze znakiem, uint16: liczba bez znaku}
units: {degC: st. C}
table: ir
"""


def table_of(tmp_path, data, name="table.csv", *words):
    """The image of the device that the bytes of a table give."""
    (tmp_path / name).write_bytes(data)
    return imported(tmp_path / name, *words)


def write(image, address, word):
    return respond(image, struct.pack(">BHH", 6, address, word)).hex()


def test_german_with_semicolons_decimal_commas_and_numbers_of_a_manual(tmp_path, capsys):
    image = table_of(tmp_path, GERMAN.encode("cp1252"))
    names = [register.name for register in image.device.registers]
    assert names == ["Vorlauftemperatur", "ruecklauf", "waermemenge", "Betriebsart", "Sollwert", "Durchfluss"]
    show(image, Vorlauftemperatur=34.5, ruecklauf=-1.2, waermemenge=70000.0, Durchfluss=1.25)
    assert struct.unpack(">hh", read(image, 4, 0, 2)) == (345, -12)
    low, high = struct.unpack(">HH", read(image, 4, 2, 2))
    assert high << 16 | low == 70000
    assert write(image, 0, 2) == "0600000002"
    assert write(image, 0, 3) == "8603", "3 is no mode"
    assert write(image, 1, 455) == "06000101c7"
    assert image.bus[4] == 45.5
    assert write(image, 1, 601) == "8603", "60 degC is the highest"
    low, high = struct.unpack(">HH", read(image, 3, 2, 2))
    assert struct.unpack(">f", struct.pack(">HH", high, low)) == (1.25,)
    told = capsys.readouterr().out
    assert "guessed: Windows-1252 (Latin-1), columns separated by semicolons; header in row 4" in told
    assert "guessed: column 2 'Bezeichnung' -> name" in told
    assert "guessed: addresses count as in manuals, 40001 and on" in told
    assert "guessed: word order CDAB: the table says so above its header" in told
    assert "6 registers, 0 rows not understood" in told


def test_english_with_commas_hex_functions_and_a_mark(tmp_path):
    image = table_of(tmp_path, ENGLISH.encode("utf-8-sig"))
    show(image, outdoor_temperature=-12.3, Energy=1234.56, Power=2500.5, pump_running=1.0)
    assert struct.unpack(">h", read(image, 3, 0, 1)) == (-123,)
    low, high = struct.unpack(">HH", read(image, 3, 10, 2))
    assert high << 16 | low == 123456
    assert struct.unpack(">f", read(image, 4, 0x20, 2)) == (2500.5,)
    assert read(image, 2, 1, 1) == b"\x01"
    assert write(image, 0x1C, 2) == "06001c0002"
    assert respond(image, bytes.fromhex("05 0002 ff00")).hex() == "050002ff00"
    assert read(image, 1, 2, 1) == b"\x01"
    word = next(one for one in image.device.registers if one.name == "status_word")
    assert word.bits == {0: "alarm", 1: "warning"}
    assert len(read(image, 3, 0x31, 4)) == 8


def test_french_with_tabs_in_utf_16_counted_from_one(tmp_path):
    image = table_of(tmp_path, FRENCH.encode("utf-16"))
    show(image, temperature_exterieure=-7.5, debit=1200.0, energie=123456.0)
    assert struct.unpack(">hH", read(image, 4, 0, 2)) == (-75, 1200)
    assert write(image, 10, 43) == "06000a002b"
    assert next(image.bus[n] for n, r in enumerate(image.device.registers) if r.name == "Consigne") == 21.5
    assert struct.unpack(">I", read(image, 3, 11, 2)) == (123456,)


def test_sections_headers_that_come_again_and_bits_of_a_word(tmp_path):
    image = table_of(tmp_path, SECTIONS.encode())
    show(image, Supply=31.27, Return=25.5)
    assert struct.unpack(">hh", read(image, 4, 0, 2)) == (3127, 2550)
    assert write(image, 100, 0x0008) == "0600640008"
    assert [image.bus[n] for n, r in enumerate(image.device.registers) if r.type == "bit"] == [1.0, 0.0]


def test_any_language_with_a_mapping_file(tmp_path, capsys):
    (tmp_path / "words.yaml").write_text(MAPPING, encoding="utf-8")
    image = table_of(tmp_path, POLISH.encode(), "table.csv", "--mapping", str(tmp_path / "words.yaml"))
    show(image, temperatura_zasilania=45.5, cisnienie=2.05)
    assert struct.unpack(">hH", read(image, 4, 100, 2)) == (455, 205)
    assert "factor '10': the register holds so many times the value" in capsys.readouterr().out


def test_a_mapping_file_may_number_the_columns(tmp_path):
    (tmp_path / "words.yaml").write_text("columns: {address: 2, name: 3, type: 1}\nheader: 1\ntable: hr\n")
    data = "x1,x2,x3\nINT16,7,first\nUINT32,8,second\n"
    image = table_of(tmp_path, data.encode(), "table.csv", "--mapping", str(tmp_path / "words.yaml"))
    assert [(r.name, r.address, r.type) for r in image.device.registers] == [
        ("first", 7, "int16"),
        ("second", 8, "uint32"),
    ]


def spreadsheet(path: Path):
    book = openpyxl.Workbook()
    about = book.active
    about.title = "About"
    about.append(["Our device", "revision 3"])
    holding = book.create_sheet("Holding Registers")
    holding.append(["Address", "Name", "Type", "Factor", "Unit", "Access", "Range"])
    holding.append([0, "Set point", "INT16", 0.1, "°C", "R/W", "5 - 60"])
    holding.append([1, "Total", "UINT32", 1, "kWh", "R", None])
    holding.append(["=A3+2", "By a formula", "INT16", 1, None, "R", None])
    measured = book.create_sheet("Input Registers")
    measured.append(["Address", "Name", "Type", "Factor", "Unit"])
    measured.append([0, "Supply", "INT16", 0.01, "°C"])
    book.save(path)


def test_spreadsheets(tmp_path, capsys):
    spreadsheet(tmp_path / "made.xlsx")
    image = table_of(tmp_path, (tmp_path / "made.xlsx").read_bytes(), "made.xlsx")
    show(image, Total=70000.0, Supply=12.34)
    assert write(image, 0, 455) == "06000001c7"
    assert struct.unpack(">I", read(image, 3, 1, 2)) == (70000,)
    assert struct.unpack(">h", read(image, 4, 0, 1)) == (1234,)
    told = capsys.readouterr().out
    assert "not understood: made.xlsx[Holding Registers]:4: '=A3+2' is not an address" in told
    assert "sheet 'About' has no table of registers" in told
    assert "=A3+2; By a formula" in (tmp_path / "device.yaml").read_text(encoding="utf-8")


def test_a_sheet_by_its_name(tmp_path):
    spreadsheet(tmp_path / "made.xlsx")
    image = table_of(tmp_path, (tmp_path / "made.xlsx").read_bytes(), "made.xlsx", "--sheet", "Input Registers")
    assert [register.name for register in image.device.registers] == ["Supply"]


LOST = """Address;Name;Type;Factor;Unit;Access
0;Good;INT16;1;;R
0;Again;INT16;1;;R
1;Odd;FOO;1;;R
2;Half;FLOAT32;1;;R
3;Inside;INT16;1;;R
4;Zero;INT16;0;;R
5;Steps;INT16;1;Schnabel;perhaps
99999;Far;INT16;1;;R
;Nowhere;INT16;1;;R
"""


def test_what_is_not_understood_is_told_and_kept_as_a_comment(tmp_path, capsys):
    image = table_of(tmp_path, LOST.encode())
    told = capsys.readouterr().out
    assert [register.name for register in image.device.registers] == ["Good", "Half", "Steps"]
    for words in (
        "table.csv:3: 'Again' (hr 0) overlaps 'Good' (hr 0) of table.csv:2; the row is a comment",
        "table.csv:4: the type 'FOO' is not known; the row is a comment",
        "table.csv:6: 'Inside' (hr 3) overlaps 'Half' (hr 2-3) of table.csv:5; the row is a comment",
        "table.csv:7: a factor of '0'; the row is a comment",
        "table.csv:8: the unit 'Schnabel' is not known",
        "table.csv:8: the access 'perhaps' is not known",
        "table.csv:9: address 99999 is outside 0 .. 65535; the row is a comment",
        "table.csv:10: no address; the row is a comment",
        "3 registers, 6 rows not understood",
    ):
        assert words in told
    text = (tmp_path / "device.yaml").read_text()
    for name in ("Again", "Odd", "Inside", "Zero", "Far", "Nowhere"):
        assert any(name in line and line.startswith("  # ") for line in text.splitlines())


@pytest.mark.parametrize(
    ("numbering", "address"), [("zero", 40010), ("manual", 9), ("one", 40009)]
)  # fmt: skip
def test_options_go_before_guesses(tmp_path, numbering, address):
    data = b"Address,Name,Type\n40010,First,INT16\n"
    image = table_of(tmp_path, data, "table.csv", "--numbering", numbering)
    assert image.device.registers[0].address == address


def test_addresses_that_only_look_like_those_of_a_manual(tmp_path):
    data = b"Address,Name,Type,Register type\n40004,Outdoor,INT16,holding\n32260,Curve,INT16,holding\n"
    image = table_of(tmp_path, data)
    assert [register.address for register in image.device.registers] == [40004, 32260]


def test_names_that_no_ascii_has_are_kept_in_the_comment(tmp_path):
    image = table_of(tmp_path, "Address,Name,Type\n7,供水温度,INT16\n".encode())
    assert [(r.name, r.comment) for r in image.device.registers] == [("hr_7", "供水温度")]


def test_values_in_rows_of_their_own(tmp_path):
    data = b"Address;Name;Type;Description\n5;Mode;ENUM;0 = off\n;;;1 = heating\n;;;2 = cooling\n6;Next;INT16;\n"
    image = table_of(tmp_path, data)
    assert image.device.registers[0].values == {0: "off", 1: "heating", 2: "cooling"}


def test_the_file_is_printed_where_no_other_is_named(tmp_path, capsys):
    (tmp_path / "table.csv").write_bytes(LOST.encode())
    assert main(["import", str(tmp_path / "table.csv"), "--name", "mine", "--source", "manual 3, page 4"]) == 0
    told = capsys.readouterr()
    (tmp_path / "mine.yaml").write_text(told.out)
    assert read_device(tmp_path / "mine.yaml").source == "manual 3, page 4"
    assert "guessed: column 1 'Address' -> address" in told.err


def test_nothing_is_written_over_a_file(tmp_path, capsys):
    (tmp_path / "table.csv").write_bytes(LOST.encode())
    (tmp_path / "device.yaml").write_text("mine")
    assert main(["import", str(tmp_path / "table.csv"), "--out", str(tmp_path / "device.yaml")]) == 2
    assert (tmp_path / "device.yaml").read_text() == "mine"
    assert "is there already" in capsys.readouterr().err
