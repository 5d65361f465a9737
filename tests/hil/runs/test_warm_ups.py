"""Warm-ups that are computed once: taken by every run that begins alike, by no other, and the run is the same."""

import asyncio

import pytest

from hil.bench.scenario_choice import chosen
from hil.runs.options import RunOptions
from hil.runs.run import Run
from hil.runs.states import course, warm
from scenarios import read
from twin.recorded import RECORDING_FILE, fingerprint

SCENARIO = """\
scenario: {name}
title: An hour of winter
why: to be begun by others alike
plant: household_5_6
clock: {{start: "2026-01-15T06:00:00+08:00", duration: {minutes} min, seed: {seed}, scan: 5 s}}
warm_up: 15 min
timeline:
{timeline}expect:
  - {{id: clock, always: time_of_day >= 06:00}}
"""
EARLY = "  - {at: 10 min, set: weather.temp_shift, to: 2 K, id: early}\n"
LATE = "  - {at: 15 min, fault: pump.fault_trip, to: 1, id: late}\n"
ASKED = '  - {when: "weather.outdoor_temp < -60 degC", set: weather.temp_shift, to: 1 K, id: asked}\n'
NOISE = "  - {at: 5 min, fault: sensor.noise, target: weather.outdoor_temp, sigma: 1 K, id: noise}\n"


def scenario(timeline=EARLY + LATE, minutes=18, seed=1, name="one"):
    return read(SCENARIO.format(timeline=timeline, minutes=minutes, seed=seed, name=name), f"{name}.yaml")


@pytest.fixture(autouse=True)
def everything_pays(monkeypatch):
    """A warm-up is kept however little time it took."""
    monkeypatch.setattr(course, "PAYS_S", 0.0)


@pytest.fixture
def play(tmp_path):
    """Runs a scenario; whether its warm-up was taken, and a fingerprint of the recording."""
    count = 0

    def played(one, cached=True, **options):
        nonlocal count
        count += 1
        run = Run(one, RunOptions(out=tmp_path, warm=cached, **options))
        result = asyncio.run(run.play(tmp_path / f"run {count}", lambda _: None))
        assert not result.notes
        assert ("warm-up" in result.facts) == (run.course.began_ms > 0)
        return run.course.began_ms / 1000.0, fingerprint(tmp_path / f"run {count}" / RECORDING_FILE)

    played.files = lambda: sorted((tmp_path / warm.FOLDER).glob("*"))
    return played


def test_the_second_run_takes_the_warm_up_of_the_first_and_is_the_same(play):
    cold = play(scenario(), cached=False)
    assert not play.files()
    assert play(scenario()) == (0.0, cold[1])
    assert len(play.files()) == 1
    assert play(scenario()) == (899.0, cold[1])
    assert play(scenario(), cached=False) == cold


@pytest.mark.parametrize(
    ("one", "options"),
    [
        (scenario(EARLY), {}),
        (scenario(EARLY + LATE, minutes=20), {}),
        (scenario(EARLY + LATE + EARLY.replace("10 min", "17 min").replace("early", "later")), {}),
        (scenario(seed=2), {}),
        (scenario(name="other"), {}),
        (scenario(), {"controller": "hold"}),
        (scenario(), {"save_at": (1000.0,)}),
    ],
)
def test_runs_that_begin_alike_share_it(play, one, options):
    play(scenario())
    cold = play(one, cached=False, **options)
    assert play(one, **options) == (899.0, cold[1])


@pytest.mark.parametrize(
    ("one", "options"),
    [
        (scenario(LATE), {}),
        (scenario(EARLY.replace("2 K", "3 K") + LATE), {}),
        (scenario(EARLY + ASKED), {}),
        (scenario(), {"controller": "no_common_alarm"}),
        (scenario(), {"controller": "none"}),
        (scenario(), {"period_s": 5.0}),
        (scenario(), {"save_at": (600.0,)}),
        (scenario().model_copy(update={"weather": "beijing_record_cold_day"}), {}),
    ],
)
def test_runs_that_begin_otherwise_do_not(play, one, options):
    play(scenario())
    assert play(one, **options)[0] == 0.0


def test_where_the_seed_matters_it_is_another_warm_up(play):
    play(scenario(NOISE))
    assert play(scenario(NOISE))[0] == 899.0
    cold = play(scenario(NOISE, seed=2), cached=False)
    assert play(scenario(NOISE, seed=2)) == (0.0, cold[1])


def test_a_damaged_warm_up_is_computed_anew(play):
    cold = play(scenario())
    (file,) = play.files()
    file.write_bytes(file.read_bytes()[:-100])
    assert play(scenario()) == cold
    assert play(scenario()) == (899.0, cold[1])


def test_the_oldest_are_dropped(play, monkeypatch):
    monkeypatch.setattr(warm, "MOST_FILES", 2)
    for at in (5, 6, 7):
        play(scenario(EARLY.replace("10 min", f"{at} min")))
    assert len(play.files()) == 2
    assert play(scenario(EARLY.replace("10 min", "7 min")))[0] == 899.0


def test_one_that_took_no_time_is_not_kept(play, monkeypatch):
    monkeypatch.setattr(course, "PAYS_S", 1000.0)
    play(scenario())
    assert not play.files()


def test_scenarios_of_the_library_share_it(play):
    """Seven of the office begin alike and part after the first 50 minutes; these are two of them."""
    one, other = (chosen(f"office/{name}")[0] for name in ("selector_off", "no_water"))
    cold = play(other, cached=False)
    play(one)
    assert play(other) == (2999.0, cold[1])
