"""Files read within bounds, and written whole.

A user's file is read as a regular file up to a size, and as text in which every character shows. Every other module
that reads one comes here: a pipe would hang the reader and a device never ends. What a limit keeps out is told with the
limit and with what was given.
"""

import errno
import os
import re
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from twin.errors import InputError

TEXT_MOST = 2_000_000
"""Bytes of a file that somebody writes by hand; the largest that ships has some 30,000."""
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What is no character of a YAML stream, chapter 5.1 of its specification 1.2, nor of any other text here."""
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@contextmanager
def opened(file: Path, most: int, where: str = "") -> Iterator[BinaryIO]:
    """A regular file of at most so many bytes, opened for reading; what the system refuses in between is told too.

    where: the place that names the file. Raises InputError with the file and what is wrong with it.
    """
    try:
        if "\0" in str(file):
            raise OSError(errno.ENOENT, "a NUL in its name")
        with open(file, "rb", opener=_regular) as stream:
            size = os.fstat(stream.fileno()).st_size
            if size > most:
                raise InputError(f"{file}: {size:,} bytes; at most {most:,} are read").under(where)
            yield stream
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror or error}").under(where) from error


def _regular(name: str, flags: int) -> int:
    """A descriptor of a regular file, opened without waiting for whoever would write into a pipe."""
    descriptor = os.open(name, flags | os.O_NONBLOCK)
    mode = os.fstat(descriptor).st_mode
    if not stat.S_ISREG(mode):
        os.close(descriptor)
        kind = next((kind for is_kind, kind in _KINDS if is_kind(mode)), "something else")
        raise OSError(errno.EINVAL, f"it is {kind}; expected a file")
    return descriptor


def read_bytes(file: Path, most: int = TEXT_MOST, where: str = "") -> bytes:
    """All bytes of a regular file of at most so many. Raises InputError; where: the place that names the file."""
    with opened(file, most, where) as stream:
        data = stream.read(most + 1)
    if len(data) > most:
        raise InputError(f"{file}: more than {most:,} bytes; at most {most:,} are read").under(where)
    return data


def read_text(file: Path, most: int = TEXT_MOST, where: str = "", name: str = "") -> str:
    """The text of a file in UTF-8, as `read_bytes` bounds it; a byte order mark is left out, line ends become `\\n`.

    name: stands for the file in messages about its text
    """
    return decoded(read_bytes(file, most, where), name or str(file))


def decoded(data: bytes, name: str) -> str:
    """The text in UTF-8; InputError with line and column where it is none, or holds a character that does not show."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise InputError(f"{_place(before, name)}: not text in UTF-8: the byte 0x{data[error.start]:02x}") from error
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = _UNPRINTABLE.search(text)
    if found is not None:
        raise InputError(
            f"{_place(text[: found.start()], name)}: the control character U+{ord(found[0]):04X}; a text file has none"
        )
    return text


def _place(before: str, name: str) -> str:
    """Line and column of what follows a text."""
    line = before.count("\n") + 1
    return f"{name}:{line}:{len(before) - before.rfind(chr(10))}"


@contextmanager
def written_whole(file: Path) -> Iterator[BinaryIO]:
    """A file to be written: whoever reads it, also after a crash, finds the old content or the new one, whole."""
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def write_whole(file: Path, text: str) -> Path:
    """Write a text (UTF-8); whoever reads the file, also after a crash, finds the old text or the new one, whole."""
    with written_whole(file) as stream:
        stream.write(text.encode("utf-8", "replace"))
    return file
