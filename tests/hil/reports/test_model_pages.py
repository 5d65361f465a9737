"""The pages of the kinds of component, and the schemas of the files, say what the code takes."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from hil.bench.bench_file import BENCHES, DEVICES
from hil.cli import main
from hil.commands.schema import KINDS
from hil.controllers.settings.configuration import CONFIGURATIONS
from hil.reports.model_page import index_text, kinds, page_text
from plant_models.assembly.plant_file import ready_plants
from scenarios.ready import ready_scenarios
from twin.points import FAULT, PARAMETER, fault_name

PAGES = Path(__file__).parents[3] / "docs" / "models"
FILES = {
    "plant": list(ready_plants().values()),
    "bench": [file for file in BENCHES.iterdir() if file.name.endswith(".yaml")],
    "device": [file for file in DEVICES.iterdir() if file.name.endswith(".yaml")],
    "scenario": list(ready_scenarios().values()),
    "configuration": [file for file in CONFIGURATIONS.iterdir() if file.name.endswith(".yaml")],
}


def test_the_stored_pages_are_current():
    said = "run `make pages`"
    assert {file.stem for file in PAGES.glob("*.md")} == {*kinds(), "index"}, said
    for name, model in kinds().items():
        assert (PAGES / f"{name}.md").read_text(encoding="utf-8") == page_text(model), said
    assert (PAGES / "index.md").read_text(encoding="utf-8") == index_text(kinds().values()), said


@pytest.mark.parametrize("name", kinds())
def test_a_page_lists_every_parameter_and_every_fault(name):
    model, text = kinds()[name], page_text(kinds()[name])
    for point, declared in model.points.items():
        if declared.kind in (PARAMETER, FAULT):
            shown = fault_name(point) if declared.kind == FAULT else point
            assert re.search(rf"^\| `{shown}`.*\| {re.escape(declared.unit)} \|", text, re.MULTILINE), shown


def test_describe_prints_the_page_whatever_the_case(capsys):
    assert main(["describe", "pump"]) == 0
    assert capsys.readouterr().out == page_text(kinds()["Pump"])
    assert main(["describe", "Pomp"]) == 2
    assert "no model 'Pomp'; did you mean 'Pump'?" in capsys.readouterr().err


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_one_and_the_files_that_ship_are_valid_by_it(kind, capsys):
    assert main(["schema", kind]) == 0
    schema = json.loads(capsys.readouterr().out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for file in FILES.get(kind, []):
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
        errors = [error.message for error in validator.iter_errors(json.loads(json.dumps(tree, default=str)))]
        assert not errors, (file.name, errors[:3])


def test_a_schema_refuses_what_the_rig_refuses(capsys):
    main(["schema", "plant"])
    validator = jsonschema.Draft202012Validator(json.loads(capsys.readouterr().out))
    plant = {"plant": "a", "title": "b", "source": "c", "components": {"pump": {"model": "Pump", "drive": "vfd"}}}
    assert validator.is_valid(plant)
    assert not validator.is_valid(plant | {"componets": {}})
    assert not validator.is_valid(plant | {"components": {"pump": {"model": "Pomp"}}})
