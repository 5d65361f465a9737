"""The build recipes of docs/for-ci.md do what the page says: their shell lines build the example, run it and pass."""

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "for-ci.md").read_text(encoding="utf-8")
SET_UP = ("apt-get", "pip install", "git clone")
"""What a build machine needs first, and this one has."""


def recipes() -> dict[str, list[str]]:
    """The shell lines of each recipe."""
    found = {}
    for text in re.findall(r"^```yaml ci\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL):
        file = yaml.safe_load(text)
        if "jobs" in file:
            found["github"] = [step["run"] for step in file["jobs"]["plant"]["steps"] if "run" in step]
        else:
            found["gitlab"] = file["plant"]["script"]
    return found


def commands(lines: list[str]) -> str:
    return "\n".join(line for line in lines if not any(word in line for word in SET_UP))


def test_both_recipes_publish_what_junit_has() -> None:
    github, gitlab = (yaml.safe_load(text) for text in re.findall(r"^```yaml ci\n(.*?)^```$", PAGE, re.M | re.S))
    steps = github["jobs"]["plant"]["steps"]
    published = [step for step in steps if "junit" in step.get("uses", "")]
    assert [step["with"]["report_paths"] for step in published] == ["runs/junit.xml"]
    assert all(step["if"] == "always()" for step in steps if "runs" in str(step.get("with", "")))
    assert gitlab["plant"]["artifacts"]["reports"] == {"junit": "runs/junit.xml"}
    assert gitlab["plant"]["artifacts"]["when"] == "always"


@pytest.mark.parametrize("recipe", ["github", pytest.param("gitlab", marks=pytest.mark.nightly)])
def test_the_shell_lines_pass(recipe: str, tmp_path: Path, two_ports: int) -> None:
    for name in ("controller.c", "header.awk", "Makefile"):
        shutil.copy(ROOT / "examples" / "firmware_c" / name, tmp_path)
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "geotwin").write_text(f'#!/bin/sh\nexec {sys.executable} -m hil.cli "$@"\n')
    (programs / "geotwin").chmod(0o755)
    lines = commands(recipes()[recipe])
    assert "./controller 127.0.0.1 5020 &" in lines
    told = {"GITHUB_SHA": "abc", "CI_COMMIT_SHA": "abc", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.txt")}
    with (
        (tmp_path / "out").open("w") as out,
        subprocess.Popen(
            ["/bin/bash", "-e", "-c", lines.replace("5020", str(two_ports))], cwd=tmp_path, start_new_session=True,
            env=os.environ | told | {"PATH": f"{programs}:{os.environ['PATH']}"}, stdout=out, stderr=subprocess.STDOUT,
        ) as shell,
    ):  # fmt: skip
        code = shell.wait(timeout=900)
        os.killpg(shell.pid, signal.SIGTERM)  # the controller, as a build machine does at the end of a job
    assert code == 0, (tmp_path / "out").read_text()
    suites = Xml.parse(tmp_path / "runs" / "junit.xml").getroot()  # noqa: S314  (our own file)
    assert int(suites.get("tests", "0")) >= 10
    assert (suites.get("failures"), suites.get("errors"), suites.get("skipped")) == ("0", "0", "0")
    assert {one.get("value") for one in suites.iter("property") if one.get("name") == "dut"} == {"controller, abc"}
    if recipe == "github":
        assert "| `office` | `pump_failure` | controller, abc | pass |" in (tmp_path / "summary.txt").read_text()
