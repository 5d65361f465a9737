"""One instant is one instant: the offset of a start counts, in reports, on the bus and in `ts`, for run and serve."""

import json
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from hil import cli
from hil.lines.mqtt.payloads import timestamp
from hil.runs import passing
from hil.runs.options import RunOptions
from hil.runs.run import Run
from hil.runs.serving import Serving
from scenarios import load, read
from twin.recorded import fingerprint

TEXT = """\
scenario: short
title: Two minutes
why: to see which time it is
plant: household_5_6
clock: {start: "START", duration: 2 min, scan: 10 s}
expect:
  - {id: any, always: weather.outdoor_temp > -60 degC}
"""
SITE = "site: {latitude: 35.7, longitude: 139.8, time_zone: '+09:00'}\n"


def made(start: str, tmp_path, text=TEXT) -> Run:
    return Run(read(text.replace("START", start), "short.yaml"), RunOptions(controller="none", out=tmp_path))


def served(run: Run):
    return passing.served(run)


@pytest.mark.parametrize(
    "start", ["2026-01-15T12:00:00+09:00", "2026-01-15T03:00:00+00:00", "2026-01-15T11:00:00+08:00"]
)
def test_the_offset_of_a_start_counts(start, tmp_path):
    run = made(start, tmp_path)
    assert run.plant.store.read("weather.hour") == 11.0, "Beijing's standard time"
    run.bench.refresh()
    assert run.plant.store.read("rig.local_time") == datetime(2026, 1, 15, 11, tzinfo=UTC).timestamp()
    assert timestamp(served(run).start, 1500) == "2026-01-15T03:00:01.500Z"
    assert f"{run.scenario.clock.start:%d %H:%M}" == "15 11:00", "what reports show"


def test_the_same_instant_gives_the_same_recording(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prints = []
    for k, start in enumerate(("2026-01-15T12:00:00+09:00", "2026-01-15T03:00:00+00:00")):
        (tmp_path / f"{k}.yaml").write_text(TEXT.replace("START", start))
        assert cli.main(["run", f"{k}.yaml", "--controller", "none", "--out", str(tmp_path / f"out{k}")]) == 0
        (found,) = (tmp_path / f"out{k}").rglob("*.parquet")
        prints.append(fingerprint(found))
    assert prints[0] == prints[1]


def test_serve_means_the_same_by_ts_as_run(tmp_path):
    (tmp_path / "ours.yaml").write_text(f"plant: ours\nbased_on: household_5_6\ntitle: o\nsource: s\n{SITE}")
    plant = str(tmp_path / "ours.yaml")
    run = made("2026-01-15T03:00:00+00:00", tmp_path)
    for name, start, hour in (
        ("household_5_6", "2026-01-15T11:00", 11.0),
        ("household_5_6", "2026-01-15T04:00+01:00", 11.0),
        (plant, "2026-01-15T12:00", 12.0),
        (plant, "2026-01-15T03:00Z", 12.0),
    ):
        serving = Serving(name, datetime.fromisoformat(start), 1.0, 0)
        assert serving.plant.store.read("weather.hour") == hour
        assert timestamp(serving.plant.instant, 0) == timestamp(served(run).start, 0) == "2026-01-15T03:00:00.000Z"
        assert "15 Jan" in serving.status()


def test_serve_without_a_start_is_now_at_the_site(tmp_path, capsys):
    before = datetime.now(UTC).replace(microsecond=0)
    journal = tmp_path / "j.jsonl"
    words = ["serve", "household_5_6", "--modbus-port", "0", "--for", "0.2", "--journal", str(journal)]
    assert cli.main(words) == 0
    assert json.loads(journal.read_text().splitlines()[0])["plant"] == "household_5_6"
    plant = Serving("household_5_6", before, 1.0, 0).plant
    assert plant.instant == before
    assert plant.start == (before + timedelta(hours=8)).replace(tzinfo=None)
    capsys.readouterr()


def test_a_weather_file_lies_beside_its_scenario_and_what_it_lacks_is_said(tmp_path, monkeypatch):
    folder = tmp_path / "scenarios"
    folder.mkdir()
    hours = [f"2026-01-15T{hour:02d}:00,{hour}" for hour in range(24)]
    (folder / "ours.csv").write_text("\n".join(["time,outdoor_temp", *hours]))
    (folder / "short.yaml").write_text(
        TEXT.replace("START", "2026-01-15T12:00:00+08:00").replace("clock:", "weather: ours.csv\nclock:")
    )
    monkeypatch.chdir(tmp_path)
    run = Run(load("scenarios/short.yaml"), RunOptions(controller="none", out=tmp_path))
    assert run.plant.store.read("weather.outdoor_temp") == 12.0
    assert "no irradiance in the file" in run.facts["weather file"]
    assert np.isfinite(run.plant.store.read("weather.dew_point"))
