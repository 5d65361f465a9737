"""The zone model against ASHRAE 140-2020 cases 600 and 900 (inputs and limits: physics.md 3.2), a year of minutes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from plant_models import zone as rooms
from plant_models.sun import BEIJING, ORIENTATIONS, Floats, Sun, plane_irradiance, sun
from plant_models.weather import Weather, advance_weather, set_up, weather
from plant_models.weather_files import read_epw_year
from plant_models.weather_series import COLUMNS, Series
from plant_models.zone import Zone, give_heat
from twin.kernel import Rows, kernel
from twin.store import Store

BESIDE = Path(__file__).resolve().parents[3]
DENVER = next(BESIDE.glob("*/data/weather/USA_CO_Denver.Intl.AP.725650_TMY3.epw"), None)
"""The weather of the standard; it is not ours to ship. Without it the synthetic year is run against looser bounds."""


def cell(mass: float, area_factor: float) -> dict[str, Any]:
    """Tables with the test cell, by its heat capacity [J/(m2 K)] and the mass area per floor area."""
    tables = Store({Zone: ["cell"], Weather: ["weather"]}).tables
    for name, value in ashrae_cell(mass, area_factor).items():
        tables["zone"][0][name] = value
    return tables


def ashrae_cell(mass: float, area_factor: float) -> dict[str, float]:
    to_mass = 9.1 * area_factor * 48.0
    opaque = 0.534 * 63.6 + 0.327 * 48.0 + 0.0377 * 48.0
    return {
        "area": 48.0, "volume": 129.6, "capacity_air": rooms.AIR_HEAT * 129.6, "capacity_mass": mass * 48.0,
        "conductance_windows": 37.2, "conductance_mass": to_mass, "conductance_air": 2.1 * 4.5 * 48.0,
        "conductance_fabric": 1.0 / (1.0 / opaque - 1.0 / to_mass), "air_changes": 0.414, "gains_always": 200.0,
        "gains_occupied": 0.0, "aperture_south": 1.0, "aperture_north": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("mass", "area_factor", "air_min", "mass_h"), [(42167.0, 2.95, 8.0, 5.5), (307750.0, 2.43, 9.0, 38.8)]
)
def test_time_constants_of_the_light_and_heavy_test_cell(
    mass: float, area_factor: float, air_min: float, mass_h: float
) -> None:
    """physics.md 1.14: air 8-9 min, mass 5.3 h and 38.8 h; the light one is 5.6 h with the air's own capacity."""
    room = cell(mass, area_factor)
    room["zone"][0].conductance_air = 2.1 * 171.6
    rooms.advance(room["zone"], room["weather"], 60.0)
    update = room["zone"][0].update
    slow, fast = sorted(-1.0 / np.linalg.eigvals(update[8:].reshape(2, 2)), reverse=True)
    assert fast / 60.0 == pytest.approx(air_min, rel=0.1)
    assert slow / 3600.0 == pytest.approx(mass_h, rel=0.05)
    decays = np.log(np.linalg.eigvals(update[:4].reshape(2, 2))) / -60.0
    assert sorted(decays) == pytest.approx([1.0 / slow, 1.0 / fast], rel=1e-9)


def ashrae_gains(place: Sun, direct: Floats, diffuse: Floats) -> Floats:
    """Solar gains less the loss to the sky, by ISO 13790, of window, walls and roof [W]."""
    outer, sky, g = 0.04, 5.0 * 0.9 * 11.0, 0.769
    roof = plane_irradiance(place, direct, diffuse, 180.0, 0.0)
    total = 0.327 * 48.0 * outer * (0.6 * (roof.direct + roof.diffuse) - sky)
    for name, area in {"south": 9.6, "west": 16.2, "north": 21.6, "east": 16.2}.items():
        facade = plane_irradiance(place, direct, diffuse, ORIENTATIONS[name])
        total = total + 0.534 * area * outer * (0.6 * (facade.direct + facade.diffuse) - 0.5 * sky)
        if name == "south":
            angle = np.arccos(facade.cos_incidence)
            passed = np.maximum(0.0, 1.0 - 0.189 * angle + 0.644 * angle**2 - 0.596 * angle**3)
            total = total + 12.0 * g * (passed * facade.direct + facade.diffuse) - 3.1 * 12.0 * outer * 0.5 * sky
    return total


def ashrae_series() -> tuple[Series, bool]:
    """Denver's year with the cell's gains in the place of the south irradiance; Beijing's where the file is absent."""
    if DENVER:
        year = read_epw_year(DENVER)
        c = year.columns
        gains = ashrae_gains(sun(year.site, year.middles()), c["direct_irradiance"], c["diffuse_irradiance"])
        temp = np.roll(c["outdoor_temp"], 1)
        gains = 0.5 * (gains + np.roll(gains, 1))
    else:
        made = weather("beijing_design_year", datetime(2001, 1, 1, tzinfo=UTC), 8759 * 3600.0)
        times = np.datetime64("2001-01-01", "s") + np.arange(8760) * np.timedelta64(3600, "s")
        temp = made.column("outdoor_temp")
        gains = ashrae_gains(sun(BEIJING, times), made.column("direct_irradiance"), made.column("diffuse_irradiance"))
    values = np.zeros((8761, len(COLUMNS)))
    values[:8760, COLUMNS.index("outdoor_temp")] = temp
    values[:8760, COLUMNS.index("irradiance_south")] = gains
    values[8760] = values[0]
    return Series(values, 3600.0, datetime(2001, 1, 1, tzinfo=UTC)), DENVER is not None


@kernel
def ideal_year(zones: Rows, sky: Rows, series: Rows, low: float, high: float, out: Rows) -> None:
    """A year of minutes with an ideal emitter: heating, cooling [J], their peaks [W], lowest, highest temperature."""
    room = zones[0]
    for _ in range(525600):
        advance_weather(sky, series, 60.0)
        air, mass = room.temp, room.mass_temp
        rooms.advance(zones, sky, 60.0)
        per_watt = room.update[4] / room.capacity_air
        watts = max(low - room.temp, 0.0) / per_watt - max(room.temp - high, 0.0) / per_watt
        if watts != 0.0:
            room.temp, room.mass_temp = air, mass
            give_heat(zones, 0, watts * 60.0)
            rooms.advance(zones, sky, 60.0)
        out[0] += max(watts, 0.0) * 60.0
        out[1] += max(-watts, 0.0) * 60.0
        out[2] = max(out[2], watts)
        out[3] = max(out[3], -watts)
        out[4] = min(out[4], room.temp)
        out[5] = max(out[5], room.temp)


def ashrae_year(mass: float, area_factor: float, low: float, high: float) -> tuple[Floats, bool]:
    tables = cell(mass, area_factor)
    series, denver = ashrae_series()
    set_up(tables["weather"][0], series)
    out = np.array([0.0, 0.0, 0.0, 0.0, 1e9, -1e9])
    ideal_year(tables["zone"], tables["weather"], series.values, low, high, out)
    return out / np.array([3.6e9, 3.6e9, 1e3, 1e3, 1.0, 1.0]), denver


@pytest.mark.parametrize(
    ("case", "mass", "area_factor", "heating", "cooling", "loose_heating", "loose_cooling"),
    [
        ("600", 42167.0, 2.95, (3.75, 4.98), (5.00, 6.83), (4.0, 7.5), (1.5, 6.0)),
        ("900", 307750.0, 2.43, (1.04, 2.28), (2.20, 2.60), (2.5, 6.5), (0.3, 3.5)),
    ],
)
def test_ashrae_140_heating_and_cooling(
    validation: Any,
    case: str,
    mass: float,
    area_factor: float,
    heating: Any,
    cooling: Any,
    loose_heating: Any,
    loose_cooling: Any,
) -> None:
    """Cases 600 and 900. A 5R1C is known to miss the lower limit 2.35 of 900 cooling: 2.2 is asked (physics.md 3.2)."""
    found, denver = ashrae_year(mass, area_factor, 20.0, 27.0)
    if not denver:
        heating, cooling = loose_heating, loose_cooling
    source = f"ASHRAE 140-2020 on {'Denver' if denver else 'the synthetic year, loosely'}, physics.md 3.2"
    validation(f"ASHRAE 140 case {case}: heating", source, expected=heating, got=found[0], unit="MWh")
    validation(f"ASHRAE 140 case {case}: cooling", source, expected=cooling, got=found[1], unit="MWh")


@pytest.mark.parametrize(
    ("case", "mass", "area_factor", "lowest", "highest"),
    [("600FF", 42167.0, 2.95, (-13.8, -9.9), (62.4, 68.4)), ("900FF", 307750.0, 2.43, (0.6, 2.2), (43.3, 46.0))],
)
def test_ashrae_140_free_floating(
    validation: Any, case: str, mass: float, area_factor: float, lowest: Any, highest: Any
) -> None:
    """Cases 600FF and 900FF within 0.5 K of the range of the example programs (physics.md 3.2)."""
    found, denver = ashrae_year(mass, area_factor, -1e6, 1e6)
    slack = 0.5 if denver else 12.0
    source = f"ASHRAE 140-2020 on {'Denver' if denver else 'the synthetic year, loosely'}, physics.md 3.2"
    given: dict[str, Any] = {"tolerance": slack, "unit": "degC"}
    validation(f"ASHRAE 140 case {case}: lowest temperature", source, expected=lowest, got=found[4], **given)
    highest = (highest[0] - (0.0 if denver else 20.0), highest[1])
    validation(f"ASHRAE 140 case {case}: highest temperature", source, expected=highest, got=found[5], **given)
