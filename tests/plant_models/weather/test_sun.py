"""The sun against almanac facts and the published correlations."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plant_models.weather.site import BEIJING
from plant_models.weather.sun import clear_sky, plane_irradiance, split_global, sun

REPOSITORY = Path(__file__).resolve().parents[3]
DAY = 86400.0


def hours(first: str, count: int) -> Any:
    return np.datetime64(first, "s") + np.arange(count) * np.timedelta64(3600, "s")


@pytest.mark.parametrize(("day", "elevation"), [("2023-03-20", 50.2), ("2023-06-21", 73.63), ("2023-12-22", 26.77)])
def test_the_noon_sun_stands_where_the_almanac_says(validation: Any, day: str, elevation: float) -> None:
    """Solar noon: 90 - latitude + declination, declination 0, 23.44, -23.44 degrees."""
    times = np.datetime64(day, "s") + np.arange(86400 // 60) * np.timedelta64(60, "s")
    place = sun(BEIJING, times)
    case, got = f"sun over Beijing, {day}: elevation at noon", math.degrees(math.asin(place.cos_zenith.max()))
    validation(case, "90 - latitude + declination", expected=elevation, got=got, tolerance=0.4, unit="degrees")
    noon = int(place.cos_zenith.argmax())
    assert math.degrees(place.azimuth[noon]) == pytest.approx(180.0, abs=0.6)
    assert 12 * 60 <= noon <= 12 * 60 + 30, "116.47 degrees east lie 14 minutes west of the zone's meridian"


def test_beijing_new_year_sunrise_and_sunset(validation: Any) -> None:
    """Published: sunrise 07:36, sunset 16:59 on 1 January, upper edge with refraction (0.83 degrees below)."""
    times = np.datetime64("2023-01-01", "s") + np.arange(1440) * np.timedelta64(60, "s")
    up = np.flatnonzero(sun(BEIJING, times).cos_zenith > math.sin(math.radians(-0.833)))
    validation("Beijing, 1 January: sunrise and sunset, minutes of the day", "almanac, 07:36 and 16:59",
               expected=[7 * 60 + 36, 16 * 60 + 59], got=[up[0], up[-1]], tolerance=4.0, unit="min")  # fmt: skip


def test_clear_sky_and_diffuse_share() -> None:
    place = sun(BEIJING, hours("2023-06-21T12:00:00", 1))
    assert clear_sky(place)[0] == pytest.approx(1098.0 * 0.959 * math.exp(-0.057 / 0.959), rel=2e-3)
    horizontal = np.array([0.5 * place.extraterrestrial[0] * place.cos_zenith[0]])
    direct, diffuse = split_global(place, horizontal)
    assert diffuse[0] / horizontal[0] == pytest.approx(0.66, abs=0.01), "Erbs at clearness 0.5"
    assert direct[0] * place.cos_zenith[0] + diffuse[0] == pytest.approx(horizontal[0])


def test_a_horizontal_plane_receives_the_global_and_a_uniform_sky_half_on_a_wall() -> None:
    times = hours("2023-03-20", 24)
    place = sun(BEIJING, times)
    direct, diffuse = split_global(place, 0.7 * clear_sky(place))
    flat = plane_irradiance(place, direct, diffuse, 180.0, 0.0)
    day = place.cos_zenith > 0.15
    expected = direct * place.cos_zenith + diffuse
    assert (flat.direct + flat.diffuse)[day] == pytest.approx(expected[day], rel=1e-9)
    assert plane_irradiance(place, direct, diffuse, 0.0).direct.max() == pytest.approx(0.0, abs=5.0), "north, equinox"
    south = plane_irradiance(place, direct, diffuse, 180.0)
    noon = int(place.cos_zenith.argmax())
    assert south.cos_incidence[noon] == pytest.approx(math.cos(math.radians(50.2)), abs=0.01)
