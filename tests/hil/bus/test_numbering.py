"""Addresses as manuals count them are never taken for those of the protocol."""

import pytest

from hil.bus.maps.device_file import parse_device
from twin.errors import InputError

HEAD = "device: d\nsource: s\n"


def addresses(lines, numbering=""):
    text = HEAD + (f"numbering: {numbering}\n" if numbering else "") + "registers:\n"
    text += "".join(f"  - {{name: r{n}, {line}}}\n" for n, line in enumerate(lines))
    return [(r.table, r.address) for r in parse_device(text, "d.yaml").registers]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("table: hr, address: 40001", ("hr", 0)),
        ("table: hr, address: 400001", ("hr", 0)),
        ("table: hr, address: 465536", ("hr", 65535)),
        ("table: ir, address: 30011", ("ir", 10)),
        ("table: di, address: 10002, type: bool", ("di", 1)),
        ("table: co, address: 1, type: bool", ("co", 0)),
        ("table: co, address: 000017, type: bool", ("co", 16)),
        ("address: 49999", ("hr", 9998)),
    ],
)
def test_a_manual_s_numbers_are_translated(given, expected):
    assert addresses([given], "manual") == [expected]


@pytest.mark.parametrize(
    ("given", "numbering", "message"),
    [
        (
            "table: hr, address: 40011",
            "",
            "address 40011 looks like a manual's number; write 10, or `numbering: manual`",
        ),
        ("table: hr, address: 400011", "", "address 400011 looks like a manual's number; write 10"),
        ("table: ir, address: 30001", "", "write 0"),
        ("table: di, address: 10001, type: bool", "", "write 0"),
        ("table: ir, address: 40001", "manual", "40001 of a manual is hr, but the table is ir"),
        ("table: hr, address: 20001", "manual", "20001 is no address of a manual"),
        ("table: hr, address: 40000", "manual", "40000 is no address of a manual"),
        ("table: hr, address: 0", "manuel", "no numbering 'manuel'; did you mean 'manual'?"),
    ],
)
def test_what_is_not_clear_is_refused_with_what_to_write(given, numbering, message):
    with pytest.raises(InputError) as error:
        addresses([given], numbering)
    assert message in str(error.value)
    assert str(error.value).startswith("d.yaml:")


def test_a_device_that_really_counts_so_says_it():
    assert addresses(["table: hr, address: 40001"], "protocol") == [("hr", 40001)]
    assert addresses(["table: ir, address: 40001"]) == [("ir", 40001)]
    assert addresses(["table: hr, address: 9999"]) == [("hr", 9999)]


def test_a_csv_file_says_it_above_its_header():
    text = "# device: d\n# source: s\n# numbering: manual\ntable,address,name\nhr,40003,a\n"
    assert parse_device(text, "d.csv").registers[0].address == 2
