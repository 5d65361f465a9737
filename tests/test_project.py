"""What holds for the project as a whole: its layers, its files, and what committed text must not say."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("twin", "plant_models", "scenarios", "hil")
LONGEST_FILE, LONGEST_TEST, LONGEST_FUNCTION = 300, 350, 40
ONLY_IN = {"simpy": {"twin/schedule.py"}, "pymodbus": {"hil/modbus/client.py"}, "paho": {"hil/mqtt/link.py"}}
"""Packages that one module of ours imports, so that they can be exchanged there."""
FORBIDDEN = {
    "a path of a machine": r"(?<![\w.])/(?:work|root|Users|mnt|srv)/\w|(?<![\w.])/home/(?!geotwin\b)\w",
    "a registry of packages": r"py[p]i\.|pythonho\w+\.|npm(?:js)\.|index-ur[l]|/simpl[e]/",
    "an unfinished piece": r"\b(?:TODO|FIXME|HACK|WIP|TBD)\b|(?i:lorem ipsum)",
}


def tracked(*patterns: str) -> list[Path]:
    words = ["git", "ls-files", "-z", "--", *patterns]
    listed = subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


def modules() -> list[Path]:
    return tracked(*(f"{package}/*.py" for package in PACKAGES))


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize(("what", "pattern"), FORBIDDEN.items())
def test_committed_text_does_not_hold(what, pattern):
    found = []
    for file in tracked():
        if file == Path(__file__):
            continue
        text = file.read_bytes().decode("utf-8", errors="replace")
        found += [f"{name(file)}: {match.group()!r}" for match in re.finditer(pattern, text)]
    assert not found, f"{what}: {found}"


def test_the_patterns_find_what_they_are_for():
    samples = (
        "see /srv/x.py",
        "cd /home/someone",
        "--index-" + "url somewhere",
        "from py" + "pi.example",
        "# TODO later",
    )
    for sample in samples:
        assert any(re.search(pattern, sample) for pattern in FORBIDDEN.values()), sample


def test_layers():
    command = Path(sys.executable).with_name("lint-imports")
    said = subprocess.run([command], cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "1 kept, 0 broken" in said.stdout


@pytest.mark.parametrize(("package", "allowed"), ONLY_IN.items())
def test_a_package_is_imported_in_one_module(package, allowed):
    importing = set()
    for file in modules():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(imported.split(".")[0] == package for imported in names):
                importing.add(name(file))
    assert importing == allowed


def test_every_module_and_public_definition_says_what_it_is():
    silent = []
    for file in modules():
        tree = ast.parse(file.read_text(encoding="utf-8"))
        silent += [] if ast.get_docstring(tree) else [name(file)]
        for node in tree.body:
            public = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name[0] != "_"
            if public and not ast.get_docstring(node):
                silent.append(f"{name(file)}: {node.name}")
    assert not silent


def test_files_are_short():
    long = []
    for file in tracked("*.py", "*.c"):
        count = len(file.read_text(encoding="utf-8").splitlines())
        most = LONGEST_TEST if name(file).startswith("tests/") else LONGEST_FILE
        long += [f"{name(file)}: {count}"] if count > most else []
    assert not long


def test_functions_are_short():
    long = []
    for file in modules():
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                body = node.body[1:] if ast.get_docstring(node) else node.body
                lines = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                long += [f"{name(file)}: {node.name}: {lines}"] if lines > LONGEST_FUNCTION else []
    assert not long


def test_data_files_name_their_source():
    for file in tracked("hil/devices/*.yaml", "plant_models/plants/*.yaml"):
        assert re.search(r"^source: \S", file.read_text(encoding="utf-8"), re.MULTILINE), name(file)
