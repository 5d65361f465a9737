"""Places on the map, their standard time, and what plant files say of them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from plant_models.assembly.plant_file import PlantText, read_plant
from plant_models.plant import Plant
from plant_models.weather.site import BEIJING, Site, read_time_zone
from twin.errors import InputError
from twin.yaml_lines import load

PLANT = """plant: own
based_on: household_5_6
title: ours
source: made
"""
INSTANT = datetime(2026, 7, 15, 3, tzinfo=UTC)


def text(site: str) -> PlantText:
    return PlantText(load(f"{PLANT}site: {{{site}}}\n", "own.yaml"))


@pytest.mark.parametrize(
    ("given", "hours"), [("+08:00", 8.0), ("-03:30", -3.5), ("+05:45", 5.75), ("Z", 0.0), ("-07:00", -7.0)]
)
def test_a_time_zone_is_an_offset(given: str, hours: float) -> None:
    assert read_time_zone(given, "here") == hours


@pytest.mark.parametrize("given", ["8", "", "Europe/Berlin", "CET", "+25:00", "+0"])
def test_what_is_no_offset_is_refused(given: str) -> None:
    with pytest.raises(InputError, match=r"here: .* such as"):
        read_time_zone(given, "here")


def test_one_instant_is_one_local_time_whatever_its_offset() -> None:
    newfoundland = Site(47.6, -52.7, -3.5)
    for start in ("2026-01-01T00:30:00+00:00", "2026-01-01T09:30:00+09:00", "2025-12-31T21:00:00"):
        local = newfoundland.local(datetime.fromisoformat(start))
        assert local.isoformat() == "2025-12-31T21:00:00"
        assert newfoundland.instant(local) == datetime(2026, 1, 1, 0, 30, tzinfo=UTC)


def test_a_plant_shows_the_standard_time_of_its_site() -> None:
    for site, hour in (("weather: beijing_design_year", 11), ("latitude: 51.5, longitude: -0.1, time_zone: Z", 3)):
        plant = Plant(text(site), INSTANT, 86400.0)
        assert plant.store.read("weather.hour") == hour
        assert plant.instant == INSTANT
        assert plant.start == datetime(2026, 7, 15, hour)  # noqa: DTZ001  (local standard time)
    assert read_plant("household_5_6").site() is None
    assert Plant(read_plant("household_5_6"), INSTANT, 0.0).instant.utcoffset() == BEIJING.instant(INSTANT).utcoffset()


@pytest.mark.parametrize(
    ("site", "message"),
    [
        ("latitude: 51.5", "own.yaml:5:1: latitude, longitude and time_zone stand together"),
        ("latitude: 91, longitude: 0, time_zone: Z", "own.yaml:5:1: a latitude of 91 is outside"),
        ("latitude: 9, longitude: 181, time_zone: Z", "a longitude of 181 is outside"),
        ("latitude: 39.8, longitude: 104.7, time_zone: '-07:00'", "longitude 104.7 .* do not go together"),
        ("latitude: north, longitude: 0, time_zone: Z", "own.yaml:5:.*'north' is not a quantity"),
        ("latitude: 9, longitude: 0, time_zone: GMT", "own.yaml:5:.*'GMT' is not the offset"),
        ("lattitude: 9", "did you mean 'latitude'"),
    ],
)
def test_a_wrong_site_is_refused_where_it_stands(site: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        text(site).site()


def test_a_weather_file_is_found_beside_the_file_that_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, elsewhere = tmp_path / "site", tmp_path / "elsewhere"
    folder.mkdir()
    elsewhere.mkdir()
    rows = "\n".join(f"2026-01-{1 + h // 24:02d}T{h % 24:02d}:00,{h}" for h in range(72))
    (folder / "ours.csv").write_text(f"time,outdoor_temp\n{rows.replace(',', ',0.')}\n")
    (folder / "base.yaml").write_text(PLANT.replace("own", "base") + "site: {weather: ours.csv}\n")
    (elsewhere / "own.yaml").write_text(PLANT.replace("household_5_6", "../site/base.yaml"))
    monkeypatch.chdir(elsewhere)
    start = datetime(2026, 1, 1, 5)  # noqa: DTZ001  (local standard time)
    for name in (str(folder / "base.yaml"), "own.yaml", str(elsewhere / "own.yaml")):
        assert Plant(read_plant(name), start, 3600.0).store.read("weather.outdoor_temp") == 0.5
    monkeypatch.chdir(folder)
    (elsewhere / "other.yaml").write_text(PLANT + "site: {weather: ours.csv}\n")
    with pytest.raises(InputError, match="cannot be read"):
        Plant(read_plant(str(elsewhere / "other.yaml")), start, 3600.0)


def test_a_start_that_no_clock_can_show_is_refused() -> None:
    for year in (1, 1900, 2200, 9999):
        with pytest.raises(InputError, match=f"a start in the year {year} is outside 1971"):
            Plant(read_plant("household_5_6"), datetime(year, 1, 1, tzinfo=UTC), 0.0)
