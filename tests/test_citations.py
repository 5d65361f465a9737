"""Every citation opens: tests named as checks exist, pages and their headings exist, every source is one.

A citation is a path from the root of the repository, `docs/physics/water.md#friction`; more headings of the same page
follow as `, #properties`. In Markdown a relative link is one too.
"""

import ast
import csv
import re
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
PACKAGES = ("twin", "plant_models", "scenarios", "hil", "benchmarks")
TOP = r"(?:twin|plant_models|scenarios|hil|tests|docs|benchmarks|examples|docker)"
CHECKED = re.compile(r"[Cc]hecked(?: against [\w ]+)?\s+by\s+(tests/[\w/]+(?:\.py)?)(?:::(\w+))?")
PAGE = re.compile(r"(?<![\w/.-])(docs/[\w/.-]+\.md)((?:#[\w-]+)?(?:,\s+#[\w-]+)*)")
FILE = re.compile(rf"(?<![\w/.\-{{}}*]){TOP}/[\w/-]+\.(?:py|yaml|csv|md|json|c)\b(?![\w{{*])")
FOLDER = re.compile(rf"(?<![\w/.\-{{}}*]){TOP}/(?:[\w-]+/)+(?![\w*{{<.-])")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)")
BARE = re.compile(r"(?<![\w/.\-{}*<])([a-z][\w-]*\.md)\b(?! *\]\()")
SECTION = re.compile(r"(?<![\w/.-])[a-z]\w*\.md,? (?:S\d|\d)[\d.]*\b")
PROSE = re.compile(r"\bSources?(?: of the choice)?:(?:\s+(?!\{)(.*)|())$")
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|(?<!\d)18\d\d(?!\d)")
CHOSEN = re.compile(r"\b(?:assumed|chosen|tests?|default)\b")
"""Words that say a figure has no document: `default` is the word of docs/savings.md for it."""
Problems = Iterator[str]
ADDING = (
    "tests/test_extending.py", "tests/plant_models/tick/test_new_kind.py", "tests/hil/runs/test_start_of_time.py",
)  # fmt: skip
"""Tests that name files which only their own folders have."""


def tracked(*patterns: str) -> list[Path]:
    words = ["git", "ls-files", "-z", "--", *patterns]
    listed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / path for path in listed.split("\0") if path and (ROOT / path).is_file()]


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def texts(*patterns: str) -> list[Path]:
    return [file for file in tracked(*patterns) if file.name != Path(__file__).name and "/data/" not in name(file)]


def cited_from() -> list[Path]:
    files = texts("*.py", "*.yaml", "*.csv", "*.md", "docs/validation.json", "Makefile", "*.toml")
    return [file for file in files if name(file) not in ADDING]


@cache
def headings(page: Path) -> frozenset[str]:
    """Anchors of a page by the rules of GitHub: lower case, no punctuation, hyphens for blanks, then numbered."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    found: dict[str, int] = {}
    for title in re.findall(r"^#+ +(.+?) *$", text, re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title)
        anchor = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = found.get(anchor, 0)
        found[anchor] = count + 1
        if count:
            found[f"{anchor}-{count}"] = 1
    return frozenset(found)


@cache
def functions_of(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@cache
def names_of_files() -> frozenset[str]:
    return frozenset(file.name for file in tracked())


def missing_checks(text: str, _: Path = ROOT) -> Problems:
    """What is said to be checked by a test that is not there."""
    for path, test in CHECKED.findall(text):
        file = ROOT / path
        if not file.exists() or (file.is_file() and not path.endswith(".py")):
            yield f"no test file {path}"
        elif test and (file.is_dir() or test not in functions_of(file)):
            yield f"no test {test} in {path}"


def missing_pages(text: str, file: Path = ROOT / "README.md") -> Problems:
    """Pages, headings and files of the repository that are cited and not there."""
    for path, anchors in PAGE.findall(text):
        if not (ROOT / path).is_file():
            yield f"no page {path}"
            continue
        for anchor in re.findall(r"#([\w-]+)", anchors):
            if anchor not in headings(ROOT / path):
                yield f"no heading {anchor} in {path}"
    for path in (*FILE.findall(text), *FOLDER.findall(text)):
        if not (ROOT / path).exists():
            yield f"nothing is at {path}"
    for path, anchor in LINK.findall(text) if file.suffix == ".md" else ():
        page = file.parent / path if path else file
        if page.suffix == ".md" and page.is_file() and anchor not in headings(page.resolve()):
            yield f"no heading {anchor} in {path or file.name}"


def bare_names(text: str, file: Path = ROOT / "README.md") -> Problems:
    """Names of pages that no file bears, and pages cited by the number of a section."""
    for page in BARE.findall(text):
        if page not in names_of_files():
            yield f"no file is named {page}"
    yield from (f"a section by its number: {found}" for found in SECTION.findall(text))


def sources_of(text: str, file: Path) -> Iterator[str]:
    """What is given as a source: keys of YAML, the column and the comments of a CSV, `Source:` in prose."""
    lines = text.splitlines()
    if file.suffix == ".yaml":
        yield from _keys(yaml.safe_load(text), top=True)
    if file.suffix == ".csv":
        yield from (match[1] for match in re.finditer(r"^# source: *(.*)$", text, re.MULTILINE))
        rows = list(csv.reader(line for line in lines if line and not line.startswith("#")))
        if rows and "source" in rows[0]:
            yield from (row[rows[0].index("source")] for row in rows[1:])
    for at, line in enumerate(lines):
        for match in PROSE.finditer(line):
            more = takewhile(lambda following: following.strip() not in ("", '"""'), lines[at + 1 :])
            yield " ".join([match[1] or "", *more])


def _keys(value: Any, top: bool = False) -> Iterator[str]:
    """`source` of a file, and of every value that has one; a loop or a component of that name is none."""
    if isinstance(value, dict):
        if isinstance(value.get("source"), str) and (top or "value" in value):
            yield value["source"]
        for part in value.values():
            yield from _keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from _keys(part)


def weak_sources(text: str, file: Path) -> Problems:
    """Sources that name no page or file of the repository, no document with its year or number, and no choice."""
    for source in sources_of(text, file):
        document = YEAR.search(source) or re.search(r"\b(?:EN|ISO|GB(?:/T)?|DIN|VDI|GB/T) ?\d{4}", source)
        said = document or CHOSEN.search(source) or PAGE.search(source) or FILE.search(source)
        if not said:
            yield f"a source that leads nowhere: {source.strip()[:100]!r}"


def shipped() -> list[Path]:
    files = texts("*.yaml", "*.csv", *(f"{package}/*.py" for package in PACKAGES))
    return [file for file in files if not name(file).startswith(("tests/", "examples/"))]


@pytest.mark.parametrize(
    ("find", "files"),
    [(missing_checks, cited_from), (missing_pages, cited_from), (bare_names, cited_from), (weak_sources, shipped)],
)
def test_every_citation_opens(find: Callable[[str, Path], Problems], files: Callable[[], list[Path]]):
    found = [f"{name(file)}: {problem}" for file in files() for problem in find(file.read_text(encoding="utf-8"), file)]
    assert not found, "\n".join(found)


def test_there_is_much_to_open():
    """The patterns see what is cited today: else everything would pass."""
    count = {"pages": 0, "headings": 0, "checks": 0, "sources": 0}
    for file in cited_from():
        text = file.read_text(encoding="utf-8")
        count["pages"] += len(PAGE.findall(text))
        count["headings"] += sum(len(re.findall("#", anchors)) for _, anchors in PAGE.findall(text))
        count["checks"] += len(CHECKED.findall(text))
    for file in shipped():
        count["sources"] += len(list(sources_of(file.read_text(encoding="utf-8"), file)))
    assert count["pages"] > 500
    assert count["headings"] > 400
    assert count["checks"] >= 7
    assert count["sources"] > 120


WRONG = [
    (missing_checks, "Checked by tests/plant_models/test_borehole.py", "x.py", "no test file"),
    (missing_checks, "Checked by\n    tests/test_project.py::test_of_nothing", "x.py", "no test test_of_nothing"),
    (missing_checks, "Checked against EPANET by tests/water/test_none.py::test_it", "x.py", "no test file"),
    (missing_pages, "see docs/physics/fire.md", "x.py", "no page docs/physics/fire.md"),
    (missing_pages, "source: docs/physics/water.md#phlogiston; chosen", "x.yaml", "no heading phlogiston"),
    (missing_pages, "(docs/physics/water.md#friction,\n#phlogiston)", "x.py", "no heading phlogiston"),
    (missing_pages, "made by plant_models/heating/none.py", "x.csv", "nothing is at plant_models/heating/none.py"),
    (missing_pages, "the rooms in plant_models/heating/ and so on", "x.md", "nothing is at plant_models/heating/"),
    (missing_pages, "[friction](physics/water.md#frictions)", "docs/index.md", "no heading frictions"),
    (bare_names, "the specific heat (physic.md)", "x.py", "no file is named physic.md"),
    (bare_names, "as index.md 1.14 says", "x.yaml", "a section by its number"),
    (bare_names, "as documents.md S7 says", "x.yaml", "a section by its number"),
    (weak_sources, "source: everybody knows", "x.yaml", "leads nowhere"),
    (weak_sources, '"""A law.\n\n    Source: a colleague, who\n    was sure.\n    """', "x.py", "leads nowhere"),
    (weak_sources, 'item,head,source\na,1,"a catalogue, page 3"\n', "x.csv", "leads nowhere"),
    (weak_sources, "# source: somewhere\nx,y\n", "x.csv", "leads nowhere"),
    (weak_sources, '  price: {value: "1", source: "the market"}', "x.yaml", "leads nowhere"),
]


@pytest.mark.parametrize(("find", "text", "file", "said"), WRONG)
def test_a_wrong_citation_is_found(find: Callable[[str, Path], Problems], text: str, file: str, said: str):
    assert any(said in problem for problem in find(text, ROOT / file))


RIGHT = [
    (missing_checks, "Checked by tests/test_project.py::test_layers", "x.py"),
    (missing_checks, "Checked by tests/plant_models/heat_pump.", "x.py"),
    (missing_pages, "docs/physics/water.md#friction, #network", "x.py"),
    (bare_names, "README.md and docs/physics/water.md", "x.py"),
    (weak_sources, "Source: Swamee and Jain 1976; laminar 64 / Re.", "x.py"),
    (weak_sources, "source: test", "x.yaml"),
    (weak_sources, 'source: "chosen for this project"', "x.yaml"),
    (weak_sources, "source: docs/plants/documents.md#s1\nabout: nothing", "x.yaml"),
    (weak_sources, "  source: {pumps: p, meter: m}", "x.yaml"),
]


@pytest.mark.parametrize(("find", "text", "file"), RIGHT)
def test_a_right_citation_passes(find: Callable[[str, Path], Problems], text: str, file: str):
    assert not list(find(text, ROOT / file))


def test_anchors_are_those_of_github(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# What `a-b` is, really?\n\n## Two\n\n## Two\n\n```\n# no\n```\n\n### [Link](x.md) & more\n")
    assert headings(page) == {"what-a-b-is-really", "two", "two-1", "link--more"}
