"""The figures of every row of docs/validation.md over the versions: docs/validation_history.csv.

One line a row and version, in the order in which they came: version, day on which that figure was first recorded for
it, row, figures. `make validation` puts the figures of the present version in; what is not yet released bears the last
version with a plus, and its lines give way to those of the version that it becomes.
"""

import csv
import datetime
import tomllib
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
HISTORY = ROOT / "docs/validation_history.csv"


class Line(NamedTuple):
    """The figures of one row in one version."""

    version: str
    day: str
    case: str
    got: str


def present_version(root: Path = ROOT) -> str:
    """The version of the project; with a plus while the list of changes has a section that is not released."""
    version: str = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    unreleased = "## Unreleased" in (root / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    return version + "+" * unreleased


def read(file: Path = HISTORY) -> list[Line]:
    with file.open(encoding="utf-8", newline="") as text:
        return [Line(**line) for line in csv.DictReader(text)]


def write(lines: list[Line], file: Path = HISTORY) -> None:
    with file.open("w", encoding="utf-8", newline="") as text:
        table = csv.writer(text, lineterminator="\n")
        table.writerow(Line._fields)
        table.writerows(lines)


def figures(values: list[float]) -> str:
    """As page and file show them."""
    return ", ".join(f"{value:g}" for value in values)


def renewed(lines: list[Line], version: str, day: str, cases: list[dict[str, Any]]) -> list[Line]:
    """The history with the figures of `version`, today's; a figure that stands keeps its day."""
    kept = [line for line in lines if line.version != version and not line.version.endswith("+")]
    days = {(line.case, line.got): line.day for line in lines if line.version == version}
    now = [(case["case"], figures(case["got"])) for case in cases]
    return kept + [Line(version, days.get((case, got), day), case, got) for case, got in now]


def versions(lines: list[Line]) -> dict[str, str]:
    """Every version with the last day on which it was recorded, in order."""
    last: dict[str, str] = {}
    for line in lines:
        last[line.version] = max(line.day, last.get(line.version, ""))
    return last


def since(lines: list[Line], case: str) -> str:
    """The first version in whose history a row stands."""
    return next(line.version for line in lines if line.case == case)


def earlier(lines: list[Line], version: str, case: str) -> str:
    """What a row gave in an earlier version, as text; empty where it had no such row."""
    return next((line.got for line in lines if line.version == version and line.case == case), "")


def renew(cases: list[dict[str, Any]]) -> list[Line]:
    """Put the figures of today into the file; the history after that."""
    lines = renewed(read(), present_version(), datetime.datetime.now(datetime.UTC).date().isoformat(), cases)
    write(lines)
    return lines
