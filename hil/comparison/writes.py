"""The first moment at which two controllers wrote something else, from the journals of their runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, zip_longest
from pathlib import Path

from hil.bench.lockstep import PACE
from twin.journal import noted

Step = tuple[int, dict[str, float]]


@dataclass(frozen=True)
class FirstDifference:
    """When two controllers first differed [s], and what each then wrote: (path, one, other), None: nothing."""

    at_s: float
    writes: tuple[tuple[str, float | None, float | None], ...]


def first_difference(before: Path, after: Path) -> FirstDifference | None:
    """The first instant at which what was changed is not the same; None where it is the same to the end.

    A value written again counts for nothing, nor does the order of the writes of one instant.
    """
    for one, other in zip_longest(_steps(before), _steps(after)):
        if one == other:
            continue
        at_ms = min(step[0] for step in (one, other) if step is not None)
        first, second = (step[1] if step is not None and step[0] == at_ms else {} for step in (one, other))
        paths = [path for path in (first | second) if first.get(path) != second.get(path)]
        return FirstDifference(at_ms / 1000.0, tuple((path, first.get(path), second.get(path)) for path in paths))
    return None


def _steps(journal: Path) -> Iterator[Step]:
    """For each instant [ms] the points that were given another value than before."""
    last: dict[str, float] = {}
    for at_ms, group in groupby(noted(journal), key=lambda write: write.time_ms):
        now = {write.path: write.value for write in group if not write.path.startswith(PACE)}
        changed = {path: value for path, value in now.items() if last.get(path) != value}
        last |= changed
        if changed:
            yield at_ms, changed
