"""What `make` installs: only files whose digests stand in the constraints, with pip and with uv."""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import hatchling
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).with_name("uv")
PROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "bench"
version = "1.0"
dependencies = ["part"]
[tool.hatch.build]
dev-mode-dirs = ["."]
[tool.hatch.build.targets.wheel]
packages = ["bench"]
"""


def pins(file: str) -> dict[str, Requirement]:
    """The requirements of a file of constraints by name, each of which has a digest."""
    found = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / file).read_text(encoding="utf-8").strip()):
        if entry.startswith("#"):
            continue
        words, *digests = entry.split("--hash=")
        assert digests, words
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}[\s\\]*", digest) for digest in digests), words
        requirement = Requirement(words.strip(" \\\n"))
        assert [one.operator for one in requirement.specifier] == ["=="], words
        found[canonicalize_name(requirement.name)] = requirement
    return found


@pytest.mark.parametrize(
    ("file", "extras"), [("constraints.txt", ()), ("constraints-dev.txt", ("dev", "broker", "maps"))]
)
def test_the_constraints_pin_all_that_the_project_asks_for(file, extras):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["build-system"]["requires"], *project["project"]["dependencies"]]
    asked += [one for extra in extras for one in project["project"]["optional-dependencies"][extra]]
    found = pins(file)
    for requirement in (Requirement(one) for one in asked):
        if requirement.name != "geotwin":
            (pin,) = found[canonicalize_name(requirement.name)].specifier
            assert pin.version in requirement.specifier, requirement


def test_whoever_develops_has_the_versions_of_whoever_uses():
    both = pins("constraints-dev.txt")
    for name, pin in pins("constraints.txt").items():
        assert both[name] == pin or str(both[name].specifier) == str(pin.specifier), name


def wheel(folder: Path) -> Path:
    """A package `part` without code."""
    folder.mkdir()
    file = folder / "part-1.0-py3-none-any.whl"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("part.py", "")
        archive.writestr("part-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: part\nVersion: 1.0\n")
        archive.writestr("part-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("part-1.0.dist-info/RECORD", "")
    return file


@pytest.mark.parametrize("installer", ["", str(UV)], ids=["pip", "uv"])
@pytest.mark.parametrize("target", ["installed", "developing"])
def test_a_file_of_another_digest_is_refused(tmp_path, installer, target):
    """Our Makefile, in a project that needs one package, from a folder instead of a registry."""
    part = wheel(tmp_path / "wheels")
    right = hashlib.sha256(part.read_bytes()).hexdigest()
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "__init__.py").touch()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "uv.toml").write_text(f'no-index = true\nfind-links = ["{part.parent}"]\n')
    environment = os.environ | {
        "PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(part.parent),
        "UV_CONFIG_FILE": str(tmp_path / "uv.toml"), "PYTHONPATH": str(Path(hatchling.__file__).parents[1]),
    }  # fmt: skip
    done = []
    for digest in (right[::-1], right):
        for file in ("constraints.txt", "constraints-dev.txt"):
            (tmp_path / file).write_text(f"part==1.0 --hash=sha256:{digest}\n")
        words = [
            "make",
            "-f",
            str(ROOT / "Makefile"),
            f"UV={installer}",
            f"PYTHON={sys.executable}",
            f".venv/.{target}",
        ]
        done.append(subprocess.run(words, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True))
        installed = list((tmp_path / ".venv").rglob("part.py"))
        assert bool(installed) is (digest == right), done[-1]
    refused, taken = done
    assert refused.returncode != 0
    assert "hash" in refused.stderr.lower()
    assert right in refused.stderr
    assert taken.returncode == 0, taken.stderr
    assert subprocess.run([tmp_path / ".venv/bin/python", "-c", "import bench, part"], cwd="/", check=True)
