"""Sequences of operation and the code that carries them out: clauses, citations, settings and their defaults agree."""

import ast
import dataclasses
import importlib
import re
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from hil.controllers.registry import PROGRAMS
from hil.controllers.settings.settings import Settings
from twin.units import quantity, seconds

ROOT = Path(__file__).parents[3]
PAGES = sorted((ROOT / "docs" / "sequences").glob("*.md"))
SOURCES = sorted((ROOT / "hil" / "controllers").rglob("*.py"))
CLAUSE = re.compile(r"\b[A-Z]{2}-\d+\.\d+\b")
STATED = re.compile(r"^\*\*([A-Z]{2}-\d+\.\d+)\*\* (.*?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([a-z]+(?:_[a-z]+)*|[A-Z]+(?:_[A-Z]+)*)`\s\(((?:[^()]|\([^()]*\))*)\)")


def page_id(page: Path) -> str:
    return page.stem


@cache
def clauses(page: Path) -> dict[str, str]:
    """Text of every clause of a page, by its number."""
    found = STATED.findall(page.read_text(encoding="utf-8"))
    assert len(dict(found)) == len(found), f"{page.stem}: a number is used twice"
    return dict(found)


@cache
def citations() -> dict[str, set[Path]]:
    """The files whose docstrings cite a clause."""
    found: dict[str, set[Path]] = {}
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
                for clause in CLAUSE.findall(ast.get_docstring(node) or ""):
                    found.setdefault(clause, set()).add(source)
    return found


@cache
def named_by_tests() -> set[str]:
    """The clauses that tests of this folder and its rooms name."""
    tests = Path(__file__).parent.rglob("test_*.py")
    return {clause for test in tests for clause in CLAUSE.findall(test.read_text(encoding="utf-8"))}


def numbers(page: Path) -> Settings:
    """The settings that a page speaks of: those of its program, of the plant room for the parts of several programs."""
    return PROGRAMS[page.stem]["reference"].numbers if page.stem in PROGRAMS else Settings()


def said(kind: object, text: str) -> object:
    """What a page gives as a default, in the unit of the setting."""
    if parts := [part for part in get_args(kind) if part is not Ellipsis and not hasattr(kind, "__metadata__")]:
        return tuple(said(part, one) for part, one in zip(parts, text.split(" and "), strict=True))
    unit = getattr(kind, "__metadata__", ("1",))[0]
    return seconds(text) if unit == "s" else quantity(text, unit)


def named(page: Path) -> list[tuple[str, str, str]]:
    """Clause, name and stated default of everything that the clauses of a page name."""
    return [(clause, name, " ".join(default.split())) for clause, text in clauses(page).items()
            for name, default in NAMED.findall(text)]  # fmt: skip


def test_there_are_pages_for_all_programs():
    assert set(PROGRAMS) <= {page.stem for page in PAGES}
    assert sum(len(clauses(page)) for page in PAGES) > 100


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_clause_is_carried_out_somewhere(page):
    assert not set(clauses(page)) - set(citations())


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_clause_is_named_by_a_test(page):
    assert not set(clauses(page)) - named_by_tests()


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_clauses_stand_in_order(page):
    stated = [tuple(map(int, re.findall(r"\d+", clause))) for clause in clauses(page)]
    assert stated == sorted(stated)
    for (group, number), (next_group, next_number) in pairwise(stated):
        assert (next_group, next_number) in ((group, number + 1), (group + 1, 1))


def test_every_cited_clause_exists():
    known = {clause for page in PAGES for clause in clauses(page)}
    assert not set(citations()) - known
    assert not named_by_tests() - known
    for page in PAGES:
        assert not set(CLAUSE.findall(page.read_text(encoding="utf-8"))) - known, page.stem


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_settings_have_the_defaults_that_a_page_says(page):
    settings = numbers(page)
    kinds = get_type_hints(type(settings), include_extras=True)
    for clause, name, default in named(page):
        if name.islower():
            assert said(kinds[name], default) == getattr(settings, name), f"{clause}: {name}"


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_constants_have_the_values_that_a_page_says(page):
    for clause, name, value in named(page):
        if name.isupper():
            modules = [importlib.import_module(".".join(source.relative_to(ROOT).with_suffix("").parts))
                       for source in citations()[clause]]  # fmt: skip
            found = {getattr(module, name) for module in modules if hasattr(module, name)}
            number = float(value.split()[0])
            assert found == {seconds(value) if value.endswith((" s", " h")) else number}, f"{clause}: {name}"


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_what_a_clause_names_is_used_where_it_is_carried_out(page):
    for clause, name, _ in named(page):
        texts = [source.read_text(encoding="utf-8") for source in citations()[clause]]
        assert any(re.search(rf"\b{name}\b", text) for text in texts), f"{clause}: {name}"


@pytest.mark.parametrize("program", PROGRAMS)
def test_every_setting_is_named_by_a_clause(program):
    """Those of every program by the shared pages and that of the plant room, its own ones by its own page too."""
    settings = PROGRAMS[program]["reference"].numbers
    pages = [page for page in PAGES if page.stem in (program, "plant_room") or page.stem not in PROGRAMS]
    assert not {field.name for field in dataclasses.fields(settings)} - {
        name for page in pages for _, name, _ in named(page)
    }
    (own,) = [page for page in PAGES if page.stem == program]
    changed = {field.name for field in dataclasses.fields(settings)
               if getattr(settings, field.name) != getattr(Settings(), field.name, None)}  # fmt: skip
    assert not changed - {name for _, name, _ in named(own)}
