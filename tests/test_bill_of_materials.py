"""The bill of materials: valid CycloneDX, whole, of the versions that the constraints pin, the same every time."""

import json
import re

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.bill_of_materials import main, needed
from tests.test_install import pins
from tests.test_project import FORBIDDEN


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    return main(tmp_path_factory.mktemp("dist") / "new").read_text(encoding="utf-8")


def test_it_is_valid(text):
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(text) is None
    assert validator.validate_str(text.replace('"library"', '"libary"')) is not None


def test_it_names_what_the_constraints_pin_and_nothing_else(text):
    pinned = {name: next(iter(pin.specifier)).version for name, pin in pins("constraints.txt").items()}
    parts = {part["name"]: part["version"] for part in json.loads(text)["components"]}
    assert {"numpy", "numba", "llvmlite", "pydantic-core"} <= set(parts)
    for name, version in parts.items():
        assert version == pinned[name], name
    assert set(pinned) - set(parts) <= set(needed("hatchling")), "only what builds the package is no part of it"


def test_it_says_what_depends_on_what_and_under_which_licence(text):
    told = json.loads(text)
    asks = {one["ref"].split("@")[0]: one.get("dependsOn", []) for one in told["dependencies"]}
    assert any("llvmlite" in one for one in asks["pkg:py" + "pi/numba"])
    assert any("simpy" in one for one in asks["pkg:py" + "pi/geotwin"])
    assert told["metadata"]["component"]["name"] == "geotwin"
    unlicensed = [part["name"] for part in told["components"] if not part.get("licenses")]
    assert not unlicensed


def test_it_names_no_registry_and_no_machine_and_is_the_same_every_time(text, tmp_path):
    for pattern in FORBIDDEN.values():
        assert not re.search(pattern, text)
    assert main(tmp_path).read_text(encoding="utf-8") == text
