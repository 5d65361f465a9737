"""A timeline carried out on a bench: lines that are repeated, and conditions on the time of day."""

import asyncio

from hil.runs.judged_again import judged_again
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import load, read
from twin.recorded import open_recording

SCENARIO = """\
scenario: short
title: An hour of winter
why: to see what a timeline does
plant: office
clock: {start: "2026-01-15T08:00:00+08:00", duration: 1 h, scan: 5 s}
timeline:
  - {when: time_of_day < 01:00, set: hp_1.leaving_temp_sp, to: 41 degC, id: never}
  - {when: time_of_day >= 08:30, set: hp_1.leaving_temp_sp, to: 42 degC, id: half_past}
  - {at: 10 min, fault: load_pump_1.fault_trip, to: 1, for: 5 min, every: 20 min, times: 3, id: trips}
expect:
  - {id: clock, always: 08:00 <= time_of_day <= 09:00}
  - {id: trips, count: rising(load_pump_1.fault_trip), at_most: 3, at_least: 3}
  - {id: after, always: since(trips) >= 5 min or load_pump_1.fault_trip == 1, grace: 2 s}
"""


def test_repeated_lines_and_the_time_of_day(tmp_path):
    run = Run(read(SCENARIO, "short.yaml"), RunOptions(out=tmp_path, controller="none"))
    (tmp_path / "run").mkdir()
    result = asyncio.run(run.play(tmp_path / "run", lambda _: None))
    assert {outcome.id: outcome.verdict for outcome in result.outcomes} == dict.fromkeys(
        ("clock", "trips", "after"), "pass"
    )
    events = open_recording(tmp_path / "run").events
    assert [event.time_s for event in events if event.id == "trips"] == [600, 900, 1800, 2100, 3000, 3300]
    assert [event.time_s for event in events if event.id == "half_past"] == [1800]
    assert "never" not in {event.id for event in events}


def test_a_variant_with_a_reference_is_judged_again_wherever_its_folder_is(tmp_path):
    (tmp_path / "short.yaml").write_text(SCENARIO)
    (tmp_path / "ref.csv").write_text("time [h],load_meter.supply_temp [degC]\n0,30\n1,30\n")
    (tmp_path / "variant.yaml").write_text(
        "scenario: variant\nbased_on: short.yaml\nclock: {duration: 20 min}\nremove: [trips, after]\n"
        "expect:\n  - {id: near, funnel: {signal: load_meter.supply_temp, reference: ref.csv, value: 30 K}}\n"
    )
    run = Run(load(tmp_path / "variant.yaml"), RunOptions(out=tmp_path, controller="none"))
    (tmp_path / "run").mkdir()
    result = asyncio.run(run.play(tmp_path / "run", lambda _: None))
    for name in ("short.yaml", "ref.csv", "variant.yaml"):
        (tmp_path / name).unlink()
    (tmp_path / "run").rename(tmp_path / "elsewhere")
    again = judged_again(tmp_path / "elsewhere", open_recording(tmp_path / "elsewhere"))
    seen = [[(one.id, one.verdict, one.margin) for one in found.outcomes] for found in (result, again)]
    assert seen[0] == seen[1]
    assert [id_ for id_, *_ in seen[0]] == ["clock", "near"]
