"""A program that comes as a container image: its files as a root of its own, its command and its environment.

The image's files are unpacked once, into the user's cache; a run sees them through an overlay, so that what a program
writes is kept beside the run and is gone for the next one. The program is a process of this machine, in its network,
and held like any other; no container is started.
"""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from twin.errors import InputError

ASK_S = 60.0
"""So long the engine may take to answer [s]."""
USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Image:
    """An image as its engine tells of it: its id, and what it starts, in which folder and with which environment."""

    name: str
    id: str
    words: tuple[str, ...]
    folder: str = "/"
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, name: str, words: Sequence[str]) -> "Image":
        """Ask the engine for an image. words: its command, in the place of its own; InputError where there is none."""
        told = json.loads(_docker(f"docker:{name}", ["image", "inspect", name]))[0]
        config = told.get("Config") or {}
        command = [*(config.get("Entrypoint") or ()), *(words or config.get("Cmd") or ())]
        if not command:
            raise InputError(f"docker:{name}: the image starts nothing by itself; name a command behind it")
        environment = dict(one.partition("=")[::2] for one in config.get("Env") or ())
        return cls(name, told["Id"], tuple(command), config.get("WorkingDir") or "/", environment)

    def unpacked(self) -> Path:
        """The folder with its files, which are unpacked where they are not there yet."""
        at = _cache() / self.id.replace(":", "-")
        if at.exists():
            return at
        at.parent.mkdir(parents=True, exist_ok=True)
        half = Path(tempfile.mkdtemp(dir=at.parent, prefix=".half-"))
        try:
            self._unpack(half)
            half.chmod(0o755)
            os.replace(half, at)
        except OSError:
            shutil.rmtree(half, ignore_errors=True)
            if not at.exists():  # else somebody else was quicker
                raise
        return at

    def _unpack(self, into: Path) -> None:
        made = _docker(f"docker:{self.name}", ["create", self.id, "none"]).strip()
        try:
            with subprocess.Popen(["docker", "export", made], stdout=subprocess.PIPE) as export:
                assert export.stdout is not None  # noqa: S101  (it is a pipe)
                with tarfile.open(fileobj=export.stdout, mode="r|") as archive:
                    archive.extractall(into, filter=_harmless)  # noqa: S202  (the filter sees to that)
            if export.returncode:
                raise InputError(f"docker:{self.name}: its files could not be taken out of the engine")
        finally:
            _docker(f"docker:{self.name}", ["rm", made])

    def found(self, root: Path) -> str:
        """The program of its command, as its own root knows it; InputError where it is not there."""
        word = self.words[0]
        folders = [""] if "/" in word else self.environment.get("PATH", USUAL_PATH).split(":")
        for folder in folders:
            path = f"{folder}/{word}" if folder else word if word.startswith("/") else f"{self.folder}/{word}"
            if os.path.lexists(root / path.lstrip("/")):
                return path
        raise InputError(f"docker:{self.name}: {word!r} is not there")


def _harmless(member: tarfile.TarInfo, into: str) -> tarfile.TarInfo | None:
    """Files, folders and links as they are in the image; devices are left out, and nothing leaves the folder."""
    if member.isdev():
        return None
    kept = tarfile.tar_filter(member, into)
    return kept.replace(uid=os.getuid(), gid=os.getgid(), uname="", gname="", deep=False)


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "geotwin" / "images"


def _docker(where: str, words: Sequence[str]) -> str:
    """What the engine says; InputError with its own last words where it refuses."""
    try:
        done = subprocess.run(
            ["docker", *words], check=False, capture_output=True, text=True, timeout=ASK_S
        )  # fmt: skip
    except FileNotFoundError as error:
        raise InputError(f"{where}: there is no program `docker` to ask") from error
    except subprocess.TimeoutExpired as error:
        raise InputError(f"{where}: the Docker engine does not answer") from error
    if done.returncode:
        raise InputError(f"{where}: {' '.join(done.stderr.split()) or 'the Docker engine refuses'}")
    return done.stdout
