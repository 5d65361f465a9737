"""geotwin finds its own packages, whatever bears their names in the working folder or on PYTHONPATH."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A user's folder with packages and modules of our names."""
    for name in ("scenarios", "hil"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise SystemExit('the user's {name}')\n")
    (tmp_path / "twin.py").write_text("raise SystemExit('the user's twin')\n")
    return tmp_path


def said(folder: Path, *words: str) -> str:
    """The words of a program in that folder, which is on the path as the first place, and again by PYTHONPATH."""
    path = f"{folder}{os.pathsep}{ROOT}"
    ran = subprocess.run(
        [sys.executable, *words], cwd=folder, env=os.environ | {"PYTHONPATH": path}, check=False, capture_output=True,
        text=True, timeout=120,
    )  # fmt: skip
    return ran.stdout + ran.stderr


def test_the_command_is_ours(folder: Path) -> None:
    assert "office/pump_failure" in said(folder, "-m", "geotwin", "list", "scenarios")


def test_a_script_imports_ours(folder: Path) -> None:
    code = "import geotwin, twin, plant_models, scenarios, hil; print(*{m.__path__[0] for m in (twin, scenarios, hil)})"
    assert str(folder) not in said(folder, "-c", code)
    assert str(ROOT / "twin") in said(folder, "-c", code)


def test_what_came_before_is_told(folder: Path) -> None:
    (folder / "twin.py").write_text("mine = True\n")
    told, file = said(folder, "-c", "import twin, geotwin"), folder / "twin.py"
    assert told.strip().splitlines()[-1] == (
        f"ImportError: geotwin: {file} was imported as 'twin', a package of ours: import geotwin before it"
    )
