"""Pages and schematics of the plants: in step with the files, whole, readable, and safe."""

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest

from hil import cli
from hil.reports.plant_page import NOTICE, index_text, main, page_text, write_page
from hil.schematic.drawing import schematic
from hil.schematic.graph import graph
from hil.schematic.layout import layout
from plant_models.assembly.assembly import components
from plant_models.assembly.plant_file import read_plant, ready_plants
from plant_models.plant import MODELS_BY_NAME
from twin.errors import InputError

PLANTS = list(ready_plants())
PAGES = Path(__file__).parents[3] / "docs" / "plants"


@pytest.mark.parametrize("plant", PLANTS)
def test_the_page_is_what_the_files_give(plant):
    text = read_plant(plant)
    assert (PAGES / f"{plant}.md").read_text(encoding="utf-8") == page_text(plant, text), "run `make pages`"
    assert (PAGES / f"{plant}.svg").read_text(encoding="utf-8") == schematic(text), "run `make pages`"


def test_the_index_names_every_plant_and_nothing_is_left_over():
    assert (PAGES / "index.md").read_text(encoding="utf-8") == index_text(), "run `make pages`"
    assert {file.stem for file in PAGES.iterdir()} == {*PLANTS, "index", "documents"}


def test_pages_written_by_hand_stay_and_those_of_gone_plants_go(tmp_path):
    (tmp_path / "documents.md").write_text("by hand")
    for name, picture in (("gone", schematic(read_plant(PLANTS[0]))), ("kept", "<svg/>")):
        (tmp_path / f"{name}.svg").write_text(picture)
        (tmp_path / f"{name}.md").write_text(f"# A plant of yesterday\n\n{NOTICE}\n")
    main(tmp_path)
    written = {f"{plant}.{suffix}" for plant in PLANTS for suffix in ("md", "svg")}
    assert {file.name for file in tmp_path.iterdir()} == {*written, "index.md", "documents.md", "kept.svg"}


@pytest.mark.parametrize("plant", PLANTS)
def test_everything_in_the_water_is_drawn_once(plant):
    text = read_plant(plant)
    found = graph(text)
    ways = [(name, e.passage) for e in found.elements for name in e.members]
    assert len(ways) == len(set(ways))
    drawn = {name for name, _ in ways} | {name for e in found.elements for b in e.beside for name in b.members}
    parts = components(text, MODELS_BY_NAME)
    missing = {name for name, part in parts.items() if part.model.symbol is not None} - drawn
    assert not missing, f"neither in a chain nor linked to something that is: {sorted(missing)[:5]}"


@pytest.mark.parametrize("plant", PLANTS)
def test_nothing_overlaps(plant):
    placed = layout(graph(read_plant(plant)))
    for one, other in combinations(placed.stretches, 2):
        apart = one.row != other.row or one.high < other.low or other.high < one.low
        assert apart, f"{[e.label for _, e in one.elements]} on {[e.label for _, e in other.elements]}"
    for stretch in placed.stretches:
        for (a, _), (b, _) in combinations(stretch.elements, 2):
            assert abs(a - b) > 0.7
        for upright in placed.uprights:
            top, bottom = upright.span
            if stretch not in upright.stretches and top < stretch.row < bottom:
                assert all(abs(at - upright.x) > 0.3 for at, _ in stretch.elements), "a line runs through a symbol"


@pytest.mark.parametrize("plant", PLANTS)
def test_the_picture_is_well_formed_and_names_all(plant):
    svg = schematic(read_plant(plant))
    tree = Xml.fromstring(svg)  # noqa: S314  (our own text)
    words = "".join(tree.itertext())
    for element in graph(read_plant(plant)).elements:
        assert element.label in words.replace("\n", ""), element.label
    assert len(svg) < 120_000
    assert re.search(r"\bnan\b|\binf\b", svg) is None


HOSTILE = """\
plant: mine
title: "<script>alert(1)</script> & co"
source: "a | b"
components:
  p: {model: Pump, catalogue: il_80_220}
  x: {model: PlateExchanger}
  field: {model: BoreholeField}
water:
  one: (a <b> & c) > p > x.primary > (a <b> & c)
  two: field > x.secondary
"""


def test_hostile_text_stays_text(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(HOSTILE)
    page = write_page(str(file), tmp_path / "out")
    svg = page.with_suffix(".svg").read_text()
    assert "<script" not in svg
    assert "a <b> & c" in "".join(Xml.fromstring(svg).itertext())  # noqa: S314
    assert "has no bench" in page.read_text()


def test_the_command(tmp_path, capsys):
    assert cli.main(["plant", "office", "--out", str(tmp_path)]) == 0
    assert {file.name for file in tmp_path.iterdir()} == {"office.md", "office.svg"}
    assert cli.main(["plant", "offise"]) == 2
    assert "did you mean 'office'" in capsys.readouterr().err


def test_a_page_of_somebody_else_is_not_written_over(tmp_path):
    (tmp_path / "office.md").write_text("my notes on the office")
    with pytest.raises(InputError, match=r"office\.md is there and was not written by geotwin"):
        write_page("office", tmp_path)
    assert (tmp_path / "office.md").read_text() == "my notes on the office"
    page = write_page("household_30", tmp_path)
    assert write_page("household_30", tmp_path) == page, "a page of ours is written anew"
