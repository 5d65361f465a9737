"""docs/validation.md is what the tests recorded, and every test that validates is on it."""

import ast
import importlib.util
import re
import sys
from pathlib import Path

import pytest


def load(name):
    """A script of this folder, which is no package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


history, validation_page = load("validation_history"), load("validation_page")

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


def test_every_test_that_a_page_of_physics_names_has_a_row():
    """A page that says that a law is compared with something says where; there it is recorded."""
    recorded = {case["test"].split("::")[0] for case in validation_page.read_cases()}
    named = {
        name
        for page in (ROOT / "docs/physics").glob("*.md")
        for name in re.findall(r"`(tests/[\w/]+\.py)`", page.read_text(encoding="utf-8"))
    }
    assert len(named) > 8
    assert named <= recorded


def test_no_page_of_physics_claims_a_check_without_saying_where():
    claim = re.compile(r"\b(tested|checked against|compared with|compares)\b")
    for page in (ROOT / "docs/physics").glob("*.md"):
        for paragraph in page.read_text(encoding="utf-8").split("\n\n"):
            said = claim.search(paragraph) and page.name != "index.md"
            assert not said or "tests/" in paragraph or "](#" in paragraph, f"{page.name}: {paragraph}"


def test_the_page_and_its_plots_are_made_of_the_record():
    cases = validation_page.read_cases()
    assert validation_page.PAGE.read_text(encoding="utf-8") == validation_page.page(cases, history.read()), (
        "run `make validation`"
    )
    plots = {file.stem: file.read_text(encoding="utf-8") for file in validation_page.PLOTS.glob("*.svg")}
    assert plots == {validation_page.slug(case["case"]): validation_page.plot(case) for case in cases if case["x"]}


def test_the_history_ends_with_the_figures_of_this_version():
    lines = history.read()
    last = [(line.case, line.got) for line in lines if line.version == history.present_version()]
    cases = validation_page.read_cases()
    assert last == [(case["case"], history.figures(case["got"])) for case in cases], "run `make validation`"
    assert len({(line.version, line.case) for line in lines}) == len(lines)
    assert lines[-1].version == history.present_version()


def case(name, *got):
    return {"test": "tests/test_validation_page.py::x", "case": name, "source": "a table", "expected": [*got],
            "got": [*got], "tolerance": 0.1, "unit": "kW", "x": None, "note": ""}  # fmt: skip


def test_figures_stand_beside_those_of_earlier_versions(tmp_path):
    """Three versions: a row that stays, one that moves, one that comes, one that goes; and one not yet released."""
    lines = history.renewed([], "1.0", "2030-01-01", [case("stays", 1.0), case("moves", 2.0), case("goes", 3.0)])
    lines = history.renewed(lines, "1.0+", "2030-02-01", [case("stays", 1.0), case("moves", 2.1), case("comes", 4.0)])
    lines = history.renewed(lines, "1.0+", "2030-03-01", [case("stays", 1.0), case("moves", 2.2), case("comes", 4.0)])
    assert history.versions(lines) == {"1.0": "2030-01-01", "1.0+": "2030-03-01"}
    assert [line.day for line in lines if line.version == "1.0+"] == ["2030-02-01", "2030-03-01", "2030-02-01"]
    assert history.since(lines, "comes") == "1.0+"
    cases = [case("stays", 1.0), case("moves", 2.5, 2.6), case("comes", 4.0)]
    lines = history.renewed(lines, "1.1", "2030-04-01", cases)
    assert list(history.versions(lines)) == ["1.0", "1.1"], "what was not released became a version"
    history.write(lines, tmp_path / "history.csv")
    assert history.read(tmp_path / "history.csv") == lines
    text = validation_page.page(cases, lines)
    assert "| case | since | source | expected | in 1.0 | in 1.1 | tolerance | off |" in text
    assert "| stays | 1.0 | a table | 1 kW | = | 1 kW | 0.1 kW | 0 kW |" in text
    assert "| moves | 1.0 | a table | 2.5, 2.6 kW | 2 kW | 2.5, 2.6 kW | 0.1 kW | 0 kW |" in text
    assert "| comes | 1.1 | a table | 4 kW |  | 4 kW | 0.1 kW | 0 kW |" in text
    assert "1.0 on 2030-01-01, 1.1 on 2030-04-01" in text


def test_only_the_last_versions_have_a_column():
    lines = []
    for number in range(6):
        lines = history.renewed(lines, f"1.{number}", f"2030-01-0{number + 1}", [case("stays", 1.0)])
    text = validation_page.page([case("stays", 1.0)], lines)
    assert re.findall(r" in (1\.\d) ", text) == ["1.3", "1.4", "1.5"]
    assert "| stays | 1.0 | " in text


def test_the_present_version_is_that_of_the_project(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "2.3.4"\n', encoding="utf-8")
    for changes, version in (("# Changed\n\n## 2.3.4\n", "2.3.4"), ("# Changed\n\n## Unreleased\n", "2.3.4+")):
        (tmp_path / "CHANGELOG.md").write_text(changes, encoding="utf-8")
        assert history.present_version(tmp_path) == version


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
