"""Tables that are meant to harm, or that are none: refused in a line, or read as the text that they are."""

import io
import random
import zipfile

import openpyxl
import pytest

from hil.bus.maps.device_file import parse_device
from hil.cli import main
from hil.tables.device_text import settled
from hil.tables.sheet import MOST_BYTES, MOST_ROWS
from hil.tables.table_file import read_table
from hil.tables.words import MappingFile
from twin.errors import InputError

GOOD = "Address;Name;Type;Factor;Unit;Values;Remark\n0;First;INT16;0.1;degC;0..10;none\n1;Mode;ENUM;;;0=off,1=on;\n"


def refused(tmp_path, capsys, data, name="table.csv"):
    (tmp_path / name).write_bytes(data)
    assert main(["import", str(tmp_path / name)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("geotwin: ")
    assert len(told.splitlines()) == 1
    return told


def packed(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "nothing in it"),
        (b"\n \n", "nothing in it"),
        (b"hello world\n", "no row names a column of addresses"),
        (b"Address;Name\n", "no row is a register; there is none below the header"),
        (b"Address;Name;Type\nx;y;z\n", "no row is a register; table.csv:2: 'x' is not an address"),
        (b"\xff\xfeA\x00\x00\xd8", "not text in utf-16-le"),
        (b"\xd0\xcf\x11\xe0 old", "a spreadsheet of the old binary kind"),
        (b"PK\x03\x04 not a zip", "not a spreadsheet that can be read"),
        (b"Address;Name\n" + b"1;x\n" * (MOST_ROWS + 1), f"more than {MOST_ROWS:,} rows"),
        (b'Address;Name\n1;"' + b"x" * 200_000 + b'"\n', "not CSV: field larger than field limit"),
        (b"x" * (MOST_BYTES + 1), f"at most {MOST_BYTES:,} are read"),
    ],
)
def test_what_is_no_table(tmp_path, capsys, data, told):
    assert told in refused(tmp_path, capsys, data)


def test_spreadsheets_that_unpack_to_too_much(tmp_path, capsys):
    data = packed(xl__workbook_xml=b"0" * 101_000_000)
    assert len(data) < 200_000
    assert "unpacks to 101,000,000 bytes" in refused(tmp_path, capsys, data, "bomb.xlsx")


def test_spreadsheets_that_declare_entities(tmp_path, capsys):
    data = packed(xl__workbook_xml=b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "b">]><x>&a;</x>')
    assert "declares a document type" in refused(tmp_path, capsys, data, "entities.xlsx")


def test_archives_that_are_no_spreadsheets(tmp_path, capsys):
    assert "not a spreadsheet" in refused(tmp_path, capsys, packed(a_xml=b"<a/>"), "archive.xlsx")


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x")', "@SUM(A1)", "+1+1", "-1+cmd|' /C calc'!A0"])
def test_formulas_are_texts(tmp_path, formula):
    (tmp_path / "table.csv").write_text(f"Address\tName\tType\tRemark\n0\t{formula}\tINT16\t{formula}\n")
    _, device = settled(read_table(tmp_path / "table.csv", MappingFile()), "d", "s")
    assert device.registers[0].comment.split("; ")[-1] == formula


def test_texts_cannot_leave_their_place_in_the_file(tmp_path):
    evil = 'a", scale: 7}\n  - {table: hr, address: 9, name: evil}\x1b[31m\u2028\u202e#: {}'
    (tmp_path / "table.csv").write_text(
        "Address;Name;Type;Remark;Values\n"
        f'0;"{evil.replace(chr(34), chr(34) * 2)}";INT16;"{evil.replace(chr(34), chr(34) * 2)}";\n'
        f'1;two;FOO;"{evil.replace(chr(34), chr(34) * 2)}";\n'
        f'2;three;ENUM;;"0=}} x: [,1={{evil"\n',
        encoding="utf-8",
    )
    text, device = settled(read_table(tmp_path / "table.csv", MappingFile()), "d", evil)
    assert [register.address for register in device.registers] == [0, 2]
    assert device.registers[0].scale == 1.0
    assert "\x1b" not in text
    assert "\u2028" not in text
    assert parse_device(text, "d.yaml") == device


def test_many_names_that_are_the_same_are_told_apart(tmp_path):
    rows = "".join(f"{number};Same name;INT16\n" for number in range(500))
    (tmp_path / "table.csv").write_text(f"Address;Name;Type\n{rows}")
    _, device = settled(read_table(tmp_path / "table.csv", MappingFile()), "d", "s")
    assert len({register.name for register in device.registers}) == 500


def test_more_registers_than_a_device_file_holds(tmp_path, capsys):
    rows = b"".join(b"%d;n;INT16;R\n" % number for number in range(20_100))
    told = refused(tmp_path, capsys, b"Address;Name;Type;Access\n" + rows)
    assert "table.csv: the device file of 20,100 registers: more than 100,000 keys and values" in told


def test_a_damaged_table_is_read_or_refused(tmp_path):
    """Bytes of a table changed at random: what comes out is a device that is taken, or an InputError."""
    dice = random.Random(5)
    book = openpyxl.Workbook()
    for line in GOOD.splitlines():
        book.active.append(line.split(";"))
    book.save(tmp_path / "table.xlsx")
    for name, data in (("damaged.csv", GOOD.encode()), ("damaged.xlsx", (tmp_path / "table.xlsx").read_bytes())):
        for _ in range(150):
            damaged = bytearray(data)
            for _ in range(dice.randint(1, 6)):
                damaged[dice.randrange(len(damaged))] = dice.randrange(256)
            (tmp_path / name).write_bytes(bytes(damaged))
            try:
                text, device = settled(read_table(tmp_path / name, MappingFile()), "d", "s")
            except InputError:
                continue
            assert parse_device(text, "d.yaml") == device


def test_mapping_files_are_checked(tmp_path, capsys):
    (tmp_path / "table.csv").write_text(GOOD)
    for text, told in (
        ("columns: {adress: x}\n", "words.yaml:1:11: no meaning of a column 'adress'; did you mean 'address'?"),
        ("types: {int17: x}\n", "no type 'int17'; did you mean"),
        ("units: {Schnabel: x}\n", "no unit 'Schnabel'"),
        ("access: {x: x}\n", "no access 'x'"),
        ("columns: {address: 1, name: 2}\n", "say with `header` which row is the last before the data"),
        ("columns: {address: 40}\nheader: 1\n", "no column 40 for 'address'; the header has 7"),
        ("header: 400\n", "no row 400 for the header"),
        ("order: ABDC\n", "no order 'ABDC'"),
        ("colums: {}\n", "did you mean 'columns'?"),
    ):
        (tmp_path / "words.yaml").write_text(text)
        assert main(["import", str(tmp_path / "table.csv"), "--mapping", str(tmp_path / "words.yaml")]) == 2
        assert told in capsys.readouterr().err
