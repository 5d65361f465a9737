"""Single cells as makers write them, and what they mean."""

import pytest

from hil.tables import cells
from hil.tables.addresses import address, protocol_address
from hil.tables.entry import NotUnderstoodError
from hil.tables.enumerations import limits, names_of, word_names
from hil.tables.numbers import decimal_sign, factor, number
from hil.tables.value_types import value_type
from hil.tables.words import MappingFile, Vocabulary

WORDS = Vocabulary(MappingFile())


@pytest.mark.parametrize(
    ("text", "numbering", "table", "expected"),
    [
        ("40001", "manual", "", ("hr", 0)), ("30010", "manual", "ir", ("ir", 9)),
        ("400123", "manual", "hr", ("hr", 122)), ("10001", "manual", "", ("di", 0)), ("7", "manual", "", ("co", 6)),
        ("000001", "manual", "", ("co", 0)), ("465536", "manual", "", ("hr", 65535)),
        ("4x0001", "zero", "", ("hr", 0)), ("3x00012", "zero", "", ("ir", 11)), ("0x1A", "zero", "hr", ("hr", 26)),
        ("0x1A", "manual", "hr", ("hr", 26)), ("1Ah", "zero", "hr", ("hr", 26)), ("1A h", "one", "hr", ("hr", 26)),
        ("00FF", "zero", "ir", ("ir", 255)), ("$0010", "zero", "hr", ("hr", 16)),
        ("16#00A0", "zero", "hr", ("hr", 160)), ("HR 12", "zero", "", ("hr", 12)), ("IR12", "one", "", ("ir", 11)),
        ("12", "one", "hr", ("hr", 11)), ("0", "zero", "hr", ("hr", 0)), ("40 001", "manual", "", ("hr", 0)),
        ("40.001", "manual", "", ("hr", 0)),
    ],
)  # fmt: skip
def test_addresses(text, numbering, table, expected):
    assert protocol_address(address(text), table, numbering) == expected


@pytest.mark.parametrize(
    ("text", "number_", "count", "bit"),
    [
        ("40001-40002", 40001, 2, None), ("40001 - 40004", 40001, 4, None), ("40001-02", 40001, 2, None),
        ("40009/10", 40009, 2, None), ("40001...40002", 40001, 2, None), ("0x10-0x11", 16, 2, None),
        ("100 to 101", 100, 2, None), ("100 bis 103", 100, 4, None), ("100,101", 100, 2, None),
        ("40010.3", 40010, 0, 3), ("40010.15", 40010, 0, 15), ("12 bit 4", 12, 0, 4), ("12:0", 12, 0, 0),
        ("40010, Bit 7", 40010, 0, 7),
    ],
)  # fmt: skip
def test_ranges_and_bits(text, number_, count, bit):
    found = address(text)
    assert (found.number, found.count, found.bit) == (number_, count, bit)


@pytest.mark.parametrize(
    "text", ["", "abc!", "-5", "40002-40001", "1-999", "=A1+1", "1.5e9", "9" * 400, "0x12345", "4xfoo"]
)
def test_what_is_no_address(text):
    with pytest.raises(NotUnderstoodError):
        address(text)


@pytest.mark.parametrize(
    ("text", "table", "numbering"),
    [
        ("40001", "ir", "manual"),
        ("0", "hr", "one"),
        ("20001", "", "manual"),
        ("40000", "", "manual"),
        ("70000", "hr", "zero"),
    ],
)
def test_addresses_that_cannot_be(text, table, numbering):
    with pytest.raises(NotUnderstoodError):
        protocol_address(address(text), table, numbering)


def test_a_column_in_hex_or_of_coils():
    assert address("0010", hexadecimal=True).number == 16
    found = address("0x0003", coils=True)
    assert (found.table, found.number, found.manual) == ("co", 3, True)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INT16", "int16"), ("S16", "int16"), ("I16", "int16"), ("s16", "int16"), ("INT", "int16"), ("SHORT", "int16"),
        ("signed int 16", "int16"), ("16 bit signed", "int16"), ("Signed 16-bit", "int16"),
        ("16bit signed integer", "int16"), ("U16", "uint16"), ("UINT", "uint16"), ("UINT16", "uint16"),
        ("unsigned", "uint16"), ("WORD", "uint16"), ("unsigned 16 bit", "uint16"),
        ("16 bit ohne Vorzeichen", "uint16"), ("entier non signé", "uint16"), ("UINT32", "uint32"), ("U32", "uint32"),
        ("DWORD", "uint32"), ("UDINT", "uint32"), ("unsigned long", "uint32"), ("INT32", "int32"), ("DINT", "int32"),
        ("LONG", "int32"), ("32-bit signed integer", "int32"), ("int_32", "int32"), ("UINT64", "uint64"),
        ("LINT", "int64"), ("acc32", "uint32"), ("enum16", "enum"), ("ENUM", "enum"), ("FLOAT", "float32"),
        ("REAL", "float32"), ("float32", "float32"), ("IEEE754", "float32"), ("IEEE 754 float", "float32"),
        ("Float 32 bit", "float32"), ("F32", "float32"), ("DOUBLE", "float64"), ("float64", "float64"),
        ("LREAL", "float64"), ("BOOL", "bool"), ("Boolean", "bool"), ("BIT", "bool"), ("1 bit", "bool"),
        ("bitfield16", "bitfield"), ("Bitmap", "bitfield"), ("BCD", "bcd16"), ("BCD32", "bcd32"),
        ("STRING(16)", "string"), ("CHAR[8]", "string"), ("BYTE", "uint8"),
    ],
)  # fmt: skip
def test_types(text, expected):
    assert value_type(text, {}, WORDS.orders).name == expected


@pytest.mark.parametrize(
    ("text", "name", "order"),
    [
        ("FLOAT CDAB", "float32", "CDAB"), ("UINT32 (little endian)", "uint32", "DCBA"),
        ("float32 swapped", "float32", "CDAB"), ("INT32, low word first", "int32", "CDAB"),
        ("uint16 big endian", "uint16", ""), ("REAL (ABCD)", "float32", "ABCD"),
    ],
)  # fmt: skip
def test_types_with_an_order(text, name, order):
    found = value_type(text, {}, WORDS.orders)
    assert (found.name, found.order) == (name, order)


def test_the_size_follows_from_the_number_of_registers_only_where_it_is_not_told():
    assert value_type("INT", {}, {}).in_words(2).name == "int32"
    assert value_type("unsigned", {}, {}).in_words(4).name == "uint64"
    assert value_type("FLOAT", {}, {}).in_words(4).name == "float64"
    with pytest.raises(NotUnderstoodError, match="a int16 takes 1 registers, not 2"):
        value_type("INT16", {}, {}).in_words(2)


@pytest.mark.parametrize("text", ["FOO", "INT17", "datetime", "", "128 bit", "float16"])
def test_types_that_are_not_known(text):
    with pytest.raises(NotUnderstoodError):
        value_type(text, {}, WORDS.orders)


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("0.1", ".", 0.1), ("0,1", ",", 0.1), ("1/100", ".", 0.01), ("/10", ".", 0.1), ("÷10", ".", 0.1),
        ("1:10", ".", 0.1), ("x10", ".", 0.1), ("*100", ".", 0.01), ("x 0,1", ",", 0.1), ("x0.5", ".", 0.5),
        ("10x", ".", 0.1), ("10^-2", ".", 0.01), ("10-1", ".", 0.1), ("1E-3", ".", 0.001), ("1", ".", 1.0),
        ("10", ".", 10.0), ("1'000", ".", 1000.0), ("-1", ".", -1.0),
    ],
)  # fmt: skip
def test_factors(text, decimal, expected):
    assert factor(text, decimal, "multiply", "divide") == expected


def test_a_whole_factor_in_either_sense():
    assert factor("10", ".", "divide", "divide") == 0.1
    assert factor("x10", ".", "multiply", "multiply") == 10.0
    assert factor("0.1", ".", "divide", "divide") == 0.1


@pytest.mark.parametrize("text", ["0", "/0", "x0", "ten", "1/0", "", "nan", "inf", "=1/10", "1e400"])
def test_what_is_no_factor(text):
    with pytest.raises(NotUnderstoodError):
        factor(text, ".", "multiply", "divide")


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1,000", ".", 1000.0), ("1.000", ",", 1000.0), ("1,000", ",", 1.0), ("0,125", ",", 0.125), ("−5", ".", -5.0),
        ("1.234.567,5", ",", 1234567.5), ("0x10", ".", 16.0),
    ],
)  # fmt: skip
def test_numbers(text, decimal, expected):
    assert number(text, decimal) == expected


def test_the_decimal_sign_is_seen_only_where_it_is_clear():
    assert decimal_sign(["1,000", "10", "0,1"]) == ","
    assert decimal_sign(["1.000", "2.5"]) == "."
    assert decimal_sign(["1,000", "2.000", "7"]) == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0=OFF;1=ON", {0: "OFF", 1: "ON"}), ("0: off, 1: on", {0: "off", 1: "on"}),
        ("0 - Aus / 1 - Ein", {0: "Aus", 1: "Ein"}), ("0 = off\n1 = on", {0: "off", 1: "on"}),
        ("0:Off 1:On 2:Auto", {0: "Off", 1: "On", 2: "Auto"}), ("0) off 1) on", {0: "off", 1: "on"}),
        ("0 – Aus; 1 – Ein", {0: "Aus", 1: "Ein"}), ("0=off|1=on", {0: "off", 1: "on"}),
        ("0=Off, 1=Auto (night, cooling)", {0: "Off", 1: "Auto (night, cooling)"}),
        ("0x00=off,0x10=on", {0: "off", 16: "on"}),
        ("0=reserved;1=reserved;2=on", {0: "reserved 0", 1: "reserved 1", 2: "on"}),
        ("(0=off, 1=on)", {0: "off", 1: "on"}), ("0..100", {}), ("-30 - 50", {}), ("0 - 100", {}), ("see page 5", {}),
        ("", {}), ("0=1;1=2", {}),
    ],
)  # fmt: skip
def test_names_of_numbers(text, expected):
    assert names_of(text) == expected


def test_names_below_zero_are_those_of_a_word():
    assert word_names("-1=fault;0=off") == {65535: "fault", 0: "off"}


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("0..100", ".", (0, 100)), ("0 - 100", ".", (0, 100)), ("-30 - 50 °C", ".", (-30, 50)),
        ("-30...-5", ".", (-30, -5)), ("5 bis 60", ".", (5, 60)), ("0 to 1", ".", (0, 1)), ("[0;100]", ".", (0, 100)),
        ("0,5 … 2,5", ",", (0.5, 2.5)), ("min: 0 max: 100", ".", (0, 100)), ("10 °C - 30 °C", ".", (10, 30)),
        ("0~65535", ".", (0, 65535)), ("15.5-30.0", ".", (15.5, 30)),
    ],
)  # fmt: skip
def test_ranges(text, decimal, expected):
    assert limits(text, decimal) == expected


@pytest.mark.parametrize("text", ["100..0", "any", "5", "1-2-3", "..5"])
def test_what_is_no_range(text):
    with pytest.raises(NotUnderstoodError):
        limits(text, ".")


@pytest.mark.parametrize(
    ("text", "uom", "beside"),
    [
        ("°C", "degC", ""), ("Grad C", "degC", ""), ("0.1 °C", "degC", "0.1"), ("0,1°C", "degC", "0,1"),
        ("°C x10", "degC", "x10"), ("°C*10", "degC", "*10"), ("1/10 °C", "degC", "1/10"), ("°C/10", "degC", "/10"),
        ("m³/h", "m3/h", ""), ("l/h", "l/h", ""), ("%", "%", ""), ("% r.F.", "%", ""), ("kWh", "kWh", ""),
        ("KWH", "kWh", ""), ("1/min", "rpm", ""), ("U/min", "rpm", ""), ("Std.", "h", ""), ("Stunden", "h", ""),
        ("-", "1", ""), ("bar(g)", "bar", ""), ("0.01bar", "bar", "0.01"), ("[kW]", "kW", ""), ("W/m²", "W/m2", ""),
        ("Hz", "Hz", ""), ("sec", "s", ""), ("C", "degC", ""),
    ],
)  # fmt: skip
def test_units(text, uom, beside):
    assert cells.unit(text, WORDS.units) == (uom, beside)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R", "r"), ("W", "w"), ("RW", "rw"), ("RO", "r"), ("R/W", "rw"), ("read only", "r"), ("Read-Only", "r"),
        ("WO", "w"), ("read/write", "rw"), ("r + w", "rw"), ("nur lesen", "r"), ("lesen/schreiben", "rw"),
        ("L/S", "rw"), ("schreiben", "w"), ("lecture seule", "r"), ("lecture / écriture", "rw"), ("L", "r"),
        ("read only (service)", "r"),
    ],
)  # fmt: skip
def test_access(text, expected):
    assert cells.access(text, WORDS.access) == expected


@pytest.mark.parametrize(
    ("text", "tables", "expected"),
    [
        ("3", ("hr",), "r"), ("03", ("hr",), "r"), ("0x04", ("ir",), "r"), ("FC3", ("hr",), "r"),
        ("FC03/FC06/FC16", ("hr",), "rw"), ("3, 6, 16", ("hr",), "rw"), ("03h", ("hr",), "r"),
        ("1, 5, 15", ("co",), "rw"), ("2", ("di",), "r"), ("6", ("hr",), "w"), ("16", ("hr",), "w"),
        ("0x10", ("hr",), "w"), ("3/4", ("hr", "ir"), "r"), ("03 (read)", ("hr",), "r"),
        ("Read: 3 Write: 16", ("hr",), "rw"),
    ],
)  # fmt: skip
def test_function_codes(text, tables, expected):
    assert cells.functions(text) == (tables, expected)


@pytest.mark.parametrize("text", ["99", "pump control", "", "43"])
def test_what_is_no_function_code(text):
    with pytest.raises(NotUnderstoodError):
        cells.functions(text)


@pytest.mark.parametrize(
    ("text", "header", "expected"),
    [
        ("2", "Words", 2),
        ("32 bit", "Size", 2),
        ("4", "Bytes", 2),
        ("16 bits", "Length", 1),
        ("1", "Anzahl Register", 1),
        ("2 words", "", 2),
    ],
)
def test_sizes(text, header, expected):
    assert cells.words(text, header) == expected
