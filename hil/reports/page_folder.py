"""Pages and pictures in a folder of the user's: written over and deleted are only those that geotwin has written."""

import os
import stat
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from hil.schematic.drawing import BEGINNING
from twin.errors import InputError
from twin.files import opened, write_whole

LONGEST = 65_536
"""Within so many characters our mark stands."""


def is_ours(file: Path, notice: str) -> bool:
    """Whether a file bears our mark where we put it: the notice as third line of a page, the beginning of a picture."""
    if not stat.S_ISREG(file.lstat().st_mode):
        return False
    with file.open(encoding="utf-8", errors="replace") as opened:
        text = opened.read(LONGEST)
    return text.startswith(BEGINNING) if file.suffix == ".svg" else text.split("\n", 3)[2:3] == [notice]


def write_pages(folder: Path, texts: Mapping[str, str], notice: str) -> None:
    """Write texts by the names of their files, each whole; none of them if one may not be written.

    InputError where one would be written over a file that is not ours, or the folder cannot be written.
    """
    try:
        for name in texts:
            if os.path.lexists(folder / name) and not is_ours(folder / name, notice):
                raise InputError(f"{folder / name} is there and was not written by geotwin; give another folder")
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            write_whole(folder / name, text)
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {error.strerror or error}") from error


def drop_others(folder: Path, kept: Iterable[str], notice: str) -> None:
    """Delete the pages of ours that are none of `kept`, with their pictures."""
    for page in set(folder.glob("*.md")) - {folder / name for name in kept}:
        if is_ours(page, notice):
            page.unlink()
            picture = page.with_suffix(".svg")
            if os.path.lexists(picture) and is_ours(picture, notice):
                picture.unlink()


def command(write: Callable[[Path], None], words: list[str]) -> int:
    """`python -m MODULE FOLDER`: write all pages of the module; returns the exit code."""
    try:
        if len(words) != 1:
            raise InputError("give one folder for the pages")
        write(Path(words[0]))
    except (InputError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


_PAGE, _HEAD = b'<meta name="generator" content="geotwin', 200


def pages() -> Environment:
    """The templates of all pages; what they are given is escaped."""
    return Environment(
        loader=PackageLoader("hil.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def check_free(file: Path) -> None:
    """InputError where something stands in the place of a page that is not one of ours."""
    if os.path.lexists(file) and not _has_mark(file, _PAGE):
        raise InputError(f"cannot write {file}: it is there and was not written by geotwin; give another folder")


def remove_own(file: Path, mark: bytes = _PAGE) -> None:
    """Remove a page of an earlier command, if it is one of ours: if the mark stands where it begins."""
    if os.path.lexists(file) and _has_mark(file, mark):
        file.unlink()


def _has_mark(file: Path, mark: bytes) -> bool:
    try:
        with opened(file, sys.maxsize) as stream:
            return mark in stream.read(_HEAD)
    except InputError:
        return False


def write_own(file: Path, template: str, **content: Any) -> Path:
    """Write a page; InputError where something stands there that is not ours."""
    check_free(file)
    text = pages().get_template(template).render(**content)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        return write_whole(file, text)
    except OSError as error:
        raise InputError(f"cannot write {file}: {error.strerror or error}") from error
