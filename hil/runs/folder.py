"""The folder of a run: one of its own for every run, and a pointer to the latest.

    runs/office/cold_snap             -> cold_snap.runs/20261129T225703Z-1   (a link, moved when a run has begun)
    runs/office/cold_snap.runs/20261129T225703Z-1/                           (never written by another run)

Nothing is deleted that does not carry our mark, and no folder whose run is still at work.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from twin.errors import InputError

MARK = ".geotwin-run"
"""In every folder of a run; locked while the run is at work."""
KEPT = 5
"""How many runs of a scenario are kept."""
_LONGEST_MARK = 1000
_BEGUN = "begun"
"""The line of a mark that tells a run that has begun from an attempt."""


@contextlib.contextmanager
def run_folder(out: Path, name: str, identity: str = "") -> Iterator[Path]:
    """A new folder for a run of `name` (of the form plant/scenario), locked until the run is over.

    identity: of the run, as its recording bears it; kept in the mark beside the number of the process that locks it
    """
    folder = _made(out, name)
    with (folder / MARK).open("w", encoding="utf-8") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        mark.write(f"{os.getpid()}\n{identity}\n")
        mark.flush()
        yield folder


def check_own(folder: Path, identity: str = "") -> None:
    """InputError where the run of a folder is at work, or is another one than its recording tells.

    identity: what the recording bears; empty where that is not known
    """
    if not (folder / MARK).is_file():
        return
    owner, own = (*_said(folder), "", "")[:2]
    if not _is_over(folder):
        raise InputError(f"{folder}: the run there is still at work (process {owner}); wait for its end")
    if identity and own not in ("", _BEGUN, identity):
        raise InputError(f"{folder}: the recording there is not of the run that the folder belongs to")


def fresh_folder(out: Path, name: str) -> Path:
    """A new folder for a run of `name`, the pointer moved to it at once."""
    folder = _made(out, name)
    (folder / MARK).touch()
    point_to(folder, out, name)
    return folder


def point_to(folder: Path, out: Path, name: str) -> Path:
    """Let `out/name` be the latest run, and drop the oldest ones; returns the pointer.

    InputError where something stands there that is no pointer and no results.
    """
    pointer = out / name
    try:
        with (folder / MARK).open("a", encoding="utf-8") as mark:
            mark.write(f"{_BEGUN}\n")
        if pointer.exists() and not pointer.is_symlink():
            _set_aside(pointer, folder.parent)
        new = folder.parent / f".latest-{os.getpid()}"
        new.unlink(missing_ok=True)
        new.symlink_to(os.path.relpath(folder, pointer.parent))
        new.replace(pointer)
        _drop_oldest(folder)
    except OSError as error:
        raise _refused(pointer, error) from error
    return pointer


def _made(out: Path, name: str) -> Path:
    runs = out / f"{name}.runs"
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    try:
        runs.mkdir(parents=True, exist_ok=True)
        taken = [age(folder)[1] for folder in runs.iterdir() if folder.name.startswith(stamp)]
        for number in count(max(taken, default=0) + 1):
            folder = runs / f"{stamp}-{number}"
            with contextlib.suppress(FileExistsError):
                folder.mkdir()
                return folder
    except OSError as error:
        raise _refused(out / name, error) from error
    raise AssertionError  # the numbers do not end


def _set_aside(old: Path, runs: Path) -> None:
    """Keep results of before runs had folders of their own; anything else is not ours to move."""
    if not (
        old.is_dir() and any((old / file).exists() for file in ("result.json", "recording.parquet", "journal.jsonl"))
    ):
        raise InputError(f"cannot write results to {old}: it is there and holds no results of geotwin")
    old.rename(runs / f"before-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")


def _drop_oldest(latest: Path) -> None:
    """Delete the oldest runs beyond those that are kept: folders with our mark whose run is over.

    Runs that never began count for nothing: they make no room for themselves at the cost of one that did.
    """
    marked = sorted((folder for folder in latest.parent.iterdir() if (folder / MARK).is_file()), key=age)
    begun = [folder for folder in marked if _BEGUN in _said(folder)]
    attempts = [folder for folder in marked if folder not in begun]
    for folder in [*begun[:-KEPT], *attempts[:-KEPT]]:
        if folder != latest and not folder.is_symlink() and _is_over(folder):
            shutil.rmtree(folder)


def _said(folder: Path) -> list[str]:
    """The lines of a folder's mark; of a damaged one what can be read."""
    with (folder / MARK).open(encoding="utf-8", errors="replace") as mark:
        return mark.read(_LONGEST_MARK).splitlines()


def age(folder: Path) -> tuple[str, int]:
    """When the run of a folder began, and its number among those of that second: what runs are sorted by."""
    stamp, _, number = folder.name.partition("-")
    return stamp, int(number) if number.isdigit() else 0


def _is_over(folder: Path) -> bool:
    with (folder / MARK).open("r+", encoding="utf-8") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


def _refused(folder: Path, error: OSError) -> InputError:
    return InputError(f"cannot write results to {folder}: {error.strerror or error}")
