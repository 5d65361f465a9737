"""What holds for the project as a whole: its layers, its files, and what committed text must not say."""

import ast
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("twin", "plant_models", "scenarios", "hil")
LONGEST_FILE, LONGEST_TEST, LONGEST_FUNCTION = 300, 350, 40
ONLY_IN = {
    "simpy": {"twin/schedule.py"},
    "pymodbus": {"hil/lines/modbus/client.py"},
    "paho": {"hil/lines/mqtt/client.py"},
}
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


def contracts(root: Path) -> str:
    """What the import contracts say of a tree."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    return subprocess.run(command, cwd=root, check=False, capture_output=True, text=True, timeout=120).stdout


def test_layers():
    count = (ROOT / "pyproject.toml").read_text(encoding="utf-8").count("[[tool.importlinter.contracts]]")
    assert count >= 5
    assert f"{count} kept, 0 broken" in contracts(ROOT)


def test_the_contracts_see_an_arrow_upwards_and_a_circle(tmp_path, copy_packages):
    copy_packages(tmp_path)
    shutil.copyfile(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")
    for file, line in (
        ("hil/bus/address.py", "from hil.runs.folder import fresh_folder"),
        ("hil/bench/bench.py", "from hil.lines.modbus.pdu import respond"),
        ("plant_models/water/network.py", "from plant_models.piping.pump import Pump"),
        ("scenarios/windows.py", "from scenarios.timeline.actions import Ramp"),
        ("twin/units.py", "from twin.recorder import Recorder"),
        ("twin/errors.py", "from hil import cli"),
    ):
        (tmp_path / file).write_text((tmp_path / file).read_text() + f"\n\n{line}\n")
    assert re.search(r"0 kept, 5 broken", contracts(tmp_path))


def test_rooms_are_few_and_small():
    for package, most in {"hil": 20, "plant_models": 15, "scenarios": 20, "twin": 20}.items():
        rooms = {file.relative_to(ROOT / package).parts[0] for file in tracked(f"{package}/*")} - {"__init__.py"}
        assert len(rooms) <= most, (package, sorted(rooms))
    files = Counter(file.parent for file in modules())
    crowded = {name(room): count for room, count in files.items() if count > 21}
    assert not crowded


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
