"""One bounded reader for every file of a user's."""

import os
import socket
from pathlib import Path

import pytest

from twin.errors import InputError, JoinedInputError, RigError
from twin.files import opened, read_bytes, read_text
from twin.yaml_lines import load


def test_text_is_read_as_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("\ufeffa: 1\r\nb: µ😀\rc: 3\n".encode())
    assert read_text(file) == "a: 1\nb: µ😀\nc: 3\n"
    assert read_bytes(file, 100) == file.read_bytes()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"a: 1\nb: \xff\n", ":2:4: not text in UTF-8: the byte 0xff"),
        (b"a: \xc3", ":1:4: not text in UTF-8: the byte 0xc3"),
        (b"a: 1\nbc\0d", ":2:3: the control character U+0000; a text file has none"),
        ("a: µ\x1b[31m".encode(), ":1:5: the control character U+001B"),
        ("\ufffea".encode(), ":1:1: the control character U+FFFE"),
        (b"x" * 2_000_001, ": 2,000,001 bytes; at most 2,000,000 are read"),
    ],
)
def test_what_is_no_text_is_told_with_its_place(tmp_path: Path, data: bytes, told: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(data)
    with pytest.raises(InputError) as error:
        read_text(file, where="plant.yaml:3:4")
    assert f"a.yaml{told}" in str(error.value)


def test_only_regular_files_are_read_and_nothing_waits(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for name, told in (
            ("pipe", "it is a pipe; expected a file"),
            ("folder", "a folder"),
            ("socket", "cannot be read"),
            ("none", "No such file or directory"),
            ("a\0b", "a NUL in its name"),
            ("/dev/zero", "it is a device; expected a file"),
        ):
            with pytest.raises(InputError, match=told) as error:
                read_text(tmp_path / name, where="bench.yaml:1:2")
            assert str(error.value).startswith("bench.yaml:1:2: ")
            assert "\n" not in str(error.value)


def test_a_file_that_never_ends_is_left_at_its_limit(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="more than 10 bytes; at most 10 are read"):
        read_bytes(Path("/proc/self/status"), 10)  # says that it has no bytes, and has many
    (tmp_path / "long").write_bytes(b"x" * 11)
    with pytest.raises(InputError, match="long: 11 bytes; at most 10 are read"), opened(tmp_path / "long", 10):
        pass


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[" * 200_000, "f:1:42: nested deeper than 40 levels"),
        ("{a: " * 100_000, "nested deeper than 40 levels"),
        ("[\n" * 100_000, "f:42:1: nested deeper than 40 levels"),
        ("- " * 100_000, "nested deeper than 40 levels"),
        ("\n".join(" " * level + "a:" for level in range(1000)), "f:41:41: nested deeper than 40 levels"),
        ("a: [" + "1," * 900_000, "f:1:199997: more than 100,000 keys and values"),
        ('a: "\\e[31mred"', "f:1:4: the control character U+001B in a text"),
        ('a: "\\u202Eder"', "f:1:4: the control character U+202E in a text"),
        ("a: 1\n---\nb: 2", "f:2:1: a second document"),
    ],
)
def test_yaml_is_left_where_it_goes_beyond_a_limit(text: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        load(text, "f")
    assert told in str(error.value)


def test_a_message_is_one_line_of_some_length_that_shows_what_it_holds() -> None:
    assert str(InputError("a\nb\x1b[31m\u202e")) == "a\\nb\\x1b[31m\\u202e"
    assert str(RigError("a\rb")) == "a\\rb"
    long = str(InputError("x" * 1_000_000 + " end"))
    assert len(long) < 1600
    assert long.endswith(" end")
    joined = JoinedInputError([InputError(f"{number}: wrong\n") for number in range(1000)])
    assert str(joined).count("\n") == 100
    assert str(joined).endswith("900 more mistakes are not told")
