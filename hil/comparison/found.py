"""The results of runs below a folder: of one run, of a plant, or of a whole tree `runs/`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hil.reports.result import RESULT_FILE
from hil.reports.result_file import ResultFile, read_result
from hil.runs.folder import age
from twin.errors import InputError

_PATTERNS = (RESULT_FILE, f"*/{RESULT_FILE}", f"*/*/{RESULT_FILE}", f"*/*/*/{RESULT_FILE}")
_RUNS = ".runs"
"""How the folders end that keep every run of a scenario; the pointer beside them is the latest."""


@dataclass(frozen=True)
class Kept:
    """A run as its folder keeps it."""

    folder: Path
    result: ResultFile

    @property
    def name(self) -> str:
        """`plant/scenario`."""
        return f"{self.result.plant}/{self.result.scenario}"


def runs_below(root: Path) -> dict[str, Kept]:
    """The runs by name, the latest of each scenario. InputError where there is none, or what is there is no result."""
    if not root.is_dir():
        raise InputError(f"{root}: there is no such folder of results")
    found: dict[str, Kept] = {}
    for file in _latest_first(root):
        kept = Kept(file.parent, read_result(file))
        found.setdefault(kept.name, kept)
    if not found:
        raise InputError(f"{root}: no results below it; expected the folder of a run ({RESULT_FILE}) or a tree of them")
    return dict(sorted(found.items()))


def _latest_first(root: Path) -> Iterator[Path]:
    """Every result file: those to which a pointer leads, then those of earlier runs, the latest first."""
    files = [file for pattern in _PATTERNS for file in root.glob(pattern)]
    pointed = [file for file in files if not _is_earlier(file, root)]
    yield from sorted(pointed)
    yield from sorted((file for file in files if file not in pointed), key=lambda file: age(file.parent), reverse=True)


def _is_earlier(file: Path, root: Path) -> bool:
    return any(part.endswith(_RUNS) for part in (*file.relative_to(root).parts, root.name))


def matched(before: Path, after: Path) -> tuple[list[tuple[Kept, Kept]], list[str], list[str]]:
    """The runs that both folders have, by name; and the names that only the first, only the second has.

    InputError where they have none in common.
    """
    first, second = runs_below(before), runs_below(after)
    both = [(kept, second[name]) for name, kept in first.items() if name in second]
    if not both:
        raise InputError(
            f"nothing to compare: {before} has {', '.join(list(first)[:5])}, {after} has {', '.join(list(second)[:5])}"
        )
    return both, [name for name in first if name not in second], [name for name in second if name not in first]
