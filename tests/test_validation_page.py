"""docs/validation.md is what the tests recorded, and every test that validates is on it."""

import ast
import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("validation_page", Path(__file__).with_name("validation_page.py"))
validation_page = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(validation_page)

ROOT = Path(__file__).parents[1]


def validating() -> set[str]:
    """Every test that takes the fixture, as file::function."""
    found = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)) if "validation" in text else ():
            takes = isinstance(node, ast.FunctionDef) and "validation" in [arg.arg for arg in node.args.args]
            if takes and node.name.startswith("test_"):
                found.add(f"{file.relative_to(ROOT).as_posix()}::{node.name}")
    return found


def test_the_page_holds_every_test_that_validates_and_no_other():
    recorded = {case["test"] for case in validation_page.read_cases()}
    assert validating() == recorded, "run `make validation`"


def test_the_page_and_its_plots_are_made_of_the_record():
    cases = validation_page.read_cases()
    assert validation_page.PAGE.read_text(encoding="utf-8") == validation_page.page(cases), "run `make validation`"
    plots = {file.stem: file.read_text(encoding="utf-8") for file in validation_page.PLOTS.glob("*.svg")}
    assert plots == {validation_page.slug(case["case"]): validation_page.plot(case) for case in cases if case["x"]}


def test_every_case_has_a_name_of_its_own_and_a_source():
    cases = validation_page.read_cases()
    names = [case["case"] for case in cases]
    assert len(set(names)) == len(names)
    assert len({validation_page.slug(name) for name in names}) == len(names)
    assert all(case["source"] for case in cases)


def test_what_is_recorded_is_on_the_page(validated):
    """In a run of the whole suite: each case by its name, those with parameters too."""
    page = validation_page.PAGE.read_text(encoding="utf-8")
    for case in validated:
        assert case["case"] in page, "run `make validation`"


def test_a_miss_fails_and_names_everything(validation_case):
    validation_case("heat", "S7", expected=[1.0, 2.0], got=[1.0, 2.1], tolerance="5 %", x=("h", [1, 2]))
    validation_case("limits", "S8", expected=(3.0, 4.0), got=4.05, tolerance=0.1, unit="K")
    with pytest.raises(AssertionError, match=r"cold at h 2: got 2.11 kW, expected 2.0 within 5 %; S9"):
        validation_case("cold", "S9", expected=[1, 2], got=[1, 2.11], tolerance="5 %", unit="kW", x=("h", [1, 2]))
    with pytest.raises(AssertionError, match="recorded twice"):
        validation_case("heat", "S7", expected=1.0, got=1.0)


@pytest.fixture
def validation_case(request):
    """Records that do not come onto the page."""
    conftest = next(p for p in request.config.pluginmanager.get_plugins() if hasattr(p, "Validation"))
    return conftest.Validation("here")
