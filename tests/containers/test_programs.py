"""Programs on plant time and containers: a program that comes as an image, and the rig in a container of its own."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from hil.cli import main
from hil.virtual_time.image import Image
from tests.containers.test_image import image

pytestmark = pytest.mark.container
__all__ = ["image"]

BASE = os.environ.get("PYTHON_IMAGE", "python:3.11-slim-bookworm")
SCENARIO = """\
scenario: short
title: Five minutes of winter
why: to be run by a program of an image
plant: single_well
clock: {start: "2026-01-15T08:00:00+08:00", duration: 5 min, scan: 1 s}
expect:
  - {id: told, always: "rig.heartbeat >= 0 s"}
"""
CLIENT = """\
import socket, struct, sys, time
line = socket.create_connection((sys.argv[1], int(sys.argv[2])))
for number in range(100000):
    line.sendall(struct.pack(">HHHBBHH", number & 0xffff, 0, 6, 1, 4, 0, 1)); line.recv(64)
    if number == 60:
        open("/tmp/written", "w").write("kept beside the run")
        print(time.strftime("%H:%M:%S"), flush=True)
    time.sleep(1)
"""


@pytest.fixture
def scenario(tmp_path):
    (tmp_path / "short.yaml").write_text(SCENARIO)
    (tmp_path / "client.py").write_text(CLIENT)
    tmp_path.chmod(0o755)
    return tmp_path / "short.yaml"


def command(name: str = BASE) -> str:
    """The client as a word of Python in an image that has no file of ours."""
    return f"docker:{name} python3 -c 'exec(bytes.fromhex(\"{CLIENT.encode().hex()}\"))' {{host}} {{port}}"


def test_a_program_of_an_image_runs_on_plant_time_and_leaves_the_image_as_it_was(scenario, tmp_path, capsys):
    bits = []
    for number in (1, 2):
        out = tmp_path / f"runs{number}"
        assert main(["run", str(scenario), "--controller", command(), "--out", str(out)]) == 0, capsys.readouterr()
        folder = out / "single_well" / "short"
        assert (folder / "controller.log").read_text() == "      60.000 08:01:00\n"
        assert (folder / "controller" / "files" / "tmp" / "written").read_text() == "kept beside the run"
        [seen] = json.loads((folder / "result.json").read_text())["bus"]
        assert seen["requests"] == 300
        bits.append((folder / "journal.jsonl").read_bytes().splitlines()[1:])
    assert bits[0] == bits[1]
    assert not (Image.read(BASE, ["python3"]).unpacked() / "tmp" / "written").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("docker:no-such-image:1 ./c", "docker:no-such-image:1: "),
        (f"docker:{BASE} no-such-program", f"docker:{BASE}: 'no-such-program' is not there"),
    ],
)
def test_what_an_image_does_not_have_is_told(words, said, scenario, tmp_path, capsys):
    assert main(["run", str(scenario), "--controller", words, "--out", str(tmp_path)]) in (2, 3)
    told = capsys.readouterr()
    assert said in told.out + told.err


def held_in_a_container(name: str, folder: Path, *more: str) -> tuple[int, str]:
    """The rig's own image runs the client on plant time; exit code and what it said."""
    words = ["docker", "run", "--rm", "--cap-drop", "ALL", *more, "--volume", f"{folder}:/given:ro", name]
    program = "exec:python /given/client.py {host} {port}"
    done = subprocess.run(
        [*words, "run", "/given/short.yaml", "--controller", program], check=False, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_the_rig_in_a_container_holds_a_program_where_it_may_trace(image, scenario, tmp_path):
    code, said = held_in_a_container(image, tmp_path, "--cap-add", "SYS_PTRACE")
    assert code == 0, said
    assert "1 scenario: 1 pass" in said


def test_it_says_what_it_needs_where_it_may_not(image, scenario, tmp_path):
    code, said = held_in_a_container(image, tmp_path)
    assert code == 3, said
    assert "the system does not let the rig hold a program" in said
    assert "--cap-add SYS_PTRACE" in said
