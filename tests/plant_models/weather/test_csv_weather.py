"""Measured weather, good and bad: columns, gaps, stamps with and without offset, and the sun that a file brings."""

import gzip
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from plant_models.weather.csv_weather import read_csv
from plant_models.weather.site import Site
from plant_models.weather.weather import weather
from twin.errors import InputError

DAY = 86400.0


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001  (local standard time)


def measured(path: Path, changes: dict[int, str] | None = None) -> Path:
    """Ten days of hours from 2016-01-20, temp = -hours/10, dew point 5 K below."""
    lines = ["time,TEMP,DEWP,PRES,RAIN,wd,WSPM"]
    for k in range(240):
        stamp = at(2016, 1, 20) + timedelta(hours=k)
        lines.append(f"{stamp:%Y-%m-%d %H:%M:%S},{-k / 10:.1f},{-k / 10 - 5:.1f},1020,0.0,NW,{k % 5}")
    for line, text in (changes or {}).items():
        lines[line - 1] = text
    text = "\n".join(lines) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


@pytest.mark.parametrize("name", ["made.csv", "made.csv.gz"])
def test_a_measured_file_gives_its_span(tmp_path: Path, name: str) -> None:
    series = weather(str(measured(tmp_path / name)), at(2016, 1, 23, 12, 30), DAY)
    assert series.offset_s == 1800.0
    assert series.column("outdoor_temp")[:2] == pytest.approx([-8.4, -8.5])
    assert len(series.values) == 26
    assert series.column("humidity")[0] == pytest.approx(0.67, abs=0.02)
    assert series.column("irradiance_south").max() > 300.0


def test_columns_of_another_file_are_mapped_and_short_gaps_filled(tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    rows = [f"2016-07-01T{k // 6:02d}:{k % 6 * 10:02d},{20 + k},{100 * (k % 2)}" for k in range(12)]
    rows[4] = "2016-07-01T00:40,NA,0"
    path.write_text("when,t,sun\n" + "\n".join(rows))
    names = {"when": "time", "t": "outdoor_temp", "sun": "global_irradiance"}
    series = read_csv(path, datetime.fromisoformat("2016-07-01T00:00"), 6600.0, names)
    assert series.step_s == 600.0
    assert series.column("outdoor_temp") == pytest.approx(np.arange(20.0, 32.0))
    assert series.column("global_irradiance")[1] == 100.0


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (1, "when,warmth", ":1: no column time for time"),
        (5, "2016-01-20 03:00:00,hot,1,1,1,N,1", ":5: 'hot' is not a number"),
        (5, "2016-01-20 03:00:00,1e9,1,1,1,N,1", r":5: 1e\+09 is outside -90 .. 60"),
        (5, "2016-01-20 03:30:00,1,1,1,1,N,1", ":5: the time .* does not follow"),
        (5, "20 January,1,1,1,1,N,1", ":5: no ISO time"),
        (5, "2016-01-20 03:00:00,1", ":5: 2 fields, 7 are needed"),
        (5, "", ":5: an empty line"),
        (5, "2016-01-20 03:00:00+08:00,1,1,1,1,N,1", ":5: .* one has an offset from UTC, the other none"),
        (30, "2016-01-21 04:00:00,1,5,1,1,N,1", ":30: a dew point of 5 degC above the air's 1 degC"),
        (5, "2016-01-20 03:00:00,nan,1,1,1,N,1", ":5: nan is outside"),
        (5, "2016-01-20 03:00:00,1,1\0,1,1,N,1", ":5: not a text file"),
        (5, "2016-01-20 03:00:00," + "1" * 30000, ":5: a line of more than 20000 bytes"),
        (1, "time,TEMP,outdoor_temp", ":1: two columns for outdoor_temp"),
        (1, "time,TEMP,global_iradiance", ":1: a column 'global_iradiance'; did you mean 'global_irradiance'"),
        (1, "time,TEMP,direct_irradiance", ":1: direct_irradiance alone is not enough"),
        (1, "time,TEMP,humidity", ":2: -5 is outside 0 .. 1.05"),
    ],
)
def test_a_bad_measured_file_is_refused_with_its_line(tmp_path: Path, line: int, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        weather(str(measured(tmp_path / "made.csv", {line: text})), at(2016, 1, 21), DAY)


def test_a_long_gap_a_short_file_and_a_broken_archive_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    gap = {40 + k: f"2016-01-{21 + (14 + k) // 24:02d} {(14 + k) % 24:02d}:00:00,NA,NA,1,1,N,1" for k in range(7)}
    with pytest.raises(InputError, match=":46: more than 6 values missing"):
        weather(str(measured(path, gap)), at(2016, 1, 21), DAY)
    with pytest.raises(InputError, match=r"covers 2016-01-20 00:00:00 .. 2016-01-29 23:00:00"):
        weather(str(measured(path)), at(2016, 1, 29), 2 * DAY)
    with pytest.raises(InputError, match="covers"):
        weather(str(path), at(2015, 1, 1), DAY)
    broken = tmp_path / "broken.csv.gz"
    broken.write_bytes(measured(tmp_path / "whole.csv.gz").read_bytes()[:200])
    with pytest.raises(InputError, match="cannot be read"):
        weather(str(broken), at(2016, 1, 21), DAY)
    path.write_bytes("time,TEMP\n".encode("utf-16"))
    with pytest.raises(InputError, match=":1: not a text file in UTF-8 or ISO 8859-1"):
        weather(str(path), at(2016, 1, 21), DAY)


# What a file brings is used, and what it lacks is said


SUMMER = at(2026, 7, 14)
TOKYO, DENVER = Site(35.7, 139.8, 9.0), Site(39.83, -104.65, -7.0)


def hourly(path: Path, head: str, row: str, zone: str = "", count: int = 49) -> Path:
    """Hours from 14 July 2026; `{h}` in a row stands for the hour of the file."""
    lines = [f"{(SUMMER + timedelta(hours=h)).isoformat()}{zone},{row.format(h=h)}" for h in range(count)]
    path.write_text("\n".join([head, *lines]) + "\n\n")
    return path


def test_a_file_of_darkness_is_dark(tmp_path: Path) -> None:
    dark = weather(str(hourly(tmp_path / "a.csv", "time,outdoor_temp,global_irradiance", "10,0")), SUMMER, DAY)
    for name in ("global", "direct", "diffuse"):
        assert dark.column(f"{name}_irradiance").max() == 0.0
    assert dark.column("irradiance_south").max() == 0.0
    without = weather(str(hourly(tmp_path / "b.csv", "time,outdoor_temp", "10")), SUMMER, DAY)
    assert without.column("global_irradiance").max() > 500.0
    assert any("no irradiance in the file" in note for note in without.notes)
    night = "time,outdoor_temp,global_irradiance"
    assert weather(str(hourly(tmp_path / "c.csv", night, "10,-3")), SUMMER, DAY).column("global_irradiance").max() == 0


def test_two_irradiances_give_the_third_at_the_sun_of_the_site(tmp_path: Path) -> None:
    """At 12:09 in Beijing's longitude of 116.467 the sun stands in the south; elsewhere at other hours."""
    path = hourly(tmp_path / "two.csv", "time,outdoor_temp,direct_irradiance,diffuse_irradiance", "20,800,100")
    noons = {}
    for site in (Site(39.8, 116.467, 8.0), TOKYO, DENVER, Site(39.8, 75.0, 8.0)):
        series = weather(str(path), SUMMER, DAY, site)
        noons[site.longitude] = int(series.column("global_irradiance")[:24].argmax())
        highest = 100.0 + 800.0 * np.cos(np.radians(site.latitude - 21.7))
        assert series.column("global_irradiance").max() == pytest.approx(highest, rel=0.01), "declination 21.7 degrees"
    assert noons == {116.467: 12, 139.8: 12, -104.65: 12, 75.0: 15}


def test_moisture_comes_from_humidity_where_there_is_no_dew_point(tmp_path: Path) -> None:
    """25 degC at 50 %: 13.9 degC (psychrometric chart, ASHRAE Handbook Fundamentals)."""
    series = weather(str(hourly(tmp_path / "rh.csv", "time,outdoor_temp,humidity", "25,0.5")), SUMMER, DAY)
    assert series.column("dew_point") == pytest.approx(np.full(25, 13.86), abs=0.1)
    assert series.column("humidity") == pytest.approx(np.full(25, 0.5), abs=1e-9)


def test_stamps_with_an_offset_are_instants(tmp_path: Path) -> None:
    utc = hourly(tmp_path / "utc.csv", "time,TEMP", "{h}", "+00:00")
    plain = hourly(tmp_path / "plain.csv", "time,TEMP", "{h}")
    noon = at(2026, 7, 14, 12)
    assert weather(str(plain), noon, DAY).column("outdoor_temp")[0] == 12.0
    assert weather(str(utc), noon, DAY).column("outdoor_temp")[0] == 4.0, "12 h in Beijing is 4 h UTC"
    assert weather(str(utc), noon, DAY, TOKYO).column("outdoor_temp")[0] == 3.0
    instant = datetime.fromisoformat("2026-07-14T05:00:00+00:00")
    assert weather(str(utc), instant, DAY, TOKYO).column("outdoor_temp")[0] == 5.0
    assert weather(str(plain), instant, DAY, TOKYO).column("outdoor_temp")[0] == 14.0


def test_headings_in_latin1_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = hourly(tmp_path / "a.csv", "time,TEMP,Temperatur in Grad", "10,1")
    text = path.read_text()
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert weather(str(path), SUMMER, DAY).column("outdoor_temp")[0] == 10.0
    path.write_bytes(text.replace("Grad", "\u00b0C").encode("latin-1"))
    assert weather(str(path), SUMMER, DAY).column("outdoor_temp")[0] == 10.0
