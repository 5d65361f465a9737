"""Every fault stands on its page with an example, and every example runs."""

import asyncio
import re
from pathlib import Path

import pytest

from hil.bus.wire_fault_kinds import WIRE_FAULTS
from hil.runs.folder import fresh_folder
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read
from twin.faults import VALUE_FAULTS
from twin.recorded import open_recording

PAGE = (Path(__file__).parents[2] / "docs" / "faults.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml timeline\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SCENARIO = """\
scenario: example
title: The examples of the page
why: to see that they begin and end
plant: office
clock: {{start: "2026-01-15T08:00:00+08:00", duration: 4 min, scan: 5 s}}
timeline:
{lines}
expect:
  - {{id: any, always: weather.outdoor_temp > -60 degC}}
"""


def test_every_fault_has_an_example():
    shown = set(re.findall(r"fault: ([a-z_]+\.[a-z_]+)", "".join(EXAMPLES)))
    assert {*WIRE_FAULTS, *(f"sensor.{name}" for name in VALUE_FAULTS)} <= shown


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_the_examples_begin_and_end_as_they_say(example, tmp_path):
    lines = "".join(f"  {line}\n" for line in example.splitlines())
    run = Run(read(SCENARIO.format(lines=lines), "example.yaml"), RunOptions())
    result = asyncio.run(run.play(folder := fresh_folder(tmp_path, "example"), lambda _: None))
    assert result.verdict == "pass", result.notes
    events = open_recording(folder).events
    assert sum(event.on for event in events) >= example.count("fault: ")
    assert sum(not event.on for event in events) == example.count("for: ")
