"""The image as a bench runs it: bounded, not as root, and ended by SIGTERM as the first process of its container."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.container

ROOT = Path(__file__).parents[2]
NAME = f"geotwin-test-{os.getpid()}"
BOUNDS = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp"]  # noqa: S108
WRITTEN = f"{NAME}:/home/geotwin/runs"
RECORDING_S, ENDING_S = 300.0, 120.0
"""The rig compiles its kernels before it records; SIGTERM is answered by judging and a report."""


def docker(*words: str) -> str:
    """A word of the engine; what it printed."""
    done = subprocess.run(["docker", *words], check=False, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    docker("build", "--quiet", "--network", "host", "--tag", NAME, str(ROOT))
    docker("volume", "create", NAME)
    try:
        yield NAME
    finally:
        docker("rm", "--force", NAME)
        docker("volume", "rm", "--force", NAME)
        docker("image", "rm", "--force", NAME)


def test_it_does_not_run_as_root_and_writes_nothing_of_its_own(image):
    words = ["run", "--rm", *BOUNDS, "--entrypoint", "python", image, "-c"]
    told = docker(
        *words, "import os, hil; print(os.getuid(), os.access(hil.__file__, os.W_OK), open('/proc/self/status').read())"
    )
    assert told.startswith("1000 False")
    assert "CapEff:\t0000000000000000" in told
    assert "NoNewPrivs:\t1" in told


def test_its_kernels_are_compiled(image):
    """The first run of a build takes seconds, not the half minute of the compiler."""
    told = docker("run", "--rm", *BOUNDS, "--entrypoint", "python", image, "-c",
                  "from twin.kernel import compiled_before; print(compiled_before())")  # fmt: skip
    assert told.strip() == "True"


def test_sigterm_ends_a_run_that_is_the_first_process_and_judges_what_was_recorded(image, tmp_path):
    run = ["run", "pump_failure", "--clock", "realtime", "--speed", "60", "--out", "runs"]
    docker("run", "--detach", "--name", NAME, *BOUNDS, "--volume", WRITTEN, image, *run)
    written = ["exec", NAME, "sh", "-c", "cat runs/office/pump_failure/journal.jsonl 2>/dev/null | wc -l"]
    end = time.monotonic() + RECORDING_S
    while int(docker(*written)) < 3:
        assert time.monotonic() < end, docker("logs", NAME)
        time.sleep(0.5)
    assert docker("exec", NAME, "cat", "/proc/1/cmdline").split("\0")[1].endswith("geotwin")
    docker("stop", "--time", f"{ENDING_S:g}", NAME)
    assert docker("inspect", "--format", "{{.State.ExitCode}}", NAME).strip() == "143"
    docker("cp", f"{NAME}:/home/geotwin/runs/office/pump_failure.runs", str(tmp_path))
    (folder,) = (tmp_path / "pump_failure.runs").iterdir()
    judged = json.loads((folder / "result.json").read_text())
    assert len(judged["criteria"]) > 5
    assert {"inconclusive", "not exercised"} & {criterion["verdict"] for criterion in judged["criteria"]}
    assert (folder / "recording.parquet").read_bytes().endswith(b"PAR1"), "closed, not cut off"
    assert "<html" in (folder / "report.html").read_text()[:200]
