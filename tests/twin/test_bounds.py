"""Numbers that no plant has are refused wherever a unit is read."""

import math

import pytest

from plant_models.plant import MODELS_BY_NAME
from twin.errors import InputError
from twin.points import PARAMETER, parameter, setpoint
from twin.units import ends, quantity, seconds, within


def test_every_parameter_has_two_finite_ends_and_its_default_between_them() -> None:
    parameters = [
        (f"{kind}.{name}", point)
        for kind, model in MODELS_BY_NAME.items()
        for name, point in model.points.items()
        if point.kind == PARAMETER
    ]
    assert len(parameters) > 400
    for name, point in parameters:
        low, high = point.span
        assert math.isfinite(low), name
        assert math.isfinite(high), name
        assert low <= point.default <= high, name
        assert high <= 1e13, name


def test_every_unit_of_a_parameter_has_ends_of_its_own() -> None:
    """A number without ends of its own would have those that are left for units that nobody thought of."""
    open_ones = {
        point.unit
        for model in MODELS_BY_NAME.values()
        for point in model.points.values()
        if point.kind == PARAMETER and (point.lo is None or point.hi is None) and not point.values
    }
    assert {unit for unit in open_ones if ends(unit) == ends("no such unit")} == set()


def test_ends_that_are_declared_go_before_those_of_the_unit_and_of_the_states() -> None:
    assert parameter("kg", 1.0, lo=0.5).span == (0.5, 1e9)
    assert parameter("1", 1.0, values={0: "off", 2: "on"}).span == (0, 2)
    assert setpoint("degC").span == (-273.15, 2000.0)


def test_what_is_as_good_as_zero_is_told() -> None:
    with pytest.raises(InputError, match="'1e-300 m' is nearer to 0 than 1e-25; write 0"):
        quantity("1e-300 m", "m", "a.yaml:1:2")
    assert quantity("0 m", "m") == 0.0


@pytest.mark.parametrize("value", [1e21, -1.0, math.inf, -math.inf, math.nan])
def test_a_number_beyond_them_is_refused_with_both(value: float) -> None:
    with pytest.raises(InputError, match=r"^here: .* kg is outside 0 .. 1e\+09 kg$"):
        parameter("kg", 1.0).check(value, "here")
    assert within(3.0, "kg", "here", 0.0, 4.0) == 3.0


@pytest.mark.parametrize(
    ("given", "unit"), [("1e400 m3/h", "m3/h"), ("1e308 MW", "W"), ("1e999", "1"), ("-1e999 W", "kW")]
)
def test_a_quantity_is_finite(given: str, unit: str) -> None:
    with pytest.raises(InputError, match=r"is not a finite number|1e\+314 W is outside|inf W is outside"):
        quantity(given, unit)


@pytest.mark.parametrize("given", ["99999999 d", "9" * 400 + " s", "-40000 d"])
def test_a_duration_is_no_longer_than_a_century(given: str) -> None:
    with pytest.raises(InputError, match=r"outside -3.2e\+09 .. 3.2e\+09 s"):
        seconds(given)
