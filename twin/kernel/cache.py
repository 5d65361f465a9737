"""Where compiled kernels are kept from one run to the next, and whom their files are believed from.

A kept kernel is machine code that runs as whoever reads it. So a file is read only if it belongs to the user, nobody
else can write it, and it holds what was written; any other is thrown away and its kernel compiled anew. Without a
folder that is the user's alone kernels compile in every run, and one sentence says so.

Written against numba 0.68, whose dispatchers ask their `_cache` for what is compiled already.
"""

import hashlib
import os
import platform
import re
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from pickle import loads
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

KERNEL_SOURCES = ("twin/**/*.py", "plant_models/**/*.py", "hil/bus/**/*.py")
"""The packages that hold kernels, whole."""
FOLDERS_KEPT = 8
"""Folders of other sources, Pythons and numbas that stay beside the one in use: those used last."""
KEY = re.compile("[0-9a-f]{16}")
WHOLE, HALF = ".kernel", ".half"
AT_WORK_S = 3600.0
"""Half a file that is older than this was left by a run that was killed [s]."""
PRIVATE = 0o700
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
DIGEST = hashlib.sha256().digest_size


class SharedError(OSError):
    """A folder or file is not the user's alone; the message says which, and why."""


def kernel_sources(root: Path) -> list[Path]:
    """Every file below `root` whose change may change compiled code, in a fixed order."""
    return sorted({file for pattern in KERNEL_SOURCES for file in root.glob(pattern)})


def sources_key(root: Path) -> str:
    """A digest of the names and contents of all kernel sources, and of what compiles them: a kernel that another one
    calls is a part of it, and a release of numba reads what the same one wrote."""
    compiled_by = (numba.__version__, llvmlite.__version__, np.__version__, platform.python_version(), sys.abiflags)
    digest = hashlib.sha256(repr(compiled_by).encode())
    for source in kernel_sources(root):
        digest.update(source.relative_to(root).as_posix().encode() + b"\0")
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def cache_homes() -> Iterator[Path]:
    """Where programs of this user keep what they can make again: what the environment names, then ~/.cache."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):  # the standard has others ignored
        yield Path(named)
    try:
        yield Path.home() / ".cache"
    except RuntimeError:  # no HOME, and a user whom the system does not know
        return


def check_parents(folder: Path) -> None:
    """SharedError if somebody else could put another folder in the place of `folder` or of one above it."""
    for above in (folder, *folder.parents):
        found = above.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise SharedError(f"{above} is no folder")
        if found.st_uid not in (0, os.geteuid()):
            raise SharedError(f"{above} belongs to another user")
        if found.st_mode & OTHERS_WRITE and not found.st_mode & stat.S_ISVTX:
            raise SharedError(f"{above} can be written by other users")


def private_folder(home: Path, key: str) -> Path:
    """The folder of this key within `home`, the user's alone, made if it is not there; SharedError, OSError."""
    home = Path(os.path.realpath(home))
    for above in reversed((home, *home.parents)):
        if not above.exists():
            above.mkdir(mode=PRIVATE, exist_ok=True)
    check_parents(home)
    folder = home
    for name in ("geotwin", key):
        folder = folder / name
        folder.mkdir(mode=PRIVATE, exist_ok=True)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise SharedError(f"{folder} is a link, no folder, or belongs to another user")
        if found.st_mode & OTHERS_WRITE:  # what others have put there is theirs, and seen as such when it is read
            folder.chmod(PRIVATE)
    return folder


def _drop_oldest(used: Path) -> None:
    """Delete the folders of other keys beyond those that are kept, and what killed runs left half written in this."""
    with suppress(OSError):  # another process does the same, or nothing can be written here
        os.utime(used)
        for half in used.glob(f"*{HALF}"):
            if half.stat().st_mtime < time.time() - AT_WORK_S:
                half.unlink()
        others = [folder for folder in used.parent.iterdir() if KEY.fullmatch(folder.name) and folder != used]
        for folder in sorted(others, key=lambda folder: folder.lstat().st_mtime, reverse=True)[FOLDERS_KEPT:]:
            shutil.rmtree(folder, ignore_errors=True)


@cache
def cache_folder() -> Path | None:
    """The folder of this process; None if none is the user's alone and can be written. Says so once on stderr."""
    key, refused = sources_key(Path(__file__).resolve().parents[2]), []
    named = os.environ.get("NUMBA_CACHE_DIR")
    for home in dict.fromkeys((*([Path(named)] if named else []), *cache_homes())):
        try:
            folder = private_folder(home, key)
        except SharedError as error:
            refused.append(str(error))
        except OSError as error:
            refused.append(f"{error.filename or home}: {error.strerror or error}")
        else:
            _drop_oldest(folder)
            if refused:
                _say(f"compiled kernels are kept in {folder.parent}, because {'; '.join(refused)}")
            return folder
    why = "; ".join(refused) or "HOME is not set"
    _say(f"no compiled kernels are kept, so that every run compiles anew, because {why}")
    return None


def compiled_before() -> bool:
    """Whether kernels of these sources were compiled for this user before, so that a run starts at once."""
    if numba.config.DISABLE_JIT:
        return True
    folder = cache_folder()
    return folder is not None and any(folder.glob(f"*{WHOLE}"))


@cache
def _say(sentence: str) -> None:
    print(f"geotwin: {sentence}", file=sys.stderr)


def read_private(file: Path) -> bytes | None:
    """What was written there; None if it is not there, not the user's alone, or not whole."""
    try:
        with open(os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as opened:
            found = os.fstat(opened.fileno())
            ours = stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & OTHERS_WRITE
            held = opened.read() if ours else b""
    except OSError:
        return None
    digest, content = held[:DIGEST], held[DIGEST:]
    return content if hashlib.sha256(content).digest() == digest else None


def write_private(file: Path, content: bytes) -> None:
    """Write a file with its digest, whole or not at all."""
    number, name = tempfile.mkstemp(HALF, dir=file.parent)
    try:
        with open(number, "wb") as written:
            written.write(hashlib.sha256(content).digest() + content)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@cache
def _source_digest(file: str) -> str:
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


class KernelCache(NullCache):  # type: ignore[misc]
    """What is kept of one kernel: a file for every combination of types that it was called with."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def _file(self, signature: Any, codegen: Any) -> Path | None:
        """Where the kernel is kept for these types, on a processor like this one; None if nowhere."""
        folder, code = cache_folder(), self._function.__code__
        if folder is None:
            return None
        inside = [cell.cell_contents for cell in self._function.__closure__ or ()]
        name = f"{self._function.__module__}.{self._function.__qualname__}"
        key = (name, code.co_firstlineno, _source_digest(code.co_filename), repr(signature), codegen.magic_tuple())
        digest = hashlib.sha256(repr(key).encode() + code.co_code + dumps(inside)).hexdigest()
        return folder / f"{re.sub('[^A-Za-z0-9_.]', '', name)[-80:]}-{digest[:32]}{WHOLE}"

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled kernel; None if it must be compiled. What cannot be read is thrown away."""
        target_context.refresh()
        file = self._file(sig, target_context.codegen())
        if file is None or not os.path.lexists(file):
            return None
        content = read_private(file)
        try:
            return None if content is None else CompileResult._rebuild(target_context, *loads(content))  # noqa: S301
        except Exception:  # whatever a pickle of another world raises: the kernel is compiled and the file written anew
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep a compiled kernel for the next run, unless addresses of this process are in it."""
        file = None if data.library.has_dynamic_globals else self._file(sig, data.codegen)
        if file is None:
            return
        try:
            write_private(file, dumps(data._reduce()))
        except OSError as error:
            _say(
                f"compiled kernels cannot be kept, so that the next run compiles anew: {file.parent}: {error.strerror}"
            )
