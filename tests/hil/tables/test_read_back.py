"""Any device, written in any dialect, is read back as it was."""

import csv
import io
from dataclasses import dataclass

import openpyxl
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hil.bus.maps.register_types import TYPES
from hil.tables.device_text import settled
from hil.tables.table_file import read_table
from hil.tables.words import MappingFile

HEADERS = {
    "address": ["Address", "Register address", "Adresse", "Registeradresse", "Adresse Modbus"],
    "name": ["Name", "Parameter", "Bezeichnung", "Désignation", "Signal name"],
    "type": ["Data type", "Datentyp", "Type de données", "Format"],
    "table": ["Register type", "Registertyp", "Type de registre", "Table"],
    "function": ["Function code", "FC", "Funktionscode", "Code fonction"],
    "factor": ["Factor", "Scale", "Faktor", "Facteur", "Resolution"],
    "unit": ["Unit", "Einheit", "Unité"],
    "access": ["Access", "R/W", "Zugriff", "Accès"],
    "min": ["Min", "Minimum", "Min. value"],
    "max": ["Max", "Maximum", "Max. value"],
    "values": ["Values", "Werte", "Valeurs possibles", "Enumeration"],
    "order": ["Word order", "Byte order", "Bytereihenfolge"],
}
TYPES_WRITTEN = {
    "int16": ["INT16", "S16", "INT", "signed 16 bit"], "uint16": ["UINT16", "U16", "WORD", "unsigned int"],
    "int32": ["INT32", "S32", "DINT", "LONG"], "uint32": ["UINT32", "U32", "DWORD"], "int64": ["INT64", "LINT"],
    "float32": ["FLOAT", "REAL", "FLOAT32", "IEEE 754"], "float64": ["DOUBLE", "FLOAT64"], "enum": ["ENUM", "UINT16"],
    "bool": ["BOOL", "Bit", ""], "uint64": ["UINT64", "u64"], "bcd16": ["BCD"],
}  # fmt: skip
UNITS_WRITTEN = {
    "1": ["", "-"], "degC": ["°C", "Grad C", "deg C"], "m3/h": ["m³/h", "m3/h"], "%": ["%"], "kWh": ["kWh", "KWH"],
    "bar": ["bar", "bar(g)"], "kW": ["kW"], "l/h": ["l/h"], "h": ["Std.", "hours"], "K": ["K", "Kelvin"],
}  # fmt: skip
ACCESS_WRITTEN = {
    "r": ["R", "RO", "read only", "nur lesen"], "rw": ["RW", "R/W", "read/write", "L/S"], "w": ["W", "WO"],
}  # fmt: skip
TABLES_WRITTEN = {
    "hr": ["Holding", "Holding register", "Halteregister", "4x"], "ir": ["Input register", "Eingangsregister", "3x"],
    "co": ["Coil", "0x"], "di": ["Discrete input", "1x"],
}  # fmt: skip
ORDERS_WRITTEN = {"ABCD": ["ABCD", "big endian"], "CDAB": ["CDAB", "low word first"], "DCBA": ["DCBA", "little endian"]}
FUNCTIONS = {
    ("hr", "r"): "3", ("hr", "rw"): "FC3/FC6", ("hr", "w"): "06, 16", ("ir", "r"): "04", ("di", "r"): "0x02",
    ("co", "r"): "1", ("co", "rw"): "1/5/15", ("co", "w"): "05",
}  # fmt: skip
FIRST = {"co": 0, "di": 1, "ir": 3, "hr": 4}


@dataclass(frozen=True)
class Row:
    table: str
    address: int
    name: str
    type: str
    order: str
    scale: float
    uom: str
    access: str
    min: float | None
    max: float | None
    values: tuple[tuple[int, str], ...]


@st.composite
def rows(draw):
    found, free = [], dict.fromkeys(FIRST, 0)
    for number in range(draw(st.integers(2, 8))):
        table = draw(st.sampled_from(sorted(FIRST)))
        kind = (
            "bool" if table in ("co", "di") else draw(st.sampled_from([one for one in TYPES_WRITTEN if one != "bool"]))
        )
        address = free[table] + draw(st.integers(0, 9))
        free[table] = address + TYPES[kind].words
        wide, numeric = TYPES[kind].words > 1, TYPES[kind].numeric
        scale = draw(st.sampled_from([1.0, 0.1, 0.01, 0.5, 0.001])) if numeric else 1.0
        limits = draw(st.sampled_from([(None, None), (0.0, 2.5), (1.0, None), (0.5, 6.0)])) if numeric else (None, None)
        values = draw(st.sampled_from([((0, "off"), (1, "on")), ((0, "Aus"), (5, "Ein"), (7, "sehr hell"))]))
        found.append(
            Row(
                table, address, f"{draw(st.sampled_from(['Supply', 'pump_speed', 'x', 'T']))}_{number}", kind,
                draw(st.sampled_from(sorted(ORDERS_WRITTEN))) if wide else "", scale,
                draw(st.sampled_from(sorted(UNITS_WRITTEN))) if numeric else "1",
                draw(st.sampled_from(["r", "rw", "w"] if table in ("co", "hr") else ["r"])), *limits,
                values if kind == "enum" else (),
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Dialect:
    addresses: str
    decimal: str
    separator: str
    encoding: str
    tables: str
    factors: str
    pairs: str


DIALECTS = st.builds(
    Dialect,
    st.sampled_from(["manual5", "manual6", "zero", "one", "0x", "h", "4x", "range"]),
    st.sampled_from([".", ","]),
    st.sampled_from([";", "\t", ",", "|", "xlsx"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from(["table", "function"]),
    st.sampled_from(["plain", "over", "times", "share"]),
    st.sampled_from(["{}={}", "{}: {}", "{} - {}"]),
)


def written_number(value, dialect):
    return f"{value:g}".replace(".", dialect.decimal)


def written_address(row, dialect):
    first, words = FIRST[row.table], TYPES[row.type].words
    number = row.address + 1
    plain = {
        "manual5": f"{first}{number:04d}", "manual6": f"{first}{number:05d}", "zero": str(row.address),
        "0x": f"0x{row.address:04X}", "h": f"{row.address:04x}h", "4x": f"{first}x{number:04d}",
        "range": str(row.address), "one": str(number),
    }[dialect.addresses]  # fmt: skip
    return f"{plain}-{row.address + words - 1}" if dialect.addresses == "range" and words > 1 else plain


def written_factor(row, dialect):
    divisor = round(1 / row.scale)
    if row.scale == 1.0:
        return "1"
    share = {"over": f"/{divisor}", "times": f"x{divisor}", "share": f"1/{divisor}"}
    return share.get(dialect.factors, written_number(row.scale, dialect))


def exported(found, dialect, draw, path):
    """The file of a device in a dialect, with its columns in any order and language."""
    order = draw(st.permutations([name for name in HEADERS if name not in {"table", "function"} - {dialect.tables}]))
    heads = {name: draw(st.sampled_from(HEADERS[name])) for name in order}
    if dialect.addresses == "one":
        heads["address"] += " (1-based)"
    lines = [["A device of the tests"], [], [heads[name] for name in order]]
    between = draw(st.sampled_from(["; ", ", ", "\n"] if dialect.pairs != "{} - {}" else [" / ", "\n"]))
    for row in found:
        cells = {
            "address": written_address(row, dialect),
            "name": row.name,
            "type": draw(st.sampled_from(TYPES_WRITTEN[row.type])),
            "table": draw(st.sampled_from(TABLES_WRITTEN[row.table])),
            "function": FUNCTIONS[row.table, row.access],
            "factor": written_factor(row, dialect) if TYPES[row.type].numeric else "",
            "unit": draw(st.sampled_from(UNITS_WRITTEN[row.uom])),
            "access": draw(st.sampled_from(ACCESS_WRITTEN[row.access])),
            "min": "" if row.min is None else written_number(row.min, dialect),
            "max": "" if row.max is None else written_number(row.max, dialect),
            "values": between.join(dialect.pairs.format(*pair) for pair in row.values),
            "order": draw(st.sampled_from(ORDERS_WRITTEN[row.order])) if row.order else "",
        }
        lines.append([cells[name] for name in order])
    if dialect.separator == "xlsx":
        book = openpyxl.Workbook()
        for line in lines:
            book.active.append(line)
        file = path / "made.xlsx"
        book.save(file)
        return file
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=dialect.separator).writerows(lines)
    file = path / "made.csv"
    file.write_bytes(out.getvalue().encode(dialect.encoding))
    return file


def seen(register):
    wide = TYPES[register.type].words > 1
    return Row(
        register.table, register.address, register.name, register.type, register.wire_order if wide else "",
        register.scale, register.uom, register.access, register.min, register.max, tuple(register.values.items()),
    )  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=rows(), dialect=DIALECTS, data=st.data())
def test_any_device_in_any_dialect_is_read_back(found, dialect, data, tmp_path):
    only_coils = all(row.table == "co" for row in found)
    assume(dialect.addresses != "4x" or not only_coils)  # 0x0001 alone is a hexadecimal number
    file = exported(found, dialect, data.draw, tmp_path)
    table = read_table(file, MappingFile(decimal=dialect.decimal))
    text, device = settled(table, "device", "the tests")
    assert [seen(register) for register in device.registers] == found, text
    assert not [entry for entry in table.entries if entry.lost or entry.notes]
