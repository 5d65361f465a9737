"""A run proof is a report; whether a motor turns is the truth. Criteria of what never happens judge the truth."""

import asyncio
import re
from pathlib import Path

import pytest
import yaml

from hil.reports.result import RunResult
from hil.runs.options import RunOptions
from hil.runs.run import Run
from scenarios import read
from scenarios.ready import ready_scenarios

TEXT = """\
scenario: lies
title: Proofs that lie
why: to see who is believed
plant: office
clock: {start: "2026-01-15T12:00+08:00", duration: 20 s}
initial:
  "v[1,3,5,7].position": 1
  bypass.opening: 1
  load_pump_1.speed: 90 %
  load_pump_2.fault_false_proof: 1
  source_pump_1.speed: 90 %
  source_pump_1.fault_no_proof: 1
  load_holding.loop_temp: 40 degC
  hp_1.running: 1
  hp_1.fault_running_lie: -1
  hp_2.fault_running_lie: 1
expect:
  - {id: proofs, always: "load_pump_2.running and not source_pump_1.running and hp_2.running and not hp_1.running",
     from: 1 s}
  - id: truth
    always: "source_pump_1.turning and not load_pump_2.turning and hp_1.compressing and not hp_2.compressing"
  - id: power
    always: hp_1.power > 10 kW and hp_2.power < 1 kW and source_pump_1.power > 1 kW and load_pump_2.power < 1 W
    from: 1 s
"""
REPORTED = re.compile(r"\b(?:hp|chiller|\w*pump)(?:_[\w\[\],*-]+)?\.running")
"""Run proofs of the kinds of component whose proof may lie: pumps and heat-pump units."""


def played(text: str, folder: Path) -> RunResult:
    folder.mkdir()
    run = Run(read(text, "lies.yaml"), RunOptions(controller="none"))
    return asyncio.run(run.play(folder, lambda _: None))


def test_a_proof_may_lie_and_the_truth_stays(tmp_path: Path) -> None:
    result = played(TEXT, tmp_path / "run")
    assert {outcome.id: outcome.verdict for outcome in result.outcomes} == dict.fromkeys(
        ("proofs", "truth", "power"), "pass"
    )


def test_without_the_lies_both_say_the_same(tmp_path: Path) -> None:
    honest = "\n".join(line for line in TEXT.splitlines() if "fault_" not in line)
    verdicts = {outcome.id: outcome.verdict for outcome in played(honest, tmp_path / "run").outcomes}
    assert verdicts == {"proofs": "fail", "truth": "pass", "power": "pass"}


@pytest.mark.parametrize("name", ready_scenarios())
def test_what_never_happens_is_judged_by_the_truth(name: str) -> None:
    file = yaml.safe_load(Path(ready_scenarios()[name]).read_text(encoding="utf-8"))
    for criterion in file["expect"]:
        judged = [str(criterion[key]) for key in ("never", "always", "sequence") if key in criterion]
        assert not REPORTED.findall(" ".join(judged)), criterion["id"]
