"""The yardstick of the savings report beside the plant `boiler_chiller`, run through its design days."""

import asyncio

import pytest

from hil.bench.scenario_choice import chosen
from hil.books.factors import read_factors
from hil.runs.options import RunOptions
from hil.runs.run import Run


def measured(name, folder):
    """The savings report of a run."""
    (scenario,) = chosen(name)
    return asyncio.run(Run(scenario, RunOptions(period_s=600.0)).play(folder, lambda _: None)).savings


@pytest.mark.parametrize("fuel", ["gas", "coal"])
def test_the_boilers_of_the_yardstick(validation, tmp_path, fuel):
    plant = {"gas": "boiler_chiller", "coal": "boiler_chiller_coal"}[fuel]
    found = measured(f"{plant}/steady_winter_day", tmp_path)
    validation(
        f"savings report: {fuel} boiler, efficiency, plant {plant} on its winter day", "factor of the yardstick",
        expected=read_factors()[f"yardstick.{fuel}_boiler"], got=found.heat / found.fuel[fuel], tolerance="10 %",
        note="The factor is meant for a season, the plant ran one design day.",
    )  # fmt: skip
    assert "COPsys" not in found.ratios
    assert 0.5 < found.ratios["SPF"] < 1.1


def test_the_chiller_of_the_yardstick(validation, tmp_path):
    found = measured("boiler_chiller/steady_summer_day", tmp_path)
    validation(
        "savings report: EER with tower, pumps, plant boiler_chiller on its summer day", "factor of the yardstick",
        expected=read_factors()["yardstick.chiller"], got=found.ratios["EERsys"], tolerance="12 %",
        note="The factor is meant for a season, the plant ran one design day.",
    )  # fmt: skip
