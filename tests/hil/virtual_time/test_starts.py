"""A program that cannot be started, or held, is told in one sentence, and nothing is left of it."""

import errno
import os
import platform

import pytest

from hil.virtual_time import kernel
from hil.virtual_time.programs import Programs
from hil.virtual_time.starting import start
from tests.hil.virtual_time.held import Stopwatch, play
from twin.errors import InputError, RigError

TRUE = ["/bin/true"]


def written(folder, name, content, mode=0o755):
    file = folder / name
    file.write_bytes(content)
    file.chmod(mode)
    return file


def refused(kind, words, folder):
    """The sentence with which a program is refused, and soon."""
    watch = Stopwatch()
    with pytest.raises(kind) as caught:
        play(words, folder)
    assert watch.s < 5
    text = str(caught.value)
    assert "\n" not in text
    return text


def test_it_is_not_there(tmp_path):
    assert refused(InputError, ["./no-such"], tmp_path) == "exec: './no-such' is not there"
    assert refused(InputError, ["no-such-program"], tmp_path) == "exec: 'no-such-program' is not there"


def test_it_is_not_executable(tmp_path):
    file = written(tmp_path, "text", b"hello", 0o644)
    assert refused(InputError, [file], tmp_path) == f"exec: '{file}' is not executable"
    assert refused(InputError, [tmp_path], tmp_path) == f"exec: '{tmp_path}' is not executable"


def test_it_has_32_bits(tmp_path):
    file = written(tmp_path, "old", b"\x7fELF\x01\x01\x01" + bytes(45))
    assert (
        refused(InputError, [file], tmp_path) == f"exec: '{file}' is a 32-bit program; only 64-bit programs can be held"
    )


def test_it_has_the_rights_of_its_owner(tmp_path):
    file = written(tmp_path, "mighty", b"#!/bin/sh\n", 0o4755)
    assert "setuid" in refused(InputError, [file], tmp_path)


def test_its_interpreter_is_not_there(tmp_path):
    file = written(tmp_path, "script", b"#!/no/such/shell\nexit 0\n")
    assert refused(InputError, [file], tmp_path) == f"exec: '{file}' needs /no/such/shell, which is not there"


def test_it_says_no_interpreter(tmp_path):
    file = written(tmp_path, "script", b"echo hello\n")
    assert refused(InputError, [file], tmp_path) == f"exec: '{file}' cannot be executed (Exec format error)"


@pytest.mark.parametrize("what", ["seize", "descriptor_of"])
def test_the_system_does_not_let_it_be_held(what, tmp_path, monkeypatch):
    def forbidden(*_):
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(kernel, what, forbidden)
    text = refused(RigError, TRUE, tmp_path)
    assert text == f"p: {start.NO_PTRACE} (Operation not permitted)"
    assert "--cap-add SYS_PTRACE" in text


def test_an_unknown_machine(tmp_path, monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert refused(RigError, TRUE, tmp_path) == "programs cannot be held on riscv64, only on x86_64, aarch64"


def test_one_refused_leaves_the_others(tmp_path):
    held = Programs(1)

    async def work():
        held.start_time(0.0)
        held.start("good", ["sleep", "1"], tmp_path / "good")
        with pytest.raises(InputError):
            held.start("bad", ["./no-such"], tmp_path / "bad")
        await held.end("good")
        return held.rig.programs

    assert list(held.complete(work())) == ["good"]
