"""The loader keeps text as written and names the place of every mistake."""

import pytest

from twin.errors import InputError
from twin.yaml_lines import FileModel, Map, Text, load, place, validate

TEXT = """\
device: heat_meter
flags: [on, no, 012, 1e3, 2026-01-01]
nested:
  empty:
  quoted: "0: x"
"""


def test_scalars_stay_text_and_know_their_place() -> None:
    tree = load(TEXT, "meter.yaml")
    assert tree["flags"] == ["on", "no", "012", "1e3", "2026-01-01"]
    assert all(type(item) is Text for item in tree["flags"])
    assert tree["nested"] == {"empty": "", "quoted": "0: x"}
    assert tree["flags"][2].where == "meter.yaml:2:17"
    assert tree["nested"].line == 4
    assert [key.where for key in tree] == ["meter.yaml:1:1", "meter.yaml:2:1", "meter.yaml:3:1"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml:3:1: 'a' is given twice, first in line 1"),
        ("a: &x [1]\nb: *x\n", "f.yaml:2:4: aliases (*x) are not taken; write the value out"),
        ("a: !!python/object/apply:os.system [ls]\n", "f.yaml:1:4: tags (tag:yaml.org,2002:python/object"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document; expected one in a file"),
        ("- 1\n", "f.yaml:1:1: expected a mapping"),
        ("", "f.yaml:1:1: expected a mapping"),
        ("a: [1, 2\n", "f.yaml:2:1: not YAML:"),
        ("[1, 2]: 3\n", "f.yaml:1:1: a key is plain text"),
        ("a: " + "[" * 200 + "]" * 200, "nested deeper than 40 levels"),
        ("a: \x07\n", "f.yaml"),
    ],
)
def test_what_is_refused_names_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        load(text, "f.yaml")
    assert message in str(error.value)


class Item(FileModel):
    address: int
    scale: float = 1.0


class File(FileModel):
    device: str
    registers: list[Item]
    on: bool = False


def test_a_model_reads_the_tree_and_types_its_texts() -> None:
    file = validate(File, load("device: 012\non: on\nregisters:\n- {address: 012, scale: 1e-1}\n", "f.yaml"))
    assert file == File(device="012", registers=[Item(address=12, scale=0.1)], on=True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "device: m\nregisters:\n- {address: 1}\n- {adress: 2}\n",
            "f.yaml:4:4: no key 'adress'; did you mean 'address'?",
        ),
        ("device: m\nregisters:\n- {address: 1}\n- {address: x}\n", "f.yaml:4:13: registers.1.address: "),
        ("device: m\n", "f.yaml:1:1: the key 'registers' is missing"),
        ("device: m\nregisters: 3\n", "f.yaml:2:12: registers: "),
    ],
)
def test_what_does_not_fit_the_model_names_its_place(text: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        validate(File, load(text, "f.yaml"))
    assert str(error.value).startswith(message)


def test_a_path_leads_to_the_last_place_found() -> None:
    tree = load("a:\n  b: [x, y]\n", "f.yaml")
    assert place(tree, ["a", "b", 1]) == "f.yaml:2:10"
    assert place(tree, ["a", "missing", 7]) == "f.yaml:2:3"
    assert isinstance(tree["a"], Map)
