"""A seed moves a run within its bands; the same seed gives the same run, and none the nominal one."""

import asyncio
import re

import numpy as np
import pytest

from hil.bench.scenario_choice import chosen
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read
from scenarios.vary import Variation, Vary
from twin.errors import InputError
from twin.recorded import fingerprint, open_recording

SCENARIO = """\
scenario: short
title: Forty minutes of winter
why: to see what a seed does
plant: office
vary: {start: 10 min, events: 90 s, weather: 0.5 K, instruments: 0.1 K}
clock: {start: "2026-01-15T08:00:00+08:00", duration: 40 min, seed: 7, scan: 5 s}
timeline:
  - {at: 0 s, set: panel.season_selector, to: winter, id: winter}
  - {at: 20 min, fault: "the running one of load_pump_[1-2].fault_trip", to: 1, for: 5 min, id: trip}
expect:
  - {id: warm, always: "zone_*.temp > 10 degC"}
"""


def played(tmp_path, name, seed, text=SCENARIO):
    run = Run(read(text, "short.yaml"), RunOptions(out=tmp_path, seed=seed))
    folder = tmp_path / name
    folder.mkdir()
    return asyncio.run(run.play(folder, lambda _: None)), open_recording(folder / "recording.parquet"), run


def test_a_seed_draws_within_the_bands_and_always_the_same():
    vary = Vary(start="10 min", events="90 s", weather="0.5 K", instruments="0.1 K")
    drawn = [vary.drawn(seed) for seed in range(200)]
    assert drawn == [vary.drawn(seed) for seed in range(200)]
    for field, low, high in (("start_s", 0.0, 600.0), ("events_s", 0.0, 90.0), ("weather_k", -0.5, 0.5)):
        values = np.array([getattr(one, field) for one in drawn])
        assert low <= values.min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < values.max() <= high
    assert {one.instruments_k for one in drawn} == {0.1}


VARIED = "vary: {weather: {default: -2 K, range: [-4 K, -1 K]}, start: {default: 5 min, range: [5 min, 20 min]}}"


def test_a_default_is_the_nominal_run_and_a_range_what_a_seed_draws_from(tmp_path):
    text = re.sub("vary: .*", VARIED, SCENARIO)
    vary = read(text, "short.yaml").vary
    assert vary.nominal() == Variation(start_s=300.0, weather_k=-2.0)
    drawn = [vary.drawn(seed) for seed in range(200)]
    for field, low, high in (("start_s", 300.0, 1200.0), ("weather_k", -4.0, -1.0), ("events_s", 0.0, 60.0)):
        values = np.array([getattr(one, field) for one in drawn])
        assert low <= values.min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < values.max() <= high
    run = Run(read(text, "short.yaml"), RunOptions(out=tmp_path))
    assert run.bench.store.read("weather.temp_variation") == -2.0
    assert run.facts["variation"] == "starts 300 s later, events 0 s later, outdoors -2.00 K, noise of temperatures 0 K"
    assert run.scenario.clock.start.minute == 5


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("weather: {default: 3 K, range: [-4 K, -1 K]}", r"short.yaml:5:27: 3 K is outside -4 K .. -1 K"),
        ("weather: {default: -3 K}", r"short.yaml:5:17: expected a default and a range"),
        ("weather: {default: -3 K, rage: [1 K, 2 K]}", r"short.yaml:5:33: no key 'rage'; did you mean 'range'"),
        ("weather: -3 K", r"short.yaml:5:17: '-3 K' is below zero"),
        ("start: {default: 0 s, range: [-3 s, 2 s]}", r"short.yaml:5:38: '-3 s' is not a duration of zero or more"),
        ("instruments: {default: 0 K, range: [-1 K, 1 K]}", r"short.yaml:5:44: '-1 K' is below zero"),
    ],
)
def test_bands_that_are_none_are_told_with_their_place(given, message):
    with pytest.raises(InputError, match=message):
        read(re.sub("vary: .*", f"vary: {{{given}}}", SCENARIO), "short.yaml")


def test_the_run_moves_and_its_report_says_by_how_much(tmp_path):
    nominal, at_rest, _ = played(tmp_path, "nominal", None)
    varied, moved, run = played(tmp_path, "varied", 11)
    again, _, _ = played(tmp_path, "again", 11)
    files = [tmp_path / name / "recording.parquet" for name in ("nominal", "varied", "again")]
    assert fingerprint(files[1]) == fingerprint(files[2]) != fingerprint(files[0])
    drawn = run.variation
    began = [{event.id: event.time_s for event in one.events if event.on} for one in (at_rest, moved)]
    assert began[0]["winter"] == began[1]["winter"] == 0.0
    assert began[0]["trip"] == 1200.0
    assert began[1]["trip"] == 1200.0 + drawn.events_s
    assert (varied.scenario.clock.start - nominal.scenario.clock.start).total_seconds() == drawn.start_s
    noise = moved.signal("bus.load_meter.supply_temp") - moved.signal("load_meter.supply_temp")
    assert np.std(noise) == pytest.approx(0.1, rel=0.15)
    assert "variation" not in nominal.facts
    assert varied.facts["variation"] == drawn.sentence() == again.facts["variation"]


def test_a_fault_on_the_running_one_happens_to_that_one(tmp_path):
    text = SCENARIO.replace(
        "  - {at: 20 min", "  - {at: 10 min, fault: load_pump_1.fault_trip, to: 1}\n  - {at: 20 min"
    )
    _, recording, _ = played(tmp_path, "second", None, text)
    time = recording.time_s
    tripped = recording.signal("load_pump_2.fault_trip")
    assert tripped[(time > 1201) & (time < 1499)].min() == 1.0
    assert not tripped[time < 1199].any()
    assert not tripped[time > 1502].any()


def test_nothing_happens_where_none_is_running(tmp_path):
    run = Run(read(SCENARIO, "short.yaml"), RunOptions(out=tmp_path, controller="none"))
    (tmp_path / "none").mkdir()
    asyncio.run(run.play(tmp_path / "none", lambda _: None))
    recording = open_recording(tmp_path / "none" / "recording.parquet")
    assert {event.id for event in recording.events} == {"winter"}
    assert not recording.signal("load_pump_1.fault_trip").any()


@pytest.mark.parametrize("name", ["office/cold_snap", "household_5_6/steady_winter_day", "landscape_pool/pump_failure"])
def test_every_shipped_scenario_has_bands(name):
    (scenario,) = chosen(name)
    run = Run(scenario, RunOptions(controller="none", seed=4))
    assert run.variation.start_s > 0.0
    assert run.bench.store.read("weather.temp_variation") == run.variation.weather_k != 0.0
