"""Moist air against published tables."""

from typing import Any

import numpy as np
import pytest

from plant_models.weather import psychrometrics as air
from plant_models.weather.weather_series import relative_humidity


@pytest.mark.parametrize(
    ("temp", "pascal"), [(-10.0, 286.5), (0.0, 611.2), (10.0, 1228.0), (20.0, 2339.2), (30.0, 4246.7), (50.0, 12350.0)]
)
def test_vapour_pressure_is_that_of_the_steam_tables(temp: float, pascal: float, validation: Any) -> None:
    """ASHRAE Handbook Fundamentals, table of water at saturation (supercooled at -10 degC)."""
    water = "water" if temp >= 0.0 else "supercooled water"
    validation(f"vapour pressure over {water} of {temp:g} degC", "ASHRAE Handbook Fundamentals, water at saturation",
               expected=pascal, got=air.vapour_pressure(temp), tolerance="0.4 %", unit="Pa")  # fmt: skip
    assert air.dew_point(air.vapour_pressure(temp)) == pytest.approx(temp, abs=1e-9)


@pytest.mark.parametrize(
    ("temp", "dew", "wet"), [(33.5, 23.75, 26.4), (25.0, 13.86, 17.88), (20.0, 9.27, 13.78), (35.0, 19.43, 23.95)]
)
def test_wet_bulb_of_design_conditions(temp: float, dew: float, wet: float, validation: Any) -> None:
    """Beijing's summer design day (GB 50736: 33.5/26.4), and 50, 50 and 40 % on the psychrometric chart."""
    validation(f"wet bulb of air of {temp:g} degC, dew point {dew:g} degC", "psychrometric chart; GB 50736-2012",
               expected=wet, got=air.wet_bulb(temp, dew), tolerance=0.15, unit="degC")  # fmt: skip


def test_saturated_air_has_its_own_temperature_as_wet_bulb() -> None:
    assert air.wet_bulb(18.0, 18.0) == pytest.approx(18.0, abs=1e-6)


def test_humidity_and_enthalpy_of_room_air() -> None:
    """25 degC at 50 %: 9.9 g/kg and 50.3 kJ/kg on the chart."""
    ratio = air.humidity_ratio(0.5 * air.vapour_pressure(25.0))
    assert ratio == pytest.approx(9.88e-3, rel=0.01)
    assert air.air_enthalpy(25.0, ratio) == pytest.approx(50.3e3, rel=0.01)


def test_weather_and_rooms_share_one_law_of_moisture() -> None:
    """The humidity of a series is that of its dew point by the law that rooms and coils use."""
    temp, dew = np.array([-20.0, 0.0, 25.0, 35.0]), np.array([-25.0, -5.0, 13.86, 20.0])
    ratio = [air.vapour_pressure(d) / air.vapour_pressure(t) for d, t in zip(dew, temp, strict=True)]
    assert relative_humidity(temp, dew).tolist() == ratio
