"""What a new thing costs: one of each is added to a copy of the tree, in the files that docs/architecture.md names.

Each addition is text put into files, which are counted, and a program that shows the new thing at work.
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import pytest

from tests.plant_models.tick.test_new_kind import LINES

ROOT = Path(__file__).parents[1]
SCENARIO = """
scenario: probe
title: A minute
why: to see what was added
plant: single_well
clock: {start: "2026-01-15T08:00:00+08:00", duration: 40 s}
timeline: [TIMELINE]
expect:
  - {id: seen, EXPECT}
"""
RUN = """
import asyncio, tempfile
from pathlib import Path
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read
run = Run(read(SCENARIO, "probe.yaml"), RunOptions())
"""
PLAY = 'result = asyncio.run(run.play(Path(tempfile.mkdtemp()) / "x", lambda _: None))\n'


@dataclass(frozen=True)
class Addition:
    """Something new: `put` has (file, text before which it goes, text); `new` whole files; `probe` prints `said`."""

    probe: str
    said: str
    new: dict[str, str] = field(default_factory=dict)
    put: tuple[tuple[str, str, str], ...] = ()
    timeline: str = ""
    expect: str = "always: weather.outdoor_temp > -60 degC"

    def files(self) -> set[str]:
        """Every file that is written or changed."""
        return {*self.new, *(file for file, _, _ in self.put)}


ADDITIONS = {
    "criterion": Addition(
        new={
            "scenarios/criteria/calm.py": dedent('''
                """A criterion on how far a number wanders."""

                from typing import ClassVar

                from scenarios.criteria.criterion import Criterion, Frame
                from scenarios.criteria.verdict import FAIL, PASS, Outcome
                from scenarios.file_types import Formula, Quantity


                class Calm(Criterion):
                    """The span of a number stays within a limit. Margin: what is left of it."""

                    KEY: ClassVar[str] = "calm"
                    NUMBERS: ClassVar[tuple[str, ...]] = ("calm",)
                    calm: Formula
                    within: float

                    def formulas(self):
                        return {"calm": self.calm}

                    def say(self):
                        return f"{self.calm.text} wanders by at most {self.within:g}"

                    def judge_one(self, frame: Frame) -> Outcome:
                        values = frame.number("calm")
                        left = self.within - float(values.max() - values.min())
                        return Outcome(self.id, PASS if left >= 0 else FAIL, margin=left, unit=frame.terms["calm"].unit)
                ''')
        },
        put=(
            (
                "scenarios/criteria/kinds.py",
                "from scenarios.criteria.criterion",
                "from scenarios.criteria.calm import Calm\n",
            ),
            ("scenarios/criteria/kinds.py", "Always, Never, Between, Within", "Calm, "),
            ("scenarios/criteria/kinds.py", "Always | Never", "Calm | "),
        ),
        expect="calm: weather.outdoor_temp, within: 5",
        probe=RUN + PLAY + "print(result.verdict, result.outcomes[-1].unit, 4.0 < result.outcomes[-1].margin <= 5.0)",
        said="pass degC True",
    ),
    "value fault": Addition(
        put=(
            ("twin/faults.py", "SENSOR = ", "INVERTED = 11\n"),
            (
                "twin/faults.py",
                '    ValueFaultKind(\n        "offset"',
                '    ValueFaultKind("inverted", "The sign of the reading is wrong.", number=INVERTED),\n',
            ),
            ("twin/faults.py", "    if kind == OFFSET:", "    if kind == INVERTED:\n        shown = -true\n"),
        ),
        timeline="{at: 10 s, fault: sensor.inverted, target: weather.outdoor_temp, id: sign}",
        probe=RUN
        + PLAY
        + "place = run.bench.directory.place('bus.weather.outdoor_temp')\n"
        + "shown, true = run.bench.bus.values[place], run.bench.read('weather.outdoor_temp')\n"
        + "print(abs(shown + true) < 0.06 and abs(true) > 0.1)",
        said="True",
    ),
    "wire fault": Addition(
        put=(
            (
                "hil/bus/wire_faults.py",
                "@dataclass(eq=False)\nclass ActiveWireFault",
                'WIRE_FAULTS["probe.late"] = WireFaultKind("probe.late", "Answers come late.")\n\n\n',
            ),
        ),
        timeline="{at: 10 s, fault: probe.late, target: load_meter, id: late}",
        probe=RUN + PLAY + "print([sorted(fault.units) for fault in run.bench.bus.wire.active])",
        said="[['load_meter']]",
    ),
    "transport": Addition(
        new={
            "hil/probe/__init__.py": '"""A protocol that counts."""\n',
            "hil/probe/line.py": dedent('''
                """A protocol that counts."""

                from contextlib import asynccontextmanager

                from hil.bus.transport import Health, Line, running

                SENT = []


                class Counting:
                    """Counts what it would send."""

                    def __init__(self, served):
                        self.served = served

                    async def start(self):
                        pass

                    def publish(self):
                        SENT.append(self.served.now_ms())

                    async def stop(self):
                        pass

                    def where(self):
                        return "counts"

                    def status(self):
                        return ""

                    def complaints(self):
                        return []

                    def health(self):
                        return Health()


                @asynccontextmanager
                async def opened(served, wish):
                    async with running(Counting(served)) as transport:
                        yield transport


                LINE = Line("probe", opened)
                '''),
        },
        put=(
            ("hil/runs/ports.py", "LINES: list[Line]", "from hil.probe.line import LINE as PROBE\n"),
            ("hil/runs/ports.py", "MODBUS, MQTT]", "PROBE, "),
        ),
        probe=RUN.replace("RunOptions()", 'RunOptions(lines={"probe": True})')
        + PLAY
        + "from hil.probe.line import SENT\nprint(result.verdict, SENT == [1000 * n for n in range(41)])",
        said="pass True",
    ),
    "register type": Addition(
        put=(
            (
                "hil/bus/maps/register_types.py",
                "TYPES: dict[str, RegisterType] = {",
                "class Decimal(RegisterType):\n"
                '    """Four decimal digits, one in every four bits."""\n\n'
                "    native: ClassVar[bool] = False\n\n"
                "    def pack(self, raw):\n        return bytes.fromhex(f'{int(raw):04d}')\n\n"
                "    def unpack(self, data):\n        return int(data.hex())\n\n\n",
            ),
            (
                "hil/bus/maps/register_types.py",
                '    "bool": RegisterType',
                '    "bcd16": Decimal(1, "H", 0.0, 9999.0, 9999.0),\n',
            ),
        ),
        probe=(
            "from hil.bus.maps.device_file import parse_device\n"
            "from hil.bus.unit_image import UnitImage\n"
            "from hil.lines.modbus.pdu import respond\n"
            "text = 'device: d\\nsource: test\\nregisters:\\n"
            "  - {table: hr, address: 0, name: x, type: bcd16, access: rw}\\n'\n"
            "image = UnitImage(parse_device(text, 'd.yaml'))\n"
            "respond(image, bytes.fromhex('0600001234'))\n"
            "print(image.bus[0], respond(image, bytes.fromhex('0300000001')).hex())\n"
        ),
        said="1234.0 03021234",
    ),
    "command": Addition(
        new={
            "hil/commands/greet.py": dedent('''
                """`geotwin greet`: a word."""


                def add_to(commands):
                    """Add the command."""
                    greet = commands.add_parser("greet", help="say a word")
                    greet.add_argument("word")
                    greet.set_defaults(act=act)


                def act(options):
                    """Say it."""
                    print("well met,", options.word)
                    return 0
                ''')
        },
        probe='from hil import cli\nassert cli.main(["greet", "plant"]) == 0\n',
        said="well met, plant",
    ),
}


@pytest.fixture
def copy(copy_packages, tmp_path):
    return copy_packages(tmp_path / "tree")


def table() -> dict[str, tuple[int, str]]:
    """What the page says: for each new thing how many files of ours it touches, and which."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z ]+) \| (\d+) \| (.+?) \|", page, re.MULTILINE)
    return {what: (int(count), where) for what, count, where in rows}


def test_the_page_names_every_addition():
    assert set(ADDITIONS) | {"component"} == set(table())


def test_a_component_takes_what_the_page_says():
    """tests/plant_models/tick/test_new_kind.py adds one and lets it work, compiled and as plain Python."""
    count, where = table()["component"]
    assert count == 1 + len(LINES)
    assert all(file in where for file in LINES)


@pytest.mark.parametrize("what", ADDITIONS)
def test_one_of_each(what, copy):
    addition = ADDITIONS[what]
    for file, text in addition.new.items():
        assert not (copy / file).exists()
        (copy / file).parent.mkdir(exist_ok=True)
        (copy / file).write_text(text.lstrip("\n"))
    for file, before, text in addition.put:
        there = (copy / file).read_text()
        assert before in there, (file, before)
        (copy / file).write_text(there.replace(before, text + before, 1))
    scenario = SCENARIO.replace("TIMELINE", addition.timeline).replace("EXPECT", addition.expect)
    probe = f"SCENARIO = {scenario!r}\n{addition.probe}\n"
    environment = os.environ | {"PYTHONPATH": str(copy), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", probe],
        cwd=copy,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == [addition.said], done.stdout + done.stderr
    count, where = table()[what]
    ours = {file for file in addition.files() if not file.endswith("__init__.py")}
    assert len(ours) == count, sorted(ours)
    for file in ours:
        own = file in addition.new and "own" in where
        assert own or file in where or f"{Path(file).parent}/" in where, (file, where)
