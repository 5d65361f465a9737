"""Quantities as users write them, against conversions known from elsewhere."""

import math

import pytest

from twin.errors import InputError
from twin.units import convert, quantity, seconds


@pytest.mark.parametrize(
    ("value", "unit", "to", "expected"),
    [
        (0.0, "degC", "K", 273.15),
        (98.6, "degF", "degC", 37.0),
        (1.0, "bar", "Pa", 1e5),
        (10.0, "mH2O", "Pa", 98066.5),
        (1.0, "kWh", "J", 3.6e6),
        (1.0, "metric_horsepower", "W", 735.49875),
        (3.6, "m3/h", "L/s", 1.0),
        (1.0, "gallon/min", "m3/h", 0.2271247),
        (50.0, "%", "1", 0.5),
        (2.5, "W/m2/K", "W/(m2 K)", 2.5),
        (1.0, "h", "s", 3600.0),
        (21.5, "degC", "degC", 21.5),
    ],
)
def test_conversions(value: float, unit: str, to: str, expected: float) -> None:
    assert convert(value, unit, to) == pytest.approx(expected, rel=1e-7)


@pytest.mark.parametrize(
    ("given", "unit", "expected"),
    [
        ("16 m3/h", "m3/h", 16.0),
        ("-15 degC", "degC", -15.0),
        (" +2.5e2kW ", "W", 2.5e5),
        (".5", "1", 0.5),
        ("5.", "1", 5.0),
        ("30 %", "1", 0.3),
        (0.5, "1", 0.5),
        (3, "", 3.0),
        (True, "1", 1.0),
        ("0.2 MPa", "Pa", 2e5),
        ("450 m2", "m2", 450.0),
    ],
)
def test_quantities_as_written(given: object, unit: str, expected: float) -> None:
    assert quantity(given, unit) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("given", "unit", "message"),
    [
        ("16", "m3/h", "'16' has no unit; expected a quantity in m3/h, such as '16 m3/h'"),
        (16, "m3/h", "has no unit"),
        ("16 kW", "m3/h", "16 kW is not a quantity in m3/h"),
        ("16 frobs", "m3/h", "16 frobs is not a quantity"),
        ("warm", "degC", "'warm' is not a quantity; expected a number with a unit, such as '12 degC'"),
        ("", "degC", "is not a quantity"),
        (None, "degC", "is not a quantity"),
        (True, "degC", "got True, expected a quantity in degC"),
        ("nan degC", "degC", "is not a quantity"),
        ("1 __import__('os')", "m", "is not a quantity"),
        ("2 m2", "m", "is not a quantity in m"),
    ],
)
def test_what_is_no_quantity_is_refused_with_its_place(given: object, unit: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        quantity(given, unit, "plant.yaml:3")
    assert str(caught.value).startswith("plant.yaml:3: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("90 s", 90.0),
        ("2 h 10 min", 7800.0),
        ("3 d", 259200.0),
        ("250ms", 0.25),
        ("1.5 h", 5400.0),
    ],
)
def test_durations(given: str, expected: float) -> None:
    assert seconds(given) == expected


@pytest.mark.parametrize("given", ["", "90", 90, "s", "90 s or so", "2 weeks", "1 mins", None])
def test_what_is_no_duration_is_refused(given: object) -> None:
    with pytest.raises(InputError, match=r"x.yaml:3: .* is not a duration; expected such as '90 s'"):
        seconds(given, "x.yaml:3")


def test_a_conversion_leaves_no_dust() -> None:
    assert convert(20.0, "degC", "K") == 293.15
    assert convert(0.1, "m3", "L") == 100.0
    assert math.isinf(convert(math.inf, "K", "degC"))
