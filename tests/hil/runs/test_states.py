"""Runs that are saved and go on: rows, writes, events and verdicts as of a run that was never halted, bit for bit."""

import asyncio
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from hil.bench.scenario_choice import chosen
from hil.runs.options import RunOptions
from hil.runs.run import Run
from hil.runs.states import identity
from scenarios import read
from twin.errors import InputError
from twin.journal import JOURNAL_FILE, noted
from twin.recorded import RECORDING_FILE, fingerprint, open_recording

BUSY = """\
scenario: busy
title: Everything at once
why: to be saved in the middle of it
requirements: {{}}
plant: office
weather: beijing_heating_design_day
clock: {{start: "2026-01-15T06:00:00+08:00", duration: {minutes} min, seed: 5, scan: 5 s}}
warm_up: 2 min
vary: {{instruments: 0.2 K}}
timeline:
  - {{at: 3 min, fault: sensor.noise, target: load_meter.supply_temp, sigma: 1 K, over: 5 min, for: 20 min, id: noise}}
  - {{at: 4 min, fault: sensor.dropout, target: weather.outdoor_temp, share: 40 %, for: 8 min, every: 10 min, times: 2,
     id: lost}}
  - {{at: 5 min, fault: sensor.stuck, target: load_meter.return_temp, for: 16 min, id: stuck}}
  - {{at: 5 min, fault: modbus.no_reply, target: hp_1, for: 8 min, id: away}}
  - {{at: 6 min, fault: modbus.restart, target: fan_coil_8, id: anew, for: 5 s}}
  - {{at: 6 min, ramp: weather.temp_shift, to: -10 K, over: 15 min, shape: smoothstep, id: cold}}
  - {{at: 7 min, fault: load_pump_1.fault_trip, to: 1, for: 2 min, every: 5 min, times: 3, id: trips}}
  - {{at: 8 min, fault: "well_[1-2].seal_leak", to: 0.3, over: 10 min, for: 12 min, id: leak}}
  - {{at: 9 min, fault: "the running one of source_pump_[1-2].fault_trip", to: 1, for: 6 min, id: other}}
  - {{at: other.end + 2 min, set: fan_coil_1.temp_sp, to: 22 degC, id: warmer}}
  - when: {{held: "mean(weather.outdoor_temp, 3 min) < -8 degC", for: 90 s}}
    set: fan_coil_2.temp_sp
    to: 23 degC
    id: seen
  - {{at: seen + 4 min, set: fan_coil_3.temp_sp, to: 23 degC, id: follows}}
  - {{when: "rising(load_pump_1.fault_trip)", set: fan_coil_4.temp_sp, to: 21 degC, id: rises}}
{more}expect:
  - {{id: clock, always: time_of_day >= 06:00}}
  - {{id: warm, settle: {{signal: load_meter.supply_temp, to: 50 degC, band: 5 K, within: 20 min, hold: 2 min}}}}
  - {{id: writes, count: "rising(load_pump_1.enable_cmd)", at_most: 3}}
stop: {{if: "count(load_pump_1.fault_trip, 10 min) > 5", verdict: fail}}
"""


def busy(more="", minutes=28):
    return read(BUSY.format(more=more, minutes=minutes), "busy.yaml")


def played(scenario, folder, **options):
    """The result of a run, and all that is known of what happened in it."""
    run = Run(scenario, RunOptions(out=folder.parent, **options))
    result = asyncio.run(run.play(folder, lambda _: None))
    assert not result.notes
    happened = (
        fingerprint(folder / RECORDING_FILE),
        list(noted(folder / JOURNAL_FILE)),
        open_recording(folder).events,
        [(one.id, one.verdict, one.margin, one.at_s, one.sentence) for one in result.outcomes],
        result.verdict, result.balance, result.energy, result.water,
    )  # fmt: skip
    return result, happened


CASES = {
    "busy": (busy, (150.0, 365.0, 605.0, 1201.0), {}),
    "busy by a seed": (busy, (700.0,), {"seed": 3}),
    "busy and held": (busy, (700.0,), {"controller": "hold"}),
    "household": (lambda: chosen("household_5_6/pump_trouble")[0], (7400.0,), {}),
    "pool": (lambda: chosen("landscape_pool/pump_failure")[0], (9500.0,), {}),
    "wells": (lambda: chosen("single_well/sand_burst")[0], (29_000.0,), {"controller": "no_common_alarm"}),
}


@pytest.mark.parametrize("case", CASES)
def test_a_run_goes_on_from_where_it_was_saved_as_if_it_had_not_been_halted(case, tmp_path):
    make, times_s, options = CASES[case]
    _, whole = played(make(), tmp_path / "whole", **options)
    result, saving = played(make(), tmp_path / "saving", save_at=times_s, **options)
    assert saving == whole, "saving changes nothing"
    states = sorted((tmp_path / "saving").glob("*.state"))
    assert [result.facts[name] for name in sorted(result.facts) if name.startswith("state at")] == [
        state.name for state in states
    ]
    assert len(states) == len(times_s)
    for number, state in enumerate(states):
        result, further = played(make(), tmp_path / f"further {number}", state=state, **options)
        assert further == whole, state.name
        assert result.facts["state"].startswith("goes on from ")


LATER = """\
  - {at: 12 min, fault: source_pump_1.fault_trip, to: 1, for: 2 min, id: what_if}
  - {at: what_if.end + 1 min, set: fan_coil_5.temp_sp, to: 24 degC, id: after_that}
  - {at: cold.end + 1 min, set: fan_coil_6.temp_sp, to: 24 degC, id: after_the_cold}
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The busy run saved after 11 minutes."""
    folder = tmp_path_factory.mktemp("saved")
    played(busy(), folder / "run", save_at=(660.0,))
    return folder / "run" / "state-at-11-min.state"


def test_a_run_that_goes_on_can_be_saved_again(saved, tmp_path):
    _, whole = played(busy(), tmp_path / "whole")
    _, once = played(busy(), tmp_path / "once", state=saved, save_at=(900.0,))
    _, twice = played(busy(), tmp_path / "twice", state=tmp_path / "once" / "state-at-15-min.state")
    assert whole == once == twice


def test_what_if(saved, tmp_path):
    """Another scenario of the same beginning goes on as it would have come there itself; it may end later, too."""
    other = busy(LATER, minutes=30)
    _, whole = played(other, tmp_path / "whole")
    _, further = played(other, tmp_path / "further", state=saved)
    assert further == whole
    assert any(event.id == "after_that" for event in whole[2])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("  - {at: 10 min, set: fan_coil_5.temp_sp, to: 24 degC, id: early}\n",
         "'early' begins before 11 min and is not in the run of the state"),
        ('  - {when: "hp_2.running", set: fan_coil_5.temp_sp, to: 24 degC, id: asked}\n',
         "'asked' waits for a condition that was not asked in the run of the state"),
        ("  - {at: rises + 10 s, set: fan_coil_5.temp_sp, to: 24 degC, id: soon}\n",
         "'soon' begins before 11 min, but not in the run of the state"),
    ],
)  # fmt: skip
def test_another_past_is_refused(saved, tmp_path, more, said):
    with pytest.raises(InputError, match=said):
        Run(busy(more), RunOptions(out=tmp_path, state=saved))


def test_a_past_that_lacks_something_is_refused(saved, tmp_path):
    text = BUSY.format(more="", minutes=28)
    for line, said in (
        ("id: stuck", "'stuck' begins before 11 min and is in the run of the state only"),
        ("id: rises", "'rises' has begun in the run of the state, and is not in this timeline"),
    ):
        less = "".join(part for part in text.splitlines(keepends=True) if line not in part)
        with pytest.raises(InputError, match=said):
            Run(read(less, "less.yaml"), RunOptions(out=tmp_path, state=saved))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"controller": "none"}, "another controller"),
        ({"controller": "no_common_alarm"}, "another controller"),
        ({"period_s": 2.0}, "another time between recorded rows"),
        ({"controller": "hold"}, "a controller that stops working at another time"),
    ],
)
def test_another_run_is_refused(saved, tmp_path, options, said):
    with pytest.raises(InputError, match=f"cannot go on from there: the state is of {said}"):
        Run(busy(), RunOptions(out=tmp_path, state=saved, **options))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            ("beijing_heating_design_day", "beijing_record_cold_day"),
            "another plant, or one that starts.*; of other weather",
        ),
        (("T06:00", "T07:00"), "another plant, or one that starts at another moment"),
        (("scan: 5 s", "scan: 2 s"), "another scan period"),
        (("seed: 5", "seed: 6"), "another seed, which its faults depend on"),
        (("10 min) > 5", "10 min) > 6"), "another condition that ends the run"),
        (("vary:", "initial: {zone_1.temp: 15 degC}\nvary:"), "another plant, or one that starts"),
    ],
)
def test_another_scenario_is_refused(saved, tmp_path, changed, said):
    other = read(BUSY.format(more="", minutes=28).replace(*changed), "other.yaml")
    with pytest.raises(InputError, match=said):
        Run(other, RunOptions(out=tmp_path, state=saved))


def test_another_code_is_refused(saved, tmp_path, monkeypatch):
    monkeypatch.setattr(identity, "code_mark", lambda: "another")
    with pytest.raises(InputError, match="another version of geotwin, or of what it computes with, or another machine"):
        Run(busy(), RunOptions(out=tmp_path, state=saved))


def test_a_state_behind_the_end_is_refused(saved, tmp_path):
    text = BUSY.format(more="", minutes=10)
    short = read(text[: text.index("timeline:")] + text[text.index("expect:") :], "short.yaml")
    with pytest.raises(InputError, match="the state is of 11 min after the start, and the run ends at 10 min"):
        Run(short, RunOptions(out=tmp_path, state=saved))


def damaged(state, spoil, folder):
    """A copy of a state, spoilt."""
    data = state.read_bytes()
    copy = folder / "damaged.state"
    copy.write_bytes(spoil(data))
    return copy


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:20_000] + bytes([data[20_000] ^ 1]) + data[20_001:],
        lambda data: data[:-3_000] + bytes(100) + data[-2_900:],
        lambda _: b"",
        lambda _: b"geotwin " * 1000,
    ],
)
def test_a_damaged_file_is_refused(saved, tmp_path, spoil):
    with pytest.raises(InputError, match="not a state of geotwin, or damaged"):
        Run(busy(), RunOptions(out=tmp_path, state=damaged(saved, spoil, tmp_path)))


@pytest.mark.parametrize(
    ("part", "spoil"),
    [
        ("state.json", lambda words: words.update(geotwin_state=99)),
        ("state.json", lambda words: words.pop("timeline")),
        ("state.json", lambda words: words.update(bench=[])),
        ("state.json", lambda words: words["about"].update(time_ms="soon")),
    ],
)
def test_a_foreign_file_is_refused(saved, tmp_path, part, spoil):
    with pytest.raises(InputError, match="not a state of geotwin, or damaged"):
        Run(busy(), RunOptions(out=tmp_path, state=rewritten(saved, tmp_path, part, spoil)))


def rewritten(state, folder, part, spoil):
    """A copy of a state whose words are others, whole otherwise."""
    copy = folder / "foreign.state"
    with zipfile.ZipFile(state) as old, zipfile.ZipFile(copy, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == part:
                words = json.loads(data)
                spoil(words)
                data = json.dumps(words).encode()
            new.writestr(info.filename, data)
    return copy


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda words: words["bench"].pop("instant"), "instant"),
        (
            lambda words: words["bench"]["instant"][3].append([1, 3, "print", [], False]),
            "nothing that is called 'print'",
        ),
        (lambda words: words["bench"].update(lines=[]), "other faults of the lines"),
        (lambda words: words["controller"]["held"].popitem(), "what was remembered does not fit"),
        (
            lambda words: words["timeline"]["present"][0].__setitem__(1, "sensor.noise on hp_1.power"),
            "which noise is not",
        ),
    ],
)
def test_words_that_do_not_fit_make_an_error_and_are_never_run(saved, tmp_path, spoil, said):
    state = rewritten(saved, tmp_path, "state.json", spoil)
    try:
        run = Run(busy(), RunOptions(out=tmp_path, state=state))
    except InputError as error:
        told = str(error)
    else:
        result = asyncio.run(run.play(tmp_path / "run", lambda _: None))
        assert result.verdict == "error"
        (told,) = result.notes
    assert said in told


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"controller": "modbus", "clock": "realtime"}, "--save-at is for a controller in process"),
        ({"clock": "realtime"}, "--save-at is for runs with --clock free and no open line"),
        ({"clock": "lockstep"}, "--save-at is for runs with --clock free and no open line"),
        ({"replay": Path("journal.jsonl")}, "--save-at does not go with --replay"),
        ({"save_at": (1680.0,)}, "--save-at 28 min is not within the run, which ends at 28 min"),
        ({"save_at": (0.0,)}, "--save-at 0 s is not within the run"),
    ],
)
def test_what_cannot_be_saved_is_said_before_anything_runs(tmp_path, options, said):
    with pytest.raises(InputError, match=said):
        Run(busy(), replace(RunOptions(out=tmp_path, save_at=(60.0,)), **options))


def test_a_run_that_was_ended_before_says_that_it_was_not_saved(tmp_path):
    text = BUSY.format(more="", minutes=28).replace("10 min) > 5", "10 min) > 0").replace("28 min", "2 h")
    scenario = read(text, "ends.yaml")
    whole, happened = played(scenario, tmp_path / "whole")
    assert whole.timing["simulated_s"] == 3600.0
    result, saving = played(scenario, tmp_path / "saving", save_at=(300.0, 1000.0, 4000.0))
    assert saving == happened
    assert result.facts["state at 5 min"] == "state-at-5-min.state"
    assert result.facts["state at 16 min 40 s"].startswith("not saved")
    assert result.facts["state at 1 h 6 min 40 s"].startswith("not saved")
    _, further = played(scenario, tmp_path / "further", state=tmp_path / "saving" / "state-at-5-min.state")
    assert further == happened
