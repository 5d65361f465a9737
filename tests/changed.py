"""The test files of what has changed since the last commit: those themselves, and those that import what changed.

Printed one a line, for `make quick`; nothing changed prints the tests of the project's own rules.
"""

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
ALWAYS = "tests/test_project.py"


def git(*words: str) -> list[str]:
    """The lines that git says."""
    said = subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return said.splitlines()


def imported(file: Path) -> set[str]:
    """The modules that a file imports, as paths of their files."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        found |= {name.replace(".", "/") + ".py" for name in names}
    return found


def chosen(changed: set[str]) -> list[str]:
    """The test files for some changed files, by their paths below the root."""
    tests = [path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("test_*.py")]
    rooms = {str(Path(name).parent) for name in changed if name.endswith("conftest.py")}
    picked = {test for test in tests if test in changed or imported(ROOT / test) & changed}
    picked |= {test for test in tests if any(test.startswith(room + "/") for room in rooms)}
    return sorted(picked | {ALWAYS})


if __name__ == "__main__":
    print("\n".join(chosen({*git("diff", "--name-only", "HEAD"), *git("ls-files", "-o", "--exclude-standard")})))
