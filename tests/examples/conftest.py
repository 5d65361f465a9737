"""What the tests of the examples share: the firmware built, npm packages installed, a scenario run with a program."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
GEOTWIN = [sys.executable, "-m", "hil.cli"]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "geotwin-examples"
PATIENT = ["--limit", "lag=60s", "--limit", "skipped=1h"]
"""What a run may suffer on a machine that is busy with other tests."""


@pytest.fixture(scope="session")
def controller(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The firmware in C, built as its README says, in a folder of its own."""
    folder = tmp_path_factory.mktemp("firmware")
    for name in ("controller.c", "header.awk", "Makefile"):
        shutil.copy(EXAMPLES / "firmware_c" / name, folder)
    make = ["make", "CC=gcc", f"GEOTWIN={' '.join(GEOTWIN)}"]
    built = subprocess.run(make, cwd=folder, check=False, capture_output=True, text=True, timeout=120)
    assert built.returncode == 0, built.stdout + built.stderr
    assert "-Wall -Wextra -Werror" in built.stdout
    return folder / "controller"


def packages(example: Path, *options: str) -> Path:
    """The node_modules that an example asks for, installed by npm once and kept in the user's cache."""
    asked = (example / "package.json").read_bytes()
    kept = CACHE / hashlib.sha256(asked + " ".join(options).encode()).hexdigest()[:16]
    if not kept.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=CACHE))
        (folder / "package.json").write_bytes(asked)
        words = ["npm", "install", *options, "--no-audit", "--no-fund", "--no-package-lock"]
        done = subprocess.run(words, cwd=folder, check=False, capture_output=True, text=True, timeout=600)
        assert done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"
        try:
            folder.rename(kept)
        except OSError:  # another test was first
            shutil.rmtree(folder)
    return kept / "node_modules"


@pytest.fixture
def installed(tmp_path: Path) -> Callable[..., Path]:
    """A copy of an example in JavaScript with what it needs, as after `npm install`, with options of it."""

    def copied(name: str, *options: str) -> Path:
        folder = tmp_path / name
        shutil.copytree(EXAMPLES / name, folder, ignore=shutil.ignore_patterns("node_modules", "user"))
        (folder / "node_modules").symlink_to(packages(EXAMPLES / name, *options))
        return folder

    return copied


@dataclass
class Morning:
    """How a run went. code: of the command; failed: criteria that did; said: by the command and by the program."""

    code: int
    failed: set[str]
    said: str
    bus: list[dict[str, Any]]


@pytest.fixture
def morning(tmp_path: Path) -> Callable[..., Morning]:
    """Runs the scenario of the lost line with a program that connects; line: the options that say how it connects."""

    def run(program: str, *line: str) -> Morning:
        words = ["run", str(EXAMPLES / "link_lost.yaml"), *line, "--speed", "60", *PATIENT]
        out = Path(tempfile.mkdtemp(dir=tmp_path))
        words += ["--exec", program, "--out", str(out)]
        done = subprocess.run([*GEOTWIN, *words], check=False, capture_output=True, text=True, timeout=900)
        folder = out / "office" / "link_lost"
        log = folder / "controller.log"
        said = done.stdout + done.stderr + (log.read_text() if log.exists() else "")
        assert (folder / "result.json").exists(), said
        result = json.loads((folder / "result.json").read_text())
        failed = {one["id"] for one in result["criteria"] if one["verdict"] != "pass"}
        return Morning(done.returncode, failed, said, result["bus"])

    return run
