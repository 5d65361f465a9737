"""EPW files as they exist: any first month, leap years, parts of an hour, gaps; bad ones; and the year of Denver."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from plant_models.weather.epw import read_epw_year
from plant_models.weather.sun import sun
from plant_models.weather.weather import weather
from twin.errors import InputError

REPOSITORY = Path(__file__).resolve().parents[3]
DAY = 86400.0


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001  (local standard time)


NEW_YEAR = at(1999, 1, 1)


def epw(
    folder: Path,
    first: datetime = NEW_YEAR,
    days: int = 365,
    per_hour: int = 1,
    changes: dict[int, str] | None = None,
    fields: dict[int, str] | None = None,
    dress: Callable[[str], bytes] = str.encode,
) -> Path:
    """An EPW file of our own: temp = hour of its calendar year / 200, sun 500 W/m2 direct around noon.

    changes: lines to replace; fields: what stands in a field of every record; dress: how the text becomes bytes
    """
    periods = f"DATA PERIODS,1,{per_hour},Data,Sunday,1/1,12/31"
    lines = ["LOCATION,Somewhere,-,XXX,made,000000,39.80,116.47,8.0,31.0", *(f"HEADER {k}" for k in range(6)), periods]
    for k in range(days * 24 * per_hour):
        stamp = first + timedelta(hours=k // per_hour)
        hour = (stamp - datetime(stamp.year, 1, 1)).total_seconds() / 3600.0  # noqa: DTZ001
        bright = 500 if 9 <= stamp.hour <= 14 else 0
        minute = (k % per_hour + 1) * 60 // per_hour
        record = f"{stamp:%Y,%-m,%-d},{stamp.hour + 1},{minute},-,{hour / 200:.3f},-35.0,50,101000,0,0,300".split(",")
        record += [str(bright), str(bright), str(bright // 5), *"00000", "2.5", "0"]
        for place, text in (fields or {}).items():
            record[place] = text
        lines.append(",".join(record))
    for line, text in (changes or {}).items():
        lines[line - 1] = text
    path = folder / "made.epw"
    path.write_bytes(dress("\n".join(lines) + "\n"))
    return path


def temps(path: Path, start: datetime, hours: int) -> list[float]:
    return weather(str(path), start, hours * 3600.0).column("outdoor_temp").tolist()


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
    assert noon.column("direct_irradiance") == pytest.approx([250.0, 500.0, 500.0]), "mean of the hours around the mark"
    leap = weather(str(path), at(2016, 2, 28, 1), 2 * DAY).column("outdoor_temp")
    assert leap[24] == leap[0], "29 February repeats the 28th"
    assert leap[48] == pytest.approx(59.0 * 24.0 / 200.0)


def test_a_year_may_begin_with_any_day_and_have_a_29_february(tmp_path: Path) -> None:
    march = 59.0 * 24.0 / 200.0
    july = epw(tmp_path, at(1998, 7, 1))
    assert temps(july, at(2026, 1, 1, 1), 2) == pytest.approx([0.0, 0.005, 0.01])
    assert temps(july, at(2026, 6, 30, 23), 3) == pytest.approx([(180 * 24 + k) / 200 for k in (22, 23, 24, 25)])
    leap = epw(tmp_path, at(2003, 10, 1), 366)
    assert temps(leap, at(2016, 2, 29, 1), 0) == pytest.approx([march])
    assert temps(leap, at(2016, 3, 1, 1), 0) == pytest.approx([march + 24.0 / 200.0])
    assert temps(leap, at(2015, 3, 1, 1), 0) == pytest.approx([march + 24.0 / 200.0]), "1 March after 28 February"


def test_quarters_of_an_hour_are_steps_of_their_own(tmp_path: Path) -> None:
    fine = weather(str(epw(tmp_path, per_hour=4)), at(2026, 1, 10, 8, 40), 3600.0)
    assert (fine.step_s, fine.offset_s, len(fine.values)) == (900.0, 600.0, 6)
    assert fine.column("outdoor_temp")[0] == pytest.approx((9 * 24 + 8) / 200), "the record that ends at 8:30"
    assert fine.column("outdoor_temp")[3] == pytest.approx((9 * 24 + 9) / 200), "9:15"
    assert fine.column("direct_irradiance").tolist() == [0.0, 0.0, 250.0, 500.0, 500.0, 500.0]


def test_the_place_of_the_file_is_that_of_the_plant(tmp_path: Path) -> None:
    """12 h in a zone of +9 h is 3 h UTC, whoever writes it; without an offset it is the site's own time."""
    path = str(epw(tmp_path, changes={1: "LOCATION,Tokyo,-,JPN,made,0,35.7,139.8,9.0,5.0"}))
    for start in ("2026-01-01T12:00:00+09:00", "2026-01-01T03:00:00+00:00", "2026-01-01T12:00:00"):
        series = weather(path, datetime.fromisoformat(start), DAY)
        assert series.start == at(2026, 1, 1, 12)
        assert series.site.utc_offset == 9.0
        assert series.column("outdoor_temp")[0] == pytest.approx(11 / 200)


@pytest.mark.parametrize(
    "dress",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.replace("Somewhere", "S\u00e3o Paulo").encode("latin-1"),
        lambda text: (text + "\n\r\n \n").encode(),
        lambda text: (text + "\x1a").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
    ],
    ids=["byte order mark", "ISO 8859-1", "empty last lines", "end of file of DOS", "CRLF"],
)
def test_every_dress_of_a_text_is_read(tmp_path: Path, dress: Callable[[str], bytes]) -> None:
    assert temps(epw(tmp_path, dress=dress), at(2026, 1, 1, 1), 1) == pytest.approx([0.0, 0.005])


def test_a_missing_irradiance_is_made_from_the_two_others(tmp_path: Path) -> None:
    """global = direct cos(zenith) + diffuse, whichever of the three is gone."""
    whole = read_epw_year(epw(tmp_path, fields={13: "9999"})).columns
    height = sun(read_epw_year(epw(tmp_path)).site, read_epw_year(epw(tmp_path)).middles()).cos_zenith
    expected = whole["direct_irradiance"] * np.maximum(height, 0.0) + whole["diffuse_irradiance"]
    assert whole["global_irradiance"] == pytest.approx(expected)
    assert whole["global_irradiance"].max() > 500.0

    def consistent(text: str) -> list[str]:
        lines = text.splitlines()
        for k, value in enumerate(expected):
            record = lines[8 + k].split(",")
            record[13] = f"{value:.6f}"
            lines[8 + k] = ",".join(record)
        return lines

    def without(place: int) -> Callable[[str], bytes]:
        def dress(text: str) -> bytes:
            lines = consistent(text)
            head, body = lines[:8], [line.split(",") for line in lines[8:]]
            return "\n".join(head + [",".join([*row[:place], "9999", *row[place + 1 :]]) for row in body]).encode()

        return dress

    day = height > 0.05
    no_direct = read_epw_year(epw(tmp_path, dress=without(14)))
    assert no_direct.columns["direct_irradiance"][day] == pytest.approx(whole["direct_irradiance"][day], abs=1e-3)
    no_diffuse = read_epw_year(epw(tmp_path, dress=without(15)))
    assert no_diffuse.columns["diffuse_irradiance"][day] == pytest.approx(whole["diffuse_irradiance"][day], abs=1e-3)
    assert no_diffuse.notes == ("diffuse_irradiance is missing, made from what is there of global, direct and diffuse",)
    only_global = read_epw_year(epw(tmp_path, fields={14: "9999", 15: "9999", 13: "300"})).columns
    assert only_global["diffuse_irradiance"][12] > 50.0
    with pytest.raises(InputError, match=":15: more than 6 values missing in a row of global_irradiance"):
        read_epw_year(epw(tmp_path, fields={13: "9999", 14: "9999"}))


def test_what_the_plant_can_do_without_is_noted_or_made(tmp_path: Path) -> None:
    calm = read_epw_year(epw(tmp_path, fields={21: "999"}))
    assert set(calm.columns["wind_speed"]) == {2.0}
    assert calm.notes == ("wind_speed is missing, 2 m/s assumed",)
    dry = read_epw_year(epw(tmp_path, fields={6: "25.0", 7: "99.9"}))
    assert dry.columns["dew_point"] == pytest.approx(np.full(8760, 13.86), abs=0.1), "25 degC at 50 %"
    wet = read_epw_year(epw(tmp_path, fields={6: "25.0", 7: "13.86", 8: "999"}))
    assert wet.columns["humidity"] == pytest.approx(np.full(8760, 0.5), abs=0.01)
    with pytest.raises(InputError, match=":15: more than 6 values missing in a row of dew_point and humidity"):
        read_epw_year(epw(tmp_path, fields={7: "99.9", 8: "999"}))
    with pytest.raises(InputError, match=":15: more than 6 values missing in a row of outdoor_temp"):
        read_epw_year(epw(tmp_path, fields={6: "99.9"}))
    with pytest.raises(InputError, match=":9: a dew point of 60 degC above the air's 0 degC"):
        read_epw_year(epw(tmp_path, fields={7: "60"}))


@pytest.mark.parametrize(
    ("line", "text", "message"),
    [
        (1, "PLACE,x", ":1: an EPW file begins with LOCATION"),
        (1, "LOCATION,a,b,c,d,e,99.0,0.0,0.0,0.0", ":1: a latitude of 99 is outside"),
        (1, "LOCATION,a,b,c,d,e,39.8,104.65,-7.0,0.0", ":1: longitude 104.65 .* do not go together"),
        (1, "LOCATION,a,b,c,d,e,,0.0,0.0,0.0", ":1: latitude, longitude or time zone is empty"),
        (8, "HEADER", "no line DATA PERIODS"),
        (8, "DATA PERIODS,2,1,a,Sunday,1/1,6/30,b,Sunday,7/1,12/31", ":8: '2' data periods; expected one"),
        (8, "DATA PERIODS,1,7,Data,Sunday,1/1,12/31", ":8: '7' records an hour"),
        (8, "DATA PERIODS,1,4,Data,Sunday,1/1,12/31", ":10: hour 2 where hour 1 is due; DATA PERIODS says 4"),
        (20, "1999,1,1,12,0,-,1.0", ":20: 7 fields"),
        (20, "", ":20: an empty line"),
        (9, "1999,1,1,2" + ",0" * 30, ":9: hour 2 where hour 1 is due"),
        (9, "1999,2,30,1" + ",0" * 30, ":9: 2/30 .* does not follow"),
        (33, "1999,1,3,1" + ",0" * 30, ":33: 1/3 .* does not follow"),
        (34, "1999,1,3,2" + ",0" * 30, ":34: 1/3 .* where 1/2 goes on"),
        (9, "1999,,1,1" + ",0" * 30, ":9: 0/0 .* does not follow"),
        (9, "1999,1,1,1,0,-,warm" + ",0" * 30, ":9, field 7: 'warm' is not a number"),
        (9, "1999,1,1,1,0,-,nan" + ",0" * 30, ":9, field 7: nan is outside"),
        (9, "1999,1,1,1,0,-,inf" + ",0" * 30, ":9, field 7: inf is outside"),
        (9, "1999,1,1,1,0,-,1e308" + ",0" * 30, ":9, field 7: 1e\\+308 is outside"),
        (9, "1999,1,1,1,0,-,-95" + ",0" * 30, ":9, field 7: -95 is outside"),
    ],
)
def test_a_bad_epw_file_is_refused_with_its_line(tmp_path: Path, line: int, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        weather(str(epw(tmp_path, changes={line: text})), at(2016, 1, 1), DAY)


def test_a_part_of_a_year_and_an_empty_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=":248: 240 records; a whole year has 8760 at 1 an hour"):
        weather(str(epw(tmp_path, days=10)), at(2016, 1, 1), DAY)
    for content in (b"", b"\n\n", b"\0" * 100):
        (tmp_path / "bad.epw").write_bytes(content)
        with pytest.raises(InputError, match=":1: "):
            weather(str(tmp_path / "bad.epw"), at(2016, 1, 1), DAY)
