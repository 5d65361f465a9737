"""What README and documentation show is true: links, commands, files, tables and outputs."""

import re
import shlex
import shutil
import signal
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
import yaml

from hil import cli
from hil.bench.bench import Bench
from hil.bench.bench_file import read_bench
from hil.bench.bus_link import BusLink
from hil.bench.scenario_choice import chosen
from hil.bus.maps.device_file import parse_device
from hil.bus.maps.device_map import DeviceMap
from hil.commands import ending
from hil.commands.ending import SIGNALLED
from hil.controllers.registry import controller
from hil.tables.words import MEANINGS, MappingFile
from plant_models.assembly.plant_file import read_plant
from plant_models.plant import Plant, build
from twin.errors import InputError

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md"), *(ROOT / "examples").glob("*/*.md")]
START = datetime(2026, 1, 15)  # noqa: DTZ001
FENCE = re.compile(r"^```(\w+) ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
QUICK = ("list", "map", "check", "describe", "schema")
"""Commands that are run as they stand; the others are parsed."""


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str, label: str = "") -> list[str]:
    return [
        text
        for lang, kind, text in FENCE.findall(page.read_text(encoding="utf-8"))
        if (lang, kind) == (language, label)
    ]


def commands(page: Path) -> list[list[str]]:
    """The words of each geotwin command of a page, without redirections; from shell and from build files."""
    found = []
    for text in blocks(page, "sh") + blocks(page, "yaml", "ci"):
        for line in text.splitlines():
            match = re.search(r"(?:^|- |: )\s*(geotwin .*)", line) or re.match(r"\s+(geotwin .*)", line)
            if match and "git clone" not in line:
                found.append(shlex.split(match[1].split(" >")[0])[1:])
    return found


ALL_COMMANDS = [(name(page), words) for page in PAGES for words in commands(page)]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder that holds the files which the pages show, under the names that they use."""
    monkeypatch.chdir(tmp_path)
    for page in PAGES:
        for text in blocks(page, "yaml", "scenario"):
            Path(re.search(r"^scenario: (\w+)", text, re.MULTILINE)[1] + ".yaml").write_text(text)
    (text,) = blocks(DOCS / "plants.md", "yaml", "plant")
    Path("our_office.yaml").write_text(text)
    (text,) = blocks(DOCS / "plants.md", "yaml", "configuration")
    Path("our_controller.yaml").write_text(text)
    text, _ = blocks(DOCS / "devices.md", "yaml", "device")
    Path("room_controller.yaml").write_text(text)
    text, _ = blocks(DOCS / "devices.md", "yaml", "bench")
    Path("bench.yaml").write_text(text)
    (text,) = blocks(DOCS / "devices.md", "csv", "table")
    Path("examples").mkdir()
    shutil.copy(ROOT / "examples" / "link_lost.yaml", "examples")
    Path("vendor.csv").write_text(text, encoding="utf-8")
    assert cli.main(["import", "vendor.csv", "--out", "vendor.yaml"]) == 0
    return tmp_path


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not target.startswith("http"):
            assert (page.parent / target.split("#")[0]).exists(), f"{name(page)}: {target}"


def test_every_page_is_reached_from_the_index():
    index = (DOCS / "index.md").read_text()
    pages = [page for page in DOCS.rglob("*.md") if page.parent.name not in ("plants", "models")]
    for page in [*pages, DOCS / "plants" / "index.md", DOCS / "models" / "index.md"]:
        assert page == DOCS / "index.md" or f"({page.relative_to(DOCS).as_posix()})" in index, page.name


def test_there_are_commands_to_check():
    assert len(ALL_COMMANDS) > 30
    assert {words[0] for _, words in ALL_COMMANDS} == {
        "run", "serve", "controller", "list", "check", "map", "plant", "vacuous", "describe", "schema", "judge",
        "torment", "mqtt", "compare", "import", "pcap", "checkout", "power", "proxy", "replay",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("page", "words"), ALL_COMMANDS, ids=[f"{page}: {' '.join(words)}" for page, words in ALL_COMMANDS]
)
def test_a_command_is_understood(page, words, folder):
    options = cli.parser().parse_args(words)
    asked = getattr(options, "scenario", [])
    for scenario in [asked] if isinstance(asked, str) else asked:
        assert cli.main(["check", scenario]) == 0 if scenario.endswith(".yaml") else chosen(scenario, options.plant)


@pytest.mark.parametrize("words", sorted({tuple(words) for _, words in ALL_COMMANDS if words[0] in QUICK}))
def test_a_quick_command_works(words, folder, capsys):
    assert cli.main(words) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 1


def test_the_verdicts_of_the_readme(folder, capsys):
    """Criteria, verdicts and endings as shown; margins may move with the physics."""
    (shown,) = blocks(ROOT / "README.md", "text", "verdicts")
    assert cli.main(["run", "pump_failure", "--controller", "no_standby"]) == 1
    said = capsys.readouterr().out
    row = re.compile(r"^(?:pump_failure)? +([\w-]+) +(pass|fail) ", re.MULTILINE)
    verdicts = dict(row.findall(said))
    assert set(row.findall(shown)) <= set(verdicts.items())
    assert len(row.findall(shown)) >= 5
    for line in shown.splitlines()[-2:]:
        assert re.sub(r"\d+", "N", line) in re.sub(r"\d+", "N", said)


def test_make_targets():
    makefile = (ROOT / "Makefile").read_text()
    named = {
        target
        for page in [*PAGES, ROOT / "CONTRIBUTING.md"]
        for target in re.findall(r"`make (\w+)`", page.read_text())
    }
    assert {"run", "test", "quick", "nightly", "help", "pages", "wheel"} <= named
    for target in named - {"controller"}:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert "geotwin run cold_snap" in makefile
    assert "--out runs\n" in makefile


def test_packages_for_the_tests_are_those_that_are_installed():
    listed = set(re.search(r"packages=\(([^)]*)\)", (ROOT / ".ci" / "run").read_text())[1].split())
    readme = {word for text in blocks(ROOT / "README.md", "sh") for line in text.splitlines() if "apt install" in line
              for word in line.split()[3:]}  # fmt: skip
    assert readme == listed


def test_the_device_of_the_page():
    page = DOCS / "devices.md"
    (as_yaml, real), (as_csv,) = blocks(page, "yaml", "device"), blocks(page, "csv", "device")
    assert parse_device(as_yaml, "room_controller.yaml") == parse_device(as_csv, "room_controller.csv")
    wrong = as_yaml.replace("float32", "flot32"), as_yaml.replace("address: 8,", "address: 2,")
    for text, said in zip(wrong, blocks(page, "text")[0].splitlines(), strict=True):
        with pytest.raises(InputError, match=re.escape(said)):
            parse_device(text, "room_controller.yaml")
    assert [register.name for register in parse_device(real, "whole_house.yaml").registers][1:4] == [
        "room_1_temp", "room_2_temp", "room_3_temp",
    ]  # fmt: skip
    fields = DeviceMap.model_fields | DeviceMap.model_fields["registers"].annotation.__args__[0].model_fields
    for key, field in fields.items():
        assert f"`{field.alias or key}`" in page.read_text(), key


def test_the_table_of_the_page(folder, capsys):
    (shown,) = blocks(DOCS / "devices.md", "text", "import")
    Path("vendor.yaml").unlink()
    capsys.readouterr()
    assert cli.main(["import", "vendor.csv", "--out", "vendor.yaml"]) == 0
    assert set(shown.splitlines()) <= set(capsys.readouterr().out.splitlines())
    page = (DOCS / "devices.md").read_text(encoding="utf-8")
    assert [key for key in (*MappingFile.model_fields, *MEANINGS) if f"`{key}`" not in page] == []


def test_the_mapping_of_the_page(folder):
    (text,) = blocks(DOCS / "devices.md", "yaml", "mapping")
    Path("words.yaml").write_text(text, encoding="utf-8")
    Path("polish.csv").write_text("Nr rej.|Nazwa|Rodzaj|Mnożnik|Jm\n7|Zasilanie|liczba ze znakiem|10|st. C\n")
    assert cli.main(["check", "words.yaml"]) == 0
    assert cli.main(["import", "polish.csv", "--mapping", "words.yaml", "--out", "polish.yaml"]) == 0
    (register,) = parse_device(Path("polish.yaml").read_text(), "polish.yaml").registers
    assert (register.table, register.address, register.scale, register.uom) == ("ir", 7, 0.1, "degC")


BLOCKS = {
    ("sh", ""), ("yaml", "plant"), ("yaml", "bench"), ("yaml", "device"), ("yaml", "scenario"), ("yaml", "variant"),
    ("yaml", "timeline"), ("yaml", "expect"), ("yaml", "components"), ("yaml", "water"), ("yaml", "configuration"),
    ("yaml", "ci"), ("yaml", "initial"), ("yaml", "bench-keys"), ("yaml", "mapping"), ("python", "script"),
    ("python", "tests"), ("csv", "device"), ("csv", "table"), ("csv", "weather"), ("csv", "reference"),
    ("csv", "examples"), ("text", "verdicts"), ("text", "chains"), ("text", "units"), ("text", "import"),
    ("text", "difference"), ("xml", ""),
}  # fmt: skip
"""The blocks that tests run, by language and label; a page says with a new label what is to be tested of it."""
UNLABELLED = {"architecture.md", "devices.md", "for-commissioning.md", "mqtt.md", "office.md", "weather.md"}
"""Pages with blocks of text: drawings, and what their own tests compare."""


def test_every_block_of_a_page_is_of_a_kind_that_is_tested():
    for page in [ROOT / "README.md", *DOCS.glob("*.md")]:
        for language, label, _ in FENCE.findall(page.read_text(encoding="utf-8")):
            known = (language, label) in BLOCKS or page.name in UNLABELLED
            assert known, f"{name(page)}: {language} {label}"


HOUSE = """\
plant: house
title: The boiler and the radiator of the page
source: the page on plants
components:
  source_pump: {model: Pump, catalogue: circulator_6m3h}
  load_pump:   {model: Pump, catalogue: circulator_6m3h}
  boiler:      {model: Boiler, kind: gas, rated_capacity: 15 kW, rated_flow: 1 m3/h}
  room:        {model: Zone, area: 100 m2, design_load: 70 W/m2}
  field_pump:  {model: Pump, catalogue: circulator_6m3h}
  holding:     {model: PressureHolding, loop_volume: 1 m3, loop: (far)}
  middle:      {model: PressureHolding, loop_volume: 1 m3, loop: (ground)}
"""


def test_the_components_of_the_page_on_plants(tmp_path):
    """Boreholes, decoupler, radiator and sensors as shown, in one plant."""
    page = DOCS / "plants.md"
    shown = "".join(f"  {line}\n" for text in blocks(page, "yaml", "components") for line in text.splitlines())
    (water,) = blocks(page, "yaml", "water")
    chains = (
        water.replace("> source_pump", "> (far) > source_pump") + "field: (ground) > field_pump > field > (ground)\n"
    )
    file = tmp_path / "house.yaml"
    file.write_text(f"{HOUSE}{shown}water:\n" + "".join(f"  {line}\n" for line in chains.splitlines()))
    plant = build(str(file), START, 86400.0)
    assert plant.doubts == []
    assert {"field", "decoupler", "radiator", "flow_temp", "top_temp"} <= set(plant.parts)
    plant.advance(60)
    assert plant.balance()["failures"] == 0
    assert plant.store.read("flow_temp.temp") == pytest.approx(14.5, abs=1.0)


def test_every_command_is_told_in_the_readme():
    commands_there = set(re.findall(r"^    (\w+) ", cli.parser().format_help(), re.MULTILINE))
    told = set(re.findall(r"^\| `geotwin (\w+) ", (ROOT / "README.md").read_text(), re.MULTILINE))
    known = {action for one in cli.parser()._actions for action in getattr(one, "choices", None) or ()}
    assert told == known
    assert commands_there <= known


def test_the_configuration_of_the_page(folder):
    bench = Bench(build("our_office.yaml", START, 86400.0), read_bench("our_office.yaml"), START)
    bench.refresh()
    program = controller("our_controller.yaml", BusLink(bench.bus))
    program.scan(0.0)
    assert program.settings.rotation_s == 86400.0
    assert bench.plant.store.read("hp_1.rated_heating_capacity") == 250e3


def test_the_bench_of_the_page(folder):
    units = read_bench("bench.yaml")
    plant = Plant(read_plant("office"), START, 86400.0)
    bench = Bench(plant, units, START)
    bench.refresh()
    assert bench.read("bus.fan_coil_1.temp_sp") == 20.0
    assert [unit.port for unit in units if unit.name == "rig"] == [5021]


def test_the_chains_of_the_office():
    (text,) = blocks(DOCS / "office.md", "text", "chains")
    water = {key: " ".join(chain.split()) for key, chain in read_plant("office").file.water.items()}
    shown = {key: chain.strip() for key, chain in (line.split(":", 1) for line in text.splitlines())}
    assert shown
    assert {key: water[key] for key in shown} == shown
    assert set(water) - set(shown) == {"evaporators", "condensers"}


def test_the_valves_of_the_office():
    rows = re.findall(
        r"^\| V(\d) \| [\w ]+ \| [\w ]+ \| (\w+) \| (\w+) \|$", (DOCS / "office.md").read_text(), re.MULTILINE
    )
    winter = {int(number) for number, state, _ in rows if state == "open"}
    summer = {int(number) for number, _, state in rows if state == "open"}
    assert (winter, summer) == ({1, 3, 5, 7}, {2, 4, 6, 8})
    water = read_plant("office").file.water
    assert {int(key[-2]) for key in water if re.search(r"\(V\d\)$", key)} == winter | summer


def test_the_units_of_the_office():
    (text,) = blocks(DOCS / "office.md", "text", "units")
    for unit in read_bench("office"):
        stem = re.sub(r"_?\d$", "", unit.name)
        assert re.search(rf"\b{stem}", text), unit.name
        port = "second port" if unit.port == 5021 else ""
        lines = [line for line in text.splitlines() if stem in line and port in line]
        ranges = [
            (int(a), int(b or a)) for line in lines for a, b in re.findall(r"(?<![\w.])(\d+)(?:-(\d+))?(?=  )", line)
        ]
        assert any(first <= unit.unit <= last for first, last in ranges) or unit.port == 5021, unit.name


def test_every_component_of_the_office_is_described():
    text = (DOCS / "office.md").read_text()
    for key in read_plant("office").file.components:
        assert re.sub(r"\[.*\]|\d$", "", key).rstrip("_") in text or "pipe" in key or key == "screw_r134a", key


@pytest.mark.parametrize("page", [DOCS / "for-ci.md"], ids=name)
def test_build_files_are_yaml(page):
    files = [yaml.safe_load(text) for text in blocks(page, "yaml", "ci")]
    assert len(files) == 2
    for file in files:
        job = file.get("jobs", file)["plant"]
        steps = [step.get("run", "") if isinstance(step, dict) else step for step in job.get("steps") or job["script"]]
        assert any("geotwin run" in step for step in steps)


def test_the_junit_of_the_page(folder):
    """The test case shown for those who import it has the properties that a run writes."""
    shown = Xml.fromstring(blocks(DOCS / "for-qa.md", "xml")[0])  # noqa: S314  (our own text)
    assert cli.main(["run", "pump_failure"]) == 0
    written = Xml.parse("runs/office/pump_failure/junit.xml")  # noqa: S314
    (case,) = [case for case in written.iter("testcase") if case.get("name") == shown.get("name")]
    assert case.attrib == shown.attrib
    values = {entry.get("name"): entry.get("value") for entry in case.iter("property")}
    told = {entry.get("name"): entry.get("value") for entry in shown.iter("property")}
    assert set(told) <= set(values)
    assert {told[key] == values[key] for key in ("requirement", "verdict", "unit")} == {True}


def test_exit_codes_agree():
    """README, the page on builds and the command's own words."""
    for page in (ROOT / "README.md", DOCS / "for-ci.md"):
        assert set(re.findall(r"^\| ([0-4]) \| ", page.read_text(), re.MULTILINE)) == set("01234"), name(page)
    assert (ending.BAD_INPUT, ending.RIG_ERROR) == (2, 3)
    assert f"| {SIGNALLED + signal.SIGINT} |" in (ROOT / "README.md").read_text()
    assert f"| {SIGNALLED + signal.SIGINT}, {SIGNALLED + signal.SIGTERM} |" in (DOCS / "for-ci.md").read_text()
