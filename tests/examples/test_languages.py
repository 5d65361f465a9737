"""The controllers in Go, Node, Python, Java and shell are built as their pages say, heat the office and end cleanly."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from hil import cli
from tests.examples.at_the_rig import Plant, running, serving

EXAMPLES = Path(__file__).parents[2] / "examples"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "geotwin-examples"
SPEED = 60
SOURCES = [
    "go/main.go",
    "node/controller.js",
    "python_threads/controller.py",
    "java/Controller.java",
    "shell/controller.sh",
]
WEATHER_CURVE = range(460, 501)
"""Set points of a January morning, in tenths of a degree; 450 is the one without a broker."""


def lines_of(page: str, word: str) -> list[str]:
    """The lines of an example's page that begin with a word, as typed there."""
    return re.findall(rf"^{re.escape(word)}.*$", (EXAMPLES / page / "README.md").read_text(), re.MULTILINE)


def build(name: str, line: str, folder: Path, **environment: str) -> Path:
    """A copy of an example in which a line of its page was run without complaint."""
    copy = folder / name
    shutil.copytree(EXAMPLES / name, copy, ignore=shutil.ignore_patterns("controller", "build"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["/bin/sh", "-c", line], cwd=copy, check=False, capture_output=True, text=True, timeout=300,
        env={**os.environ, "PATH": path, **environment},
    )  # fmt: skip
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return copy


def in_go(folder: Path, _: Callable[..., Path]) -> list[str]:
    [line] = lines_of("go", "CGO_ENABLED=0 go build")
    program = build("go", line, folder, GOCACHE=str(CACHE / "go"), GOTOOLCHAIN="local") / "controller"
    assert b"ld-linux" not in program.read_bytes(), "it is to be static"
    return [str(program)]


def in_node(_: Path, installed: Callable[..., Path]) -> list[str]:
    [line] = lines_of("node", "npm install")
    assert line == "npm install --omit=optional --no-package-lock"
    return ["node", str(installed("node", "--omit=optional") / "controller.js")]


def in_python(_: Path, __: Callable[..., Path]) -> list[str]:
    return [sys.executable, str(EXAMPLES / "python_threads" / "controller.py")]


def in_java(folder: Path, _: Callable[..., Path]) -> list[str]:
    [line] = lines_of("java", "javac")
    return ["java", "-cp", str(build("java", f"{line} -Xlint:all -Werror", folder) / "build"), "Controller"]


def in_shell(_: Path, __: Callable[..., Path]) -> list[str]:
    return [str(EXAMPLES / "shell" / "controller.sh")]


@pytest.mark.parametrize("made", [in_go, in_node, in_python, in_java, in_shell])
def test_it_heats_the_office(
    made: Callable[..., list[str]], installed: Callable[..., Path], tmp_path: Path, two_ports: int
) -> None:
    program, logs = made(tmp_path, installed), (tmp_path / "rig.log", tmp_path / "controller.log")
    plant = Plant(two_ports, logs)
    with serving(two_ports, logs[0], SPEED):
        plant.wait("the rig answers", plant.units_are_off, 60)
        with running([*program, "127.0.0.1", str(two_ports), str(SPEED)], logs[1]) as controller:
            plant.wait("both units run", plant.units_run, 60)
            assert plant.life_sign() > 1
            assert controller.poll() is None, logs[1].read_text()
            controller.send_signal(signal.SIGTERM)
            assert controller.wait(timeout=10) == 0, logs[1].read_text()
            plant.wait("units are off", plant.units_are_off, 30)
    told = subprocess.run(program, check=False, capture_output=True, text=True, timeout=20)
    assert told.returncode != 0
    assert "HOST PORT [SPEED" in told.stderr


def test_the_one_with_threads_listens_to_a_broker(tmp_path: Path, two_ports: int) -> None:
    program, logs = in_python(tmp_path, Path), (tmp_path / "rig.log", tmp_path / "controller.log")
    plant = Plant(two_ports, logs)

    def set_point() -> int:
        return plant.read(21, "holding_registers", 2) or 0

    with serving(two_ports, logs[0], SPEED, "--mqtt", "embedded"):
        plant.wait("the rig answers", plant.units_are_off, 60)
        plant.wait("the broker is named", lambda: "broker at" in logs[0].read_text(), 20)
        broker = re.findall(r"broker at ([\d.]+), port (\d+)", logs[0].read_text())[0]
        with running([*program, "127.0.0.1", str(two_ports), str(SPEED), ":".join(broker)], logs[1]) as controller:
            plant.wait("a set point by the weather", lambda: set_point() in WEATHER_CURVE, 30)
            words = [
                "mosquitto_sub",
                "-h",
                broker[0],
                "-p",
                broker[1],
                "-t",
                "office/controller",
                "-C",
                "1",
                "-W",
                "20",
            ]
            told = subprocess.run(words, check=False, capture_output=True, text=True, timeout=30).stdout
            assert '"pumps": ' in told
            controller.send_signal(signal.SIGTERM)
            assert controller.wait(timeout=10) == 0, logs[1].read_text()


def constants(source: str) -> dict[str, int]:
    """The names in capitals that a source gives a whole number, one each or several at a time."""
    found = {}
    for line in source.splitlines():
        code = re.split(r"//|#| {2,}\"\"\"", line)[0]
        names, _, values = code.partition("=")
        several = re.fullmatch(r"\s*([A-Z][A-Z0-9_]*(?:\s*,\s*[A-Z][A-Z0-9_]*)+)\s*", names)
        if several and values:
            pairs = zip(several[1].split(","), values.split(","), strict=True)
            found |= {name.strip(): int(value) for name, value in pairs if value.strip().isdigit()}
        else:
            found |= {name: int(value) for name, value in re.findall(r"\b([A-Z][A-Z0-9_]+)\s*=\s*(\d+)\b", code)}
    return found


@pytest.mark.parametrize("file", SOURCES)
def test_registers_are_those_of_the_map(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["map", "office", "--format", "csv"]) == 0
    head, *rows = (line.split(",") for line in capsys.readouterr().out.splitlines())
    of = {name: number for number, name in enumerate(head)}
    known: dict[str, int] = {}
    for row in rows:
        known[f"UNIT_{row[of['point']].split('.')[0].upper()}"] = int(row[of["unit"]])
        known[f"{row[of['device']]}_{row[of['name']]}".upper()] = int(row[of["address"]])
    used = {name: value for name, value in constants((EXAMPLES / file).read_text()).items() if name in known}
    assert used == {name: known[name] for name in used}
    assert len([name for name in used if name.startswith("UNIT_")]) >= 14
    assert len(used) >= 22
