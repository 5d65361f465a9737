"""Weather files, good and bad, and the year of Denver."""

import gzip
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from plant_models.weather.sun import sun
from plant_models.weather.weather import weather
from plant_models.weather.weather_files import read_csv, read_epw_year
from twin.errors import InputError

REPOSITORY = Path(__file__).resolve().parents[3]
DAY = 86400.0


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def epw(folder: Path, days: int = 365, changes: dict[int, str] | None = None) -> Path:
    """An EPW file of our own: temp = hour of the year / 200, sun 500 W/m2 around noon; lines replaced as told."""
    lines = ["LOCATION,Somewhere,-,XXX,made,000000,39.80,116.47,8.0,31.0", *(f"HEADER {k}" for k in range(7))]
    for k in range(days * 24):
        bright = 500 if 9 <= k % 24 <= 14 else 0
        air = f"{k / 200:.3f},-5.0,50,101000,0,0,300"
        lines.append(f"1999,1,1,{k % 24 + 1},0,-,{air},{bright},{bright},{bright // 5},0,0,0,0,0,2.5,0")
    for line, text in (changes or {}).items():
        lines[line - 1] = text
    path = folder / "made.epw"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_denver_has_its_known_means() -> None:
    """Sums taken from the file with awk, and the standard's own sunshine; absent, a file of our own must do as well."""
    path = next(REPOSITORY.parent.glob("*/data/weather/USA_CO_Denver.Intl.AP.725650_TMY3.epw"), None)
    if path is None:
        from tempfile import TemporaryDirectory

        with TemporaryDirectory() as folder:
            year = read_epw_year(epw(Path(folder)))
        assert year.columns["outdoor_temp"].mean() == pytest.approx(21.8975)
        assert year.columns["global_irradiance"].sum() == 365 * 6 * 500.0
        return
    year = read_epw_year(path)
    assert (year.site.latitude, year.site.longitude, year.site.utc_offset) == (39.83, -104.65, -7.0)
    c = year.columns
    assert c["outdoor_temp"].mean() == pytest.approx(10.8753, abs=1e-4)
    assert c["global_irradiance"].sum() / 1000 == pytest.approx(1670.22, abs=0.01)
    assert c["wind_speed"].mean() == pytest.approx(3.9165, abs=1e-3)
    place = sun(year.site, year.middles())
    rebuilt = c["direct_irradiance"] * np.maximum(place.cos_zenith, 0.0) + c["diffuse_irradiance"]
    assert rebuilt.sum() / 1000 == pytest.approx(1670.22, rel=2e-3), "the sun stands where the file's sun stood"
    both = np.corrcoef(rebuilt, c["global_irradiance"])[0, 1]
    assert both > 0.999


def test_an_epw_file_gives_its_hours_over_new_year_and_the_leap_day(tmp_path: Path) -> None:
    path = epw(tmp_path)
    series = weather(str(path), at(2015, 12, 31, 22), 4 * 3600.0)
    assert series.column("outdoor_temp") == pytest.approx([43.785, 43.79, 43.795, 0.0, 0.005])
    noon = weather(str(path), at(2015, 6, 1, 9), 2 * 3600.0)
    assert noon.column("global_irradiance") == pytest.approx([250.0, 500.0, 500.0]), "mean of the hours around the mark"
    leap = weather(str(path), at(2016, 2, 28, 1), 2 * DAY).column("outdoor_temp")
    assert leap[24] == leap[0], "29 February repeats the 28th"
    assert leap[48] == pytest.approx(59.0 * 24.0 / 200.0)
    assert weather(str(epw(tmp_path, 366)), at(2015, 3, 1, 1), 0.0).column("outdoor_temp")[0] == pytest.approx(7.2)


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (1, "PLACE,x", ":1: an EPW file begins with LOCATION"),
        (1, "LOCATION,a,b,c,d,e,99.0,0.0,0.0,0.0", ":1: 99 is outside"),
        (20, "1999,1,1,12,0,-,1.0", ":20: 7 fields"),
        (9, "1999,1,1,2" + ",0" * 30, ":9: hour 2 where hour 1 is due"),
        (9, "1999,1,1,1,0,-,warm" + ",0" * 30, ":9: 'warm' is not a number"),
        (9, "1999,1,1,1,0,-,nan" + ",0" * 30, ":9: nan is outside"),
        (9, "1999,1,1,1,0,-,-95" + ",0" * 30, ":9, field 7: -95 is outside"),
    ],
)
def test_a_bad_epw_file_is_refused_with_its_line(tmp_path: Path, line: int, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        weather(str(epw(tmp_path, changes={line: text})), at(2016, 1, 1), DAY)
    with pytest.raises(InputError, match="240 hourly records"):
        weather(str(epw(tmp_path, days=10)), at(2016, 1, 1), DAY)


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
        (5, "", ":5: no ISO time"),
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
    path.write_bytes(b"time,TEMP\n\xff\xfe\n")
    with pytest.raises(InputError, match="cannot be read"):
        weather(str(path), at(2016, 1, 21), DAY)
