"""The pytest plugin as a user meets it: in a folder of theirs, in processes of pytest's own, side by side."""

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "python.md").read_text(encoding="utf-8")
SCENARIO = """\
scenario: {name}
title: A winter morning
why: to be collected
requirements: {{REQ-2: "Rooms stay warm"}}
plant: office
clock: {{start: "2026-01-15T08:00:00+08:00", duration: 10 min, scan: 10 s}}
expect:
  - {{id: warm, requirement: REQ-2, always: "zone_*.temp > {least} degC"}}
"""


def blocks(label: str) -> list[str]:
    return re.findall(rf"^```python {label}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def outcome_of(folder: Path, *words: str) -> tuple[int, str, dict[str, Xml.Element]]:
    """pytest's exit code and output, and the test cases of its JUnit file by name."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--junit-xml=junit.xml", *words]
    ran = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, timeout=540)
    cases = Xml.parse(folder / "junit.xml").iter("testcase")  # noqa: S314  (pytest's own)
    return ran.returncode, ran.stdout + ran.stderr, {str(case.get("name")): case for case in cases}


def requirements(case: Xml.Element) -> list[str | None]:
    return [one.get("value") for one in case.iter("property") if one.get("name") == "requirement"]


def test_the_tests_of_the_page_pass_side_by_side(tmp_path: Path) -> None:
    (text,) = blocks("tests")
    (tmp_path / "test_page.py").write_text(text)
    (tmp_path / "twin.py").write_text("raise SystemExit('a module of the user, not ours')\n")
    code, said, cases = outcome_of(tmp_path, "-n", "2")
    assert code == 0, said
    assert len(cases) == 4
    assert requirements(cases["test_the_standby_takes_over[source_pump_1]"]) == ["REQ-PMP-001"]
    assert "REQ-PMP-001: 2 passed" in said


def test_scenario_files_are_tests_and_results_are_none(tmp_path: Path) -> None:
    for name, least in (("warm", 10), ("hot", 40)):
        (tmp_path / f"{name}.yaml").write_text(SCENARIO.format(name=name, least=least))
    (tmp_path / "wrong.yaml").write_text(SCENARIO.format(name="wrong", least=10).replace("zone_*", "zone_99"))
    (tmp_path / "other.yaml").write_text("title: no scenario\n")
    for _ in range(2):
        code, said, cases = outcome_of(tmp_path, "-n", "2")
        assert code == 1
        assert set(cases) == {"warm", "hot", "wrong"}
        assert {name: len(case.findall("failure")) for name, case in cases.items()} == {"warm": 0, "hot": 1, "wrong": 1}
        assert "fail: warm: Always zone_*.temp > 40 degC" in said
        assert "wrong.yaml:8:" in said
        assert "Traceback" not in said
        assert requirements(cases["warm"]) == ["REQ-2"]
        assert "REQ-2: 1 passed, 1 failed" in said
    assert (tmp_path / "runs" / "office" / "warm" / "report.html").is_file()


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_scripts_of_the_page_run(tmp_path: Path, number: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", blocks("script")[number]], cwd=tmp_path, check=True, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    told = (r"both units run after \d+ s", r"^3\d\.\d degC\n1\d\.\d degC$", r"^fail\nfail: standby-flow: ")
    assert re.search(told[number], ran.stdout), ran.stdout
