"""Variants of a plant file: what differs stands in it, the rest comes from the plant that it is based on."""

from datetime import datetime
from pathlib import Path

import pytest

from plant_models.assembly.plant_file import read_plant
from plant_models.plant import Plant
from twin.errors import InputError

START = datetime(2026, 1, 15)  # noqa: DTZ001
BASE = """\
plant: loop
title: A loop
source: for tests
components:
  pump: {model: Pump, catalogue: il_80_220, check_valve: 1}
  pipe: {model: Pipe, dn_mm: 125 mm, length_m: 50 m, nominal_flow: 60 m3/h}
  holding: {model: PressureHolding, volume: 80 L, loop_volume: 3 m3, loop: (return), supply: (supply)}
water:
  loop: (return) > pump > (supply) > pipe > (return)
"""
VARIANT = """\
plant: long_loop
based_on: loop.yaml
title: A longer loop
components:
  pipe: {length_m: 500 m}
  meter: {model: WaterMeter, passage: pipe}
  spare: {model: Pump, catalogue: il_80_220, check_valve: 1}
water:
  loop: (return) > [pump | spare] > (supply) > pipe > (return)
"""


@pytest.fixture
def write(tmp_path: Path):
    def files(**texts: str) -> str:
        for name, text in ({"loop": BASE} | texts).items():
            (tmp_path / f"{name}.yaml").write_text(text)
        return str(tmp_path / f"{[*texts][-1] if texts else 'loop'}.yaml")

    return files


def test_a_variant_changes_adds_and_keeps(write):
    text = read_plant(write(long=VARIANT))
    assert text.lineage == ("long_loop", "loop")
    assert text.file.source == "for tests"
    assert text.file.components["pipe"] == {
        "model": "Pipe", "dn_mm": "125 mm", "length_m": "500 m", "nominal_flow": "60 m3/h",
    }  # fmt: skip
    assert list(text.file.components) == ["pump", "pipe", "holding", "meter", "spare"]
    plant = Plant(text, START, 86400.0)
    assert {"spare", "meter", "holding"} <= set(plant.parts)
    assert plant.title == "A longer loop"


def test_every_entry_keeps_its_place(write):
    text = read_plant(write(long=VARIANT))
    assert text.where("components", "pump").endswith("loop.yaml:5:3")
    assert text.where("components", "pipe").endswith("long.yaml:5:3")
    assert text.where("water", "loop").endswith("long.yaml:9:3")
    wrong = VARIANT.replace("length_m: 500 m", "length_m: 500 K")
    with pytest.raises(InputError, match=r"long\.yaml:5:20: pipe\.length_m"):
        Plant(read_plant(write(long=wrong)), START, 86400.0)


def test_null_takes_away_and_a_model_replaces(write):
    short = "plant: short\nbased_on: long.yaml\ncomponents: {meter: null, pipe: {model: Pipe, length_m: 5 m}}\n"
    text = read_plant(write(long=VARIANT, short=short))
    assert text.lineage == ("short", "long_loop", "loop")
    assert "meter" not in text.file.components
    assert text.file.components["pipe"] == {"model": "Pipe", "length_m": "5 m"}
    assert text.file.title == "A longer loop"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("plant: a\nbased_on: a.yaml\n", "is based on itself"),
        ("plant: a\nbased_on: loop.yaml\ncomponents: {pomp: {check_valve: 0}}\n", "did you mean 'pump'"),
        ("plant: a\nbased_on: loop.yaml\ncomponents: {motor: null}\n", "no entry of components 'motor'"),
        ("plant: a\nbased_on: ofice\n", "a.yaml:2:11: no plant 'ofice'; did you mean 'office'"),
        ("plant: a\nbased_on: none.yaml\n", "none.yaml: cannot be read"),
    ],
)
def test_what_does_not_fit_is_told(write, text, message):
    with pytest.raises(InputError) as caught:
        read_plant(write(a=text))
    assert message in str(caught.value)


def test_a_ready_plant_can_be_varied(write):
    text = read_plant(write(mine="plant: mine\nbased_on: office\nsite: {ground_temp: 12 degC}\n"))
    assert text.file.site.ground_temp == "12 degC"
    assert text.file.site.weather == "beijing_design_year"
    assert text.lineage == ("mine", "office")


def test_what_is_speculative_says_so(write):
    text = read_plant(write(long=VARIANT + "speculative: true\n"))
    assert text.file.title == "A longer loop (speculative)"
