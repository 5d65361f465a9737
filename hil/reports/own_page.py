"""Pages that are not of one run: written only where nothing is, or over one of ours."""

import os
import sys
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from twin.errors import InputError
from twin.files import opened, write_whole

_MARK, _HEAD = b'<meta name="generator" content="geotwin', 400


def pages() -> Environment:
    """The templates of all pages; what they are given is escaped."""
    return Environment(
        loader=PackageLoader("hil", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def check_free(file: Path) -> None:
    """InputError where something stands in the place of a page that is not one of ours."""
    if os.path.lexists(file) and not _is_ours(file):
        raise InputError(f"cannot write {file}: it is there and was not written by geotwin; give another folder")


def remove_own(file: Path) -> None:
    """Remove a page of an earlier command, if it is one of ours."""
    if os.path.lexists(file) and _is_ours(file):
        file.unlink()


def _is_ours(file: Path) -> bool:
    try:
        with opened(file, sys.maxsize) as stream:
            return _MARK in stream.read(_HEAD)
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
