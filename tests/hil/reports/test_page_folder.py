"""Pages go into folders that hold other people's: those stay as they are, whatever they are called and hold."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hil import cli
from hil.reports import model_page, plant_page
from hil.reports.page_folder import drop_others, is_ours, write_pages
from twin.errors import InputError

NOTICE = "*Written by a test.*"
PAGE = f"# A page\n\n{NOTICE}\n\ntext\n"
MODULES = {plant_page: plant_page.main, model_page: model_page.write_all}


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}


@pytest.mark.parametrize(
    "text",
    ["", "mine", f"{NOTICE}\n", f"# A\n\nsee {NOTICE}\n", f"# A\n\n\n{NOTICE}\n", "\0\xff" * 9, "\n" * 70_000 + PAGE],
)
def test_a_page_without_our_mark_in_its_place_is_somebody_elses(tmp_path, text):
    (tmp_path / "office.md").write_bytes(text.encode("latin-1"))
    before = contents(tmp_path)
    assert not is_ours(tmp_path / "office.md", NOTICE)
    with pytest.raises(InputError, match=r"office\.md is there and was not written by geotwin"):
        write_pages(tmp_path, {"index.md": PAGE, "office.md": PAGE}, NOTICE)
    drop_others(tmp_path, (), NOTICE)
    assert contents(tmp_path) == before


@pytest.mark.parametrize(
    "make",
    [os.mkfifo, Path.mkdir, lambda page: page.symlink_to("elsewhere"), lambda page: page.symlink_to("nothing")],
    ids=["pipe", "folder", "link", "link to nothing"],
)
def test_what_is_no_file_is_not_ours(tmp_path, make):
    (tmp_path / "elsewhere").write_text(PAGE)
    make(tmp_path / "office.md")
    with pytest.raises(InputError, match="is there and was not written by geotwin"):
        write_pages(tmp_path, {"office.md": PAGE}, NOTICE)
    drop_others(tmp_path, (), NOTICE)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_page_of_ours_is_written_anew_and_goes_when_it_is_not_kept(tmp_path):
    write_pages(tmp_path, {"office.md": PAGE, "index.md": PAGE}, NOTICE)
    write_pages(tmp_path, {"office.md": PAGE + "more\n"}, NOTICE)
    assert (tmp_path / "office.md").read_text().endswith("more\n")
    drop_others(tmp_path, ["office.md"], NOTICE)
    assert [file.name for file in tmp_path.iterdir()] == ["office.md"]


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("taken", ["index.md", "office.md", "office.svg", "Pump.md"])
def test_a_folder_of_somebody_elses_pages_is_left_alone(tmp_path, module, taken):
    write = MODULES[module]
    write(tmp_path / "empty")
    names = {file.name for file in (tmp_path / "empty").iterdir()}
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / taken).write_text("mine")
    (notes / "documents.md").write_text(f"# Diary\n\nI asked what {module.NOTICE} means.\n")
    before = contents(notes)
    if taken in names:
        with pytest.raises(InputError, match="not written by geotwin"):
            write(notes)
        assert contents(notes) == before
    else:
        write(notes)
        assert {name: contents(notes)[name] for name in before} == before


@pytest.mark.parametrize("module", MODULES)
def test_as_a_command_it_says_in_one_line_what_is_wrong(tmp_path, module):
    (tmp_path / "index.md").write_text("mine")
    for words, said in (([str(tmp_path)], "index.md is there and was not written by geotwin"), ([], "give one folder")):
        command = [sys.executable, "-m", module.__name__, *words]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert said in done.stderr


def test_geotwin_plant_writes_over_no_page_or_picture_of_somebody_else(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name in ("office.md", "office.svg"):
        (tmp_path / name).write_text("mine")
        assert cli.main(["plant", "office"]) == 2
        assert f"{name} is there and was not written by geotwin" in capsys.readouterr().err
        assert contents(tmp_path) == {name: b"mine"}
        (tmp_path / name).unlink()
    assert cli.main(["plant", "office"]) == 0
    assert cli.main(["plant", "office"]) == 0
    assert sorted(contents(tmp_path)) == ["office.md", "office.svg"]
