"""How often a run is recorded, and how large its recording becomes: chosen and told before anything is run."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from twin.errors import InputError
from twin.recorder import Source

PERIODS_S = (1.0, 10.0, 60.0, 300.0, 900.0, 3600.0)
"""The periods that are chosen from where none is asked for [s]."""
LONG_S = 43_200.0
"""Runs beyond this are recorded every 10 s at the most often, shorter ones every second [s]."""
LARGE = 4e9
"""No period is chosen that makes a recording larger than this while it is made [bytes]."""
WORTH_TELLING = 1e9
"""A recording that grows beyond this is told of before the run [bytes]."""
KEPT_SHARE = 0.25
"""What is left of it when the run is over, at the most: the columns are packed. Thirteen runs of the library kept 8 to
13 %."""


def row_bytes(sources: Sequence[Source]) -> int:
    """The size of a row while a run is at work: its time and its columns [bytes]."""
    return 8 + sum(8 if column.dtype == "float64" else 4 for source in sources for column in source.columns)


def period_ms(asked_s: float | None, duration_s: float, row: int) -> int:
    """The time between two rows [ms]: what is asked for, or the shortest that makes no recording beyond LARGE."""
    if asked_s is not None:
        return round(asked_s * 1000)
    allowed = [period for period in PERIODS_S if duration_s <= LONG_S or period > PERIODS_S[0]]
    fitting = (period for period in allowed if duration_s / period * row <= LARGE)
    return round(next(fitting, allowed[-1]) * 1000)


def size(period: int, duration_s: float, row: int) -> float:
    """The size of a recording while it is made [bytes]. period: between two rows [ms]."""
    return (duration_s * 1000.0 / period + 1.0) * row


def check_room(folder: Path, needed: float) -> None:
    """InputError where the disk of a folder has no room for a recording that grows to `needed` [bytes]."""
    there = next(parent for parent in (folder, *folder.resolve().parents) if parent.exists())
    total, _, free = shutil.disk_usage(there)
    if total and needed * (1.0 + KEPT_SHARE) > free:
        raise InputError(
            f"the recording needs {needed * (1.0 + KEPT_SHARE) / 1e9:.1f} GB and there are {free / 1e9:.1f} GB free in "
            f"{folder}; record less often (--record-every) or give another folder (--out)"
        )


def told(needed: float, period: int) -> str:
    """What a user is told of a large recording before the run; empty for any other."""
    if needed < WORTH_TELLING:
        return ""
    return (
        f"recorded every {period / 1000.0:g} s: the recording grows to {needed / 1e9:.1f} GB and is packed to at most "
        f"{needed * KEPT_SHARE / 1e9:.1f} GB at the end (--record-every changes it)"
    )
