"""The row of weather and the built-in weathers against published design values and measured years."""

import math
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from plant_models.weather.design_weather import BUILT_IN, day_deviations, design_year_temp, snap_shape
from plant_models.weather.weather import Weather, advance_weather, set_up, weather
from plant_models.weather.weather_series import COLUMNS, Series, relative_humidity
from twin.errors import InputError
from twin.store import Store

DAY = 86400.0


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001  (local standard time)


def hours(first: str, count: int) -> Any:
    return np.datetime64(first, "s") + np.arange(count) * np.timedelta64(3600, "s")


def table() -> Any:
    return Store({Weather: ["weather"]}).tables["weather"]


# The built-in weathers


def test_the_design_year_has_the_measured_months_and_the_cold_days_of_the_standard(
    validation: Any,
) -> None:
    """Monthly means of four measured years: -1.6 in January, 26.9 in July; -7.6 five and -9.9 one day a year."""
    series = weather("beijing_design_year", at(2015, 1, 1), 8759 * 3600.0)
    temp = series.column("outdoor_temp")
    month = hours("2015-01-01", 8760).astype("datetime64[M]").astype(int) % 12
    case, got = "weather, design year: means of January and July", [temp[month == k].mean() for k in (0, 6)]
    source = "four measured years, docs/physics/weather.md#synthetic-weather"
    validation(case, source, expected=[-1.6, 26.9], got=got, tolerance=0.5, unit="degC")
    assert temp.mean() == pytest.approx(13.0, abs=0.7)
    days = temp.reshape(365, 24).mean(axis=1)
    assert 2 <= (days < -7.6).sum() <= 6
    assert (days < -9.9).sum() == 1
    assert -18.3 < temp.min() < -9.9
    assert 33.5 < temp.max() < 41.9
    assert 1200 < series.column("global_irradiance").sum() / 1000 < 1500, "kWh/m2 a year"
    assert (series.column("dew_point") < temp).all()


def test_the_deviations_of_days_are_the_process_they_claim() -> None:
    many = np.array([day_deviations(seed) for seed in range(300)])
    assert many.std() == pytest.approx(2.7, rel=0.03)
    assert np.corrcoef(many[:, :-1].ravel(), many[:, 1:].ravel())[0, 1] == pytest.approx(0.71, abs=0.02)


def test_a_year_runs_on_over_new_year_and_over_leap_days() -> None:
    for year in (2015, 2016):
        temp = design_year_temp(hours(f"{year}-12-31T00:00:00", 48))
        assert np.abs(np.diff(temp)).max() < 2.0
    across = weather("beijing_design_year", at(2015, 12, 31, 12), DAY)
    again = weather("beijing_design_year", at(2016, 1, 1), DAY)
    assert across.values[12:25] == pytest.approx(again.values[:13])


@pytest.mark.parametrize(
    ("name", "temp"),
    [("beijing_heating_design_day", -7.6), ("beijing_winter_design_day", -9.9), ("beijing_record_cold_day", -14.2)],
)
def test_flat_days_are_flat_and_dark(name: str, temp: float) -> None:
    series = weather(name, at(2016, 1, 10), 2 * DAY)
    assert set(series.column("outdoor_temp")) == {temp}
    assert series.values[:, COLUMNS.index("global_irradiance") :].max() == 0.0


def test_the_hot_day_of_the_standard(validation: Any) -> None:
    """GB 50736: mean 29.6, highest 33.5 at 14 h, lowest at 05 h; wet bulb 26.4 at the highest
    (docs/physics/weather.md#design-values)."""
    series = weather("beijing_summer_design_day", at(2016, 7, 21), DAY - 3600.0)
    temp = series.column("outdoor_temp")
    case = "weather, summer design day: mean, highest"
    validation(case, "GB 50736-2012", expected=[29.6, 33.5], got=[temp.mean(), temp.max()], tolerance=0.05, unit="degC")
    assert (temp.argmax(), temp.max()) == (14, pytest.approx(33.5))
    assert (temp.argmin(), temp.min()) == (5, pytest.approx(29.6 - 0.47 * 7.5))
    vapour = relative_humidity(temp, series.column("dew_point"))[14] * 611.2 * math.exp(17.62 * 33.5 / 276.62)
    wet = 611.2 * math.exp(17.62 * 26.4 / (243.12 + 26.4)) - 0.000662 * 100020 * (33.5 - 26.4)
    assert vapour == pytest.approx(wet, rel=0.01)


def test_the_snap_of_january_2016_has_its_daily_means_and_its_lowest_hour(validation: Any) -> None:
    temp = weather("beijing_january_2016_shape", at(2016, 1, 21), 5 * DAY).column("outdoor_temp")
    source, means = (
        "hourly record of Beijing Wanliu, docs/physics/weather.md#cold-snap",
        list(temp[:120].reshape(5, 24).mean(axis=1)),
    )
    validation(
        "weather, cold snap of January 2016: daily mean", source, expected=[-4.8, -9.6, -14.2, -9.9, -4.8],
        got=means, tolerance=1.0, unit="degC", x=("day of January", [21, 22, 23, 24, 25]),
    )  # fmt: skip
    case = "weather, cold snap of January 2016: lowest hour"
    validation(case, source, expected=-15.8, got=temp.min(), tolerance=0.5, unit="degC")
    from_noon = weather("beijing_january_2016_shape", at(2016, 1, 21, 12, 30), DAY)
    assert from_noon.column("outdoor_temp")[0] == temp[12], "anchored at midnight of the first day"
    assert from_noon.offset_s == 1800.0


def test_the_general_snap_shape_and_its_integral() -> None:
    shape = snap_shape(np.arange(0.0, 120.0, 0.01))
    assert shape[[0, 2400, 4800, 6600, 9000, 11400]] == pytest.approx([0.0, 0.5, 1.0, 1.0, 0.5, 0.0])
    assert shape.sum() * 0.01 == pytest.approx(48.0 / 2 + 18.0 + 48.0 / 2, rel=1e-3)


# The row and its kernel


def ramp(start: datetime, rows: int = 49) -> Series:
    values = np.arange(rows)[:, None] * np.arange(1.0, len(COLUMNS) + 1.0)[None, :]
    return Series(np.ascontiguousarray(values), 3600.0, start)


def test_every_column_is_interpolated_into_its_point_and_the_last_row_holds() -> None:
    sky = table()
    series = ramp(at(2016, 1, 1))
    set_up(sky[0], series)
    for _ in range(5400):
        advance_weather(sky, series.values, 1.0)
    for k, name in enumerate(COLUMNS):
        assert sky[0][name] == pytest.approx(1.5 * (k + 1)), name
    sky[0].temp_shift = -10.0
    advance_weather(sky, series.values, 0.0)
    assert sky[0].outdoor_temp == pytest.approx(1.5 - 10.0)
    assert sky[0].dew_point == pytest.approx(3.0 - 10.0)
    advance_weather(sky, series.values, 10 * DAY)
    assert sky[0].wind_speed == pytest.approx(48 * 4.0)


@pytest.mark.parametrize(
    "start", [at(2015, 12, 30, 5, 30), at(2016, 2, 28, 23), at(2016, 12, 31, 0), at(2017, 6, 4, 13)]
)
def test_the_calendar_of_the_row_is_that_of_the_world(start: datetime) -> None:
    sky = table()
    series = weather("beijing_heating_design_day", start, 3 * DAY)
    set_up(sky[0], series)
    for passed in range(0, 3 * 86400, 2700):
        now = start + timedelta(seconds=passed)
        assert sky[0].hour == pytest.approx(now.hour + now.minute / 60)
        assert (sky[0].weekday, sky[0].day_of_year) == (now.weekday(), now.timetuple().tm_yday)
        advance_weather(sky, series.values, 2700.0)


def test_the_calendar_holds_for_years_and_a_typical_year_goes_on() -> None:
    """Five years in steps of 40,000 s over the leap day of 2028; then the weather is that of 365 days earlier."""
    start = at(2026, 11, 20, 7, 30)
    sky = table()
    series = weather("beijing_design_year", start, 366 * DAY)
    set_up(sky[0], series)
    for k in range(1, 5 * 366 * 86400 // 40_000):
        advance_weather(sky, series.values, 40_000.0)
        now = start + timedelta(seconds=k * 40_000)
        assert (sky[0].weekday, sky[0].day_of_year) == (now.weekday(), now.timetuple().tm_yday), now
        assert sky[0].hour == pytest.approx(now.hour + now.minute / 60 + now.second / 3600)
        passed = k * 40_000 / 3600.0 + 0.5
        while passed > len(series.values) - 1:
            passed -= 8760.0
        temp = np.interp(passed, np.arange(len(series.values)), series.column("outdoor_temp"))
        assert sky[0].outdoor_temp == pytest.approx(temp)
    noon = weather("beijing_summer_design_day", start, 366 * DAY)
    set_up(sky[0], noon)
    advance_weather(sky, noon.values, 800 * DAY + 6.5 * 3600.0)
    assert sky[0].outdoor_temp == pytest.approx(33.5), "14:00 of a day in the third year"


def test_a_measured_series_and_a_short_one_hold_their_last_row() -> None:
    sky = table()
    series = weather("beijing_summer_design_day", at(2026, 7, 1), DAY)
    set_up(sky[0], series)
    advance_weather(sky, series.values, 10 * DAY + 3600.0)
    assert sky[0].outdoor_temp == series.column("outdoor_temp")[-1]


def test_a_tenth_of_a_second_added_for_a_day_is_a_day() -> None:
    sky = table()
    series = weather("beijing_heating_design_day", at(2026, 1, 15), DAY)
    set_up(sky[0], series)
    for _ in range(864_000):
        advance_weather(sky, series.values, 0.1)
    assert sky[0].time_s == 86400.0
    assert (sky[0].hour, sky[0].day_of_year) == (0.0, 16.0)


def test_a_start_between_the_hours_reads_between_the_rows() -> None:
    sky = table()
    series = weather("beijing_design_year", at(2016, 1, 5, 7, 15), DAY)
    set_up(sky[0], series)
    temp = design_year_temp(hours("2016-01-05T07:00:00", 2))
    assert sky[0].outdoor_temp == pytest.approx(temp[0] + 0.25 * (temp[1] - temp[0]))


@pytest.mark.parametrize(
    ("name", "duration", "message"),
    [
        ("beijing_desing_year", DAY, "did you mean 'beijing_design_year'"),
        ("no/such/file.epw", DAY, "cannot be read"),
        ("no/such/file.csv.gz", DAY, "cannot be read"),
        ("beijing_design_year", -1.0, "duration"),
        ("beijing_design_year", math.nan, "duration"),
    ],
)
def test_what_is_not_a_weather_is_refused(name: str, duration: float, message: str) -> None:
    with pytest.raises(InputError, match=message):
        weather(name, at(2016, 1, 1), duration)


@pytest.mark.parametrize("name", sorted(BUILT_IN))
def test_every_built_in_weather_is_whole(name: str) -> None:
    series = weather(name, at(2016, 2, 27), 3 * DAY)
    assert series.values.shape == (73, len(COLUMNS))
    assert np.isfinite(series.values).all()
    assert series.values.flags.c_contiguous
    assert ((series.column("humidity") > 0.1) & (series.column("humidity") <= 1.0)).all()


TRAJECTORY = """
import hashlib
from datetime import datetime
from plant_models.weather.weather import Weather, advance_weather, set_up, weather
from twin.store import Store
store = Store({Weather: ["w"]})
sky = store.tables["weather"]
series = weather("beijing_design_year", datetime(2015, 12, 31, 5, 30), 2 * 86400.0)
set_up(sky[0], series)
seen = hashlib.sha256(series.values.tobytes())
for k in range(3000):
    sky[0].temp_shift = -k / 700.0
    advance_weather(sky, series.values, 37.3)
    seen.update(store.values.tobytes())
print(seen.hexdigest())
"""


def test_compiled_and_plain_python_give_the_same_bits(printed_both_ways: Callable[[str], set[str]]) -> None:
    digests = printed_both_ways(TRAJECTORY)
    assert len(digests) == 1
