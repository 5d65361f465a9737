"""Brine against CoolProp, which has correlations of its own for the same fluids, and what a plant file may name."""

import re
from typing import Any

import pytest
from CoolProp.CoolProp import PropsSI

from plant_models.water.brine import (
    CONDUCTING,
    DENSE,
    ETHYLENE,
    FREEZING,
    HEAT,
    PROPYLENE,
    VISCOUS,
    brine_property,
    read_fluid,
)  # fmt: skip
from twin.errors import InputError

NAMES = {ETHYLENE: ("ethylene glycol", "MEG"), PROPYLENE: ("propylene glycol", "MPG")}
PROPERTIES = {
    DENSE: ("density", "D", "0.6 %", "kg/m3"),
    HEAT: ("heat capacity", "C", "2 %", "J/(kg K)"),
    CONDUCTING: ("conductivity", "L", "3 %", "W/(m K)"),
    VISCOUS: ("viscosity", "V", "6 %", "Pa s"),
}
POINTS = [(0.2, 0.0), (0.2, 30.0), (0.3, -5.0), (0.3, 0.0), (0.3, 10.0), (0.4, -10.0), (0.4, 20.0)]


@pytest.mark.parametrize("which", PROPERTIES)
@pytest.mark.parametrize("fluid", NAMES)
def test_properties_of_brine(fluid: int, which: int, validation: Any) -> None:
    (name, short), (what, letter, tolerance, unit) = NAMES[fluid], PROPERTIES[which]
    expected = [PropsSI(letter, "T", temp + 273.15, "P", 2e5, f"INCOMP::{short}[{share}]") for share, temp in POINTS]
    got = [brine_property(fluid, which, share, temp) for share, temp in POINTS]
    validation(f"{name}: {what}", "CoolProp, incompressible fluids by mass", expected=expected, got=got,
               tolerance=tolerance, unit=unit)  # fmt: skip


@pytest.mark.parametrize("fluid", NAMES)
def test_freezing_point_of_brine(fluid: int, validation: Any) -> None:
    name, short = NAMES[fluid]
    shares = [0.15, 0.2, 0.25, 0.3, 0.4, 0.5]
    expected = [PropsSI("T_FREEZE", "T", 293.15, "P", 2e5, f"INCOMP::{short}[{share}]") - 273.15 for share in shares]
    got = [brine_property(fluid, FREEZING, share, 0.0) for share in shares]
    validation(f"{name}: freezing point", "CoolProp, incompressible fluids by mass", expected=expected, got=got,
               tolerance=0.8, unit="degC", x=("share", shares))  # fmt: skip


def test_a_fluid_is_read_or_refused() -> None:
    assert read_fluid("water") == (0, 0.0)
    assert read_fluid("propylene glycol 30 %") == (PROPYLENE, 0.3)
    assert read_fluid("ethylene glycol 25%") == (ETHYLENE, 0.25)
    for text, reason in [
        ("propylen glycol", "did you mean 'propylene glycol'"), ("propylene glycol", "expected a share"),
        ("propylene glycol 70 %", "up to 60 %"), ("ethylene glycol 0.3", "expected a share"),
        ("water 10 %", "no share"),
    ]:  # fmt: skip
        with pytest.raises(InputError, match=re.escape(reason)):
            read_fluid(text)
