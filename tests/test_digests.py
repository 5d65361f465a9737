"""`make digests`: base images by the digests that an engine knows, and never by any other."""

import os
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parents[1] / "docker" / "digests"
KNOWN = "python@sha256:" + 64 * "a"


def pinned(folder: Path, engine: str) -> subprocess.CompletedProcess[str]:
    """What the script says beside an engine that answers by a shell script."""
    (folder / "docker").write_text(f"#!/bin/sh\n{engine}\n")
    (folder / "docker").chmod(0o755)
    environment = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run([SCRIPT], env=environment, check=True, capture_output=True, text=True)


def test_an_image_is_pinned_by_its_own_digest(tmp_path):
    other = "mirror.example/python@sha256:" + 64 * "b"
    said = pinned(tmp_path, f'case "$5" in python*) printf "%s\\n" {other} {KNOWN};; esac')
    assert said.stdout == f"PYTHON_IMAGE={KNOWN}\n"
    assert "knows no digest of eclipse-mosquitto:2" in said.stderr


def test_without_an_engine_nothing_is_pinned(tmp_path):
    said = pinned(tmp_path, "exit 1")
    assert not said.stdout
    assert len(said.stderr.splitlines()) == 2
