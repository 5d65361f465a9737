"""Texts and names of a user's files reach terminal and pages as text, whatever they hold."""

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from hil.cli import main
from hil.commands.verdict_table import console_for
from hil.reports.plant_page import page_text
from plant_models.assembly.plant_file import read_plant

CLINIC = Path(__file__).parents[1] / "data" / "clinic"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    shutil.copytree(CLINIC, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def changed(folder, file, old, new):
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))


def test_brackets_in_a_text_are_no_markup_and_colons_no_signs(monkeypatch):
    console = console_for()
    console.file = io.StringIO()
    console.print("[bold red]x[/] :smile: [link=http://evil]y[/link]")
    assert console.file.getvalue() == "[bold red]x[/] :smile: [link=http://evil]y[/link]\n"
    monkeypatch.setattr(Console, "is_terminal", True)
    terminal = console_for()
    terminal.file = io.StringIO()
    terminal.print("[bold red]x[/] :smile:")
    assert "[bold red]x[/] :smile:" in terminal.file.getvalue()


def test_a_page_of_a_plant_shows_its_texts_and_runs_none(folder):
    changed(
        folder, "plant.yaml", "title: A clinic on two wells", 'title: "<script>alert(1)</script> ![x](http://evil)"'
    )
    changed(
        folder, "plant.yaml", "source: drawing M-101", 'source: "a | b <img src=x>"\nabout: "# no heading\\n\\n<b>"\nX:'
    )
    changed(folder, "plant.yaml", "\nX:, revision C; what it does not say is assumed", "")
    page = page_text("plant.yaml", read_plant("plant.yaml"))
    assert "<script>" not in page
    assert "<img" not in page
    assert "](http" not in page
    assert "\n# no heading" not in page


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("plant.yaml", "title: A clinic", 'title: "\\e[2J A clinic"'),
        ("plant.yaml", "plant: clinic", 'plant: "cli\\nnic"'),
        ("plant.yaml", "  hx: ", '  "h\\nx": '),
        ("scenario.yaml", "scenario: clinic_morning", 'scenario: "clinic\\nmorning"'),
        ("scenario.yaml", "scenario: clinic_morning", 'scenario: "clinic\\u202Emorning"'),
        ("scenario.yaml", "{R1: Rooms", '{"R\\n1": Rooms'),
        ("scenario.yaml", "id: warm", 'id: "wa\\nrm"'),
        ("bench.yaml", "bench: clinic", 'bench: "cli\\nnic"'),
        ("drive.yaml", "device: drive", 'device: "dr\\nive"'),
        ("drive.yaml", "name: speed", 'name: "sp\\need"'),
        ("scenario.yaml", '"2026-01-15T06:00:00+01:00"', '"9999-12-31T23:00:00-11:00"'),
        ("scenario.yaml", '"2026-01-15T06:00:00+01:00"', '"0001-01-01T00:00:00+11:00"'),
        ("scenario.yaml", "duration: 4 h", "duration: 99999999999999999999 d"),
        ("plant.yaml", "room_[1-2]: ", '"room_[1-8000000000]": '),
        ("plant.yaml", "room_[1-2]: ", '"room_[1-2000]_[1-2000]_[1-2000]": '),
        ("plant.yaml", "area: 32 m2", "area: 1e21 m2"),
        ("plant.yaml", "dn_mm: 100 mm", "dn_mm: 1e400 mm"),
        ("plant.yaml", "flow: 16 m3/h", "flow: 1e308 m3/h"),
        ("plant.yaml", "ground_temp: 11 degC", "ground_temp: 1e308 degC"),
        ("drive.yaml", "scale: 0.1", "scale: 1e-320"),
        ("drive.yaml", "address: 40001", 'address: "\u00b2\u00b2\u00b2\u00b2\u00b2"'),
        ("bench.yaml", "port: 5120", "port: 99999"),
        ("bench.yaml", "unit: 3,", "unit: \u00b2,"),
        ("bench.yaml", "unit: 3,", "unit: 1-x,"),
        ("bench.yaml", "unit: 3,", f"unit: {'9' * 5000},"),
        ("bench.yaml", "unit: 3,", "unit: 1-8000000000,"),
    ],
)
def test_nonsense_is_refused_in_one_line(folder, capsys, file, old, new):
    changed(folder, file, old, new)
    assert main(["check", file]) == 2
    told = capsys.readouterr().out
    lines = told.splitlines()
    assert len(lines) <= 2, told  # of a range of two components, each has its own
    assert all(line.startswith(f"{file}: wrong: ") and line.isprintable() for line in lines)
