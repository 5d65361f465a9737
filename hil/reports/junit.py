"""`junit.xml`: a test suite for each scenario, a test case for each criterion, requirement ids as properties.

    pass, warn      a passed case; a warning stands in its `system-out`
    fail            `failure`
    error           `error` of type "error": the rig broke, or the precondition was not met
    inconclusive    `error` of type "inconclusive": not shown to hold, so a build must not be green
    not exercised   `skipped`: its trigger never came, so it was not tested

The command's exit code treats `inconclusive` and `not exercised` alike (4); see hil.commands.verdict_table.
"""

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

from hil.plain_text import one_line, plain
from hil.reports.page_folder import remove_own
from hil.reports.result import RunResult
from hil.reports.shown import finite, plant_time, shown
from scenarios import Outcome
from scenarios.criteria.verdict import ERROR, FAIL, INCONCLUSIVE, NOT_EXERCISED, WARN
from twin.files import write_whole

JUNIT_FILE = "junit.xml"
_ELEMENT = {FAIL: "failure", ERROR: "error", INCONCLUSIVE: "error", NOT_EXERCISED: "skipped"}
_MARK = b'<testsuites name="geotwin"'
_COUNTED = (("failures", "failure"), ("errors", "error"), ("skipped", "skipped"))


def write_junit(results: Sequence[RunResult], file: Path) -> Path:
    """Write one file for one or several scenarios; a folder gets a `junit.xml`. Returns the file."""
    file = file / JUNIT_FILE if file.is_dir() else file
    root = Xml.Element("testsuites", {"name": "geotwin"})
    root.extend([_suite(result) for result in results])
    _count(root, [case for suite in root for case in suite.iter("testcase")])
    root.set("time", f"{sum(_wall_s(result) for result in results):.3f}")
    Xml.indent(root)
    return write_whole(file, Xml.tostring(root, encoding="utf-8", xml_declaration=True).decode())


def remove_junit(folder: Path) -> None:
    """Remove the file of an earlier command from a folder, if it is one of ours."""
    remove_own(folder / JUNIT_FILE, _MARK)


def _suite(result: RunResult) -> Xml.Element:
    name = one_line(result.name)
    suite = Xml.Element("testsuite", {"name": name})
    cases = [_case(outcome, result) for outcome in result.judged()]
    _count(suite, cases)
    suite.set("time", f"{_wall_s(result):.3f}")
    if result.started:
        suite.set("timestamp", one_line(result.started))
    facts = {
        "title": result.scenario.title,
        "plant": result.plant,
        "controller": result.controller,
        **({"dut": result.dut} if result.dut else {}),
        "clock": result.clock,
        "seed": str(result.seed),
        "verdict": result.verdict,
    }
    _properties(suite, facts | {f"version.{name}": version for name, version in result.versions.items()})
    suite.extend(cases)
    return suite


def _case(outcome: Outcome, result: RunResult) -> Xml.Element:
    place = f"geotwin.{one_line(result.plant)}.{one_line(result.scenario.scenario)}"
    case = Xml.Element("testcase", {"classname": place, "name": one_line(outcome.id), "time": "0"})
    margin, at_s = finite(outcome.margin), finite(outcome.at_s)
    properties = {"requirement": outcome.requirement} if outcome.requirement else {}
    properties |= {"verdict": outcome.verdict, "sentence": outcome.sentence}
    if margin is not None:
        properties |= {"margin": repr(margin), "unit": outcome.unit}
    if at_s is not None:
        properties |= {"at_s": repr(at_s), "at": plant_time(result.scenario.clock.start, at_s)}
    _properties(case, properties)
    text = _message(outcome, result)
    if outcome.verdict in _ELEMENT:
        kind = _ELEMENT[outcome.verdict]
        found = Xml.SubElement(case, kind, {"message": text})
        if kind != "skipped":
            found.set("type", outcome.verdict)
        found.text = text
    elif outcome.verdict == WARN:
        Xml.SubElement(case, "system-out").text = f"warning: {text}"
    return case


def _message(outcome: Outcome, result: RunResult) -> str:
    """Sentence, what was seen, margin and worst moment, on one line."""
    said = f"{outcome.verdict}: {outcome.sentence or outcome.id}"
    said += f": {outcome.detail}" if outcome.detail else ""
    if finite(outcome.margin) is not None:
        said += f"; margin {shown(outcome.margin, outcome.unit)}"
    if finite(outcome.at_s) is not None:
        said += f" at {plant_time(result.scenario.clock.start, outcome.at_s)} of plant time"
    return one_line(said)


def _properties(parent: Xml.Element, values: dict[str, str]) -> None:
    table = Xml.SubElement(parent, "properties")
    for name, value in values.items():
        Xml.SubElement(table, "property", {"name": one_line(name), "value": plain(value)})


def _count(parent: Xml.Element, cases: Sequence[Xml.Element]) -> None:
    parent.set("tests", str(len(cases)))
    for attribute, tag in _COUNTED:
        parent.set(attribute, str(sum(case.find(tag) is not None for case in cases)))


def _wall_s(result: RunResult) -> float:
    return finite(result.timing.get("wall_s")) or 0.0
