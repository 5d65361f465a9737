"""result.json against its published schema, junit.xml as its readers count it, text that cannot hurt."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest

from hil.plain_text import one_line, plain
from hil.reports import result_file
from hil.reports.junit import write_junit
from hil.reports.result import write_result
from hil.reports.shown import plant_time, shown
from scenarios import Outcome

VERDICTS = ["pass", "warn", "not exercised", "inconclusive", "fail", "error"]
HOSTILE = "<a>&\"'\x00\x08\x1b[31m\ud800\uffff]]></a>\nnext"


def no_constant(text: str) -> None:
    raise AssertionError(f"{text} is not JSON")


def test_result_is_strict_json_of_the_published_schema(make: Any, run_folder: Path) -> None:
    odd = [
        Outcome("nan", "pass", margin=float("nan"), unit="K", at_s=float("inf")),
        Outcome(HOSTILE, "fail", HOSTILE, HOSTILE, margin=-1.5, unit="K", at_s=2.0),
    ]
    timing = {"simulated_s": 21600.0, "wall_s": float("nan"), "lag_p99_ms": 0.5, "lag_worst_ms": 3.0}
    result = make(outcomes=odd, timing=timing, notes=[HOSTILE])
    file = write_result(result, run_folder)
    content = json.loads(file.read_text(encoding="utf-8"), parse_constant=no_constant)
    schema = json.loads(result_file.STORED.read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(content)
    assert content["criteria"][0] == {
        "id": "nan", "requirement": "", "sentence": "", "verdict": "pass", "margin": None, "unit": "K", "at_s": None,
    }  # fmt: skip
    assert content["criteria"][1]["id"] == "<a>&\"'[31m]]></a>\nnext"
    assert content["balance"] == {"energy_residual": 3.1e-16, "water_residual": None}
    assert content["timing"]["wall_s"] is None
    assert content["timing"]["lag_worst_ms"] == 3.0
    assert content["accounts"]["energy_kwh"]["electricity"] == 301.4
    assert set(content) == {
        "scenario", "plant", "controller", "dut", "clock", "seed", "verdict", "criteria", "balance", "timing",
        "versions", "notes", "accounts", "savings", "water_fields", "beyond", "bus",
    }  # fmt: skip


def test_schema_refuses_what_is_no_result(make: Any, run_folder: Path) -> None:
    content = json.loads(write_result(make(), run_folder).read_text())
    validator = jsonschema.Draft202012Validator(json.loads(result_file.STORED.read_text()))
    assert validator.is_valid(content)
    assert not validator.is_valid(content | {"verdict": "passed"})
    assert not validator.is_valid(content | {"extra": 1})
    assert not validator.is_valid({key: value for key, value in content.items() if key != "balance"})


def test_stored_schema_is_current() -> None:
    assert result_file.STORED.read_text() == result_file.schema_text()


def test_only_timing_differs_between_equal_runs(make: Any, run_folder: Path) -> None:
    one = make()
    first = json.loads(write_result(one, run_folder).read_text())
    later = replace(one, started="2027-01-01T00:00:00+00:00", timing={"simulated_s": 21600.0, "wall_s": 9.0})
    second = json.loads(write_result(later, run_folder).read_text())
    assert first.pop("timing") != second.pop("timing")
    assert first == second


def test_junit_counts_and_maps_every_verdict(make: Any, tmp_path: Path) -> None:
    outcomes = [
        Outcome(f"c{n}", verdict, f"Sentence {n}", "REQ-1", margin=-0.5, unit="K", at_s=7800.0)
        for n, verdict in enumerate(VERDICTS)
    ]
    root = Xml.parse(write_junit([make(outcomes=outcomes, verdict="error")], tmp_path)).getroot()  # noqa: S314  (our own file)
    (suite,) = root
    cases = {case.get("name"): case for case in suite.iter("testcase")}
    found = {name: [child.tag for child in case if child.tag != "properties"] for name, case in cases.items()}
    assert found == {
        "c0": [], "c1": ["system-out"], "c2": ["skipped"], "c3": ["error"], "c4": ["failure"], "c5": ["error"],
    }  # fmt: skip
    failure = cases["c4"].find("failure")
    assert failure is not None
    assert failure.get("message") == "fail: Sentence 4; margin -0.5 K at day 1 06:10:00 of plant time"
    inconclusive = cases["c3"].find("error")
    assert inconclusive is not None
    assert inconclusive.get("type") == "inconclusive"
    for element in (root, suite):
        counts = {name: element.get(name) for name in ("tests", "failures", "errors", "skipped")}
        assert counts == {"tests": "6", "failures": "1", "errors": "2", "skipped": "1"}
    properties = {p.get("name"): p.get("value") for p in cases["c4"].iter("property")}
    assert properties["requirement"] == "REQ-1"
    assert (properties["margin"], properties["unit"], properties["at_s"]) == ("-0.5", "K", "7800.0")


def test_junit_of_several_scenarios_takes_hostile_text(make: Any, tmp_path: Path) -> None:
    one = make(notes=[HOSTILE], started=HOSTILE)
    hostile = replace(
        one, outcomes=[Outcome(HOSTILE, "fail", HOSTILE, HOSTILE, detail=HOSTILE)], controller=HOSTILE, dut=HOSTILE
    )
    broken = replace(one, outcomes=[], verdict="error", notes=["the broker is gone"])
    root = Xml.parse(write_junit([one, hostile, broken], tmp_path / "all.xml")).getroot()  # noqa: S314  (our own file)
    assert [suite.get("tests") for suite in root] == [str(len(one.outcomes)), "1", "1"]
    assert root.get("tests") == str(len(one.outcomes) + 2)
    assert float(root.get("time", "")) == pytest.approx(3 * 1.25)
    requirement = root[1].find("testcase/properties/property[@name='requirement']")
    assert requirement is not None
    assert requirement.get("value") == "<a>&\"'[31m]]></a>\nnext"
    error = root[2].find("testcase/error")
    assert error is not None
    assert "the broker is gone" in error.get("message", "")


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (12_400.0, "W", "12.4 kW"),
        (-1.2345, "K", "-1.23 K"),
        (30_000.0, "Pa", "30 kPa"),
        (250_000.0, "Pa", "2.5 bar"),
        (7.2e6, "J", "2 kWh"),
        (21.456, "degC", "21.5 °C"),
        (125.0, "s", "2 min 5 s"),
        (3.0, "1", "3"),
        (16.04, "m3/h", "16 m³/h"),
        (12345.6, "kWh", "12346 kWh"),
        (None, "K", "–"),
        (float("nan"), "K", "not known"),
    ],
)
def test_numbers_come_in_the_units_of_the_trade(number: float | None, unit: str, text: str) -> None:
    assert shown(number, unit) == text


def test_plant_time_is_the_clock_of_the_plant() -> None:
    start = datetime.fromisoformat("2026-01-15T22:30:00+01:00")
    assert plant_time(start, 0.0) == "day 1 22:30:00"
    assert plant_time(start, 5400.0) == "day 2 00:00:00"
    assert plant_time(start, 86400.0 * 9 + 1.0) == "day 10 22:30:01"
    assert plant_time(start, None) == "–"


def test_harmful_characters_are_left_out() -> None:
    assert plain("a\x00\x1b[31mb\x9b\u202ec\ud800\r\nd\te") == "a[31mbc\nd\te"
    assert one_line("  a\n b ") == "a b"
