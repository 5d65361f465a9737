"""Compiled kernels are kept under a key of all their sources, and believed only from whom they can be."""

import ast
import errno
import hashlib
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
import pytest

from twin.kernel import cache as kernel_cache
from twin.kernel import kernel
from twin.kernel.cache import kernel_sources, sources_key

ROOT = Path(__file__).parents[2]
PACKAGES = ("twin", "plant_models", "scenarios", "hil")


def has_kernel(file: Path) -> bool:
    """Whether a function of the file is decorated as a kernel, or as an intrinsic of compiled code."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    words = {ast.unparse(decorator).split("(")[0].split(".")[-1] for f in functions for decorator in f.decorator_list}
    return bool(words & {"kernel", "intrinsic", "njit"})


def test_every_file_with_a_kernel_is_in_the_key():
    files = {file for package in PACKAGES for file in (ROOT / package).rglob("*.py") if has_kernel(file)}
    assert len(files) > 40
    assert not files - set(kernel_sources(ROOT))


def test_a_change_in_any_source_or_of_its_place_changes_the_key(tmp_path):
    for file in kernel_sources(ROOT):
        copy = tmp_path / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    before = sources_key(tmp_path)
    assert before == sources_key(ROOT)
    deep = tmp_path / "plant_models" / "one" / "room"
    deep.mkdir(parents=True)
    (deep / "new.py").write_text("X = 1\n")
    added = sources_key(tmp_path)
    (deep / "new.py").write_text("X = 2\n")
    changed = sources_key(tmp_path)
    (deep / "new.py").rename(tmp_path / "plant_models" / "new.py")
    assert len({before, added, changed, sources_key(tmp_path)}) == 4


def doubled(x: float) -> float:
    """What is compiled here."""
    return 2.0 * x


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user whose home and cache folder are new, and who names no other."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    (tmp_path / "home").mkdir(mode=0o700)
    yield tmp_path
    kernel_cache.cache_folder.cache_clear()


def compiled(*arguments: float) -> Any:
    """What `doubled` gives, compiled as in a new process."""
    kernel_cache.cache_folder.cache_clear()
    kernel_cache._say.cache_clear()
    made: Any = kernel(doubled)
    made._cache = kernel_cache.KernelCache(doubled)
    assert made(*(arguments or (4.0,))) == 8.0
    return made


def from_disk(dispatcher: Any) -> bool:
    return bool(sum(dispatcher.stats.cache_hits.values()))


def kept(folder: Path) -> list[Path]:
    return sorted(folder.rglob(f"*{kernel_cache.WHOLE}"))


class Forged:
    """Unpickled, it leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self._mark,)


def forge(file: Path, mark: Path) -> None:
    """Put into the place of a kept kernel what leaves a mark when it is believed; the mode stays."""
    content = pickle.dumps(Forged(mark))
    file.write_bytes(hashlib.sha256(content).digest() + content)


def test_a_kernel_is_compiled_once_and_kept_for_its_user_alone(home, capsys):
    before = os.umask(0)
    try:
        assert not from_disk(compiled())
    finally:
        os.umask(before)
    (file,) = kept(home / "cache")
    for path in (home / "cache", *(home / "cache").rglob("*")):
        assert not path.stat().st_mode & 0o077, path
    assert from_disk(compiled())
    assert not from_disk(compiled(4))  # another type, another file
    assert len(kept(home / "cache")) == 2
    assert file.parent.name == sources_key(ROOT)
    assert not capsys.readouterr().err


def test_what_its_user_alone_has_written_is_believed(home):
    """The forgery of the next tests is one: where nobody else could have made it, it runs."""
    compiled()
    forge(kept(home)[0], home / "mark")
    compiled()
    assert (home / "mark").exists()


def loose_file(file: Path) -> None:
    file.chmod(0o666)


def link(file: Path) -> None:
    file.rename(file.with_suffix(".aside"))
    file.symlink_to(file.with_suffix(".aside"))


def foreign_file(file: Path) -> None:
    os.chown(file, 65_534, 65_534)


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


@pytest.mark.parametrize("spoil", [loose_file, link, pipe, *([foreign_file] if os.geteuid() == 0 else [])])
def test_a_file_that_others_could_have_written_is_not_believed(home, spoil):
    compiled()
    (file,) = kept(home)
    forge(file, home / "mark")
    file.parent.chmod(0o777)
    file.parent.parent.chmod(0o777)
    spoil(file)
    assert not from_disk(compiled())
    assert not (home / "mark").exists()
    assert from_disk(compiled()), "and a whole one is in its place"
    assert [folder.stat().st_mode & 0o777 for folder in (file.parent, file.parent.parent)] == [0o700, 0o700]


@pytest.mark.parametrize("variable", ["NUMBA_CACHE_DIR", "XDG_CACHE_HOME"])
@pytest.mark.parametrize("deeper", ["", "mine"])
def test_a_folder_that_anyone_can_write_to_is_not_used(home, monkeypatch, capsys, variable, deeper):
    shared = home / "shared"
    monkeypatch.setenv(variable, str(shared / deeper))
    compiled()
    (file,) = kept(shared)
    forge(file, home / "mark")
    shared.chmod(0o777)
    assert not from_disk(compiled())
    assert not (home / "mark").exists()
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert f"because {shared} can be written by other users" in said[0]
    private = home / ("cache" if variable == "NUMBA_CACHE_DIR" else "home/.cache") / "geotwin"
    assert f"kept in {private}," in said[0]
    assert kept(private)
    shared.chmod(0o1777)  # as /tmp is: others cannot exchange what is in it
    compiled()
    assert (home / "mark").exists()


def test_a_link_in_the_way_is_followed_once_and_what_it_leads_to_is_looked_at(home, monkeypatch):
    (home / "real").mkdir()
    (home / "cache").symlink_to(home / "real")
    compiled()
    (file,) = kept(home / "real")
    (home / "real").chmod(0o777)
    forge(file, home / "mark")
    assert not from_disk(compiled())
    assert not (home / "mark").exists()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "other"))
    (home / "other").mkdir()
    (home / "other" / "geotwin").symlink_to(home / "real" / "geotwin")
    with pytest.raises(kernel_cache.SharedError, match="is a link"):
        kernel_cache.private_folder(home / "other", "0" * 16)


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda whole: whole[: len(whole) // 2],
        lambda _: b"\0garbage",
        lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]),
        lambda _: hashlib.sha256(b"\x80").digest() + b"\x80",
        lambda _: hashlib.sha256(pickle.dumps((1, 2))).digest() + pickle.dumps((1, 2)),
    ],
    ids=["empty", "truncated", "garbage", "one bit", "no pickle", "other content"],
)
def test_a_damaged_kernel_is_thrown_away_and_compiled_anew(home, capsys, damage):
    compiled()
    (file,) = kept(home)
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert not from_disk(compiled())
    assert file.stat().st_size > len(whole) // 2 + 1
    assert from_disk(compiled())
    assert not capsys.readouterr().err


def test_another_python_or_numba_has_a_folder_of_its_own(monkeypatch):
    keys = {sources_key(ROOT)}
    for module, name in ((numba, "__version__"), (kernel_cache.llvmlite, "__version__")):
        with monkeypatch.context() as other:
            other.setattr(module, name, "0.0.1")
            keys.add(sources_key(ROOT))
    with monkeypatch.context() as other:
        other.setattr(kernel_cache.platform, "python_version", lambda: "3.99.0")
        keys.add(sources_key(ROOT))
    assert len(keys) == 4


def test_folders_of_earlier_sources_do_not_pile_up(home):
    geotwin = home / "cache" / "geotwin"
    for number in range(30):
        folder = geotwin / f"{number:016x}"
        (folder / "deep").mkdir(parents=True)
        os.utime(folder, (number, number))
    (geotwin / "borehole_fields").mkdir()
    (geotwin / "borehole_fields" / "one.json").touch()
    os.utime(geotwin / "borehole_fields", (0, 0))
    compiled()
    half = kept(home)[0].with_suffix(kernel_cache.HALF)
    half.touch()
    os.utime(half, (0, 0))
    compiled()
    left = sorted(folder.name for folder in geotwin.iterdir())
    newest = [f"{number:016x}" for number in range(30 - kernel_cache.FOLDERS_KEPT, 30)]
    assert left == sorted([*newest, "borehole_fields", sources_key(ROOT)])
    assert (geotwin / "borehole_fields" / "one.json").exists()
    assert not half.exists()


def test_without_a_folder_kernels_compile_one_sentence_says_so_and_nothing_is_left(home, monkeypatch, capsys):
    (home / "cache").touch()
    (home / "home" / ".cache").touch()
    (home / "temp").mkdir()
    monkeypatch.setenv("TMPDIR", str(home / "temp"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    made = compiled()
    made(4)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "every run compiles anew" in said[0]
    assert str(home / "cache") in said[0]
    assert not list((home / "temp").iterdir())


def test_a_folder_that_fills_up_is_told_once(home, monkeypatch, capsys):
    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(kernel_cache, "write_private", full)
    compiled()(4)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert "No space left on device" in said[0]


def test_a_command_without_a_home_leaves_nothing_behind(tmp_path):
    """The whole rig, as a user has it who may write nowhere but in the folder for temporary files."""
    environment = {
        name: value for name, value in os.environ.items() if name not in ("XDG_CACHE_HOME", "NUMBA_CACHE_DIR")
    }
    environment |= {"HOME": "/dev/null/nowhere", "TMPDIR": str(tmp_path)}
    words = [sys.executable, "-c", "from plant_models.water.friction import kv_loss; print(kv_loss(3.0))"]
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "144000.0\n"
    assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())
