"""Device files: what is read, that CSV means the same, and what is refused, with its place."""

import csv
import io
from pathlib import Path

import jsonschema
import pytest
import yaml

from hil.bus.maps.device_csv import COLUMNS, cells
from hil.bus.maps.device_file import parse_device, read_device
from hil.bus.maps.device_map import DeviceMap
from twin.errors import InputError

EXAMPLE = Path(__file__).parents[1] / "data" / "chiller_gateway.yaml"
HEAD = 'device: d\nsource: "manual"\nregisters:\n'


def as_csv(device: DeviceMap) -> str:
    """The CSV form of a device, as a person would write it."""
    identity = {} if device.identity is None else device.identity.model_dump()
    lines = [f"# device: {device.device}", f"# source: {device.source}"]
    lines += [f"# identity.{key}: {value}" for key, value in identity.items() if value]
    lines += ["# allow_partial: true"] if device.allow_partial else []
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells(register) for register in device.registers)
    return "\n".join(lines) + "\n" + out.getvalue()


def test_the_example_is_read_as_written() -> None:
    device = read_device(EXAMPLE)
    by_name = {register.name: register for register in device.registers}
    assert device.identity is not None
    assert (device.device, device.identity.revision, len(device.registers)) == ("chiller_gateway", "2.1", 22)
    assert by_name["mode_cmd"].values == {0: "off", 1: "heat", 2: "cool"}
    assert by_name["energy_count"].words == 4
    assert by_name["supply_sp"].wire_order == "AB"
    assert by_name["flow"].wire_order == "ABCD"
    assert by_name["model"].words == 4
    assert not by_name["leaving_temp"].writable


def test_csv_and_yaml_mean_the_same() -> None:
    device = read_device(EXAMPLE)
    again = parse_device(as_csv(device), "chiller_gateway.csv")
    filled = [register.model_copy(update={"order": register.wire_order}) for register in device.registers]
    filled = [r.model_copy(update={"order": None}) if r.table in ("co", "di") else r for r in filled]
    assert again == device.model_copy(update={"registers": tuple(filled)})
    assert as_csv(again) == as_csv(device)


def test_a_csv_as_a_spreadsheet_saves_it() -> None:
    text = (
        "\ufeff# device: meter\r\n# source: manual, page 3\r\n# identity.vendor: Kam\r\n# identity.product: M\r\n"
        'name,table,address,type,scale,uom,values,comment\r\nflow,ir,004,int32,1e-3,L/s,,"a, b"\r\n'
        "mode,hr,0,enum,,,0=off; 1=on,\r\n"
    )
    device = parse_device(text, "m.csv")
    assert device.source == "manual, page 3"
    assert (device.registers[0].address, device.registers[0].scale, device.registers[0].comment) == (4, 0.001, "a, b")
    assert device.registers[1].values == {0: "off", 1: "on"}


def test_the_schema_for_editors_takes_the_example() -> None:
    schema = DeviceMap.model_json_schema()
    tree = yaml.safe_load(EXAMPLE.read_text())
    for register in tree["registers"]:
        register["values"] = {str(k): str(v) for k, v in register.get("values", {}).items()}
        register["bits"] = {str(k): v for k, v in register.get("bits", {}).items()}
    jsonschema.validate(tree, schema)
    tree["registers"][0]["type"] = "flot32"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tree, schema)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{table: ir, address: 0, name: a, type: flot32}", "d.yaml:4:44: no type 'flot32'; did you mean 'float32'?"),
        ("{table: ix, address: 0, name: a}", "d.yaml:4:13: no table 'ix'"),
        ("{table: ir, address: 0, name: a, order: ABDC, type: int32}", "d.yaml:4:45: no order 'ABDC'; did you mean"),
        ("{table: ir, address: 0, name: a, typ: int16}", "d.yaml:4:38: no key 'typ'; did you mean 'type'?"),
        ("{table: ir, address: 70000, name: a}", "d.yaml:4:26: registers.0.address: "),
        ("{table: ir, address: 65535, name: a, type: int32}", "'a' (ir 65535-65536): runs past address 65535"),
        ("{table: ir, address: 0, name: a, access: rw}", "'a' (ir 0): input registers cannot be written; access is r"),
        ("{table: ir, address: 0, name: a, order: CDAB}", "order CDAB does not fit; allowed: AB, BA"),
        ("{table: ir, address: 0, name: a, type: float32, order: AB}", "order AB does not fit; allowed: ABCD, CDAB"),
        ("{table: co, address: 0, name: a, type: int16}", "coils are bool, not int16"),
        ("{table: hr, address: 0, name: a, type: bit}", "a bit needs 'bit'"),
        ("{table: hr, address: 0, name: a, bit: 3}", "'bit' is for the type bit"),
        ("{table: hr, address: 0, name: a, type: bit, bit: 16}", "registers.0.bit: "),
        ("{table: hr, address: 0, name: a, type: string}", "a string needs 'length'"),
        ("{table: hr, address: 0, name: a, type: string, length: 1, text: abc}", "the text has 3 characters"),
        ("{table: hr, address: 0, name: a, type: string, length: 1, point: p}", "a string has no point"),
        ("{table: hr, address: 0, name: a, values: {0: x}}", "'values' is for the type enum"),
        ("{table: hr, address: 0, name: a, type: enum, scale: 2}", "do not apply to the type enum"),
        ("{table: hr, address: 0, name: a, type: enum, on_bad_write: clamp}", "an enum has nothing to clamp to"),
        ("{table: hr, address: 0, name: a, scale: 0}", "scale is 0"),
        ("{table: hr, address: 0, name: a, scale: nan}", "registers.0.scale: "),
        ("{table: hr, address: 0, name: a, scale: 0.1, max: 4000}", "4000 does not fit; int16 reaches from -3276.8 to"),
        ("{table: hr, address: 0, name: a, min: 5, max: 4}", "min 5 is above max 4"),
    ],
)
def test_what_a_register_cannot_be(line: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        parse_device(f"{HEAD}  - {line}\n", "d.yaml")
    assert message in str(error.value)
    assert str(error.value).startswith("d.yaml:4:")


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        ("address: 8, type: float32", "address: 9", "'b' (ir 9) overlaps 'a' (ir 8-9) of line 4"),
        ("address: 9", "address: 6, type: float64", "'b' (ir 6-9) overlaps 'a' (ir 9) of line 4"),
        ("address: 0, type: bit, bit: 3", "address: 0, type: bit, bit: 3", "'b' (ir 0.3) overlaps 'a' (ir 0.3)"),
        ("address: 0, type: bit, bit: 3", "address: 0", "'b' (ir 0) overlaps 'a' (ir 0.3)"),
        ("address: 0, type: string, length: 9", "address: 8", "'b' (ir 8) overlaps 'a' (ir 0-8)"),
    ],
)
def test_overlaps_are_refused_over_the_whole_span(first: str, second: str, clash: str) -> None:
    text = f"{HEAD}  - {{table: ir, name: a, {first}}}\n  - {{table: ir, name: b, {second}}}\n"
    with pytest.raises(InputError, match=r"^d\.yaml:5:5: ") as error:
        parse_device(text, "d.yaml")
    assert clash in str(error.value)


def test_neighbours_and_bits_of_one_word_are_no_overlap() -> None:
    text = HEAD + "".join(
        f"  - {{table: {table}, name: {name}, {rest}}}\n"
        for table, name, rest in [
            ("ir", "a", "address: 0, type: float32"), ("ir", "b", "address: 2"), ("hr", "c", "address: 1"),
            ("ir", "d", "address: 3, type: bit, bit: 0"), ("ir", "e", "address: 3, type: bit, bit: 15"),
        ]
    )  # fmt: skip
    assert len(parse_device(text, "d.yaml").registers) == 5


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("device: d\nregisters: [{table: ir, address: 0, name: a}]\n", "d.yaml:1:1: the key 'source' is missing"),
        ("device: d\nsource: ''\nregisters: [{table: ir, address: 0, name: a}]\n", "d.yaml:2:9: source: "),
        ("device: d\nsource: s\nregisters: []\n", "d.yaml:3:12: registers: "),
        (
            HEAD + "  - {table: ir, address: 0, name: a}\n  - {table: ir, address: 1, name: a}\n",
            "the name 'a' is taken",
        ),
    ],
)
def test_what_a_device_cannot_be(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        parse_device(text, "d.yaml")
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# device: d\n# source: s\ntable,adress\n", "d.csv:3:2: no column 'adress'; did you mean 'address'?"),
        ("# device: d\n# source: s\ntable,table\n", "d.csv:3:2: the column 'table' is given twice"),
        ("# device: d\n# source: s\ntable,address,name\nir,x,a\n", "d.csv:4:2: registers.0.address: "),
        ("# device: d\n# source: s\ntable,address,name\nir,1,a,5\n", "d.csv:4:4: 4 cells, the header names 3"),
        ("# device: d\n# device: e\n", "d.csv:2:1: 'device' is given twice"),
        ("# device: d\n# source: s\n", "d.csv:1:1: no header line"),
        ("# device: d\n# source: s\ntable,address,name,type,values\nir,1,a,enum,0:off\n", "d.csv:4:5: '0:off' is not"),
        ("# device: d\n# source: s\ntable,address,name\nir,0,a\nir,0,b\n", "d.csv:5:1: 'b' (ir 0) overlaps 'a'"),
    ],
)
def test_mistakes_in_a_csv_name_line_and_column(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        parse_device(text, "d.csv")
    assert message in str(error.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_device(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not text in UTF-8"):
        read_device(tmp_path / "binary.yaml")


@pytest.mark.parametrize("between", [";", "\t"])
def test_a_csv_of_a_spreadsheet_in_another_language(between: str) -> None:
    """Semicolons or tabs between the columns, and decimal commas."""
    rows = [
        ["table", "address", "name", "type", "scale", "uom", "values"],
        ["hr", "10", "temp_sp", "int16", "0,5", "degC", ""],
        ["hr;ir", "11", "mode", "enum", "", "", "0=off;1=on"],
    ]
    out = io.StringIO()
    csv.writer(out, delimiter=between).writerows(rows)
    device = parse_device("# device: x\n# source: own list, of rooms\n" + out.getvalue(), "x.csv")
    assert (device.source, device.registers[0].scale) == ("own list, of rooms", 0.5)
    assert device.registers[1].tables == ("hr", "ir")
    assert device.registers[1].values == {0: "off", 1: "on"}
